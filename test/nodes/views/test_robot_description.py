"""The robot's description and transforms as ROS wants them."""

import os
import re
from pathlib import Path
from urllib.parse import unquote, urlparse

from builtin_interfaces.msg import Time

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.nodes.views.robot_description import absolute_meshes, describe_robot, frame_name, transforms_message

GO2 = load_robot(Resources.from_environment(os.environ).robot("go2"))


def test_every_mesh_is_a_file_that_exists():
    text = describe_robot(GO2).text
    meshes = re.findall(r'filename="([^"]+)"', text)
    assert meshes and "package://" not in text
    assert all(Path(unquote(urlparse(mesh).path)).is_file() for mesh in meshes)


def test_a_folder_with_spaces_gives_a_valid_address(tmp_path):
    text = absolute_meshes('<mesh filename="package://robots/a b.dae"/>', tmp_path / "my data")
    assert " " not in text.split('"')[1] and text.split('"')[1].startswith("file:///")


def test_frames_of_two_robots_differ():
    assert frame_name("", "odom") == frame_name("/", "odom") == "odom"
    assert frame_name("/dogs/rex/", "odom") == "dogs/rex/odom"


def test_transforms_carry_prefix_stamp_and_unit_rotation():
    tree = describe_robot(GO2).tree
    message = transforms_message(tree.moving({"FL_hip_joint": 0.3}), Time(sec=7), "rex")
    assert len(message.transforms) == 12
    for one in message.transforms:
        assert one.header.frame_id.startswith("rex/") and one.child_frame_id.startswith("rex/")
        assert one.header.stamp.sec == 7
        q = one.transform.rotation
        assert abs(q.w**2 + q.x**2 + q.y**2 + q.z**2 - 1) < 1e-9
