"""Stands in for Nav2: an action server that drives the robot straight to a pose by velocities, by its transforms alone.

    python examples/actions/fake_nav2.py --namespace alice

With ``--plain`` it needs no nav2_msgs: the type of the action is skill_stack_interfaces/DoSkill, with the pose as JSON
in ``arguments``.
"""

from __future__ import annotations

import argparse
import json
import math
from typing import Any

import rclpy
from geometry_msgs.msg import Twist, TwistStamped
from rclpy.action import ActionServer, CancelResponse
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from rclpy.task import Future
from tf2_msgs.msg import TFMessage

from skill_stack_interfaces.action import DoSkill

PERIOD = 0.05  # s
SPEED, TURN = 0.5, 0.8  # m/s, rad/s
NEAR, AIMED = 0.12, 0.12  # m, rad
Pose = tuple[float, float, float]


def pose_of(pose: Any) -> Pose:
    """x, y in m and yaw in rad of a transform or a pose."""
    place = pose.translation if hasattr(pose, "translation") else pose.position
    turn = pose.rotation if hasattr(pose, "rotation") else pose.orientation
    return place.x, place.y, 2 * math.atan2(turn.z, turn.w)


def wrapped(angle: float) -> float:
    """The same angle within (-pi, pi]."""
    return math.atan2(math.sin(angle), math.cos(angle))


class FakeNav2(Node):
    """Serves ``navigate_to_pose``, one goal at a time."""

    def __init__(self, plain: bool, stamped: bool) -> None:
        """Starts the server."""
        super().__init__("fake_nav2")
        self.transforms: dict[str, tuple[str, Pose]] = {}
        latched = QoSProfile(depth=10, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        self.create_subscription(TFMessage, "/tf", self.take, 10)
        self.create_subscription(TFMessage, "/tf_static", self.take, latched)
        self.kind: Any = DoSkill
        if not plain:
            from nav2_msgs.action import NavigateToPose

            self.kind = NavigateToPose
        self.stamped = stamped
        self.publisher = self.create_publisher(TwistStamped if stamped else Twist, "cmd_vel", 1)
        self.goal: Any = None
        self.aim: Pose = (0.0, 0.0, 0.0)
        self.ended: Any = None
        self.server = ActionServer(
            self, self.kind, "navigate_to_pose", self.carry_out, cancel_callback=lambda goal: CancelResponse.ACCEPT
        )
        self.create_timer(PERIOD, self.drive)

    def take(self, message: TFMessage) -> None:
        """Keeps the transforms by the names of their frames without the namespace."""
        for one in message.transforms:
            parent, child = (frame.rpartition("/")[2] for frame in (one.header.frame_id, one.child_frame_id))
            self.transforms[child] = (parent, pose_of(one.transform))

    def where(self) -> Pose | None:
        """The robot in ``map``, or None while that is unknown."""
        frame, (x, y, yaw) = "base", (0.0, 0.0, 0.0)
        while frame != "map":
            if frame not in self.transforms:
                return None
            frame, (px, py, turn) = self.transforms[frame]
            c, s = math.cos(turn), math.sin(turn)
            x, y, yaw = px + c * x - s * y, py + s * x + c * y, yaw + turn
        return x, y, yaw

    async def carry_out(self, goal: Any) -> Any:
        """Drives until the goal ends."""
        if self.kind is DoSkill:
            pose = json.loads(goal.request.arguments)["pose"]
            turn = 2 * math.atan2(pose["orientation"]["z"], pose["orientation"]["w"])
            self.aim = (pose["position"]["x"], pose["position"]["y"], turn)
        else:
            self.aim = pose_of(goal.request.pose.pose)
        if self.goal is not None:
            self.ended.set_result("aborted")  # another goal takes its place, as with Nav2
        self.goal, self.ended = goal, Future(executor=self.executor)
        print(f"goal {self.aim[0]:.2f} {self.aim[1]:.2f} {self.aim[2]:.2f}", flush=True)
        how = await self.ended
        self.goal = None if self.goal is goal else self.goal
        print(how, flush=True)
        {"succeeded": goal.succeed, "cancelled": goal.canceled, "aborted": goal.abort}[how]()
        return self.kind.Result()

    def drive(self) -> None:
        """One velocity."""
        here = self.where()
        if self.goal is None or here is None or self.ended.done():
            return
        if self.goal.is_cancel_requested:
            self.ended.set_result("cancelled")
            return
        x, y, yaw = self.aim
        left = math.hypot(x - here[0], y - here[1])
        bearing = wrapped((math.atan2(y - here[1], x - here[0]) if left > NEAR else yaw) - here[2])
        if left <= NEAR and abs(bearing) <= AIMED:
            self.publish(0.0, 0.0)
            self.ended.set_result("succeeded")
            return
        ahead = SPEED * min(1.0, 0.4 + left) if left > NEAR and abs(bearing) < 0.6 else 0.0
        turn = math.copysign(min(TURN, max(0.35, 1.5 * abs(bearing))), bearing) if abs(bearing) > 0.05 else 0.0
        self.publish(ahead, turn)
        if self.kind is DoSkill:
            self.goal.publish_feedback(DoSkill.Feedback(progress=1.0 / (1.0 + left)))
        else:
            self.goal.publish_feedback(self.kind.Feedback(distance_remaining=left))

    def publish(self, ahead: float, turn: float) -> None:
        """Publishes m/s and rad/s."""
        twist = Twist()
        twist.linear.x, twist.angular.z = ahead, turn
        self.publisher.publish(TwistStamped(twist=twist) if self.stamped else twist)


def main() -> None:
    """Runs the server until it is ended."""
    parser = argparse.ArgumentParser(description="Stands in for Nav2.")
    parser.add_argument("--namespace", default="", help="that of the stack")
    parser.add_argument("--plain", action="store_true", help="without nav2_msgs")
    parser.add_argument("--stamped", action="store_true", help="TwistStamped, for stamped_cmd_vel of the connector")
    given = parser.parse_args()
    rclpy.init(args=["--ros-args", "-r", f"__ns:=/{given.namespace}"])
    node = FakeNav2(given.plain, given.stamped)
    print(f"ready {node.kind.__name__}", flush=True)
    try:
        rclpy.spin(node)
    except (KeyboardInterrupt, rclpy.executors.ExternalShutdownException):
        pass
    finally:
        node.destroy_node()
        rclpy.try_shutdown()


if __name__ == "__main__":
    main()
