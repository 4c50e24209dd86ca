"""What can go wrong between here and a model."""

from vibe_tui.errors import DeniedError, OutsideError
from vibe_tui.llm.model import FailureKind


class ModelFailureError(OutsideError):
    """A request to a model failed.

    Args:
        kind: Why, in our own words.
        message: One plain sentence that names the model.
        hint: The next step.
        retry_after_s: Seconds that the provider asks to wait; None when it says nothing.
        sent: Whether the request reached the provider and may be billed. A request that the
            provider refused with an HTTP status is not billed.
    """

    def __init__(
        self,
        kind: FailureKind,
        message: str,
        hint: str = "",
        *,
        retry_after_s: float | None = None,
        sent: bool = False,
    ) -> None:
        super().__init__(message, hint)
        self.kind = kind
        self.retry_after_s = retry_after_s
        self.sent = sent
        self.code = kind.value


class HoldExceededError(ModelFailureError, DeniedError):
    """An answer was stopped because it was about to cost more than was held for it."""

    exit_code = 1


class LocalModelMissingError(OutsideError):
    """The embedded model, or the engine that serves it, is not installed."""

    code = "local_model_missing"


class LocalModelFailedError(OutsideError):
    """The embedded model's process did not start, or ended."""

    code = "local_model_failed"
