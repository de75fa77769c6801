"""HandMirror: teleoperates a hand of a running stack by the joints or fingertips of another one."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator

import numpy as np
from geometry_msgs.msg import PoseArray
from rclpy.node import Node
from sensor_msgs.msg import JointState

from skill_stack.connector.retargeting.hand_shape import HandShape
from skill_stack.connector.retargeting.synergy_space import SynergySpace
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.nodes.border import as_it_is, subscribe
from skill_stack.nodes.clients.client_node import client_node, spin_until_left
from skill_stack.nodes.clients.goal_follower import GoalFollower
from skill_stack.nodes.ros_compat import ANY_SENDER
from skill_stack.teleop.goal_lead import posture_goal

SKILL = "take_posture"
"""The skill that takes coordinates, and ends by itself where it is as told."""
SHOWN = "hand_input"
"""Topic of the joints of the other hand."""
STALE = 1.0
"""Time without input after which another skill is ended, s: the hand keeps what it holds."""


class HandMirror:
    """Commands one hand to follow another; without input nothing moves."""

    def __init__(self, node: Node, source: RobotSpec, space: SynergySpace, topic: str, skill: str = SKILL) -> None:
        """Subscribes.

        Args:
            node: The node to work with, in the namespace of the stack.
            source: The hand whose joints or fingertips arrive; fingertips in the frame of its base link.
            space: The space of the postures.
            topic: Of ``sensor_msgs/JointState``; ``<topic>_tips`` takes ``geometry_msgs/PoseArray``, one pose for
                each finger of the source, in the order of :data:`skill_stack.core.robots.fingertip.FINGERS`.
            skill: The skill of the commanded hand that takes coordinates.
        """
        self._malformed, self._arrived = "", np.inf
        self._shape, self._space, self._skill = HandShape(source), space, skill
        self._names, self._last = source.joint_names, source.pose("default")
        self._follower = GoalFollower(node, "mirror")
        subscribe(node, JointState, topic, as_it_is, self._joints, ANY_SENDER)
        subscribe(node, PoseArray, f"{topic}_tips", as_it_is, self._tips, ANY_SENDER)

    @property
    def taken(self) -> int:
        """How many postures were passed on."""
        return self._follower.taken

    @property
    def problem(self) -> str:
        """What is wrong with the input, or the connector's last reason for a refusal, or an empty string."""
        return self._malformed or self._follower.problem

    def _joints(self, message: JointState) -> None:
        """Stores joint positions; joints missing in a message keep their last value."""
        seen = dict(zip(message.name, message.position, strict=False))
        joints = np.array([seen.get(name, last) for name, last in zip(self._names, self._last)])
        if np.isfinite(joints).all():
            self._last = np.clip(joints, self._shape.lower, self._shape.upper)
            self._follow(self._space.encode(self._shape.tips(self._last), self._shape.which))

    def _tips(self, message: PoseArray) -> None:
        points = np.array([[pose.position.x, pose.position.y, pose.position.z] for pose in message.poses])
        which = self._shape.which
        if points.shape != (len(which), 3) or not np.isfinite(points).all():
            self._malformed = f"fingertips are {len(which)} places, of {', '.join(which)}; a message was left out"
            return
        self._follow(self._space.encode(self._shape.shared(points), which))

    def _follow(self, coordinates: np.ndarray) -> None:
        self._arrived = time.monotonic()
        self._follower.wanted = posture_goal(self._skill, coordinates.tolist())

    def look(self) -> None:
        """Ends what follows on and on once input stays away; to be called often."""
        if self._skill != SKILL and time.monotonic() - self._arrived > STALE:
            self._arrived = np.inf
            self._follower.end()


def mirror(
    namespace: str,
    source: RobotSpec,
    space: SynergySpace,
    topic: str,
    tell: Callable[[str], object],
    going_on: Callable[[], bool] = lambda: True,
    skill: str = SKILL,
) -> int:
    """Commands the hand of a stack until the person leaves.

    Args:
        namespace: ROS namespace of the stack.
        source: The observed hand.
        space: The space of the postures.
        topic: See :class:`HandMirror`.
        tell: Takes lines for the person.
        going_on: Called often; False ends it.
        skill: See :class:`HandMirror`.

    Returns:
        How many postures were passed on.
    """
    with client_node("hand_mirror", namespace) as (node, executor):
        led, said, told = HandMirror(node, source, space, topic, skill), "", time.monotonic()

        def look() -> bool:
            nonlocal said, told
            led.look()
            if led.problem != said or time.monotonic() - told > 5.0:
                said, told = led.problem, time.monotonic()
                tell(f"{led.taken} postures passed on" + (f"; {said}" if said else ""))
            return going_on()

        spin_until_left(executor, look)
        return led.taken


@contextlib.contextmanager
def shown(
    namespace: str, source: RobotSpec, space: SynergySpace, skill: str
) -> Iterator[Callable[[np.ndarray | None], None]]:
    """Has a hand of a running stack follow joints as a glove would publish them.

    Args:
        namespace: ROS namespace of the stack.
        source: The hand whose joints are told.
        space: The space of the postures.
        skill: See :class:`HandMirror`.

    Yields:
        Is to be called often, with the joint positions where there are new ones, rad, shape (joints,).
    """
    with client_node("hand_mirror", namespace) as (node, executor):
        led = HandMirror(node, source, space, SHOWN, skill)
        told = node.create_publisher(JointState, SHOWN, ANY_SENDER)

        def look(joints: np.ndarray | None) -> None:
            if joints is not None:
                told.publish(JointState(name=list(source.joint_names), position=joints.tolist()))
            executor.spin_once(timeout_sec=0.005)
            led.look()

        yield look
