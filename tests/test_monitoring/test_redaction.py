"""Secrets do not survive in text that is kept; ordinary text does."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vibe_tui.monitoring.redaction import REDACTED, Redactor, redact

PIECES = st.sampled_from(
    [
        "api_key", "=", ": ", '"', "Bearer ", "Authorization", "sk-", "abcdefgh12345678", "://u:",
        "@host", "?key=", "eyJ", ".", "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----",
        "\n", " ", REDACTED, "password", "<", ">", "ghp_", "'",
    ]
)  # fmt: skip


@pytest.mark.parametrize(
    "secret",
    [
        "sk-proj-abc_DEF-0123456789",
        "sk-ant-api03-abcdefghijkl",
        "sk_live_abcdefghijkl",
        "gsk_abcdefghijklmnop1234",
        "hf_abcdefghijklmnop1234",
        "ghp_abcdefghijklmnop1234",
        "github_pat_abcdefghijklmnop",
        "glpat-abcdefghijklmnop",
        "AIza" + "Sy0123456789abcdefghijklmnopqrstuvw",
        "AKIAIOSFODNN7EXAMPLE",
        "xoxb-123456789012-abcdef",
        "eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\ncut off",
    ],
)
def test_keys_are_known_by_their_shape(secret: str) -> None:
    assert Redactor({}).redact(f"before {secret}") == f"before {REDACTED}"


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("Authorization: Bearer abcdef", "Authorization: Bearer <redacted>"),
        ("authorization: abcdef", "authorization: <redacted>"),
        ("{'Authorization': 'Basic dXNlcjpw'}", "{'Authorization': 'Basic <redacted>'}"),
        ("sent bearer abcdef.ghi, ok", "sent bearer <redacted>, ok"),
        ("api_key=abcdef", "api_key=<redacted>"),
        ('"x-api-key": "abcdef"', '"x-api-key": "<redacted>"'),
        ("{'api-key' : 'abcdef', 'n': 1}", "{'api-key' : '<redacted>', 'n': 1}"),
        ("password: hunter22", "password: <redacted>"),
        ("client_secret='abcdef'", "client_secret='<redacted>'"),
        ("https://host/v1?key=abcdef&alt=sse", "https://host/v1?key=<redacted>&alt=sse"),
        ("https://ada:hunter22@host/", "https://ada:<redacted>@host/"),
    ],
)
def test_secrets_are_known_by_their_place(text: str, redacted: str) -> None:
    assert Redactor({}).redact(text) == redacted


@pytest.mark.parametrize(
    "text",
    [
        "max_tokens=4096 output_tokens: 12",
        "the secret of a good name",
        "model.api_key_env must be the name of an environment variable",
        "task-force and risk-averse disk-usage",
        "see https://host:8080/path@version and mail ada@host",
        "the keyboard: qwerty",
        "def password_of(user): ...",
    ],
)
def test_ordinary_text_stays(text: str) -> None:
    assert Redactor({}).redact(text) == text


@pytest.mark.parametrize(
    ("name", "is_secret"),
    [
        ("OPENAI_API_KEY", True),
        ("GITHUB_TOKEN", True),
        ("TOKEN", True),
        ("client_secret", True),
        ("PGPASSWORD", True),
        ("SSH_PASSPHRASE", True),
        ("MONKEY", False),
        ("TOKENIZERS_PARALLELISM", False),
        ("PATH", False),
    ],
)
def test_values_of_secret_variables_are_known(name: str, is_secret: bool) -> None:
    redactor = Redactor({name: "correct horse"})
    shown = REDACTED if is_secret else "correct horse"
    assert redactor.redact("it is 'correct horse'") == f"it is '{shown}'"


def test_short_values_are_taken_for_words() -> None:
    assert Redactor({"A_KEY": "true"}).redact("that is true") == "that is true"


def test_a_secret_within_a_secret_leaves_no_rest() -> None:
    redactor = Redactor({"A_KEY": "abcdefgh", "B_KEY": "abcdefgh-ijklmnop"})
    redactor.hide(["zabcdefgh-ijklmnop"])
    assert redactor.redact("zabcdefgh-ijklmnop abcdefgh-ijklmnop abcdefgh") == " ".join(
        [REDACTED] * 3
    )


def test_the_present_environment_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_TOKEN", "correct horse")
    assert redact("correct horse") == REDACTED


@example("sk-://u:api_key://u:@host")
@given(st.lists(PIECES, max_size=12).map("".join))
def test_redacting_twice_is_redacting_once(text: str) -> None:
    once = Redactor({}).redact(text)
    assert Redactor({}).redact(once) == once


@given(
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=40),
    st.text(max_size=40),
    st.text(max_size=40),
)
def test_a_known_secret_never_survives(secret: str, before: str, after: str) -> None:
    text = Redactor({"SOME_KEY": secret}).redact(before + secret + after)
    assert secret not in text or secret in REDACTED
