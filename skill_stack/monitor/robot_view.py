"""RobotView: the robot in the page, one frame a link, its meshes hanging on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import viser

from skill_stack.monitor.link_transform import LinkTransform
from skill_stack.monitor.robot_meshes import LinkMesh
from skill_stack.monitor.robot_tree import RobotTree
from skill_stack.monitor.scene_view import WORLD

ROOT = f"{WORLD}/robot"
"""Node of the page under which the robot hangs; its pose is that of the base in ``map``."""


class RobotView:
    """The moving robot."""

    def __init__(self, server: viser.ViserServer, tree: RobotTree, meshes: Iterable[LinkMesh]) -> None:
        """Puts the robot into the page, invisible until its pose is known.

        Args:
            server: The page.
            tree: Links and joints.
            meshes: What the links look like.
        """
        self._tree = tree
        paths = {tree.root: ROOT}
        self._base = server.scene.add_frame(ROOT, show_axes=False, visible=False)
        self._frames: dict[str, viser.FrameHandle] = {}
        for joint in tree.joints:
            origin = joint.origin
            paths[origin.child] = f"{paths[origin.parent]}/{origin.child}"
            self._frames[origin.child] = server.scene.add_frame(
                paths[origin.child], show_axes=False, position=origin.translation, wxyz=origin.rotation
            )
        for number, mesh in enumerate(meshes):
            server.scene.add_mesh_simple(
                f"{paths[mesh.link]}/surface_{number}",
                mesh.vertices,
                mesh.faces,
                color=mesh.colour,
                position=mesh.place.translation,
                wxyz=mesh.place.rotation,
                side="double",
            )

    def update(self, base: LinkTransform | None, joints: Mapping[str, float]) -> None:
        """Moves the robot; call it within ``server.atomic()``.

        Args:
            base: Pose of the base in ``map``; None hides the robot.
            joints: Joint positions by name, rad.
        """
        if base is None:
            self._base.visible = False
            return
        self._base.position, self._base.wxyz = base.translation, base.rotation
        self._base.visible = True
        for pose in self._tree.moving(joints):
            frame = self._frames[pose.child]
            frame.position, frame.wxyz = pose.translation, pose.rotation
