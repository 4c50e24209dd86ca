"""The sentences that a person reads when a model failed, and what to do next."""

from typing import Final
from urllib.parse import urlsplit

from vibe_tui.foreign import clean_line
from vibe_tui.llm.model import FailureKind, ModelTarget
from vibe_tui.llm.providers import key_hint

_SENTENCES: Final = {
    FailureKind.AUTH: "{model}: the key was refused, or there is none",
    FailureKind.PERMISSION: "{model}: this key may not use the model",
    FailureKind.QUOTA: "{model}: the account has no credit left at the provider",
    FailureKind.RATE: "{model}: too many requests in a short time",
    FailureKind.CONTEXT: "{model}: the prompt is longer than the model can read",
    FailureKind.POLICY: "{model}: the provider's content policy refused the request",
    FailureKind.BAD_REQUEST: "{model}: the provider did not accept the request",
    FailureKind.NOT_FOUND: "{model}: there is no such model{where}",
    FailureKind.OVERLOADED: "{model}: the provider is overloaded",
    FailureKind.SERVER: "{model}: the provider failed",
    FailureKind.NETWORK: "{model}: the provider could not be reached{where}",
    FailureKind.TIMEOUT: "{model}: no answer came in time",
    FailureKind.INTERRUPTED: "{model}: the answer broke off",
    FailureKind.BUDGET: "{model}: the answer was stopped before it would cost more than was held",
    FailureKind.CANCELLED: "{model}: stopped",
}
_HINTS: Final = {
    FailureKind.PERMISSION: "choose another model with /model, or ask the account's owner",
    FailureKind.QUOTA: "add credit at the provider, or choose another model with /model",
    FailureKind.RATE: "wait a little and ask again, or choose another model with /model",
    FailureKind.CONTEXT: "show fewer files, start a new session, or choose a model that reads more",
    FailureKind.POLICY: "word the request differently, or choose another model with /model",
    FailureKind.BAD_REQUEST: "check the model's name and the api_base",
    FailureKind.NOT_FOUND: "look for its name with `vibe-tui models`, and check the api_base",
    FailureKind.OVERLOADED: "ask again in a minute, or choose another model with /model",
    FailureKind.SERVER: "ask again in a minute, or choose another model with /model",
    FailureKind.NETWORK: "check the connection and the api_base, and that the server runs",
    FailureKind.TIMEOUT: "ask again, or allow more time with model.idle_timeout_s",
    FailureKind.INTERRUPTED: "what arrived is kept; ask it to go on",
    FailureKind.BUDGET: "raise the budget, or ask for a shorter answer",
    FailureKind.CANCELLED: "ask again when you like",
}


def sentence_for(kind: FailureKind, target: ModelTarget) -> str:
    """What happened, and to which model."""
    where = f" at {_address(target.api_base)}" if target.api_base else ""
    return _SENTENCES[kind].format(model=target.name, where=where)


def hint_for(kind: FailureKind, target: ModelTarget) -> str:
    """What to do next."""
    if kind is FailureKind.AUTH:
        return key_hint(target)
    return _HINTS[kind]


def _address(api_base: str) -> str:
    """Scheme, host and port: an address may carry a password or a token."""
    parts = urlsplit(api_base)
    port = f":{parts.port}" if parts.port else ""
    return clean_line(f"{parts.scheme}://{parts.hostname}{port}", 100)
