"""The page as an ASGI application: addresses, guards and the websocket."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from skill_stack.core.errors import SkillStackError
from skill_stack.monitor.page.access import PageAccess, Visitor
from skill_stack.monitor.page.actions import PageActions
from skill_stack.monitor.page.order_desk import OrderDesk
from skill_stack.monitor.page.orders import VERSION
from skill_stack.monitor.page.static_files import INDEX, StaticFile
from skill_stack.monitor.page.viewers import Viewers

GUARDS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # the address may hold the key
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",  # no other page lays itself over the buttons
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
}
"""Headers of every answer."""
IN_FRAME = {"Content-Security-Policy": "frame-ancestors 'self'", "X-Frame-Options": "SAMEORIGIN"}
"""Headers of the 3-D view instead, which the page shows in a frame of its own."""
_KEY_LENGTH = 32
_CHEAP = ("static", "camera", "map.png", "preview")  # what a page that is open fetches now and then
_VISITOR = "visitor"


class PageGuard:
    """Turns away who has no business here, takes the key off the path, and puts the guards on every answer."""

    def __init__(self, app: ASGIApp, access: PageAccess) -> None:
        """Takes the application behind it, and who may what."""
        self._app, self._access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        refused = self._refusal(scope)
        if refused is not None:
            await _turned_away(scope, refused, receive, send)
            return

        async def guarded(message: Any) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(
                        (name.lower().encode(), value.encode())
                        for name, value in GUARDS.items()
                        if name.lower().encode() not in present
                    ),
                ]
            await send(message)

        await self._app(scope, receive, guarded)

    def _refusal(self, scope: Scope) -> Response | None:
        """What a request is refused with; None when it passes, and then who makes it is in the scope."""
        headers, websocket = Headers(scope=scope), scope["type"] == "websocket"
        fault = self._access.names.fault_of(headers.getlist("host"), headers.getlist("origin"), websocket)
        if not fault and not websocket and scope["method"] not in ("GET", "HEAD"):
            fault = "the page takes no forms"
        if fault:
            return self._refused(403, fault)
        first, _, rest = scope["path"].lstrip("/").partition("/")
        address = scope["client"][0] if scope.get("client") else ""
        who = scope[_VISITOR] = self._access.visitor(first, address, scope["headers"], headers.getlist("host"))
        if not who.keyed:
            return self._refusal_without_key(who, first, websocket)
        if scope["path"] == f"/{first}":
            return RedirectResponse(f"/{first}/", 303)
        scope["path"], scope["raw_path"] = f"/{rest}", f"/{rest}".encode()
        return None

    def _refusal_without_key(self, who: Visitor, first: str, websocket: bool) -> Response | None:
        if len(first) == _KEY_LENGTH and not websocket:
            return RedirectResponse("/", 303)  # a key of an earlier run
        if who.role is None and first != "static":
            return self._refused(403, "only with the address that the stack printed, which has a key")
        if first not in _CHEAP and self._access.too_many_without_key():
            return self._refused(503, "more connections without a key than people make; try again in a second")
        return None

    def _refused(self, status: int, why: str) -> Response:
        self._access.drop(why)
        return Response(why, status)


async def _turned_away(scope: Scope, response: Response, receive: Receive, send: Send) -> None:
    """Refuses a request; a websocket before it is opened."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 4403, "reason": ""})
        return
    response.headers.update(GUARDS)
    await response(scope, receive, send)


class PageApp:
    """Answers the page's addresses."""

    def __init__(
        self, access: PageAccess, actions: PageActions, viewers: Viewers, about: Callable[[], Mapping[str, Any]],
        files: Mapping[str, StaticFile],
    ) -> None:  # fmt: skip
        """Takes what the page is made of.

        Args:
            access: Who may what.
            actions: What people can request.
            viewers: Who is there; shared with what feeds the page.
            about: The page's heading and its robot, for the first message to a browser.
            files: The files of the page.
        """
        self._access, self._actions, self._viewers = access, actions, viewers
        self._about, self._files = about, files
        self._desk = OrderDesk(viewers, access, actions)

    def asgi(self, *more: Route | WebSocketRoute) -> ASGIApp:
        """The application with its guard.

        Args:
            more: Further routes, as of the 3-D view.
        """
        routes = [
            Route("/", self._index),
            Route(f"/{INDEX}", self._index),
            Route("/static/{name:path}", self._static),
            Route("/camera/{name}.jpg", self._camera),
            Route("/map.png", self._map),
            Route("/preview/{plan}/{step:int}.jpg", self._preview),
            Route("/report.zip", self._report),
            WebSocketRoute("/ws", self._talk),
            *more,
        ]
        return PageGuard(Starlette(routes=routes, lifespan=self._lifespan), self._access)

    @contextlib.asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        self._viewers.loop = asyncio.get_running_loop()
        yield
        self._viewers.loop = None

    def _file(self, name: str, request: Request) -> Response:
        found = self._files.get(name)
        if found is None:
            return Response("there is no such file", 404)
        headers = {"Cache-Control": "no-cache", "ETag": found.tag, "Vary": "Accept-Encoding"}
        if request.headers.get("if-none-match") == found.tag:
            return Response(status_code=304, headers=headers)
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(found.plain, media_type=found.kind, headers=headers)
        return Response(found.packed, media_type=found.kind, headers={**headers, "Content-Encoding": "gzip"})

    async def _index(self, request: Request) -> Response:
        response = self._file(INDEX, request)
        response.headers["Cache-Control"] = "no-store"
        return response

    async def _static(self, request: Request) -> Response:
        return self._file(request.path_params["name"], request)

    async def _camera(self, request: Request) -> Response:
        return _picture(self._actions.picture(request.path_params["name"]), "image/jpeg")

    async def _map(self, request: Request) -> Response:
        return _picture(self._actions.map(), "image/png")

    async def _preview(self, request: Request) -> Response:
        found = self._actions.step_picture(request.path_params["plan"], request.path_params["step"])
        return _picture(found, "image/jpeg")

    async def _report(self, request: Request) -> Response:
        who: Visitor = request.scope[_VISITOR]
        make = self._actions.report
        if make is None or not who.may("administrator"):
            return Response("reports are for administrators", 403)
        try:
            packed = await asyncio.get_running_loop().run_in_executor(None, make)
        except SkillStackError as error:
            return Response(str(error), 503)
        name = 'attachment; filename="report.zip"'
        return Response(packed, media_type="application/zip", headers={"Content-Disposition": name})

    async def _talk(self, websocket: WebSocket) -> None:
        """One browser, from its first message to its last."""
        who: Visitor = websocket.scope[_VISITOR]
        if self._viewers.full(who):
            self._access.drop("more viewers than there is room for")
            await websocket.close(1013)
            return
        await websocket.accept()
        outdated = websocket.query_params.get("v", str(VERSION)) != str(VERSION)
        viewer = self._viewers.enter(who, outdated, websocket.send_text)
        hello = {"t": "hello", "you": viewer.id, "role": who.role, "near": who.near, "version": VERSION}
        telling: asyncio.Task[None] | None = None
        try:
            await websocket.send_text(json.dumps({**hello, **self._about()}))
            telling = asyncio.get_running_loop().create_task(viewer.tell(self._viewers.board))
            telling.add_done_callback(_quietly)
            while True:
                message = await websocket.receive()
                if message["type"] == "websocket.disconnect":
                    return
                if wait := viewer.budget.take():
                    await asyncio.sleep(wait)
                if (sound := message.get("bytes")) is not None:
                    self._desk.hear(viewer, sound)
                else:
                    self._desk.take(viewer, message.get("text") or "")
        except (WebSocketDisconnect, RuntimeError, OSError):
            pass  # it went while something was sent to it
        finally:
            if telling is not None:
                telling.cancel()
            self._desk.leave(viewer)


def _quietly(task: asyncio.Task[None]) -> None:
    """Takes the end of what told a viewer: a connection that is lost ends it, and the other half notices."""
    if not task.cancelled():
        task.exception()


def _picture(found: bytes | None, kind: str) -> Response:
    return Response("there is no picture yet", 404) if found is None else Response(found, media_type=kind)
