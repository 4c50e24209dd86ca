"""The map as text for a model: the plan's format, within a hard budget of tokens.

Sections: ``PROJECT``, ``STRUCTURE`` (a tree, folders of important files first), ``DEPENDENCIES``,
``ENTRY_POINTS`` once they are known, and a last line with the number of files that had no room.
The most important files are told in full, the next in brief, the rest by name; details go before
files do. Equal maps, budgets and counters yield equal text.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from vibe_tui.foreign import clean_line
from vibe_tui.intelligence.context.compress_blocks import Detail, FileBlock
from vibe_tui.intelligence.graph.externals import external_packages
from vibe_tui.intelligence.graph.ranking import rank_files
from vibe_tui.intelligence.model import RepositoryMap

CountTokens = Callable[[str], int]

_NAMES_SHARE: Final = 0.5
"""Of the budget, for the names of files, as long as there are signatures to tell."""
_DEPENDENCIES_SHARE: Final = 0.15
_ATTEMPTS: Final = 8
_GOOD_FILL: Final = 0.97
_SAMPLE_CHARACTERS: Final = 4_000


def compress(
    repo_map: RepositoryMap,
    token_budget: int | None = None,
    count_tokens: CountTokens | None = None,
) -> str:
    """Describe a project within a budget.

    Args:
        repo_map: The map.
        token_budget: The most tokens that the text, final newline included, may have; None for
            no limit.
        count_tokens: The model's counter, called a handful of times; without it every byte of
            UTF-8 counts as a token, which no tokenizer exceeds.

    Returns:
        The text; empty if not even the project's name fits.
    """
    page = _Page(repo_map)
    if token_budget is None:
        return page.render(page.whole())
    return _Fitting(page, token_budget, count_tokens or _count_bytes).best()


@dataclass(frozen=True, slots=True)
class _Choice:
    """How many of the most important files are told in full, at least in brief, and at all."""

    full: int
    brief: int
    named: int
    packages: int
    """How many of the external packages are named."""


class _Page:
    """Everything there is to tell, with its size in characters."""

    def __init__(self, repo_map: RepositoryMap) -> None:
        self._map = repo_map
        self.ranked = rank_files(repo_map.modules)
        self.packages = [clean_line(name, 80) for name in external_packages(repo_map.modules)]
        self._blocks = [FileBlock(repo_map.modules[path]) for path in self.ranked]
        self._order = _tree_order(self.ranked)
        self.names = _Totals(self._name_sizes())
        self.briefs = _Totals(len(block.brief) for block in self._blocks)
        self.fulls = _Totals(len(block.full) for block in self._blocks)

    def whole(self) -> _Choice:
        """The choice that leaves nothing out."""
        files = len(self.ranked)
        return _Choice(files, files, files, len(self.packages))

    def render(self, choice: _Choice) -> str:
        """Write the text of a choice."""
        name = clean_line(PurePath(self._map.root_path).name or "project", 80)
        parts = [f"PROJECT: {name}\n"]
        if choice.named:
            parts.append("STRUCTURE:\n")
            parts.extend(self._structure(choice))
        if choice.packages:
            parts.append(self._dependencies(choice.packages))
        if self._map.entry_points:
            parts.append("ENTRY_POINTS:\n")
            shown = (f"{entry.path}: {entry.name}" for entry in self._map.entry_points)
            parts.extend(f"- {clean_line(line, 200)}\n" for line in shown)
        hidden = len(self.ranked) - choice.named
        if hidden:
            parts.append(f"({hidden} {'file' if hidden == 1 else 'files'} not shown)\n")
        return "".join(parts)

    def _structure(self, choice: _Choice) -> Iterator[str]:
        above: list[str] = []
        for rank in self._order:
            if rank >= choice.named:
                continue
            block = self._blocks[rank]
            folders = block.folders
            same = 0
            for ours, theirs in zip(folders, above, strict=False):
                if ours != theirs:
                    break
                same += 1
            yield block.folder_lines(same)
            above = folders
            if rank < choice.full:
                yield block.text(Detail.FULL)
            else:
                yield block.text(Detail.BRIEF if rank < choice.brief else Detail.NAME)

    def _dependencies(self, count: int) -> str:
        rest = len(self.packages) - count
        more = f", … {rest} more" if rest else ""
        return f"DEPENDENCIES:\n- External: {', '.join(self.packages[:count])}{more}\n"

    def _name_sizes(self) -> Iterator[int]:
        seen: set[tuple[str, ...]] = set()
        for block in self._blocks:
            size = len(block.name_line)
            for depth in range(len(block.folders)):
                folder = tuple(block.folders[: depth + 1])
                if folder not in seen:
                    seen.add(folder)
                    size += 2 * depth + len(folder[-1]) + 4
            yield size


class _Totals:
    """Running totals of sizes, worked out only as far as somebody asks."""

    def __init__(self, sizes: Iterator[int]) -> None:
        self._sizes = sizes
        self._totals = [0]

    def up_to(self, count: int) -> int:
        """The size of the first ``count``."""
        while len(self._totals) <= count and self._extend():
            pass
        return self._totals[min(count, len(self._totals) - 1)]

    def fitting(self, room: float, start: int = 0) -> int:
        """Up to where one can go from ``start`` without the sizes passing ``room``."""
        most = self.up_to(start) + room
        while self._totals[-1] <= most and self._extend():
            pass
        return max(start, bisect_right(self._totals, most) - 1)

    def _extend(self) -> bool:
        size = next(self._sizes, None)
        if size is not None:
            self._totals.append(self._totals[-1] + size)
        return size is not None


class _Fitting:
    """Looks for the fullest text within a budget by characters, and proves it by tokens."""

    def __init__(self, page: _Page, token_budget: int, count_tokens: CountTokens) -> None:
        self._page = page
        self._budget = token_budget
        self._count = count_tokens

    def best(self) -> str:
        """The fullest text found; every text is counted before it is taken."""
        best = self._smallest()
        if not best:
            return ""
        room = self._budget / self._tokens_a_character()
        tried: set[_Choice] = set()
        for _ in range(_ATTEMPTS):
            choice = self._choose(room)
            if choice in tried:
                break
            tried.add(choice)
            text = self._page.render(choice)
            tokens = self._count(text)
            if tokens <= self._budget and len(text) > len(best):
                best = text
            is_full = _GOOD_FILL * self._budget <= tokens <= self._budget
            if is_full or (tokens <= self._budget and choice == self._page.whole()):
                break
            room = self._next_room(room, len(text), tokens)
        return best

    def _next_room(self, room: float, length: int, tokens: int) -> float:
        fitting_length = length * self._budget / max(tokens, 1)
        if tokens > self._budget:
            return min(room, fitting_length) * 0.99
        return max(room, fitting_length) * 0.995 + 1

    def _smallest(self) -> str:
        text = self._page.render(_Choice(0, 0, 0, 0))
        return text if self._count(text) <= self._budget else ""

    def _tokens_a_character(self) -> float:
        sample = self._page.render(self._choose(_SAMPLE_CHARACTERS))
        return max(self._count(sample), 1) / max(len(sample), 1)

    def _choose(self, room: float) -> _Choice:
        page, files = self._page, len(self._page.ranked)
        packages = self._fitting_packages(room * _DEPENDENCIES_SHARE)
        room -= len(page.render(_Choice(0, 0, 0, packages))) + len("STRUCTURE:\n")
        if page.fulls.fitting(room - page.names.up_to(files)) >= files:
            return _Choice(files, files, files, packages)
        named = page.names.fitting(room * _NAMES_SHARE)
        room -= page.names.up_to(named)
        full = min(named, page.fulls.fitting(room))
        room -= page.fulls.up_to(full)
        brief = min(named, page.briefs.fitting(room, full))
        room -= page.briefs.up_to(brief) - page.briefs.up_to(full)
        named = page.names.fitting(room, named)
        return _Choice(full, brief, named, packages)

    def _fitting_packages(self, room: float) -> int:
        for count, name in enumerate(self._page.packages):
            room -= len(name) + 2
            if room < 0:
                return count
        return len(self._page.packages)


def _tree_order(ranked: Sequence[str]) -> list[int]:
    """Order ranks as a tree is read, each folder standing where its best file would."""
    best: dict[str, int] = {}
    for rank, path in enumerate(ranked):
        folder = path
        while folder:
            best.setdefault(folder, rank)
            folder = folder.rpartition("/")[0]

    def key(rank: int) -> tuple[int, ...]:
        path = ranked[rank]
        ends = [place for place, letter in enumerate(path) if letter == "/"]
        return (*(best[path[:end]] for end in ends), rank)

    return sorted(range(len(ranked)), key=key)


def _count_bytes(text: str) -> int:
    return len(text.encode("utf-8", "replace"))
