"""SYNTAX: does the text parse? Python by ``compile``, others by tree-sitter or their loader."""

import json
import tomllib
import warnings
from collections.abc import Callable

from vibe_tui.healing.model import Problem

Check = Callable[[str], tuple[Problem, ...]]

_MAX_PROBLEMS = 20


def check_python(code: str) -> tuple[Problem, ...]:
    """Compile, which also finds what ``ast`` lets pass (``return`` outside a function)."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(code, "<proposal>", "exec", dont_inherit=True)
    except SyntaxError as error:
        return (Problem(error.lineno, error.offset, type(error).__name__, error.msg),)
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        return (Problem(None, None, type(error).__name__, str(error) or "too deeply nested"),)
    return ()


def check_json(code: str) -> tuple[Problem, ...]:
    """Load as strict JSON."""
    try:
        json.loads(code)
    except json.JSONDecodeError as error:
        return (Problem(error.lineno, error.colno, "JSONDecodeError", error.msg),)
    except RecursionError:
        return (Problem(None, None, "RecursionError", "too deeply nested"),)
    return ()


def check_toml(code: str) -> tuple[Problem, ...]:
    """Load as TOML."""
    try:
        tomllib.loads(code)
    except tomllib.TOMLDecodeError as error:
        return (Problem(None, None, "TOMLDecodeError", str(error)),)
    except RecursionError:
        return (Problem(None, None, "RecursionError", "too deeply nested"),)
    return ()
