"""The kinds of values that settings have, and their way from and to text and TOML."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

SettingValue = str | int | float | Decimal | Path | tuple[str, ...] | None
"""Booleans are ints to Python; lists are tuples, so that settings stay frozen."""

_SMALLEST_USD = Decimal("1e-9")
_WORDS_FOR_BOOLEANS = {
    "true": True, "yes": True, "on": True, "1": True,
    "false": False, "no": False, "off": False, "0": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value. Both ``from_…`` raise ValueError, ArithmeticError or RuntimeError.

    ``from_toml`` takes what tomllib gives (floats as Decimal), ``from_text`` what a person types.
    """

    words: str
    """What the kind is, as words after "must be"."""
    from_toml: Callable[[object], SettingValue]
    from_text: Callable[[str], SettingValue]
    to_toml: Callable[[Any], object] = lambda value: value
    to_text: Callable[[Any], str] = str


def _text(raw: object) -> str:
    if isinstance(raw, str) and raw.strip() and raw.isprintable():
        return raw
    raise ValueError


def _stripped_text(raw: object) -> str:
    return _text(raw).strip()


def _boolean(raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    raise ValueError


def _boolean_from_text(text: str) -> bool:
    try:
        return _WORDS_FOR_BOOLEANS[text.strip().lower()]
    except KeyError:
        raise ValueError from None


def _whole_number(raw: object) -> int:
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    raise ValueError


def _number(raw: object) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float | Decimal):
        raise ValueError
    number = float(raw)
    if not math.isfinite(number):
        raise ValueError
    return number


def _money(raw: object) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, int | float | Decimal):
        raise ValueError
    amount = Decimal(str(raw))
    if not amount.is_finite() or amount != amount.quantize(_SMALLEST_USD):
        raise ValueError
    return amount + 0  # no negative zero


def _path(raw: object) -> Path:
    path = Path(_text(raw)).expanduser()
    if not path.is_absolute():
        raise ValueError
    return path


def _texts(raw: object) -> tuple[str, ...]:
    if isinstance(raw, list | tuple):
        return tuple(_text(entry) for entry in raw)
    raise ValueError


def _texts_from_text(text: str) -> tuple[str, ...]:
    if text.lstrip().startswith("["):
        return _texts(json.loads(text))
    return tuple(_text(entry.strip()) for entry in text.split(",") if entry.strip())


KINDS: Mapping[object, Kind] = {
    str: Kind("one line of text", _stripped_text, _stripped_text),
    bool: Kind(
        "true or false", _boolean, _boolean_from_text, to_text=lambda value: str(value).lower()
    ),
    int: Kind("a whole number", _whole_number, int),
    float: Kind("a number", _number, lambda text: _number(float(text)), to_text=repr),
    Decimal: Kind(
        "an amount in USD with at most 9 decimals",
        _money,
        lambda text: _money(Decimal(text.strip())),
        to_text=lambda amount: f"{amount:f}",
    ),
    Path: Kind(
        "an absolute path, or one that begins with ~/",
        _path,
        lambda text: Path(_text(text)).expanduser().absolute(),
        to_toml=str,
    ),
    tuple[str, ...]: Kind(
        'a list of texts such as ["build/", "*.csv"]',
        _texts,
        _texts_from_text,
        to_toml=list,
        to_text=lambda entries: json.dumps(entries, ensure_ascii=False),
    ),
}
"""By the annotation of a field of ``Settings`` (without its ``| None``)."""
