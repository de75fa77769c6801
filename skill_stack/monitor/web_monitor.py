"""WebMonitor: a page with the moving robot, its scene, its plan, and the buttons that stop it."""

from __future__ import annotations

import contextlib
import errno
import io
import secrets
import socket
from collections.abc import Iterable
from dataclasses import dataclass, field

from skill_stack.core.errors import SkillStackError
from skill_stack.core.processes.operator_callbacks import OperatorCallbacks
from skill_stack.monitor.page_gate import PageGate
from skill_stack.monitor.page_server import open_page
from skill_stack.monitor.panel import Panel
from skill_stack.monitor.plan_line import PlanLine
from skill_stack.monitor.robot_meshes import LinkMesh
from skill_stack.monitor.robot_tree import RobotTree
from skill_stack.monitor.robot_view import RobotView
from skill_stack.monitor.scene_view import WORLD, SceneView
from skill_stack.monitor.status_board import StatusSnapshot

_TRIES = 100  # ports that are tried
_CAMERA = (-2.1, -1.9, 1.4), (0.35, 0.0, 0.2), 0.85  # where it is, what it looks at, m; field of view, rad


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
    """The page. It is fed by :meth:`update` and answers through callbacks.

    Attributes:
        port: TCP port that it is on.
        moved: Whether that is not the requested one.
        gate: Filters clients and their inputs.
    """

    def __init__(
        self, options: PageOptions, tree: RobotTree, meshes: Iterable[LinkMesh], callbacks: OperatorCallbacks
    ) -> None:
        """Opens the page.

        Args:
            options: Where it is.
            tree: Links of the robot.
            meshes: What they look like.
            callbacks: What its buttons do.

        Raises:
            SkillStackError: No port from the requested one on is free, the address is not of this machine, or the
                installed library cannot be protected.
        """
        self.port = free_port(options.host, options.port)
        self.moved = options.port not in (0, self.port)
        self.gate = PageGate(options.key, (options.host, *options.names))
        self._server = open_page(self.gate, options.host, self.port, options.title)
        self.port = self._server.get_port()
        self._host, self._key = options.host, options.key
        self._server.scene.set_up_direction("+z")
        self._server.scene.add_light_ambient("/light", intensity=0.45)
        camera = self._server.initial_camera
        camera.position, camera.look_at, camera.fov = _CAMERA
        self._world = self._server.scene.add_frame(WORLD, show_axes=False)
        self._scene, self._plan = SceneView(self._server), PlanLine(self._server)
        self._robot = RobotView(self._server, tree, meshes)
        self._panel = Panel(self._server, self.gate, options.title, callbacks)

    @property
    def url(self) -> str:
        """Address for a browser on this machine, with the key, which permits everything."""
        host = "127.0.0.1" if self._host in ("0.0.0.0", "") else self._host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/{self._key}/"

    @property
    def watched(self) -> bool:
        """Whether a browser shows the page."""
        return bool(self._server.get_clients())

    def update(self, snapshot: StatusSnapshot) -> None:
        """Shows a snapshot."""
        with self._server.atomic():
            self._scene.update(snapshot.scene)
            self._plan.update(snapshot.plan, snapshot.scene, snapshot.base)
            self._robot.update(snapshot.base, snapshot.joints)
            self._panel.update(snapshot)
            if self._panel.follow and snapshot.base is not None:
                # The world moves and not the camera, which the person at the mouse keeps for themself.
                x, y, _ = snapshot.base.translation
                self._world.position = (-x, -y, 0.0)

    def link_recordings(self, url: str) -> None:
        """Shows a link to the page of the recordings."""
        self._panel.link_recordings(url)

    def close(self) -> None:
        """Closes the page."""
        with contextlib.redirect_stdout(io.StringIO()):
            self._server.stop()


def free_port(host: str, wanted: int) -> int:
    """The first free TCP port from a requested one on; 0 takes any.

    Raises:
        SkillStackError: None is free, or the address is not of this machine.
    """
    for port in range(wanted, min(wanted + _TRIES, 65536)) if wanted else (0,):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
                return int(probe.getsockname()[1])
            except PermissionError as error:
                raise SkillStackError(f"port {port} needs rights that this user lacks; use one above 1023") from error
            except socket.gaierror as error:
                raise SkillStackError(f"'{host}' is no address; use 127.0.0.1 for this machine alone") from error
            except OSError as error:
                if error.errno == errno.EADDRNOTAVAIL:
                    raise SkillStackError(f"'{host}' is no address of this machine; use 127.0.0.1") from error
    raise SkillStackError(f"no TCP port from {wanted} to {wanted + _TRIES - 1} is free on {host}")
