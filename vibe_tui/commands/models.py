"""/models: models and their prices, those usable with the keys present first."""

from collections.abc import AsyncIterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from vibe_tui.commands.table import markdown_table
from vibe_tui.events import Event, Reported

if TYPE_CHECKING:
    from vibe_tui.analytics.model import ModelPrice
    from vibe_tui.workspace import Workspace

_SHOWN = 30


def _per_1k(price_usd: Decimal) -> float:
    return float(price_usd * 1000)


def _row(price: "ModelPrice", *, usable: bool) -> dict[str, Any]:
    return {
        "name": price.model,
        "provider": price.provider,
        "input_price_per_1k": _per_1k(price.input_usd),
        "output_price_per_1k": _per_1k(price.output_usd),
        "context": price.context,
        "max_output": price.max_output,
        "tier": price.tier.value,
        "usable": usable,
    }


def payload(workspace: "Workspace", query: str = "") -> dict[str, Any]:
    """Models whose name holds the query, usable ones first."""
    from vibe_tui.llm.providers import usable

    environ = workspace.rooms.environ
    prices = workspace.rooms.prices
    rows = [_row(p, usable=usable(p.model, environ)) for p in prices.search(query)]
    rows.sort(key=lambda row: not row["usable"])
    return {"schema_version": 1, "prices_as_of": prices.as_of, "models": rows}


def text(found: dict[str, Any]) -> str:
    """A table for people."""
    models = found["models"]
    if not models:
        return "No model of that name is in the price list; it would be sent as unpriced."
    rows = [
        (
            ("✓ " if row["usable"] else "  ") + row["name"],
            f"${row['input_price_per_1k'] * 1000:.2f}",
            f"${row['output_price_per_1k'] * 1000:.2f}",
            f"{row['context']:,}" if row["context"] else "unknown",
            row["tier"],
        )
        for row in models[:_SHOWN]
    ]
    header = ("model (✓ key present)", "$ per 1M in", "$ per 1M out", "context", "tier")
    more = len(models) - _SHOWN
    tail = f"\n\n{more} more: narrow the search." if more > 0 else ""
    table = markdown_table(header, rows, right=(1, 2, 3))
    return f"{table}{tail}\n\nPrices as of {found['prices_as_of']}."


async def run(workspace: "Workspace", args: Sequence[str]) -> AsyncIterator[Event]:
    """List models: ``/models sonnet``."""
    found = payload(workspace, " ".join(args))
    yield Reported("models", text(found), found)
