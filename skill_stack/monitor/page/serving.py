"""PageServing: the page's server in a thread of its own."""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from skill_stack.core.errors import SkillStackError
from skill_stack.core.processes.worker_thread import WorkerThread
from skill_stack.monitor.page.orders import LARGEST

PATIENCE = 5.0
"""Time that a browser has for the head of its request, s."""
CONNECTIONS = 256
"""Most connections at once; more are answered with 503."""
STARTS, ENDS = 10.0, 3.0
"""Time that the server has to start and to end, s."""
_ALIVE, _LOST = 2.0, 5.0  # s between two signs of life of a websocket, and until it counts as lost


class ImpatientProtocol(H11Protocol):
    """HTTP that lets go of who opens a connection and sends no request, or only drops of one."""

    def connection_made(self, transport: Any) -> None:
        """Begins to wait for a request."""
        super().connection_made(transport)
        self._waited = False
        self._hurry = self.loop.call_later(PATIENCE, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """Ends the wait."""
        self._hurry.cancel()
        super().connection_lost(exc)

    def _look(self) -> None:
        """Lets go of a connection on which two looks in a row found half a request, or none at all."""
        if self.transport.is_closing() or self.transport.get_protocol() is not self:
            return  # it has gone, or became a websocket
        answered = self.cycle is None or self.cycle.response_complete
        waits = answered and self.timeout_keep_alive_task is None
        if waits and self._waited:
            self.transport.close()
            return
        self._waited = waits
        self._hurry = self.loop.call_later(PATIENCE, self._look)


class _Server(uvicorn.Server):
    """Tells when it listens."""

    def __init__(self, config: uvicorn.Config, ready: threading.Event) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready.set()


class PageServing:
    """Serves an application on a socket until it is closed."""

    def __init__(self, app: ASGIApp, listening: socket.socket) -> None:
        """Begins to serve.

        Args:
            app: The application.
            listening: A bound socket; it is closed in the end.

        Raises:
            SkillStackError: It does not start.
        """
        config = uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="on", loop="asyncio", http=ImpatientProtocol,
            ws="websockets-sansio", ws_max_size=LARGEST, ws_per_message_deflate=False, ws_ping_interval=_ALIVE,
            ws_ping_timeout=_LOST, server_header=False, date_header=False, proxy_headers=False,
            limit_concurrency=CONNECTIONS, timeout_graceful_shutdown=1, timeout_keep_alive=15,
        )  # fmt: skip
        ready = threading.Event()
        self._socket = listening
        self._server = _Server(config, ready)
        self._thread = WorkerThread("page", self._serve)
        self._thread.start()
        if not ready.wait(STARTS):
            self.close()
            raise SkillStackError("the page's server does not start; its log says why")

    def _serve(self) -> None:
        asyncio.run(self._server.serve([self._socket]))

    def close(self) -> None:
        """Ends it; open connections are closed."""
        self._server.should_exit = True
        self._thread.join(ENDS)
        self._socket.close()
