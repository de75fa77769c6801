"""A recording in place of a robot, through every process: it is measured again, and nothing is simulated."""

import os
from dataclasses import replace

import numpy as np
import pytest

from skill_stack.core.joint_command import CommandMode, JointCommand
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import ControlMode
from skill_stack.core.shared_memory.black_box import BlackBox
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.runtime.line.line import Line

TICKS, PERIOD = 1500, 0.1  # longer than any start
SWING = 0.2
"""How far the first joint goes, rad, which no other driver would measure."""


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    found = Resources.from_environment(os.environ)
    robot = load_robot(found.robot("go2"), found)
    line = Line(robot, load_library(found, robot), set_up(load_scene(found.scene("bench")), 0), pose="default")
    path = tmp_path_factory.mktemp("recorded") / "run.blackbox"
    box, zero = BlackBox(path, robot), np.zeros(robot.size)
    for tick in range(TICKS):
        q = robot.pose("default")
        q[0] += SWING * np.sin(0.1 * tick)
        status = replace(line.status, sample_sequence=tick, mode=ControlMode.ACTIVE)
        state = replace(line.state, position=q, velocity=zero, valid=True)
        command = JointCommand(q, zero, zero, zero, zero, CommandMode.ACTIVE, tick)
        box.write(command, status, state, 0, 1000.0 + PERIOD * tick)
    box.close()
    return path


@pytest.mark.slow
def test_what_was_measured_then_is_measured_again_and_no_simulator_runs(start, recording, until) -> None:
    stack = start("--replay", str(recording), namespace="replay", deployment="go2_sim")
    stack.wait_up()
    assert "simulator" not in stack.run_file.noted()
    hips: set[float] = set()

    def swung() -> bool:
        state = stack.channels.read_state()
        if state is not None:
            hips.add(round(float(state.position[0]), 3))
        return len(hips) > 10 or stack.process.poll() is not None

    until(swung, 60, "the recorded joint to move")
    assert stack.process.poll() is None, stack.text
    assert max(hips) - min(hips) <= 2 * SWING + 1e-3
