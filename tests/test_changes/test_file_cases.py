"""Each kind of file: type, mode, bytes, links, owner, attributes after accept and after rollback.

Or the edit is refused in the words that the case says, and the tree is untouched. Each time the
whole project and a folder beside it are compared. Every case runs as root and, in a process that
gave root's rights away, as a person.
"""

import os
from collections.abc import Iterator

import pytest

from tests.test_changes.case_server import CASES, CaseServer
from tests.test_changes.projects import Project, swap
from vibe_tui.changes.model import WholeFile

USERS = ("root", "person")


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, CaseServer]]:
    made = {"person": CaseServer(as_root=False)}
    if os.geteuid() == 0:
        made["root"] = CaseServer(as_root=True)
    yield made
    for server in made.values():
        server.close()


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("name", CASES)
def test_a_file_case(servers: dict[str, CaseServer], name: str, user: str) -> None:
    if CASES[name].user not in ("", user):
        pytest.skip(f"only {CASES[name].user} meets this")
    if user not in servers:
        pytest.skip("the tests do not run as root")
    assert servers[user].run(name) == ""


def test_the_table_is_large_enough() -> None:
    assert len(CASES) >= 120


def test_a_folder_that_others_use_stays(project: Project) -> None:
    change = project.propose(WholeFile("a/b/c", "x\n"))
    store = project.store()
    store.accept(change.change_id, 1)
    project.write("a/mine", b"")
    store.rollback(change.change_id)
    assert [path.name for path in sorted((project.root / "a").iterdir())] == ["mine"]


def test_no_final_newline_glues_nothing_when_accepted_in_parts(project: Project) -> None:
    project.write("f", b"".join(b"%d\n" % n for n in range(20)) + b"end")
    change = project.propose(swap("f", "3\n", "three\n"), swap("f", "end\n", "end\nmore\n"))
    project.store().accept(change.change_id, 1, hunks=[2])
    assert project.read("f").endswith(b"19\nend\nmore")
    assert b"\n3\n" in project.read("f")
