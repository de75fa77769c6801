"""Soles are read from the sensors of a model whose motion is known."""

import math
import os

import mujoco
import numpy as np
import pytest

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.hardware.mujoco.model_index import index_model
from skill_stack.hardware.mujoco.mujoco_model import build_model
from skill_stack.training.physics.soles import Soles


def read(name, height, pitch=0.0, velocity=(0.0,) * 6):
    """Sliding and pitch of the feet of a robot in its zero pose, moved as one."""
    robot = load_robot(Resources.from_environment(os.environ).robot(name))
    model = build_model(robot, foot_kinematics=True, bare=True)
    index, data = index_model(model, robot), mujoco.MjData(model)
    data.qpos[:3] = 0.0, 0.0, height
    data.qpos[3:7] = math.cos(pitch / 2), 0.0, math.sin(-pitch / 2), 0.0
    data.qvel[:6] = velocity
    mujoco.mj_forward(model, data)
    lowest = min(
        float((data.geom_xpos[number] - model.geom_size[number, 0])[2])
        for number in range(model.ngeom)
        if model.geom_type[number] == mujoco.mjtGeom.mjGEOM_SPHERE
    )
    slide, tilt = Soles(robot, index).read(data.sensordata[None], np.array([[lowest]]))
    return slide[0], tilt[0]


def test_a_level_sole_that_is_dragged_slides_as_fast_as_it_is_dragged():
    slide, tilt = read("g1", 1.0, velocity=(0.3, 0.4, 0.0, 0.0, 0.0, 0.0))
    assert slide == pytest.approx([0.5, 0.5], abs=1e-6)
    assert tilt == pytest.approx([0.0, 0.0], abs=1e-6)


def test_a_sole_with_its_toes_up_counts_at_its_heel():
    # It turns about the pelvis: the soles move ahead with the distance below it, the heel less than the ankle above it.
    turning = (0.0, 0.0, 0.0, 0.0, -1.0, 0.0)
    slide, tilt = read("g1", 1.0, pitch=0.3, velocity=turning)
    assert tilt == pytest.approx([0.3, 0.3], abs=1e-6)
    robot = load_robot(Resources.from_environment(os.environ).robot("g1"))
    model = build_model(robot, foot_kinematics=True, bare=True)
    data = mujoco.MjData(model)
    data.qpos[:7] = 0.0, 0.0, 1.0, math.cos(0.15), 0.0, math.sin(-0.15), 0.0
    mujoco.mj_forward(model, data)
    heel = data.geom_xpos[model.geom("left").id] - [0.0, 0.0, 0.005] - data.qpos[:3]
    assert slide == pytest.approx([abs(heel[2])] * 2, abs=1e-3)


def test_feet_that_are_points_have_no_pitch():
    slide, tilt = read("go2", 1.0, velocity=(0.2, 0.0, 0.0, 0.0, 0.0, 0.0))
    assert slide == pytest.approx([0.2] * 4, abs=1e-6)
    assert not tilt.any()
