"""From what was seen on the wire to our own kinds of failure.

LiteLLM's exception classes mislead (a refused connection is an ``InternalServerError``, a 403 may
be a ``BadRequestError``), so status code and message decide.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import Any, Final

from vibe_tui.foreign import clean_line
from vibe_tui.llm.errors import ModelFailureError
from vibe_tui.llm.model import FailureKind, ModelTarget
from vibe_tui.llm.wording import hint_for, sentence_for
from vibe_tui.monitoring.log import redact

_CONTEXT: Final = re.compile(
    r"context[_ ]length|context window|context size|maximum context|prompt is too long|"
    r"input is too long|exceeds? the maximum number of tokens|exceed_context_size|"
    r"request_too_large|too many tokens",
    re.IGNORECASE,
)
_POLICY: Final = re.compile(
    r"content[_ ]policy|content[_ ]filter|safety (system|settings)|prohibited_content|"
    r"responsible ai policy",
    re.IGNORECASE,
)
_QUOTA: Final = re.compile(
    r"insufficient_quota|exceeded your current quota|credit balance|insufficient (funds|balance)|"
    r"out of credits|billing",
    re.IGNORECASE,
)
_AUTH: Final = re.compile(
    r"api key not valid|api_key_invalid|(invalid|incorrect|missing|no)\b.{0,20}\bapi[-_ ]?key|"
    r"authentication_error|unauthenticated|api_key client option must be set",
    re.IGNORECASE,
)
_OVERLOADED: Final = re.compile(r"overloaded|unavailable|at capacity", re.IGNORECASE)
_UNKNOWN_MODEL: Final = re.compile(
    r"model_not_found|model .{0,80}(does not exist|not found)|LLM Provider NOT provided",
    re.IGNORECASE,
)
_LITELLM_PREFIX: Final = re.compile(
    r"^(?:litellm\.)?\w*(?:Error|Exception)\s*[:-]\s*|^\w+Exception - "
)
_LITELLM_SUFFIX: Final = re.compile(
    r"\s*(?:Original exception:|Handle with `litellm|LiteLLM Retried).*$", re.DOTALL
)
_RETRY_DELAY: Final = re.compile(r'"retryDelay"\s*:\s*"(\d+(?:\.\d+)?)s"')


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a failure."""

    status: int | None = None
    """HTTP status of the answer; None when there was none, or it was 200 and then broke."""
    text: str = ""
    """Everything that the provider said, codes included."""
    detail: str = ""
    """What of it is for people, the status in front."""
    retry_after_s: float | None = None
    sent: bool = False
    """Whether the request may have reached the provider."""
    began: bool = False
    """Whether an answer began to arrive."""
    timed_out: bool = False


_Rule = tuple[Callable[[Evidence], bool], FailureKind]


def _says(pattern: re.Pattern[str]) -> Callable[[Evidence], bool]:
    return lambda evidence: pattern.search(evidence.text) is not None


def _status(*codes: int) -> Callable[[Evidence], bool]:
    return lambda evidence: evidence.status in codes


def _no_quota(evidence: Evidence) -> bool:
    """Whether money is what lacks: a rate limit in the same words says when to come back."""
    if evidence.status == 402 or "insufficient_quota" in evidence.text:
        return True
    return evidence.retry_after_s is None and _QUOTA.search(evidence.text) is not None


def _refused(evidence: Evidence) -> bool:
    return evidence.status is None or 400 <= evidence.status < 500


_RULES: Final[tuple[_Rule, ...]] = (
    (lambda e: e.timed_out, FailureKind.TIMEOUT),
    (lambda e: _refused(e) and _says(_CONTEXT)(e), FailureKind.CONTEXT),
    (_status(413), FailureKind.CONTEXT),
    (lambda e: _refused(e) and _says(_POLICY)(e), FailureKind.POLICY),
    (_no_quota, FailureKind.QUOTA),
    (_status(429), FailureKind.RATE),
    (_status(401), FailureKind.AUTH),
    (_status(403), FailureKind.PERMISSION),
    (_status(404), FailureKind.NOT_FOUND),
    (lambda e: _refused(e) and _says(_AUTH)(e), FailureKind.AUTH),
    (lambda e: _refused(e) and _says(_UNKNOWN_MODEL)(e), FailureKind.NOT_FOUND),
    (_status(408, 504), FailureKind.TIMEOUT),
    (_status(503, 529), FailureKind.OVERLOADED),
    (_says(_OVERLOADED), FailureKind.OVERLOADED),
    (lambda e: e.status is not None and e.status >= 500, FailureKind.SERVER),
    (lambda e: e.status is not None, FailureKind.BAD_REQUEST),
    (lambda e: e.began, FailureKind.INTERRUPTED),
)


def kind_of(evidence: Evidence) -> FailureKind:
    """Name a failure."""
    for applies, kind in _RULES:
        if applies(evidence):
            return kind
    return FailureKind.NETWORK


def failure(target: ModelTarget, evidence: Evidence) -> ModelFailureError:
    """Build the error that a person reads.

    Args:
        target: Which model was asked.
        evidence: What is known.
    """
    kind = kind_of(evidence)
    detail = clean_line(redact(evidence.detail), 200)
    message = sentence_for(kind, target) + (f" ({detail})" if detail else "")
    refused = evidence.status is not None and evidence.status >= 300
    return ModelFailureError(
        kind,
        message,
        hint_for(kind, target),
        retry_after_s=evidence.retry_after_s,
        sent=evidence.sent and not refused,
    )


def parse_retry_after(
    header: str | None, body: str = "", now: datetime | None = None
) -> float | None:
    """Seconds that a provider asks to wait.

    Args:
        header: ``retry-after``: seconds, or an HTTP date.
        body: The error's body; Gemini says it there (``"retryDelay": "17s"``).
        now: The present, for HTTP dates.

    Returns:
        Seconds, never negative; None when nothing readable is said.
    """
    if header is not None:
        with suppress(ValueError):
            seconds = float(header)
            return max(0.0, seconds) if isfinite(seconds) else None
        try:
            due = parsedate_to_datetime(header)
        except ValueError:
            return None
        if due.tzinfo is None:
            due = due.replace(tzinfo=UTC)
        return max(0.0, (due - (now or datetime.now(UTC))).total_seconds())
    found = _RETRY_DELAY.search(body)
    return float(found[1]) if found else None


def provider_words(body: bytes) -> tuple[str, str]:
    """What a provider's error body says.

    Returns:
        Everything in it, and the sentence for people.
    """
    text = body.decode("utf-8", "replace")
    try:
        parsed = json.loads(text)
    except ValueError:
        return text, "" if text.lstrip().startswith("<") else text
    return text, next(_messages(parsed), text)


def _messages(parsed: Any) -> Iterator[str]:  # noqa: ANN401 — JSON of any shape
    """The ``message`` fields of an error, outermost first."""
    if isinstance(parsed, list):
        for item in parsed:
            yield from _messages(item)
    if isinstance(parsed, dict):
        message = parsed.get("message")
        if isinstance(message, str) and message:
            yield message
        for key in ("error", "detail"):
            if isinstance(parsed.get(key), str):
                yield parsed[key]
            yield from _messages(parsed.get(key))


def plain_words(error: BaseException) -> str:
    """An exception's text without LiteLLM's prefixes and advice."""
    text = _LITELLM_SUFFIX.sub("", str(error)).strip()
    while (shorter := _LITELLM_PREFIX.sub("", text)) != text:
        text = shorter
    return text or type(error).__name__
