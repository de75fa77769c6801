"""HandMirror: teleoperates a hand of a running stack by the joints or fingertips of another one."""

from __future__ import annotations

import itertools
import os
import signal
import time
from collections.abc import Callable

import numpy as np
import rclpy
from geometry_msgs.msg import PoseArray
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions
from sensor_msgs.msg import JointState

from skill_stack.connector.retargeting.hand_shape import HandShape
from skill_stack.connector.retargeting.synergy_space import SynergySpace
from skill_stack.core.robots.fingertip import FINGERS
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.setpoint import SkillRequest, StepOutcome
from skill_stack.nodes.border import as_it_is, subscribe
from skill_stack.nodes.ros_compat import ANY_SENDER
from skill_stack.nodes.skill_caller import SkillCaller

RATE = 10.0
"""Most changes of the hand's goal in a second, Hz."""
CHANGE = 0.03
"""Smallest change of a coordinate that is passed on, in standard deviations."""
AGAIN = 1.0
"""Time after a refusal before the next try, s."""
SKILL = "take_posture"
"""The skill that takes coordinates."""
_numbers = itertools.count(1)


class HandMirror:
    """Commands one hand to follow another; without input nothing moves.

    Attributes:
        taken: How many postures were passed on.
        problem: The connector's last reason for a refusal, or an empty string.
    """

    def __init__(self, node: Node, source: RobotSpec, space: SynergySpace, topic: str, skill: str = SKILL) -> None:
        """Subscribes.

        Args:
            node: The node to work with, in the namespace of the stack.
            source: The hand whose joints or fingertips arrive; fingertips in the frame of its base link.
            space: The space of the postures.
            topic: Of ``sensor_msgs/JointState``; ``<topic>_tips`` takes ``geometry_msgs/PoseArray``, one pose for
                each of :data:`skill_stack.core.robots.fingertip.FINGERS`.
            skill: The skill of the commanded hand that takes coordinates.
        """
        self.taken, self.problem = 0, ""
        self._shape, self._space, self._skill = HandShape(source), space, skill
        self._names, self._last = source.joint_names, source.pose("default")
        self._caller = SkillCaller(node, self._ended)
        self._request: SkillRequest | None = None
        self._wanted: np.ndarray | None = None
        self._sent: np.ndarray | None = None
        self._again = 0.0
        subscribe(node, JointState, topic, as_it_is, self._joints, ANY_SENDER)
        subscribe(node, PoseArray, f"{topic}_tips", as_it_is, self._tips, ANY_SENDER)
        node.create_timer(1.0 / RATE, self._turn)

    def _joints(self, message: JointState) -> None:
        """Stores joint positions; joints missing in a message keep their last value."""
        seen = dict(zip(message.name, message.position, strict=False))
        joints = np.array([seen.get(name, last) for name, last in zip(self._names, self._last)])
        if np.isfinite(joints).all():
            self._last = np.clip(joints, self._shape.lower, self._shape.upper)
            self._wanted = self._space.encode(self._shape.tips(self._last))

    def _tips(self, message: PoseArray) -> None:
        points = np.array([[pose.position.x, pose.position.y, pose.position.z] for pose in message.poses])
        if points.shape != (len(FINGERS), 3) or not np.isfinite(points).all():
            self.problem = f"fingertips are {len(FINGERS)} places, of {', '.join(FINGERS)}; a message was left out"
            return
        self._wanted = self._space.encode(self._shape.shared(points))

    def _turn(self) -> None:
        self._caller.look()
        wanted = self._wanted
        if (
            wanted is None
            or time.monotonic() < self._again
            or (self._sent is not None and np.abs(wanted - self._sent).max() < CHANGE)
        ):
            return
        arguments = {f"s{number}": float(value) for number, value in enumerate(wanted, 1)}
        if self._request is None:
            name = f"mirror-{os.getpid()}-{next(_numbers)}"
            self._request = SkillRequest(name, self._skill, arguments)
            self._caller.start(self._request)
        else:
            self._request = SkillRequest(self._request.id, self._skill, arguments)
            self._caller.change(self._request, self._refused)
        self._sent = wanted
        self.taken += 1

    def _refused(self, why: str) -> None:
        self.problem, self._request, self._sent, self._again = why, None, None, time.monotonic() + AGAIN

    def _ended(self, outcome: StepOutcome) -> None:
        """Handles the end of a motion; the next posture is a new request."""
        self._request = None
        if outcome.outcome != "succeeded":
            self.problem, self._sent, self._again = outcome.reason, None, time.monotonic() + AGAIN


def mirror(
    namespace: str,
    source: RobotSpec,
    space: SynergySpace,
    topic: str,
    tell: Callable[[str], object],
    going_on: Callable[[], bool] = lambda: True,
) -> int:
    """Commands the hand of a stack until the person leaves.

    Args:
        namespace: ROS namespace of the stack.
        source: The observed hand.
        space: The space of the postures.
        topic: See :class:`HandMirror`.
        tell: Takes lines for the person.
        going_on: Called often; False ends it.

    Returns:
        How many postures were passed on.
    """
    context = Context()
    # Ctrl-C is Python's own, also where the process was started in the background with the signal ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    rclpy.init(context=context, signal_handler_options=SignalHandlerOptions.NO)
    node = Node("hand_mirror", namespace="/" + namespace.strip("/"), context=context, start_parameter_services=False)
    led, said, told = HandMirror(node, source, space, topic), "", time.monotonic()
    executor = SingleThreadedExecutor(context=context)
    executor.add_node(node)
    try:
        while context.ok() and going_on():
            executor.spin_once(timeout_sec=0.1)
            if led.problem != said or time.monotonic() - told > 5.0:
                said, told = led.problem, time.monotonic()
                tell(f"{led.taken} postures passed on" + (f"; {said}" if said else ""))
    except KeyboardInterrupt:
        pass
    finally:
        executor.shutdown()
        node.destroy_node()
        context.try_shutdown()
    return led.taken
