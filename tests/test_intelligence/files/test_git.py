"""Opening a hostile repository runs nothing.

Each trap is first sprung by plain git, so that a proof of silence is never a trap that was dead.
"""

import os
import shutil
from pathlib import Path

import pytest

from tests.test_intelligence.conftest import Git, Project
from vibe_tui.intelligence.errors import GitFailedError, GitUnusableError
from vibe_tui.intelligence.files.git import GitStatus, git_program, git_status, run_git

READING = (
    ("ls-files", "-z", "--cached", "--others", "--exclude-standard"),
    ("ls-files", "--modified"),
    ("status", "--porcelain=v2", "--branch"),
    ("diff",),
    ("diff", "--stat", "HEAD"),
    ("diff-files", "--name-only"),
    ("diff-index", "--patch", "HEAD"),
    ("log", "--patch"),
    ("log", "--format=%G? %H"),
    ("show", "HEAD"),
    ("rev-parse", "HEAD"),
)


def script(path: Path, body: str) -> str:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    return tmp_path / "canary"


@pytest.fixture
def trap(tmp_path: Path, canary: Path) -> str:
    """A program that leaves a canary and passes its input on."""
    return script(tmp_path / "trap.sh", f'echo "$@" >> {canary}\ncat')


@pytest.fixture
def hostile(repository: Project, git: Git, trap: str) -> Path:
    """A repository whose own config starts a program wherever git allows it."""
    root = repository({"a.py": "x = 1\n", "b.txt": "y\n", ".gitattributes": "*.py diff=evil\n"})
    traps = {
        "core.fsmonitor": trap,
        "core.pager": trap,
        "core.sshCommand": trap,
        "credential.helper": f"!{trap}",
        "diff.external": trap,
        "diff.evil.command": trap,
        "diff.evil.textconv": trap,
        "filter.evil.clean": trap,
        "filter.evil.smudge": trap,
        "filter.proc.process": trap,
        "filter.odd=name.clean": trap,
        "gpg.program": trap,
        "log.showSignature": "true",
        "alias.ls-files": f"!{trap}",
    }
    for key, value in traps.items():
        git(root, "config", key, value)
    (root / ".git" / "info").mkdir(exist_ok=True)
    (root / ".git" / "info" / "attributes").write_text(
        "a.py filter=evil\nb.txt filter=odd=name\n*.proc filter=proc\n"
    )
    for hook in ("post-index-change", "post-checkout", "pre-auto-gc", "fsmonitor-watchman"):
        script(root / ".git" / "hooks" / hook, trap)
    (root / "a.py").write_text("x = 2\n")
    (root / "b.txt").write_text("z\n")
    return root


def racy(root: Path) -> None:
    """Make every file as old as the index, so that git compares contents and runs filters."""
    for path in (*root.glob("*.*"), root / ".git" / "index"):
        os.utime(path, (1_700_000_000, 1_700_000_000))


class TestHostileRepository:
    @pytest.mark.parametrize("args", READING, ids=" ".join)
    def test_no_reading_command_runs_what_the_repository_brings(
        self, hostile: Path, canary: Path, args: tuple[str, ...]
    ) -> None:
        run_git(hostile, *args)
        racy(hostile)
        run_git(hostile, *args)
        assert not canary.exists()

    @pytest.mark.parametrize(
        "args", [("ls-files", "--modified"), ("status",), ("diff",)], ids=" ".join
    )
    def test_plain_git_falls_into_the_same_traps(
        self, hostile: Path, canary: Path, git: Git, args: tuple[str, ...]
    ) -> None:
        git(hostile, *args, check=False)
        assert canary.exists()

    def test_the_header_tells_branch_and_changes_without_running_filters(
        self, hostile: Path, canary: Path
    ) -> None:
        assert git_status(hostile) == GitStatus("main", 2)
        assert not canary.exists()

    def test_a_filter_whose_name_holds_an_equals_sign_is_off_too(
        self, repository: Project, git: Git, canary: Path, trap: str
    ) -> None:
        root = repository({"b.txt": "y\n"})
        (root / ".git" / "info" / "attributes").write_text("b.txt filter=odd=name\n")
        git(root, "config", "filter.odd=name.clean", trap)
        git(root, "config", "filter.odd=name.required", "true")
        (root / "b.txt").write_text("zz\n")
        run_git(root, "diff")
        assert not canary.exists()
        git(root, "diff", check=False)
        assert canary.exists()

    def test_a_missing_object_of_a_partial_clone_is_not_fetched(
        self, repository: Project, git: Git, canary: Path, tmp_path: Path
    ) -> None:
        trap = script(tmp_path / "transport.sh", f"touch {canary}")
        root = repository({"a.py": "x = 1\n"})
        blob = git(root, "rev-parse", "HEAD:a.py").decode().strip()
        (root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
        for key, value in {
            "core.repositoryFormatVersion": "1",
            "extensions.partialClone": "origin",
            "remote.origin.url": f"ext::{trap} %S",
            "remote.origin.promisor": "true",
            "protocol.ext.allow": "always",
        }.items():
            git(root, "config", key, value)
        with pytest.raises(GitFailedError):
            run_git(root, "cat-file", "-p", blob)
        assert not canary.exists()
        git(root, "cat-file", "-p", blob, check=False)
        assert canary.exists()

    def test_no_signature_is_checked_by_the_repositorys_program(
        self, repository: Project, git: Git, canary: Path, trap: str, tmp_path: Path
    ) -> None:
        root = repository({"a.py": "x = 1\n"})
        unsigned = git(root, "cat-file", "commit", "HEAD")
        head, _, message = unsigned.partition(b"\n\n")
        lines = (b"-----BEGIN PGP SIGNATURE-----", b"", b"abc", b"-----END PGP SIGNATURE-----")
        signed = tmp_path / "signed"
        signed.write_bytes(head + b"\ngpgsig " + b"\n ".join(lines) + b"\n\n" + message)
        commit = git(root, "hash-object", "-t", "commit", "-w", str(signed)).decode().strip()
        git(root, "update-ref", "refs/heads/main", commit)
        git(root, "config", "gpg.program", trap)
        git(root, "config", "log.showSignature", "true")
        run_git(root, "log", "--format=%G? %H")
        run_git(root, "show", "HEAD")
        assert not canary.exists()
        git(root, "log", "--format=%G?", check=False)
        assert canary.exists()

    def test_a_submodules_own_config_runs_nothing(
        self, repository: Project, git: Git, canary: Path, trap: str
    ) -> None:
        inner = repository({"i.py": "x = 1\n"}, "inner")
        root = repository({"a.py": "x = 1\n"})
        allow = ("-c", "protocol.file.allow=always")
        git(root, *allow, "submodule", "--quiet", "add", str(inner), "sub")
        git(root, "commit", "--quiet", "--message=sub")
        git(root, "config", "submodule.sub.ignore", "none")
        git(root / "sub", "config", "core.fsmonitor", trap)
        (root / "sub" / "i.py").write_text("x = 2\n")
        for args in READING:
            run_git(root, *args)
        assert not canary.exists()
        git(root, "status", check=False)
        assert canary.exists()

    def test_reading_leaves_the_index_as_it_is(self, hostile: Path) -> None:
        index = hostile / ".git" / "index"
        before = index.read_bytes()
        for args in READING:
            run_git(hostile, *args)
        assert index.read_bytes() == before


class TestEnvironment:
    def test_git_gets_no_keys_and_no_repository_from_outside(
        self, repository: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = repository({"a.py": ""})
        seen = tmp_path / "environment"
        real = shutil.which("git")
        tools = tmp_path / "tools"
        tools.mkdir()
        script(tools / "git", f'env > {seen}\nexec {real} "$@"')
        monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}{os.pathsep}.")
        monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
        monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
        monkeypatch.setenv("GIT_EXTERNAL_DIFF", "/bin/false")
        assert run_git(root, "ls-files") == b"a.py\n"
        environment = dict(line.split("=", 1) for line in seen.read_text().splitlines())
        assert "sk-canary" not in environment.values()
        assert not {"GIT_DIR", "GIT_EXTERNAL_DIFF"} & environment.keys()
        assert "." not in environment["PATH"].split(os.pathsep)

    def test_a_git_inside_the_project_is_never_run(
        self, repository: Project, canary: Path, trap: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = repository({"a.py": ""})
        shutil.copy(trap, root / "git")
        monkeypatch.chdir(root)
        monkeypatch.setenv("PATH", f".{os.pathsep}")
        assert git_program() is None
        with pytest.raises(GitUnusableError, match="not found"):
            run_git(root, "ls-files")
        assert not canary.exists()

    def test_a_git_too_old_to_be_held_is_not_used(
        self, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tools = tmp_path / "tools"
        tools.mkdir()
        script(tools / "git", "exit 0")
        monkeypatch.setenv("PATH", str(tools))
        with pytest.raises(GitUnusableError, match=r"older than 2\.31"):
            run_git(project({}), "ls-files")

    def test_a_git_that_hangs_is_killed(
        self, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tools = tmp_path / "tools"
        tools.mkdir()
        script(tools / "git", "exec /usr/bin/tail -f /dev/null")
        monkeypatch.setenv("PATH", str(tools))
        with pytest.raises(GitFailedError, match="took over"):
            run_git(project({}), "ls-files", timeout_s=0.1)

    def test_only_commands_that_read_pass(self, repository: Project) -> None:
        with pytest.raises(ValueError, match="checkout"):
            run_git(repository({}), "checkout", "main")


class TestNoUsableRepository:
    def test_outside_git(self, project: Project) -> None:
        root = project({"a.py": ""})
        assert git_status(root) is None
        with pytest.raises(GitUnusableError, match="no git repository"):
            run_git(root, "ls-files")

    def test_without_git(self, repository: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        root = repository({})
        monkeypatch.setenv("PATH", "")
        assert git_status(root) is None

    def test_a_folder_that_is_gone(self, tmp_path: Path) -> None:
        with pytest.raises(GitUnusableError, match="could not start"):
            run_git(tmp_path / "gone", "ls-files")

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
    def test_a_repository_of_another_user_stays_shut(self, repository: Project) -> None:
        root = repository({"a.py": ""})
        for path in (root, root / ".git"):
            os.chown(path, 12345, 12345)
        assert git_status(root) is None
        with pytest.raises(GitUnusableError, match="another user"):
            run_git(root, "ls-files")

    def test_a_damaged_repository_is_a_failure_not_an_absence(self, repository: Project) -> None:
        root = repository({"a.py": ""})
        (root / ".git" / "index").write_bytes(b"not an index")
        with pytest.raises(GitFailedError, match="git status failed"):
            git_status(root)


class TestStatus:
    def test_counts_the_rows_of_git_status(self, repository: Project, git: Git) -> None:
        files = {f"{name}.py": f"{name}\n" * 20 for name in ("edited", "staged", "gone", "moved")}
        root = repository({**files, "kept.py": ""})
        (root / "edited.py").write_text("new\n")
        (root / "staged.py").write_text("new\n")
        git(root, "add", "staged.py")
        (root / "gone.py").unlink()
        git(root, "mv", "moved.py", "there.py")
        (root / "new").mkdir()
        (root / "new" / "one.py").touch()
        (root / "new" / "two.py").touch()
        rows = git(root, "status", "--short").splitlines()
        assert git_status(root) == GitStatus("main", len(rows))
        assert len(rows) == 5

    def test_a_touched_file_is_no_change(self, repository: Project) -> None:
        root = repository({"a.py": "x\n"})
        os.utime(root / "a.py", (1, 1))
        assert git_status(root) == GitStatus("main", 0)

    def test_a_detached_head_is_named_by_its_commit(self, repository: Project, git: Git) -> None:
        root = repository({"a.py": ""})
        git(root, "checkout", "--quiet", "--detach")
        commit = git(root, "rev-parse", "HEAD").decode()
        assert git_status(root) == GitStatus(commit[:7], 0)

    def test_a_repository_without_commits(self, project: Project, git: Git) -> None:
        root = project({"a.py": ""})
        git(root, "init", "--quiet", "--initial-branch=trunk")
        assert git_status(root) == GitStatus("trunk", 1)

    def test_a_conflict_is_one_row(self, repository: Project, git: Git) -> None:
        root = repository({"a.py": "base\n"})
        git(root, "checkout", "--quiet", "-b", "other")
        (root / "a.py").write_text("theirs\n")
        git(root, "commit", "--quiet", "--all", "--message=theirs")
        git(root, "checkout", "--quiet", "main")
        (root / "a.py").write_text("ours\n")
        git(root, "commit", "--quiet", "--all", "--message=ours")
        git(root, "merge", "other", check=False)
        assert git_status(root) == GitStatus("main", 1)
