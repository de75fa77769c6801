"""WebMonitor: the page of a running robot, with its 3-D view."""

from __future__ import annotations

import errno
import secrets
import socket
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from skill_stack.core.errors import SkillStackError
from skill_stack.monitor.page.access import PageAccess, Role
from skill_stack.monitor.page.actions import PageActions
from skill_stack.monitor.page.app import PageApp
from skill_stack.monitor.page.page_state import sections_of
from skill_stack.monitor.page.serving import PageServing
from skill_stack.monitor.page.static_files import load_static
from skill_stack.monitor.page.view_proxy import ViewProxy
from skill_stack.monitor.page.viewers import Viewers
from skill_stack.monitor.robot_meshes import LinkMesh
from skill_stack.monitor.robot_tree import RobotTree
from skill_stack.monitor.status_board import StatusSnapshot
from skill_stack.monitor.view_stage import ViewStage

_TRIES = 100  # ports that are tried
_BACKLOG = 128  # connections that wait to be accepted


@dataclass(frozen=True, slots=True)
class PageOptions:
    """Address and size of the page.

    Attributes:
        host: Address to listen on. Anything but loopback shows the robot to that network.
        port: Requested TCP port; 0 takes any.
        title: Heading of the page.
        key: Part of the address that lets one do more than watch and stop; letters and digits.
        names: Host names under which browsers reach it, besides those of loopback and ``host``.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    title: str = "robot"
    key: str = field(default_factory=secrets.token_hex)
    names: tuple[str, ...] = ()


class WebMonitor:
    """The page of a robot. It is fed by :meth:`update` and :meth:`show`, and answers through its actions.

    Attributes:
        port: TCP port that it is on.
        moved: Whether that is not the requested one.
        access: Who may what there.
    """

    def __init__(
        self, options: PageOptions, tree: RobotTree, meshes: Iterable[LinkMesh], actions: PageActions,
        robot: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        """Opens the page.

        Args:
            options: Where it is.
            tree: Links of the robot.
            meshes: What they look like.
            actions: What people can request.
            robot: What browsers are told of the robot first: name, kind, and within which velocities it is driven.

        Raises:
            SkillStackError: No port from the requested one on is free, the address is not of this machine, or the
                installed library of the view cannot be protected.
        """
        listening = listen(options.host, options.port)
        self.port = int(listening.getsockname()[1])
        self.moved = options.port not in (0, self.port)
        self._options = options
        self.access = PageAccess(options.key, (options.host, *options.names))
        self._viewers, self._stops = Viewers(), 0
        about = {"title": options.title, "robot": dict(robot or {"name": options.title, "kind": "", "drive": None})}
        try:
            self._stage = ViewStage(options.title, tree, meshes)
            self._proxy = ViewProxy(self._stage.port, self._stage.key)
            app = PageApp(self.access, actions, self._viewers, lambda: about, load_static())
            self._serving = PageServing(app.asgi(*self._proxy.routes()), listening)
        except SkillStackError:
            listening.close()
            raise

    @property
    def url(self) -> str:
        """Address for a browser on this machine, with the key, which permits everything."""
        return self.url_of("administrator")

    def url_of(self, role: Role) -> str:
        """Address for a browser, with the key of a role."""
        host = "127.0.0.1" if self._options.host in ("0.0.0.0", "") else self._options.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/{self.access.key(role)}/"

    @property
    def watched(self) -> bool:
        """Whether a browser shows the page."""
        return bool(len(self._viewers)) or self._proxy.watching > 0

    @property
    def plotted(self) -> frozenset[str]:
        """Signals that somebody wants to see."""
        return self._viewers.plotted

    def update(
        self, snapshot: StatusSnapshot, looked: Sequence[Sequence[float]] = (),
        pictures: Mapping[int, str] | None = None,
    ) -> None:  # fmt: skip
        """Shows a snapshot.

        Args:
            snapshot: What is known of the robot.
            looked: Where it looked: x, y, m, yaw, rad, and range, m, each; in ``map``.
            pictures: Addresses of rendered steps of the present plan, by their index.
        """
        self.show(sections_of(snapshot, looked, pictures))
        stops = snapshot.status.stop_count if snapshot.status is not None else 0
        if stops > self._stops:
            self._viewers.halt()
        self._stops = stops
        if self._proxy.watching:
            self._stage.update(snapshot)

    def show(self, sections: Mapping[str, Any]) -> None:
        """Shows sections by name, as plain data; only what has changed is sent."""
        if self._viewers.board.put(sections):
            self._viewers.changed()

    def plot(self, at: float, values: dict[str, float]) -> None:
        """Shows the newest values of signals, of task time ``at``, s, to those who want them."""
        self._viewers.plot(at, values)

    def link_recordings(self, url: str) -> None:
        """Tells administrators on this machine where the page of the recordings is."""
        self._viewers.link("recordings", url)

    def close(self) -> None:
        """Closes the page."""
        self._serving.close()
        self._stage.close()


def free_port(host: str, wanted: int) -> int:
    """The first free TCP port from a requested one on; 0 takes any. See :func:`listen` for errors."""
    with listen(host, wanted) as probe:
        return int(probe.getsockname()[1])


def listen(host: str, wanted: int) -> socket.socket:
    """A socket on the first free TCP port from a requested one on; 0 takes any.

    Raises:
        SkillStackError: None is free, or the address is not of this machine.
    """
    for port in range(wanted, min(wanted + _TRIES, 65536)) if wanted else (0,):
        found = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind((host, port))
            found.listen(_BACKLOG)
            return found
        except OSError as error:
            found.close()
            if isinstance(error, PermissionError):
                raise SkillStackError(f"port {port} needs rights that this user lacks; use one above 1023") from error
            if isinstance(error, socket.gaierror):
                raise SkillStackError(f"'{host}' is no address; use 127.0.0.1 for this machine alone") from error
            if error.errno == errno.EADDRNOTAVAIL:
                raise SkillStackError(f"'{host}' is no address of this machine; use 127.0.0.1") from error
    raise SkillStackError(f"no TCP port from {wanted} to {wanted + _TRIES - 1} is free on {host}")
