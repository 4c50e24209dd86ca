"""/tokens: how many tokens a text has, and what sending it would cost."""

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Any

from vibe_tui.analytics.cost import cost_nano_usd
from vibe_tui.analytics.model import TokenUsage, format_nano_usd, nano, usd
from vibe_tui.events import Event, Reported

if TYPE_CHECKING:
    from vibe_tui.workspace import Workspace

DEFAULT_MODEL = "o200k_base"
"""The encoding counted with when no model is chosen."""


def payload(
    workspace: "Workspace", text: str, model: str | None = None, output_tokens: int = 0
) -> dict[str, Any]:
    """Count raw text: special tokens as ordinary text, no message overhead.

    Args:
        workspace: Whose model counts when none is named.
        text: What to count.
        model: LiteLLM's name of a model.
        output_tokens: Length of the answer to price in, in tokens.
    """
    name = model or (workspace.target.name if workspace.target else DEFAULT_MODEL)
    count = workspace.rooms.counter.count(text, name)
    price = workspace.rooms.prices.price(name)
    cost = cost_nano_usd(price, TokenUsage(count.tokens, output_tokens)) if price else None
    return {
        "schema_version": 1,
        "model": name,
        "tokens": count.tokens,
        "low": count.low,
        "high": count.high,
        "method": count.method.value,
        "expected_error": count.expected_error,
        "cost_usd_if_sent": usd(cost),
    }


def sentence(counted: dict[str, Any]) -> str:
    """One line for people."""
    band = "" if counted["low"] == counted["high"] else f" ({counted['low']:,}-{counted['high']:,})"
    cost = counted["cost_usd_if_sent"]
    price = "price unknown" if cost is None else f"{format_nano_usd(nano(cost))} if sent"
    return (
        f"{counted['tokens']:,} tokens{band} for {counted['model']}, {counted['method']}; {price}."
    )


async def run(workspace: "Workspace", args: Sequence[str]) -> AsyncIterator[Event]:
    """Count typed text and the files it mentions."""
    from vibe_tui.chat.mentions import find_mentions

    typed = " ".join(args)
    services = workspace.rooms.chat_services()
    mentions, _ = find_mentions(typed, frozenset(await services.known_paths()))
    texts = [(await services.excerpt(m.path, m.line_start, m.line_end)).text for m in mentions] or [
        typed
    ]
    counted = payload(workspace, "".join(texts))
    yield Reported("tokens", sentence(counted), counted)
