"""A provider's usage, as LiteLLM hands it on, in our own terms."""

from vibe_tui.analytics.model import TokenUsage


def _number(holder: object, *names: str) -> int:
    """The first of these fields that holds a positive number; 0 without any."""
    for name in names:
        value = getattr(holder, name, None)
        if isinstance(value, int) and value > 0:
            return value
    return 0


def token_usage(reported: object) -> TokenUsage | None:
    """Normalise a usage object of OpenAI's shape.

    LiteLLM maps every provider to that shape, in which ``prompt_tokens`` includes cached tokens;
    it reports zero for what it does not know, and no prompt has zero tokens.

    Args:
        reported: An object with ``prompt_tokens``, ``completion_tokens`` and their details.

    Returns:
        The usage, or None when the provider told none.
    """
    input_tokens = _number(reported, "prompt_tokens")
    if not input_tokens:
        return None
    prompt = getattr(reported, "prompt_tokens_details", None)
    completion = getattr(reported, "completion_tokens_details", None)
    output_tokens = _number(reported, "completion_tokens")
    cached = _number(prompt, "cached_tokens") or _number(reported, "cache_read_input_tokens")
    written = _number(prompt, "cache_creation_tokens", "cache_write_tokens") or _number(
        reported, "cache_creation_input_tokens"
    )
    cached = min(cached, input_tokens)
    return TokenUsage(
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        cached_tokens=cached,
        cache_write_tokens=min(written, input_tokens - cached),
        reasoning_tokens=min(_number(completion, "reasoning_tokens"), output_tokens),
    )
