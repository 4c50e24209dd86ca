"""Subcommands still to come: their words and options are there, their work is not."""

from argparse import ArgumentParser
from typing import NoReturn

from vibe_tui.cli.call import Call
from vibe_tui.cli.words import Invocation


def add_arguments(parser: ArgumentParser, invocation: Invocation) -> None:
    raise NotImplementedError
