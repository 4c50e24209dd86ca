"""When a decision may be taken: not by keys that were meant for another pane, and not twice."""

from collections.abc import Callable

GRACE_S = 0.5
"""Keys do not decide for this long after a proposal came or took the focus."""
ANSWER_S = 2.0
"""A second decision waits at most this long for what becomes of the first."""


class DecisionGate:
    """Opens and shuts by a clock.

    Args:
        clock: Seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._keys_from = float("-inf")
        self._next_from = float("-inf")
        self._is_unseen = False

    def accepts_keys(self) -> bool:
        """Whether the grace is over."""
        return self._clock() >= self._keys_from

    def proposal_came(self, *, has_focus: bool) -> None:
        """New lines are to be read.

        Args:
            has_focus: Whether the keys already go to them.
        """
        self._keys_from = self._clock() + GRACE_S
        self._is_unseen = not has_focus

    def focus_came(self) -> None:
        """The keys go to Review from now on; a proposal nobody has seen there is new again."""
        if self._is_unseen:
            self.proposal_came(has_focus=True)

    def take(self) -> bool:
        """Start a decision; False while the one before it is being carried out."""
        if self._clock() < self._next_from:
            return False
        self._next_from = self._clock() + ANSWER_S
        return True

    def answered(self) -> None:
        """The decision was carried out, or was not."""
        self._next_from = float("-inf")
