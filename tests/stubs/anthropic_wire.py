"""Anthropic's messages API."""

import json
from collections.abc import Iterator
from typing import Any

from tests.stubs.script import FaultKind, ModelRequest, ScriptedAnswer, StubUsage

_STOP_REASONS = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "content_filter": "refusal",
}
_ERRORS = {
    FaultKind.UNAUTHORIZED: ("authentication_error", "invalid x-api-key"),
    FaultKind.FORBIDDEN: (
        "permission_error",
        "Your API key does not have permission to use the specified resource.",
    ),
    FaultKind.NOT_FOUND: ("not_found_error", "model: {model}"),
    FaultKind.RATE_LIMITED: (
        "rate_limit_error",
        "This request would exceed your organization's rate limit of 30,000 input tokens per"
        " minute.",
    ),
    FaultKind.QUOTA: (
        "invalid_request_error",
        "Your credit balance is too low to access the Anthropic API.",
    ),
    FaultKind.SERVER_ERROR: ("api_error", "Internal server error"),
    FaultKind.OVERLOADED: ("overloaded_error", "Overloaded"),
    FaultKind.BAD_REQUEST: (
        "invalid_request_error",
        "messages: at least one message is required",
    ),
    FaultKind.CONTEXT_OVERFLOW: (
        "invalid_request_error",
        "prompt is too long: 201000 tokens > 200000 maximum",
    ),
    FaultKind.POLICY: (
        "invalid_request_error",
        "Output blocked by content filtering policy",
    ),
}


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "".join(str(part.get("text", "")) for part in parts if isinstance(part, dict))


def request(body: dict[str, Any], *, model: str, streamed: bool) -> ModelRequest:
    """Read a request's JSON."""
    system = _text(body.get("system"))
    messages = [("system", system)] if system else []
    messages += [(str(m["role"]), _text(m.get("content"))) for m in body.get("messages", [])]
    return ModelRequest(
        "anthropic",
        model,
        streamed,
        body.get("max_tokens"),
        tuple(messages),
        wants_usage=True,
        tools=tuple(str(tool["name"]) for tool in body.get("tools", [])),
        body=body,
    )


def _input_usage(usage: StubUsage) -> dict[str, int]:
    return {
        "input_tokens": usage.input - usage.cached - usage.cache_write,
        "cache_creation_input_tokens": usage.cache_write,
        "cache_read_input_tokens": usage.cached,
    }


def _blocks(answer: ScriptedAnswer) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = []
    if answer.thinking:
        blocks.append({"type": "thinking", "thinking": answer.thinking, "signature": "c3R1Yg=="})
    if answer.text:
        blocks.append({"type": "text", "text": answer.text})
    return blocks + [
        {"type": "tool_use", "id": call.call_id, "name": call.name, "input": call.arguments}
        for call in answer.tool_calls
    ]


def whole(
    request: ModelRequest, answer: ScriptedAnswer, usage: StubUsage | None, finish: str
) -> dict[str, Any]:
    """The JSON of an answer that is not streamed."""
    billed = {} if usage is None else {**_input_usage(usage), "output_tokens": usage.output}
    return {
        "id": "msg_stub",
        "type": "message",
        "role": "assistant",
        "model": request.model,
        "content": _blocks(answer),
        "stop_reason": _STOP_REASONS[finish],
        "stop_sequence": None,
        "usage": billed,
    }


def _event(kind: str, **fields: object) -> str:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n"


def opening(request: ModelRequest, usage: StubUsage | None) -> Iterator[str]:
    """SSE events before the first token."""
    billed = {} if usage is None else {**_input_usage(usage), "output_tokens": 1}
    yield _event(
        "message_start",
        message={
            "id": "msg_stub",
            "type": "message",
            "role": "assistant",
            "model": request.model,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": billed,
        },
    )
    yield _event("ping")
    yield _event("content_block_start", index=0, content_block={"type": "text", "text": ""})


def thought(request: ModelRequest, text: str) -> Iterator[str]:
    """SSE events of one piece of reasoning."""
    yield _event("content_block_delta", index=0, delta={"type": "thinking_delta", "thinking": text})


def token(request: ModelRequest, text: str) -> Iterator[str]:
    """SSE events of one piece of the answer."""
    yield _event("content_block_delta", index=0, delta={"type": "text_delta", "text": text})


def closing(
    request: ModelRequest, answer: ScriptedAnswer, usage: StubUsage | None, finish: str
) -> Iterator[str]:
    """SSE events of tool calls, the finish reason and the usage."""
    yield _event("content_block_stop", index=0)
    for index, call in enumerate(answer.tool_calls, start=1):
        block = {"type": "tool_use", "id": call.call_id, "name": call.name, "input": {}}
        yield _event("content_block_start", index=index, content_block=block)
        delta = {"type": "input_json_delta", "partial_json": json.dumps(call.arguments)}
        yield _event("content_block_delta", index=index, delta=delta)
        yield _event("content_block_stop", index=index)
    billed = {} if usage is None else {"output_tokens": usage.output}
    yield _event(
        "message_delta",
        delta={"stop_reason": _STOP_REASONS[finish], "stop_sequence": None},
        usage=billed,
    )
    yield _event("message_stop")


def error(fault: FaultKind, model: str) -> dict[str, Any]:
    """The JSON of an error, as the provider words it."""
    kind, message = _ERRORS[fault]
    return {"type": "error", "error": {"type": kind, "message": message.format(model=model)}}


def stream_error() -> str:
    """The SSE event of an error in mid-stream."""
    return _event("error", error={"type": "overloaded_error", "message": "Overloaded"})
