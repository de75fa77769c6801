"""Robots with several parts: in one URDF, and put together of several robots."""

import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
import yaml

from skill_stack.core.data_file import read_yaml
from skill_stack.core.errors import DataError, ResourceNotFound, UnknownName
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import joint_prefix, load_robot
from skill_stack.core.robots.urdf_file import urdf_text
from skill_stack.core.skills.skill_library import load_library

ROOT = Path(__file__).resolve().parents[3]
HAND = "right_hand"


@pytest.fixture(scope="module")
def go2_hand():
    return load_robot(ROOT / "urdf" / "go2_hand")


def test_a_robot_of_one_part_is_its_own_part():
    robot = load_robot(ROOT / "urdf" / "go2")
    assert robot.part() is robot and robot.part("body") is robot and robot.main_part == "body"
    with pytest.raises(UnknownName, match="no part of go2 'tail'.*Available: body"):
        robot.part("tail")


def test_a_composite_has_the_joints_of_all_by_names_that_differ(go2_hand):
    body, hand = go2_hand.part("body"), go2_hand.part(HAND)
    assert go2_hand.size == 28 and (body.size, hand.size) == (12, 16)
    assert go2_hand.joint_names[:12] == body.joint_names
    assert go2_hand.parts[HAND].joints == tuple(f"right_hand_{name}" for name in hand.joint_names)
    assert (joint_prefix(go2_hand, "body"), joint_prefix(go2_hand, HAND)) == ("", "right_hand_")
    assert (go2_hand.control_rate, body.control_rate, hand.control_rate) == (100.0, 50.0, 100.0)
    assert len(body.feet) == 4 and not hand.feet and hand.source.imu_link == ""
    assert np.array_equal(go2_hand.pose("lie")[:12], body.pose("lie"))
    assert np.array_equal(go2_hand.pose("lie")[12:], hand.pose("default"))
    assert any(name.startswith("right_hand.joints.effort") for name in go2_hand.sources)


def test_another_rate_is_for_the_main_part(go2_hand):
    fast = go2_hand.at_rate(200.0)
    assert (fast.control_rate, fast.part("body").control_rate, fast.part(HAND).control_rate) == (200.0, 200.0, 100.0)


def one_urdf(**changes):
    """A Go2 whose front legs are a part of their own."""
    data = read_yaml(ROOT / "urdf" / "go2" / "robot.yaml")
    names = [joint["name"] for joint in data["joints"]]
    arms = {"joints": names[:6], "rate": 100.0, "poses": {"wave": dict.fromkeys(names[:6], 0.5)}}
    return {**data, "parts": {"body": names[6:], "arms": arms}, **changes}


def test_a_part_of_one_urdf_has_its_own_joints_rate_and_poses():
    robot = RobotSpec.model_validate(one_urdf())
    body, arms = robot.part("body"), robot.part("arms")
    assert arms.joint_names == robot.joint_names[:6] and body.joint_names == robot.joint_names[6:]
    assert (body.control_rate, arms.control_rate) == (50.0, 100.0)
    assert "wave" in arms.poses and "wave" not in body.poses
    assert np.array_equal(arms.pose("lie"), robot.pose("lie")[:6])
    assert body.feet and body.source.imu_link and not arms.feet and not arms.source.imu_link
    assert arms.part() is arms and arms.main_part == "arms"


@pytest.mark.parametrize(
    "change, message",
    [
        (lambda names: {"a": names, "b": names[:1]}, "belongs to 'a' and to 'b'"),
        (lambda names: {"a": names[1:]}, "nobody drives FL_hip_joint"),
        (lambda names: {}, "1 to 8"),
        (lambda names: {f"p{i}": names[i : i + 1] for i in range(12)}, "1 to 8"),
        (lambda names: {"a": {"joints": names, "rate": 0.0}}, "parts.a.rate"),
        (lambda names: {"a": {"joints": names, "speed": 1}}, "parts.a.speed"),
    ],
)
def test_parts_that_make_no_sense_are_refused(tmp_path, change, message):
    names = [joint["name"] for joint in read_yaml(ROOT / "urdf" / "go2" / "robot.yaml")["joints"]]
    (tmp_path / "robot.yaml").write_text(yaml.safe_dump(one_urdf(parts=change(names))))
    with pytest.raises(DataError, match=message):
        load_robot(tmp_path)


def composite(tmp_path, **parts):
    for name in ("go2", "allegro_right"):
        shutil.copytree(ROOT / "urdf" / name, tmp_path / "urdf" / name)
    folder = tmp_path / "urdf" / "mix"
    folder.mkdir()
    (folder / "robot.yaml").write_text(yaml.safe_dump({"name": "mix", "description": "A mix.", "parts": parts}))
    return folder


MOUNT = {"link": "base", "xyz": [0.0, 0.0, 0.2]}


def test_two_hands_share_every_name_and_yet_stay_apart(tmp_path):
    hand = {"robot": "allegro_right", "mount": MOUNT}
    robot = load_robot(composite(tmp_path, body={"robot": "go2"}, one=hand, two={**hand, "rate": 50.0}))
    assert robot.size == 12 + 16 + 16 and len(set(robot.joint_names)) == robot.size
    assert robot.part("two").control_rate == 50.0
    library = load_library(Resources((ROOT,), tmp_path), robot)
    reasons = {entry.name: entry.reason for entry in library.entries.values() if not (entry.usable or entry.elsewhere)}
    assert reasons == {}
    assert library["close_hand"].part == "one" and library["two_close_hand"].part == "two"
    assert library["two_close_hand"].phases[0].stance == "two_hold_hand"
    links = [link.get("name") for link in ET.fromstring(urdf_text(robot)).findall("link")]
    assert len(set(links)) == len(links) and {"one_palm_link", "two_palm_link", "base"} <= set(links)


@pytest.mark.parametrize(
    "parts, error, message",
    [
        ({"body": {"robot": "go2"}, "hand": {"robot": "allegro_right"}}, DataError, "'mount' is needed"),
        ({"body": {"robot": "go2", "mount": MOUNT}}, DataError, "'mount' is needed for every part but the first"),
        ({"body": {"robot": "go2"}, "x": {"robot": "go3", "mount": MOUNT}}, ResourceNotFound, "no robot 'go3'"),
        ({"body": {"robot": "go2"}, "x": {"joints": ["a"], "mount": MOUNT}}, DataError, "has 'robot' and no 'joints'"),
        ({"body": {"robot": "go2"}, "x": {"robot": "mix", "mount": MOUNT}}, DataError, "itself"),
    ],
)
def test_composites_that_make_no_sense_are_refused(tmp_path, parts, error, message):
    folder = composite(tmp_path, **parts)
    with pytest.raises(error, match=message):
        load_robot(folder, Resources((tmp_path,), tmp_path))


def test_a_mount_on_a_link_that_is_not_there_is_refused(tmp_path):
    mount = {"link": "roof"}
    robot = load_robot(composite(tmp_path, body={"robot": "go2"}, x={"robot": "allegro_right", "mount": mount}))
    with pytest.raises(UnknownName, match="link of mix that carries 'x' 'roof'"):
        urdf_text(robot)


def test_one_description_of_all(go2_hand):
    tree = ET.fromstring(urdf_text(go2_hand))
    joints = {joint.get("name"): joint for joint in tree.findall("joint")}
    assert set(go2_hand.joint_names) <= set(joints)
    mount = joints["right_hand_mount"]
    assert mount.get("type") == "fixed" and mount.find("parent").get("link") == "base"
    assert mount.find("origin").get("xyz") == "0.0 0.0 0.175"
    children = [joint.find("child").get("link") for joint in joints.values()]
    assert sorted(set(children)) == sorted(children)  # a tree
