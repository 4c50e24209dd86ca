"""What single settings ask of their values beyond the type."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Check:
    """A condition on a value, and the condition in words after "must be"."""

    words: str
    accepts: Callable[[str], bool]


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        has_port = parts.port is None or parts.port > 0
    except ValueError:
        return False
    is_plain = "@" not in parts.netloc and not parts.query and not parts.fragment
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and has_port and is_plain


def _is_variable_name(text: str) -> bool:
    return re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", text) is not None


def _is_time_zone(text: str) -> bool:
    if text == "local":
        return True
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        return False
    return True


WEB_ADDRESS = Check(
    "an http:// or https:// address without user, password or query", _is_web_address
)
VARIABLE_NAME = Check(
    "the name of an environment variable (the key itself is never kept in a file)",
    _is_variable_name,
)
TIME_ZONE = Check('"local" or an IANA time zone such as Europe/Zurich', _is_time_zone)
