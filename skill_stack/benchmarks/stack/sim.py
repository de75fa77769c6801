"""The simulator process with recorded commands, handshake included, against bare ``mj_step`` of the same model."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import mujoco
import numpy as np

from skill_stack.benchmarks.control.recorded_walk import record_walk
from skill_stack.benchmarks.report import Row
from skill_stack.benchmarks.scheduling import apart, urgent
from skill_stack.benchmarks.stack.private_place import private_environment, private_namespace
from skill_stack.benchmarks.timing import collector_frozen, median_row
from skill_stack.core.errors import SkillStackError
from skill_stack.core.joint_command import JointCommand
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import SkillSetpoint
from skill_stack.core.shared_memory.block_name import block_path, domain_of, truth_path
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.shared_block import remove_block
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene_file import SceneSetup, load_scene, set_up
from skill_stack.hardware.mujoco.model_index import index_model, write_command
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice

ROBOT, SCENE = "go2", "playground"
LIMIT = 0.7
RECORDED = 30.0  # s of simulated walking in one replay
WINDOW = 50  # control periods between changes from one side to the other
SAMPLE = 2  # place of the answered sample's number in a recorded command
PATIENCE = 10.0  # s until the simulator must answer
URGENT = 10  # priority of both sides: above ordinary work, below whatever keeps time


class SimulatorSilent(SkillStackError):
    """The simulator process does not answer; the text shows what it said."""


def measure(seconds: float) -> list[Row]:
    """Replays a recorded walk, in turns through the process and through bare physics, until the time is over.

    Args:
        seconds: How long, s.
    """
    resources = Resources.from_environment(os.environ)
    robot = load_robot(resources.robot(ROBOT))
    setup = set_up(load_scene(resources.scene(SCENE)), 0)
    commands = record_walk(robot, load_library(resources, robot), setup, RECORDED)
    commands = [replace(command, sample_sequence=n) for n, command in enumerate(commands, start=1)]
    process: list[np.ndarray] = []
    bare: list[np.ndarray] = []
    end = time.perf_counter() + seconds
    with collector_frozen():
        while not process or time.perf_counter() < end:
            with simulator(robot) as channels:
                one, other = _replay(robot, setup, channels, commands, end)
            process.append(one)
            bare.append(other)
    return _rows(np.concatenate(process), np.concatenate(bare), robot)


def _rows(process: np.ndarray, bare: np.ndarray, robot: RobotSpec) -> list[Row]:
    """Figures from the duration of a control period in each window, s."""
    ratio = median_row("simulator process / bare mj_step, speed", bare / process, "x")
    period = 1.0 / robot.control_rate
    note = (
        f"{len(bare)} windows of {WINDOW} control periods; sensors, noise, truth and handshake included; both sides "
        "with SCHED_FIFO where that is permitted, each process on a core of its own"
    )
    return [
        replace(ratio, limit=LIMIT, better="higher", note=note),
        median_row("bare mj_step, one control period", bare, "µs", 1e6),
        median_row("simulator process, one control period", process, "µs", 1e6),
        median_row("simulator process", period / process, "x real time"),
    ]


@contextmanager
def simulator(robot: RobotSpec) -> Iterator[RobotChannels]:
    """A simulator process in lock-step without other clients.

    Raises:
        SimulatorSilent: It does not come up.
    """
    environment = private_environment(os.environ, os.getpid())
    place = (private_namespace("sim"), domain_of(environment), os.getuid())
    channels = RobotChannels.open(block_path(*place), robot)
    command = [sys.executable, "-m", "skill_stack.hardware.mujoco.simulator_process", "--robot", robot.name]
    command += ["--scene", SCENE, "--namespace", place[0], "--pace", "lock_step"]
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    try:
        deadline = time.monotonic() + PATIENCE
        while not channels.sample_counter:
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                raise SimulatorSilent(f"the simulator does not come up:\n{process.communicate()[1][-800:]}")
            time.sleep(0.01)
        # Time is agreed forever: the handshake with the controller alone is measured.
        channels.write_setpoint(SkillSetpoint("", 1, math.inf, "body", "bench", ()))
        # Two processes that answer one another wait for other work on the machine more often than one alone does, and
        # on one core they would wait for each other's naps.
        with urgent(URGENT, process.pid), apart(0, process.pid):
            yield channels
    finally:
        process.terminate()
        process.communicate()
        channels.close()
        remove_block(block_path(*place))
        remove_block(truth_path(*place))


def _replay(
    robot: RobotSpec, setup: SceneSetup, channels: RobotChannels, commands: Sequence[JointCommand], end: float
) -> tuple[np.ndarray, np.ndarray]:
    """Duration of a control period in each window through the process and bare, s, each of shape (windows,)."""
    device = MujocoDevice(robot, setup)
    index = index_model(device.model, robot)
    process, bare = [], []
    for first in range(0, len(commands) - WINDOW + 1, WINDOW):
        part = commands[first : first + WINDOW]
        process.append(_through_process(channels, part))
        spent = 0.0
        for command in part:
            write_command(device.model, device.data, index, command)
            begin = time.perf_counter()
            mujoco.mj_step(device.model, device.data, device.substeps)
            spent += time.perf_counter() - begin
        bare.append(spent / len(part))
        if time.perf_counter() > end:
            break
    return np.array(process), np.array(bare)


def _through_process(channels: RobotChannels, commands: Sequence[JointCommand]) -> float:
    """Duration of a control period, s: each sample is answered at once by the next command.

    Raises:
        SimulatorSilent: An answer does not come.
    """
    begin = 0.0
    record = channels.block.records["command"]
    recorded = [_recorded(command) for command in commands]
    for rows, numbers in recorded:
        record.vector[:] = rows
        given = time.monotonic()
        record.write(*numbers, given)
        deadline = given + PATIENCE
        # No sleep: a nap of this side would be counted as slowness of the other.
        while channels.sample_counter <= numbers[SAMPLE]:
            if time.monotonic() > deadline:
                raise SimulatorSilent(f"the simulator did not answer command {numbers[SAMPLE]}")
        if not begin:
            begin = time.perf_counter()  # the first one woke the simulator up
    return (time.perf_counter() - begin) / (len(commands) - 1)


def _recorded(command: JointCommand) -> tuple[np.ndarray, tuple[int, int, int, int]]:
    """A command as the numbers of its record, so that making them is not counted as slowness of the other side."""
    c = command
    numbers = (int(c.mode), c.sequence, c.sample_sequence, c.setpoint_sequence)
    return np.concatenate((c.q, c.dq, c.tau, c.kp, c.kd)), numbers
