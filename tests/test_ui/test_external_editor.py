"""A person's editor gets a private copy, the right line, and none of the keys.

The editors are real programs; only handing over the terminal is left out, since tests have none.
"""

import stat
from contextlib import nullcontext
from pathlib import Path

import pytest
from textual.app import App

from vibe_tui.ui.external_editor import (
    EditorFailedError,
    NoEditorError,
    edit_outside,
    editor_command,
    editor_words,
    reduced,
)

FILE = Path("/private/a.py")


class Terminal(App[None]):
    """An app whose terminal can be handed over."""

    suspend = staticmethod(nullcontext)  # type: ignore[assignment] # a test has no terminal


def editor(folder: Path, script: str) -> str:
    """A program that edits the file named last, as a command for EDITOR."""
    program = folder / "my editor"
    program.write_text(f"#!/bin/sh\nfor file; do :; done\n{script}\n")
    program.chmod(0o755)
    return f"'{program}'"


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("vim", ["vim", "+7", "/private/a.py"]),
        ("/usr/bin/nano -w", ["/usr/bin/nano", "-w", "+7", "/private/a.py"]),
        ("code", ["code", "--wait", "--goto", "/private/a.py:7"]),
        ("code --wait", ["code", "--wait", "--goto", "/private/a.py:7"]),
        ("subl -w", ["subl", "-w", "/private/a.py:7"]),
        ("hx", ["hx", "/private/a.py:7"]),
        ("gedit", ["gedit", "--wait", "+7", "/private/a.py"]),
        ("mine --plain", ["mine", "--plain", "/private/a.py"]),
    ],
)
def test_each_editor_is_called_in_its_own_way(named: str, expected: list[str]) -> None:
    assert editor_command(editor_words({"EDITOR": named}), FILE, 7) == expected


def test_visual_goes_before_editor_and_blank_means_unset() -> None:
    assert editor_words({"VISUAL": "hx", "EDITOR": "vi"}) == ["hx"]
    assert editor_words({"VISUAL": " ", "EDITOR": "vi"}) == ["vi"]
    with pytest.raises(NoEditorError, match="set VISUAL or EDITOR"):
        editor_words({"VISUAL": "", "PATH": "/usr/bin"})
    with pytest.raises(NoEditorError, match="close the quote"):
        editor_words({"EDITOR": "vi 'x"})


def test_keys_stay_out_of_the_environment() -> None:
    environ = {
        "PATH": "/usr/bin", "LC_ALL": "C", "TERM": "xterm", "HOME": "/home/a",
        "OPENAI_API_KEY": "sk-1", "GITHUB_TOKEN": "x", "AWS_SECRET_ACCESS_KEY": "y",
        "LD_PRELOAD": "z", "PYTHONPATH": "p", "SSH_AUTH_SOCK": "s",
    }  # fmt: skip
    assert reduced(environ) == {
        "PATH": "/usr/bin", "LC_ALL": "C", "TERM": "xterm", "HOME": "/home/a",
    }  # fmt: skip


async def test_what_is_saved_comes_back_and_the_copy_is_gone(tmp_path: Path) -> None:
    told = tmp_path / "told"
    script = (
        f'printf "%s\\n" "$file" "$(pwd)" "$(stat -c %a "$(dirname "$file")")" > {told}\n'
        f'env >> {told}\nprintf "\\351more" >> "$file"'
    )
    environ = {
        "EDITOR": editor(tmp_path, script), "PATH": "/usr/bin:/bin", "OPENAI_API_KEY": "sk-1",
    }  # fmt: skip
    app = Terminal()
    async with app.run_test():
        edited = await edit_outside(app, b"\xff\r\nold", "src/-x y.py", 3, environ)
    assert edited == b"\xff\r\nold\xe9more"
    file, folder, mode, *env = told.read_text(errors="replace").splitlines()
    assert Path(file).name == "x y.py"
    assert str(Path(file).parent) == folder
    assert mode == "700"
    assert not Path(folder).exists()
    assert not any("sk-1" in line for line in env)


@pytest.mark.parametrize(
    ("script", "words"),
    [("exit 3", "ended with code 3"), ('rm "$file"', "cannot be read"), ("kill -9 $$", "code -9")],
)
async def test_an_editor_that_fails_changes_nothing(
    tmp_path: Path, script: str, words: str
) -> None:
    app = Terminal()
    environ = {"EDITOR": editor(tmp_path, script), "PATH": "/usr/bin:/bin"}
    async with app.run_test():
        with pytest.raises(EditorFailedError, match=words):
            await edit_outside(app, b"x", "a.py", 1, environ)
        assert app._batch_count == 0


async def test_an_editor_that_is_not_there_is_said(tmp_path: Path) -> None:
    app = Terminal()
    async with app.run_test():
        with pytest.raises(EditorFailedError, match="cannot be started"):
            await edit_outside(app, b"x", "a.py", 1, {"EDITOR": str(tmp_path / "none")})


async def test_a_terminal_that_cannot_be_handed_over_is_said() -> None:
    app: App[None] = App()
    async with app.run_test():
        with pytest.raises(NoEditorError, match="i edits the hunk right here"):
            await edit_outside(app, b"x", "a.py", 1, {"EDITOR": "vi"})


@pytest.mark.parametrize("name", ["..", "/", "-", "a/\x1b[2J", ""])
async def test_any_name_is_a_plain_file(tmp_path: Path, name: str) -> None:
    app = Terminal()
    script = f'stat -c %A "$file" > {tmp_path}/kind'
    environ = {"EDITOR": editor(tmp_path, script), "PATH": "/usr/bin:/bin"}
    async with app.run_test():
        assert await edit_outside(app, b"x", name, 1, environ) == b"x"
    assert (tmp_path / "kind").read_text().startswith("-rw")
    assert stat.S_ISREG((tmp_path / "my editor").stat().st_mode)
