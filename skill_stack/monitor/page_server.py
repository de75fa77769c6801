"""The web server of the page, with a gate before it.

The page's library listens by itself without a hook for a gate, through one public function of the library
``websockets``. While the page is opened, that function is wrapped by the gate. A page that did not use the gate is
closed again, so that another release of the library never opens a page without one.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gzip
import http
import io
import threading
from collections.abc import Callable, Iterator
from typing import Any

import viser
import websockets.asyncio.server
from websockets.asyncio.server import ServerConnection
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from skill_stack.core.errors import SkillStackError
from skill_stack.monitor.page.access import Bucket
from skill_stack.monitor.page_gate import (
    MESSAGE_SIZE,
    MESSAGES,
    MESSAGES_AT_ONCE,
    PageGate,
    points_to_other_server,
)

_OPENING = threading.Lock()
_HTML = "text/html; charset=utf-8"
_GUARDS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # the address may hold the key
    "Content-Security-Policy": "frame-ancestors 'none'",  # no other page lays itself over the buttons
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""Headers of every answer."""


def open_page(gate: PageGate, host: str, port: int, label: str) -> viser.ViserServer:
    """Opens the page behind its gate.

    Args:
        gate: Who and what gets through.
        host: Address to listen on.
        port: Free TCP port.
        label: Heading.

    Raises:
        SkillStackError: The installed library cannot be guarded.
    """
    asked: list[str] = []
    with _OPENING, _guarded(gate, asked), contextlib.redirect_stdout(io.StringIO()):
        server = viser.ViserServer(host, port, label=label, verbose=False)
    if not asked:
        server.stop()
        raise SkillStackError(f"viser {viser.__version__} cannot be guarded: pip install 'viser>=1.1,<1.2'")
    return server


@contextlib.contextmanager
def _guarded(gate: PageGate, asked: list[str]) -> Iterator[None]:
    """A context in which everything that is served passes the gate."""
    plain = websockets.asyncio.server.serve

    def serve(handler: Any, host: str, port: int, **options: Any) -> Any:
        asked.append(host)
        options |= {
            "process_request": _Door(gate, options["process_request"]).answer,
            "create_connection": functools.partial(GuardedConnection, gate=gate),
            "max_size": MESSAGE_SIZE,
        }
        return plain(handler, host, port, **options)

    websockets.asyncio.server.serve = serve  # type: ignore[assignment, misc]
    try:
        yield
    finally:
        websockets.asyncio.server.serve = plain  # type: ignore[misc]


class GuardedConnection(ServerConnection):
    """A connection from which the library receives only what the gate passes."""

    def __init__(self, *arguments: Any, gate: PageGate, **options: Any) -> None:
        """Takes the gate besides what every connection takes."""
        super().__init__(*arguments, **options)
        self._gate = gate
        self._budget = Bucket(MESSAGES, MESSAGES_AT_ONCE)

    async def recv(self, decode: bool | None = None) -> Any:
        """The next message that passes; one that comes too fast has to wait."""
        while True:
            raw = await super().recv(decode)
            if wait := self._budget.take():
                await asyncio.sleep(wait)
            admitted = self._gate.admit(raw)
            if admitted is not None:
                return admitted


class _Door:
    """Answers requests, before there is a connection."""

    def __init__(self, gate: PageGate, page: Callable[[ServerConnection, Request], Response | None]) -> None:
        """Takes the gate, and what answers with the page."""
        self._gate, self._page = gate, page
        self._whole: Response | None = None

    def answer(self, connection: ServerConnection, request: Request) -> Response | None:
        """None for a websocket that may be opened, else an answer."""
        headers = request.headers
        websocket = headers.get("Upgrade", "").lower() == "websocket"
        hosts, path = headers.get_all("Host"), request.path
        fault = self._gate.names.fault_of(hosts, headers.get_all("Origin"), websocket)
        if fault:
            self._gate.drop(fault)
            return _said(http.HTTPStatus.FORBIDDEN, fault)
        if not self._gate.has_key(path):
            self._gate.drop("a connection without the key")
            return _said(http.HTTPStatus.FORBIDDEN, "only with the address that was printed, which has a key")
        if websocket:
            return None
        place = path.partition("?")[0]
        if points_to_other_server(hosts[0], path):
            return _said(http.HTTPStatus.SEE_OTHER, "here", Location=place)
        return self._the_page(connection, headers)

    def _the_page(self, connection: ServerConnection, headers: Headers) -> Response:
        """The page, packed once."""
        if self._whole is None:
            found = self._page(connection, Request("/index.html", Headers()))
            if found is None:
                return _said(http.HTTPStatus.INTERNAL_SERVER_ERROR, "the library has no page")
            self._whole = _made(http.HTTPStatus.OK, gzip.compress(found.body), _HTML, **{"Content-Encoding": "gzip"})
        if "gzip" not in headers.get("Accept-Encoding", ""):
            return _made(http.HTTPStatus.OK, gzip.decompress(self._whole.body), _HTML)
        return self._whole


def _made(status: http.HTTPStatus, body: bytes, kind: str, **headers: str) -> Response:
    about = {"Content-Type": kind, "Content-Length": str(len(body)), **headers}
    return Response(status.value, status.phrase, Headers(**_GUARDS, **about), body)


def _said(status: http.HTTPStatus, text: str, **headers: str) -> Response:
    return _made(status, text.encode(), "text/plain; charset=utf-8", **headers)
