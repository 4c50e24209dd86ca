"""The provider server itself: without streaming, with tools, and as a program of its own.

Streaming and faults are proved by ``test_litellm``, through the client that matters.
"""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.stubs.provider_server import ProviderServer
from tests.stubs.script import (
    Fault,
    FaultKind,
    ScriptedAnswer,
    StubUsage,
    ToolCall,
    by_keyword,
    tokens_of,
)

CALL = ToolCall("read_file", {"path": "a.py"})
USAGE = StubUsage(50, 9, cached=30, reasoning=2)


def openai_body(stream: bool = False, model: str = "m", prompt: str = "hi") -> dict[str, Any]:
    return {
        "model": model,
        "stream": stream,
        "messages": [{"role": "user", "content": [{"type": "text", "text": prompt}]}],
        "stream_options": {"include_usage": True},
        "tools": [{"type": "function", "function": {"name": "read_file"}}],
    }


def anthropic_body(stream: bool = False) -> dict[str, Any]:
    return {
        "model": "m",
        "stream": stream,
        "system": [{"type": "text", "text": "be brief"}],
        "messages": [{"role": "user", "content": "hi"}],
        "max_tokens": 50,
        "tools": [{"name": "read_file"}],
    }


def gemini_body() -> dict[str, Any]:
    return {
        "system_instruction": {"parts": [{"text": "be brief"}]},
        "contents": [
            {"role": "user", "parts": [{"text": "hi"}]},
            {"role": "model", "parts": [{"text": "yes?"}]},
            {"role": "user", "parts": [{"text": "hi"}]},
        ],
        "generationConfig": {"maxOutputTokens": 50},
        "tools": [{"function_declarations": [{"name": "read_file"}]}],
    }


def post(provider: ProviderServer, path: str, body: dict[str, Any]) -> httpx.Response:
    return httpx.post(provider.url + path, json=body, trust_env=False)


def test_openai_whole(provider: ProviderServer) -> None:
    provider.script(ScriptedAnswer("Hello", thinking="hm", tool_calls=(CALL,), usage=USAGE))
    reply = post(provider, "/v1/chat/completions", openai_body()).json()
    message = reply["choices"][0]["message"]
    assert (message["content"], message["reasoning_content"]) == ("Hello", "hm")
    assert json.loads(message["tool_calls"][0]["function"]["arguments"]) == {"path": "a.py"}
    assert reply["choices"][0]["finish_reason"] == "tool_calls"
    assert reply["usage"]["prompt_tokens"] == 50
    assert reply["usage"]["prompt_tokens_details"]["cached_tokens"] == 30
    parsed = provider.requests[0].parsed
    assert parsed is not None
    assert (parsed.prompt, parsed.tools) == ("hi", ("read_file",))


def test_anthropic_whole(provider: ProviderServer) -> None:
    provider.script(ScriptedAnswer("Hello", thinking="hm", tool_calls=(CALL,), usage=USAGE))
    reply = post(provider, "/v1/messages", anthropic_body()).json()
    assert [block["type"] for block in reply["content"]] == ["thinking", "text", "tool_use"]
    assert reply["stop_reason"] == "tool_use"
    assert reply["usage"]["input_tokens"] == 20
    assert reply["usage"]["cache_read_input_tokens"] == 30
    parsed = provider.requests[0].parsed
    assert parsed is not None
    assert parsed.messages[0] == ("system", "be brief")


def test_gemini_whole(provider: ProviderServer) -> None:
    provider.script(ScriptedAnswer("Hello", thinking="hm", tool_calls=(CALL,), usage=USAGE))
    reply = post(provider, "/v1beta/models/m:generateContent", gemini_body()).json()
    parts = reply["candidates"][0]["content"]["parts"]
    assert parts[0] == {"text": "hm", "thought": True}
    assert parts[2]["functionCall"]["args"] == {"path": "a.py"}
    assert reply["usageMetadata"]["candidatesTokenCount"] == 7
    parsed = provider.requests[0].parsed
    assert parsed is not None
    assert [role for role, _ in parsed.messages] == ["system", "user", "assistant", "user"]
    assert parsed.max_tokens == 50


@pytest.mark.parametrize(
    ("path", "body", "mark"),
    [
        ("/v1/chat/completions", openai_body(stream=True), '"tool_calls"'),
        ("/v1/messages", anthropic_body(stream=True), '"input_json_delta"'),
        ("/v1beta/models/m:streamGenerateContent?alt=sse", gemini_body(), '"functionCall"'),
    ],
)
def test_tools_are_called_in_each_stream(
    path: str, body: dict[str, Any], mark: str, provider: ProviderServer
) -> None:
    provider.script(ScriptedAnswer("Hello", tool_calls=(CALL,)))
    reply = post(provider, path, body)
    assert reply.headers["content-type"] == "text/event-stream"
    assert mark in reply.text
    assert "read_file" in reply.text


def test_without_usage_or_on_demand_of_a_models_name(provider: ProviderServer) -> None:
    provider.script(ScriptedAnswer("Hello", fault=Fault(FaultKind.NO_USAGE)))
    assert "usage" not in post(provider, "/v1/chat/completions", openai_body()).json()
    asked = openai_body(model="fault-529")
    assert post(provider, "/v1/chat/completions", asked).status_code == 529


def test_the_default_answer_echoes_and_edits(provider: ProviderServer) -> None:
    prompt = "create pkg/new.py\nand replace `old` with `new` in app.py"
    body = openai_body(prompt=prompt)
    text = post(provider, "/v1/chat/completions", body).json()["choices"][0]["message"]["content"]
    assert "You asked: and replace" in text
    assert "pkg/new.py\n<<<<<<< SEARCH\n=======\n" in text
    assert "app.py\n<<<<<<< SEARCH\nold\n=======\nnew\n>>>>>>> REPLACE" in text


def test_answers_can_hang_on_a_word_of_the_prompt(provider: ProviderServer) -> None:
    provider.reset(by_keyword({"bread": ScriptedAnswer("Bread it is.")}))
    for prompt, answer in (("more bread", "Bread it is."), ("more", "You asked: more\n")):
        reply = post(provider, "/v1/chat/completions", openai_body(prompt=prompt)).json()
        assert reply["choices"][0]["message"]["content"] == answer


def test_what_no_provider_has_is_not_found(provider: ProviderServer) -> None:
    assert httpx.get(provider.url + "/nowhere", trust_env=False).status_code == 404
    assert httpx.get(provider.url + "/api/tags", trust_env=False).status_code == 404
    assert post(provider, "/v1/nowhere", {}).status_code == 404


@pytest.mark.parametrize("text", ["", "a", " a  b\n\nc \n", "\n"])
def test_tokens_joined_are_the_text(text: str) -> None:
    assert "".join(tokens_of(text)) == text


def test_it_runs_as_a_program(tmp_path: Path) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text('["first", "second"]')
    command = [sys.executable, "-m", "tests.stubs.provider_server", "--answers", str(answers)]
    process = subprocess.Popen([*command, "--ollama"], stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        url = json.loads(process.stdout.readline())["url"]
        replies = [
            httpx.post(f"{url}/v1/chat/completions", json=openai_body(), trust_env=False).json()
            for _ in range(3)
        ]
        texts = [reply["choices"][0]["message"]["content"] for reply in replies]
        assert texts == ["first", "second", "first"]
        tags = httpx.get(f"{url}/api/tags", trust_env=False).json()
        assert tags["models"][0]["name"] == "stub-model"
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
        process.stdout.close()
