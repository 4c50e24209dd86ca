"""What a line of the audit says of a change besides what happened to it."""

from collections.abc import Collection, Mapping
from typing import Any

from vibe_tui.changes.model import ChangeSet, HunkState

NONE_ASKED = "none asked"
"""How sure the cost of an answer is when no model was asked for one."""
_UNKNOWN = "unknown"
_ASKED = frozenset({"model", "heal", "plugin"})


def facts(change: ChangeSet) -> dict[str, Any]:
    """Who proposed a change, in which conversation, at what cost, and what its checks say."""
    origin = change.origin
    told: dict[str, Any] = {
        "proposer": {"kind": origin.kind, "name": origin.name},
        "session_id": origin.session_id,
        "prompt_id": origin.prompt_id,
        "cost": cost(change),
        "checks": verdicts(change),
    }
    return told | ({"reverts": list(change.reverts)} if change.reverts else {})


def cost(change: ChangeSet) -> dict[str, int | str | None]:
    """What the answer cost that proposed it, in nano-USD, and how sure that is; None: unknown."""
    origin = change.origin
    sure = origin.cost_certainty or (_UNKNOWN if origin.kind in _ASKED else NONE_ASKED)
    return {"nano_usd": origin.cost_nano_usd, "certainty": sure}


def verdicts(change: ChangeSet) -> dict[str, str]:
    """Each kind of check over all files: invalid if one is, else valid if one is, else skipped."""
    found: dict[str, set[bool | None]] = {}
    for check in change.checks:
        found.setdefault(check.strategy, set()).add(check.is_valid)
    return {strategy: _verdict(results) for strategy, results in found.items()}


def _verdict(results: Collection[bool | None]) -> str:
    if False in results:
        return "invalid"
    return "valid" if True in results else "skipped"


def decisions(hunks: Collection[int], state: HunkState) -> dict[str, str]:
    """What was decided on each hunk, by its number ``k``, from 1 over the whole change."""
    return {str(k): state.value for k in sorted(hunks)}


def decided(event: str, details: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The decisions of a line that names the hunks it is about; none of other lines."""
    hunks = details.get("hunks")
    if not hunks or event not in (HunkState.ACCEPTED, HunkState.REJECTED):
        return {}
    return {"decisions": decisions(hunks, HunkState(event))}
