"""AllegroDriver: an Allegro Hand V4; see :class:`skill_stack.core.robots.hardware.Hardware`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from skill_stack.core.errors import LeaseRefused
from skill_stack.core.joint_command import JointCommand
from skill_stack.core.robots.hardware import Capabilities, DriverHealth
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.shared_memory.block_words import Lease
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.hardware.allegro.can_link import CanLink
from skill_stack.hardware.allegro.drive import TorqueDrive
from skill_stack.hardware.allegro.frames import FINGERS, SET_TORQUE, SYSTEM_OFF, TEMPERATURE, frame, number_of, request
from skill_stack.hardware.allegro.measurement import FingerFrames
from skill_stack.hardware.allegro.settings import hand_data, place_settings
from skill_stack.hardware.allegro.start_up import AllegroStartUp
from skill_stack.hardware.joint_sample import joint_sample
from skill_stack.hardware.recovering_driver import RecoveringDriver

BETWEEN = 0.25
"""Time between two temperature requests to a finger, s."""
QUIET = 1.0
"""Time without another program's torques after which this driver may command again, s."""
SILENT = 0.25
"""Time without a measurement after which the hand counts as without power, and start-up restarts, s."""
FRESH = 0.1
"""Time that a fresh process waits for measurements before it damps all the same, s."""


class AllegroDriver(RecoveringDriver[CanLink]):
    """One hand. Start-up happens within :meth:`read`; until then samples are invalid and commands are dropped."""

    def __init__(
        self,
        robot: RobotSpec,
        channels: RobotChannels,
        lease: Lease,
        settings: Mapping[str, Any] | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        """Opens the interface; commands nothing yet.

        Args:
            robot: The robot.
            channels: Its shared block, for the lease.
            lease: The lease under which this driver writes.
            settings: The deployment's ``driver_settings``;
                see :class:`skill_stack.hardware.allegro.settings.AllegroSettings`.
            clock: Monotonic time, s.
            sleep: Waits, s; used by :meth:`damp` and :meth:`close` alone.

        Raises:
            DataError: Settings or the robot's section are wrong, or the interface cannot be opened.
        """
        self._hand, self._settings = hand_data(robot), place_settings(settings or {})
        self._robot = robot
        self._stranger: float | None = None
        self._asked = self._measured = clock()
        self._finger = 0
        super().__init__(channels, lease, clock, sleep, pause=FRESH)

    @classmethod
    def check(cls, robot: RobotSpec, settings: Mapping[str, Any]) -> None:
        """Checks robot, settings and this machine, before anything is started; raises DataError."""
        hand_data(robot)
        CanLink(place_settings(settings)).close()

    @property
    def capabilities(self) -> Capabilities:
        """See :class:`skill_stack.core.robots.hardware.Hardware`."""
        return Capabilities(
            commanded=self._robot.joint_names,
            rate=1000.0 / self._settings.period,
            temperature=True,
            when_silent="not documented by the manufacturer: assume that the motors keep the last torque indefinitely",
            start_up="the hand says which one it is, measures, stands within its joints' ranges; then its motors go on",
            shut_down="damping for a moment, then the motors are switched off",
        )

    @property
    def health(self) -> DriverHealth:
        """See :class:`skill_stack.core.robots.hardware.Hardware`."""
        if self._connection is None or self._closed:
            return DriverHealth(False, self._lost, self._counts)
        reason = self._start.reason
        lacking = self._frames.lacking(self._settings.missed_after) if self._start.ready else []
        if lacking:
            names = "; ".join(", ".join(self._hand.fingers[finger]) for finger in lacking)
            reason = f"finger {', '.join(str(finger + 1) for finger in lacking)} says nothing ({names})"
        elif self._stranger is not None:
            reason = "another program commands the hand"
        drives = self._start.ready and not lacking and self._stranger is None
        return DriverHealth(drives, reason, self._counts + self._frames.counts)

    def write(self, command: JointCommand) -> None:
        """Sends one command; raises LeaseRefused too where another program commands the hand."""
        if self._stranger is not None:
            raise LeaseRefused("another program commands the hand")
        super().write(command)

    def _turn(self, connection: CanLink, now: float) -> None:
        fresh = False
        for message in connection.take():
            self._start.hear(message)
            fresh |= self._frames.take(message)
            if SET_TORQUE <= number_of(message) < SET_TORQUE + FINGERS:
                self._stranger = now
                self._counts["stranger"] += 1
        if self._stranger is not None and now - self._stranger > QUIET:
            self._stranger = None
        if fresh:
            self._measured = now
        elif self._start.ready and now - self._measured > SILENT:
            self._counts["restarted"] += 1
            self._begin(connection)
        self._start.turn(now, self._frames)
        if now - self._asked >= BETWEEN:
            self._asked, self._finger = now, (self._finger + 1) % FINGERS
            connection.send(request(TEMPERATURE + self._finger))
        if fresh:
            self._receive(now)

    def _receive(self, now: float) -> None:
        frames = self._frames
        joints = np.stack((frames.position, frames.velocity, self._drive.torque))
        task_time = 1e-3 * self._settings.period * frames.complete
        self._sample = joint_sample(
            self._robot, frames.complete, task_time, now, joints, frames.temperature, self.health.drives
        )

    def _send(self, connection: CanLink, command: JointCommand) -> None:
        self._drive.send(connection, command, self._frames.position, self._frames.velocity, self._clock())

    def _let_go(self, connection: CanLink) -> None:
        self._drive.slack(connection)

    def _damp(self, connection: CanLink) -> None:
        began = self._clock()
        while self._clock() < began + self._settings.damp_time:
            if not self._start.ready and not self._frames.complete and self._clock() > began + FRESH:
                break  # nothing is measured: no torque is the best damping that there is
            for message in connection.take():
                self._start.hear(message)
                self._frames.take(message)
            self._start.turn(self._clock(), self._frames)
            self._drive.damp(connection, self._frames.velocity)
            self._sleep(1e-3 * self._settings.period)
        self._drive.slack(connection)
        connection.send(frame(SYSTEM_OFF), frame(SYSTEM_OFF))
        self._begin(connection)
        self._start.reason = "the motors are off"

    def _connect(self) -> CanLink:
        link = CanLink(self._settings)
        self._begin(link)
        return link

    def _disconnect(self, connection: CanLink) -> None:
        self._counts += self._frames.counts
        connection.close()

    def _begin(self, link: CanLink) -> None:
        self._frames = FingerFrames(self._robot, self._hand, self._settings)
        self._drive = TorqueDrive(self._robot, self._hand, self._settings)
        self._start = AllegroStartUp(self._robot, self._hand, self._settings, link)
