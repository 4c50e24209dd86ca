"""Back to before a message, as /rewind and the history do it: files, conversation, or both.

The model is a provider on loopback; who asked, under which prompt and at what cost is followed
from the turn into the proposal and the audit.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.stubs.provider_server import ProviderServer
from tests.stubs.script import Fault, FaultKind, ScriptedAnswer, StubUsage
from tests.test_workspace.conftest import FILES, Opener
from tests.test_workspace.test_turns import EDIT, MISSING, events_of
from vibe_tui.changes.model import ChangeSet, ChangeState
from vibe_tui.commands import rewind
from vibe_tui.commands.registry import dispatch
from vibe_tui.errors import DeniedError, UsageError, VibeError
from vibe_tui.events import Event, Noticed, Reported, SessionRewound
from vibe_tui.workspace import Workspace

ROUTER = "src/atlas/router.py"
ERRORS = "src/atlas/errors.py"
SECOND = EDIT.replace(ROUTER, ERRORS).replace("        self.views[name] = view\n", "    pass\n", 1)
SECOND = SECOND[: SECOND.index("=======\n") + 8] + "    code = 1\n>>>>>>> REPLACE\n```\n"


async def run(workspace: Workspace, line: str) -> list[Event]:
    return [event async for event in dispatch(workspace, line)]


async def say(
    workspace: Workspace, provider: ProviderServer, prompt: str, answer: str
) -> ChangeSet | None:
    """Ask; return what the answer proposes."""
    provider.script(ScriptedAnswer(answer, usage=StubUsage(1000, 200)))
    before = await workspace.review.changes()
    await events_of(workspace.ask(prompt))
    after = await workspace.review.changes()
    return after[0] if len(after) > len(before) else None


async def accepted(workspace: Workspace, change: ChangeSet | None) -> ChangeSet:
    assert change is not None
    return await workspace.review.accept(change.change_id, change.revision)


async def talked(workspace: Workspace, provider: ProviderServer) -> Sequence[ChangeSet]:
    """Three messages: two accepted edits with a talk in between."""
    first = await accepted(workspace, await say(workspace, provider, "refuse duplicates", EDIT))
    await say(workspace, provider, "why?", "Because.")
    second = await accepted(workspace, await say(workspace, provider, "a code", SECOND))
    return first, second


def state(workspace: Workspace, change: ChangeSet) -> ChangeState:
    return workspace.rooms.change_store.get(change.change_id).state


def read(atlas: Path, path: str) -> str:
    return (atlas / path).read_text(encoding="utf-8")


# Where a change comes from.


async def test_a_proposal_knows_its_prompt_and_what_the_answer_cost(
    workspace: Workspace, provider: ProviderServer
) -> None:
    change = await say(workspace, provider, "refuse duplicates\nplease", EDIT)
    assert change is not None
    (prompt,) = workspace.session.prompts
    origin = change.origin
    assert (origin.prompt, origin.prompt_id) == ("refuse duplicates", prompt.prompt_id)
    assert origin.session_id == workspace.session.session_id
    assert origin.cost_certainty == "exact"
    assert origin.cost_nano_usd == workspace.session.messages[-1].cost_nano_usd
    assert origin.cost_nano_usd is not None
    assert origin.cost_nano_usd > 0
    await accepted(workspace, change)
    lines = list(workspace.rooms.change_store.audit.entries(change.change_id))
    assert [line["event"] for line in lines] == ["proposed", "accepted"]
    for line in lines:
        assert line["prompt_id"] == prompt.prompt_id
        assert line["cost"] == {"nano_usd": origin.cost_nano_usd, "certainty": "exact"}
    assert lines[1]["checks"] == {"syntax": "valid"}
    assert lines[1]["decisions"] == {"1": "accepted"}


async def test_the_cost_of_an_unpriced_answer_is_unknown(
    open_workspace: Opener, provider: ProviderServer
) -> None:
    workspace = open_workspace("openai/nobody-knows-its-price")
    change = await say(workspace, provider, "refuse duplicates", EDIT)
    assert change is not None
    (line,) = workspace.rooms.change_store.audit.entries(change.change_id)
    assert line["cost"] == {"nano_usd": None, "certainty": "unpriced"}


async def test_a_second_try_within_a_turn_is_of_the_same_prompt(
    workspace: Workspace, provider: ProviderServer
) -> None:
    provider.script(ScriptedAnswer(MISSING))
    change = await say(workspace, provider, "refuse duplicates", EDIT)
    assert change is not None
    (prompt,) = workspace.session.prompts
    assert change.origin.prompt_id == prompt.prompt_id
    assert len(workspace.session.messages) == 4


# Going back.


async def test_files_and_conversation_go_back_together(
    workspace: Workspace, provider: ProviderServer, atlas: Path
) -> None:
    first, second = await talked(workspace, provider)
    (said,) = await run(workspace, "/rewind 3")
    assert isinstance(said, Noticed)
    assert "2 changes rolled back by c-" in said.message
    assert "6 messages no longer sent" in said.message
    assert read(atlas, ROUTER) == FILES[ROUTER]
    assert read(atlas, ERRORS) == FILES[ERRORS]
    assert {state(workspace, first), state(workspace, second)} == {ChangeState.ROLLED_BACK}
    assert workspace.session.history() == []


async def test_a_later_message_leaves_the_earlier_ones(
    workspace: Workspace, provider: ProviderServer, atlas: Path
) -> None:
    first, second = await talked(workspace, provider)
    await run(workspace, "/rewind 2")
    assert read(atlas, ERRORS) == FILES[ERRORS]
    assert read(atlas, ROUTER) != FILES[ROUTER]
    assert (state(workspace, first), state(workspace, second)) == (
        ChangeState.ACCEPTED,
        ChangeState.ROLLED_BACK,
    )
    assert [prompt.text for prompt in workspace.session.prompts] == ["refuse duplicates"]


async def test_files_alone(workspace: Workspace, provider: ProviderServer, atlas: Path) -> None:
    await talked(workspace, provider)
    await run(workspace, "/rewind 1 files")
    assert read(atlas, ERRORS) == FILES[ERRORS]
    assert len(workspace.session.prompts) == 3


async def test_the_conversation_alone_and_a_model_is_sent_what_is_left(
    workspace: Workspace, provider: ProviderServer, atlas: Path
) -> None:
    await talked(workspace, provider)
    seen: list[Event] = []

    async def watch() -> None:
        async for event in workspace.events():
            seen.append(event)

    watcher = asyncio.create_task(watch())
    await asyncio.sleep(0)
    await run(workspace, "/rewind 2 chat")
    assert read(atlas, ERRORS) != FILES[ERRORS]
    await say(workspace, provider, "and now?", "Now nothing.")
    sent = provider.requests[-1].raw.decode()
    assert "refuse duplicates" in sent
    assert "why?" not in sent
    assert "a code" not in sent
    await workspace.close()
    await watcher
    (rewound,) = [event for event in seen if isinstance(event, SessionRewound)]
    assert (rewound.prompt, rewound.messages) == ("why?", 4)


async def test_open_proposals_of_the_messages_are_rejected(
    workspace: Workspace, provider: ProviderServer, atlas: Path
) -> None:
    await accepted(workspace, await say(workspace, provider, "refuse duplicates", EDIT))
    waiting = await say(workspace, provider, "a code", SECOND)
    assert waiting is not None
    (said,) = await run(workspace, "/rewind 1")
    assert isinstance(said, Noticed)
    assert said.message.startswith("1 open proposal rejected; 2 messages")
    assert state(workspace, waiting) is ChangeState.REJECTED
    assert read(atlas, ROUTER) != FILES[ROUTER]


async def test_where_files_moved_on_the_roll_back_waits_in_review(
    workspace: Workspace, provider: ProviderServer, atlas: Path
) -> None:
    await talked(workspace, provider)
    (atlas / ROUTER).write_text("# mine\n" + read(atlas, ROUTER), encoding="utf-8")
    (said,) = await run(workspace, "/rewind 3")
    assert isinstance(said, Noticed)
    assert "waits in Review" in said.message
    newest = (await workspace.review.changes())[0]
    assert newest.is_open
    await workspace.review.accept(newest.change_id, newest.revision)
    assert read(atlas, ROUTER) == "# mine\n" + FILES[ROUTER]


async def test_a_conflict_leaves_files_and_conversation_as_they_are(
    workspace: Workspace, provider: ProviderServer, atlas: Path
) -> None:
    await talked(workspace, provider)
    (atlas / ROUTER).write_text("mine\n", encoding="utf-8")
    with pytest.raises(VibeError):
        await run(workspace, "/rewind 3")
    assert read(atlas, ROUTER) == "mine\n"
    assert read(atlas, ERRORS) != FILES[ERRORS]
    assert len(workspace.session.prompts) == 3


async def test_the_list_says_what_each_message_led_to(
    workspace: Workspace, provider: ProviderServer
) -> None:
    (empty,) = await run(workspace, "/rewind")
    assert isinstance(empty, Reported)
    assert "no message yet" in empty.text
    first, second = await talked(workspace, provider)
    (listed,) = await run(workspace, "/rewind")
    assert isinstance(listed, Reported)
    messages = listed.payload["messages"]
    assert [message["text"] for message in messages] == ["a code", "why?", "refuse duplicates"]
    assert [message["takes_back"] for message in messages] == [
        [second.change_id],
        [second.change_id],
        [second.change_id, first.change_id],
    ]
    assert "| 3 | refuse duplicates | 2 | 0 |" in listed.text


@pytest.mark.parametrize("words", ["0", "4", "x", "1 all", "1 both more", "both"])
async def test_words_that_mean_nothing_are_refused(
    workspace: Workspace, provider: ProviderServer, words: str
) -> None:
    await say(workspace, provider, "why?", "Because.")
    with pytest.raises(UsageError):
        await run(workspace, f"/rewind {words}")
    assert len(workspace.session.prompts) == 1


async def test_what_would_do_nothing_is_refused(
    workspace: Workspace, provider: ProviderServer
) -> None:
    await say(workspace, provider, "why?", "Because.")
    with pytest.raises(DeniedError, match="Nothing to take back by files: there is: chat"):
        await run(workspace, "/rewind 1 files")


async def test_while_an_answer_is_on_its_way_the_conversation_stays(
    workspace: Workspace, provider: ProviderServer
) -> None:
    await say(workspace, provider, "why?", "Because.")
    provider.script(ScriptedAnswer("Slowly. " * 9, fault=Fault(FaultKind.STALL)))
    turn = workspace.ask("and now?")
    with pytest.raises(UsageError, match="still on its way"):
        await run(workspace, "/rewind 1 chat")
    await turn.cancel()


async def test_a_message_of_another_conversation_gives_its_files_back_only(
    workspace: Workspace, provider: ProviderServer, atlas: Path
) -> None:
    first, _ = await talked(workspace, provider)
    workspace.start_session()
    origin = first.origin
    found = await rewind.plan(workspace, origin.session_id, origin.prompt_id)
    assert (found.ways, found.messages) == (("files",), 0)
    await rewind.rewind(workspace, found, "files")
    assert read(atlas, ROUTER) == FILES[ROUTER]
    again = await rewind.plan(workspace, origin.session_id, origin.prompt_id)
    assert again.ways == ()


async def test_a_message_whose_conversation_is_gone_is_known_by_its_changes(
    workspace: Workspace, provider: ProviderServer
) -> None:
    first, _ = await talked(workspace, provider)
    gone = workspace.session.path
    workspace.start_session()
    gone.unlink()
    found = await rewind.plan(workspace, first.origin.session_id, first.origin.prompt_id)
    assert first.change_id in [change.change_id for change in found.takes_back]
