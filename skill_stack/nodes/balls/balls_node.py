"""Balls node: where balls that roll are, by a colour camera, in a separate process."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence

import numpy as np
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from geometry_msgs.msg import TransformStamped

from skill_stack.core.errors import StaleData
from skill_stack.core.processes.lock_step_waits import LockStepNotes, counted
from skill_stack.core.robots.camera_calibration import mounted_camera
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.rgbd_ring import Look, rgbd_path
from skill_stack.core.world.pose_history import PoseHistory
from skill_stack.core.world.scene import Pose2
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.nodes.border import subscribe
from skill_stack.nodes.bridges.ros_camera import RosCamera
from skill_stack.nodes.node_main import run_node
from skill_stack.nodes.ros_compat import LATCHED, STREAM
from skill_stack.nodes.stack_node import StackNode
from skill_stack.nodes.wire.wire_basics import nanoseconds_of
from skill_stack.nodes.wire.wire_diagnostics import TOPIC as DIAGNOSTICS
from skill_stack.nodes.wire.wire_diagnostics import diagnostic_array, diagnostic_status
from skill_stack.nodes.wire.wire_scene import scene_message
from skill_stack.nodes.wire.wire_sensors import localization_of
from skill_stack.perception.balls.ball_watch import BallWatch
from skill_stack.perception.calibration.calibrated_source import calibrated
from skill_stack.perception.cameras.look_sources import LookSource, RingSource
from skill_stack.perception.perception_pipeline import in_map
from skill_stack.perception.threads import one_thread
from skill_stack_interfaces.msg import SceneGraph as SceneMessage

POLL = 0.01  # s between two questions for a look, and two samples of the pose
DIAGNOSE = 1.0  # s
NICE = 5


class BallsNode(StackNode):
    """Publishes ``balls``: those that the map states and that roll, by their names, as a camera saw them and when.

    Each usable look is published, also one that shows no ball. In lock-step simulated time waits for that, and looks of
    a drawn camera come as late as ``cameras.yaml`` says. While the camera is blind ``stale(ball)`` holds.

    Parameters: ``pace``, ``scene`` and ``seed`` (whose balls are followed), ``camera`` (name in ``cameras.yaml``),
    ``source`` (``simulator`` or ``ros``), and for ``ros`` ``colour_topic`` and ``info_topic``.
    """

    def __init__(self) -> None:
        """Declares the parameters."""
        super().__init__("balls")
        self._origin: Pose2 | None = None
        self._notes = LockStepNotes(self.block) if self.value("pace") == "lock_step" else None

    def configure(self) -> None:
        """Opens camera and shared memory; raises SkillStackError when the robot has no such camera."""
        one_thread()
        robot, name = self.load_robot(), str(self.value("camera"))
        drawn = self.value("source") == "simulator"
        camera, lens = mounted_camera(self.resources, robot.name, name, drawn)
        setup = set_up(load_scene(self.resources.scene(str(self.value("scene")))), int(self.value("seed")))
        rolling = [thing for thing in setup.graph().objects.values() if thing.rolls]
        self._watch = BallWatch(rolling, camera)
        for one in rolling:
            if one.id not in self._watch.balls:
                self.get_logger().warning(f"'{one.id}' is not followed: it has no colour by which it could be told")
        self._channels, self._poses = RobotChannels.open(self.block, robot), PoseHistory()
        late = camera.late if drawn and self._notes is not None else 0.0
        self._ring = RingSource(rgbd_path(self.block, name or "front"), late) if drawn else None
        source: LookSource = self._ring or RosCamera(
            self, str(self.value("colour_topic")), "", str(self.value("info_topic")), self._now
        )
        self._source = calibrated(source, lens)
        self.configured.callback(self._source.close)
        self._taken, self._blind = -1.0, False
        subscribe(self, TransformStamped, "localization", localization_of, self._take_origin, LATCHED)
        self._balls = self.create_publisher(SceneMessage, "balls", LATCHED)
        self._diagnostics = self.create_publisher(DiagnosticArray, DIAGNOSTICS, STREAM)

    def activate(self) -> None:
        """Begins to look."""
        if self._notes is not None:
            self.activated.callback(self._notes.note, "look.taken", 0)  # nobody waits for a node that does not look
        self.create_timer(POLL, self._work)
        self.create_timer(DIAGNOSE, self._diagnose)

    def _take_origin(self, origin: Pose2) -> None:
        self._origin = origin

    def _now(self) -> float:
        """Task time, s, of the last estimate."""
        return self._poses.newest

    def _work(self) -> None:
        """Notes where the base is, and takes a look that is new."""
        self._note_pose()
        look, blind = self._source.newest(), bool(self._watch.trouble(self._now()))
        waits = look is not None and look[0] != self._taken and self._poses.awaits(look[0], time.monotonic())
        seen = look is not None and look[0] != self._taken and not waits and self._take(look)
        if seen or blind != self._blind:
            self._blind = blind
            self._publish()
        if self._notes is not None and not waits:
            self._notes.note("look.taken", counted(self._ring.drawn if self._ring is not None else self._taken))

    def _note_pose(self) -> None:
        try:
            state = self._channels.read_state()
        except StaleData:
            return
        if state is not None and state.valid:
            self._poses.add(state.task_time, np.concatenate([state.base_position, state.orientation]))

    def _take(self, look: Look) -> bool:
        """Takes in a look; whether it could be used."""
        self._taken = look[0]
        pose, origin = self._poses.at(look[0]), self._origin
        return self._watch.look(look, None if pose is None or origin is None else in_map(pose, origin))

    def _publish(self) -> None:
        now = self._now()
        stamp = self.stamp_at(max(self._taken, 0.0), now)
        self._balls.publish(scene_message(self._watch.graph(now), stamp, self.frame("map")))
        if self._notes is not None:
            self._notes.note("look.told", nanoseconds_of(stamp))

    def _diagnose(self) -> None:
        watch, trouble = self._watch, self._watch.trouble(self._now()) or self._source.trouble
        level = DiagnosticStatus.ERROR if trouble else DiagnosticStatus.OK
        ages = {f"{one.id} seen s ago": round(self._now() - one.last_seen, 2) for one in watch.graph(0.0).things}
        values = {"looks": watch.looks, "refused": watch.refused, **ages}
        self._diagnostics.publish(
            diagnostic_array(self, [diagnostic_status(self, level, "balls", trouble or "sees", values)])
        )


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the node at a lower priority than everything that moves the robot."""
    os.nice(NICE)
    return run_node(BallsNode, argv)


if __name__ == "__main__":
    raise SystemExit(main())
