"""What a simulation tells of past states is what it told when they were there."""

import mujoco
import numpy as np

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.hardware.mujoco.mujoco_model import build_model
from skill_stack.hardware.mujoco.truth_details import TruthDetails

RESOURCES = Resources.from_environment({})


def test_feet_of_past_states_are_where_they_were():
    robot = load_robot(RESOURCES.robot("go2"), RESOURCES)
    data = mujoco.MjData(build_model(robot, set_up(load_scene(RESOURCES.scene("open")), 0)))
    details, states, feet = TruthDetails(data, robot), [], []
    for _ in range(3):
        mujoco.mj_step(data.model, data, 40)
        mujoco.mj_forward(data.model, data)
        states.append(data.qpos.copy())
        feet.append(details.feet())
    np.testing.assert_allclose(details.feet_way(states), feet, atol=1e-9)
    assert np.abs(feet[0] - feet[-1]).max() > 1e-3, "it falls, so that its feet move"
    assert details.feet_way([]).shape == (0, 4, 3)
