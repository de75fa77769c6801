"""UnitreeStartUp: conditions for driving the robot, checked repeatedly without blocking."""

from __future__ import annotations

import numpy as np

from skill_stack.core.sensor_sample import SensorSample
from skill_stack.core.skills.builtin import BuiltInSpec
from skill_stack.hardware.unitree.controller_release import ControllerRelease, ReleaseStep
from skill_stack.hardware.unitree.imu_check import imu_trouble
from skill_stack.hardware.unitree.network import raise_priority
from skill_stack.hardware.unitree.robot_link import NetworkLink
from skill_stack.hardware.unitree.settings import UnitreeSettings
from skill_stack.hardware.unitree.topics import LOW_STATE
from skill_stack.hardware.unitree.writer_watch import objection

Array = np.ndarray

AT_REST = 0.3
"""Joint speed below which the robot is at rest, rad/s."""
SMOOTHING = 0.2
"""Time over which joint speeds are averaged for that, s: sensor noise is no motion."""

NO_CHARGE = "the battery's charge (bms_state.soc) is 0 %, which no robot that is on has (a simulator: lacks: [battery])"


class UnitreeStartUp:
    """Requires a valid state, no other writer, and no built-in controller; in arms-only mode exactly that one.

    Attributes:
        ready: Whether the robot may be driven.
        refused: Why it will not be, however long one waits; empty while that is open.
        reason: What is waited for, for people.
        found: Name of the built-in mode that ran.
    """

    def __init__(self, link: NetworkLink, settings: UnitreeSettings, builtin: BuiltInSpec | None) -> None:
        """Starts with the next :meth:`turn`.

        Args:
            link: Everything on the network.
            settings: How the deployment drives.
            builtin: What the built-in controller can do.
        """
        self._link, self._settings = link, settings
        self._arms = settings.mode == "arms"
        self._takeover: ControllerRelease | None = None
        if settings.release != "unasked":
            policy = "never" if self._arms else settings.release
            self._takeover = ControllerRelease(link.switcher, link.sport, builtin, policy)
        self._since: float | None = None
        self._speed: Array | None = None
        self._seen = 0.0
        self.ready = False
        self.refused = self.found = ""
        where = f"{settings.interface}, domain {settings.domain}"
        self.reason = f"waits for the robot's state: none came on {LOW_STATE} ({where})"

    def turn(self, now: float, sample: SensorSample | None, angles: Array | None) -> None:
        """One check.

        Args:
            now: Monotonic time, s.
            sample: The newest sample.
            angles: Roll, pitch and yaw by the robot, rad, shape (3,).
        """
        if self.ready or self.refused or sample is None or angles is None:
            return
        self._since = now if self._since is None else self._since
        if sample.battery == 0.0:
            self.reason = NO_CHARGE
            return
        trouble = imu_trouble(sample.orientation, angles, sample.linear_acceleration, sample.angular_velocity)
        if trouble:
            self.reason = trouble
            return
        self._link.watch.look()
        self.refused = self.others()
        if self.refused or not self._taken_over(now, sample):
            return
        if now - self._since < self._settings.listen:
            self.reason = "listens for other programs that command the robot"
            return
        if not self._link.outlet.heard:
            self.reason = "waits for the robot to listen to commands"
            return
        raise_priority()
        self.ready, self.reason = True, ""

    def others(self) -> str:
        """Which other writer prevents driving, or an empty string."""
        # While the built-in controller is being switched off it may still command.
        found = objection(self._link.watch, self._settings.silent_writers, "robot")
        over = self._arms or self._takeover is None or self._takeover.step is ReleaseStep.DONE
        return found if over else ""

    def _rests(self, now: float, velocity: Array) -> bool:
        """Whether no joint moves, averaged over time."""
        if self._speed is None:
            self._speed = velocity
        self._speed = self._speed + min((now - self._seen) / SMOOTHING, 1.0) * (velocity - self._speed)
        self._seen = now
        return bool(np.all(np.abs(self._speed) < AT_REST))

    def _taken_over(self, now: float, sample: SensorSample) -> bool:
        """Whether the built-in controller is in the required state."""
        takeover = self._takeover
        if takeover is None:
            return True
        takeover.turn(now, self._rests(now, sample.velocity))
        self.found = takeover.found
        self.reason = takeover.trouble or takeover.step.value
        if self._arms:
            if takeover.step is ReleaseStep.DONE:
                self.refused = "arms-only mode needs the built-in controller, and none runs"
            return takeover.step is ReleaseStep.REFUSED  # one runs: just what is wanted
        if takeover.step is ReleaseStep.REFUSED:
            self.refused = takeover.trouble
        return takeover.step is ReleaseStep.DONE
