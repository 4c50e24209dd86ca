"""The tour: recorded answers whose edits really apply, and one whose check really fails."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_llm.fakes import FakeClock, FakeSpending, drain, quick
from vibe_tui.analytics.model import Provenance
from vibe_tui.llm.gateway import Gateway
from vibe_tui.llm.model import ChatMessage, ModelTarget, Settled, TextChunk
from vibe_tui.llm.recorded import (
    RecordedBackend,
    answer_to,
    copy_sample_project,
    recorded_answers,
    tour_prompts,
)
from vibe_tui.llm.tour.project.bakery.orders import Order
from vibe_tui.llm.tour.project.bakery.prices import discounted

TOUR = ModelTarget("tour/recorded")


def edit_of(text: str) -> tuple[str, str, str]:
    """Path, searched text and replacement of the one edit in an answer."""
    before, _, rest = text.partition("```python\n<<<<<<< SEARCH\n")
    search, _, rest = rest.partition("=======\n")
    replacement, _, _ = rest.partition(">>>>>>> REPLACE\n```")
    return before.rstrip("\n").rpartition("\n")[2], search, replacement


def apply(root: Path, prompt: str) -> Path:
    path, search, replacement = edit_of(answer_to(prompt, recorded_answers()))
    target = root / path
    if search:
        text = target.read_text(encoding="utf-8")
        assert text.count(search) == 1
        target.write_text(text.replace(search, replacement), encoding="utf-8")
    else:
        assert not target.exists()
        target.parent.mkdir(exist_ok=True)
        target.write_text(replacement, encoding="utf-8")
    return target


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "bakery"
    copy_sample_project(root)
    return root


def run_tests(project: Path) -> int:
    program = (
        "import runpy\n"
        "for name, test in runpy.run_path('tests/test_prices.py').items():\n"
        "    if name.startswith('test_'):\n"
        "        test()\n"
    )
    environ = {"PYTHONPATH": ".", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=project, env=environ, capture_output=True, text=True)
    assert done.returncode == 0 or "AssertionError" in done.stderr
    return done.returncode


def test_the_sample_project_is_three_small_files(project: Path) -> None:
    files = sorted(str(path.relative_to(project)) for path in project.rglob("*") if path.is_file())
    assert files == ["bakery/__init__.py", "bakery/orders.py", "bakery/prices.py"]


def test_the_sample_project_has_its_bug() -> None:
    assert discounted(420, 10) == 410
    order = Order(is_regular=True)
    order.add("bread")
    order.add("bread")
    assert order.total() == 830
    order.is_regular = False
    assert order.total() == 840


def test_the_fix_makes_the_tests_pass_that_fail_without_it(project: Path) -> None:
    fix, test, _ = tour_prompts()
    apply(project, test)
    assert run_tests(project) == 1
    apply(project, fix)
    assert run_tests(project) == 0


def test_the_third_answer_does_not_parse(project: Path) -> None:
    changed = apply(project, tour_prompts()[2])
    with pytest.raises(SyntaxError):
        ast.parse(changed.read_text(encoding="utf-8"))


def test_the_sample_is_written_into_an_empty_folder_only(project: Path) -> None:
    with pytest.raises(FileExistsError):
        copy_sample_project(project)


@pytest.mark.parametrize("prompt", [*tour_prompts(), "what else can you do?"])
def test_every_answer_says_first_that_it_is_recorded(prompt: str) -> None:
    first = answer_to(prompt, recorded_answers()).splitlines()[0]
    assert "recorded answer" in first
    assert "no model was asked" in first


def test_an_unknown_prompt_lists_the_three_that_are_known() -> None:
    text = answer_to("write me a poem", recorded_answers())
    assert "has no answer to this" in text
    assert all(prompt in text for prompt in tour_prompts())
    assert "SEARCH" not in text


async def test_it_streams_at_a_models_pace_and_settles_by_estimate(
    spending: FakeSpending, clock: FakeClock
) -> None:
    backend = RecordedBackend(pieces_per_s=50, sleep=clock.sleep)
    gateway = Gateway(spending, {"tour": backend})
    prompt = tour_prompts()[0]
    messages = [ChatMessage("system", "you are"), ChatMessage("user", prompt)]
    options = quick(max_output_tokens=4096)
    events = await drain(
        gateway.stream_request(messages, TOUR, options, session_id="s", project="p")
    )
    pieces = [event.text for event in events if isinstance(event, TextChunk)]
    assert "".join(pieces) == answer_to(prompt, recorded_answers())
    assert clock.slept == [0.02] * len(pieces)
    assert isinstance(events[-1], Settled)
    assert events[-1].provenance is Provenance.ESTIMATED


async def test_it_keeps_the_output_limit(spending: FakeSpending, clock: FakeClock) -> None:
    gateway = Gateway(spending, {"tour": RecordedBackend(sleep=clock.sleep)})
    await gateway.warm_up(TOUR)
    events = await drain(
        gateway.stream_request(
            [ChatMessage("user", "x")],
            TOUR,
            quick(max_output_tokens=3),
            session_id="s",
            project="p",
        )
    )
    assert isinstance(events[-1], Settled)
    assert events[-1].finish_reason == "length"
    assert events[-1].usage.output_tokens == 3
    await gateway.close()
