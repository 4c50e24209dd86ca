"""Any order of proposing, deciding, editing and taking back, against a simple model.

What is written is what the hunks showed, worked out here from the lines on the screen alone. What
is not written leaves the disk as it is. No line that a person wrote is ever lost. Without a
person's edits, taking everything back gives the project that there was before the first change.
"""

import shutil
import tempfile
from collections.abc import Callable, Collection
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.conftest import PROVE
from tests.test_changes.projects import ORIGIN, Project
from vibe_tui.changes.errors import ShownAgainError
from vibe_tui.changes.kept.blobs import BlobStore
from vibe_tui.changes.model import (
    ChangeSet,
    ChangeState,
    Edit,
    FileDiff,
    FilePatch,
    HunkState,
    SearchReplace,
    WholeFile,
)
from vibe_tui.errors import DeniedError

PATHS = ("a", "b", "lib/c")
Files = dict[str, bytes]


def shown_after(diff: FileDiff, chosen: Collection[int], base: bytes) -> bytes:
    """A file's base with some hunks carried out as Review shows them."""
    lines = base.decode().splitlines(keepends=True)
    removed: set[int] = set()
    added: dict[int, list[str]] = {}
    for hunk in diff.hunks:
        if hunk.k not in chosen and hunk.state is not HunkState.ACCEPTED:
            continue
        at = _start(hunk.header)
        for line in hunk.lines:
            if line.kind == "+":
                added.setdefault(at, []).append(line.text + "\n")
                continue
            if line.kind == "-":
                removed.add(at)
            at += 1
    kept: list[str] = []
    for number in range(1, len(lines) + 2):
        kept += added.get(number, ())
        if number <= len(lines) and number not in removed:
            kept.append(lines[number - 1])
    return "".join(kept).encode()


def _start(header: str) -> int:
    first, _, count = header.split()[1][1:].partition(",")
    return int(first) + (1 if count == "0" else 0)


class Deciding(RuleBasedStateMachine):
    """A person, a model and an editor at work on three small files."""

    def __init__(self) -> None:
        super().__init__()
        self.project = Project(Path(tempfile.mkdtemp()))
        self.project.root.mkdir()
        self.store = self.project.store()
        self.blobs = BlobStore(self.project.data / "blobs")
        self.count = 0
        self.mine: set[bytes] = set()
        """Lines that the person wrote, each of them once."""
        self.start: Files = {}
        self.disk: Files = {}

    def teardown(self) -> None:
        try:
            if not self.mine:
                self._everything_can_be_taken_back()
        finally:
            shutil.rmtree(self.project.base)

    def _everything_can_be_taken_back(self) -> None:
        while (last := self.store.last_applied()) is not None:
            back = self.store.rollback(last.change_id)
            if back.is_open:
                self.store.accept(back.change_id, back.revision)
        assert self._files() == self.start
        folders = {p.name for p in self.project.root.rglob("*") if p.is_dir()}
        assert folders == {"lib"} & {path.split("/")[0] for path in self.start}

    def _files(self) -> Files:
        root = self.project.root
        return {
            p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()
        }

    def _fresh(self, word: str) -> str:
        self.count += 1
        return f"{word} {self.count}\n"

    @initialize(
        counts=st.tuples(*[st.sampled_from([0, 3, 25])] * len(PATHS)),
        edits=st.lists(st.tuples(st.sampled_from(PATHS), st.lists(st.integers(0, 30), min_size=1))),
    )
    def some_files_and_proposals(
        self, counts: tuple[int, ...], edits: list[tuple[str, list[int]]]
    ) -> None:
        for path, count in zip(PATHS, counts, strict=True):
            if count:
                lines = "".join(self._fresh("base") for _ in range(count))
                self.project.write(path, lines.encode())
        self.start = self.disk = self._files()
        for path, places in edits:
            self.proposes_lines(path, places, "change")

    # A model proposes.

    def _propose(self, *edits: Edit) -> None:
        self.store.propose(edits, ORIGIN)
        assert self._files() == self.disk

    @rule(
        path=st.sampled_from(PATHS),
        places=st.lists(st.integers(0, 30), min_size=1, max_size=3),
        how=st.sampled_from(["change", "insert", "remove"]),
    )
    def proposes(self, path: str, places: list[int], how: str) -> None:
        self.proposes_lines(path, places, how)

    def proposes_lines(self, path: str, places: list[int], how: str) -> None:
        text = (self.store.overlay().read(path) or b"").decode()
        lines = [line for line in text.splitlines(keepends=True) if not line.startswith("mine")]
        edits: list[Edit] = []
        for place in sorted({place % len(lines) for place in places} if lines else ()):
            old = lines[place]
            new = {"change": self._fresh("model"), "insert": old + self._fresh("model")}
            edits.append(SearchReplace(path, old, new.get(how, "")))
        if not lines:
            edits.append(WholeFile(path, text + self._fresh("model")))
        self._propose(*edits)

    @rule(path=st.sampled_from(PATHS), other=st.sampled_from((*PATHS, "lib/d/e")))
    def proposes_a_rename_or_a_deletion(self, path: str, other: str) -> None:
        if path == other and b"mine" in (self.store.overlay().read(path) or b""):
            return  # it would show, and lose, what the person wrote
        self._propose(FilePatch(path, None if path == other else other, ()))

    # A person edits, in an editor.

    @rule(path=st.sampled_from((*PATHS, "lib/d/e")), place=st.integers(0, 30))
    def writes_a_line(self, path: str, place: int) -> None:
        if path not in self.disk:
            return
        lines = self.disk[path].splitlines(keepends=True)
        line = self._fresh("mine").encode()
        lines.insert(place % (len(lines) + 1), line)
        self.mine.add(line)
        self.project.write(path, b"".join(lines))
        self.disk = self._files()

    # A person decides.

    def _open(self, number: int) -> ChangeSet | None:
        """One of the open proposals, of which 0 is the oldest."""
        found = [change for change in self.store.list_changes() if change.is_open]
        return found[-1 - number % len(found)] if found else None

    @rule(number=st.integers(0, 5), some=st.data(), is_all=st.booleans())
    def accepts(self, number: int, some: st.DataObject, is_all: bool) -> None:
        change = self._open(number)
        if change is None:
            return
        diffs = self.store.diffs(change.change_id)
        chosen = _drawn(diffs, some, is_all=is_all)
        expected = self._expected(change, diffs, chosen)
        try:
            self.store.accept(change.change_id, change.revision, hunks=chosen)
        except ShownAgainError:
            is_new, expected = True, self.disk
        except DeniedError:
            is_new, expected = False, self.disk
        else:
            is_new = True
        assert (self.store.get(change.change_id).revision > change.revision) == is_new
        self.disk = self._files()
        assert self.disk == expected

    @rule(number=st.integers(0, 5), some=st.data(), is_all=st.booleans())
    def rejects(self, number: int, some: st.DataObject, is_all: bool) -> None:
        change = self._open(number)
        if change is not None:
            chosen = _drawn(self.store.diffs(change.change_id), some, is_all=is_all)
            self.store.reject(change.change_id, hunks=chosen)
        assert self._files() == self.disk

    def _expected(
        self, change: ChangeSet, diffs: Collection[FileDiff], chosen: Collection[int]
    ) -> Files:
        """The disk as the screen promises it."""
        after = dict(self.disk)
        bases = {file.path: file.base_sha256 for file in change.files}
        for diff in diffs:
            file = diff.change
            if not any(hunk.k in chosen for hunk in diff.hunks):
                continue
            sha256 = bases[file.path]
            base = b"" if sha256 is None else self.blobs.get(sha256)
            if file.renamed_from:
                after.pop(file.renamed_from, None)
            after.pop(file.path, None)
            if file.proposed_sha256 is not None:
                after[file.path] = shown_after(diff, chosen, base)
        return after

    @rule(number=st.integers(0, 5), is_point=st.booleans())
    def rolls_back(self, number: int, is_point: bool) -> None:
        written = [change for change in self.store.list_changes() if change.applied]
        if not written:
            return
        work: Callable[[str], ChangeSet] = self.store.rollback
        if is_point:
            work = self.store.rollback_to
        try:
            back = work(written[number % len(written)].change_id)
        except DeniedError:
            assert self._files() == self.disk
            return
        if back.is_open:
            assert self._files() == self.disk
            return
        states = {self.store.get(name).state for name in back.reverts}
        assert states == {ChangeState.ROLLED_BACK}
        self._check_applied(back)
        self.disk = self._files()

    def _check_applied(self, back: ChangeSet) -> None:
        """What a rollback says that it wrote is what it found and what is there."""
        after = dict(self.disk)
        for part in back.applied:
            assert (part.before_sha256 is None) == (part.path not in self.disk)
            if part.before_sha256 is not None:
                assert self.blobs.get(part.before_sha256) == after.pop(part.path)
            if part.after_sha256 is not None:
                after[part.path] = self.blobs.get(part.after_sha256)
        assert self._files() == after

    @precondition(lambda self: self.count % 5 == 0)
    @rule()
    def starts_again(self) -> None:
        known = self.store.list_changes()
        self.store = self.project.store()
        assert self.store.list_changes() == known

    # What always holds.

    @invariant()
    def no_line_of_a_person_is_lost(self) -> None:
        there = b"".join(self._files().values()).splitlines(keepends=True)
        assert all(there.count(line) == 1 for line in self.mine)

    @invariant()
    def the_overlay_is_the_disk_and_what_is_open(self) -> None:
        overlay = self.store.overlay()
        open_paths = {
            path
            for change in self.store.list_changes()
            if change.is_open and change.origin.kind != "rollback"
            for file in change.files
            if HunkState.OPEN in file.hunk_states and not file.conflict
            for path in (file.path, file.renamed_from)
        }
        assert set(overlay.paths()) <= open_paths
        for path in self.disk.keys() - open_paths:
            assert overlay.read(path) == self.disk[path]

    @invariant()
    def changes_and_their_rollbacks_agree(self) -> None:
        known = {change.change_id: change for change in self.store.list_changes()}
        for change in known.values():
            if change.rolled_back_by:
                assert change.change_id in known[change.rolled_back_by].reverts
                assert (change.state, change.applied) == (ChangeState.ROLLED_BACK, ())
            if change.state is ChangeState.ACCEPTED:
                back = {known[name].rolled_back_by for name in change.reverts}
                assert back <= {change.change_id}
        assert self.store.audit.damaged_lines() == ()


def _drawn(diffs: Collection[FileDiff], some: st.DataObject, *, is_all: bool) -> set[int]:
    ks = [h.k for diff in diffs for h in diff.hunks if h.state is HunkState.OPEN]
    return set(ks) if is_all else some.draw(st.sets(st.sampled_from(ks), min_size=1))


TestDeciding = pytest.mark.timeout(900 if PROVE else 120)(Deciding.TestCase)
TestDeciding.settings = settings(stateful_step_count=30 if PROVE else 14)
