"""The next prompt builds on what waits, and tells the model what was decided: once."""

from pathlib import Path

from tests.stubs.provider_server import ProviderServer
from tests.stubs.script import ScriptedAnswer
from tests.test_workspace.conftest import FILES
from tests.test_workspace.test_turns import EDIT, events_of, of_kind
from vibe_tui.changes.model import ChangeSet
from vibe_tui.events import ChangeProposed, EditRefused, Noticed
from vibe_tui.workspace import Workspace

ROUTER = "src/atlas/router.py"
SECOND = """\
src/atlas/router.py
```python
<<<<<<< SEARCH
            raise KeyError(name)
=======
            raise ValueError(name)
>>>>>>> REPLACE
```
"""
FRESH = """\
src/atlas/fresh.py
```python
<<<<<<< SEARCH
=======
FRESH = True
>>>>>>> REPLACE
```
"""


async def proposed(workspace: Workspace, provider: ProviderServer, answer: str) -> ChangeSet:
    provider.script(ScriptedAnswer(answer))
    events = await events_of(workspace.ask("go"))
    assert not of_kind(events, EditRefused)
    change_id = of_kind(events, ChangeProposed)[0].change_id
    return next(c for c in await workspace.review.changes() if c.change_id == change_id)


def sent(provider: ProviderServer) -> list[tuple[str, str]]:
    parsed = provider.requests[-1].parsed
    assert parsed is not None
    return [(role, text) for role, text in parsed.messages]


async def test_the_model_sees_its_own_open_edits_and_builds_on_them(
    workspace: Workspace, provider: ProviderServer, atlas: Path
) -> None:
    first = await proposed(workspace, provider, EDIT)
    workspace.pin(ROUTER)
    second = await proposed(workspace, provider, SECOND)
    assert "raise KeyError(name)" in sent(provider)[0][1]
    assert (atlas / ROUTER).read_text() == FILES[ROUTER]
    await workspace.review.accept(first.change_id, first.revision)
    await workspace.review.accept(second.change_id, second.revision)
    assert "raise ValueError(name)" in (atlas / ROUTER).read_text()


async def test_a_file_that_only_a_proposal_has_can_be_mentioned(
    workspace: Workspace, provider: ProviderServer
) -> None:
    await proposed(workspace, provider, FRESH)
    provider.script(ScriptedAnswer("Seen."))
    events = await events_of(workspace.ask("look at @src/atlas/fresh.py"))
    assert "FRESH = True" in sent(provider)[0][1]
    assert not [n for n in of_kind(events, Noticed) if "names no file" in n.message]


async def test_a_rejected_hunk_and_a_comment_are_told_with_the_next_prompt_only(
    workspace: Workspace, provider: ProviderServer
) -> None:
    change = await proposed(workspace, provider, EDIT)
    await workspace.review.comment(change.change_id, 1, "raise DuplicateViewError instead")
    await workspace.review.reject(change.change_id, hunks=[1])
    provider.script(ScriptedAnswer("Understood."), ScriptedAnswer("Again."))
    events = await events_of(workspace.ask("try again"))
    assert any("what you decided" in notice.message for notice in of_kind(events, Noticed))
    told = sent(provider)[-1][1]
    assert told.startswith("<review>\nYour edits of src/atlas/router.py: all of it is rejected.")
    assert "raise DuplicateViewError instead\n" in told
    assert "+            raise KeyError(name)" in told
    assert told.endswith("</review>\n\ntry again")
    await events_of(workspace.ask("and now"))
    assert sent(provider)[-1][1] == "and now"
    assert sent(provider)[-3][1] == told
