"""Proposals from their birth to the disk and back: the one door through which files are written."""

import contextlib
import logging
import secrets
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from vibe_tui.changes.apply import Applier, Plan, Target, reason_of, write_failure
from vibe_tui.changes.audit import AuditLog
from vibe_tui.changes.blobs import BlobStore, sha256_of
from vibe_tui.changes.decisions import Selection, decided, file_of, open_selection, taken_back
from vibe_tui.changes.drafting import Draft, Drafts
from vibe_tui.changes.errors import (
    AlreadyDecidedError,
    ChangeConflictError,
    EditRefusedError,
    ProjectLockedError,
    StaleRevisionError,
    WriteFailedError,
)
from vibe_tui.changes.journal import Intent, Journal
from vibe_tui.changes.lock import WAIT_S, project_lock
from vibe_tui.changes.model import (
    ChangeAction,
    ChangeSet,
    ChangeState,
    CheckRecord,
    Edit,
    FileChange,
    FileDiff,
    HunkState,
    Origin,
    Proposed,
)
from vibe_tui.changes.records import RecordStore, readable_id
from vibe_tui.changes.states import FileStates, accepted_hunks, hunks_in
from vibe_tui.changes.tree import ProjectTree
from vibe_tui.changes.views import ChangeViews, EnclosingSymbol
from vibe_tui.foreign import clean, clean_line

__all__ = ["ChangeStore", "Proposed"]

_LOG = logging.getLogger(__name__)


def _now() -> datetime:
    return datetime.now(UTC)
