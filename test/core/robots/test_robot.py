from pathlib import Path

import numpy as np
import pytest
import yaml

from skill_stack.core.data_file import parse_model, read_yaml
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot

ROBOTS = sorted(path.parent for path in (Path(__file__).parents[3] / "urdf").glob("*/robot.yaml"))


@pytest.fixture
def go2_data():
    return read_yaml(Path(__file__).parents[3] / "urdf" / "go2" / "robot.yaml")


@pytest.mark.parametrize("folder", ROBOTS, ids=lambda path: path.name)
def test_every_robot_folder_is_sound(folder):
    robot = load_robot(folder)
    assert robot.name == folder.name
    for name in robot.poses:
        pose = robot.pose(name)
        assert np.all(pose >= robot.column("lower")) and np.all(pose <= robot.column("upper")), name
    assert {joint for part in robot.parts.values() for joint in part.joints} == set(robot.joint_names)


def test_arrays_follow_the_joint_order(go2_data):
    robot = parse_model(RobotSpec, go2_data, "robot.yaml")
    values = {name: float(index) for index, name in enumerate(robot.joint_names)}
    shuffled = dict(reversed(values.items()))
    assert robot.by_name(shuffled).tolist() == list(range(robot.size))
    assert robot.indices(["FR_hip_joint"]).tolist() == [robot.joint_names.index("FR_hip_joint")]


def test_unknown_names_list_what_there_is(go2_data):
    robot = parse_model(RobotSpec, go2_data, "robot.yaml")
    with pytest.raises(UnknownName, match="did you mean 'FL_hip_joint'"):
        robot.indices(["FL_hip_jiont"])
    with pytest.raises(UnknownName, match="default"):
        robot.pose("handstand")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.pop("joints"), "joints"),
        (lambda d: d.update(jionts=[]), "jionts"),
        (lambda d: d["joints"][0].update(lower=9.0), "not below"),
        (lambda d: d["joints"][1].update(name=d["joints"][0]["name"]), "unique"),
        (lambda d: d["poses"]["default"].pop("FL_hip_joint"), "missing joints"),
        (lambda d: d["poses"].pop("default"), "'default' is needed"),
        (lambda d: d["parts"]["body"].append("tail_joint"), "tail_joint"),
        (lambda d: d["safety"].update(tilt=-1.0), "safety.tilt"),
    ],
)
def test_wrong_data_names_the_key(go2_data, change, message):
    data = yaml.safe_load(yaml.safe_dump(go2_data))
    change(data)
    with pytest.raises(DataError, match=message):
        parse_model(RobotSpec, data, "robot.yaml")


def test_missing_binary_and_broken_files_are_data_errors(tmp_path):
    with pytest.raises(DataError, match=r"robot\.yaml"):
        load_robot(tmp_path)
    (tmp_path / "robot.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match="cannot be read"):
        load_robot(tmp_path)
    (tmp_path / "robot.yaml").write_text("a: [1, 2")
    with pytest.raises(DataError, match="not YAML"):
        load_robot(tmp_path)


def test_groups_stand_for_their_joints(go2_data):
    robot = parse_model(RobotSpec, go2_data, "robot.yaml")
    left_front = tuple(name for name in robot.joint_names if name.startswith("FL_"))
    assert robot.members(["front_legs"])[:3] == left_front
    assert robot.members(["FL_hip_joint", "front_legs", "FL_hip_joint"]) == robot.members(["front_legs"])
    assert robot.members([]) == ()
    with pytest.raises(UnknownName, match="did you mean 'front_legs'"):
        robot.members(["front_leg"])


@pytest.mark.parametrize(
    "groups, reason",
    [
        ({"tail": ["tail_joint"]}, "unknown joints .'tail_joint'"),
        ({"none": []}, "a group needs joints"),
        ({"FL_hip_joint": ["FL_calf_joint"]}, "a name that no joint has"),
    ],
)
def test_groups_that_make_no_sense_are_refused(go2_data, groups, reason):
    with pytest.raises(DataError, match=reason):
        parse_model(RobotSpec, {**go2_data, "groups": groups}, "robot.yaml")


def test_another_rate_leaves_everything_else_alone(go2_data):
    robot = parse_model(RobotSpec, go2_data, "robot.yaml")
    fast = robot.at_rate(500.0)
    assert fast.control_rate == 500.0 and fast.safety == robot.safety and robot.at_rate(None) is robot
    with pytest.raises(DataError, match="outside 1…1000 Hz"):
        robot.at_rate(5000.0)
