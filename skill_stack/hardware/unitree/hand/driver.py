"""Dex3Driver: Unitree's Dex3-1 hand over DDS; see :class:`skill_stack.core.robots.hardware.Hardware`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from skill_stack.core.errors import LeaseRefused
from skill_stack.core.joint_command import JointCommand
from skill_stack.core.robots.hardware import Capabilities, DriverHealth
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.shared_memory.block_words import Lease
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.hardware.recovering_driver import RecoveringDriver
from skill_stack.hardware.unitree.hand.hand_link import Dex3Link
from skill_stack.hardware.unitree.hand.hand_sender import HandSender
from skill_stack.hardware.unitree.hand.hand_state import HandStateDecoder
from skill_stack.hardware.unitree.hand.motor_mode import TIMEOUT_AFTER
from skill_stack.hardware.unitree.hand.settings import hand_data, place_settings
from skill_stack.hardware.unitree.hand.start_up import Dex3StartUp
from skill_stack.hardware.unitree.network import check_network
from skill_stack.hardware.unitree.robot_link import mark_of

RATE = 100.0
"""Rate at which the vendor's program for teleoperation commands the hand, Hz (xr_teleoperate); it looks for states at
500 Hz. The rate of the states is not documented."""
LOOK_EVERY = 20
"""Reads between two checks for new members of the network."""
SILENT = 0.5
"""Time without a whole state after which start-up begins anew, s: before the motors' own time-out ends them."""
SEND_EVERY = 0.01
"""Time between two commands of damping, s: that of the vendor's program."""
CLEARING = 3
"""Commands of damping that come first and start motors anew which their time-out has stopped."""
HEARD_WITHIN = 3.0
"""Time that a fresh process waits for the hand to listen before it damps all the same, s."""
WHEN_SILENT = {
    True: f"each motor stops by itself {TIMEOUT_AFTER:g} s after its last command, as the vendor documents; whether it "
    "is limp or braked then is not",
    False: "without their time-out the motors follow the last command, with its gains, indefinitely: so it is assumed",
}
"""What the motors do when no command comes, by the setting ``timeout``."""


class Dex3Driver(RecoveringDriver[Dex3Link]):
    """One hand. Start-up happens within :meth:`read`; until then samples are invalid and commands are dropped.

    Motors that their time-out has stopped, since nobody commanded, are started anew by the next commands, damped first.
    """

    def __init__(
        self,
        robot: RobotSpec,
        channels: RobotChannels,
        lease: Lease,
        settings: Mapping[str, Any] | None = None,
        link: Dex3Link | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        """Joins the network; commands nothing yet.

        Args:
            robot: The robot.
            channels: Its shared block, for the lease.
            lease: The lease under which this driver writes.
            settings: The deployment's ``driver_settings``; see
                :class:`skill_stack.hardware.unitree.hand.settings.Dex3Settings`.
            link: What :meth:`prepare` made, or None.
            clock: Monotonic time, s.
            sleep: Waits, s; used by :meth:`damp` and :meth:`close` alone.

        Raises:
            DataError: Settings or the robot's section are wrong, or the network cannot be joined.
        """
        self._hand, self._settings = hand_data(robot), place_settings(settings or {})
        self._robot, self._mark, self._prepared = robot, mark_of(channels), link
        self._decoder = HandStateDecoder(robot, self._hand)
        self._refused = self._trouble = self._faults = ""
        self._stopped: list[str] = []
        self._reads = self._number = 0
        self._raw: bytes | None = None
        self._began = self._received = 0.0
        super().__init__(channels, lease, clock, sleep, pause=SEND_EVERY)

    @classmethod
    def check(cls, robot: RobotSpec, settings: Mapping[str, Any]) -> None:
        """Checks robot, settings and this machine, before anything is started; raises DataError."""
        hand_data(robot)
        check_network(place_settings(settings))

    @classmethod
    def prepare(cls, robot: RobotSpec, channels: RobotChannels, settings: Mapping[str, Any] | None = None) -> Dex3Link:
        """Joins the network ahead, for a process that may have to damp without delay; raises DataError."""
        return Dex3Link(hand_data(robot), place_settings(settings or {}), mark_of(channels))

    @property
    def capabilities(self) -> Capabilities:
        """See :class:`skill_stack.core.robots.hardware.Hardware`."""
        return Capabilities(
            commanded=self._robot.joint_names,
            rate=RATE,
            temperature=True,
            when_silent=WHEN_SILENT[self._settings.timeout],
            start_up="a state in which every motor stands within its range, nobody else who commands; then gains grow",
            shut_down="damping over a while, which stays the last command",
        )

    @property
    def health(self) -> DriverHealth:
        """See :class:`skill_stack.core.robots.hardware.Hardware`."""
        reason = self._refused or self._trouble or self._start.reason or self._faults
        if not reason and self._stopped:
            reason = (
                f"the time-out has stopped the motors of {', '.join(self._stopped)}; the next commands start them anew"
            )
        drives = self._start.ready and not self._refused and not self._closed
        return DriverHealth(drives, reason, {**self._counts, "unsent": self._sender.unsent})

    def write(self, command: JointCommand) -> None:
        """Sends one command; raises LeaseRefused too where another program commands the hand."""
        if self._refused:
            raise LeaseRefused(self._refused)
        super().write(command)

    def close(self) -> None:
        """Damps a hand that it drives, and leaves one alone that it does not; a second call does nothing."""
        if self._refused or not self._start.ready:  # what interrupts driving has damped the hand already
            self._closed = True
        super().close()

    def _connect(self) -> Dex3Link:
        link = self._prepared or Dex3Link(self._hand, self._settings, self._mark)
        self._prepared = None
        self._sender = HandSender(self._robot, self._hand, self._settings, link.outlet)
        self._begin(link)
        return link

    def _disconnect(self, connection: Dex3Link) -> None:
        """Does nothing: the network is left when nobody holds the driver any more."""

    def _begin(self, link: Dex3Link) -> None:
        """Start-up from its first step; what was measured before is not valid any more."""
        if self._sample is not None:
            self._sample = replace(self._sample, valid=False)
        self._start = Dex3StartUp(self._robot, self._settings, link, self._decoder)

    def _turn(self, connection: Dex3Link, now: float) -> None:
        raw = connection.inlet.take()
        if raw is not None:
            self._receive(raw, now)
        if self._raw is not None and now - self._received > SILENT:
            self._interrupt(connection, "restarted")
            self._raw = None
        self._watch(connection, now)

    def _receive(self, raw: bytes, now: float) -> None:
        """Takes one state."""
        damage = self._decoder.damage(raw)
        if damage:
            self._counts["damaged"] += 1
            self._trouble = f"drops the states that come: {damage}"
            return
        if self._raw is None:
            self._number, self._began = 0, now
        self._trouble, self._raw, self._received = "", raw, now
        self._faults = self._decoder.faults(raw)
        self._stopped = self._decoder.timed_out(raw) if self._settings.timeout else []
        self._number += 1
        valid = self._start.ready and not self._refused
        self._sample = self._decoder.sample(raw, self._number, now - self._began, now, valid)

    def _watch(self, link: Dex3Link, now: float) -> None:
        """The next step of start-up; later checks for other writers and of the motors."""
        if self._refused:
            return
        if not self._start.ready:
            self._start.turn(now, self._raw, self._sample)
            self._refused = self._start.refused
            return
        self._reads += 1
        if self._reads % LOOK_EVERY == 0:
            link.watch.look()
            self._refused = self._start.others()
        elif speaker := link.watch.speaker():
            self._refused = f"{speaker} commands the hand"
        if self._raw is None or self._refused:
            return
        if self._start.interruption(self._raw):
            self._interrupt(link, "motor_lost")

    def _interrupt(self, link: Dex3Link, why: str) -> None:
        """Damps, in case the hand still listens, and begins start-up anew."""
        self._counts[why] += 1
        if self._start.ready and not self._refused:
            self._let_go(link)
        self._begin(link)

    def _send(self, connection: Dex3Link, command: JointCommand) -> None:
        if not self._stopped:
            self._sender.send(command, self._clock())
            return
        self._counts["timed_out"] += 1
        self._sender.damp(command.q, clear=True)

    def _let_go(self, connection: Dex3Link) -> None:
        self._sender.damp(None if self._sample is None else self._sample.position)

    def _damp(self, connection: Dex3Link) -> None:
        end = self._clock() + HEARD_WITHIN
        while not connection.outlet.heard and self._clock() < end:
            self._sleep(SEND_EVERY)
        end = self._clock() + self._settings.damp_time
        position = None if self._sample is None else self._sample.position
        for _ in range(CLEARING):
            self._sender.damp(position, clear=True)
            self._sleep(SEND_EVERY)
        self._sender.damp(position)
        while self._clock() < end:
            self._sleep(SEND_EVERY)
            self._sender.damp(position)
