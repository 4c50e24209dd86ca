"""Who watches the engine: every event to every watcher, each at its own pace."""

import asyncio
from collections.abc import AsyncIterator

from vibe_tui.events import Event


class EventHub:
    """Hands each event to all who watch at that moment."""

    def __init__(self) -> None:
        self._watchers: set[asyncio.Queue[Event | None]] = set()

    def publish(self, event: Event) -> None:
        """Tell everybody who watches."""
        for queue in self._watchers:
            queue.put_nowait(event)

    async def watch(self) -> AsyncIterator[Event]:
        """Yield everything that is published from now on, until the hub closes."""
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        self._watchers.add(queue)
        try:
            while (event := await queue.get()) is not None:
                yield event
        finally:
            self._watchers.discard(queue)

    def close(self) -> None:
        """End every watcher once it has read what was published."""
        for queue in self._watchers:
            queue.put_nowait(None)
