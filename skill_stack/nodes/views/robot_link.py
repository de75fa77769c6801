"""RobotLink: the front end's access to the shared memory of every part of a robot."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from skill_stack.core.errors import StaleData, UnknownName
from skill_stack.core.processes.process_identity import ProcessIdentity
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import joint_prefix
from skill_stack.core.sensor_sample import SensorSample
from skill_stack.core.setpoint import SkillSetpoint, SkillStatus
from skill_stack.core.shared_memory.block_name import part_path
from skill_stack.core.shared_memory.block_words import BlockWords
from skill_stack.core.shared_memory.channels import RobotChannels

Array = np.ndarray

REPEAT = 0.2  # s after which the newest status is said again, so that a restarted connector can answer it


@dataclass(frozen=True, slots=True)
class JointReport:
    """Last joint measurements of all parts.

    Attributes:
        names: Joints by the names that the whole robot uses; those of a part that never measured are not there.
        position: rad, shape (joints,).
        velocity: rad/s, shape (joints,).
        torque: N·m, shape (joints,).
        touch: What each touch sensor reports, N or 1, by the name that the whole robot uses.
    """

    names: tuple[str, ...]
    position: Array
    velocity: Array
    torque: Array
    touch: Mapping[str, float] = field(default_factory=dict)


class RobotLink:
    """Attached to every block of a robot, and again when a file was replaced."""

    def __init__(self, path: Path, robot: RobotSpec, wait: SkillSetpoint | None) -> None:
        """Starts detached.

        Args:
            path: The robot's main block.
            robot: The whole robot.
            wait: What is written for every part when its block is attached, or None.
        """
        self._path, self._robot, self._wait = path, robot, wait
        self._channels: dict[str, RobotChannels] = {}
        self._inodes: dict[str, tuple[int, int]] = {}
        self._seen: dict[str, int] = {}
        self._said: dict[str, float] = {}
        self._news: dict[str, float] = {}
        self._guard = threading.Lock()

    @property
    def parts(self) -> tuple[RobotChannels, ...]:
        """The channels of all parts, the main one first; empty before the first :meth:`attach`."""
        return tuple(self._channels[part] for part in self._robot.parts if part in self._channels)

    @property
    def words(self) -> BlockWords | None:
        """The words of the whole robot, or None while nothing is attached."""
        return self.parts[0].common if self.parts else None

    def attach(self, now: float) -> None:
        """Opens the blocks, again when a file was replaced, and writes its heartbeat.

        Args:
            now: Monotonic time, s.

        Raises:
            DataError: A block belongs to a living stack of another robot or version.
        """
        for part in self._robot.parts:
            main = part == self._robot.main_part
            file = self._path if main else part_path(self._path, part)
            if part in self._channels and (_inode(self._path), _inode(file)) == self._inodes[part]:
                continue
            channels = RobotChannels.open(self._path, self._robot, part)
            channels.register("front_end", ProcessIdentity.own())
            if self._wait is not None:
                channels.write_setpoint(self._wait)
            with self._guard:
                self._channels[part], self._inodes[part] = channels, (_inode(self._path), _inode(file))
                self._seen[part], self._said[part], self._news[part] = 0, 0.0, now
        self.parts[0].common.beat("front_end", now)

    def statuses(self) -> Iterator[tuple[SkillStatus, bool, float]]:
        """New statuses, and repeated ones when due; each with whether it is new, and with task time now, s.

        A repeated message has aged and states its age; in lock-step it has not, since time stands still.

        Raises:
            StaleData: The writer of one died in the middle.
        """
        for part in self._robot.parts:
            with self._guard:
                if part not in self._channels:
                    continue
                channels, now = self._channels[part], time.monotonic()
                counter = channels.status_counter
                fresh = counter != self._seen[part]
                if not fresh and now - self._said[part] < REPEAT:
                    continue
                self._seen[part], self._said[part] = counter, now
                if fresh:
                    self._news[part] = now
                silence = now - self._news[part] if self._wait is None else 0.0
                status, sample = channels.read_status(), channels.read_sample()
            if status is None:
                continue
            task_time = status.task_time if sample is None else sample.task_time_at(time.monotonic())
            aged = replace(status, base=replace(status.base, age=status.base.age + silence))
            yield (status if fresh else aged), fresh, max(task_time, status.task_time)

    def write_setpoint(self, setpoint: SkillSetpoint) -> None:
        """Writes a setpoint to its part.

        Raises:
            DataError: It does not fit into shared memory.
            UnknownName: The robot has no such part, or the part no such joint.
        """
        if setpoint.part not in self._robot.parts:
            raise UnknownName(f"part of {self._robot.name}", setpoint.part, self._robot.parts)
        if setpoint.part in self._channels:
            self._channels[setpoint.part].write_setpoint(setpoint)

    def joints(self, main: SensorSample) -> JointReport:
        """The joints of all parts.

        Args:
            main: The newest sample of the main part.
        """
        if len(self._robot.parts) == 1:
            alone = self._touch(self._robot.main_part, main)
            return JointReport(self._robot.joint_names, main.position, main.velocity, main.torque, alone)
        names: list[str] = []
        rows: list[tuple[Array, Array, Array]] = []
        touch: dict[str, float] = {}
        for part, channels in self._channels.items():
            try:
                sample = main if part == self._robot.main_part else channels.read_sample()
            except StaleData:
                continue
            if sample is not None:
                names += self._robot.parts[part].joints
                rows.append((sample.position, sample.velocity, sample.torque))
                touch |= self._touch(part, sample)
        position, velocity, torque = (np.concatenate(column) for column in zip(*rows))
        return JointReport(tuple(names), position, velocity, torque, touch)

    def _touch(self, part: str, sample: SensorSample) -> dict[str, float]:
        """What the touch sensors of a part report, by the names that the whole robot uses."""
        names = (sensor.name for sensor in self._robot.part(part).sensors.touch)
        return {joint_prefix(self._robot, part) + name: said for name, said in zip(names, sample.touch.tolist())}

    def close(self) -> None:
        """Leaves the blocks."""
        with self._guard:
            for channels in self._channels.values():
                channels.unregister("front_end")
            self._channels.clear()


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return 0
