"""What a customer takes home."""

from dataclasses import dataclass, field

from .prices import discounted, price_of

REGULAR_PERCENT = 10
"""What regular customers get off."""


@dataclass
class Order:
    """Items and how many of each."""

    lines: dict[str, int] = field(default_factory=dict)
    is_regular: bool = False

    def add(self, item: str, count: int = 1) -> None:
        """Put pieces of an item into the bag."""
        self.lines[item] = self.lines.get(item, 0) + count

    def total(self) -> int:
        """What the customer pays, in cents."""
        cents = sum(price_of(item, count) for item, count in self.lines.items())
        return discounted(cents, REGULAR_PERCENT) if self.is_regular else cents
