"""From what a provider said to our own kinds, where status and LiteLLM's class mislead."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibe_tui.foreign import clean_line
from vibe_tui.llm.classify import (
    Evidence,
    failure,
    kind_of,
    parse_retry_after,
    plain_words,
    provider_words,
)
from vibe_tui.llm.model import FailureKind, ModelTarget

TARGET = ModelTarget("openai/gpt-4o")


@pytest.mark.parametrize(
    ("evidence", "kind"),
    [
        (Evidence(401), FailureKind.AUTH),
        (Evidence(400, "API key not valid. Please pass a valid API key."), FailureKind.AUTH),
        (Evidence(400, "Missing Anthropic API Key"), FailureKind.AUTH),
        (Evidence(403), FailureKind.PERMISSION),
        (Evidence(402), FailureKind.QUOTA),
        (Evidence(429, '"code": "insufficient_quota"'), FailureKind.QUOTA),
        (Evidence(429, "insufficient_quota", retry_after_s=5), FailureKind.QUOTA),
        (Evidence(429, "You exceeded your current quota"), FailureKind.QUOTA),
        (Evidence(429, "You exceeded your current quota", retry_after_s=17), FailureKind.RATE),
        (Evidence(400, "Your credit balance is too low"), FailureKind.QUOTA),
        (Evidence(429), FailureKind.RATE),
        (Evidence(413), FailureKind.CONTEXT),
        (Evidence(400, "exceed_context_size_error"), FailureKind.CONTEXT),
        (Evidence(400, "This model's maximum context length is 8192"), FailureKind.CONTEXT),
        (Evidence(400, "content_policy_violation"), FailureKind.POLICY),
        (Evidence(404), FailureKind.NOT_FOUND),
        (Evidence(400, "The model `x` does not exist"), FailureKind.NOT_FOUND),
        (Evidence(400, "LLM Provider NOT provided"), FailureKind.NOT_FOUND),
        (Evidence(408), FailureKind.TIMEOUT),
        (Evidence(504), FailureKind.TIMEOUT),
        (Evidence(503), FailureKind.OVERLOADED),
        (Evidence(529), FailureKind.OVERLOADED),
        (Evidence(500, "overloaded_error"), FailureKind.OVERLOADED),
        (Evidence(500, "This model's maximum context length"), FailureKind.SERVER),
        (Evidence(500), FailureKind.SERVER),
        (Evidence(400), FailureKind.BAD_REQUEST),
        (Evidence(307), FailureKind.BAD_REQUEST),
        (Evidence(timed_out=True), FailureKind.TIMEOUT),
        (Evidence(began=True), FailureKind.INTERRUPTED),
        (Evidence(), FailureKind.NETWORK),
    ],
)
def test_status_and_words_make_the_kind(evidence: Evidence, kind: FailureKind) -> None:
    assert kind_of(evidence) is kind


@given(
    st.builds(
        Evidence,
        status=st.none() | st.integers(100, 599),
        text=st.text(),
        detail=st.text(),
        retry_after_s=st.none() | st.floats(0, 100),
        sent=st.booleans(),
        began=st.booleans(),
        timed_out=st.booleans(),
    )
)
def test_any_evidence_becomes_one_clean_line_with_a_next_step(evidence: Evidence) -> None:
    error = failure(TARGET, evidence)
    assert "openai/gpt-4o" in error.message
    assert clean_line(error.message, 10_000) == error.message
    assert error.hint
    assert error.retry_after_s == evidence.retry_after_s


def test_a_refusal_by_status_is_never_billed() -> None:
    assert not failure(TARGET, Evidence(500, sent=True)).sent
    assert failure(TARGET, Evidence(sent=True)).sent


def test_what_a_provider_says_cannot_drive_the_terminal_or_show_a_key() -> None:
    said = "\x1b[31mno key sk-abcdefghijklmnopqrstuvwxyz0123\u202e"
    message = failure(TARGET, Evidence(401, detail=said)).message
    assert "\x1b" not in message
    assert "\u202e" not in message
    assert "sk-abc" not in message


@pytest.mark.parametrize("kind", list(FailureKind))
def test_every_kind_has_words(kind: FailureKind) -> None:
    from vibe_tui.llm.wording import hint_for, sentence_for

    assert sentence_for(kind, TARGET)
    assert hint_for(kind, TARGET)


def test_an_address_is_shown_without_its_secrets() -> None:
    target = ModelTarget("openai/x", "http://user:secret@gpu.example:8000/v1?token=secret")
    message = failure(target, Evidence()).message
    assert "http://gpu.example:8000" in message
    assert "secret" not in message


NOW = datetime(2026, 11, 23, 20, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "body", "seconds"),
    [
        ("7", "", 7.0),
        ("0.5", "", 0.5),
        ("-3", "", 0.0),
        ("Mon, 23 Nov 2026 20:00:30 GMT", "", 30.0),
        ("Mon, 23 Nov 2026 20:00:30 -0000", "", 30.0),
        ("Mon, 23 Nov 2026 19:00:00 GMT", "", 0.0),
        ("soon", "", None),
        ("inf", "", None),
        ("nan", "", None),
        (None, '{"details": [{"retryDelay": "17.5s"}]}', 17.5),
        (None, "", None),
    ],
)
def test_retry_after_is_read_in_each_form(
    header: str | None, body: str, seconds: float | None
) -> None:
    assert parse_retry_after(header, body, NOW) == seconds


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b'{"error": {"message": "no"}}', "no"),
        (b'{"type": "error", "error": {"type": "x", "message": "no"}}', "no"),
        (b'[{"error": {"message": "no"}}]', "no"),
        (b'{"error": "no"}', "no"),
        (b'{"detail": "no"}', "no"),
        (b'{"message": "no"}', "no"),
        (b'{"odd": 1}', '{"odd": 1}'),
        (b"plain", "plain"),
        (b"<html>bad gateway</html>", ""),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b"", ""),
    ],
)
def test_a_providers_sentence_is_found_in_its_body(body: bytes, sentence: str) -> None:
    text, found = provider_words(body)
    assert found == sentence
    assert text == body.decode("utf-8", "replace")


@given(
    st.recursive(
        st.none() | st.text() | st.integers(),
        lambda v: (
            st.lists(v) | st.dictionaries(st.sampled_from(["error", "message", "detail", "x"]), v)
        ),
    )
)
def test_any_json_is_read_without_a_crash(value: object) -> None:
    text, sentence = provider_words(json.dumps(value).encode())
    assert isinstance(text + sentence, str)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("litellm.BadRequestError: OpenAIException - no such thing", "no such thing"),
        (
            "litellm.MidStreamFallbackError: litellm.APIConnectionError: APIConnectionError:"
            " OpenAIException - cut Original exception: X: cut",
            "cut",
        ),
        ("no", "no"),
        ("", "ValueError"),
    ],
)
def test_litellms_own_words_are_stripped(text: str, plain: str) -> None:
    assert plain_words(ValueError(text)) == plain
