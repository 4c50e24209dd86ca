"""A file's text encodes to the same bytes again, whatever the bytes are."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibe_tui.changes.content import text as text_module
from vibe_tui.changes.content.text import is_binary, read_text, seems_wide, split_bytes, without_end

BOMS = st.sampled_from(
    [b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE]
)


@given(BOMS, st.binary(max_size=200))
def test_any_bytes_survive(bom: bytes, rest: bytes) -> None:
    content = bom + rest
    text, form = read_text(content)
    assert form.encode(text) == content
    assert "".join(form.split(text)) == text
    assert b"".join(split_bytes(content)) == content


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"), max_size=99)


@given(TEXT, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))
def test_text_with_a_known_encoding_is_read_as_such(text: str, encoding: str) -> None:
    read, form = read_text(text.encode(encoding))
    assert form.is_known
    assert read == text


@pytest.mark.parametrize(
    ("content", "encoding", "is_known"),
    [
        (b"plain\n", "utf-8", True),
        ("# -*- coding: latin-1 -*-\ncafé\n".encode("latin-1"), "latin-1", True),
        ("#!/bin/x\n# vim: set fileencoding=gbk :\n中\n".encode("gbk"), "gbk", True),
        (b"# coding: latin-1\nplain\n", "latin-1", True),
        ("# coding: latin-1\ncafé\n".encode(), "utf-8", False),
        ("# coding: utf-8\ncafé\n".encode(), "utf-8", True),
        ("-*- mode: x; coding: gbk -*-\n中\n".encode("gbk"), "gbk", True),
        ('<?xml version="1.0" encoding="gbk"?>\n中\n'.encode("gbk"), "gbk", True),
        ('@charset "latin-1";\n/* é */\n'.encode("latin-1"), "latin-1", True),
        ("<html>\n<meta charset=latin-1>é\n".encode("latin-1"), "latin-1", True),
        ("# coding: utf-16\ncafé\n".encode("latin-1"), "utf-8", False),
        ("# coding: no-such\ncafé\n".encode("latin-1"), "utf-8", False),
        ("# coding: rot13\ncafé\n".encode("latin-1"), "utf-8", False),
        ("café\n".encode("latin-1"), "utf-8", False),
        (b"\xff\xfe\x00\xd8", "utf-8", False),
    ],
)
def test_encodings(content: bytes, encoding: str, is_known: bool) -> None:
    text, form = read_text(content)
    assert (form.encoding, form.is_known) == (encoding, is_known)
    assert form.encode(text) == content


def test_an_unknown_encoding_takes_ascii_only() -> None:
    _, form = read_text("café".encode("latin-1"))
    assert form.takes("plain")
    assert not form.takes("é")


@pytest.mark.parametrize(
    ("content", "newline", "lines"),
    [
        (b"a\nb", "\n", ["a\n", "b"]),
        (b"a\r\nb\r\n", "\r\n", ["a\r\n", "b\r\n"]),
        (b"a\rb\r", "\r", ["a\r", "b\r"]),
        (b"a\r\nb\nc\n", "\n", ["a\r\n", "b\n", "c\n"]),
        (b"a\x0cb\x85\n", "\n", ["a\x0cb\udc85\n"]),
        (b"a\rb\n", "\n", ["a\rb\n"]),
        (b"", "\n", []),
    ],
)
def test_line_ends(content: bytes, newline: str, lines: list[str]) -> None:
    text, form = read_text(content)
    assert form.newline == newline
    assert form.split(text) == lines


def test_a_line_end_is_taken_off_whole_and_once() -> None:
    assert without_end("a\r\r\n") == "a\r"
    assert without_end("a\r") == "a\r"
    assert without_end("a\r", "\r") == "a"


@pytest.mark.parametrize(
    ("content", "seems"),
    [
        ("ab\n".encode("utf-16-le"), True),
        ("ab\n".encode("utf-16-be"), True),
        ("ab\n".encode("utf-32-le"), True),
        ("ab\n".encode("utf-16"), False),
        (codecs.BOM_UTF16_LE + b"\0\xd8x", True),
        (b"a\0b", False),
        (b"plain\n", False),
        (b"\0\n" + b"much text" * 50, False),
        (b"", False),
    ],
)
def test_wide_text_without_a_mark_is_told_from_other_files(content: bytes, seems: bool) -> None:
    assert seems_wide(content) is seems


@given(
    st.lists(st.text("a\u0a0a\u0a00\u000b\U0001f600\u0d0a", max_size=5), max_size=9),
    st.sampled_from([(codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")]),
    st.sampled_from([1, 7, 1 << 20]),
)
def test_wide_lines_end_where_their_text_does(
    words: list[str], form: tuple[bytes, str], piece_bytes: int
) -> None:
    mark, encoding = form
    lines = [f"{word}\n".encode(encoding) for word in words]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_module, "_PIECE_BYTES", piece_bytes)
        found = split_bytes(mark + b"".join(lines))
    if not lines:
        assert found == [mark]
    else:
        assert found == [mark + lines[0], *lines[1:]]


def test_nul_makes_a_file_binary_unless_it_is_utf_16() -> None:
    assert is_binary(b"a\0b")
    assert not is_binary("ab".encode("utf-16"))
