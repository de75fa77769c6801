"""A robot of a running stack follows a person's body: joints that arrive on a topic, or those of a clip."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from geometry_msgs.msg import PoseArray
from rclpy.node import Node

from skill_stack.connector.mirroring.correspondence import STALE, BodyMirror, Correspondence
from skill_stack.nodes.border import as_it_is, subscribe
from skill_stack.nodes.clients.client_node import client_node, spin_until_left
from skill_stack.nodes.clients.goal_follower import GoalFollower
from skill_stack.nodes.ros_compat import ANY_SENDER
from skill_stack.teleop.goal_lead import FollowedGoal

Array = np.ndarray


class BodyFollower:
    """Passes on goal values while frames arrive; without them the skill's guide has the robot stand still."""

    def __init__(self, node: Node, correspondence: Correspondence, skill: str, topic: str) -> None:
        """Subscribes.

        Args:
            node: The node to work with, in the namespace of the stack.
            correspondence: From the person to the robot.
            skill: Whose goal values it answers with.
            topic: Of ``geometry_msgs/PoseArray``, one pose for each of
                :data:`skill_stack.connector.mirroring.person_features.POINTS`, z up; empty for none.
        """
        self._mirror, self._skill, self._arrived = BodyMirror(correspondence), skill, -np.inf
        self._follower = GoalFollower(node, "body")
        if topic:
            subscribe(node, PoseArray, topic, as_it_is, self._heard, ANY_SENDER)

    @property
    def taken(self) -> int:
        """How many changes of the goal values were passed on."""
        return self._follower.taken

    @property
    def problem(self) -> str:
        """Why the newest frame was left out, or the connector's last refusal, or an empty string."""
        return self._mirror.problem or self._follower.problem

    def _heard(self, message: PoseArray) -> None:
        points = np.array([[pose.position.x, pose.position.y, pose.position.z] for pose in message.poses])
        stamp = message.header.stamp.sec + 1e-9 * message.header.stamp.nanosec
        self.see(stamp or time.monotonic(), points)

    def see(self, stamp: float, points: Array) -> None:
        """Takes a frame, seen at a time by the sender's clock, s; points in m, shape (10, 3)."""
        self._mirror.take(stamp, points)
        goals = self._mirror.goals(stamp)
        if goals is not None:
            self._arrived = time.monotonic()
            # Nothing is too small a change: silence means that the person is gone.
            self._follower.wanted = FollowedGoal(self._skill, goals, dict.fromkeys(goals, 0.0))

    def look(self) -> None:
        """Passes nothing on once frames stay away; to be called often."""
        if time.monotonic() - self._arrived > STALE:
            self._follower.wanted = None

    def end(self) -> None:
        """Ends the skill."""
        self._follower.end()


def follow(
    namespace: str,
    correspondence: Correspondence,
    skill: str,
    topic: str,
    tell: Callable[[str], object],
    clip: tuple[Array, float] | None = None,
) -> int:
    """Has the robot of a stack follow a person until the end of the clip, or until Ctrl-C.

    Args:
        namespace: ROS namespace of the stack.
        correspondence: From the person to the robot.
        skill: Whose goal values it answers with.
        topic: See :class:`BodyFollower`.
        tell: Takes lines for the person.
        clip: Instead of a topic: frames and their rate, Hz.

    Returns:
        How many changes were passed on.
    """
    with client_node("body_mirror", namespace) as (node, executor):
        led, begin, said, told = BodyFollower(node, correspondence, skill, topic), time.monotonic(), "", 0.0
        played = iter(enumerate(clip[0])) if clip else iter(())
        due = next(played, None)

        def look() -> bool:
            nonlocal said, told, due
            now = time.monotonic()
            while clip and due is not None and due[0] / clip[1] <= now - begin:
                led.see(due[0] / clip[1], due[1])
                due = next(played, None)
            led.look()
            if led.problem != said or now - told > 5.0:
                said, told = led.problem, now
                tell(f"{led.taken} changes passed on" + (f"; {said}" if said else ""))
            return clip is None or due is not None

        if clip:
            node.create_timer(1.0 / clip[1], look)
        spin_until_left(executor, look)
        led.end()
        executor.spin_once(timeout_sec=0.5)
        return led.taken
