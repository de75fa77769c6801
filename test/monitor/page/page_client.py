"""A program that speaks the page's websocket as its browser does, or worse."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable
from typing import Any

from websockets.sync.client import ClientConnection, connect

PATIENCE = 90.0  # s, on a busy machine


class PageClient:
    """One connection, and what it was told.

    Attributes:
        hello: First message of the page.
        state: Newest sections.
        heard: All other messages, in their order.
    """

    def __init__(self, port: int, key: str = "", **options: Any) -> None:
        """Connects as the page's own script does."""
        self.connection = websocket(port, f"/{key}/ws" if key else "/ws", **options)
        self.state: dict[str, Any] = {}
        self.heard: list[dict[str, Any]] = []
        self._number = 0
        self.hello = self.read()

    def __enter__(self) -> PageClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def read(self, timeout: float = PATIENCE) -> dict[str, Any]:
        """The next message."""
        message = json.loads(self.connection.recv(timeout=timeout))
        if message["t"] == "state":
            self.state |= message["s"]
        else:
            self.heard.append(message)
        return message

    def send(self, kind: str, **fields: Any) -> int:
        """Sends a message; gives its number."""
        self._number += 1
        self.connection.send(json.dumps({"t": kind, "n": self._number, **fields}))
        return self._number

    def order(self, kind: str, **fields: Any) -> str:
        """Sends a message and waits for its answer: why it was not done, or an empty string."""
        number = self.send(kind, **fields)
        found = self.until(lambda: next((m for m in self.heard if m["t"] == "ack" and m["n"] == number), None))
        assert found["ok"] == (not found["why"])
        return found["why"]

    def until(self, condition: Callable[[], Any], what: str = "it") -> Any:
        """Reads until something is so, and gives it."""
        deadline = time.monotonic() + PATIENCE
        while not (found := condition()):
            assert time.monotonic() < deadline, f"{what} did not come about: {self.state}"
            self.read(deadline - time.monotonic() + 0.01)
        return found


def websocket(port: int, path: str = "/ws", origin: str | None = "", **options: Any) -> ClientConnection:
    """A bare connection; its Origin is that of the page unless said otherwise."""
    origin = f"http://127.0.0.1:{port}" if origin == "" else origin
    options = {"compression": None, "max_size": None, "proxy": None, **options}
    return connect(f"ws://127.0.0.1:{port}{path}", origin=origin, **options)  # type: ignore[arg-type]


def request(port: int, path: str = "/", method: str = "GET", body: bytes = b"", **headers: str) -> Any:
    """Status, headers and content of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()
