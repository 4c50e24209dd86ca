"""What is about to be written, on the disk before the first write, until all of it is done."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from vibe_tui.changes.errors import DamagedStoreError
from vibe_tui.config.files import write_atomically


class FileState(BaseModel):
    """A file before or after a step."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    sha256: str
    mode: int | None
    """Permission bits; None: whatever the system gives a new file."""
    facts: str | None = None
    """Names, by sha256, the kept owner and attributes of a file that is deleted, or comes back."""


class Step(BaseModel):
    """One file of an intent. ``before`` None: it did not exist; ``after`` None: it is deleted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    path: str
    before: FileState | None
    after: FileState | None
    temporary: str
    """Name of the staged file, in the same folder."""
    in_place: bool
    create_mode: int
    like: str
    """The file whose owner and extended attributes a staged one takes over."""
    moved_from: str | None = None
    """The path of another step's file that becomes this one and stays the same file."""
    moved_to: str | None = None
    """The path that the file gets; the step itself then does nothing."""
    new_folders: tuple[str, ...] = ()
    """Folders that do not exist yet, outermost first."""

    @property
    def beside(self) -> str:
        """The path of the staged file, or of the deleted one until all is done."""
        folder = self.path.rpartition("/")[0]
        return f"{folder}/{self.temporary}" if folder else self.temporary


class Intent(BaseModel):
    """Everything that one accept or rollback writes.

    It counts as done once the change has ``revision``.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    schema_version: Literal[1] = 1
    transaction_id: str
    change_id: str
    revision: int
    event: str
    by: str
    hunks: tuple[int, ...] = ()
    steps: tuple[Step, ...]
    spare_folders: tuple[str, ...] = ()
    """Folders to remove in the end where they are empty, innermost first."""
    reverts: tuple[str, ...] = ()
    """The changes that a rollback takes back; it is stored itself only once it is done."""

    @property
    def concerned(self) -> tuple[str, ...]:
        """The change that writes, and those that it takes back."""
        return self.change_id, *self.reverts


class Journal:
    """Keeps the intents that are not finished.

    Args:
        folder: Where they are; created when needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, intent: Intent) -> None:
        """Keep an intent, on the disk when this returns.

        Raises:
            OSError: If the disk refuses.
        """
        write_atomically(self._path(intent.transaction_id), intent.model_dump_json().encode())

    def remove(self, intent: Intent) -> None:
        """Forget an intent that is finished or undone."""
        self._path(intent.transaction_id).unlink(missing_ok=True)

    def is_empty(self) -> bool:
        """Whether nothing was left unfinished."""
        return not self._paths()

    def pending(self) -> list[Intent]:
        """The unfinished intents.

        Raises:
            DamagedStoreError: If one cannot be read.
        """
        intents: list[Intent] = []
        for path in self._paths():
            try:
                intents.append(Intent.model_validate_json(path.read_bytes()))
            except (OSError, ValidationError) as error:
                raise DamagedStoreError(
                    f"The journal {path.name} cannot be read",
                    f"compare the project with your last commit, then remove {path}",
                ) from error
        return intents

    def _paths(self) -> list[Path]:
        return sorted(self._folder.glob("*.json")) if self._folder.is_dir() else []

    def _path(self, transaction_id: str) -> Path:
        return self._folder / f"{transaction_id}.json"
