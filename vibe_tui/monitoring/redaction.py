"""Taking secrets out of text that is kept or shown: logs, profiles, records of prompts."""

import os
import re
from collections.abc import Iterable, Mapping

REDACTED = "<redacted>"

_SHORTEST_SECRET = 8
"""Shorter values are too likely to be ordinary words."""
_SECRET_VARIABLE = re.compile(r"(?i)(?:^|_)(?:KEY|TOKEN|SECRET)$|PASSWORD$|PASSPHRASE$")

_BY_SHAPE = re.compile(
    r"""
      -----BEGIN\ [A-Z ]*PRIVATE\ KEY-----.*?(?:-----END\ [A-Z ]*PRIVATE\ KEY-----|\Z)
    | \b(?:sk|pk|rk)[-_][A-Za-z0-9_-]{8,}                # OpenAI, Anthropic, OpenRouter, Stripe
    | \b(?:hf|gsk|xai|r8|nvapi|glpat)[-_][A-Za-z0-9_-]{16,}
    | \b(?:gh[pousr]|github_pat)_[A-Za-z0-9_]{16,}
    | \bAIza[A-Za-z0-9_-]{30,}                           # Google
    | \bAKIA[A-Z0-9]{16}\b                               # AWS
    | \bxox[abeprs]-[A-Za-z0-9-]{10,}                    # Slack
    | \beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*   # a JSON web token
    """,
    re.VERBOSE | re.DOTALL,
)
_BY_PLACE = re.compile(
    r"""
    (?P<before>
        \bauthorization["']?\s{0,8}[:=]\s{0,8}["']?(?:(?:bearer|basic|token)\s{1,8})?
      | \bbearer\s{1,8}
      | (?:api[-_]?key|access[-_]?key|secret|password|passwd|passphrase
          |(?:auth|access|refresh|session)[-_]?token)["']?\s{0,8}[:=]\s{0,8}["']?
      | [?&](?:key|token)=
      | \b[a-z][a-z0-9+.-]{0,20}://[^\s/:@]{0,100}:(?=[^\s/@]{1,200}@)   # user:password@host
    )
    [^\s"'`,;&@)}\]]{4,}
    """,
    re.VERBOSE | re.IGNORECASE,
)


class Redactor:
    """Replaces known secrets, and what has the shape or the place of one.

    Args:
        environ: The environment; the values of variables that are named as secrets are known.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._known: list[str] = []
        self.hide(text for name, text in environ.items() if _SECRET_VARIABLE.search(name))

    def hide(self, secrets: Iterable[str]) -> None:
        """Make further secrets known, such as keys from the system's keyring."""
        fresh = {text.strip() for text in secrets if len(text.strip()) >= _SHORTEST_SECRET}
        # The longest first: a secret may hold another.
        self._known = sorted(fresh.union(self._known), key=lambda text: (-len(text), text))

    def redact(self, text: str) -> str:
        """The text with ``<redacted>`` in place of every secret."""
        for secret in self._known:
            text = text.replace(secret, REDACTED)
        before = ""
        while text != before:  # what one secret stood in the way of may be another's place
            before = text
            text = _BY_SHAPE.sub(REDACTED, text)
            text = _BY_PLACE.sub(rf"\g<before>{REDACTED}", text)
        return text


def redact(text: str) -> str:
    """The text without secrets, those of the present environment included."""
    return Redactor(os.environ).redact(text)
