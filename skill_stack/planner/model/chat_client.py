"""ChatClient: the two calls of an OpenAI-compatible server that planning needs."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from skill_stack.planner.model.completion import ModelCompletion, from_body, from_stream
from skill_stack.planner.model.dialect import Dialect
from skill_stack.planner.model.endpoint import ModelEndpoint
from skill_stack.planner.model.key import Key
from skill_stack.planner.model.model_error import ModelError
from skill_stack.planner.model.picture import ModelPicture
from skill_stack.planner.model.transport import Call, Reply, Transport

BAD_REQUEST = (400, 404, 415, 422, 501)
"""Statuses with which servers refuse an unknown field; 404 also means that the model does not exist."""


class ChatClient:
    """Client of one endpoint; learns which variant of the interface it supports."""

    def __init__(self, endpoint: ModelEndpoint, environment: Mapping[str, str], transport: Transport) -> None:
        """Takes the endpoint.

        Args:
            endpoint: Where.
            environment: Holds the key; read anew for each call, so that a key may come later.
            transport: Sends.
        """
        self.endpoint = endpoint
        self._environment = environment
        self._transport = transport
        self._dialect = Dialect(endpoint.formats)
        self._model = endpoint.model

    def key(self) -> Key:
        """The key; raises ModelError where it is missing."""
        return Key.read(self.endpoint.key_variable, self._environment)

    def hide(self, text: str) -> str:
        """A text with the key removed."""
        try:
            return self.key().hide(text)
        except ModelError:
            return text

    def models(self, deadline: float, cancelled: threading.Event) -> tuple[str, ...]:
        """Names of the models that the server lists.

        Raises:
            ModelError: It lists none.
        """
        call = Call("GET", f"{self.endpoint.url}/models", self._headers())
        reply = self._transport.send(call, deadline, cancelled)
        self._raise_for(reply)
        try:
            names = tuple(self.hide(str(item["id"])) for item in json.loads(reply.body)["data"])
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise ModelError("invalid", "its list of models cannot be read") from error
        if not names:
            raise ModelError("not_found", "it serves no model")
        return names

    def complete(
        self,
        messages: list[dict[str, Any]],
        schema: dict[str, Any],
        picture: ModelPicture | None,
        deadline: float,
        cancelled: threading.Event,
    ) -> ModelCompletion:
        """One answer; a variant that the server refuses is replaced by the next one, within the deadline.

        Args:
            messages: The talk so far; a picture is put into the last one.
            schema: What the answer must look like.
            picture: What the robot sees, or None.
            deadline: Time by the clock at which it is over, s.
            cancelled: Ends the wait.

        Raises:
            ModelError: There is no answer; the text holds no key.
        """
        if not self._model:
            self._model = self.models(deadline, cancelled)[0]
        dialect = self._dialect
        while True:
            shown = picture if dialect.images else None
            reply = self._post(dialect, _with_picture(messages, shown), schema, deadline, cancelled)
            if reply.status not in BAD_REQUEST:
                break
            other = dialect.after_refusal(reply.body[:2000].decode("utf-8", "replace"), shown is not None)
            if other is None:
                break
            dialect = other
        self._raise_for(reply)
        self._dialect = dialect  # only now is it known that the others were refused, and not the request itself
        streamed = "text/event-stream" in reply.headers.get("content-type", "") or reply.body[:5] == b"data:"
        found = from_stream(reply.body) if streamed else from_body(reply.body)
        return ModelCompletion(self.hide(found.text), found.tokens)

    def use_next_format(self) -> None:
        """Requests JSON in the next format from now on, since the server accepted the present one and ignored it."""
        self._dialect = self._dialect.next_format() or self._dialect

    def _post(
        self,
        dialect: Dialect,
        messages: list[dict[str, Any]],
        schema: dict[str, Any],
        deadline: float,
        cancelled: threading.Event,
    ) -> Reply:
        """One request."""
        tokens, stream = self.endpoint.budget.answer, self.endpoint.stream
        body = json.dumps(dialect.body(self._model, messages, schema, tokens, stream, self.endpoint.extra)).encode()
        headers = {**self._headers(), "Content-Type": "application/json"}
        last = b"data: [DONE]" if stream else b""
        return self._transport.send(
            Call("POST", f"{self.endpoint.url}/chat/completions", headers, body, last), deadline, cancelled
        )

    def _headers(self) -> dict[str, str]:
        """Headers of every call."""
        return {"Accept": "application/json, text/event-stream", "Accept-Encoding": "identity", **self.key().headers()}

    def _raise_for(self, reply: Reply) -> None:
        """Raises the error of a status. The server's own text is left out, since it may repeat the key."""
        status = reply.status
        if 200 <= status < 300:
            return
        if status in (401, 403):
            raise ModelError("unauthorised", f"it does not accept the key (HTTP {status})")
        if status == 404:
            raise ModelError("not_found", f"there is no such address or model '{self._model}' (HTTP 404)")
        if status == 429:
            raise ModelError("too_many", "it wants fewer requests (HTTP 429)", _retry_after(reply.headers))
        if status >= 500:
            raise ModelError("server_error", f"it failed (HTTP {status})", _retry_after(reply.headers))
        raise ModelError("rejected", f"it does not take the request (HTTP {status})")


def _with_picture(messages: list[dict[str, Any]], picture: ModelPicture | None) -> list[dict[str, Any]]:
    """The messages with a picture in the first one of the user."""
    if picture is None:
        return messages
    place = next(i for i, message in enumerate(messages) if message["role"] == "user")
    parts = [{"type": "text", "text": messages[place]["content"]}, picture.part()]
    return [*messages[:place], {"role": "user", "content": parts}, *messages[place + 1 :]]


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the server requests to wait; a date is relative to the server's own."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        wait = (parsedate_to_datetime(value) - parsedate_to_datetime(headers.get("date", ""))).total_seconds()
    except (ValueError, TypeError):
        return None
    return max(wait, 0.0)
