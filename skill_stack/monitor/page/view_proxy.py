"""ViewProxy: the 3-D view, which a server of its own draws on loopback, under the address of the page."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs

import viser
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from skill_stack.core.errors import SkillStackError
from skill_stack.monitor.page.app import IN_FRAME

_HEAD = b"<head>"
_STYLE = b"<style>.mantine-Paper-root,[class*=Notification]{display:none!important}</style>"
"""Hides the library's own panel, which has nothing in it."""
_PROTOCOL = Subprotocol(f"viser-v{viser.__version__}")


class ViewProxy:
    """Passes the view on to browsers, and their camera poses to it; the gate of its server drops all else.

    Attributes:
        watching: How many browsers show it.
    """

    def __init__(self, port: int, key: str) -> None:
        """Takes where the view is.

        Args:
            port: Its port on loopback.
            key: Without it, its server answers nobody.

        Raises:
            SkillStackError: The installed library has no page that can be passed on.
        """
        self._address = f"ws://127.0.0.1:{port}/{key}/"
        self._origin = f"http://127.0.0.1:{port}"
        path = Path(viser.__file__).parent / "client" / "build" / "index.html"
        plain = path.read_bytes() if path.is_file() else b""
        if _HEAD not in plain:
            raise SkillStackError(f"viser {viser.__version__} has no page at {path}: pip install 'viser>=1.1,<1.2'")
        self._plain = plain.replace(_HEAD, _HEAD + _STYLE, 1)
        self._packed = gzip.compress(self._plain)
        self.watching = 0

    def routes(self) -> list[Route | WebSocketRoute]:
        """Its addresses."""
        return [
            Route("/view", self._to_folder),
            Route("/view/", self._page),
            WebSocketRoute("/view", self._pass_on),
            WebSocketRoute("/view/", self._pass_on),
        ]

    async def _to_folder(self, request: Request) -> Response:
        return RedirectResponse("view/", 303)

    async def _page(self, request: Request) -> Response:
        asked = parse_qs(request.url.query, keep_blank_values=True)
        if "playbackPath" in asked or "websocket" in asked:  # they would show another server under this one's name
            return RedirectResponse("./", 303, IN_FRAME)
        headers, kind = {**IN_FRAME, "Vary": "Accept-Encoding"}, "text/html; charset=utf-8"
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(self._plain, media_type=kind, headers=headers)
        return Response(self._packed, media_type=kind, headers={**headers, "Content-Encoding": "gzip"})

    async def _pass_on(self, websocket: WebSocket) -> None:
        if _PROTOCOL not in websocket.scope.get("subprotocols", ()):
            await websocket.close(1002)
            return
        try:
            # Its own limit of messages is the gate's; it is never reached through a proxy of the environment.
            async with connect(
                self._address, subprotocols=[_PROTOCOL], origin=self._origin, compression=None, max_size=None,  # type: ignore[arg-type]
                max_queue=4, ping_interval=None, proxy=None,
            ) as view:  # fmt: skip
                await websocket.accept(_PROTOCOL)
                self.watching += 1
                try:
                    await _both_ways(websocket, view)
                finally:
                    self.watching -= 1
        except (WebSocketException, WebSocketDisconnect, OSError, RuntimeError, TimeoutError):
            pass  # one side has gone; the browser connects anew by itself


async def _both_ways(websocket: WebSocket, view: ClientConnection) -> None:
    """Passes on until one side ends; what a slow browser does not take waits in the view's server, newest last."""

    async def up() -> None:
        async for part in _messages(websocket):
            await view.send(part)

    async def down() -> None:
        async for part in view:
            if isinstance(part, bytes):
                await websocket.send_bytes(part)

    tasks = [asyncio.ensure_future(up()), asyncio.ensure_future(down())]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _messages(websocket: WebSocket) -> AsyncIterator[bytes]:
    """What a browser sends, until it goes."""
    while True:
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            return
        if message.get("bytes"):
            yield message["bytes"]
