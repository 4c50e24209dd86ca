"""Caches are known by name, tell their figures, and one that fails spoils nothing."""

import pytest

from vibe_tui.errors import OutsideError
from vibe_tui.monitoring.caches import CacheRegistry, CacheStats
from vibe_tui.monitoring.errors import CacheNotClearedError, UnknownCacheError


class Memo:
    """A cache as a room has one."""

    def __init__(self, registry: CacheRegistry, name: str) -> None:
        self.entries = {"a": 1, "b": 2}
        registry.register_cache(name, self.stats, self.clear)

    def stats(self) -> CacheStats:
        return CacheStats(len(self.entries), hits=3, misses=1, size_bytes=10)

    def clear(self) -> None:
        self.entries.clear()


def test_figures_are_those_of_the_moment() -> None:
    registry = CacheRegistry()
    memo = Memo(registry, "map")
    assert registry.cache_statistics() == {"map": CacheStats(2, 3, 1, 10)}
    memo.entries["c"] = 3
    assert registry.cache_statistics()["map"].entries == 3


def test_all_or_some_caches_are_emptied() -> None:
    registry = CacheRegistry()
    first, second = Memo(registry, "map"), Memo(registry, "prices")
    registry.clear_caches(["map"])
    assert (first.entries, len(second.entries)) == ({}, 2)
    registry.clear_caches()
    assert second.entries == {}


@pytest.mark.parametrize("failure", [OSError("busy"), OutsideError("damaged")])
def test_one_that_fails_is_named_and_the_others_are_emptied(failure: Exception) -> None:
    def fail() -> None:
        raise failure

    registry = CacheRegistry()
    memo = Memo(registry, "before")
    registry.register_cache("bad", memo.stats, fail)
    after = Memo(registry, "after")
    with pytest.raises(CacheNotClearedError, match=r"bad \((busy|damaged)\)"):
        registry.clear_caches()
    assert memo.entries == after.entries == {}


def test_an_unknown_name_empties_nothing() -> None:
    registry = CacheRegistry()
    memo = Memo(registry, "map")
    with pytest.raises(UnknownCacheError, match="'mpa': there are map"):
        registry.clear_caches(["map", "mpa"])
    assert len(memo.entries) == 2


def test_a_name_is_given_once() -> None:
    registry = CacheRegistry()
    Memo(registry, "map")
    with pytest.raises(ValueError, match="'map'"):
        Memo(registry, "map")


@pytest.mark.parametrize(("hits", "misses", "rate"), [(0, 0, None), (3, 1, 0.75), (0, 2, 0.0)])
def test_the_hit_rate(hits: int, misses: int, rate: float | None) -> None:
    assert CacheStats(0, hits, misses).hit_rate == rate
