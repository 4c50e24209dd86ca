"""Conversations survive: every line durable, a torn last line dropped, other damage named."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vibe_tui.chat.errors import DamagedSessionError, NoSuchSessionError
from vibe_tui.chat.sessions import SCHEMA_VERSION, SessionStore


@pytest.fixture
def store(tmp_path: Path) -> SessionStore:
    return SessionStore(tmp_path / "sessions")


def test_nothing_is_written_before_the_first_message(store: SessionStore) -> None:
    store.create()
    assert not store.folder.exists()
    with pytest.raises(NoSuchSessionError):
        store.latest()


def test_a_session_comes_back_as_it_was(store: SessionStore) -> None:
    session = store.create()
    session.say("user", "Fix it\nplease")
    session.say("assistant", "Done  \x07", model="openai/m", cost_nano_usd=7, change_id="c-1")
    again = store.load(session.session_id)
    assert again.messages == session.messages
    assert again.created_at == session.created_at
    assert again.name == "Fix it"
    assert [m.content for m in again.history()] == ["Fix it\nplease", "Done  \x07"]
    header = json.loads(session.path.read_text(encoding="utf-8").split("\n", 1)[0])
    assert header["schema_version"] == SCHEMA_VERSION


def test_an_empty_answer_is_kept_but_not_sent_again(store: SessionStore) -> None:
    session = store.create()
    session.say("user", "hello")
    session.say("assistant", "")
    assert len(store.load(session.session_id).messages) == 2
    assert [m.role for m in session.history()] == ["user"]


def test_the_newest_session_is_the_latest(store: SessionStore) -> None:
    first, second = store.create(), store.create()
    first.path = store.folder / "s-20200101-000000-aaaaaa.jsonl"
    first.say("user", "old")
    second.say("user", "new")
    assert store.latest().name == "new"
    assert [summary.name for summary in store.summaries()] == ["new", "old"]


@pytest.mark.parametrize("name", ["nope", "../../etc/passwd", "s-1/../../x"])
def test_an_unknown_session_says_so(store: SessionStore, name: str) -> None:
    with pytest.raises(NoSuchSessionError, match="No session"):
        store.load(name)


def test_a_line_torn_by_a_crash_is_dropped_and_appending_goes_on(store: SessionStore) -> None:
    session = store.create()
    session.say("user", "one")
    with session.path.open("ab") as file:
        file.write(b'{"type": "message", "role": "assis')
    again = store.load(session.session_id)
    assert [m.content for m in again.messages] == ["one"]
    again.say("user", "two")
    assert [m.content for m in store.load(session.session_id).messages] == ["one", "two"]


def test_damage_in_the_middle_is_named_not_hidden(store: SessionStore) -> None:
    session = store.create()
    session.say("user", "one")
    session.say("user", "two")
    lines = session.path.read_text(encoding="utf-8").split("\n")
    lines[1] = lines[1][:10]
    session.path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(DamagedSessionError, match="Line 2"):
        store.load(session.session_id)
    assert list(store.summaries()) == []


@pytest.mark.parametrize("text", ["", "[]\n", '{"type": "message"}\n'])
def test_a_file_without_a_header_is_damaged(store: SessionStore, text: str) -> None:
    session = store.create()
    session.say("user", "one")
    session.path.write_text(text, encoding="utf-8")
    with pytest.raises(DamagedSessionError):
        store.load(session.session_id)


def test_an_incomplete_message_is_damage(store: SessionStore) -> None:
    session = store.create()
    session.say("user", "one")
    with session.path.open("a", encoding="utf-8") as file:
        file.write('{"type": "message", "role": "user"}\n{"type": "note"}\n')
    with pytest.raises(DamagedSessionError, match="incomplete"):
        store.load(session.session_id)


@settings(max_examples=50, deadline=None)
@given(texts=st.lists(st.text(max_size=40), min_size=1, max_size=6), cut=st.integers(0, 400))
def test_cutting_the_file_anywhere_loses_only_what_was_cut(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], cut: int
) -> None:
    store = SessionStore(tmp_path_factory.mktemp("cut"))
    session = store.create()
    for text in texts:
        session.say("user", text)
    whole = session.path.read_bytes()
    kept = whole[: max(whole.index(b"\n") + 1, len(whole) - cut)]
    session.path.write_bytes(kept)
    messages = store.load(session.session_id).messages
    assert [m.content for m in messages] == texts[: len(messages)]
    assert len(messages) >= kept.count(b"\n") - 1
