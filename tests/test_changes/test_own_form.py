"""Any file in any form: what an edit names changes, in the file's own form, and nothing else."""

import codecs
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.test_changes.projects import ORIGIN, Project, swap
from vibe_tui.changes.content.text import read_text
from vibe_tui.changes.edits.matching import replace_once
from vibe_tui.changes.errors import EditRefusedError
from vibe_tui.changes.model import (
    ChangeState,
    Edit,
    FilePatch,
    HunkState,
    PatchHunk,
    SearchReplace,
    WholeFile,
)

ENCODINGS = {
    "utf-8": (b"", "aé中😀\u2028\x0c\x85\t "),
    "utf-8 with a mark": (codecs.BOM_UTF8, "aé中😀\u2028\x0c\x85\t "),
    "utf-16-le": (codecs.BOM_UTF16_LE, "aé中😀\u0a0a\u0d0a\t "),
    "utf-16-be": (codecs.BOM_UTF16_BE, "aé中😀\u0a0a\u0d0a\t "),
    "utf-32-le": (codecs.BOM_UTF32_LE, "aé中😀\t "),
    "latin-1": (b"# coding: latin-1\n", "aéÿ\xa0\x0c\t "),
    "gbk": (b"# coding: gbk\n", "a中文丂\t @A"),
    "shift_jis": (b"# coding: shift_jis\n", "aソ表能\t @A"),
}


@dataclass(frozen=True)
class Written:
    """A file as lines of bytes, and the same lines as text."""

    head: bytes
    """A mark or a declaration in front."""
    encoding: str
    words: list[str]
    raw: list[bytes]

    @property
    def content(self) -> bytes:
        return self.head + b"".join(self.raw)


@st.composite
def files(draw: st.DrawFn) -> Written:
    """Files of different lines, so that each can be named, with ends of every kind."""
    name = draw(st.sampled_from(list(ENCODINGS)))
    head, letters = ENCODINGS[name]
    encoding = name.partition(" ")[0]
    some = draw(st.lists(st.text(letters, max_size=6), min_size=1, max_size=12))
    words = [f"{word}{n}" for n, word in enumerate(some)]
    ends = draw(st.sampled_from([["\n"], ["\r\n"], ["\n", "\r\n"]]))
    raw = [(word + draw(st.sampled_from(ends))).encode(encoding) for word in words]
    if draw(st.booleans()):
        raw[-1] = words[-1].encode(encoding)
    return Written(head, encoding, words, raw)


def fresh_words(file: Written) -> st.SearchStrategy[list[str]]:
    letters = ENCODINGS[next(n for n in ENCODINGS if n.startswith(file.encoding))][1]
    line = st.text(letters.replace("\x85", ""), max_size=6).map(lambda word: f"new {word}")
    return st.lists(line, max_size=4)


@given(files(), st.data())
def test_a_named_window_changes_and_every_other_byte_stays(
    file: Written, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(file.words) - 1))
    end = data.draw(st.integers(start + 1, len(file.words)))
    new = data.draw(fresh_words(file))
    search, replace = ("".join(f"{w}\n" for w in some) for some in (file.words[start:end], new))
    edit = swap("f", search, replace)
    text, form = read_text(file.content)
    assume(form.is_known)
    result = form.encode(replace_once(text, form, edit))
    before, after = file.head + b"".join(file.raw[:start]), b"".join(file.raw[end:])
    assert result.startswith(before)
    assert result.endswith(after)
    middle = result[len(before) : len(result) - len(after)].decode(file.encoding)
    assert middle.replace("\r\n", "\n").removesuffix("\n") == "\n".join(new)


@given(files(), st.data())
def test_lines_that_an_edit_repeats_keep_their_bytes(file: Written, data: st.DataObject) -> None:
    changed = data.draw(st.integers(0, len(file.words) - 1))
    new = [*file.words]
    new[changed] = "changed"
    search, replace = ("".join(f"{word}\n" for word in words) for words in (file.words, new))
    text, form = read_text(file.content)
    assume(form.is_known)  # some Latin-1 is UTF-8 too, by chance
    result = form.encode(replace_once(text, form, swap("f", search, replace)))
    assert result.startswith(file.head + b"".join(file.raw[:changed]))
    assert result.endswith(b"".join(file.raw[changed + 1 :]))


ANY_LINE = st.sampled_from(
    [b"a", b"b", b"\xe9", b"\x81A", b"\0", b"\xff", "é".encode(), b"\x85", b"", b" x", b"\tx "]
)
ANY_CONTENT = st.builds(
    lambda mark, some, end: mark + b"".join(some) + end,
    st.sampled_from([b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, b"# coding: gbk\n"]),
    st.lists(st.builds(bytes.__add__, ANY_LINE, st.sampled_from([b"\n", b"\r\n", b"\r"]))),
    st.sampled_from([b"", b"end", b"\xc3"]),
)
WORD = st.sampled_from(["a", "b", "é", "x", "", "end", "new", "A"])
TEXT = st.lists(WORD, max_size=4).map(lambda words: "".join(f"{word}\n" for word in words))
EDITS = st.one_of(
    st.builds(SearchReplace, st.just("f"), TEXT, TEXT),
    st.builds(SearchReplace, st.just("f"), WORD, WORD),
    st.builds(WholeFile, st.just("f"), TEXT),
    st.builds(
        lambda old, new, mode: FilePatch("f", "f", (PatchHunk(None, (*old, *new)),), mode),
        st.lists(WORD.map(lambda word: f"-{word}"), min_size=1, max_size=2),
        st.lists(WORD.map(lambda word: f"+{word}"), max_size=2),
        st.sampled_from([None, 0o755]),
    ),
)


@given(ANY_CONTENT, st.builds(SearchReplace, st.just("f"), TEXT, TEXT))
def test_whatever_the_bytes_lines_outside_the_window_stay(base: bytes, edit: SearchReplace) -> None:
    assume(edit.search)
    text, form = read_text(base)
    try:
        result = form.encode(replace_once(text, form, edit))
    except EditRefusedError:
        return
    separator = b"\r" if form.newline == "\r" else b"\n"
    old, new = base.split(separator), result.split(separator)
    changed = len(old) - _common(old, new) - _common(old[::-1], new[::-1])
    assert changed <= edit.search.count("\n") + 1  # the last line's end may come or go


def _common(old: list[bytes], new: list[bytes]) -> int:
    pairs = zip(old, new, strict=False)
    different = (n for n, (one, other) in enumerate(pairs) if one != other)
    return next(different, min(len(old), len(new)))


@given(ANY_CONTENT, st.lists(EDITS, min_size=1, max_size=3), st.data())
def test_what_is_applied_is_what_was_shown_and_goes_back(
    base: bytes, edits: list[Edit], data: st.DataObject
) -> None:
    with TemporaryDirectory() as folder:
        project = Project(Path(folder))
        project.root.mkdir()
        project.write("f", base)
        before = project.picture()
        store = project.store()
        change = store.propose(edits, ORIGIN).change
        assert project.picture() == before
        if change is None:
            return
        (diff,) = store.diffs(change.change_id)
        chosen = data.draw(st.sets(st.sampled_from([hunk.k for hunk in diff.hunks]), min_size=1))
        for k in sorted({hunk.k for hunk in diff.hunks} - chosen):
            change = store.reject(change.change_id, hunks=[k])
        shown = store.proposed_bytes(change.change_id, "f")
        change = store.accept(change.change_id, change.revision)
        assert project.read("f") == shown
        states = {hunk.k: hunk.state for d in store.diffs(change.change_id) for hunk in d.hunks}
        assert {k for k, state in states.items() if state is HunkState.ACCEPTED} == chosen
        store.rollback(change.change_id)
        assert store.get(change.change_id).state is ChangeState.ROLLED_BACK
        assert project.picture() == before
