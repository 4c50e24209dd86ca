"""Files that the LiteLLM package carries, found without importing it (2.5 s and 170 MB)."""

from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

PRICE_FILE = "model_prices_and_context_window_backup.json"
TOKENIZER_FOLDER = Path("litellm_core_utils", "tokenizers")


def litellm_folder() -> Path | None:
    """Where the installed package lies; None when it is not installed."""
    spec = find_spec("litellm")  # a top-level package's spec is found without running the package
    places = spec.submodule_search_locations if spec else None
    return Path(next(iter(places))) if places else None


def litellm_version() -> str:
    """The installed version; ``unknown`` without its metadata."""
    try:
        return version("litellm")
    except PackageNotFoundError:
        return "unknown"
