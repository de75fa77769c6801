"""Controller front end: between the robot's shared memory and ROS."""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from geometry_msgs.msg import PoseWithCovarianceStamped
from std_srvs.srv import Trigger

from skill_stack.core.errors import DataError, StaleData
from skill_stack.core.processes.journal import Journal
from skill_stack.core.setpoint import SkillSetpoint
from skill_stack.core.shared_memory.block_name import block_path, domain_of
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.stated_place import EXTERNAL, SOURCES, state_place, stated_place
from skill_stack.core.world.scene import Pose2
from skill_stack.nodes.border import border_of, serve, subscribe
from skill_stack.nodes.bridges.remote_topic import RemoteTopic
from skill_stack.nodes.node_main import run_node
from skill_stack.nodes.ros_compat import STREAM
from skill_stack.nodes.setpoint_gateway import TOPIC, SetpointGateway
from skill_stack.nodes.stack_node import StackNode
from skill_stack.nodes.views.external_localization import UNSAID, ExternalLocalization
from skill_stack.nodes.views.robot_description import describe_robot
from skill_stack.nodes.views.robot_health import RobotHealth
from skill_stack.nodes.views.robot_link import RobotLink
from skill_stack.nodes.views.robot_topics import RobotTopics
from skill_stack.nodes.views.safety_markers import SafetyMarkers
from skill_stack.nodes.wire.wire import status_message
from skill_stack.nodes.wire.wire_basics import pose2_of
from skill_stack_interfaces.msg import SkillSetpoint as SetpointMessage
from skill_stack_interfaces.msg import SkillStatus as StatusMessage

POLL_RATE = 100.0  # Hz of the clock on the wall, in real time
LOCK_STEP_NAP = 1e-4  # s between looks in lock-step, where simulated time waits for this process
WAIT = SkillSetpoint("", 0, 0.0, "", "front end", ())
"""Value for lock-step: simulated time waits for a connector instead of running as fast as it can."""
ATTACH_PERIOD = 0.5  # s between looks for the block's file


class ControllerNode(StackNode):
    """Publishes the control process's reports, and passes setpoints and stops to it.

    Parameters: ``robot``; ``pace``; ``start_pose`` (x, y in m and yaw in rad: where the robot stands in ``map`` when
    odometry begins; the source of localization until a place is stated, on ``initialpose`` for example);
    ``localization`` (``own``, or ``external``: ``map`` to ``odom`` is taken from ``/tf``); ``publish_clock``;
    ``rate`` (sensors, odometry and transforms, Hz).
    """

    def __init__(self) -> None:
        """Declares the parameters."""
        super().__init__("controller")
        self._place = 0
        self._journal, self._told = Journal(self.block, "front_end"), ""

    def configure(self) -> None:
        """Reads the robot and makes publishers, services and the subscription to setpoints."""
        self._robot = self.load_robot()
        x, y, yaw = (float(v) for v in self.value("start_pose"))
        namespace = self.get_namespace()
        wait = WAIT if self.value("pace") == "lock_step" else None
        self._link = RobotLink(block_path(namespace, domain_of(os.environ), os.getuid()), self._robot, wait)
        self.configured.callback(self._link.close)
        elsewhere = self.value("localization") == EXTERNAL
        self._external, self._place = ExternalLocalization(self) if elsewhere else None, 0
        start = None if self._external else Pose2(x, y, yaw)
        description = describe_robot(self._robot)
        self._topics = RobotTopics(self, self._robot, description, start)
        self._health = RobotHealth(self, self._robot, description.tree)
        self._remote = RemoteTopic(self)
        self._health.localization = self._topics.localization
        self._statuses = self.create_publisher(StatusMessage, "skill_status", STREAM)
        self._safety = SafetyMarkers(self, self.frame(self._robot.source.base_link))
        self._door = SetpointGateway(self)
        self._health.refused = self._door.refused
        subscribe(self, SetpointMessage, TOPIC, self._opened, self._take_setpoint, STREAM, informed=True)
        if self._external is None:  # else it is meant for that localization
            subscribe(self, PoseWithCovarianceStamped, "initialpose", self._place_of, self._take_place, 1)
        for kind in ("stop", "estop", "reset"):
            serve(self, Trigger, kind, partial(self._request, kind))

    def activate(self) -> None:
        """Publishes constant data once, and starts polling the shared memory."""
        self._attach()
        self._topics.publish_constants()
        self.create_timer(ATTACH_PERIOD, self._attach)
        self.create_rate_timer("rate", self._publish_sensors)
        self.create_timer(1.0, lambda: self._health.publish(self._link.parts))
        if self.value("pace") == "lock_step":
            self.work_while_active("status", self._poll_closely)
        else:
            self.create_timer(1.0 / POLL_RATE, self._poll_once)

    def _attach(self) -> None:
        """Opens the blocks, again when a file was replaced, and writes its heartbeat."""
        try:
            self._link.attach(time.monotonic())
        except DataError as error:
            self.get_logger().error(f"shared memory: {error}", throttle_duration_sec=5.0)

    def _poll_closely(self, ended: threading.Event) -> None:
        """Lock-step: a thread of its own, since simulated time waits for every status that it finds."""
        while not ended.is_set() and self.alive:
            if not self._poll():
                time.sleep(LOCK_STEP_NAP)

    def _poll_once(self) -> None:
        self._poll()

    def _poll(self) -> bool:
        """Publishes new statuses, and repeats old ones when due; whether any was new."""
        news = False
        try:
            for status, fresh, now in self._link.statuses():
                news = news or fresh
                if self.alive:
                    stamp, frame = self.stamp_at(status.task_time, now), self.frame("odom")
                    message = status_message(status, stamp, frame, simulated=self._topics.simulated)
                    self._statuses.publish(message)
                    self._safety.take(status)
        except StaleData as error:
            self.get_logger().warning(str(error), throttle_duration_sec=1.0)
        return news

    def _opened(self, message: SetpointMessage, info: Mapping[str, Any]) -> SkillSetpoint | None:
        """A setpoint of the connector; None while the node is not running."""
        return self._door.open(message, info) if self.running else None

    def _take_setpoint(self, setpoint: SkillSetpoint | None) -> None:
        """Writes a setpoint to shared memory at once."""
        if setpoint is None:
            return
        self._link.write_setpoint(setpoint)
        if setpoint.request_id and setpoint.request_id != self._told:
            self._told = setpoint.request_id
            now = time.monotonic(), time.time()
            self._journal.note("written", setpoint.request_id, *now, sequence=setpoint.sequence)

    def _request(self, kind: str, _: Trigger.Request, answer: Trigger.Response) -> Trigger.Response:
        """A service call becomes a single store in shared memory, for all parts of the robot."""
        words = self._link.words
        if words is None:
            answer.success, answer.message = False, "there is no shared memory to write to: is the robot's stack up?"
            return answer
        getattr(words, f"request_{kind}")("ros")
        answer.success, answer.message = True, f"{kind} is in shared memory; the controller acts at its next tick"
        return answer

    def _place_of(self, message: PoseWithCovarianceStamped) -> tuple[Pose2, float, float]:
        """Stated pose of the robot in ``map``, and standard deviations of position, m, and heading, rad."""
        frame, known = message.header.frame_id.strip("/"), self.frame("map")
        if frame != known:
            raise DataError(f"the place is in frame '{frame}', it must be in '{known}'")
        spread = max(message.pose.covariance[0], message.pose.covariance[7]), message.pose.covariance[35]
        position, heading = (math.sqrt(value) if value > 0.0 else UNSAID for value in spread)
        return pose2_of(message.pose.pose), position, heading

    def _take_place(self, said: tuple[Pose2, float, float]) -> None:
        """Takes a stated pose from ``initialpose``."""
        if not self._link.parts:
            raise DataError("there is no shared memory: is the robot's stack up?")
        state_place(self._link.parts[0], *said)

    def _look_for_place(self, main: RobotChannels) -> None:
        """Publishes the pose of ``odom`` in ``map`` when it was stated anew."""
        number = main.common.get("place.number")
        if number == self._place:
            return
        self._place, stated = number, stated_place(main.common)
        self._topics.place(stated)
        news = self._health.localization != self._topics.localization
        self._health.localization = self._topics.localization
        if stated is not None and (news or stated.source == SOURCES[0]):  # markers say it over and over
            x, y, yaw = stated.origin.x, stated.origin.y, stated.origin.yaw
            where = f"odom lies at {x:.2f} m, {y:.2f} m, {yaw:.2f} rad in map"
            self.get_logger().info(f"the place was stated ({stated.source}); {where}")

    def _publish_sensors(self) -> None:
        if not self._link.parts:
            return
        main = self._link.parts[0]
        if self._external is not None:
            border_of(self).hand_on("/tf", partial(self._external.look, main))
        self._look_for_place(main)
        self._remote.look(main.common)
        try:
            sample, state = main.read_sample(), main.read_state()
        except StaleData:
            return  # a writer died in the middle; diagnostics report the silence
        if sample is not None:
            self._topics.publish(sample, state, lambda: self._link.joints(sample))


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the node."""
    return run_node(ControllerNode, argv)


if __name__ == "__main__":
    raise SystemExit(main())
