"""From a model's edits to files before and after: read, matched, nothing written."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vibe_tui.changes.content.lines import line_count
from vibe_tui.changes.content.text import (
    NEW_FILE_FORM,
    TextForm,
    read_text,
    seems_wide,
    without_end,
)
from vibe_tui.changes.edits.matching import EDIT_FORM, Window, replace_once, rewrite, written
from vibe_tui.changes.edits.patching import check_deletion, new_text, patched
from vibe_tui.changes.errors import ChangeConflictError, EditRefusedError
from vibe_tui.changes.model import Edit, FilePatch, RefusedEdit, SearchReplace, WholeFile
from vibe_tui.changes.stack.overlay import Overlay
from vibe_tui.changes.writing.paths import confine, is_link
from vibe_tui.changes.writing.tree import ProjectTree
from vibe_tui.foreign import clean_line

_GIT_MODES = (0o644, 0o755)
_NOTHING = "The edit changes nothing: the file is already so"


@dataclass(slots=True)
class Draft:
    """A file that edits of one answer are about."""

    path: str
    base: bytes | None
    """What the file is made of: the disk and older open proposals; None: no such file."""
    base_mode: int | None
    content: bytes | None
    """What the edits so far make of it; None: deleted, or not there."""
    mode: int | None = None
    """Permission bits that the edits set."""
    is_whole: bool = False
    renamed_from: str | None = None

    @property
    def is_changed(self) -> bool:
        """Whether anything is left to propose."""
        moded = self.mode is not None and self.base is not None and self.mode != self.base_mode
        return self.content != self.base or moded or self.renamed_from is not None

    @property
    def base_lines(self) -> int:
        """Number of lines before."""
        return line_count(self.base or b"")


class Drafts:
    """Applies the edits of one answer, one after the other, each on what the last one left.

    Args:
        tree: The project's files.
        overlay: The same files under open proposals; edits are made to these.
        closed: A folder that no edit may enter, such as the store itself.
    """

    def __init__(self, tree: ProjectTree, overlay: Overlay, closed: Path) -> None:
        self._tree = tree
        self._overlay = overlay
        self._closed = closed.resolve()
        self._drafts: dict[str, Draft] = {}
        self._moved: set[str] = set()

    def take(self, edits: Sequence[Edit]) -> list[RefusedEdit]:
        """Apply edits in order.

        Returns:
            Those that do not apply; they leave no trace.
        """
        refused: list[RefusedEdit] = []
        for edit in edits:
            try:
                self._take(edit)
            except OSError as error:
                reason = f"The file cannot be read: {error.strerror}"
                refused.append(RefusedEdit(_path_of(edit), reason))
            except ChangeConflictError as error:
                refused.append(RefusedEdit(_path_of(edit), f"The path {error.reason}"))
            except EditRefusedError as error:
                refused.append(RefusedEdit(_path_of(edit), str(error)))
        return refused

    def changed(self) -> tuple[list[Draft], list[RefusedEdit]]:
        """The files that are to change, and those that the edits left as they were."""
        drafts = self._drafts.values()
        undone = [RefusedEdit(d.path, _NOTHING) for d in drafts if not d.is_changed]
        return [draft for draft in drafts if draft.is_changed], undone

    def _take(self, edit: Edit) -> None:
        if isinstance(edit, FilePatch):
            self._take_patch(edit)
            return
        draft = self._draft(edit.path)
        if isinstance(edit, WholeFile):
            self._set(draft, _whole(draft.content, edit))
            draft.is_whole = draft.base is not None
        else:
            self._set(draft, _searched(draft.content, edit))

    def _set(self, draft: Draft, content: bytes | None) -> None:
        if content == draft.content:
            raise EditRefusedError(_NOTHING)
        draft.content = content
        self._drafts[draft.path] = draft

    def _draft(self, path: str) -> Draft:
        """The draft of a path, read when it is new; kept only once it is changed."""
        inside = confine(self._tree.root, path)
        if self._closed.is_relative_to(self._tree.root) and (
            self._tree.root.joinpath(inside).is_relative_to(self._closed)
        ):
            raise EditRefusedError("The path lies in vibe-tui's own store, which no edit may touch")
        if inside in self._moved:
            raise EditRefusedError("The same answer renames this file: edit it by its new name")
        if inside in self._drafts:
            return self._drafts[inside]
        content = self._overlay.content(inside)
        mode = None if content is None else self._overlay.held(inside).mode
        return Draft(inside, content, mode, content)

    def _take_patch(self, patch: FilePatch) -> None:
        if patch.old_path is None:
            self._create(patch, patch.new_path or "")
        elif patch.new_path is None:
            self._delete(patch, patch.old_path)
        elif patch.old_path != patch.new_path:
            self._rename(patch, patch.old_path, patch.new_path)
        else:
            draft = self._existing(patch.new_path)
            self._patch(draft, patch)

    def _existing(self, path: str) -> Draft:
        draft = self._draft(path)
        if draft.content is None:
            raise EditRefusedError("There is no such file: check its path")
        return draft

    def _patch(self, draft: Draft, patch: FilePatch) -> None:
        content = _patched(draft.content or b"", patch)
        mode = _mode(patch.new_mode, draft.base_mode)
        moded = mode is not None and mode != draft.base_mode
        if content == draft.content and not moded:
            raise EditRefusedError(_NOTHING)
        draft.content, draft.mode = content, mode if moded else draft.mode
        self._drafts[draft.path] = draft

    def _create(self, patch: FilePatch, path: str) -> None:
        draft = self._draft(path)
        if draft.content:
            raise EditRefusedError("The diff creates a file that exists already: change it instead")
        text = written(new_text(patch), NEW_FILE_FORM)
        created = NEW_FILE_FORM.encode(text)
        if draft.content is not None and not created:
            raise EditRefusedError(_NOTHING)
        draft.content, draft.mode = created, patch.new_mode
        self._drafts[draft.path] = draft

    def _delete(self, patch: FilePatch, path: str) -> None:
        draft = self._existing(path)
        self._refuse_link(path)
        text, form = read_text(draft.content or b"")
        check_deletion(text, form, patch)
        if draft.renamed_from is not None:
            raise EditRefusedError("The same answer renames this file and deletes it: do one")
        draft.content = None
        self._drafts[draft.path] = draft

    def _rename(self, patch: FilePatch, old_path: str, new_path: str) -> None:
        old = self._existing(old_path)
        new = self._draft(new_path)
        self._refuse_link(old_path)
        is_there = new.content is not None or new.base is not None
        if is_there and not self._tree.is_respelled(new.path, old.path):
            raise EditRefusedError("The new name is taken: choose one that does not exist")
        if old.renamed_from is not None:
            raise EditRefusedError("The same answer renames this file twice: do it once")
        content = _patched(old.content or b"", patch)
        mode = old.mode if patch.new_mode is None else _mode(patch.new_mode, old.base_mode)
        self._drafts.pop(old.path, None)
        if old.base is None:
            self._drafts[new.path] = Draft(new.path, None, None, content, mode)
            return
        self._moved.add(old.path)
        self._drafts[new.path] = Draft(
            new.path, old.base, old.base_mode, content, mode, old.is_whole, old.path
        )

    def _refuse_link(self, path: str) -> None:
        if is_link(self._tree.root, path):
            raise EditRefusedError("Symbolic links are neither deleted nor renamed by edits")


def _path_of(edit: Edit) -> str:
    path = (edit.new_path or edit.old_path) if isinstance(edit, FilePatch) else edit.path
    return clean_line(path or "", 200)


def _readable(content: bytes) -> tuple[str, TextForm]:
    """A file's text and form.

    Raises:
        EditRefusedError: If nobody can tell how it is encoded.
    """
    if seems_wide(content):
        raise EditRefusedError(
            "The file seems to be UTF-16 or UTF-32 without a byte order mark, or damaged, so its "
            "text cannot be told: save it as UTF-8"
        )
    return read_text(content)


def _mode(wanted: int | None, base: int | None) -> int | None:
    """The permission bits that a patch means: git's two modes say executable or not, no more."""
    if base is None or wanted not in _GIT_MODES:
        return wanted
    readers = (base & 0o444) >> 2
    return base | readers if wanted & 0o111 else base & ~0o111


def _patched(content: bytes, patch: FilePatch) -> bytes:
    if not patch.hunks:
        return content
    text, form = _readable(content)
    return form.encode(patched(text, form, patch))


def _searched(content: bytes | None, edit: SearchReplace) -> bytes:
    """The file after a SEARCH/REPLACE edit; an empty search makes a new file."""
    if not edit.search.strip() and not content:
        return NEW_FILE_FORM.encode(written(edit.replace, NEW_FILE_FORM))
    if content is None:
        raise EditRefusedError("There is no such file: an empty SEARCH would make a new one")
    if not edit.search:
        raise EditRefusedError("The file exists already: SEARCH must quote the lines to replace")
    text, form = _readable(content)
    return form.encode(replace_once(text, form, edit))


def _whole(content: bytes | None, edit: WholeFile) -> bytes:
    """The file with a whole new text, in the form that it has; unchanged lines keep theirs."""
    if not content:
        return NEW_FILE_FORM.encode(written(edit.text, NEW_FILE_FORM))
    text, form = _readable(content)
    lines = form.split(text)
    old = [without_end(line, form.newline) + "\n" for line in lines]
    whole, text_lines = Window(0, len(lines)), EDIT_FORM.split(edit.text)
    new = rewrite(lines, whole, old, text_lines, form, form.newline)
    return form.encode("".join(new))
