"""What hands can press with over their buses."""

import pytest

from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.hardware.mujoco.drive_torques import as_driven, drive_torques


def robot_named(name: str) -> RobotSpec:
    return load_robot(Resources.from_environment({}).robot(name))


def test_a_serial_hand_is_as_strong_as_its_current_and_a_can_hand_as_its_caps():
    leap = robot_named("leap")
    assert drive_torques(leap)["if_mcp"] == pytest.approx(0.35 * 0.366)
    allegro = robot_named("allegro_right")
    torques = drive_torques(allegro)
    assert all(torques[joint.name] <= joint.effort for joint in allegro.joints)
    assert torques["joint_3.0"] < torques["joint_1.0"]


def test_nothing_else_of_the_robot_changes_and_one_without_a_bus_stays_as_it_is():
    leap = robot_named("leap")
    driven = as_driven(leap)
    assert driven.joint_names == leap.joint_names and (driven.column("effort") < leap.column("effort")).all()
    assert (driven.column("kp") == leap.column("kp")).all()
    assert as_driven(robot_named("go2")) == robot_named("go2")


def test_a_section_that_is_wrong_is_named():
    leap = robot_named("leap")
    wrong = leap.model_copy(update={"driver_data": {"dynamixel": {"motors": {}}}})
    with pytest.raises(DataError, match="dynamixel"):
        as_driven(wrong)
