"""Conversations survive: every line durable, a torn last line dropped, other damage named."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vibe_tui.chat.errors import DamagedSessionError, NoSuchPromptError, NoSuchSessionError
from vibe_tui.chat.sessions import SCHEMA_VERSION, Session, SessionStore


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


# Going back.


def talk(store: SessionStore, *prompts: str) -> Session:
    session = store.create()
    for prompt in prompts:
        session.say("user", prompt)
        session.say("assistant", f"answer to {prompt}", change_id=f"c-{prompt}")
    return session


def test_each_prompt_has_an_id_that_its_answer_shares(store: SessionStore) -> None:
    session = talk(store, "one", "two")
    ids = [message.prompt_id for message in session.messages]
    assert ids[0] == ids[1] != ids[2] == ids[3]
    assert [prompt.text for prompt in session.prompts] == ["one", "two"]
    again = store.load(session.session_id)
    assert again.prompts == session.prompts


def test_what_the_program_says_within_a_turn_is_no_prompt_of_its_own(store: SessionStore) -> None:
    session = store.create()
    asked = session.say("user", "one")
    session.say("assistant", "an edit")
    session.say("user", "that did not apply", prompt_id=asked.prompt_id)
    session.say("assistant", "another edit")
    assert [prompt.text for prompt in session.prompts] == ["one"]
    assert len(session.rewind(asked.prompt_id)) == 4


def test_going_back_ends_the_conversation_and_keeps_the_file(store: SessionStore) -> None:
    session = talk(store, "one", "two", "three")
    before = session.path.read_bytes()
    gone = session.rewind(session.prompts[1].prompt_id)
    assert [message.change_id for message in gone if message.change_id] == ["c-two", "c-three"]
    assert [m.content for m in session.history()] == ["one", "answer to one"]
    again = store.load(session.session_id)
    assert again.messages == session.messages
    assert session.path.read_bytes().startswith(before)
    again.say("user", "four")
    assert [p.text for p in store.load(session.session_id).prompts] == ["one", "four"]


def test_going_back_to_before_the_first_prompt_leaves_nothing_to_send(store: SessionStore) -> None:
    session = talk(store, "one")
    session.rewind(session.prompts[0].prompt_id)
    again = store.load(session.session_id)
    assert (again.messages, again.history(), again.name) == ([], [], "empty session")


@pytest.mark.parametrize("prompt_id", ["", "p-0", "p-line-1"])
def test_an_unknown_prompt_is_refused_and_nothing_is_written(
    store: SessionStore, prompt_id: str
) -> None:
    session = talk(store, "one")
    before = session.path.read_bytes()
    with pytest.raises(NoSuchPromptError, match="no message"):
        session.rewind(prompt_id)
    assert session.path.read_bytes() == before


def test_a_prompt_that_is_rewound_already_is_refused(store: SessionStore) -> None:
    session = talk(store, "one", "two")
    second = session.prompts[1].prompt_id
    session.rewind(second)
    with pytest.raises(NoSuchPromptError):
        session.rewind(second)


def test_messages_stored_without_ids_get_lasting_ones(store: SessionStore) -> None:
    session = talk(store, "one", "two")
    lines = [json.loads(line) for line in session.path.read_text(encoding="utf-8").splitlines()]
    for line in lines:
        line.pop("prompt_id", None)
    text = "".join(json.dumps(line) + "\n" for line in lines)
    session.path.write_text(text, encoding="utf-8")
    old = store.load(session.session_id)
    assert [prompt.text for prompt in old.prompts] == ["one", "two"]
    second = old.prompts[1].prompt_id
    old.say("user", "three")
    again = store.load(session.session_id)
    assert again.prompts[1].prompt_id == second
    again.rewind(second)
    assert [p.text for p in store.load(session.session_id).prompts] == ["one"]


def test_a_line_about_a_prompt_that_is_not_there_changes_nothing(store: SessionStore) -> None:
    session = talk(store, "one")
    with session.path.open("a", encoding="utf-8") as file:
        file.write('{"type": "rewound", "before": "p-0", "at": ""}\n{"type": "rewound"}\n')
    assert store.load(session.session_id).messages == session.messages


@given(asks=st.lists(st.one_of(st.text(min_size=1, max_size=5), st.integers(0, 8)), max_size=20))
def test_the_file_says_what_the_session_is_however_often_it_went_back(
    tmp_path_factory: pytest.TempPathFactory, asks: list[str | int]
) -> None:
    store = SessionStore(tmp_path_factory.mktemp("back"))
    session = store.create()
    said: list[str] = []
    for ask in asks:
        if isinstance(ask, str):
            session.say("user", ask)
            session.say("assistant", "yes")
            said.append(ask)
        elif ask < len(said):
            session.rewind(session.prompts[ask].prompt_id)
            del said[ask:]
    assert [prompt.text for prompt in session.prompts] == said
    if asks and session.path.exists():
        assert store.load(session.session_id).messages == session.messages
