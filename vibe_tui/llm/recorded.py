"""The tour: recorded answers about a sample project, streamed like a model's."""

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from vibe_tui.llm.backend import BackendPiece, Finished
from vibe_tui.llm.model import ChatMessage, ModelTarget, RequestOptions, TextChunk

_PIECES_PER_S: Final = 40.0
_PIECE: Final = re.compile(r"\s*\S+|\s+$")
_RECORDED: Final = "*A recorded answer: no model was asked and nothing was spent.*\n\n"


@dataclass(frozen=True, slots=True)
class RecordedAnswer:
    """One answer of the tour."""

    prompt: str
    """What to type, as the tour suggests it."""
    prompt_contains: tuple[str, ...]
    """Lower-case words that all must be in a prompt to get this answer."""
    text: str


def _tour() -> Traversable:
    return files("vibe_tui.llm").joinpath("tour")


def recorded_answers() -> tuple[RecordedAnswer, ...]:
    """The tour's script, in its order."""
    rows = json.loads(_tour().joinpath("answers.json").read_text(encoding="utf-8"))["answers"]
    return tuple(
        RecordedAnswer(row["prompt"], tuple(row["prompt_contains"]), row["text"]) for row in rows
    )


def tour_prompts() -> tuple[str, ...]:
    """The prompts to which the tour has an answer, in the order to try them."""
    return tuple(answer.prompt for answer in recorded_answers())


def copy_sample_project(folder: Path) -> None:
    """Write the tour's project into a new folder.

    Args:
        folder: Must not exist yet, or be empty.

    Raises:
        FileExistsError: If there is something in it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty")
    _copy(_tour().joinpath("project"), folder)


def _copy(source: Traversable, target: Path) -> None:
    for entry in source.iterdir():
        if entry.name == "__pycache__":
            continue
        if entry.is_dir():
            (target / entry.name).mkdir()
            _copy(entry, target / entry.name)
        else:
            (target / entry.name).write_bytes(entry.read_bytes())


def answer_to(prompt: str, answers: Sequence[RecordedAnswer]) -> str:
    """The recorded answer to a prompt, marked as one; else the prompts that have one.

    Args:
        prompt: The person's text.
        answers: The script.
    """
    asked = prompt.lower()
    for answer in answers:
        if all(word in asked for word in answer.prompt_contains):
            return _RECORDED + answer.text
    known = "\n".join(f"- {answer.prompt}" for answer in answers)
    return f"{_RECORDED}The tour has no answer to this. It knows these prompts:\n\n{known}\n"


class RecordedBackend:
    """Answers from the tour's script, at a model's pace.

    Args:
        pieces_per_s: Words a second.
        sleep: Waits between them.
    """

    def __init__(
        self,
        pieces_per_s: float = _PIECES_PER_S,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._gap_s = 1 / pieces_per_s
        self._sleep = sleep

    async def warm_up(self) -> None:
        """Nothing needs loading."""

    async def prepare(self, target: ModelTarget) -> None:
        """Nothing needs preparing."""

    async def close(self) -> None:
        """Nothing is held."""

    async def stream(
        self,
        target: ModelTarget,  # noqa: ARG002 — the protocol's
        messages: Sequence[ChatMessage],
        options: RequestOptions,
    ) -> AsyncGenerator[BackendPiece, None]:
        """Stream the recorded answer to the last message of the person."""
        prompt = next((m.content for m in reversed(messages) if m.role == "user"), "")
        pieces = _PIECE.findall(answer_to(prompt, recorded_answers()))
        limit = options.max_output_tokens
        for piece in pieces[:limit]:
            await self._sleep(self._gap_s)
            yield TextChunk(piece)
        yield Finished("length" if len(pieces) > limit else "stop", None)
