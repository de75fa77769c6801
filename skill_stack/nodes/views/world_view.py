"""WorldView: a node's knowledge of the robot and its surroundings, from the topics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from builtin_interfaces.msg import Time
from geometry_msgs.msg import TransformStamped
from nav_msgs.msg import OccupancyGrid as GridMessage
from rclpy.node import Node

from skill_stack.core.errors import UnknownName
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.rotation import yaw_of
from skill_stack.core.setpoint import SkillStatus
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.spatial.crowding import crowding_facts
from skill_stack.core.spatial.history import SceneRecorder, room_of
from skill_stack.core.world.estimate_trust import place_doubt
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.occupancy_grid import OccupancyGrid
from skill_stack.core.world.scene import Pose2, SceneGraph
from skill_stack.core.world.world_facts import body_facts, place_facts
from skill_stack.nodes.border import subscribe
from skill_stack.nodes.ros_compat import ANY_SENDER, LATCHED, newest
from skill_stack.nodes.wire.wire import SIGNALS, status_of
from skill_stack.nodes.wire.wire_occupancy import occupancy_of
from skill_stack.nodes.wire.wire_scene import stamped_scene_of
from skill_stack.nodes.wire.wire_sensors import localization_of
from skill_stack_interfaces.msg import SceneGraph as SceneMessage
from skill_stack_interfaces.msg import SkillStatus as StatusMessage


class WorldView:
    """Subscribes to ``scene``, ``localization`` and ``skill_status``; with ``watching`` to ``occupancy_grid`` too.

    Attributes:
        origin: Where the origin of ``odom`` lies in ``map``, or None when nothing localizes the robot.
        statuses: The newest status of each part.
    """

    def __init__(
        self, node: Node, robot: RobotSpec, on_status: Callable[[SkillStatus], None] | None = None,
        watching: bool = False, on_scene: Callable[[Time], object] | None = None,
    ) -> None:  # fmt: skip
        """Subscribes.

        Args:
            node: The node to subscribe with.
            robot: The robot.
            on_status: Called with every status, of whichever part.
            watching: Whether changes of the scene, and which floor was seen, are kept for questions.
            on_scene: Called with the stamp of every scene.
        """
        self._main, self._estimation = robot.main_part, robot.estimation
        self.statuses: dict[str, SkillStatus] = {}
        self.origin: Pose2 | None = None
        self._scene = SceneGraph()
        self._parts = robot.parts
        self._on_status, self._on_scene = on_status, on_scene
        self._recorder = SceneRecorder() if watching else None
        self._recorded: SceneGraph | None = None
        self._floor: OccupancyGrid | None = None
        if watching:
            parse = partial(occupancy_of, stamp=0.0)
            subscribe(node, GridMessage, "occupancy_grid", parse, self._take_floor, ANY_SENDER)
        subscribe(node, SceneMessage, "scene", stamped_scene_of, self._take_stamped, LATCHED)
        subscribe(node, TransformStamped, "localization", localization_of, self._take_origin, LATCHED)
        subscribe(
            node, StatusMessage, "skill_status", self._status, self._take_status, newest(len(robot.parts)), SIGNALS
        )

    def _status(self, message: StatusMessage) -> SkillStatus:
        """A status of a part that the robot has."""
        if message.part not in self._parts:
            raise UnknownName("part of the robot", message.part, self._parts)
        return status_of(message)

    def _take_stamped(self, told: tuple[SceneGraph, Time]) -> None:
        self._take_scene(told[0])
        if self._on_scene is not None:
            self._on_scene(told[1])

    def _take_scene(self, scene: SceneGraph) -> None:
        self._scene = scene
        self._record()

    def _take_floor(self, floor: OccupancyGrid) -> None:
        self._floor = floor if floor.frame == "map" else self._floor

    def _record(self) -> None:
        """Notes what changed in a new scene, once the time is known."""
        if self._recorder is None or self.status is None or self._scene is self._recorded or not self._scene.objects:
            return
        self._recorded = self._scene
        self._recorder.take(self._scene.objects, self.now)

    def _take_origin(self, origin: Pose2) -> None:
        self.origin = origin

    def _take_status(self, status: SkillStatus) -> None:
        self.statuses[status.part] = status
        self._record()
        if self._on_status is not None:
            self._on_status(status)

    @property
    def status(self) -> SkillStatus | None:
        """The newest status of the main part, or None before the first."""
        return self.statuses.get(self._main)

    @property
    def known(self) -> bool:
        """Whether the scene has arrived and the robot has reported."""
        return bool(self._scene.objects) and self.status is not None

    @property
    def now(self) -> float:
        """Task time of the newest status, s; 0 before the first."""
        status = self.status
        return status.task_time if status else 0.0

    @property
    def pose(self) -> Pose2 | None:
        """Pose of the robot in ``map``: localization and odometry; None when one is missing or doubtful."""
        status = self.status
        if self.origin is None or status is None or place_doubt(status.base, self._estimation):
            return None
        x, y, _ = status.base_position
        return self.origin.compose(Pose2(float(x), float(y), yaw_of(status.orientation)))

    def graph(self) -> SceneGraph:
        """The scene with the robot in it, and what changed so far where that is watched."""
        here = replace(self._scene, robot=self.pose)
        if self._recorder is None:
            return here
        self._record()
        self._recorder.enter(room_of(here), self.now)
        return replace(here, history=self._recorder.history(self.now), floor=self._floor)

    def facts(self, library: SkillLibrary) -> frozenset[Fact]:
        """The present facts: effects of the running skill on the body, and geometry."""
        found = place_facts(self.graph())
        for status in self.statuses.values():
            found |= body_facts(library, status.skill, status.progress)
        return found | crowding_facts(library, self._scene)
