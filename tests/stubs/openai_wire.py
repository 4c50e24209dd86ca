"""OpenAI's chat completions, as its servers and their many imitators send them."""

import json
from collections.abc import Iterator
from typing import Any

from tests.stubs.script import FaultKind, ModelRequest, ScriptedAnswer, StubUsage, ToolCall

_IDENTITY = {"id": "chatcmpl-stub", "created": 1_700_000_000}

_ERRORS: dict[FaultKind, tuple[str, str, str | None]] = {
    FaultKind.UNAUTHORIZED: (
        "Incorrect API key provided: sk-wrong-0123456789abcdef0123. You can find your API key"
        " in the dashboard.",
        "invalid_request_error",
        "invalid_api_key",
    ),
    FaultKind.FORBIDDEN: (
        "Project does not have access to this model.",
        "permission_error",
        "permission_denied",
    ),
    FaultKind.NOT_FOUND: (
        "The model `{model}` does not exist or you do not have access to it.",
        "invalid_request_error",
        "model_not_found",
    ),
    FaultKind.RATE_LIMITED: (
        "Rate limit reached for {model} on tokens per min (TPM): Limit 30000, Used 29000.",
        "tokens",
        "rate_limit_exceeded",
    ),
    FaultKind.QUOTA: (
        "You exceeded your current quota, please check your plan and billing details.",
        "insufficient_quota",
        "insufficient_quota",
    ),
    FaultKind.SERVER_ERROR: (
        "The server had an error while processing your request.",
        "server_error",
        None,
    ),
    FaultKind.OVERLOADED: ("The engine is currently overloaded.", "server_error", None),
    FaultKind.BAD_REQUEST: ("Invalid type for 'messages'.", "invalid_request_error", None),
    FaultKind.CONTEXT_OVERFLOW: (
        "This model's maximum context length is 8192 tokens. However, your messages resulted"
        " in 9001 tokens.",
        "invalid_request_error",
        "context_length_exceeded",
    ),
    FaultKind.POLICY: (
        "Your request was rejected as a result of our safety system.",
        "invalid_request_error",
        "content_policy_violation",
    ),
}


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "".join(str(part.get("text", "")) for part in parts if isinstance(part, dict))


def request(body: dict[str, Any], *, model: str, streamed: bool) -> ModelRequest:
    """Read a request's JSON."""
    messages = tuple((str(m["role"]), _text(m.get("content"))) for m in body.get("messages", []))
    limit = body.get("max_completion_tokens", body.get("max_tokens"))
    return ModelRequest(
        "openai",
        model,
        streamed,
        limit,
        messages,
        bool((body.get("stream_options") or {}).get("include_usage")),
        tuple(str(tool["function"]["name"]) for tool in body.get("tools", [])),
        body,
    )


def _usage(usage: StubUsage) -> dict[str, Any]:
    return {
        "prompt_tokens": usage.input,
        "completion_tokens": usage.output,
        "total_tokens": usage.input + usage.output,
        "prompt_tokens_details": {"cached_tokens": usage.cached},
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning},
    }


def _tool_call(index: int, call: ToolCall) -> dict[str, Any]:
    function = {"name": call.name, "arguments": json.dumps(call.arguments)}
    return {"index": index, "id": call.call_id, "type": "function", "function": function}


def whole(
    request: ModelRequest, answer: ScriptedAnswer, usage: StubUsage | None, finish: str
) -> dict[str, Any]:
    """The JSON of an answer that is not streamed."""
    message: dict[str, Any] = {"role": "assistant", "content": answer.text or None}
    if answer.thinking:
        message["reasoning_content"] = answer.thinking
    if answer.tool_calls:
        message["tool_calls"] = [_tool_call(i, c) for i, c in enumerate(answer.tool_calls)]
    reply: dict[str, Any] = {
        **_IDENTITY,
        "object": "chat.completion",
        "model": request.model,
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
    }
    if usage is not None:
        reply["usage"] = _usage(usage)
    return reply


def _chunk(request: ModelRequest, delta: dict[str, Any], finish: str | None = None) -> str:
    return _event(
        {
            **_IDENTITY,
            "object": "chat.completion.chunk",
            "model": request.model,
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        }
    )


def _event(payload: dict[str, Any]) -> str:
    return f"data: {json.dumps(payload)}\n\n"


def opening(request: ModelRequest, usage: StubUsage | None) -> Iterator[str]:
    """SSE events before the first token."""
    yield _chunk(request, {"role": "assistant", "content": ""})


def thought(request: ModelRequest, text: str) -> Iterator[str]:
    """SSE events of one piece of reasoning."""
    yield _chunk(request, {"reasoning_content": text})


def token(request: ModelRequest, text: str) -> Iterator[str]:
    """SSE events of one piece of the answer."""
    yield _chunk(request, {"content": text})


def closing(
    request: ModelRequest, answer: ScriptedAnswer, usage: StubUsage | None, finish: str
) -> Iterator[str]:
    """SSE events of tool calls, the finish reason and the usage."""
    for index, call in enumerate(answer.tool_calls):
        yield _chunk(request, {"tool_calls": [_tool_call(index, call)]})
    yield _chunk(request, {}, finish)
    if usage is not None and request.wants_usage:
        yield _event(
            {
                **_IDENTITY,
                "object": "chat.completion.chunk",
                "model": request.model,
                "choices": [],
                "usage": _usage(usage),
            }
        )
    yield "data: [DONE]\n\n"


def error(fault: FaultKind, model: str) -> dict[str, Any]:
    """The JSON of an error, as the provider words it."""
    message, kind, code = _ERRORS[fault]
    return {
        "error": {
            "message": message.format(model=model),
            "type": kind,
            "param": None,
            "code": code,
        }
    }


def stream_error() -> str:
    """The SSE event of an error in mid-stream."""
    return _event(error(FaultKind.SERVER_ERROR, ""))
