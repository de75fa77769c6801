"""A whole control tick against the bare policy: sensor sample in, safety-checked command out."""

from __future__ import annotations

import functools
import io
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime

from skill_stack.benchmarks.control.sample_source import VALID, SampleSource, out_of_reach, towards, walk_setpoint
from skill_stack.benchmarks.control.synthetic_robot import write_robot
from skill_stack.benchmarks.report import Row
from skill_stack.benchmarks.scheduling import urgent
from skill_stack.benchmarks.timing import Work, alternating, back_to_back, collector_frozen, median_row, percentile
from skill_stack.controllers.control_core import ControlCore, ControlOptions
from skill_stack.controllers.processes.control_process import PRIORITY
from skill_stack.controllers.processes.control_station import ControlStation
from skill_stack.controllers.processes.loop_timing import LoopTiming
from skill_stack.controllers.tick import Tick
from skill_stack.core.errors import SkillStackError
from skill_stack.core.processes.process_log import ProcessLog
from skill_stack.core.processes.realtime import use_large_pages
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import ControlMode, SkillStatus
from skill_stack.core.shared_memory.block_words import Flags
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.hardware.shared_memory_driver import SharedMemoryDriver

JOINTS = 29
RATE = 50.0  # Hz
LIMIT = 1.5
SYNTHETIC = "synthetic29"
SETPOINT_PERIOD = 0.05  # s between two setpoints of the connector
WARM_UP = 2.0  # s of ticks of the walk before measuring
RISING = 10.0  # s of ticks within which the robot must have risen


class NotWalking(SkillStackError):
    """The robot did not start to walk, so nothing can be measured."""


def measure(seconds: float) -> list[Row]:
    """The synthetic robot with 29 joints, then the shipped Go2.

    Collector and priority are as in the control process, so that other work on the machine stretches neither side.

    Args:
        seconds: How long both take together, s; two thirds go to the first, whose ratio has the limit.
    """
    with tempfile.TemporaryDirectory(prefix="skill-stack-bench-") as name, collector_frozen(), urgent(PRIORITY):
        folder = Path(name)
        made_up = Resources((write_robot(folder, SYNTHETIC, JOINTS, RATE),), folder)
        share = 2 / 3
        rows = _rows(made_up, SYNTHETIC, f"{JOINTS} joints", seconds * share, LIMIT, folder)
        real = Resources.from_environment(os.environ)
        return rows + _rows(real, "go2", "go2 walk", seconds * (1 - share), None, folder)


def _rows(
    resources: Resources, name: str, label: str, seconds: float, limit: float | None, folder: Path
) -> list[Row]:
    robot = load_robot(resources.robot(name))
    library = load_library(resources, robot)
    core = WalkingCore(robot, library)
    cycle = WholeCycle(robot, library, folder / f"{name}.block")
    works = (
        Work(bare_policy(library)),
        Work(core.run, core.prepare),
        Work(core.run, core.prepare, core.rehearse),
        Work(cycle.run, cycle.prepare),
    )
    use_large_pages()  # as the control process does once everything is loaded; the bare policy gets them too
    try:
        bare, tick, rehearsed, whole = alternating(robot.control_rate, seconds, works)
        hot = [back_to_back(work) for work in works[:2]]
    finally:
        cycle.close()
    # One ratio per round of windows: what disturbed a round disturbed all three.
    bare_medians = np.median(bare, axis=1)
    note = f"{len(bare)} rounds of alternating windows, paced at {robot.control_rate:g} Hz; sample in, command out"
    ratio = median_row(f"{label}: tick / bare session.run", np.median(tick, axis=1) / bare_medians, "x", limit=limit)
    shared = np.median(whole, axis=1) / bare_medians
    as_run = median_row(f"{label}: rehearsed tick / bare session.run", np.median(rehearsed, axis=1) / bare_medians, "x")
    why = "as the control loop runs it: the last tick is rehearsed shortly before the deadline; the bare policy is not"
    return [
        replace(ratio, note=note),
        replace(as_run, note=why),
        median_row(f"{label}: tick with shared memory / bare session.run", shared, "x"),
        median_row(f"{label}: bare session.run", bare, "µs", 1e6),
        median_row(f"{label}: tick", tick, "µs", 1e6),
        median_row(f"{label}: rehearsed tick", rehearsed, "µs", 1e6),
        Row(f"{label}: tick, p99", percentile(tick.ravel(), 99) * 1e6, "µs"),
        median_row(f"{label}: tick with shared memory", whole, "µs", 1e6),
        median_row(f"{label}: bare session.run, back to back", hot[0], "µs", 1e6),
        median_row(f"{label}: tick, back to back", hot[1], "µs", 1e6),
    ]


def bare_policy(library: SkillLibrary, skill: str = "walk") -> Callable[[], None]:
    """The skill's network alone, with one thread, fed the same way at every call."""
    entry = library.entries[skill]
    assert entry.folder is not None and entry.spec is not None and entry.spec.policy is not None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    model = str(entry.folder / entry.spec.policy.model)
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    inputs = {item.name: np.full(_shape(item.shape), 0.1, np.float32) for item in session.get_inputs()}

    def run() -> None:
        session.run(None, inputs)

    return run


def _shape(shape: Sequence[int | str]) -> list[int]:
    """A shape for a batch of one: dimensions that are only named become 1."""
    return [size if isinstance(size, int) else 1 for size in shape]


class WalkingCore:
    """Control ticks of a robot that walks, on samples that are made before each tick."""

    def __init__(self, robot: RobotSpec, library: SkillLibrary, options: ControlOptions | None = None) -> None:
        """Makes the core and ticks it until it walks.

        Args:
            robot: The robot.
            library: Its skills.
            options: How the core begins.

        Raises:
            NotWalking: It does not come to walk; the benchmark would measure something else.
        """
        limits = robot.safety.model_copy(update=out_of_reach(robot))
        self._core = ControlCore(robot.model_copy(update={"safety": limits}), library, options)
        self._source = SampleSource(robot)
        self._flags = Flags()
        self._tick: Tick | None = None
        self._library = library
        self._setpoint = walk_setpoint(1, 0.0, skill=towards("walk", library, None))
        self._walks = self._setpoint.skills[0].skill == "walk"
        self._rising, self._warm_up = (round(seconds * robot.control_rate) for seconds in (RISING, WARM_UP))
        self._ready()

    def _ready(self) -> None:
        """Ticks until the robot walks, through what it must begin with."""
        for _ in range(self._rising):
            if self._walks:
                break
            self.prepare()
            self.run()
        for _ in range(self._warm_up):
            self.prepare()
            self.run()
        status = self.status()
        if (status.mode, status.skill) != (ControlMode.ACTIVE, "walk"):
            raise NotWalking(f"the walk is not active: {status.mode.value} {status.skill} {status.reason}")

    def prepare(self) -> None:
        """Completes the tick before, as the loop does once its command is out; makes the next sample and setpoint."""
        if self._tick is not None:
            self.status()
        sample = self._sample = self._source.next()
        if sample.task_time >= self._setpoint.valid_until - VALID + SETPOINT_PERIOD:
            skill = "walk" if self._walks else towards("walk", self._library, self._told())
            self._setpoint = walk_setpoint(self._setpoint.sequence + 1, sample.task_time, skill=skill)
            self._walks = skill == "walk"
        self._tick = None  # the loop too has nothing left of it when the next sample comes

    def _told(self) -> SkillStatus | None:
        return None if self._tick is None else self._tick.status

    def status(self) -> SkillStatus:
        """What the controller reports."""
        assert self._tick is not None
        return self._tick.status

    def rehearse(self) -> None:
        """Goes through the last tick once more."""
        self._core.rehearse()

    def run(self) -> None:
        """One tick."""
        sample = self._sample
        self._tick = self._core.tick(sample, self._setpoint, self._flags, sample.task_time, sample.stamp)


class WholeCycle(WalkingCore):
    """The same tick as one turn of the control process: everything read from shared memory and written to it."""

    def __init__(self, robot: RobotSpec, library: SkillLibrary, path: Path) -> None:
        """Makes a block in an ordinary file.

        Args:
            robot: The robot.
            library: Its skills.
            path: The block's file.
        """
        self._robot = robot
        self._channels = RobotChannels.open(path, robot)
        super().__init__(robot, library)

    def _ready(self) -> None:
        opener = functools.partial(SharedMemoryDriver, self._robot, self._channels)
        self._station = ControlStation(self._core, self._channels, opener, "auto", ProcessLog("bench", io.StringIO()))
        self._timing = LoopTiming()
        super()._ready()

    def prepare(self) -> None:
        """Writes the next sample, and a setpoint when it is time for one."""
        before = self._setpoint
        super().prepare()
        self._channels.write_sample(self._sample)
        if self._setpoint is not before or not self._channels.setpoint_counter:
            self._channels.write_setpoint(self._setpoint)

    def run(self) -> None:
        """One turn."""
        sample = self._station.read()
        assert sample is not None
        self._station.turn(sample, sample.task_time, sample.stamp, self._timing)

    def _told(self) -> SkillStatus | None:
        return self._channels.read_status()

    def status(self) -> SkillStatus:
        """What the controller reports."""
        status = self._channels.read_status()
        assert status is not None
        return status

    def close(self) -> None:
        """Leaves the block."""
        self._channels.close()
