"""Ros2ControlDriver: a robot behind ros2_control; see :class:`skill_stack.core.robots.hardware.Hardware`.

It runs in a bridge process, since control processes do not use ROS. Limits are applied here: ros2_control's own limit
enforcement is off by default in Jazzy.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from skill_stack.core.errors import DataError, LeaseRefused
from skill_stack.core.joint_command import CommandMode, JointCommand
from skill_stack.core.robots.hardware import Capabilities, DriverHealth
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.sensor_sample import SensorSample
from skill_stack.hardware.joint_sample import joint_sample
from skill_stack.hardware.ros2_control.controller_guard import ControllerGuard
from skill_stack.hardware.ros2_control.controller_manager import ControllerManager
from skill_stack.hardware.ros2_control.facts import capabilities_of
from skill_stack.hardware.ros2_control.link import JointStates, Link
from skill_stack.hardware.ros2_control.settings import ControlPlace
from skill_stack.hardware.ros2_control.urdf_tags import contradiction, narrowed, read_tags

Array = np.ndarray

SILENT = 0.25
"""Time without joint states after which start-up restarts, s."""
LOOK_EVERY = 50
"""Reads between two checks for other publishers of commands."""
AHEAD = 2.0
"""Periods after which a point of a trajectory is due: the next one replaces it earlier."""
LONGEST = 0.1
"""Longest time since the last command that counts for a step of the position, s."""
UNKNOWN = 25.0
"""Temperature, which joint states lack, °C."""


class Ros2ControlDriver:
    """One robot; commands in the shared block were written under a lease, so it needs none."""

    def __init__(
        self,
        robot: RobotSpec,
        settings: Mapping[str, Any],
        link: Link,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
        manager: ControllerManager | None = None,
    ) -> None:
        """Starts the search for joint states and the controller; commands nothing yet.

        Args:
            robot: The robot.
            settings: The deployment's ``driver_settings``;
                see :class:`skill_stack.hardware.ros2_control.settings.Ros2ControlSettings`.
            link: The robot's topics.
            clock: Monotonic time, s.
            sleep: Waits, s; used by :meth:`damp` alone.
            manager: Its controller manager, where the settings name one.

        Raises:
            DataError: The settings are wrong, contradict the URDF, or name a manager that was not given.
        """
        place = ControlPlace(robot, settings)
        self._robot, self._settings, self._link = robot, place.settings, link
        self._kind, self._names = place.settings.driven_kind, place.joints
        self._place = {name: index for index, name in enumerate(self._names)}
        self._clock, self._sleep = clock, sleep
        if self._settings.managed and manager is None:
            raise DataError(f"no controller manager '{self._settings.manager}' was given")
        managed = self._settings.managed and manager is not None
        self._guard = ControllerGuard(self._names, self._settings, manager) if managed and manager else None
        self._capabilities = capabilities_of(robot, self._settings)
        self._lower, self._upper = narrowed(robot, place.tags, "position")
        self._fastest, self._effort = narrowed(robot, place.tags, "velocity"), narrowed(robot, place.tags, "effort")
        self._described, self._contradiction = "", f"no robot description on '{self._settings.description}'"
        self._damp_kd = robot.column("damp_kd")
        self._counts: Counter[str] = Counter()
        self._sample: SensorSample | None = None
        self._told: Array | None = None  # positions that were sent last
        self._told_at = self._asked = -np.inf
        self._order: Array | None = None
        self._reads, self._others = 0, 0
        self._reason, self._closing, self._closed = "waiting for joint states", False, False

    @property
    def capabilities(self) -> Capabilities:
        """See :class:`skill_stack.core.robots.hardware.Hardware`."""
        return self._capabilities

    @property
    def health(self) -> DriverHealth:
        """See :class:`skill_stack.core.robots.hardware.Hardware`."""
        return DriverHealth(not self._reason and not self._closed, self._reason, self._counts)

    def read(self) -> SensorSample | None:
        """The newest measurement; also takes the next step of start-up and checks for other publishers."""
        now, states = self._clock(), self._link.states()
        self._reads += 1
        if self._reads % LOOK_EVERY == 1:
            self._others = self._link.other_publishers()
        self._reason = self._trouble(states, now)
        if states is not None and (self._sample is None or states.count != self._sample.sequence):
            missing = [name for name in self._names if name not in states.position]
            if not missing:
                self._sample = self._sampled(states, valid=not self._reason)
        return self._sample

    def write(self, command: JointCommand) -> None:
        """Sends one command within the joints' limits; dropped until start-up is over.

        While a robot that was driven cannot be, a controller of velocities or efforts gets zero commands.

        Raises:
            LeaseRefused: Another node publishes commands to the controller, or the controllers were changed.
            ValueError: A number is not finite; nothing was sent.
        """
        if self._strangers:
            raise LeaseRefused(f"somebody else publishes to {self._settings.command_topic}")
        if self._guard is not None and self._guard.lost:
            raise LeaseRefused(self._guard.lost)
        if self._closed or self._sample is None or command.mode is CommandMode.IDLE:
            return
        now = self._clock()
        if now - self._told_at < 0.5 / self._settings.rate:
            return  # the controller takes no more than this
        if self._reason:
            self._let_go(now)
        else:
            self._send(command, self._sample, now)

    def damp(self) -> None:
        """Damps as far as the controller's type allows: effort only against the motion, zero velocity, or a halt."""
        if self._strangers or (self._guard is not None and self._guard.lost):
            return  # the controller is another's by now, or does not run
        end = self._clock() + self._settings.damp_time
        while self._sample is not None and np.isfinite(self._told_at):
            self.read()
            if self._order is None:
                self._let_go(self._clock())
            else:
                zero = np.zeros(self._robot.size)
                halt = JointCommand(self._sample.position, zero, zero, zero, self._damp_kd, CommandMode.DAMP)
                self._send(halt, self._sample, self._clock())
            if self._clock() >= end:
                return
            self._sleep(1.0 / self._settings.rate)

    def close(self) -> None:
        """Leaves the robot damped or halted, and to the controllers that ran before; a second call does nothing."""
        if self._closed or self._closing:
            return
        self._closing = True  # nobody hears answers meanwhile, so that silence says nothing about the controllers
        try:
            self.damp()
        finally:
            self._closed = True
            self._reason = self._guard.release(self._clock()) if self._guard is not None else ""

    @property
    def _strangers(self) -> bool:
        """Whether others publish commands, and the robot is not driven beside them."""
        return bool(self._others) and self._settings.others == "refuse"

    def _trouble(self, states: JointStates | None, now: float) -> str:
        """What prevents driving the robot; empty when nothing does."""
        if states is None or now - states.stamp > SILENT:
            self._told, self._order, self._asked = None, None, -np.inf  # who returns may sort its joints otherwise
            self._link.forget_joints()
            return f"no joint states on '{self._settings.joint_states}'"
        missing = [name for name in self._names if name not in states.position]
        if missing:
            return f"joint states lack {', '.join(missing)}"
        trouble = self._check_description() or self._check_controllers(now) or self._find_order(now)
        if trouble:
            return trouble
        if self._strangers:
            return f"somebody else publishes to {self._settings.command_topic}"
        return ""

    def _check_description(self) -> str:
        """Checks the tags of a newly published URDF against the robot, and takes over tighter limits."""
        if not self._settings.description:
            return ""
        text = self._link.description()
        if text is not None and text != self._described:
            self._described, self._contradiction = text, self._read_description(text)
        return self._contradiction

    def _read_description(self, text: str) -> str:
        robot, prefix, origin = self._robot, self._settings.joint_prefix, f"'{self._settings.description}'"
        try:
            tags = read_tags(text, origin)
        except DataError as error:
            return str(error)
        if not tags:
            return f"{origin} has no <ros2_control> tags"
        if problem := contradiction(robot, tags, self._settings.interface, prefix):
            return f"{origin}: {problem}"
        limits = (self._lower, self._upper), self._fastest, self._effort
        found = [narrowed(robot, tags, name, prefix) for name in ("position", "velocity", "effort")]
        (self._lower, self._upper), self._fastest, self._effort = (
            (np.maximum(old[0], new[0]), np.minimum(old[1], new[1])) for old, new in zip(limits, found, strict=True)
        )
        return ""

    def _check_controllers(self, now: float) -> str:
        return "" if self._guard is None or self._closing else self._guard.step(now)

    def _find_order(self, now: float) -> str:
        """Reads the order of the controller's joints, since its commands carry no names; again while the robot is
        driven, since a reloaded controller may have another order.
        """
        if now - self._asked >= self._settings.ask_again:
            self._asked = now
            self._link.ask_joints()
        joints = self._link.controller_joints()
        if joints is None:
            self._order = None
            return f"controller '{self._settings.controller}' does not say its joints: is it loaded and active?"
        if sorted(joints) != sorted(self._names):
            self._order = None
            few, many = set(self._names) - set(joints), set(joints) - set(self._names)
            lacks = f" lacks {', '.join(sorted(few))}" if few else ""
            return f"controller '{self._settings.controller}'{lacks}" + (
                f" has {', '.join(sorted(many))}, which the robot has not" if many else ""
            )
        claimed = self._guard.order if self._guard is not None and self._kind != "trajectory" else ()
        if claimed and claimed != joints:
            self._order = None
            return f"controller '{self._settings.controller}' claims its joints in another order than it says"
        self._order = np.array([self._place[name] for name in joints])
        return ""

    def _let_go(self, now: float) -> None:
        """Zero velocities or efforts, in any order: most controllers hold the last ones forever. A position controller
        also holds its last command, which is a halt; another command in the wrong order would be a jump.
        """
        if self._kind in ("velocity", "effort") and np.isfinite(self._told_at) and not self._others:
            self._told_at = now
            self._link.send_array([0.0] * self._robot.size)

    def _send(self, command: JointCommand, sample: SensorSample, now: float) -> None:
        values = self._values(command, sample, now)
        if not np.isfinite(values).all():
            raise ValueError("a command that is not finite")
        self._told_at = now
        assert self._order is not None
        if self._kind == "trajectory":
            self._link.send_trajectory(self._names, values.tolist(), AHEAD / self._settings.rate)
        else:
            self._link.send_array(values[self._order].tolist())

    def _values(self, command: JointCommand, sample: SensorSample, now: float) -> Array:
        """The controller's command in the robot's order, within the limits of the joints."""
        kind, active = self._kind, command.mode is CommandMode.ACTIVE
        law = command.tau + command.kp * (command.q - sample.position) + command.kd * (command.dq - sample.velocity)
        if kind == "effort":
            return np.clip(law, *self._effort)
        if kind == "velocity":
            towards = (command.q - sample.position) * self._settings.rate if active else np.zeros(self._robot.size)
            return np.clip(command.dq + towards, *self._fastest)
        before = sample.position if self._told is None or not active else self._told
        period = 1.0 / self._settings.rate
        passed = period if self._told is None else min(max(now - self._told_at, period), LONGEST)
        down, up = (speed * passed for speed in self._fastest)
        self._told = np.clip(np.clip(command.q, before + down, before + up), self._lower, self._upper)
        return self._told

    def _sampled(self, states: JointStates, valid: bool) -> SensorSample:
        names = self._names
        joints = np.array(
            [
                [states.position[name] for name in names],
                [states.velocity.get(name, 0.0) for name in names],
                [states.effort.get(name, 0.0) for name in names],
            ]
        )
        temperature = np.full(self._robot.size, UNKNOWN)
        return joint_sample(self._robot, states.count, states.stamp, states.stamp, joints, temperature, valid)
