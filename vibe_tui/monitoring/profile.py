"""Writing a profile: Chrome's trace-event JSON, and a table of where the time went."""

import json
import math
import os
import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from vibe_tui.foreign import clean_line
from vibe_tui.monitoring.errors import ProfileNotWrittenError, ProfileTargetError
from vibe_tui.monitoring.memory import peak_bytes
from vibe_tui.monitoring.quantiles import quantile
from vibe_tui.monitoring.redaction import redact
from vibe_tui.monitoring.spans import FinishedSpan, Profile

SCHEMA_VERSION = 1
_NS_PER_S = 1e9


@dataclass(frozen=True, slots=True)
class SpanSummary:
    """All spans of one name. Seconds; nested spans count in their parents too."""

    name: str
    count: int
    total_s: float
    p50_s: float
    p95_s: float
    max_s: float


@contextmanager
def profile_to(path: Path) -> Iterator[Profile]:
    """Record every span inside and write them to a file at the end, also after a failure.

    The file opens in a browser's trace viewer (Perfetto, ``chrome://tracing``).

    Args:
        path: The file to write; replaced if it exists.

    Raises:
        ProfileTargetError: At once, if nothing can be written there.
        ProfileNotWrittenError: At the end, if the disk refuses. After a failure of the work
            that failure is raised instead, with a note.
    """
    path = path.resolve()
    _refuse_bad_target(path)
    started_at = datetime.now(UTC).isoformat()
    with Profile() as profile:
        try:
            yield profile
        except BaseException as failure:
            try:
                _write(path, profile, started_at)
            except ProfileNotWrittenError as unwritten:
                failure.add_note(str(unwritten))
            raise
        _write(path, profile, started_at)


def summarise(spans: Iterable[FinishedSpan]) -> tuple[SpanSummary, ...]:
    """One row a name, the largest total first."""
    seconds: defaultdict[str, list[float]] = defaultdict(list)
    for each in spans:
        seconds[each.name].append(each.duration_ns / _NS_PER_S)
    rows = [_summary(name, sorted(durations)) for name, durations in seconds.items()]
    return tuple(sorted(rows, key=lambda row: (-row.total_s, row.name)))


def summary_table(rows: Iterable[SpanSummary]) -> str:
    """The summary as aligned plain text, times in milliseconds."""
    cells: list[tuple[str, ...]]
    cells = [("span", "count", "total ms", "p50 ms", "p95 ms", "max ms")]
    for row in rows:
        times = (row.total_s, row.p50_s, row.p95_s, row.max_s)
        cells.append((row.name, str(row.count), *(f"{1000 * each:.2f}" for each in times)))
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = []
    for name, *figures in cells:
        aligned = (text.rjust(width) for text, width in zip(figures, widths[1:], strict=True))
        lines.append("  ".join([name.ljust(widths[0]), *aligned]))
    return "\n".join(lines)


def trace_document(profile: Profile, started_at: str) -> dict[str, Any]:
    """A profile in Chrome's trace-event format ("JSON object format", complete events).

    Args:
        profile: What was recorded.
        started_at: When it began, ISO 8601 UTC.
    """
    process = os.getpid()
    names = [
        {"ph": "M", "name": "thread_name", "pid": process, "tid": lane, "args": {"name": name}}
        for lane, name in profile.lanes.items()
    ]
    return {
        "traceEvents": names + [_event(each, process) for each in profile.spans],
        "displayTimeUnit": "ms",
        "otherData": {
            "schema_version": SCHEMA_VERSION,
            "started_at": started_at,
            "dropped_spans": profile.dropped,
            "peak_bytes": peak_bytes(),
        },
    }


def _summary(name: str, ascending_s: list[float]) -> SpanSummary:
    return SpanSummary(
        name,
        len(ascending_s),
        math.fsum(ascending_s),
        quantile(ascending_s, 0.5),
        quantile(ascending_s, 0.95),
        ascending_s[-1],
    )


def _event(each: FinishedSpan, process: int) -> dict[str, Any]:
    attributes = {key: _plain(value) for key, value in each.attributes.items()}
    return {
        "ph": "X",
        "name": each.name,
        "cat": each.name.partition(".")[0],
        "ts": each.start_ns / 1000,
        "dur": each.duration_ns / 1000,
        "pid": process,
        "tid": each.lane,
        "args": {**attributes, "span": each.span_id, "parent": each.parent_id},
    }


def _plain(value: object) -> object:
    """A value that JSON has, without secrets."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    return redact(clean_line(str(value)))


def _refuse_bad_target(path: Path) -> None:
    shown = clean_line(str(path))
    if path.exists() and not path.is_file():
        raise ProfileTargetError(f"{shown} is no regular file", "name a file for the profile")
    if not os.access(path.parent, os.W_OK):
        hint = "name a file in a folder that exists and is yours"
        raise ProfileTargetError(f"{shown} cannot be written", hint)


def _write(path: Path, profile: Profile, started_at: str) -> None:
    text = json.dumps(trace_document(profile, started_at), allow_nan=False)
    temporary = path.with_name(f".{path.name[:40]}.{secrets.token_hex(6)}.tmp")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError as failure:
        temporary.unlink(missing_ok=True)
        message = f"The profile {clean_line(str(path))} could not be written ({failure.strerror})"
        raise ProfileNotWrittenError(message) from failure
