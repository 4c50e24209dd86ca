"""What a request costs: exact decimals inside, rounded once, in integer nano-USD."""

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal, localcontext

from vibe_tui.analytics.model import NANO_PER_USD, ModelPrice, PriceTier, TokenUsage

_EXACT = Context(prec=60)


def _tier(price: ModelPrice, prompt_tokens: int) -> PriceTier | None:
    reached = [tier for tier in price.tiers if prompt_tokens > tier.above_tokens]
    return reached[-1] if reached else None


def _in_nano(amount_usd: Decimal, rounding: str) -> int:
    return int((amount_usd * NANO_PER_USD).to_integral_value(rounding=rounding))


def cost_nano_usd(price: ModelPrice, usage: TokenUsage) -> int:
    """The cost of what a provider billed.

    Cached and cache-written tokens are part of ``usage.input_tokens`` and billed at their own
    prices; what is left of the input at the input price; reasoning tokens, part of the output, at
    their own price where there is one. A prompt longer than a tier's threshold is billed at that
    tier as a whole. Negative counts, which no provider means, count as none.

    Args:
        price: USD a token.
        usage: Tokens.

    Returns:
        Nano-USD, rounded half up once, at the end.
    """
    cached, written = max(0, usage.cached_tokens), max(0, usage.cache_write_tokens)
    plain = max(0, usage.input_tokens - cached - written)
    output = max(0, usage.output_tokens)
    reasoning = min(output, max(0, usage.reasoning_tokens))
    rates = _tier(price, plain + cached + written) or price
    reasoning_usd = rates.output_usd if price.reasoning_usd is None else price.reasoning_usd
    with localcontext(_EXACT):
        amount_usd = (
            plain * rates.input_usd
            + cached * rates.cache_read_usd
            + written * rates.cache_write_usd
            + (output - reasoning) * rates.output_usd
            + reasoning * reasoning_usd
        )
        return _in_nano(amount_usd, ROUND_HALF_UP)


def _dearest(price: ModelPrice, input_tokens: int) -> tuple[Decimal, Decimal]:
    """The dearest USD a token of input and of output for a prompt of at most this many tokens."""
    reached = [tier for tier in price.tiers if input_tokens > tier.above_tokens]
    rates: list[ModelPrice | PriceTier] = [price, *reached]
    return (
        max(max(rate.input_usd, rate.cache_read_usd, rate.cache_write_usd) for rate in rates),
        max(*(rate.output_usd for rate in rates), price.reasoning_usd or Decimal(0)),
    )


def worst_case_nano_usd(price: ModelPrice, input_tokens: int, output_tokens: int) -> int:
    """What a request costs at most: every input token at the dearest input price.

    Args:
        price: USD a token.
        input_tokens: An upper bound of the prompt, in tokens.
        output_tokens: The output limit that is sent.

    Returns:
        Nano-USD, rounded up.
    """
    input_usd, output_usd = _dearest(price, input_tokens)
    with localcontext(_EXACT):
        return _in_nano(input_tokens * input_usd + output_tokens * output_usd, ROUND_CEILING)


def affordable_output_tokens(price: ModelPrice, input_tokens: int, room_nano_usd: int) -> int:
    """The largest output limit whose worst case fits; negative when not even the prompt does.

    Args:
        price: USD a token; its output price is above zero.
        input_tokens: An upper bound of the prompt, in tokens.
        room_nano_usd: What may be spent.
    """
    input_usd, output_usd = _dearest(price, input_tokens)
    with localcontext(_EXACT):
        left_usd = Decimal(room_nano_usd) / NANO_PER_USD - input_tokens * input_usd
        return int((left_usd / output_usd).to_integral_value(rounding=ROUND_FLOOR))


def affordable_input_tokens(price: ModelPrice, output_tokens: int, room_nano_usd: int) -> int:
    """How long a prompt may be, in tokens, so that the worst case fits; 0 when none does.

    Args:
        price: USD a token; its input price is above zero.
        output_tokens: The output limit that is sent.
        room_nano_usd: What may be spent.
    """
    input_usd, output_usd = _dearest(price, 0)
    with localcontext(_EXACT):
        left_usd = Decimal(room_nano_usd) / NANO_PER_USD - output_tokens * output_usd
        tokens = int((left_usd / input_usd).to_integral_value(rounding=ROUND_FLOOR))
    # A prompt that reaches a dearer tier is measured against the tier's threshold instead.
    thresholds = [tier.above_tokens for tier in price.tiers[:1]]
    return max(0, min([tokens, *thresholds]))
