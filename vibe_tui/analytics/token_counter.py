"""How many tokens a text is, and how sure that is."""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vibe_tui.analytics.encodings import (
    DEFAULT_ENCODING,
    TokenizerFileError,
    bundled_folder,
    count_ordinary,
    known_encoding,
    load_encoding,
)
from vibe_tui.analytics.model import CountMethod, TokenCount


@dataclass(frozen=True, slots=True)
class Family:
    """How a family of tokenizers compares with o200k_base on the same text."""

    marks: tuple[str, ...]
    """Any of these in a model's name makes it of this family."""
    ratio: float
    """Its tokens for one of o200k_base."""
    expected_error: float
    """Half the width of the band, relative."""


FAMILIES = (
    Family(("gpt", "codex"), 1.0, 0.05),
    Family(("claude",), 1.35, 0.20),
    Family(("gemini", "gemma"), 1.14, 0.12),
    Family(("llama3", "llama-3", "llama-4", "qwen", "deepseek", "glm", "kimi"), 1.08, 0.15),
    Family(("smollm", "mistral", "mixtral", "codestral", "phi", "llama"), 1.24, 0.20),
)
"""Sources, all on code, Markdown and JSON: a count by OpenAI's vocabularies was measured 14–37 %
low for Claude and 12 % low for Gemini; cl100k_base is within 2 % of o200k_base and p50k_base at
1.19–1.31 of it (205 chunks of 4 KB). Vocabularies of about 50,000 entries are taken as p50k_base,
those of 100,000 to 150,000 as close to cl100k_base. The first match counts."""
UNKNOWN_FAMILY = Family((), 1.15, 0.30)

_BYTES_PER_TOKEN = 3.9
"""o200k_base on the same chunks: 2.9 (minified JavaScript) to 4.5 (Python). Without a tokenizer."""
_BYTES_ERROR = 0.35

_OPENAI_PREFIXES = frozenset(
    {"openai", "azure", "azure_text", "text-completion-openai", "openrouter", "eu", "us", "global"}
)
_VERIFIED_OVERHEAD = ("gpt-3.5", "gpt-35", "gpt-4", "chatgpt-4o")

_MESSAGE_TOKENS = 3
_REPLY_TOKENS = 3
"""OpenAI's own recipe for its chat format: 3 tokens a message, 3 that open the reply."""
_OTHER_MESSAGE_TOKENS = 5
_HIDDEN_TOKENS = 12
"""What OpenAI's newer models may add to a request; not published."""
_BOUND_MESSAGE_TOKENS = 16
_BOUND_REQUEST_TOKENS = 96
"""Chat templates of open models open with a prompt of their own (about 20 to 40 tokens)."""
_UNSAFE_CUT_TOKENS = 4


@dataclass(frozen=True, slots=True)
class _Tally:
    """What the texts of a request come to."""

    tokens: int
    unsafe_cuts: int


class TokenCounter:
    """Counts tokens, exactly with OpenAI's tokenizers and by family otherwise; from any thread.

    Args:
        folder: Where tiktoken's vocabularies lie; None is LiteLLM's folder.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or bundled_folder()
        self._problem: str | None = None

    @property
    def problem(self) -> str | None:
        """Why counts are rougher than they should be; None while all is well."""
        return self._problem

    def encoding_for(self, model: str) -> str:
        """The name of the encoding that a model's count is made from.

        Args:
            model: A model's name, or an encoding's own.

        Returns:
            The model's own encoding where tiktoken knows it and it is bundled, else o200k_base.
        """
        return self._own_encoding(model) or DEFAULT_ENCODING

    def count(self, text: str, model: str) -> TokenCount:
        """Tokens of a raw text: special tokens count as ordinary text, no message overhead.

        Args:
            text: Any text.
            model: A model's or an encoding's name.
        """
        return self._judge(self._tally([text], model), model, text)

    def count_messages(self, messages: Sequence[tuple[str, str]], model: str) -> TokenCount:
        """The best estimate of a request's prompt: texts, roles and what each message adds.

        Args:
            messages: Role and text of each message.
            model: A model's name.

        Returns:
            Exact for OpenAI's models whose overhead is published; other reasoning models of
            theirs add a few tokens, which the band allows for.
        """
        return self._count_messages(messages, model)[0]

    def upper_bound_messages(self, messages: Sequence[tuple[str, str]], model: str) -> int:
        """A number of tokens that no prompt of these messages is above, for reservations.

        Args:
            messages: Role and text of each message.
            model: A model's name.

        Returns:
            The exact count and an allowance for overhead where the tokenizer is OpenAI's, else
            the UTF-8 bytes (no tokenizer in use makes two tokens of one byte) and an allowance.
        """
        return self._count_messages(messages, model)[1]

    def measure_messages(
        self, messages: Sequence[tuple[str, str]], model: str
    ) -> tuple[TokenCount, int]:
        """``count_messages`` and ``upper_bound_messages`` in one pass over the texts."""
        return self._count_messages(messages, model)

    async def count_tokens(self, text: str, model: str) -> int:
        """Tokens of a raw text, counted in a thread so that an event loop stays free."""
        return (await asyncio.to_thread(self.count, text, model)).tokens

    def _count_messages(
        self, messages: Sequence[tuple[str, str]], model: str
    ) -> tuple[TokenCount, int]:
        texts = [part for message in messages for part in message]
        tally = self._tally(texts, model)
        allowance = _BOUND_REQUEST_TOKENS + _BOUND_MESSAGE_TOKENS * len(messages)
        if tally is not None and self._own_encoding(model):
            overhead = _MESSAGE_TOKENS * len(messages) + _REPLY_TOKENS
            tokens = tally.tokens + overhead
            bound = tally.tokens + tally.unsafe_cuts * _UNSAFE_CUT_TOKENS + allowance
            if not tally.unsafe_cuts and _bare_name(model).startswith(_VERIFIED_OVERHEAD):
                return _exact(tokens), bound
            slack = _HIDDEN_TOKENS + tally.unsafe_cuts * _UNSAFE_CUT_TOKENS
            return _between(tokens, tokens - slack, tokens + slack), bound
        count = self._judge(tally, model, *texts)
        overhead = _OTHER_MESSAGE_TOKENS * len(messages)
        bound = sum(map(_utf8_bytes, texts)) + allowance
        return (
            TokenCount(
                count.tokens + overhead,
                count.low,
                min(count.high + allowance, bound),
                CountMethod.ESTIMATED,
                count.expected_error,
            ),
            bound,
        )

    def _own_encoding(self, model: str) -> str | None:
        """The model's own encoding, if it is OpenAI's and bundled."""
        if known := known_encoding(model):
            return known
        *prefixes, bare = model.split("/")
        if not _OPENAI_PREFIXES.issuperset(prefixes):
            return None
        from tiktoken.model import encoding_name_for_model

        try:
            return known_encoding(encoding_name_for_model(bare))
        except KeyError:  # tiktoken's way to say that it does not know the model
            return None

    def _tally(self, texts: Sequence[str], model: str) -> _Tally | None:
        """Tokens by the model's encoding or the default one; None without a vocabulary."""
        try:
            encoding = load_encoding(self.encoding_for(model), self._folder)
        except TokenizerFileError as error:
            self._problem = f"Tokens are estimated from bytes: {error}; install vibe-tui again"
            return None
        counts = [count_ordinary(encoding, text) for text in texts]
        return _Tally(sum(tokens for tokens, _ in counts), sum(cuts for _, cuts in counts))

    def _judge(self, tally: _Tally | None, model: str, *texts: str) -> TokenCount:
        family = _family_of(model)
        if tally is None:
            size_bytes = sum(map(_utf8_bytes, texts))
            guess = size_bytes / _BYTES_PER_TOKEN * family.ratio
            return _estimated(guess, family.expected_error + _BYTES_ERROR)
        if not self._own_encoding(model):
            return _estimated(tally.tokens * family.ratio, family.expected_error)
        if not tally.unsafe_cuts:
            return _exact(tally.tokens)
        slack = tally.unsafe_cuts * _UNSAFE_CUT_TOKENS
        return _between(tally.tokens, tally.tokens - slack, tally.tokens + slack)


def _exact(tokens: int) -> TokenCount:
    return TokenCount(tokens, tokens, tokens, CountMethod.EXACT, 0.0)


def _between(tokens: int, low: int, high: int) -> TokenCount:
    error = min(1.0, max(high - tokens, tokens - low) / max(1, tokens))
    return TokenCount(tokens, max(0, low), high, CountMethod.ESTIMATED, round(error, 4))


def _estimated(guess: float, expected_error: float) -> TokenCount:
    tokens = math.ceil(guess)
    return TokenCount(
        tokens,
        math.floor(guess * (1 - expected_error)),
        math.ceil(guess * (1 + expected_error)),
        CountMethod.ESTIMATED,
        expected_error,
    )


def _family_of(model: str) -> Family:
    name = model.lower().removeprefix("openai/")  # also the prefix of any compatible server
    found = (family for family in FAMILIES if any(mark in name for mark in family.marks))
    return next(found, UNKNOWN_FAMILY)


def _bare_name(model: str) -> str:
    return model.rpartition("/")[2]


def _utf8_bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
