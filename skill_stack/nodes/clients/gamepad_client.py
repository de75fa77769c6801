"""Gamepad client: a hand on a gamepad drives, poses and stops a running robot, here or from another machine."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Protocol

from geometry_msgs.msg import Twist
from rclpy.node import Node

from skill_stack.core.errors import SkillStackError
from skill_stack.core.processes.confirmation import note_hand
from skill_stack.core.setpoint import SkillRequest, StepOutcome
from skill_stack.nodes.clients.client_node import client_node, spin_until_left
from skill_stack.nodes.clients.drive_client import hand_words, twist
from skill_stack.nodes.clients.goal_follower import GoalFollower
from skill_stack.nodes.clients.joy_pad import JoyPad
from skill_stack.nodes.ros_compat import NEWEST
from skill_stack.nodes.skill_caller import SkillCaller
from skill_stack.nodes.stop_line import Kind, StopLine
from skill_stack.teleop.gamepad.evdev_pad import EvdevPad, PadLost
from skill_stack.teleop.gamepad.hand import GamepadHand, PadRequests, PadState
from skill_stack.teleop.gamepad.profile import GamepadProfile
from skill_stack.teleop.goal_lead import FollowedGoal
from skill_stack.teleop.velocity_ramp import DriveLimits

PERIOD = 0.02
"""Time between two looks at the gamepad, s."""
_FIND = 1.0  # s between two tries to find one that has gone
_SMALLEST = 0.02  # share of a goal's range that is passed on


class Gamepad(Protocol):
    """A gamepad, wherever its state comes from."""

    @property
    def name(self) -> str:
        """What it is, for people."""

    def poll(self) -> PadState:
        """The state now; raises PadLost."""

    def rumble(self) -> None:
        """Shakes once, where the device can."""

    def close(self) -> None:
        """Lets go of the device."""


class GamepadClient:
    """Passes on what the hand requests.

    A gamepad that goes while the hand drives or poses the robot stops it: the robot takes its stance. Nothing that was
    held when it comes back means anything before it has been released.
    """

    def __init__(
        self,
        node: Node,
        profile: GamepadProfile,
        limits: DriveLimits,
        find: Callable[[], Gamepad],
        tell: Callable[[str], object],
        away: bool = False,
    ) -> None:
        """Prepares; :meth:`turn` has to be called every :data:`PERIOD`.

        Args:
            node: The node to work with, in the namespace of the stack.
            profile: Which control requests what.
            limits: How fast the sticks may drive.
            find: Opens the gamepad; raises PadLost.
            tell: Takes lines for the person.
            away: Whether the robot is not on this machine.
        """
        self._profile, self._find, self._tell = profile, find, tell
        self._hand, self._find_at = GamepadHand(profile, limits), 0.0
        self._pad: Gamepad | None = None
        self._publisher = node.create_publisher(Twist, "cmd_vel_network" if away else "cmd_vel_local", NEWEST)
        self._stops = StopLine(node)
        self._words = None if away else hand_words(node.get_namespace())
        self._follower = GoalFollower(node, "gamepad-pose", self._refused)
        self._caller = SkillCaller(node, self._ended)
        self._count, self._said = 0, ""

    def turn(self) -> None:
        """Looks at the gamepad once."""
        self._caller.look()
        pad = self._pad or self._found()
        if pad is None:
            return
        try:
            state = pad.poll()
        except PadLost as error:
            self._lost(str(error))
            return
        self._pass(self._hand.take(state, time.monotonic()))

    def leave(self) -> None:
        """Ends driving; to be called last."""
        if self._hand.lose():
            self._publisher.publish(twist(0.0, 0.0, 0.0))
        self._follower.end()
        if self._pad is not None:
            self._pad.close()

    def _found(self) -> Gamepad | None:
        """A gamepad that is there again, or None."""
        now = time.monotonic()
        if now < self._find_at:
            return None
        self._find_at = now + _FIND
        try:
            self._pad = self._find()
            self._pad.poll()
        except PadLost as error:
            self._pad = None
            self._say(f"{error}; waiting for it")
            return None
        self._say(f"{self._pad.name}: {self._profile.description}")
        return self._pad

    def _lost(self, why: str) -> None:
        """The gamepad has gone: nobody holds anything any more."""
        if self._hand.lose():
            self._publisher.publish(twist(0.0, 0.0, 0.0))
            self._follower.end()
            self._ask("stop")
            why += "; the robot was stopped"
        if self._pad is not None:
            self._pad.close()
        self._pad = None
        self._say(why)

    def _pass(self, asked: PadRequests) -> None:
        for kind in ("estop", "stop", "reset"):
            if getattr(asked, kind):
                self._ask(kind)
                self._say(f"{kind} asked for")
                return
        if asked.velocity is not None:
            if self._words is not None and any(asked.velocity):
                note_hand(self._words)
            self._publisher.publish(twist(*asked.velocity))
        if asked.pose is not None:
            skill, goal = asked.pose
            self._follower.wanted = FollowedGoal(skill, goal, self._changes(skill))
        elif self._follower.wanted is not None:
            self._follower.end()
        if asked.skill is not None:
            self._count += 1
            name, arguments = asked.skill
            self._caller.start(SkillRequest(f"gamepad-{os.getpid()}-{self._count}", name, dict(arguments)))
            self._say(name)

    def _changes(self, skill: str) -> dict[str, float]:
        """The smallest change of each goal value of a skill that is passed on."""
        ranges = {n: one for pose in self._profile.poses if pose.skill == skill for n, one in pose.goal.items()}
        return {name: _SMALLEST * abs(one.high - one.low) for name, one in ranges.items()}

    def _ask(self, kind: Kind) -> None:
        try:
            self._stops.ask(kind)
        except SkillStackError as error:
            self._refused(str(error))

    def _ended(self, outcome: StepOutcome) -> None:
        if outcome.outcome == "failed":
            self._refused(f"{outcome.skill}: {outcome.reason}")

    def _refused(self, why: str) -> None:
        """Tells and lets the hand feel that something was not done."""
        if self._pad is not None:
            self._pad.rumble()
        self._say(why)

    def _say(self, text: str) -> None:
        if text != self._said:
            self._said = text
            self._tell(text)


def drive_by_gamepad(
    namespace: str,
    profile: GamepadProfile,
    limits: DriveLimits,
    tell: Callable[[str], object],
    device: str = "",
    joy: str = "",
    away: bool = False,
) -> int:
    """Drives a running robot until the person leaves with Ctrl-C.

    Args:
        namespace: ROS namespace of the robot.
        profile: Which control requests what.
        limits: How fast.
        tell: Takes lines for the person.
        device: The device to read; empty for the first one that fits.
        joy: Topic of ``sensor_msgs/Joy`` to read instead of a device.
        away: Whether the robot is not on this machine.

    Returns:
        Exit code 0.

    Raises:
        SkillStackError: The library that reads devices is not installed.
    """
    with client_node("gamepad", namespace) as (node, executor):
        by_topic = JoyPad(node, profile, joy) if joy else None

        def find() -> Gamepad:
            return by_topic or EvdevPad(profile, device)

        client = GamepadClient(node, profile, limits, find, tell, away)
        node.create_timer(PERIOD, client.turn)
        try:
            spin_until_left(executor)
        finally:
            client.leave()
    return 0
