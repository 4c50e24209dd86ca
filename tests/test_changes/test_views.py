"""What Review is given of a proposal: a decision on a hunk changes its state and nothing else."""

from collections.abc import Callable
from pathlib import Path

from vibe_tui.changes.model import HunkState, Origin, WholeFile
from vibe_tui.changes.store import ChangeStore

OLD = "".join(f"value_{n} = {n}\n" for n in range(40))
NEW = OLD.replace("= 5\n", "= 50\n").replace("= 30\n", "= 300\n")


class Symbols:
    """Names nothing, and counts how often a file was read for its symbols."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def __call__(self, path: str, _: bytes) -> Callable[[int], str | None]:
        self.read.append(path)
        return lambda line: f"around_{line}"


def test_a_decision_leaves_the_lines_and_does_not_read_them_again(tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (root / "a.py").write_text(OLD)
    symbols = Symbols()
    store = ChangeStore(root, tmp_path / "data", symbols_of=symbols)
    change = store.propose([WholeFile("a.py", NEW)], Origin("patch")).change
    assert change is not None
    (before,) = store.diffs(change.change_id)
    store.accept(change.change_id, change.revision, hunks=(1,))
    (after,) = store.diffs(change.change_id)
    assert [hunk.state for hunk in after.hunks] == [HunkState.ACCEPTED, HunkState.OPEN]
    assert all(x.lines is y.lines for x, y in zip(before.hunks, after.hunks, strict=True))
    assert [hunk.header.rpartition(" ")[2] for hunk in after.hunks] == ["around_6", "around_31"]
    assert symbols.read == ["a.py"]
    assert list(after.base_lines) == OLD.splitlines()


def test_many_changes_do_not_stay_in_memory(tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (root / "a.py").write_text(OLD)
    symbols = Symbols()
    store = ChangeStore(root, tmp_path / "data", symbols_of=symbols)
    ids = []
    for index in range(6):
        change = store.propose([WholeFile(f"new_{index}.py", NEW)], Origin("patch")).change
        assert change is not None
        ids.append(change.change_id)
    for change_id in ids:
        store.diffs(change_id)
    assert len(store._views._known) == 4
    (first,) = store.diffs(ids[0])
    assert first.hunks[0].added == 40
