"""When a failed request is sent again, and after how long."""

from dataclasses import dataclass
from typing import Final

from vibe_tui.llm.errors import ModelFailureError
from vibe_tui.llm.model import FailureKind

_AGAIN: Final = frozenset(
    {
        FailureKind.RATE,
        FailureKind.OVERLOADED,
        FailureKind.SERVER,
        FailureKind.NETWORK,
        FailureKind.TIMEOUT,
    }
)
_FIRST_WAIT_S: Final = 1.0
_LONGEST_WAIT_S: Final = 30.0
_LONGEST_ASKED_S: Final = 60.0
"""A provider that asks for more is told to the person instead of waited for."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Exponential waits with jitter, or what the provider asks for.

    Args:
        tries: Sends in all.
    """

    tries: int

    def wait_s(self, number: int, failure: ModelFailureError, jitter: float) -> float | None:
        """Seconds to wait before the next send; None when there is none.

        Args:
            number: How many sends there were, 1 or more.
            failure: How the last one failed.
            jitter: In [0, 1), so that many clients do not come back at once.
        """
        if number >= self.tries or failure.kind not in _AGAIN:
            return None
        asked_s = failure.retry_after_s
        if asked_s is not None:
            return asked_s * (1 + jitter / 10) if asked_s <= _LONGEST_ASKED_S else None
        longest = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2.0 ** min(number - 1, 16))
        return longest * (0.5 + jitter / 2)
