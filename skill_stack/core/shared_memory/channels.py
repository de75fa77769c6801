"""RobotChannels: the typed records of one robot's shared block."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from skill_stack.core.joint_command import CommandMode, JointCommand
from skill_stack.core.processes.process_identity import ProcessIdentity
from skill_stack.core.robot_state import RobotState, Source
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.sensor_sample import SensorSample
from skill_stack.core.setpoint import SkillSetpoint, SkillStatus
from skill_stack.core.shared_memory.block_name import part_path
from skill_stack.core.shared_memory.block_words import BlockWords, Flags, Process
from skill_stack.core.shared_memory.loop_summary import LOOP_NUMBERS
from skill_stack.core.shared_memory.sample_format import Measurement, SampleFormat
from skill_stack.core.shared_memory.setpoint_format import (
    SETPOINT_SCALARS,
    VALID_UNTIL,
    decode_setpoint,
    encode_setpoint,
    setpoint_floats,
)
from skill_stack.core.shared_memory.shared_block import BlockLayout, RecordFormat, SharedBlock
from skill_stack.core.shared_memory.source_format import (
    DEVIATIONS,
    SOURCE_SCALARS,
    decode_sources,
    encode_sources,
    knowledge_of,
)
from skill_stack.core.shared_memory.status_format import (
    REASON,
    STATUS_SCALARS,
    decode_status,
    encode_status,
    status_floats,
)
from skill_stack.core.shared_memory.text_field import to_bytes_cut, to_text

Array = np.ndarray

_BASE = 4 + 3 + 3 + 3 + 3  # orientation, angular velocity, gravity, position, velocity
_COMMAND_MODES = tuple(CommandMode)
_new_tuple = tuple.__new__  # without the Python of a named tuple's own constructor


def channel_layout(robot: RobotSpec) -> BlockLayout:
    """The records of a robot: sample, command, setpoint, status, state, and timing of the loop."""
    joints, feet = robot.size, len(robot.feet)
    title = f"{robot.name} with joints {', '.join(robot.joint_names)}"
    return BlockLayout(
        f"{title}; feet {', '.join(foot.name for foot in robot.feet)}",
        (
            RecordFormat("sample", "q??ddddd", SampleFormat(robot).size),
            RecordFormat("command", "qqqqd", 5 * joints),
            RecordFormat("setpoint", SETPOINT_SCALARS, setpoint_floats(robot)),
            RecordFormat("status", STATUS_SCALARS, status_floats(joints)),
            RecordFormat("state", f"d?{REASON}sq" + SOURCE_SCALARS, 3 * joints + feet + _BASE + DEVIATIONS),
            RecordFormat("loop", "", LOOP_NUMBERS),
        ),
    )


class RobotChannels:
    """All typed records through which the processes of one robot communicate.

    Every ``read_*`` gives None when nothing was ever written, and raises StaleData when a writer died in the middle.
    Arrays that are read are read-only.

    Each actuated part has a block of its own; that of the main part also holds the words for the whole robot.

    Attributes:
        block: The shared block.
        words: Its flag words: lease, heartbeat of the control process.
        common: The flag words of the whole robot: stops, the other heartbeats; the same for a robot of one part.
        part: Name of the part.
        parts: All parts of the robot.
    """

    def __init__(self, block: SharedBlock, robot: RobotSpec, common: SharedBlock | None = None) -> None:
        """Takes an attached block with the layout of :func:`channel_layout`.

        Args:
            block: The block of a part.
            robot: That part, as a robot of its own.
            common: The robot's main block, when that is another one.
        """
        self.block = block
        self.words: BlockWords = block.words
        self._common = common
        self.common: BlockWords = common.words if common is not None else block.words
        self.part = robot.main_part
        self.parts: tuple[str, ...] = (self.part,)
        self._robot = robot
        self._sample, self._command = block.records["sample"], block.records["command"]
        self._setpoint, self._status = block.records["setpoint"], block.records["status"]
        self._state = block.records["state"]
        joints, feet = robot.size, len(robot.feet)
        self._format = SampleFormat(robot)
        self._sources: dict[str, Source] | None = None
        self._encoded: list[int | bytes | float] = []
        self._state_cuts = _slices([joints] * 3 + [4, 3, 3, 3, 3, feet, DEVIATIONS])

    @classmethod
    def open(cls, path: Path, robot: RobotSpec, part: str = "") -> RobotChannels:
        """Opens the block of one part of a robot, creating it when this process comes first.

        Args:
            path: The robot's main block, see :func:`skill_stack.core.shared_memory.block_name.block_path`.
            robot: The whole robot.
            part: The part; empty for the main one.

        Raises:
            DataError: The block belongs to a living stack of another robot or version.
            UnknownName: There is no such part.
        """
        own, main = robot.part(part), robot.part()
        block = SharedBlock.open(path, channel_layout(main))
        if part in ("", robot.main_part):
            made = cls(block, main)
        else:
            made = cls(SharedBlock.open(part_path(path, part), channel_layout(own)), own, block)
        made.part, made.parts = part or robot.main_part, tuple(robot.parts)
        return made

    @property
    def place(self) -> int:
        """Index of this part among the parts of the robot."""
        return self.parts.index(self.part)

    def register(self, process: Process, identity: ProcessIdentity) -> None:
        """Registers a process for a role of this part; the robot's blocks exist as long as one is in use."""
        self.words.register(process, identity)
        if process != "control":
            self.common.register(process, identity)

    def unregister(self, process: Process) -> None:
        """Frees a role."""
        self.words.unregister(process)
        if process != "control":
            self.common.unregister(process)

    def close(self) -> None:
        """Unmaps the block."""
        self.block.close()
        if self._common is not None:
            self._common.close()

    def flags(self) -> Flags:
        """How often stop, estop and reset were requested, for the whole robot."""
        return self.common.flags()

    @property
    def sample_counter(self) -> int:
        """Number of samples written so far: a cheap check for a new one."""
        return self._sample.counter

    @property
    def command_counter(self) -> int:
        """Number of commands written so far: a cheap check for a new one."""
        return self._command.counter

    @property
    def setpoint_counter(self) -> int:
        """Number of setpoints written so far: a cheap check for a new one."""
        return self._setpoint.counter

    @property
    def status_counter(self) -> int:
        """Number of statuses written so far: a cheap check for a new one."""
        return self._status.counter

    def write_sample(self, sample: SensorSample) -> None:
        """Publishes a measurement."""
        self._sample.write(*self._format.fill(sample, self._sample.vector)[:-1])

    def write_measurement(self, measurement: Measurement) -> None:
        """Publishes a measurement that is a vector already."""
        self._sample.vector[:] = measurement.vector
        self._sample.write(*measurement[:-1])

    def read_sample(self) -> SensorSample | None:
        """The newest measurement."""
        if not self._sample.counter:
            return None
        scalars, vector, _ = self._sample.read()
        return self._format.sample(_new_tuple(Measurement, (*scalars, vector)))

    def write_command(self, command: JointCommand, stamp: float = 0.0) -> None:
        """Publishes a command; the caller must hold the lease.

        Args:
            command: The command.
            stamp: Monotonic time at which it was given, s; the device's side obeys none that is old.
        """
        c = command
        np.concatenate((c.q, c.dq, c.tau, c.kp, c.kd), out=self._command.vector)
        self._command.write(int(c.mode), c.sequence, c.sample_sequence, c.setpoint_sequence, stamp)

    def read_command(self) -> JointCommand | None:
        """The newest command."""
        if not self._command.counter:
            return None
        (mode, sequence, sample_sequence, setpoint_sequence, _), vector, _ = self._command.read()
        q, dq, tau, kp, kd = vector.reshape(5, -1)
        return JointCommand(q, dq, tau, kp, kd, _COMMAND_MODES[mode], sequence, sample_sequence, setpoint_sequence)

    def read_command_rows(self) -> tuple[CommandMode, int, Array, float]:
        """The newest command as numbers.

        Returns:
            What it is for; number of the sample that it answers; q, dq, tau, kp, kd one after the other, shape
            (5 * joints,); and the monotonic time at which it was given, s.

        Raises:
            StaleData: There is none, or its writer died in the middle.
        """
        scalars, vector, _ = self._command.read()
        return _COMMAND_MODES[scalars[0]], scalars[2], vector, scalars[4]

    def write_setpoint(self, setpoint: SkillSetpoint) -> None:
        """Publishes a setpoint.

        Raises:
            DataError: More skills or goals than fit, or a name that is too long.
            UnknownName: A joint of a weight does not exist.
        """
        self._setpoint.write(*encode_setpoint(setpoint, self._robot, self._setpoint.vector))

    def read_setpoint(self) -> SkillSetpoint | None:
        """The newest setpoint."""
        if not self._setpoint.counter:
            return None
        scalars, vector, _ = self._setpoint.read()
        return decode_setpoint(scalars, vector, self._robot)

    def read_setpoint_end(self) -> float:
        """Task time until which the newest setpoint is valid, s; raises StaleData when there is none."""
        scalars, _, _ = self._setpoint.read()
        return float(scalars[VALID_UNTIL])

    def write_status(self, status: SkillStatus) -> None:
        """Publishes the controller's status; overlong texts are cut."""
        self._status.write(*encode_status(status, self._status.vector))

    def read_status(self) -> SkillStatus | None:
        """The controller's status."""
        if not self._status.counter:
            return None
        scalars, vector, _ = self._status.read()
        return decode_status(scalars, vector)

    def write_state(self, state: RobotState) -> None:
        """Publishes the estimate; at most eight sources are kept."""
        s = state
        np.concatenate(
            (s.position, s.velocity, s.torque, s.orientation, s.angular_velocity, s.projected_gravity)
            + (s.base_position, s.base_velocity, s.contact)
            + ((s.base.position, s.base.heading, s.base.velocity, s.heading_offset),),
            out=self._state.vector,
        )
        if s.sources is not self._sources:  # which the estimator makes anew only when an age changes
            self._sources, self._encoded = s.sources, encode_sources(s.sources)
        self._state.write(s.task_time, s.valid, to_bytes_cut(s.reason, REASON), *self._encoded)

    def read_state(self) -> RobotState | None:
        """The estimate."""
        if not self._state.counter:
            return None
        (task_time, valid, reason, *sources), vector, _ = self._state.read()
        cut = [vector[part] for part in self._state_cuts]
        return RobotState(
            task_time=task_time,
            position=cut[0],
            velocity=cut[1],
            torque=cut[2],
            orientation=cut[3],
            angular_velocity=cut[4],
            projected_gravity=cut[5],
            base_position=cut[6],
            base_velocity=cut[7],
            contact=cut[8] > 0.5,
            sources=(named := decode_sources(sources)),
            valid=valid,
            reason=to_text(reason),
            base=knowledge_of(named, cut[9][:3].tolist()),
            heading_offset=float(cut[9][3]),
        )


def _slices(sizes: list[int]) -> list[slice]:
    ends = np.cumsum(sizes).tolist()
    return [slice(end - size, end) for end, size in zip(ends, sizes)]
