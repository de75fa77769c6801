"""SportDriver: Go2 and G1 with their own controller driving the joints, commanded by the stack."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from skill_stack.core.errors import DataError, LeaseRefused
from skill_stack.core.joint_command import JointCommand
from skill_stack.core.robots.hardware import Capabilities, DriverHealth
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.sensor_sample import Odometry, SensorSample
from skill_stack.core.shared_memory.block_words import Lease
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.skills.builtin import DAMP, STOP, BuiltInSpec, MotionCommand
from skill_stack.hardware.command_inlet import longest_silence
from skill_stack.hardware.unitree.controller_restore import ControllerRestore
from skill_stack.hardware.unitree.facts import RATE
from skill_stack.hardware.unitree.messages.low_state import LowStateDecoder
from skill_stack.hardware.unitree.network import check_network
from skill_stack.hardware.unitree.remote import RemoteStop
from skill_stack.hardware.unitree.settings import robot_data
from skill_stack.hardware.unitree.sport.motion_dialogue import MotionDialogue
from skill_stack.hardware.unitree.sport.motion_worker import MotionWorker
from skill_stack.hardware.unitree.sport.rpc import OK, NoAnswer
from skill_stack.hardware.unitree.sport.sport_link import SportLink
from skill_stack.hardware.unitree.sport.sport_settings import sport_settings
from skill_stack.hardware.unitree.state_stream import StateStream

AT_REST = 0.3
"""Joint speed below which the robot is at rest, rad/s."""
ODOMETRY_AGE = 0.5
"""Age at which the built-in controller's estimate no longer counts, s."""
DAMP_TRIES, DAMP_WAIT = 3, 0.4
"""Attempts of a fresh process to request damping, and the wait for each answer, s."""
POLL = 0.005
"""Time between two checks for the robot's state while waiting, s."""


class SportDriver:
    """See :class:`skill_stack.core.robots.hardware.Hardware` and :class:`skill_stack.core.skills.builtin.MotionDriver`.

    The built-in controller balances the robot by itself; when this process ends, that controller continues its last
    command until its own time-out.

    Attributes:
        trouble: Why the robot does not follow its command, for people; empty when it does.
    """

    def __init__(
        self,
        robot: RobotSpec,
        channels: RobotChannels,
        lease: Lease,
        settings: Mapping[str, Any] | None = None,
        link: SportLink | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        """Joins the network; only queries who has the robot.

        Args:
            robot: The robot.
            channels: Its shared block: lease, and the words of the remote's stop.
            lease: The lease under which this driver commands.
            settings: The deployment's ``driver_settings``; see
                :class:`skill_stack.hardware.unitree.sport.sport_settings.SportSettings`.
            link: What :meth:`prepare` made, or None.
            clock: Monotonic time, s.
            sleep: Waits, s; used by :meth:`damp` alone.

        Raises:
            DataError: Settings or the robot's sections are wrong, or the network cannot be joined.
        """
        data = robot_data(robot)
        self._settings = sport_settings(settings)
        self._builtin = _builtin(robot)
        self._robot, self._words, self._lease = robot, channels.words, lease
        self._clock, self._sleep = clock, sleep
        self._link = link or self.prepare(robot, channels, settings)
        self._decoder = LowStateDecoder(robot, data)
        self._measures_feet = bool(data.foot_force)
        self._stream = StateStream(self._decoder, data.tick)
        self._remote_stop = RemoteStop(data.stop_buttons, self._words)
        self._poses = [robot.pose(name) for name in self._builtin.safe_poses]
        self._sample: SensorSample | None = None
        self._odometry: tuple[Odometry, float] | None = None
        self._worker: MotionWorker | None = None
        self._closed = False
        self.trouble = ""

    @classmethod
    def check(cls, robot: RobotSpec, settings: Mapping[str, Any]) -> None:
        """Checks robot, settings and this machine, before anything is started; raises DataError."""
        robot_data(robot)
        _builtin(robot)
        check_network(sport_settings(settings))

    @classmethod
    def prepare(cls, robot: RobotSpec, channels: RobotChannels, settings: Mapping[str, Any] | None = None) -> SportLink:
        """Joins the network ahead, for a process that may have to damp without delay; raises DataError."""
        return SportLink(robot_data(robot), sport_settings(settings), _builtin(robot))

    @property
    def capabilities(self) -> Capabilities:
        """See :class:`skill_stack.core.robots.hardware.Hardware`."""
        return Capabilities(
            commanded=(),
            rate=RATE,
            foot_force=self._measures_feet,
            odometry=self._link.odometry is not None,
            battery=True,
            temperature=True,
            remote=True,
            imu=True,
            when_silent="the built-in controller keeps its balance; it decides how long to walk on",
            start_up="the built-in controller must run, or is switched on once the robot lies at rest",
            shut_down="the built-in controller is told to stop walking, and goes on standing or lying",
        )

    @property
    def health(self) -> DriverHealth:
        """See :class:`skill_stack.core.robots.hardware.Hardware`."""
        worker, counts = self._worker, dict(self._stream.counts)
        counts["refused_motions"] = worker.refusals if worker is not None else 0
        runs = worker is not None and worker.runs and not self._closed
        return DriverHealth(runs, worker.trouble if worker is not None else "", counts)

    def read(self) -> SensorSample | None:
        """The newest measurement."""
        now = self._clock()
        odometry = self._link.odometry.take() if self._link.odometry is not None else None
        if odometry is not None:
            self._odometry = (odometry, now)
        raw = self._link.inlet.take()
        if raw is not None and self._stream.accept(raw, now) != "damaged":
            self._stream.counts["remote_stops"] += self._remote_stop.heed(self._decoder.keys(raw))
            charge = self._decoder.charge(raw)
            charge = self._link.battery() if charge is None else charge
            sample = self._decoder.sample(raw, self._stream.sequence, self._stream.task_time, now, charge, True)
            self._sample = dataclasses.replace(sample, odometry=self._fresh_odometry(now))
        return self._sample

    def motion(self, command: MotionCommand) -> None:
        """Commands a motion.

        Raises:
            LeaseRefused: The lease is no longer ours, or another client switched the built-in controller off.
        """
        self._words.check_lease(self._lease)
        worker = self._speak()
        if worker.lost:
            raise LeaseRefused(worker.trouble)
        worker.want(command, self._is_safe())
        self.trouble = worker.trouble

    def write(self, command: JointCommand) -> None:
        """Refuses: joint commands and built-in motions exclude each other.

        Raises:
            DataError: Always.
        """
        raise DataError("this driver moves the robot by its built-in controller: the deployment needs control: vendor")

    def damp(self) -> None:
        """Makes the built-in controller damp, and waits for its confirmation.

        Raises:
            LeaseRefused: The lease is no longer ours, or no process there damps.
        """
        self._words.check_lease(self._lease)
        if self._worker is not None:  # only one of us may listen for answers
            self._worker.close()
            self._worker = None
        motion = self._builtin.motion(DAMP)
        why = ""
        for _ in range(DAMP_TRIES):
            try:
                answer = self._link.sport.call(motion.api, motion.fill({}), timeout=DAMP_WAIT)
            except NoAnswer as error:
                why = str(error)
                continue
            if answer.code == OK:
                return
            why = f"the built-in controller refuses to damp (code {answer.code}); it may be switched off"
        raise LeaseRefused(why)

    def close(self) -> None:
        """Stops walking, and leaves the robot to its own controller; a second call does nothing."""
        if self._closed:
            return
        self._closed = True
        if self._worker is not None:
            if self._words.lease == self._lease and self._worker.runs:
                self._worker.want(MotionCommand(STOP), False)
            self._worker.close()
        del self._link

    def _speak(self) -> MotionWorker:
        """The thread that communicates with the robot, started when needed."""
        if self._worker is None:
            back = ControllerRestore(self._link.switcher, self._builtin.mode, self._settings.select)
            dialogue = MotionDialogue(self._builtin, self._link.sport)
            silence = longest_silence(self._robot)
            self._worker = MotionWorker(back, dialogue, silence, self._clock, lambda: self._words.lease == self._lease)
        return self._worker

    def _is_safe(self) -> bool:
        """Whether the robot lies at rest where it needs no power, so that control may change hands."""
        sample = self._sample
        if sample is None or not self._clock() - sample.stamp <= self._robot.safety.sample_age:
            return False
        near = any(np.abs(pose - sample.position).max() <= self._builtin.tolerance for pose in self._poses)
        return near and bool(np.all(np.abs(sample.velocity) < AT_REST))

    def _fresh_odometry(self, now: float) -> Odometry | None:
        if self._odometry is None or now - self._odometry[1] > ODOMETRY_AGE:
            return None
        return self._odometry[0]


def _builtin(robot: RobotSpec) -> BuiltInSpec:
    if robot.builtin is None:
        raise DataError(f"{robot.name} states no built-in motions (builtin)")
    return robot.builtin
