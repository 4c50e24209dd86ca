"""/model: which model answers, how to choose another, how to connect one."""

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from vibe_tui.commands.config import change
from vibe_tui.commands.table import code_span, plain_cell
from vibe_tui.errors import UsageError
from vibe_tui.events import Event, Noticed, Reported

if TYPE_CHECKING:
    from vibe_tui.analytics.model import ModelPrice
    from vibe_tui.llm.model import ModelTarget, ProviderOffer
    from vibe_tui.workspace import Workspace

HOW_TO = """\
To connect a model, put a provider's key into the environment (such as `ANTHROPIC_API_KEY`, \
`OPENAI_API_KEY`, `GEMINI_API_KEY`) and start again with `--model NAME`, or type `/model NAME`. \
For any OpenAI-compatible endpoint: `/model openai/NAME ENDPOINT`. `/models QUERY` lists names \
and prices; `--save` keeps the choice."""


def _offer_lines(offers: "Sequence[ProviderOffer]") -> str:
    lines = [
        f"- {plain_cell(offer.label)}: "
        + code_span(" ".join(filter(None, ("/model", offer.target.name, offer.target.api_base))))
        for offer in offers
        if offer.kind != "tour"
    ]
    return "\n".join(lines)


async def _show(workspace: "Workspace") -> Reported:
    target = workspace.target
    now = f"{code_span(target.name)} answers." if target else "No model is chosen."
    offers = await workspace.offers()
    usable = f"Found here:\n\n{_offer_lines(offers)}" if offers else ""
    text = "\n\n".join(part for part in (now, usable, HOW_TO) if part)
    payload = {
        "model": target.name if target else None,
        "api_base": target.api_base if target else None,
        "offers": [offer.target.name for offer in offers],
    }
    return Reported("model", text, payload)


def _read_target(words: Sequence[str]) -> "ModelTarget":
    """The model that was typed, held to the same rules as a setting."""
    from vibe_tui.config.schema import setting_for
    from vibe_tui.llm.model import ModelTarget

    if len(words) > 2 or words[0].startswith("-"):
        raise UsageError("/model takes a name and an endpoint", "such as /model openai/gpt-4o")
    typed = zip(("model.name", "model.api_base"), words, strict=False)
    name, *endpoint = (str(setting_for(key).from_text(word)) for key, word in typed)
    return ModelTarget(name, endpoint[0] if endpoint else None)


def _price_words(price: "ModelPrice | None") -> str:
    if price is None:
        return "its price is unknown: spending is counted in tokens"
    if price.is_free:
        return "it costs nothing"
    into, out = price.input_usd * 1_000_000, price.output_usd * 1_000_000
    return f"${into:.2f} in, ${out:.2f} out a million tokens"


async def run(workspace: "Workspace", args: Sequence[str]) -> AsyncIterator[Event]:
    """Show the model, or choose another.

    Raises:
        UsageError: If there are more words than a name and an endpoint.
        SettingsError: If the choice is no model, or cannot be saved.
    """
    words = [word for word in args if word != "--save"]
    if not words:
        yield await _show(workspace)
        return
    target = _read_target(words)
    workspace.use_model(target)
    saved = "in this run"
    if "--save" in args:
        change(workspace, "model.name", target.name)
        change(workspace, "model.api_base", target.api_base)
        saved = "also from now on"
    cost = _price_words(workspace.rooms.prices.price(target.name))
    yield Noticed(f"{target.name} answers, {saved}; {cost}")
