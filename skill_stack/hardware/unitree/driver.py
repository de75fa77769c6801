"""UnitreeDriver: Go2 and G1 over DDS; see :class:`skill_stack.core.robots.hardware.Hardware`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from skill_stack.core.errors import LeaseRefused
from skill_stack.core.joint_command import CommandMode, JointCommand
from skill_stack.core.robots.hardware import Capabilities, DriverHealth
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.sensor_sample import SensorSample
from skill_stack.core.shared_memory.block_words import Lease
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.hardware.unitree.command_sender import CommandSender
from skill_stack.hardware.unitree.controller_release import CHECK_MODE, SELECT_MODE, ControllerRelease, ReleaseStep
from skill_stack.hardware.unitree.facts import capabilities_of
from skill_stack.hardware.unitree.messages.low_state import LowStateDecoder
from skill_stack.hardware.unitree.network import check_network
from skill_stack.hardware.unitree.remote import Remote, RemoteStop, decode
from skill_stack.hardware.unitree.robot_link import NetworkLink, UnitreeRobotLink, mark_of
from skill_stack.hardware.unitree.settings import place_settings, robot_data
from skill_stack.hardware.unitree.sport.remote_drive import RemoteDrive
from skill_stack.hardware.unitree.sport.rpc import NoAnswer
from skill_stack.hardware.unitree.start_up import UnitreeStartUp
from skill_stack.hardware.unitree.state_stream import StateStream

LOOK_EVERY = 20
"""Reads between two checks for new members of the network."""
SEND_EVERY = 0.002
"""Time between two commands of damping, s: the robot's measurement period."""
LATE = 5.0
"""Additional time for the weight of the arms to reach its end on a busy machine, s."""
FIRST_STATE = 3.0
"""Time that a fresh process waits for a state and a subscriber before it damps all the same, s."""
CHECK_WITHIN = 0.25
"""Time that a fresh process waits for the state of the built-in controller, s."""


class UnitreeDriver:
    """One robot. Start-up happens within :meth:`read`; until then samples are invalid and commands are dropped."""

    def __init__(
        self,
        robot: RobotSpec,
        channels: RobotChannels,
        lease: Lease,
        settings: Mapping[str, Any] | None = None,
        link: NetworkLink | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        """Joins the network; commands nothing yet.

        Args:
            robot: The robot.
            channels: Its shared block: lease, and the words of the remote's stop.
            lease: The lease under which this driver writes.
            settings: The deployment's ``driver_settings``; see
                :class:`skill_stack.hardware.unitree.settings.UnitreeSettings`.
            link: What :meth:`prepare` made, or None.
            clock: Monotonic time, s.
            sleep: Waits, s; used by :meth:`damp` and :meth:`close` alone.

        Raises:
            DataError: Settings or the robot's section are wrong, or the network cannot be joined.
        """
        data = robot_data(robot)
        self._settings = place_settings(settings or {}, data, robot)
        self._robot, self._words, self._lease = robot, channels.words, lease
        self._clock, self._sleep = clock, sleep
        self._link: NetworkLink = link or self.prepare(robot, channels, settings)
        self._decoder = LowStateDecoder(robot, data)
        self._stream = StateStream(self._decoder, data.tick, self._settings.lacks)
        self._sender = CommandSender(robot, data, self._settings, self._link.outlet)
        self._capabilities = capabilities_of(data, self._settings, self._sender.joints)
        self._remote_stop = RemoteStop(data.stop_buttons, self._words)
        self._remote_drive = RemoteDrive(self._words)
        self._start = UnitreeStartUp(self._link, self._settings, robot.builtin)
        self._recheck: ControllerRelease | None = None
        self._sample: SensorSample | None = None
        self._refused, self._closed = "", False
        self._reads = 0
        self._stopped_at: int | None = None  # resets at the moment of a stop by remote

    @classmethod
    def check(cls, robot: RobotSpec, settings: Mapping[str, Any]) -> None:
        """Checks robot, settings and this machine, before anything is started; raises DataError."""
        check_network(place_settings(settings, robot_data(robot), robot))

    @classmethod
    def adapt(cls, robot: RobotSpec, settings: Mapping[str, Any]) -> RobotSpec:
        """The robot without the sensors that a simulator leaves out; raises DataError."""
        if "foot_force" not in place_settings(settings, robot_data(robot), robot).lacks:
            return robot
        return robot.model_copy(update={"estimation": robot.estimation.model_copy(update={"contact": "joint_torque"})})

    @classmethod
    def prepare(
        cls, robot: RobotSpec, channels: RobotChannels, settings: Mapping[str, Any] | None = None
    ) -> UnitreeRobotLink:
        """Joins the network ahead, for a process that may have to damp without delay; raises DataError."""
        data = robot_data(robot)
        sport = robot.builtin.service if robot.builtin is not None else None
        return UnitreeRobotLink(data, place_settings(settings or {}, data, robot), mark_of(channels), sport)

    @property
    def capabilities(self) -> Capabilities:
        """See :class:`skill_stack.core.robots.hardware.Hardware`."""
        return self._capabilities

    @property
    def health(self) -> DriverHealth:
        """See :class:`skill_stack.core.robots.hardware.Hardware`."""
        reason = self._refused or self._stream.trouble or self._start.reason
        if not reason and self._stopped_at is not None:
            reason = "stopped by the remote control; waits for a reset"
        drives = self._start.ready and not self._refused and not self._closed
        return DriverHealth(drives, reason, {**self._stream.counts, "unsent": self._sender.unsent})

    @property
    def remote(self) -> Remote | None:
        """The wireless remote control, or None when there is none."""
        raw = self._stream.raw
        return None if raw is None else decode(self._decoder.remote(raw))

    def read(self) -> SensorSample | None:
        """The newest measurement; also takes the next step of start-up and checks for other writers."""
        if not self._closed:
            now = self._clock()
            raw = self._link.inlet.take()
            if raw is not None:
                self._receive(raw, now)
            self._watch(now)
        return self._sample

    def write(self, command: JointCommand) -> None:
        """Sends one command; dropped until start-up is over, replaced by damping after a stop by remote.

        Raises:
            LeaseRefused: The lease is no longer ours, or another client commands or holds the robot.
        """
        self._check_lease()
        if self._refused:
            raise LeaseRefused(self._refused)
        if not self._start.ready or self._closed or command.mode is CommandMode.IDLE:
            return
        now = self._clock()
        if self._stopped_at is not None:
            if self._words.flags().reset == self._stopped_at:
                self._sender.damp(now)
                return
            self._stopped_at = None
        try:
            self._sender.send(command, now)
        except Exception:  # whatever went wrong, the robot must not go on with the command before; it is raised again
            self._sender.damp(now)
            raise

    def damp(self) -> None:
        """Sends damping for a while; see :class:`skill_stack.core.robots.hardware.Hardware`.

        Raises:
            LeaseRefused: The lease is no longer ours, or the built-in controller has the robot.
        """
        self._check_lease()
        if not self._start.ready:
            self._meet()
        self._damp_for(self._settings.damp_time)

    def close(self) -> None:
        """Damps, returns arms and robot to the built-in controller as the settings state, and releases the lease; a
        second call does nothing.
        """
        if self._closed:
            return
        try:
            if self._start.ready and not self._refused:
                self._check_lease()
                longest = self._sender.weight / self._settings.weight_rate
                self._damp_for(max(self._settings.damp_time, longest), weight=0.0)
                self._give_back()
        except LeaseRefused:  # another process has the robot: nothing to damp
            pass
        finally:
            self._closed = True
            del self._link

    def __enter__(self) -> UnitreeDriver:
        """The driver itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes it, however the block ended."""
        self.close()

    def _receive(self, raw: bytes, now: float) -> None:
        """Takes one state."""
        verdict = self._stream.accept(raw, now)
        if verdict == "damaged":
            return
        if verdict == "restarted":
            if self._start.ready and not self._refused:  # commands are dropped until start-up is over again
                self._sender.damp(now)
            self._start = UnitreeStartUp(self._link, self._settings, self._robot.builtin)
        elif verdict == "returned" and self._start.ready and self._settings.release != "unasked":
            self._recheck = ControllerRelease(self._link.switcher, None, None, "never")
        decoder = self._decoder
        self._sender.set_machine(decoder.machine(raw))
        if self._remote_stop.heed(decoder.keys(raw)):
            self._stopped_at = self._words.flags().reset
            self._stream.counts["remote_stops"] += 1
        self._remote_drive.take(decoder.remote(raw))
        charge = decoder.charge(raw)
        charge = 1.0 if "battery" in self._settings.lacks else self._link.battery() if charge is None else charge
        valid = self._start.ready and not self._refused
        self._sample = decoder.sample(raw, self._stream.sequence, self._stream.task_time, now, charge, valid)

    def _watch(self, now: float) -> None:
        """The next step of start-up; later a check for other writers."""
        if self._refused:
            return
        if not self._start.ready:
            raw = self._stream.raw if self._stream.counting and not self._stream.trouble else None
            self._start.turn(now, self._sample, None if raw is None else self._decoder.angles(raw))
            self._refused = self._start.refused
            return
        self._reads += 1
        if self._reads % LOOK_EVERY == 0:
            self._link.watch.look()
            self._refused = self._start.others()
        else:
            speaker = self._link.watch.speaker()
            self._refused = f"{speaker} commands the robot" if speaker else ""
        if self._recheck is not None and not self._refused:
            self._check_again(self._recheck, now)

    def _check_again(self, takeover: ControllerRelease, now: float) -> None:
        """Checks after a silence whether the robot is still under this driver's control."""
        takeover.turn(now, at_rest=False)
        arms = self._settings.mode == "arms"
        if takeover.step in (ReleaseStep.DONE, ReleaseStep.REFUSED):
            self._recheck = None
            if (takeover.step is ReleaseStep.REFUSED) != arms:
                self._refused = takeover.trouble or "arms-only mode needs the built-in controller, and none runs"

    def _check_lease(self) -> None:
        self._words.check_lease(self._lease)

    def _damp_for(self, seconds: float, weight: float | None = None) -> None:
        """Sends damping repeatedly; the last command stays in force."""
        end = self._clock() + seconds
        while True:
            position = None if self._sample is None else self._sample.position
            self._sender.damp(self._clock(), position, weight)
            arrived = weight is None or self._sender.weight == weight
            if self._clock() >= (end if arrived else end + LATE):
                return
            self._sleep(SEND_EVERY)

    def _meet(self) -> None:
        """What a fresh process must learn first: the machine type, and that the built-in controller does not run."""
        if self._settings.release != "unasked" and self._settings.mode == "full":
            try:
                name = self._link.switcher.call(CHECK_MODE, timeout=CHECK_WITHIN).read().get("name")
            except NoAnswer:  # better damped than asked
                name = ""
            if name:
                raise LeaseRefused(f"the built-in controller '{name}' has the robot")
        end = self._clock() + FIRST_STATE
        while self._clock() < end and (self._stream.raw is None or not self._link.outlet.heard):
            raw = self._link.inlet.take()
            if raw is not None:
                self._receive(raw, self._clock())
            self._sleep(SEND_EVERY)
        if self._settings.mode == "arms":  # whoever commanded before had a weight; without one damping has no effect
            self._sender.weight = self._settings.weight

    def _give_back(self) -> None:
        """Switches the former built-in controller on again."""
        if self._settings.give_back and self._start.found and self._settings.mode == "full":
            try:
                self._link.switcher.call(SELECT_MODE, {"name": self._start.found})
            except NoAnswer:
                self._stream.counts["not_given_back"] += 1
