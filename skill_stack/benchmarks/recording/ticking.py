"""A recorder of its own process beside a control loop that only writes its black box: no ROS, no physics.

Example: ``python -m skill_stack.benchmarks.recording.ticking record FOLDER BLOCK``
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np

from skill_stack.benchmarks.control.synthetic_robot import write_robot
from skill_stack.core.joint_command import CommandMode, JointCommand
from skill_stack.core.robot_state import RobotState
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.sensor_sample import SensorSample
from skill_stack.core.setpoint import ControlMode, SkillStatus
from skill_stack.core.shared_memory.black_box import BlackBox, TickDetails, box_path
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.recording.disk_stream import Written
from skill_stack.recording.format import About
from skill_stack.recording.recorder import EVERY, Clocks, RunRecorder
from skill_stack.recording.run_writer import RunContent
from skill_stack.recording.schemas import Schemas
from skill_stack.recording.shelf import DiskRoom, Shelf

ROBOT, JOINTS, RATE = "ticking", 12, 500.0
ROOM = DiskRoom(10e9, 0.0, 0.0)
ROWS = 5000  # of other values, or a file would be smaller than any real one


def robot_of(folder: Path) -> RobotSpec:
    """The synthetic robot below a folder, which is written if it is not there."""
    place = folder / "urdf" / ROBOT
    if not place.is_dir():
        write_robot(folder, ROBOT, JOINTS, RATE)
    return load_robot(place)


class TickLoop:
    """Writes ticks into a black box at control rate, in a thread.

    Attributes:
        written: Ticks so far.
        late: Lateness of each, s.
    """

    def __init__(self, robot: RobotSpec, block: Path) -> None:
        """Opens the black box of a block."""
        self._box = BlackBox(box_path(block), robot, 48, 12)
        self._robot = robot
        self.written = 0
        self.late: list[float] = []
        self._over = threading.Event()

    def run(self) -> None:
        """Writes until it is told to end."""
        n, feet, zeros = self._robot.size, len(self._robot.feet), np.zeros(3)
        random_rows = np.random.default_rng(1).normal(size=(ROWS, n))
        due = time.monotonic()
        while not self._over.is_set():
            row = random_rows[self.written % ROWS]
            number, mono = self.written + 1, time.monotonic()
            self.late.append(mono - due)
            state = RobotState(
                mono, row, row, row, np.array([1.0, 0, 0, 0]), zeros, np.array([0, 0, -1.0]), zeros, zeros,
                np.ones(feet, bool), {},
            )  # fmt: skip
            sample = SensorSample(
                number, mono, mono, row, row, row, np.array([1.0, 0, 0, 0]), zeros, zeros, row, np.zeros(feet)
            )
            status = SkillStatus(
                mono, "body", "walk", "", ControlMode.ACTIVE, "", 0.0, "plan/1", number, number, zeros,
                state.orientation, zeros, 0.0, 0.0,
            )  # fmt: skip
            command = JointCommand(row, row, row, row, row, CommandMode.ACTIVE, number, number, number)
            self._box.note_network((np.zeros(48, np.float32),), np.zeros(12, np.float32))
            self._box.write(command, status, state, 0, mono, TickDetails(sample))
            self.written += 1
            due += 1.0 / RATE
            time.sleep(max(due - time.monotonic(), 0.0))

    def end(self) -> None:
        """Ends the thread's work."""
        self._over.set()


@contextlib.contextmanager
def ticking(folder: Path) -> Iterator[tuple[Path, subprocess.Popen[bytes]]]:
    """A process that writes ticks meanwhile; gives its block and the process.

    Args:
        folder: Where robot and block lie.
    """
    robot_of(folder)
    block = folder / "block"
    command = [sys.executable, "-m", __name__, "tick", str(folder), str(block)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield block, process
    finally:
        process.terminate()
        process.wait()


def recorder_of(
    folder: Path, block: Path, shelf: Path, opened: Callable[[Path], Written] = Written, room: DiskRoom = ROOM
) -> RunRecorder:
    """A recorder of the ticks.

    Args:
        folder: Where the robot lies.
        block: The shared block.
        shelf: Where recordings lie.
        opened: Opens their files.
        room: How much they may take.
    """
    robot = robot_of(folder)
    channels = RobotChannels.open(block, robot)
    schemas = Schemas(
        [Path(part) for part in (*os.environ.get("AMENT_PREFIX_PATH", "").split(":"), sys.prefix) if part]
    )

    def content(started: int) -> RunContent:
        about = About(robot.name, "", "ticking", started, True, {"body": RATE}, robot.main_part)
        return RunContent(about, schemas.definition)

    kept = Shelf(shelf, room)
    kept.claim("bench")
    clocks = Clocks(time.time, time.monotonic, lambda: datetime.now().strftime("%Y%m%d-%H%M%S"))
    return RunRecorder(kept, content, channels, {robot.main_part: block}, clocks, opened)


@contextlib.contextmanager
def started(folder: Path, block: Path, shelf: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that records meanwhile, once its file is begun."""
    command = [sys.executable, "-m", __name__, "record", str(folder), str(block), str(shelf)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
    finally:
        process.kill()
        process.wait()


ERRORS = {"full": errno.ENOSPC, "read-only": errno.EROFS, "broken": errno.EIO}


@dataclasses.dataclass(frozen=True, slots=True)
class DiskFault:
    """How a disk fails.

    Attributes:
        kind: ``full``, ``read-only``, ``broken`` or ``slow``.
        after: Bytes that it takes before.
        rate: Bytes per second of a slow one.
    """

    kind: str
    after: int
    rate: float = 3e4


class Faulty(Written):
    """A file on a disk that fails."""

    def __init__(self, path: Path, fault: DiskFault) -> None:
        """Opens the file, and remembers how it fails."""
        super().__init__(path)
        self._fault, self._taken = fault, 0

    def write(self, data: bytes) -> None:
        """Writes until the fault."""
        self._taken += len(data)
        if self._taken > self._fault.after:
            if self._fault.kind == "slow":
                time.sleep(len(data) / self._fault.rate)
            else:
                number = ERRORS[self._fault.kind]
                super().write(data[: len(data) // 2])  # a disk takes a part before it is full
                raise OSError(number, os.strerror(number))
        super().write(data)


def main(argv: Sequence[str]) -> int:
    """Writes ticks, or records them, until it is ended."""
    what, folder, block = argv[0], Path(argv[1]), Path(argv[2])
    if what == "tick":
        robot = robot_of(folder)
        channels = RobotChannels.open(block, robot)
        loop = TickLoop(robot, block)
        print("ticking", flush=True)
        loop.run()
        channels.close()
        return 0
    recorder = recorder_of(folder, block, Path(argv[3]))
    why = recorder.start()
    recorder.look()
    print(why or "recording", flush=True)
    while True:
        time.sleep(EVERY)
        recorder.look()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
