"""/model: which model answers, how to choose another, how to connect one."""

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from vibe_tui.commands.table import plain_cell
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
        f"- {plain_cell(offer.label)}: `/model {plain_cell(offer.target.name)}`"
        + (f" `{plain_cell(offer.target.api_base)}`" if offer.target.api_base else "")
        for offer in offers
        if offer.kind != "tour"
    ]
    return "\n".join(lines)


async def _show(workspace: "Workspace") -> Reported:
    target = workspace.target
    now = f"`{plain_cell(target.name)}` answers." if target else "No model is chosen."
    offers = await workspace.offers()
    usable = f"Found here:\n\n{_offer_lines(offers)}" if offers else ""
    text = "\n\n".join(part for part in (now, usable, HOW_TO) if part)
    payload = {
        "model": target.name if target else None,
        "api_base": target.api_base if target else None,
        "offers": [offer.target.name for offer in offers],
    }
    return Reported("model", text, payload)


def _save(workspace: "Workspace", target: "ModelTarget") -> None:
    from vibe_tui.config.save import set_setting, unset_setting

    locations = workspace.rooms.locations
    set_setting(locations, "model.name", target.name)
    if target.api_base:
        set_setting(locations, "model.api_base", target.api_base)
    else:
        unset_setting(locations, "model.api_base")


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
        SettingsError: If the choice cannot be saved.
    """
    from vibe_tui.llm.model import ModelTarget

    words = [word for word in args if word != "--save"]
    if not words:
        yield await _show(workspace)
        return
    if len(words) > 2 or words[0].startswith("-"):
        raise UsageError("/model takes a name and an endpoint", "such as /model openai/gpt-4o")
    target = ModelTarget(words[0], words[1] if len(words) == 2 else None)
    workspace.use_model(target)
    if "--save" in args:
        _save(workspace, target)
    cost = _price_words(workspace.rooms.prices.price(target.name))
    saved = ", also from now on" if "--save" in args else ", in this run"
    yield Noticed(f"{target.name} answers{saved}; {cost}")
