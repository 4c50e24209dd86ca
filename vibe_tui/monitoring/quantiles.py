"""Quantiles of small samples."""

import math
from collections.abc import Sequence


def quantile(ascending: Sequence[float], share: float) -> float:
    """The smallest sample that at least ``share`` of all samples do not exceed (nearest rank).

    Args:
        ascending: Samples in ascending order, at least one.
        share: Between 0 and 1; 0.95 gives p95.
    """
    rank = math.ceil(share * len(ascending))
    return ascending[min(max(rank, 1), len(ascending)) - 1]
