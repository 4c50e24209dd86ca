"""A person's own editor, on a private copy of a text: never on a file of the project."""

import asyncio
import shlex
import signal
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from vibe_tui.errors import OutsideError, UsageError
from vibe_tui.foreign import clean_line

if TYPE_CHECKING:
    from textual.app import App

_KEPT = frozenset(
    {
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "TZ", "LANG", "LANGUAGE",
        "TERM", "COLORTERM", "TERMINFO", "TERM_PROGRAM", "TMUX", "STY",
        "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_RUNTIME_DIR",
        "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME",
        "VIM", "VIMRUNTIME", "VIMINIT", "MYVIMRC", "NVIM_APPNAME",
    }
)  # fmt: skip
"""What an editor needs of the environment; keys and tokens live in the rest."""
_PLUS = frozenset({"vi", "vim", "nvim", "view", "nano", "pico", "emacs", "emacsclient", "micro",
                   "kak", "joe", "jed", "ne", "mg", "gvim", "gedit", "kate"})  # fmt: skip
_COLON = frozenset({"hx", "helix", "subl", "zed"})
_GOTO = frozenset({"code", "code-insiders", "codium", "cursor", "windsurf"})
_WAITING = {"subl": "--wait", "zed": "--wait", "gvim": "--nofork", "gedit": "--wait",
            **dict.fromkeys(_GOTO, "--wait")}  # fmt: skip
"""Editors with a window of their own, and what makes them wait until the file is closed."""


class NoEditorError(UsageError):
    """No editor is named, or this terminal cannot be handed to one."""

    code = "no_editor"


class EditorFailedError(OutsideError):
    """The editor could not be started, or ended badly; what it saved is not taken."""

    code = "editor_failed"


def editor_words(environ: Mapping[str, str]) -> list[str]:
    """The editor and its options, from VISUAL or EDITOR.

    Raises:
        NoEditorError: If neither is set, or its quotes are left open.
    """
    named = next((environ[n] for n in ("VISUAL", "EDITOR") if environ.get(n, "").strip()), "")
    try:
        words = shlex.split(named)
    except ValueError as error:
        raise NoEditorError(
            f"VISUAL or EDITOR cannot be read: {error}", "close the quote"
        ) from error
    if not words:
        raise NoEditorError("No editor is named", "set VISUAL or EDITOR, such as EDITOR=vim")
    return words


def editor_command(words: Sequence[str], file: Path, line: int) -> list[str]:
    """How to open a file at a line; an editor that we don't know opens it at its top.

    Args:
        words: The editor and its options.
        file: What to open.
        line: 1-based.
    """
    name = PurePosixPath(words[0]).name
    wait = [_WAITING[name]] if name in _WAITING and not {"-w", "--wait"} & {*words} else []
    if name in _PLUS:
        where = [f"+{line}", str(file)]
    elif name in _COLON:
        where = [f"{file}:{line}"]
    elif name in _GOTO:
        where = ["--goto", f"{file}:{line}"]
    else:
        where = [str(file)]
    return [*words, *wait, *where]


def reduced(environ: Mapping[str, str]) -> dict[str, str]:
    """The part of an environment that an editor may see: no key, no token."""
    return {n: v for n, v in environ.items() if n in _KEPT or n.startswith("LC_")}


async def edit_outside(
    app: "App[Any]", content: bytes, name: str, line: int, environ: Mapping[str, str]
) -> bytes:
    """Let a person edit a copy of some content, and return what they saved.

    The copy lies in a folder that only this person can read, and is gone afterwards. The app goes
    on working behind the editor, and draws nothing until it has ended.

    Args:
        app: Whose terminal the editor gets.
        content: What to edit.
        name: The file's name or path, for the editor's sense of its kind.
        line: 1-based line to start at.
        environ: Where the editor is named.

    Raises:
        NoEditorError: If none is named, or the terminal cannot be handed over.
        EditorFailedError: If it cannot be started or ends with an error.
    """
    from textual.app import SuspendNotSupported

    words = editor_words(environ)
    with tempfile.TemporaryDirectory(prefix="vibe-tui-edit-") as folder:
        copy = Path(folder) / (clean_line(PurePosixPath(name).name, 80).strip("-. ") or "text")
        await asyncio.to_thread(copy.write_bytes, content)
        command = editor_command(words, copy, line)
        try:
            with app.batch_update(), app.suspend(), _interrupts_for_the_editor():
                failure = await _run(command, reduced(environ), folder)
        except SuspendNotSupported as error:
            raise NoEditorError(
                "This terminal cannot be handed to an editor", "i edits the hunk right here"
            ) from error
        if failure:  # raised only here: suspend() takes the terminal back when nothing is raised
            raise EditorFailedError(failure, "nothing of it was taken over")
        return await asyncio.to_thread(_read, copy)


@contextmanager
def _interrupts_for_the_editor() -> Iterator[None]:
    """Let ^c reach the editor alone; a handler, unlike an ignored signal, is not inherited."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


async def _run(command: Sequence[str], environ: Mapping[str, str], folder: str) -> str:
    """Wait for the editor to end; returns what went wrong, empty when nothing did."""
    what = clean_line(command[0], 80)
    try:
        process = await asyncio.create_subprocess_exec(*command, env=dict(environ), cwd=folder)
        code = await process.wait()
    except OSError as error:
        return f"{what} cannot be started: {error.strerror}"
    return f"{what} ended with code {code}" if code else ""


def _read(copy: Path) -> bytes:
    try:
        return copy.read_bytes()
    except OSError as error:
        raise EditorFailedError(
            f"What the editor saved cannot be read: {error.strerror}", "the proposal is as it was"
        ) from error
