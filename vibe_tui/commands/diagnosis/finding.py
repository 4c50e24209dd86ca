"""One line of the doctor's report."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that was looked at."""

    name: str
    ok: bool | None
    """None: there is nothing to judge, or it is not built yet."""
    detail: str
    hint: str = ""
    """What to do, or what is lost without it."""
    is_essential: bool = False
    """Whether the program does not work as promised without it."""
