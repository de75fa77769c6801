"""ReplayDriver: a recording in place of a robot; see :class:`skill_stack.core.robots.hardware.Hardware`.

For every robot, as driver ``replay``: the stack gets the recorded measurements at their times, and its commands are
compared with the recorded ones. Nothing is sent anywhere.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from skill_stack.core.data_file import DataModel, parse_model
from skill_stack.core.errors import DataError
from skill_stack.core.joint_command import CommandMode, JointCommand
from skill_stack.core.robots.hardware import Capabilities, DriverHealth
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.safety_limits import COMPARED, NEVER
from skill_stack.core.rotation import gravity_in_base, yaw_of
from skill_stack.core.sensor_sample import Odometry, SensorSample
from skill_stack.core.shared_memory.block_words import Lease
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.hardware.replay.comparison import ReplayComparison
from skill_stack.hardware.replay.recorded_run import KINDS, RecordedRun, read_run

GRAVITY = 9.81  # m/s²
UNKNOWN = 25.0
"""Temperature, which recordings lack, °C."""


class ReplaySettings(DataModel):
    """Settings of a deployment (``driver_settings``).

    Attributes:
        recording: The file.
        speed: Factor on its speed.
        again: Whether it restarts when it has ended; otherwise there are no more measurements.
        tolerance: Difference up to which a commanded joint position counts as the recorded one, rad.
        report: File that the comparison of commands is written to at the end, JSON; empty for none.
    """

    recording: str
    speed: Annotated[float, Field(gt=0, le=100)] = 1.0
    again: bool = False
    tolerance: Annotated[float, Field(gt=0)] = 0.01
    report: str = ""


def place_settings(settings: Mapping[str, Any]) -> ReplaySettings:
    """The deployment's section; raises DataError."""
    if not settings.get("recording"):
        raise DataError(f"driver_settings.recording is missing: name {KINDS}; or say --replay FILE")
    return parse_model(ReplaySettings, dict(settings), "driver_settings")


class ReplayDriver:
    """One recording of one part; time starts with the first read."""

    @classmethod
    def adapt(cls, robot: RobotSpec, settings: Mapping[str, Any]) -> RobotSpec:
        """The robot without sensor checks: recordings lack some sensors, and respond to other commands."""
        safety = robot.safety.model_copy(update=dict.fromkeys(COMPARED, NEVER))
        return robot.model_copy(update={"safety": safety})

    def __init__(
        self,
        robot: RobotSpec,
        channels: RobotChannels,
        lease: Lease,
        settings: Mapping[str, Any] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Reads the recording.

        Args:
            robot: The robot, or the part of one.
            channels: Its shared block, for the lease.
            lease: The lease under which this driver writes.
            settings: The deployment's ``driver_settings``; see :class:`ReplaySettings`.
            clock: Monotonic time, s.

        Raises:
            DataError: Settings are wrong, or the file is no recording of this robot.
        """
        self._settings = place_settings(settings or {})
        part = "" if len(channels.parts) == 1 or channels.part == channels.parts[0] else channels.part
        self._run: RecordedRun = read_run(Path(self._settings.recording), robot, part)
        self._robot, self._words, self._lease, self._clock = robot, channels.words, lease, clock
        self._began: float | None = None
        self._row, self._turns, self._ended, self._closed = -1, 0, False, False
        self._sample: SensorSample | None = None
        self.comparison = ReplayComparison(robot, self._settings.tolerance)

    @classmethod
    def check(cls, robot: RobotSpec, settings: Mapping[str, Any]) -> None:
        """Checks that the recording exists, before anything is started; raises DataError."""
        path = Path(place_settings(settings).recording)
        if not path.is_file():
            raise DataError(f"there is no recording {path}; name {KINDS}")

    @property
    def capabilities(self) -> Capabilities:
        """See :class:`skill_stack.core.robots.hardware.Hardware`."""
        return Capabilities(
            commanded=self._robot.joint_names,
            rate=self._robot.control_rate,
            odometry=self._robot.sensors.odometry,
            imu=True,
            when_silent="nothing moves: it is a recording",
            start_up="none: the recording begins with the first look at it",
            shut_down="none",
        )

    @property
    def health(self) -> DriverHealth:
        """See :class:`skill_stack.core.robots.hardware.Hardware`; ``compared`` and ``different`` are of the
        commands."""
        counts = {"compared": self.comparison.compared, "different": self.comparison.different, "turns": self._turns}
        if self._closed or self._ended:
            return DriverHealth(False, "" if self._closed else "the recording has ended", counts)
        return DriverHealth(True, "", counts)

    def read(self) -> SensorSample | None:
        """The recorded measurement at the present time; repeated when there is no new one."""
        if self._closed:
            return self._sample
        now = self._clock()
        if self._began is None:
            self._began = now
        played = self._settings.speed * (now - self._began)
        if played > self._run.seconds and self._settings.again:
            self._turns += 1
            self._began, played, self._row = now, 0.0, -1
        self._ended = played > self._run.seconds
        row = self._run.row_at(played)
        if row != self._row:
            self._row = row
            self._sample = self._measured(row, played, now)
        return self._sample

    def write(self, command: JointCommand) -> None:
        """Compares a command with the recorded one; raises LeaseRefused as every driver."""
        self._words.check_lease(self._lease)
        if not np.isfinite(command.q).all():
            raise ValueError("a command that is not finite")
        if not self._closed and self._row >= 0 and command.mode is CommandMode.ACTIVE and self._run.active[self._row]:
            self.comparison.take(command.q, self._run.target[self._row])

    def damp(self) -> None:
        """Nothing moves; raises LeaseRefused as every driver."""
        self._words.check_lease(self._lease)

    def close(self) -> None:
        """Writes the comparison where the settings require it; a second call does nothing."""
        if self._closed:
            return
        self._closed = True
        if self._settings.report and self.comparison.compared:
            text = json.dumps({"recording": self._settings.recording, **self.comparison.to_json()}, indent=2)
            Path(self._settings.report).write_text(text + "\n", encoding="utf-8")

    def _measured(self, row: int, played: float, now: float) -> SensorSample:
        """One row as a sample; values missing in black boxes are at rest, cool and full."""
        run, robot = self._run, self._robot
        of = {name: values[row].copy() for name, values in run.measured.items()}
        passed = self._turns * (run.seconds + 1.0 / robot.control_rate)
        odometry = None
        if robot.sensors.odometry:
            yaw_rate = float(of["angular_velocity"][2])
            odometry = Odometry(of["base_position"], yaw_of(of["orientation"]), of["base_velocity"], yaw_rate)
        return SensorSample(
            sequence=int(run.numbers[row]) + self._turns * int(run.numbers[-1]),
            task_time=passed + played,
            stamp=now,
            position=of["position"],
            velocity=of["velocity"],
            torque=of["torque"],
            orientation=of["orientation"],
            angular_velocity=of["angular_velocity"],
            linear_acceleration=-GRAVITY * gravity_in_base(of["orientation"]),
            temperature=np.full(robot.size, UNKNOWN),
            foot_force=np.zeros(len(robot.feet)),
            odometry=odometry,
            valid=bool(run.valid[row]),
        )
