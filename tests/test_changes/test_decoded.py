"""A file's lines are decoded as they are asked for, each as a diff shows it."""

import pytest

from vibe_tui.changes.content.decoded import DecodedLines
from vibe_tui.changes.content.diff import diff_lines, display_lines


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"one\r\ntwo\n", ["one", "two"]),
        ("eins\nzwei".encode("utf-16"), ["eins", "zwei"]),
        (b"# -*- coding: latin-1 -*-\ncaf\xe9\n", ["# -*- coding: latin-1 -*-", "café"]),
        (b"caf\xe9\n", ["caf\ufffd"]),
        (b"", []),
    ],
)
def test_lines_read_as_a_diff_shows_them(content: bytes, expected: list[str]) -> None:
    diff = diff_lines(content, None)
    lines = DecodedLines(diff.old, diff.old_encoding)
    assert len(lines) == len(expected)
    assert lines[:] == expected
    assert [lines[index] for index in range(len(lines))] == expected
    assert [line.text for line in display_lines(diff, diff.hunks[0])] == expected


def test_lines_behind_the_last_are_none() -> None:
    lines = DecodedLines([b"a\n", b"b\n"], "utf-8")
    assert lines[1:9] == ["b"]
    with pytest.raises(IndexError):
        _ = lines[2]
