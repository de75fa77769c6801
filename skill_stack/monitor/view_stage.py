"""ViewStage: the 3-D view of a running robot: the robot, its scene, and the way of its plan."""

from __future__ import annotations

import contextlib
import io
import secrets
from collections.abc import Iterable

from skill_stack.monitor.page_gate import PageGate
from skill_stack.monitor.page_server import open_page
from skill_stack.monitor.plan_line import PlanLine
from skill_stack.monitor.robot_meshes import LinkMesh
from skill_stack.monitor.robot_tree import RobotTree
from skill_stack.monitor.robot_view import RobotView
from skill_stack.monitor.scene_view import WORLD, SceneView
from skill_stack.monitor.status_board import StatusSnapshot

_CAMERA = (-2.1, -1.9, 1.4), (0.35, 0.0, 0.2), 0.85  # where it is, what it looks at, m; field of view, rad
_HERE = "127.0.0.1"


class ViewStage:
    """The view on a port of loopback, where only the page's server is answered.

    Attributes:
        port: Its TCP port.
        key: What the page's server shows to be let in.
    """

    def __init__(self, title: str, tree: RobotTree, meshes: Iterable[LinkMesh]) -> None:
        """Opens the view.

        Args:
            title: Heading.
            tree: Links of the robot.
            meshes: What they look like.

        Raises:
            SkillStackError: The installed library cannot be protected.
        """
        self.key = secrets.token_hex(16)
        self._server = open_page(PageGate(self.key, ()), _HERE, 0, title)
        self.port = self._server.get_port()
        self._server.gui.configure_theme(show_logo=False, show_share_button=False)
        self._server.scene.set_up_direction("+z")
        self._server.scene.add_light_ambient("/light", intensity=0.45)
        camera = self._server.initial_camera
        camera.position, camera.look_at, camera.fov = _CAMERA
        self._world = self._server.scene.add_frame(WORLD, show_axes=False)
        self._scene, self._plan = SceneView(self._server), PlanLine(self._server)
        self._robot = RobotView(self._server, tree, meshes)

    def update(self, snapshot: StatusSnapshot) -> None:
        """Shows a snapshot."""
        with self._server.atomic():
            self._scene.update(snapshot.scene)
            self._plan.update(snapshot.plan, snapshot.scene, snapshot.base)
            self._robot.update(snapshot.base, snapshot.joints)
            if snapshot.base is not None:
                # The world moves and not the camera, which the person at the mouse keeps for themself.
                x, y, _ = snapshot.base.translation
                self._world.position = (-x, -y, 0.0)

    def close(self) -> None:
        """Closes it."""
        with contextlib.redirect_stdout(io.StringIO()):
            self._server.stop()
