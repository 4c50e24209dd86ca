"""``vibe-tui doctor``: what works here, and what is lost without the rest."""

from argparse import ArgumentParser

from vibe_tui.cli.call import Call
from vibe_tui.cli.words import Invocation
from vibe_tui.commands import doctor


def add_arguments(parser: ArgumentParser, invocation: Invocation) -> None:
    """There are no options beyond the common ones."""


async def run(call: Call) -> int:
    """Report; 1 when something essential is wrong."""
    findings = await doctor.examine(call.workspace)
    call.output.answer(doctor.payload(findings), doctor.text(findings))
    return 0 if doctor.is_well(findings) else 1
