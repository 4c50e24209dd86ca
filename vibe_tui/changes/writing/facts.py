"""What a deleted file had besides its bytes and permission bits, so that it can come back so."""

import base64
import contextlib
import os

from pydantic import BaseModel, ConfigDict, ValidationError

from vibe_tui.changes.errors import DamagedStoreError


class Facts(BaseModel):
    """A file's owner, group and extended attributes (in base64, by name)."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    owner: int
    group: int
    attributes: dict[str, str] = {}

    def content(self) -> bytes:
        """The facts as they are kept."""
        return self.model_dump_json().encode()

    def give(self, descriptor: int) -> None:
        """Give them to a file; what the system forbids stays behind."""
        status = os.fstat(descriptor)
        if (status.st_uid, status.st_gid) != (self.owner, self.group):
            with contextlib.suppress(OSError):
                os.fchown(descriptor, self.owner, self.group)
        for name, value in self.attributes.items():
            with contextlib.suppress(OSError):
                os.setxattr(descriptor, name, base64.b64decode(value))


def facts_of(descriptor: int) -> Facts:
    """Read a file's facts; attributes where the system has them."""
    status = os.fstat(descriptor)
    attributes: dict[str, str] = {}
    if hasattr(os, "listxattr"):
        with contextlib.suppress(OSError):
            for name in os.listxattr(descriptor):
                attributes[name] = base64.b64encode(os.getxattr(descriptor, name)).decode()
    return Facts(owner=status.st_uid, group=status.st_gid, attributes=attributes)


def read_facts(content: bytes) -> Facts:
    """Read kept facts.

    Raises:
        DamagedStoreError: If they are no such.
    """
    try:
        return Facts.model_validate_json(content)
    except ValidationError as error:
        raise DamagedStoreError("What is kept of a deleted file cannot be read") from error
