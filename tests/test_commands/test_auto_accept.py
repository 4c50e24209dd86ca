"""Auto-accept writes what a person allowed and nothing else: valid, named, of this session."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibe_tui.changes.model import (
    ChangeSet,
    ChangeState,
    Edit,
    Origin,
    SearchReplace,
    WholeFile,
)
from vibe_tui.commands.auto_accept import BY, AutoAccept, is_matching
from vibe_tui.errors import DeniedError, UsageError, VibeError
from vibe_tui.events import (
    AutoAcceptChanged,
    ChangeProposed,
    Event,
    Noticed,
    SessionStarted,
    TurnFailed,
    TurnFinished,
)
from vibe_tui.workspace import Workspace

PATH = "shop/prices.py"
GOOD = SearchReplace(PATH, "sum(prices)", "max(prices)")
BAD = SearchReplace(PATH, "sum(prices)", "max(prices")

_MARKER = Noticed("all is told")


class Face:
    """A workspace, auto-accept on it, and all that is told."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.auto = AutoAccept(workspace)
        self.told: list[Event] = []
        self.has_heard_all = asyncio.Event()

    async def listen(self) -> None:
        async for event in self.workspace.events():
            self.told.append(event)
            if event == _MARKER:
                self.has_heard_all.set()

    async def answer(
        self, *edits: Edit, session_id: str | None = None, kind: str = "model"
    ) -> ChangeSet:
        """An answer with edits ends, as a turn does it."""
        change = await self.propose(*edits, session_id=session_id, kind=kind)
        await self.end(TurnFinished("s", None))
        return await self.now(change.change_id)

    async def propose(
        self, *edits: Edit, session_id: str | None = None, kind: str = "model"
    ) -> ChangeSet:
        here = self.workspace.session.session_id
        origin = Origin(kind, "m", here if session_id is None else session_id)
        services = self.workspace.rooms.chat_services()
        change = (await services.propose(edits, origin)).change
        assert change is not None
        paths = tuple(file.path for file in change.files)
        await self.auto.follow(ChangeProposed(change.change_id, change.revision, paths))
        await services.check(change)
        return change

    async def end(self, event: Event) -> None:
        """A turn ends; what follows from it has been told when this returns."""
        await self.auto.follow(event)
        self.has_heard_all.clear()
        self.workspace.publish(_MARKER)
        await self.has_heard_all.wait()

    async def now(self, change_id: str) -> ChangeSet:
        return await asyncio.to_thread(self.workspace.rooms.change_store.get, change_id)

    @property
    def notices(self) -> list[str]:
        return [
            event.message
            for event in self.told
            if isinstance(event, Noticed) and event.message.startswith("Auto-accept")
        ]


@pytest.fixture
async def face(workspace: Workspace) -> AsyncIterator[Face]:
    made = Face(workspace)
    task = asyncio.create_task(made.listen())
    await asyncio.sleep(0)
    yield made
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_valid_edit_of_a_named_path_is_written_and_says_who_did_it(
    face: Face, shop: Path
) -> None:
    face.auto.switch_on(["shop/**"])
    change = await face.answer(GOOD)
    assert change.state is ChangeState.ACCEPTED
    assert "max(prices)" in (shop / PATH).read_text()
    entry = list(face.workspace.rooms.change_store.audit.entries())[-1]
    assert (entry["event"], entry["by"]) == ("accepted", BY)
    assert face.notices == [f"Auto-accept: accepted {PATH}"]
    assert AutoAcceptChanged(("shop/**",), change.change_id) in face.told


async def test_it_is_off_until_a_person_switches_it_on(face: Face, shop: Path) -> None:
    before = (shop / PATH).read_bytes()
    assert not face.auto.is_on
    change = await face.answer(GOOD)
    assert change.state is ChangeState.PROPOSED
    face.auto.switch_on(["shop/**"])  # what was there already waits for the person
    await face.end(TurnFinished("s", None))
    assert (await face.now(change.change_id)).state is ChangeState.PROPOSED
    assert (shop / PATH).read_bytes() == before


async def test_off_means_off(face: Face) -> None:
    face.auto.switch_on(["shop/**"])
    face.auto.switch_off()
    assert (await face.answer(GOOD)).state is ChangeState.PROPOSED
    assert face.told.count(AutoAcceptChanged(())) == 1


LONG = "".join(f"line_{number} = {number}\n" for number in range(40))


@pytest.mark.parametrize(
    ("edits", "why"),
    [
        ([BAD], "fails the syntax check"),
        ([SearchReplace("README.md", "# shop", "# store")], "README.md is not among shop/**"),
        ([GOOD, SearchReplace("README.md", "# shop", "# s")], "README.md is not among shop/**"),
        ([SearchReplace("shop/notes.txt", "", "hello\n")], "no check found shop/notes.txt valid"),
        ([WholeFile("shop/long.py", "line_0 = 0\n")], "would lose over half of its lines"),
    ],
)
async def test_what_is_not_plainly_right_waits_for_the_person(
    face: Face, shop: Path, edits: list[Edit], why: str
) -> None:
    (shop / "shop/long.py").write_text(LONG)
    before = {path: path.read_bytes() for path in shop.rglob("*") if path.is_file()}
    face.auto.switch_on(["shop/**"])
    assert (await face.answer(*edits)).state is ChangeState.PROPOSED
    assert {path: path.read_bytes() for path in shop.rglob("*") if path.is_file()} == before
    assert why in face.notices[-1]
    assert face.auto.undo_id == ""


async def test_other_sessions_and_other_origins_are_not_meant(face: Face) -> None:
    face.auto.switch_on(["**"])
    for origin in ({"session_id": "another"}, {"kind": "patch"}, {"kind": "plugin"}):
        change = await face.answer(GOOD, **origin)
        assert change.state is ChangeState.PROPOSED
        await face.workspace.review.reject(change.change_id)
    assert face.notices == []


@pytest.mark.parametrize("end", [TurnFinished("s", None, stopped=True), TurnFailed("x", "y", "z")])
async def test_a_turn_that_did_not_end_well_leaves_everything(face: Face, end: Event) -> None:
    face.auto.switch_on(["**"])
    change = await face.propose(GOOD)
    await face.end(end)
    await face.end(TurnFinished("s", None))
    assert (await face.now(change.change_id)).state is ChangeState.PROPOSED


async def test_it_follows_the_workspace_by_itself_until_that_closes(face: Face) -> None:
    watching = asyncio.create_task(face.auto.watch())
    await asyncio.sleep(0)
    face.auto.switch_on(["**"])
    face.workspace.publish(SessionStarted("another"))
    await face.workspace.close()
    await watching
    assert not face.auto.is_on


async def test_another_session_switches_it_off_whatever_is_told(face: Face) -> None:
    face.auto.switch_on(["**"])
    face.workspace.start_session()
    change = await face.propose(GOOD)
    assert not face.auto.is_on
    await face.end(TurnFinished("s", None))
    assert (await face.now(change.change_id)).state is ChangeState.PROPOSED


async def test_a_new_session_switches_it_off(face: Face) -> None:
    face.auto.switch_on(["**"])
    await face.end(SessionStarted("another"))
    assert not face.auto.is_on
    assert AutoAcceptChanged(()) in face.told


async def test_what_a_person_has_begun_to_decide_is_theirs(face: Face) -> None:
    face.auto.switch_on(["**"])
    change = await face.propose(GOOD)
    await face.workspace.review.reject(change.change_id)
    await face.end(TurnFinished("s", None))
    assert (await face.now(change.change_id)).state is ChangeState.REJECTED
    assert "it is rejected" in face.notices[-1]


async def test_a_file_that_changed_meanwhile_is_left_to_the_person(face: Face, shop: Path) -> None:
    face.auto.switch_on(["**"])
    change = await face.propose(GOOD)
    (shop / PATH).write_text("# mine now\n")
    await face.end(TurnFinished("s", None))
    assert (shop / PATH).read_text() == "# mine now\n"
    assert (await face.now(change.change_id)).is_open
    assert face.notices[-1].startswith("Auto-accept: left to you")


async def test_undo_takes_back_what_was_accepted_last(face: Face, shop: Path) -> None:
    before = (shop / PATH).read_bytes()
    face.auto.switch_on(["**"])
    first = await face.answer(GOOD)
    between = (shop / PATH).read_bytes()
    second = await face.answer(SearchReplace(PATH, "max(prices)", "min(prices)"))
    assert face.auto.undo_id == second.change_id
    await face.auto.undo()
    assert (shop / PATH).read_bytes() == between
    assert face.auto.undo_id == first.change_id
    await face.auto.undo()
    assert (shop / PATH).read_bytes() == before
    assert face.auto.undo_id == ""
    with pytest.raises(DeniedError, match="nothing that still stands"):
        await face.auto.undo()


async def test_undo_passes_over_what_a_person_took_back(face: Face, shop: Path) -> None:
    before = (shop / PATH).read_bytes()
    face.auto.switch_on(["**"])
    change = await face.answer(GOOD)
    await face.workspace.review.roll_back(change.change_id)
    assert (shop / PATH).read_bytes() == before
    with pytest.raises(DeniedError):
        await face.auto.undo()


async def test_an_undo_that_fails_can_be_tried_again(face: Face, shop: Path) -> None:
    face.auto.switch_on(["**"])
    change = await face.answer(GOOD)
    written = (shop / PATH).read_bytes()
    (shop / PATH).write_bytes(b"entirely\nother\n")
    with pytest.raises(VibeError):
        await face.auto.undo()
    assert face.auto.undo_id == change.change_id
    (shop / PATH).write_bytes(written)
    await face.auto.undo()
    assert b"sum(prices)" in (shop / PATH).read_bytes()


@pytest.mark.parametrize("patterns", [[], [" "], ["/etc/*"], ["../x"], ["src/../../x"]])
async def test_paths_have_to_be_named_and_stay_inside(face: Face, patterns: list[str]) -> None:
    with pytest.raises(UsageError):
        face.auto.switch_on(patterns)
    assert not face.auto.is_on


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        ("src/**", ["src/a.py", "src/deep/b.py"], ["srcs/a.py", "a/src/a.py", "src"]),
        ("src/*.py", ["src/a.py"], ["src/deep/a.py", "src/a.pyc"]),
        ("**/*.py", ["a.py", "x/y/a.py"], ["a.md"]),
        ("src/", ["src/a.py", "src/x/y"], ["src"]),
        ("a?.py", ["ab.py"], ["a/.py", "a.py"]),
        ("**", ["a", "b/c"], []),
        ("a.py", ["a.py"], ["x/a.py", "aXpy"]),
        ("[a].py", ["[a].py"], ["a.py"]),
    ],
)
def test_globs(pattern: str, matching: list[str], other: list[str]) -> None:
    assert [path for path in matching if not is_matching(path, pattern)] == []
    assert [path for path in other if is_matching(path, pattern)] == []


@given(st.text(st.characters(exclude_characters="*?"), min_size=1).filter(lambda t: t[-1] != "/"))
def test_a_path_without_wildcards_means_itself_alone(path: str) -> None:
    assert is_matching(path, path)
    assert not is_matching(path + "x", path)
    assert not is_matching("x/" + path, path)
