"""A growing fence is coloured as a finished one would be, at a cost that does not grow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content

from vibe_tui.ui.live_code import LiveCode

PYTHON = '''\
class Router:
    """Attach views.

    A second paragraph, def is no keyword here.
    """

    def register(self, name: str) -> None:
        # once each
        if name in self.views:
            raise ValueError(f"{name!r} twice", 42)
        self.views[name] = """text
def not code
"""
'''.splitlines()


def marks(content: Content) -> list[tuple[str, str]]:
    spans = content.simplify().spans
    return [(content.plain[span.start : span.end], str(span.style)) for span in spans]


def whole(lines: list[str], language: str = "python") -> list[Content]:
    return LiveCode(language).update(lines, "", is_open=False)


def test_python_is_coloured() -> None:
    found = marks(whole(["def f(x):  # why", "    return 'a'"])[0])
    assert ("def", ".code--keyword") in found
    assert ("f", ".code--function") in found
    assert ("# why", ".code--comment") in found


@given(st.lists(st.sampled_from(PYTHON), max_size=80), st.integers(1, 9))
def test_growing_is_the_same_as_whole_once_it_closes(lines: list[str], step: int) -> None:
    code = LiveCode("python")
    for end in range(0, len(lines), step):
        grown = code.update(lines[:end], lines[end][:3], is_open=True)
        assert [content.plain for content in grown] == [
            *lines[:end],
            *([lines[end][:3]] if lines[end] else []),
        ]
    closed = code.update(lines, "", is_open=False)
    assert list(map(marks, closed)) == list(map(marks, whole(lines)))


def test_growing_python_is_coloured_as_the_whole() -> None:
    lines = PYTHON * 30
    code = LiveCode("python")
    for end in range(1, len(lines) + 1):
        grown = code.update(lines[:end], "", is_open=True)
    assert list(map(marks, grown)) == list(map(marks, whole(lines)))


def test_what_is_settled_is_not_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from vibe_tui.ui import live_code

    seen: list[int] = []
    original = live_code._pieces

    def counting(lexer: object, text: str) -> object:
        seen.append(text.count("\n"))
        return original(lexer, text)  # type: ignore[arg-type]  # handed through as it came

    monkeypatch.setattr(live_code, "_pieces", counting)
    lines = [f"x{n} = {n}" for n in range(2_000)]
    code = LiveCode("python")
    for end in range(0, len(lines), 5):
        code.update(lines[:end], "y", is_open=True)
    assert max(seen) <= 40
    assert code.update(lines, "", is_open=False)[0] is code.update(lines, "", is_open=False)[0]
    assert max(seen) <= 40


@pytest.mark.parametrize("language", ["", "no-such-language", "text"])
def test_unknown_languages_stay_plain(language: str) -> None:
    contents = whole(["def f():", "\treturn"], language)
    assert [content.plain for content in contents] == ["def f():", "    return"]
    assert not any(".code--keyword" in str(marks(content)) for content in contents)


def test_the_language_is_told_by_the_path() -> None:
    content = LiveCode("", "src/a.go").update(["func main() {}"], "", is_open=False)[0]
    assert ("func", ".code--keyword") in marks(content)


def test_a_minified_line_stays_plain() -> None:
    assert marks(whole(["x=1;" * 1_000], "javascript")[0]) == []


def test_a_diff_has_added_and_removed_lines() -> None:
    found = [marks(content) for content in whole(["-a", "+b"], "diff")]
    assert found == [[("-a", ".code--removed")], [("+b", ".code--added")]]
