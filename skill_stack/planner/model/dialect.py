"""Dialect: which of the variants of the chat interface a server understands, learnt from what it refuses."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from skill_stack.planner.model.endpoint import Format

FUNCTION = "propose"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one server is spoken to.

    Attributes:
        formats: Ways to ask for JSON that were not refused yet; the first is used.
        limit: Name of the field for the longest answer: newer servers of one vendor refuse the old name.
        temperature: Whether a temperature of zero is sent: some models refuse any.
        images: Whether pictures are sent.
    """

    formats: tuple[Format, ...]
    limit: str = "max_tokens"
    temperature: bool = True
    images: bool = True

    def body(
        self, model: str, messages: list[dict[str, Any]], schema: dict[str, Any], tokens: int, stream: bool
    ) -> dict[str, Any]:
        """The content of a request to ``/chat/completions``."""
        body: dict[str, Any] = {"model": model, "messages": messages, self.limit: tokens, "stream": stream}
        if self.temperature:
            body["temperature"] = 0
        form = self.formats[0]
        if form == "json_schema":
            wanted = {"name": FUNCTION, "strict": True, "schema": schema}
            body["response_format"] = {"type": "json_schema", "json_schema": wanted}
        elif form == "tools":
            function = {"name": FUNCTION, "description": "Proposes a plan.", "parameters": schema, "strict": True}
            body["tools"] = [{"type": "function", "function": function}]
            body["tool_choice"] = {"type": "function", "function": {"name": FUNCTION}}
        else:
            asked = f"Answer with one JSON object and nothing else, by this schema: {json.dumps(schema)}"
            first, *rest = messages  # in one message: chat templates of small models take one system message at most
            body["messages"] = [{**first, "content": f"{first['content']}\n\n{asked}"}, *rest]
        return body

    def after_refusal(self, complaint: str, with_image: bool) -> Dialect | None:
        """What to try after the server called a request bad, or None when nothing is left.

        Args:
            complaint: The server's words, any case.
            with_image: Whether the request held a picture.
        """
        words = complaint.lower()
        if self.limit == "max_tokens" and "max_completion_tokens" in words:
            return Dialect(self.formats, "max_completion_tokens", self.temperature, self.images)
        if self.temperature and "temperature" in words:
            return Dialect(self.formats, self.limit, False, self.images)
        if with_image and self.images and "image" in words:
            return Dialect(self.formats, self.limit, self.temperature, False)
        return self.next_format()

    def next_format(self) -> Dialect | None:
        """The dialect with the next way to ask for JSON, or None when this is the last."""
        rest = self.formats[1:]
        return Dialect(rest, self.limit, self.temperature, self.images) if rest else None
