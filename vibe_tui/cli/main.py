"""``vibe-tui``: reads the command line, runs what it means, and returns the exit code."""

import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from contextlib import ExitStack
from importlib import import_module
from typing import TYPE_CHECKING

from vibe_tui.cli.output import Output
from vibe_tui.cli.parser import parse
from vibe_tui.cli.words import Invocation, read_words
from vibe_tui.errors import NotBuiltError, OutsideError, VibeError

if TYPE_CHECKING:
    from vibe_tui.monitoring.log import Log

INTERRUPTED = 130
_KEEP_A_LOG = ("", "ask")
"""The app and the subcommands that talk to models."""
_TELL_PROBLEMS_THEMSELVES = ("config", "doctor")
"""Subcommands whose answer names the problems in the settings."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program.

    Args:
        argv: The words after the program's name; the process's own by default.

    Returns:
        0 done and good, 1 the answer is no, 2 usage, 3 the outside failed, 130 interrupted.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    output = Output(
        sys.stdout,
        sys.stderr,
        as_json=_asks_for(words, "--json"),
        color=not _asks_for(words, "--no-color"),
    )
    try:
        code = _run(words, output)
        output.flush()
    except BrokenPipeError:
        _forget_stdout()
        return OutsideError.exit_code
    return code


def _asks_for(words: Sequence[str], flag: str) -> bool:
    """Whether a flag stands among the options; needed also when they cannot be parsed."""
    options = words[: words.index("--")] if "--" in words else words
    return flag in options


def _run(words: Sequence[str], output: Output) -> int:
    try:
        return _dispatch(words, output)
    except VibeError as error:
        told = error
    except BrokenPipeError:
        raise
    except KeyboardInterrupt:
        return INTERRUPTED
    except SystemExit as leaving:  # argparse, after --help and --version
        return leaving.code if isinstance(leaving.code, int) else 0
    except Exception as defect:  # noqa: BLE001 - the boundary of the program, before there is a log
        told = OutsideError(f"{type(defect).__name__}: {defect}", "this is a defect")
        told.__cause__ = defect
    if _asks_for(words, "--debug"):
        _print_traceback(told)
    output.problem(told)
    return told.exit_code


def _dispatch(words: Sequence[str], output: Output) -> int:
    invocation = read_words(words)
    options = parse(invocation)
    _refuse_unusable(invocation, options)
    with ExitStack() as stack:
        if options.profile is not None:
            from vibe_tui.monitoring.profile import profile_to

            stack.enter_context(profile_to(options.profile))
        if options.debug or invocation.name in _KEEP_A_LOG:
            try:
                stack.enter_context(_open_log(options))
            except OutsideError as error:  # the program works without a log
                output.note(f"vibe-tui: {error}")
        try:
            return _call(invocation, options, output)
        except (VibeError, BrokenPipeError):
            raise
        except Exception as defect:  # the boundary of the program: a defect is one line
            raise _logged(defect, options) from defect


def _refuse_unusable(invocation: Invocation, options: Namespace) -> None:
    """Refuse what cannot work before anything is opened."""
    if invocation.subcommand is None:
        from vibe_tui.cli.app import refuse_unusable

        refuse_unusable(options)
    elif not invocation.subcommand.is_built:
        raise NotBuiltError(f"{invocation.program} is not built yet", "see vibe-tui --help")


def _call(invocation: Invocation, options: Namespace, output: Output) -> int:
    subcommand = invocation.subcommand
    if subcommand is None:
        from vibe_tui.cli.app import run

        return run(options)
    import asyncio

    return asyncio.run(_work(invocation, subcommand.module, options, output))


async def _work(invocation: Invocation, module: str, options: Namespace, output: Output) -> int:
    from vibe_tui.cli.call import Call, open_workspace

    run = import_module(f"vibe_tui.cli.{module}").run
    workspace = open_workspace(options)
    if invocation.name not in _TELL_PROBLEMS_THEMSELVES:
        for problem in workspace.rooms.loaded.problems:
            output.note(f"vibe-tui: {problem}")
    try:
        code: int = await run(Call(options, invocation.action, output, workspace))
    finally:
        await workspace.close()
    return code


def _open_log(options: Namespace) -> "Log":
    from vibe_tui.cli.call import locations_of
    from vibe_tui.config.load import load_settings
    from vibe_tui.monitoring.log import open_log

    places = locations_of(options)
    level = "debug" if options.debug else load_settings(places).settings.log_level
    return open_log(places.data_dir / "log" / "vibe-tui.log", level)


def _logged(defect: Exception, options: Namespace) -> OutsideError:
    """Write a defect into the log; return what the person is told."""
    import logging

    said = f"{type(defect).__name__}: {defect}"
    try:
        with _open_log(options):
            logging.getLogger("vibe_tui.cli").error("a command failed", exc_info=defect)
    except VibeError:
        return OutsideError(said, "this is a defect; --debug shows more")
    return OutsideError(said, "this is a defect; the log has the details, --debug shows them")


def _print_traceback(error: VibeError) -> None:
    import traceback

    traceback.print_exception(error)


def _forget_stdout() -> None:
    """Nobody reads stdout any more: let the interpreter's last flush go nowhere."""
    try:
        descriptor = sys.stdout.fileno()
    except (OSError, ValueError):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
