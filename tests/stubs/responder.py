"""Sends one scripted answer over a connection, with its pace and its faults."""

import asyncio
from collections.abc import Iterable
from typing import Protocol

from tests.stubs.connection import Connection
from tests.stubs.script import (
    Fault,
    FaultKind,
    ModelRequest,
    ScriptedAnswer,
    StubUsage,
    counted_usage,
    tokens_of,
)
from tests.stubs.wires import WIRES, error_headers, error_status

_SSE_HEADERS = {
    "content-type": "text/event-stream",
    "transfer-encoding": "chunked",
    "cache-control": "no-cache",
}


class SentCounter(Protocol):
    """Where the number of tokens sent is noted."""

    tokens_sent: int


class Responder:
    """Answers one request.

    Args:
        connection: Where to.
        record: Counts what was sent.
        request: What was asked.
        tokens_per_s: Pace of a stream unless the answer has its own; None is full speed.
    """

    def __init__(
        self,
        connection: Connection,
        record: SentCounter,
        request: ModelRequest,
        tokens_per_s: float | None,
    ) -> None:
        self._connection = connection
        self._record = record
        self._request = request
        self._tokens_per_s = tokens_per_s
        self._wire = WIRES[request.wire]

    async def run(self, answer: ScriptedAnswer) -> bool:
        """Send the answer.

        Returns:
            Whether the connection may carry another request.
        """
        fault = answer.fault
        if fault is not None:
            status = error_status(self._request.wire, fault.kind)
            if status is not None:
                body = self._wire.error(fault.kind, self._request.model)
                await self._connection.send_json(status, body, error_headers(fault))
                return True
            if fault.kind is FaultKind.DROP_AT_ONCE:
                self._connection.drop()
                return False
            if fault.kind is FaultKind.SLOW_FIRST_BYTE:
                await self._connection.pause(fault.delay_s)
        tokens = tokens_of(answer.text)
        limit = self._request.max_tokens
        cut = answer.keeps_limit and limit is not None and len(tokens) > limit
        if cut:
            tokens = tokens[:limit]
        finish = "length" if cut else answer.finish or _natural_finish(answer)
        if self._request.streamed:
            return await self._stream(answer, tokens, finish)
        await self._whole(answer, tokens, finish)
        return True

    async def _whole(self, answer: ScriptedAnswer, tokens: list[str], finish: str) -> None:
        self._record.tokens_sent = len(tokens)
        usage = self._usage(answer, len(tokens))
        reply = self._wire.whole(self._request, answer, usage, finish)
        await self._connection.send_json(200, reply)

    def _usage(self, answer: ScriptedAnswer, sent_tokens: int) -> StubUsage | None:
        if answer.fault is not None and answer.fault.kind is FaultKind.NO_USAGE:
            return None
        return counted_usage(self._request, answer, sent_tokens)

    async def _stream(self, answer: ScriptedAnswer, tokens: list[str], finish: str) -> bool:
        fault = answer.fault
        usage = self._usage(answer, len(tokens))
        await self._connection.send_head(200, _SSE_HEADERS)
        await self._send(self._wire.opening(self._request, usage))
        for piece in tokens_of(answer.thinking):
            await self._send(self._wire.thought(self._request, piece))
        gap_s = _gap_s(answer.tokens_per_s or self._tokens_per_s)
        clock = asyncio.get_running_loop().time
        due = clock()
        for number, piece in enumerate(tokens):
            if fault is not None and number == fault.after_tokens and await self._strike(fault):
                return False
            await self._send(self._wire.token(self._request, piece))
            self._record.tokens_sent += 1
            due += gap_s
            if gap_s:
                await self._connection.pause(max(0.0, due - clock()))
        if fault is not None and fault.after_tokens >= len(tokens) and await self._strike(fault):
            return False
        if fault is None or fault.kind is not FaultKind.NO_FINISH:
            await self._send(self._wire.closing(self._request, answer, usage, finish))
        await self._connection.send_chunk("")
        return True

    async def _send(self, events: Iterable[str]) -> None:
        for event in events:
            await self._connection.send_chunk(event)

    async def _strike(self, fault: Fault) -> bool:
        """Let a fault in mid-stream happen; returns whether the stream is over."""
        match fault.kind:
            case FaultKind.STALL:
                await self._connection.pause(fault.delay_s)
                return False
            case FaultKind.DROP:
                self._connection.drop()
                return True
            case FaultKind.STREAM_ERROR:
                await self._connection.send_chunk(self._wire.stream_error())
                await self._connection.send_chunk("")
                return True
            case FaultKind.MALFORMED_SSE:
                await self._connection.send_chunk('data: {"choices": [{"delta": {"conte\n\n')
                await self._connection.send_chunk("")
                return True
            case _:
                return False


def _natural_finish(answer: ScriptedAnswer) -> str:
    return "tool_calls" if answer.tool_calls else "stop"


def _gap_s(tokens_per_s: float | None) -> float:
    return 1 / tokens_per_s if tokens_per_s else 0.0
