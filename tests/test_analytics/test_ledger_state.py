"""Whatever the order of reserving, settling and releasing: the ledger's sums are the model's."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from tests.test_analytics.conftest import hard, request, settled
from vibe_tui.analytics.errors import BudgetExceededError, HoldSettledError, HoldUnknownError
from vibe_tui.analytics.ledger import Ledger
from vibe_tui.analytics.model import Hold

LIMIT = 1000
AMOUNTS = st.integers(0, 400)


class LedgerMachine(RuleBasedStateMachine):
    """One ledger next to a plain model of it."""

    open_holds = Bundle("open_holds")
    closed_holds = Bundle("closed_holds")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.ledger = Ledger(self.folder / "ledger.sqlite")
        self.held: dict[str, int] = {}
        self.spent = 0

    @rule(target=open_holds, amount=AMOUNTS)
    def reserve(self, amount: int) -> Hold:
        room = LIMIT - self.spent - sum(self.held.values())
        if amount > 0 and amount > room:
            with pytest.raises(BudgetExceededError):
                self.ledger.reserve(request(), amount, [hard("total", LIMIT)])
            amount = 0
        hold = self.ledger.reserve(request(), amount, [hard("total", LIMIT)])
        self.held[hold.hold_id] = amount
        return hold

    @rule(target=closed_holds, hold=consumes(open_holds), part=st.floats(0, 1))
    def settle(self, hold: Hold, part: float) -> Hold:
        cost = int(self.held.pop(hold.hold_id) * part)
        self.ledger.settle(hold, settled(cost))
        self.spent += cost
        return hold

    @rule(target=closed_holds, hold=consumes(open_holds))
    def release(self, hold: Hold) -> Hold:
        self.ledger.release(hold)
        del self.held[hold.hold_id]
        return hold

    @rule(hold=closed_holds)
    def settle_again(self, hold: Hold) -> None:
        with pytest.raises((HoldSettledError, HoldUnknownError)):
            self.ledger.settle(hold, settled(7))

    @rule()
    def restart(self) -> None:
        self.ledger.close()
        self.ledger = Ledger(self.folder / "ledger.sqlite")

    @invariant()
    def sums_agree(self) -> None:
        (status,) = self.ledger.statuses([hard("total", LIMIT)], "s1")
        assert status.spent_nano_usd == self.spent
        assert status.held_nano_usd == sum(self.held.values())
        assert status.spent_nano_usd + status.held_nano_usd <= LIMIT

    def teardown(self) -> None:
        self.ledger.close()
        shutil.rmtree(self.folder)


TestLedgerMachine = LedgerMachine.TestCase
TestLedgerMachine.settings = settings(
    settings.get_profile("sample"), max_examples=12, stateful_step_count=15
)
