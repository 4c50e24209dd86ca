"""The ledger's tables, by schema version. A migration, once released, is never edited."""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE requests (
            hold_id TEXT PRIMARY KEY,
            parent_id TEXT,
            at TEXT NOT NULL,
            zone TEXT NOT NULL,
            session TEXT NOT NULL,
            project TEXT NOT NULL,
            operation TEXT NOT NULL,
            provider TEXT NOT NULL,
            model TEXT NOT NULL,
            input_tokens INTEGER NOT NULL,
            output_tokens INTEGER NOT NULL,
            cached_tokens INTEGER NOT NULL,
            cache_write_tokens INTEGER NOT NULL,
            reasoning_tokens INTEGER NOT NULL,
            held_nano INTEGER,
            cost_nano INTEGER,
            provenance TEXT NOT NULL,
            status TEXT NOT NULL,
            seconds REAL NOT NULL,
            first_token_s REAL,
            price_source TEXT NOT NULL,
            is_abandoned INTEGER NOT NULL DEFAULT 0
        )
        """,
        """
        CREATE TABLE holds (
            hold_id TEXT PRIMARY KEY,
            parent_id TEXT,
            at TEXT NOT NULL,
            zone TEXT NOT NULL,
            session TEXT NOT NULL,
            project TEXT NOT NULL,
            operation TEXT NOT NULL,
            provider TEXT NOT NULL,
            model TEXT NOT NULL,
            nano INTEGER,
            pid INTEGER NOT NULL,
            process_started TEXT NOT NULL,
            boot_id TEXT NOT NULL,
            pid_namespace TEXT NOT NULL
        )
        """,
        "CREATE INDEX requests_by_time ON requests (at, cost_nano)",
        "CREATE INDEX requests_by_session"
        " ON requests (session, at, cost_nano, input_tokens, output_tokens)",
    ),
)
"""Statements that lead from version n to n + 1. ``at`` is when the request was reserved, ISO 8601
UTC with microseconds, so that it sorts as text; ``cost_nano`` NULL is unknown; ``is_abandoned``
marks a row that was written for a process that died before it settled."""

SCHEMA_VERSION = len(MIGRATIONS)
