"""What the ros2_control tags of a URDF add to a new robot."""

import pytest

from skill_stack.core.errors import DataError
from skill_stack.hardware.new_robot.robot_folder import make_robot
from skill_stack.hardware.ros2_control.settings import ControlPlace
from skill_stack.hardware.ros2_control.urdf_tags import robot_tags

MASS = """<inertial><mass value="1"/><inertia ixx=".01" iyy=".01" izz=".01" ixy="0" ixz="0" iyz="0"/></inertial>"""
BOX = """<collision><geometry><box size=".1 .1 .1"/></geometry></collision>"""
JOINT = """<joint name="{0}" type="{4}"><parent link="{1}"/><child link="{2}"/><axis xyz="0 0 1"/>{3}</joint>"""
TAG = """<joint name="{}"><command_interface name="position"><param name="min">-1</param><param name="max">2</param>
  </command_interface><command_interface name="velocity"><param name="min">-0.5</param><param name="max">0.7</param>
  </command_interface><state_interface name="position"/></joint>"""


def made(folder, *tagged):
    """A robot of two hinges of which these are in the tags."""
    links = "".join(f'<link name="{name}">{MASS}{BOX}</link>' for name in ("base", "upper", "fore"))
    limit = '<limit lower="-0.5" upper="3" effort="5" velocity="3"/>'
    joints = JOINT.format("turn", "base", "upper", "", "continuous")
    joints += JOINT.format("lift", "upper", "fore", limit, "revolute")
    system = "".join(TAG.format(name) for name in tagged)
    tags = f'<ros2_control name="s" type="system">{system}</ros2_control>' if tagged else ""
    file = folder / "arm.urdf"
    file.write_text(f'<robot name="arm">{links}{joints}{tags}</robot>')
    return make_robot("my_arm", file, folder / "urdf", bolted=True)


def test_tags_of_every_joint_make_the_driver_possible_and_state_its_limits(tmp_path):
    new = made(tmp_path, "turn", "lift")
    turn, lift = new.robot.joints
    assert "driver ros2_control is possible: every joint takes position, velocity" in " ".join(new.notes)
    assert "ros2_control" in new.robot.drivers and list(robot_tags(new.robot)) == ["turn", "lift"]
    assert (turn.velocity, lift.velocity, lift.effort) == (0.5, 3, 5), "what the joint itself states comes first"
    assert (turn.lower, turn.upper) == (-1, 2)
    assert (lift.lower, lift.upper) == (-0.5, 2), "the narrower one: else the driver would refuse it"
    assert not any(entry.startswith(("joints.velocity", "joints.limits")) for entry in new.robot.unknown)
    assert ControlPlace(new.robot, {"controller": "arm"}).settings.driven_kind == "position"


def test_a_joint_without_a_tag_is_named_and_there_is_no_such_driver(tmp_path):
    new = made(tmp_path, "turn")
    assert "the <ros2_control> tags lack lift" in " ".join(new.notes) and "ros2_control" not in new.robot.drivers


def test_without_tags_nothing_is_said_of_them(tmp_path):
    new = made(tmp_path)
    assert not any("ros2_control" in note for note in new.notes) and list(new.robot.drivers) == ["mujoco"]


def test_a_wrong_tag_makes_no_robot(tmp_path):
    with pytest.raises(DataError, match="named twice"):
        made(tmp_path, "turn", "turn")
    assert not (tmp_path / "urdf" / "my_arm").exists()
