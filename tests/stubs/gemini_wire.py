"""Google's Gemini API: ``generateContent`` and ``streamGenerateContent?alt=sse``."""

import json
from collections.abc import Iterator
from typing import Any

from tests.stubs.script import FaultKind, ModelRequest, ScriptedAnswer, StubUsage

_FINISH_REASONS = {
    "stop": "STOP",
    "length": "MAX_TOKENS",
    "tool_calls": "STOP",
    "content_filter": "SAFETY",
}
_ERRORS = {
    FaultKind.UNAUTHORIZED: (
        400,
        "INVALID_ARGUMENT",
        "API key not valid. Please pass a valid API key.",
    ),
    FaultKind.FORBIDDEN: (
        403,
        "PERMISSION_DENIED",
        "The caller does not have permission",
    ),
    FaultKind.NOT_FOUND: (
        404,
        "NOT_FOUND",
        "models/{model} is not found for API version v1beta.",
    ),
    FaultKind.RATE_LIMITED: (
        429,
        "RESOURCE_EXHAUSTED",
        "Resource has been exhausted (e.g. check rate limits).",
    ),
    FaultKind.QUOTA: (
        429,
        "RESOURCE_EXHAUSTED",
        "You exceeded your current quota, please check your plan and billing details.",
    ),
    FaultKind.SERVER_ERROR: (500, "INTERNAL", "An internal error has occurred."),
    FaultKind.OVERLOADED: (503, "UNAVAILABLE", "The model is overloaded."),
    FaultKind.BAD_REQUEST: (400, "INVALID_ARGUMENT", "Request contains an invalid argument."),
    FaultKind.CONTEXT_OVERFLOW: (
        400,
        "INVALID_ARGUMENT",
        "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
    ),
    FaultKind.POLICY: (
        400,
        "INVALID_ARGUMENT",
        "The request was blocked by safety settings: PROHIBITED_CONTENT",
    ),
}


def _text(parts: object) -> str:
    listed = parts if isinstance(parts, list) else []
    return "".join(str(part.get("text", "")) for part in listed if isinstance(part, dict))


def request(body: dict[str, Any], *, model: str, streamed: bool) -> ModelRequest:
    """Read a request's JSON."""
    instruction = body.get("system_instruction") or body.get("systemInstruction") or {}
    system = _text(instruction.get("parts"))
    messages = [("system", system)] if system else []
    roles = {"model": "assistant"}
    for content in body.get("contents", []):
        role = str(content.get("role", "user"))
        messages.append((roles.get(role, role), _text(content.get("parts"))))
    settings = body.get("generationConfig") or {}
    declared = (tool.get("function_declarations", []) for tool in body.get("tools", []))
    return ModelRequest(
        "gemini",
        model,
        streamed,
        settings.get("max_output_tokens", settings.get("maxOutputTokens")),
        tuple(messages),
        wants_usage=True,
        tools=tuple(str(tool["name"]) for tools in declared for tool in tools),
        body=body,
    )


def _reply(
    request: ModelRequest,
    parts: list[dict[str, Any]],
    usage: StubUsage | None,
    finish: str | None = None,
) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"parts": parts, "role": "model"}, "index": 0}
    if finish is not None:
        candidate["finishReason"] = _FINISH_REASONS[finish]
    reply: dict[str, Any] = {"candidates": [candidate], "modelVersion": request.model}
    if usage is not None:
        reply["usageMetadata"] = {
            "promptTokenCount": usage.input,
            "cachedContentTokenCount": usage.cached,
            "candidatesTokenCount": usage.output - usage.reasoning,
            "thoughtsTokenCount": usage.reasoning,
            "totalTokenCount": usage.input + usage.output,
        }
    return reply


def _call_parts(answer: ScriptedAnswer) -> list[dict[str, Any]]:
    return [
        {"functionCall": {"name": call.name, "args": call.arguments}} for call in answer.tool_calls
    ]


def whole(
    request: ModelRequest, answer: ScriptedAnswer, usage: StubUsage | None, finish: str
) -> dict[str, Any]:
    """The JSON of an answer that is not streamed."""
    parts: list[dict[str, Any]] = []
    if answer.thinking:
        parts.append({"text": answer.thinking, "thought": True})
    if answer.text:
        parts.append({"text": answer.text})
    return _reply(request, parts + _call_parts(answer), usage, finish)


def _event(payload: dict[str, Any]) -> str:
    return f"data: {json.dumps(payload)}\r\n\r\n"


def opening(request: ModelRequest, usage: StubUsage | None) -> Iterator[str]:
    """SSE events before the first token: Gemini sends none."""
    yield from ()


def thought(request: ModelRequest, text: str) -> Iterator[str]:
    """SSE events of one piece of reasoning."""
    yield _event(_reply(request, [{"text": text, "thought": True}], None))


def token(request: ModelRequest, text: str) -> Iterator[str]:
    """SSE events of one piece of the answer."""
    yield _event(_reply(request, [{"text": text}], None))


def closing(
    request: ModelRequest, answer: ScriptedAnswer, usage: StubUsage | None, finish: str
) -> Iterator[str]:
    """SSE events of tool calls, the finish reason and the usage."""
    parts = _call_parts(answer) or [{"text": ""}]
    yield _event(_reply(request, parts, usage, finish))


def error(fault: FaultKind, model: str) -> dict[str, Any]:
    """The JSON of an error, as the provider words it."""
    code, status, message = _ERRORS[fault]
    return {"error": {"code": code, "message": message.format(model=model), "status": status}}


def stream_error() -> str:
    """The SSE event of an error in mid-stream."""
    return _event(error(FaultKind.OVERLOADED, ""))
