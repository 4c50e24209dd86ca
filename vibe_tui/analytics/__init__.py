"""What it costs: token counting, prices, the ledger and its budgets, reports."""
