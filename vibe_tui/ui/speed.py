"""How fast tokens arrive, as a figure and as a small curve."""

from collections import deque

_WINDOW_S = 3.0
_SAMPLE_S = 0.3
_BARS = "▁▂▃▄▅▆▇█"


class SpeedMeter:
    """Tokens a second over the last three seconds.

    Args:
        samples: How many bars the curve has at most.
    """

    def __init__(self, samples: int = 8) -> None:
        self._seen: deque[tuple[float, int]] = deque()
        self._rates: deque[float] = deque(maxlen=samples)
        self._sampled_at: float | None = None
        self.rate: float | None = None
        """Tokens a second; None before there are two points to measure between."""

    def add(self, now_s: float, tokens: int) -> None:
        """Note how many tokens have arrived in all at a moment of a monotonic clock."""
        self._seen.append((now_s, tokens))
        while now_s - self._seen[0][0] > _WINDOW_S:
            self._seen.popleft()
        first_s, first_tokens = self._seen[0]
        if now_s - first_s < _SAMPLE_S:
            return
        self.rate = max(0.0, (tokens - first_tokens) / (now_s - first_s))
        if self._sampled_at is None or now_s - self._sampled_at >= _SAMPLE_S:
            self._sampled_at = now_s
            self._rates.append(self.rate)

    @property
    def curve(self) -> str:
        """The last rates as bars, the highest of them full."""
        top = max(self._rates, default=0.0)
        if not top:
            return ""
        return "".join(_BARS[round(rate / top * (len(_BARS) - 1))] for rate in self._rates)
