"""Dialect: the variant of the chat interface that a server supports, learned from refusals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from skill_stack.planner.model.endpoint import Format

FUNCTION = "propose"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one server is spoken to.

    Attributes:
        formats: Request fields for JSON output that were not refused so far; the first is used.
        limit: Name of the field for the longest answer: newer servers of one vendor refuse the old name.
        temperature: Whether a temperature of zero is sent: some models refuse any.
        images: Whether pictures are sent.
        lengths: Whether the schema limits the length of texts: some servers refuse that.
    """

    formats: tuple[Format, ...]
    limit: str = "max_tokens"
    temperature: bool = True
    images: bool = True
    lengths: bool = True

    def body(
        self,
        model: str,
        messages: list[dict[str, Any]],
        schema: dict[str, Any],
        tokens: int,
        stream: bool,
        extra: Mapping[str, Any],
    ) -> dict[str, Any]:
        """The content of a request to ``/chat/completions``; ``extra`` cannot replace the fields of the request."""
        temperature = {"temperature": 0} if self.temperature else {}
        body: dict[str, Any] = {**temperature, **extra, "model": model, "messages": messages, self.limit: tokens}
        body["stream"] = stream
        form, schema = self.formats[0], schema if self.lengths else _without_lengths(schema)
        if form == "json_schema":
            wanted = {"name": FUNCTION, "strict": True, "schema": schema}
            body["response_format"] = {"type": "json_schema", "json_schema": wanted}
        elif form == "tools":
            function = {"name": FUNCTION, "description": "Proposes a plan.", "parameters": schema, "strict": True}
            body["tools"] = [{"type": "function", "function": function}]
            body["tool_choice"] = "required"  # there is one; not every server takes a name
        return body  # the plain way needs nothing besides: the form of the answer stands in the rules of the prompt

    def after_refusal(self, complaint: str, with_image: bool) -> Dialect | None:
        """What to try after the server called a request bad, or None when nothing is left.

        Args:
            complaint: The server's words, any case.
            with_image: Whether the request held a picture.
        """
        words = complaint.lower()
        if self.limit == "max_tokens" and "max_completion_tokens" in words:
            return replace(self, limit="max_completion_tokens")
        if self.temperature and "temperature" in words:
            return replace(self, temperature=False)
        if self.lengths and "maxlength" in words:
            return replace(self, lengths=False)
        if with_image and self.images and "image" in words:
            return replace(self, images=False)
        return self.next_format()

    def next_format(self) -> Dialect | None:
        """The dialect with the next request field for JSON output, or None when this is the last."""
        rest = self.formats[1:]
        return replace(self, formats=rest) if rest else None


def _without_lengths(schema: Any) -> Any:
    """A schema without the longest lengths of its texts; they are cut afterwards all the same."""
    if isinstance(schema, dict):
        return {name: _without_lengths(inner) for name, inner in schema.items() if name != "maxLength"}
    return [_without_lengths(inner) for inner in schema] if isinstance(schema, list) else schema
