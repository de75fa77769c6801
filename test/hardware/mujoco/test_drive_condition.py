"""Motors warm up with their torque: that of a slide is its force over the radius of its pulley."""

import numpy as np

from skill_stack.hardware.mujoco.drive_condition import AMBIENT, DriveCondition


def test_a_slide_warms_up_by_the_torque_of_its_motor() -> None:
    condition = DriveCondition(np.array([1.0, 0.02]))
    for second in range(1, 61):
        condition.look(np.array([27.0, 27.0]), np.zeros(2), float(second))
    turn, slide = condition.temperature - AMBIENT
    assert turn > 15.0 and slide < 0.1
