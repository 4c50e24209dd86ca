"""What the bakery sells, in cents."""

PRICES_CENTS = {"bread": 420, "roll": 65, "croissant": 180}


def price_of(item: str, count: int = 1) -> int:
    """Price of some pieces of an item, in cents."""
    return PRICES_CENTS[item] * count


def discounted(cents: int, percent: int) -> int:
    """A price with so many percent off, in cents."""
    return cents - percent
