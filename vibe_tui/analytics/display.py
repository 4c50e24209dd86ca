"""How far a budget is used, for a gauge of cells and in a word."""

WATCH_AT = 0.80
STOP_AT = 0.95


def gauge_cells(
    spent_nano_usd: int, held_nano_usd: int, limit_nano_usd: int, width: int
) -> tuple[int, int]:
    """How many cells of a gauge are spent and how many are held.

    Anything spent or held shows as at least one cell, and the last cell fills only when the limit
    is reached. A limit of 0 is a full gauge.

    Args:
        spent_nano_usd: Spent under the limit.
        held_nano_usd: Held by requests that are under way.
        limit_nano_usd: The limit.
        width: The gauge's cells.

    Returns:
        Spent and held cells, together at most ``width``.
    """
    if width <= 0:
        return 0, 0
    if limit_nano_usd <= 0:
        return width, 0
    spent, held = max(0, spent_nano_usd), max(0, held_nano_usd)
    used = min(width, (spent + held) * width // limit_nano_usd)
    spent_cells = min(width, max(spent * width // limit_nano_usd, 1 if spent else 0))
    return spent_cells, min(width - spent_cells, max(used - spent_cells, 1 if held else 0))


def budget_word(fraction: float) -> str:
    """A budget's state in a word: ``ok``, ``watch`` from 80 %, ``stop`` from 95 %.

    Args:
        fraction: Spent and held, of the limit; 1.0 is all of it.
    """
    if fraction >= STOP_AT:
        return "stop"
    return "watch" if fraction >= WATCH_AT else "ok"
