"""ModelCompletion: the text of a chat answer, whole or from a stream."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from skill_stack.planner.model.model_error import ModelError


@dataclass(frozen=True, slots=True)
class ModelCompletion:
    """What the model said.

    Attributes:
        text: Content, or the arguments of the function that it called.
        tokens: Tokens that the server counted for prompt and answer, or 0 when it did not report them.
    """

    text: str
    tokens: int = 0


def from_body(body: bytes) -> ModelCompletion:
    """Reads a whole answer of ``/chat/completions``.

    Raises:
        ModelError: It is not such an answer, was cut off, or is a refusal.
    """
    data = _object(body)
    choice = _first(data.get("choices"))
    if choice is None or not isinstance(choice.get("message"), dict):
        raise ModelError("invalid", "the answer has no choice with a message")
    return _said(choice["message"], choice.get("finish_reason"), _tokens(data))


def from_stream(body: bytes) -> ModelCompletion:
    """Reads the server-sent events of a streamed answer.

    Raises:
        ModelError: As for :func:`from_body`; also when the stream broke off before its end.
    """
    content, arguments, refusal = "", "", ""
    finish: object = None
    tokens, done = 0, False
    for event in _events(body):
        if event.strip() == "[DONE]":
            done = True
            break
        data = _object(event.encode())
        if "error" in data:
            raise ModelError("server_error", "the server reported an error within the stream")
        tokens = _tokens(data) or tokens
        choice = _first(data.get("choices")) or {}
        finish = choice.get("finish_reason") or finish
        delta = choice.get("delta")
        if isinstance(delta, dict):
            content += _text(delta.get("content"))
            refusal += _text(delta.get("refusal"))
            arguments += _arguments(delta)
    if not done and finish is None:
        raise ModelError("dropped", "the stream broke off")
    called = [{"function": {"arguments": arguments}}] if arguments else None
    return _said({"content": content, "refusal": refusal, "tool_calls": called}, finish, tokens)


def _said(message: dict[str, Any], finish: object, tokens: int) -> ModelCompletion:
    """The text of a message."""
    if _text(message.get("refusal")):
        raise ModelError("refused", "the model refuses to answer")
    if finish == "content_filter":
        raise ModelError("refused", "the server withheld the answer")
    if finish == "length":
        raise ModelError("truncated", "the answer was cut off at the token budget")
    text = _arguments(message) or _text(message.get("content"))
    if not text.strip():
        raise ModelError("invalid", "the answer is empty")
    return ModelCompletion(text, tokens)


def _events(body: bytes) -> Iterator[str]:
    """The data of each server-sent event; comments and other fields are left out."""
    lines: list[str] = []
    for line in [*body.decode("utf-8", "replace").splitlines(), ""]:
        if line.startswith("data:"):
            lines.append(line[5:].removeprefix(" "))
        elif not line and lines:
            yield "\n".join(lines)
            lines = []


def _object(body: bytes) -> dict[str, Any]:
    """A JSON object, or the error that it is none."""
    try:
        data = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ModelError("invalid", "the answer is not JSON") from error
    if not isinstance(data, dict):
        raise ModelError("invalid", "the answer is not a JSON object")
    return data


def _first(items: Any) -> dict[str, Any] | None:
    """The first object of a list."""
    return items[0] if isinstance(items, list) and items and isinstance(items[0], dict) else None


def _arguments(message: dict[str, Any]) -> str:
    """The arguments, or a piece of them, of the first function that is called."""
    function = (_first(message.get("tool_calls")) or {}).get("function")
    return _text(function.get("arguments")) if isinstance(function, dict) else ""


def _text(content: Any) -> str:
    """Content as text: a string, or parts with texts."""
    if isinstance(content, list):
        return "".join(_text(part.get("text")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _tokens(data: dict[str, Any]) -> int:
    """Tokens as counted by the server."""
    usage = data.get("usage")
    total = usage.get("total_tokens") if isinstance(usage, dict) else None
    return total if isinstance(total, int) and not isinstance(total, bool) and total > 0 else 0
