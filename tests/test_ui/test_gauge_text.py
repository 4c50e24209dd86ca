"""What the gauge and the top line say, at any width: budgets, estimates, provenance, speed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.geometry import Region

from tests.test_ui.pilots import text_of
from vibe_tui.analytics.model import BudgetLimit, BudgetStatus, SpendSnapshot, nano
from vibe_tui.events import SpendEstimated
from vibe_tui.ui.fitting import Piece, fit_line, short_count, shorten_path
from vibe_tui.ui.speed import SpeedMeter
from vibe_tui.ui.styles import style_sheets
from vibe_tui.ui.widgets.spend_gauge import SpendGauge, bar_cells
from vibe_tui.ui.widgets.top_bar import TopBar

SNAPSHOT = SpendSnapshot(
    session_nano_usd=nano("0.0131"),
    today_nano_usd=nano("0.42"),
    month_nano_usd=nano("7.90"),
    held_nano_usd=0,
    session_tokens=5_500,
    unpriced_requests_today=0,
    tightest=None,
    burn_nano_usd_per_hour=None,
)


def budget(spent: str, held: str = "0", limit: str = "20", period: str = "monthly") -> BudgetStatus:
    return BudgetStatus(BudgetLimit("global", period, nano(limit)), nano(spent), nano(held))


class Clock:
    """Seconds that a test moves."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


class GaugeApp(App[None]):
    """The two lines alone."""

    def __init__(self) -> None:
        super().__init__(css_path=[*style_sheets()])
        self.clock = Clock()

    def compose(self) -> ComposeResult:
        yield TopBar()
        yield SpendGauge(self.clock)

    @property
    def gauge(self) -> SpendGauge:
        return self.query_one(SpendGauge)

    @property
    def top_bar(self) -> TopBar:
        return self.query_one(TopBar)


async def gauge_text(
    snapshot: SpendSnapshot, *estimates: tuple[float, SpendEstimated], width: int = 120
) -> str:
    app = GaugeApp()
    async with app.run_test(size=(width, 4)) as pilot:
        app.gauge.show(snapshot)
        for seconds, estimate in estimates:
            app.clock.now_s += seconds
            app.gauge.stream(estimate)
        app.clock.now_s += 1
        app.gauge._draw()
        await pilot.pause()
        return text_of(app, app.gauge).strip()


async def test_without_a_budget_it_tells_today_and_session() -> None:
    text = await gauge_text(SNAPSHOT)
    assert text.split("   ", 2)[:2] == ["today $0.4200", "session $0.0131"]
    assert text.endswith("   5.5k tok")


async def test_a_budget_has_a_bar_with_spent_and_held_apart() -> None:
    text = await gauge_text(replace(SNAPSHOT, tightest=budget("10", "5")))
    assert text.startswith(
        "month " + "━" * 12 + "╍" * 6 + "─" * 6 + "   $10.00 + $5.00 held of $20.00"
    )


@pytest.mark.parametrize(
    ("spent", "words"), [("15.9", "$15.90"), ("16", " ▴ 80%"), ("19", " ▲ 95%"), ("25", " ▲ 125%")]
)
async def test_a_budget_that_runs_out_says_so_in_signs(spent: str, words: str) -> None:
    text = await gauge_text(replace(SNAPSHOT, tightest=budget(spent)))
    assert words in text
    assert ("▴" in text or "▲" in text) == (words != "$15.90")


async def test_an_estimate_moves_the_amounts_and_is_marked_as_one() -> None:
    estimate = SpendEstimated(1_000, 100, 0.01)
    text = await gauge_text(replace(SNAPSHOT, tightest=budget("1", "0.03")), (0, estimate))
    assert "≈ $1.01 + $0.0200 held of $20.00" in text
    assert "today ≈ $0.4300" in text
    assert "session ≈ $0.0231" in text


async def test_what_has_no_price_is_counted_not_guessed() -> None:
    text = await gauge_text(
        replace(SNAPSHOT, unpriced_requests_today=2), (0, SpendEstimated(10, 5, None))
    )
    assert "unpriced 2" in text
    assert "≈" not in text


async def test_the_burn_rate_shows_once_it_is_known() -> None:
    assert "$0.3100/h" in await gauge_text(replace(SNAPSHOT, burn_nano_usd_per_hour=nano("0.31")))


async def test_held_money_without_a_budget_is_told() -> None:
    assert "$0.0200 held" in await gauge_text(replace(SNAPSHOT, held_nano_usd=nano("0.02")))


async def test_the_speed_shows_while_an_answer_streams_and_goes_with_it() -> None:
    app = GaugeApp()
    async with app.run_test(size=(120, 4)) as pilot:
        app.gauge.show(SNAPSHOT)
        for tokens in (0, 42, 84, 126):
            app.gauge.stream(SpendEstimated(10, tokens, 0.0))
            app.clock.now_s += 0.5
        app.gauge._draw()
        await pilot.pause()
        assert text_of(app, app.gauge).endswith("█   84 tok/s")
        app.gauge.settle()
        app.gauge._draw()
        await pilot.pause()
        assert "tok/s" not in text_of(app, app.gauge)


async def test_many_estimates_in_a_moment_are_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    app = GaugeApp()
    async with app.run_test(size=(120, 4)) as pilot:
        app.gauge.show(SNAPSHOT)
        await pilot.pause()
        draws: list[float] = []
        real = app.gauge.refresh

        def refresh(*regions: Region, **how: bool) -> SpendGauge:
            draws.append(app.clock.now_s)
            return real(*regions, **how)

        monkeypatch.setattr(app.gauge, "refresh", refresh)
        for tokens in range(100):
            app.gauge.stream(SpendEstimated(10, tokens, 0.0))
        assert draws == []
        app.clock.now_s += 0.1
        app.gauge.stream(SpendEstimated(10, 100, 0.0))
        assert len(draws) == 1


@pytest.mark.parametrize("width", [40, 60, 80, 100, 150])
async def test_the_gauge_fits_every_width_without_cutting_a_figure(width: int) -> None:
    snapshot = replace(SNAPSHOT, tightest=budget("7.90", "0.02"), burn_nano_usd_per_hour=nano("1"))
    text = await gauge_text(snapshot, width=width)
    assert "$7.90 + $0.0200 held of $20.00" in text
    assert len(text) <= width - 2
    assert "…" not in text


@given(st.integers(-5, 10**12), st.integers(-5, 10**12), st.integers(-5, 10**12))
def test_a_bar_never_overflows_and_never_hides_spending(spent: int, held: int, limit: int) -> None:
    cells = bar_cells(spent, held, limit, 24)
    assert cells.spent + cells.held + cells.rest == 24
    assert min(cells.spent, cells.held, cells.rest) >= 0
    if spent > 0:
        assert cells.spent >= 1


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0"), (999, "999"), (5_240, "5.2k"), (200_000, "200k"), (1_300_000, "1.3M")],
)
def test_counts_are_short(count: int, text: str) -> None:
    assert short_count(count) == text


def test_the_speed_needs_two_points_and_forgets_what_is_long_past() -> None:
    meter = SpeedMeter()
    meter.add(0.0, 0)
    assert meter.rate is None
    assert meter.curve == ""
    meter.add(1.0, 50)
    assert meter.rate == 50
    for second in range(2, 12):
        meter.add(float(second), 50)
    assert meter.rate == 0


def test_a_line_drops_the_least_important_piece_first() -> None:
    left = [Piece.of("name", rank=2), Piece.of("path", rank=1)]
    right = [Piece.of("model", rank=3), Piece.of("waiting")]
    assert fit_line(left, right, 40).plain.split() == ["name", "path", "model", "waiting"]
    assert fit_line(left, right, 26).plain.split() == ["name", "path", "waiting"]
    assert fit_line(left, right, 12).plain.split() == ["waiting"]
    assert fit_line(left, right, 5).plain == "waiti"


@given(st.lists(st.text(max_size=20), max_size=5), st.integers(0, 60))
def test_a_line_is_never_wider_than_asked(words: list[str], width: int) -> None:
    pieces = [Piece.of(word.replace("\n", ""), rank=rank) for rank, word in enumerate(words)]
    assert fit_line(pieces, pieces, width).cell_length <= width


@pytest.mark.parametrize(
    ("width", "short"),
    [(30, "~/src/atlas/deep"), (14, "…/atlas/deep"), (8, "…/deep"), (4, "…eep")],
)
def test_a_path_is_shortened_from_its_front(width: int, short: str) -> None:
    assert shorten_path("~/src/atlas/deep", width) == short


async def test_the_top_line_tells_project_branch_map_model_and_context() -> None:
    app = GaugeApp()
    async with app.run_test(size=(150, 4)) as pilot:
        app.top_bar.tell(
            project="~/src/atlas", branch="main", changed_files=2, mapped_files=1204, mapped_s=0.91,
            model="claude", context_tokens=5_200, context_limit=200_000,
        )  # fmt: skip
        await pilot.pause()
        words = " ".join(text_of(app, app.top_bar).split())
        assert words == (
            "vibe-tui ~/src/atlas main ±2 1,204 files mapped · 0.9 s claude context 5.2k of 200k"
        )
        app.top_bar.tell(parsed=(3, 10), model=None, waiting=2, context_limit=None)
        await pilot.pause()
        text = text_of(app, app.top_bar)
        assert "mapping 3 of 10" in text
        assert "● 2 to review   no model yet: /model   context 5.2k tok" in text


async def test_a_hostile_branch_name_is_text() -> None:
    app = GaugeApp()
    async with app.run_test(size=(100, 4)) as pilot:
        app.top_bar.tell(project="p", branch="[@click=app.bell]x[/]\x1b[31m", mapped_files=1)
        await pilot.pause()
        assert "[@click=app.bell]x[/]" in text_of(app, app.top_bar)
        assert "1 file mapped" in text_of(app, app.top_bar)
