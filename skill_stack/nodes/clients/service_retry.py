"""ServiceRetry: a service call that is repeated until it is answered.

Shortly after discovery a server may answer before it has discovered the client's endpoint; that answer is lost. So a
call that needs an answer is repeated.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

REPEAT = 0.3  # s without an answer after which the question is repeated


class ServiceRetry:
    """One idempotent call to one server.

    Attributes:
        answer: The first answer, or None before it came.
    """

    def __init__(self, client: Any, request: Any, on_answer: Callable[[Any], None] = lambda answer: None) -> None:
        """Prepares; nothing is sent before :meth:`look`.

        Args:
            client: An rclpy service client.
            request: The request.
            on_answer: Takes the first answer.
        """
        self.answer: Any = None
        self._client, self._request, self._on_answer = client, request, on_answer
        self._asked = 0.0

    def look(self) -> bool:
        """Sends the call when due; to be polled. Returns whether there is an answer."""
        now = time.monotonic()
        if self.answer is None and now - self._asked >= REPEAT and self._client.service_is_ready():
            self._asked = now
            self._client.call_async(self._request).add_done_callback(self._take)
        return self.answer is not None

    def _take(self, done: Any) -> None:
        if self.answer is None and not done.cancelled() and done.exception() is None:
            self.answer = done.result()
            self._on_answer(self.answer)
