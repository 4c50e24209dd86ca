"""The caches of a workspace: how well they serve, and one place to empty them."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from vibe_tui.errors import VibeError
from vibe_tui.foreign import clean_line
from vibe_tui.monitoring.errors import CacheNotClearedError, UnknownCacheError


@dataclass(frozen=True, slots=True)
class CacheStats:
    """A cache at one moment; hits and misses since the program started."""

    entries: int
    hits: int
    misses: int
    size_bytes: int | None = None
    """None when it is not known."""

    @property
    def hit_rate(self) -> float | None:
        """Share of look-ups that were answered, 0 to 1; None before the first."""
        lookups = self.hits + self.misses
        return self.hits / lookups if lookups else None


class CacheRegistry:
    """Knows the caches that rooms have; a workspace owns one."""

    def __init__(self) -> None:
        self._caches: dict[str, tuple[Callable[[], CacheStats], Callable[[], None]]] = {}

    def register_cache(
        self, name: str, stats: Callable[[], CacheStats], clear: Callable[[], None]
    ) -> None:
        """Make a cache known.

        Args:
            name: What a person calls it, such as ``map``.
            stats: Gives its present figures.
            clear: Empties it; may raise OSError or VibeError.

        Raises:
            ValueError: If another cache has the name.
        """
        if name in self._caches:
            raise ValueError(f"a cache is called {name!r} already")
        self._caches[name] = (stats, clear)

    def cache_statistics(self) -> dict[str, CacheStats]:
        """The figures of every cache, by name."""
        return {name: stats() for name, (stats, _) in self._caches.items()}

    def clear_caches(self, names: Collection[str] | None = None) -> None:
        """Empty caches; one that fails does not keep the others from it.

        Args:
            names: Which ones; None means all.

        Raises:
            UnknownCacheError: If a name is not known; nothing is emptied then.
            CacheNotClearedError: If at least one failed.
        """
        chosen = self._caches if names is None else names
        for name in chosen:
            if name not in self._caches:
                hint = f"there are {', '.join(self._caches) or 'none'}"
                raise UnknownCacheError(f"No cache is called {clean_line(name)!r}", hint)
        failures = []
        for name in chosen:
            try:
                self._caches[name][1]()
            except (OSError, VibeError) as failure:
                failures.append(f"{name} ({failure})")
        if failures:
            raise CacheNotClearedError(f"Not emptied: {', '.join(failures)}")
