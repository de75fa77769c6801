"""A URDF or a MuJoCo model becomes a robot that loads and moves in simulation; no driver of hardware opens it."""

import hashlib
import struct
from pathlib import Path

import numpy as np
import pytest

from skill_stack.core.errors import DataError
from skill_stack.core.joint_command import CommandMode, JointCommand, damping
from skill_stack.core.robots.driver import check_driver
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.robots.urdf_file import description_folder
from skill_stack.core.world.scene import Pose2
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice
from skill_stack.hardware.new_robot.robot_folder import make_robot

MASS = """<inertial><origin xyz="0 0 .05"/><mass value="1"/>
  <inertia ixx=".01" iyy=".01" izz=".01" ixy="0" ixz="0" iyz="0"/></inertial>"""
URDF = f"""<?xml version="1.0"?>
<robot name="other" xmlns:gazebo="http://gazebo">
  <link name="base">{MASS}<collision name="c"><geometry><box size=".2 .3 .1"/></geometry></collision>
    <visual name="v"><geometry><mesh filename="package://lost/base.dae"/></geometry></visual></link>
  <joint name="turn" type="revolute"><parent link="base"/><child link="upper"/><origin xyz="0 0 .1"/><axis xyz="0 0 1"/>
    <limit lower="-1" upper="2" effort="5" velocity="3"/><dynamics damping=".1" friction=".02"/></joint>
  <link name="upper">{MASS}</link>
  <joint name="lift" type="revolute"><parent link="upper"/><child link="fore"/><origin xyz="0 0 .2"/><axis xyz="0 1 0"/>
    <limit lower=".2" upper="2" effort="0" velocity="0"/></joint>
  <link name="fore">{MASS}
    <collision><geometry><mesh filename="package://arm_description/meshes/fore.stl"/></geometry></collision></link>
  <transmission name="t"/>
</robot>"""
WORLD = """<link name="world"/><joint name="stand" type="{}"><parent link="world"/><child link="base"/>
  <origin xyz="1 0 .7" rpy="0 0 .5"/></joint><link name="base">"""
MJCF = """<mujoco><compiler angle="radian"/>
  <worldbody><body name="trunk" pos="0 0 .3"><freejoint/>
    <geom type="box" size=".2 .1 .05" mass="3"/>
    <body name="left" pos="0 .1 0"><joint name="left_hip" axis="0 1 0" range="-1 1"/>
      <geom type="capsule" fromto="0 0 0 0 0 -.2" size=".02" mass=".3"/></body>
    <body name="right" pos="0 -.1 0"><joint name="right_hip" axis="0 1 0" range="-1 1" actuatorfrcrange="-9 9"/>
      <geom type="capsule" fromto="0 0 0 0 0 -.2" size=".02" mass=".3"/></body>
  </body></worldbody>
  <actuator><position joint="right_hip" kp="20" kv=".5"/><motor joint="left_hip" forcerange="-4 4" gear="2"/></actuator>
</mujoco>"""


@pytest.fixture
def file(tmp_path) -> Path:
    """A URDF with one mesh, below a folder that is called as the package of the mesh."""
    corners = np.array([[0, 0, 0], [0.1, 0, 0], [0, 0.1, 0], [0, 0, 0.1]], "<f4")
    faces = corners[[[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]]]
    rows = b"".join(bytes(12) + face.tobytes() + bytes(2) for face in faces)
    package = tmp_path / "arm_description"
    (package / "meshes").mkdir(parents=True)
    (package / "meshes" / "fore.stl").write_bytes(bytes(80) + struct.pack("<I", 4) + rows)
    (package / "urdf").mkdir()
    path = package / "urdf" / "arm.urdf"
    path.write_text(URDF)
    return path


def second_of_damping(robot) -> MujocoDevice:
    scene = SceneSetup(name="empty", seed=0, start=Pose2(0.0, 0.0, 0.0), objects=())
    device = MujocoDevice(robot, scene) if robot.fixed is None else MujocoDevice(robot, scene, "default")
    for _ in range(int(robot.control_rate)):
        device.step(damping(device.sample().position, robot.column("damp_kd")))
    assert device.data.time == pytest.approx(device.time)  # else MuJoCo began anew, as numbers burst
    return device


def test_what_the_urdf_states_is_kept_and_the_rest_is_named(file, tmp_path) -> None:
    made = make_robot("my_arm", file, tmp_path / "urdf", bolted=True)
    robot = load_robot(tmp_path / "urdf" / "my_arm")
    assert robot == made.robot and robot.joint_names == ("turn", "lift")
    turn, lift = robot.joints
    assert (turn.lower, turn.upper, turn.velocity, turn.effort) == (-1, 2, 3, 5)
    assert (turn.damping, turn.friction, lift.lower) == (0.1, 0.02, 0.2)
    assert robot.unknown == (
        "joints.velocity of lift", "joints.effort of lift", "joints.kp_kd", "joints.damp_kd",
        "poses.default", "safety", "sensors",
    )  # fmt: skip
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert robot.sources["file"] == f"arm.urdf (sha256 {digest})"
    assert robot.sources["joints.limits"] == f"arm.urdf (sha256 {digest[:12]})"
    assert "not stated" in robot.sources["joints.kp_kd"]
    assert robot.pose("default").tolist() == [0.0, 0.2]
    assert robot.fixed.xyz[2] == pytest.approx(0.05)  # half of the box's height
    assert made.notes == ("visual of link 'base': no mesh 'package://lost/base.dae'",)
    assert sorted(path.name for path in made.folder.iterdir()) == ["meshes", "my_arm.urdf", "robot.yaml"]


def test_it_moves_in_simulation_without_the_files_it_was_made_of(file, tmp_path) -> None:
    robot = make_robot("my_arm", file, tmp_path / "urdf", bolted=True).robot
    file.rename(file.with_suffix(".gone"))
    (file.parents[1] / "meshes" / "fore.stl").unlink()
    device = second_of_damping(robot)
    assert device.model.nmesh == 1
    assert device.truth().position == pytest.approx([0, 0, 0.05], abs=0.01)
    assert device.sample().position[1] > 0.25  # the forearm sinks, damped, from where it was held


def test_hardware_refuses_it_by_the_name_of_each_number(file, tmp_path) -> None:
    robot = make_robot("my_arm", file, tmp_path / "urdf").robot
    bus = robot.model_copy(update={"drivers": {**robot.drivers, "can": "nowhere:Nothing"}})
    with pytest.raises(
        DataError, match="joints.velocity of lift, joints.effort of lift, joints.kp_kd.*source.imu_link"
    ):
        check_driver(bus, "can", {})
    check_driver(bus, "mujoco", {})


def test_a_mujoco_model_with_a_floating_base(tmp_path) -> None:
    path = tmp_path / "walker.xml"
    path.write_text(MJCF)
    made = make_robot("walker", path, tmp_path / "urdf")
    robot = made.robot
    assert robot.fixed is None and robot.joint_names == ("left_hip", "right_hip")
    assert [(joint.effort, joint.kp, joint.kd) for joint in robot.joints][1] == (9, 20, 0.5)
    assert robot.joints[0].effort == 8
    assert robot.unknown[:2] == ("joints.velocity", "joints.kp_kd of left_hip")
    assert robot.stand_height == pytest.approx(0.22, abs=1e-3)
    assert (robot.footprint.front, robot.footprint.side) == pytest.approx((0.2, 0.12), abs=1e-3)
    assert "moves about" in made.notes[0]
    assert second_of_damping(robot).truth().position[2] < 0.3


def test_gains_that_a_simulation_cannot_follow_are_made_softer(tmp_path) -> None:
    """At 5 Hz this published arm, which rests at the ends of two joints, bursts."""
    share = description_folder("example-robot-data")
    file = share / "example-robot-data" / "robots" / "z1_description" / "urdf" / "z1.urdf"
    robot = make_robot("an_arm", file, tmp_path / "urdf").robot
    scene = SceneSetup(name="empty", seed=0, start=Pose2(0.0, 0.0, 0.0), objects=())
    device = MujocoDevice(robot, scene, "default")
    zero = np.zeros(robot.size)
    hold = JointCommand(robot.pose("default"), zero, zero, robot.column("kp"), robot.column("kd"), CommandMode.ACTIVE)
    for _ in range(50):
        device.step(hold)
    assert device.data.time == pytest.approx(device.time) and np.abs(device.data.qvel[6:]).max() < 0.5


@pytest.mark.parametrize(("kind", "place"), [("fixed", (1.0, 0.0, 0.7)), ("floating", None)])
def test_a_link_called_world_says_whether_it_is_bolted_down(file, tmp_path, kind, place) -> None:
    file.write_text(URDF.replace('<link name="base">', WORLD.format(kind)))
    robot = make_robot("my_arm", file, tmp_path / "urdf").robot
    assert (robot.fixed and robot.fixed.xyz) == place
    assert robot.source.base_link == "base"


def test_a_robot_that_is_there_stays(file, tmp_path) -> None:
    make_robot("my_arm", file, tmp_path / "urdf")
    before = (tmp_path / "urdf" / "my_arm" / "robot.yaml").read_text()
    with pytest.raises(DataError, match="exists and is not overwritten"):
        make_robot("my_arm", file, tmp_path / "urdf", bolted=True)
    assert (tmp_path / "urdf" / "my_arm" / "robot.yaml").read_text() == before


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("</robot>", "", "is not XML"),
        ('<?xml version="1.0"?>', '<!DOCTYPE r [<!ENTITY a "b">]>', "has a DOCTYPE"),
        ('type="revolute"', 'type="fixed"', "no joint of type revolute or continuous"),
        ('<joint name="lift" type="revolute"', '<joint name="turn" type="revolute"', r"each joint .*\['turn'\]"),
        ('<link name="fore">', '<link name="upper">', r"each link .*\['upper'\]"),
        ('name="lift" type="revolute"', 'name="lift" type="floating"', r"not lift \(floating\)"),
        ('name="lift" type="revolute"', 'name="lift" type="prismatic"', r"not lift \(prismatic\)"),
        ("meshes/fore.stl", "meshes/aft.stl", "collision mesh 'package://arm_description/meshes/aft.stl' is not there"),
        ("fore.stl", "../urdf/arm.urdf", "collisions need .stl or .obj"),
        ('<child link="fore"/>', '<child link="hand"/>', r"names the links \['hand'\]"),
        ('<child link="fore"/>', '<child link="base"/>', "hang on one another"),
        ('upper="2" effort="5"', 'upper="-3" effort="5"', "leave it no way"),
        ('effort="5"', 'effort="much"', "limit effort: 'much' is no number"),
        ('effort="5"', 'effort="inf"', "limit effort: 'inf' is no number"),
        ('<mass value="1"/>', '<mass value="0"/>', "MuJoCo cannot simulate it"),
        ('<robot name="other"', '<sdf name="other"', "is not XML"),
        ('ixx=".01" ', "", r"inertia lacks \['ixx'\]"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(file, tmp_path, old, new, text) -> None:
    file.write_text(URDF.replace(old, new))
    with pytest.raises(DataError, match=text):
        make_robot("my_arm", file, tmp_path / "urdf")
    assert not list((tmp_path / "urdf").glob("*")) and not list((tmp_path / "urdf").glob(".*"))


@pytest.mark.parametrize("name", ["", "My Arm", "../arm", "3d"])
def test_a_name_that_is_none_is_refused(file, tmp_path, name) -> None:
    with pytest.raises(DataError, match="is no name for a robot"):
        make_robot(name, file, tmp_path / "urdf")


def test_a_file_that_is_missing_or_no_text_is_refused(tmp_path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        make_robot("my_arm", tmp_path / "no.urdf", tmp_path / "urdf")
    (tmp_path / "bytes.urdf").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match="cannot be read"):
        make_robot("my_arm", tmp_path / "bytes.urdf", tmp_path / "urdf")
