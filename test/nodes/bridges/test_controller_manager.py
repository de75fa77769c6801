"""The bridge against a controller manager written from its interface files (never ros2_control itself)."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml

rclpy = pytest.importorskip("rclpy", reason="ROS is not installed")
pytest.importorskip(
    "controller_manager_msgs", reason="controller_manager_msgs is not there (ros-<distro>-controller-manager-msgs)"
)

from skill_stack.core.joint_command import CommandMode, JointCommand  # noqa: E402
from skill_stack.core.robots.driver import open_driver  # noqa: E402
from skill_stack.core.robots.robot_file import load_robot  # noqa: E402
from skill_stack.core.shared_memory.block_name import block_path, domain_of, part_path  # noqa: E402
from skill_stack.core.shared_memory.channels import RobotChannels  # noqa: E402
from test.eventually import eventually  # noqa: E402
from test.nodes.bridges.controller_manager_peer import TRAJECTORY, Loaded, Peer  # noqa: E402

ROOT = Path(__file__).parents[3]
NAME = "managed_hands"


@pytest.fixture
def robot(tmp_path, monkeypatch):
    """Two hands as two parts of one robot, both behind ros2_control, in an overlay of its own."""
    urdf = tmp_path / "overlay" / "urdf"
    hand = yaml.safe_load((ROOT / "urdf" / "allegro_right" / "robot.yaml").read_text())
    hand["name"] = "managed_hand"
    hand["drivers"]["ros2_control"] = "skill_stack.hardware.ros2_control.bridged_driver:BridgedRos2Control"
    mount = {"link": "palm_link", "xyz": [0.0, 0.0, 0.2]}
    parts = {"first": {"robot": "managed_hand"}, "second": {"robot": "managed_hand", "mount": mount}}
    for data in (hand, {"name": NAME, "description": "Two hands.", "parts": parts}):
        (urdf / data["name"]).mkdir(parents=True)
        (urdf / data["name"] / "robot.yaml").write_text(yaml.safe_dump(data))
    monkeypatch.setenv("SKILL_STACK_OVERLAY", str(tmp_path / "overlay"))
    return urdf / NAME


class Part:
    """A part with its bridge process, as its control process sees it."""

    def __init__(self, folder, namespace, part, settings):
        self.whole = load_robot(folder)
        self.robot = self.whole.part(part)
        self.block = block_path(namespace, domain_of(os.environ), os.getuid())
        self.channels = RobotChannels.open(self.block, self.whole, part)
        which = ["--part", part] if part else []
        command = [sys.executable, "-m", "skill_stack.nodes.bridges.ros2_control_bridge", "--robot", NAME, *which]
        told = ["--namespace", namespace, "--driver-settings", json.dumps(settings)]
        self.bridge = subprocess.Popen([*command, *told], stderr=subprocess.PIPE, text=True)
        lease = self.channels.words.take_lease("control")
        self.driver = open_driver(self.robot, "ros2_control", self.channels, lease, settings)
        self.log, self.sequence = "", 0

    def said(self, words):
        while words not in (line := self.bridge.stderr.readline()):
            assert line, self.log
            self.log += line
        self.log += line

    def command(self, pose):
        self.sequence += 1
        zero, goal = np.zeros(self.robot.size), self.robot.pose(pose)
        kp, kd = self.robot.column("kp"), self.robot.column("kd")
        self.driver.write(JointCommand(goal, zero, zero, kp, kd, CommandMode.ACTIVE, sequence=self.sequence))
        sample = self.driver.read()
        return sample is not None and np.allclose(sample.position, goal, atol=0.01)

    def close(self):
        self.bridge.terminate()
        self.log += self.bridge.communicate(timeout=20)[1]
        self.channels.close()


def names(robot, prefix):
    return [prefix + name for name in robot.joint_names]


@pytest.fixture
def crossing(robot):
    """Both parts behind one manager that holds each with a trajectory controller."""
    namespace = f"r2cm_{os.getpid()}"
    hand = load_robot(robot).part("")
    start = {prefix + name: q for prefix in ("first_", "second_") for name, q in hand.poses["default"].items()}
    controllers = []
    for part in ("first", "second"):
        joints = names(hand, f"{part}_")
        controllers += [
            Loaded(f"{part}_forward", sorted(joints)),
            Loaded(f"{part}_traj", joints, TRAJECTORY, "active"),
        ]
    peer, opened = Peer(start, *controllers), []

    def open_part(part, **changes):
        settings = {
            "controller": f"/{part}_forward", "manager": "/controller_manager", "joint_prefix": f"{part}_", **changes
        }  # fmt: skip
        opened.append(Part(robot, namespace, "" if part == "first" else part, settings))
        return opened[-1]

    yield peer, open_part
    for part in opened:
        if part.bridge.poll() is None:
            part.close()
    peer.close()
    block = block_path(namespace, domain_of(os.environ), os.getuid())
    for path in (block, part_path(block, "second")):
        path.unlink(missing_ok=True)


def test_two_parts_behind_one_manager_are_switched_driven_and_put_back_by_themselves(crossing):
    peer, open_part = crossing
    first, second = open_part("first"), open_part("second")
    for part in (first, second):
        part.said("may be driven")
    assert peer.active() == {"first_forward", "second_forward"}
    eventually(lambda: first.command("fist"))
    rest = second.robot.poses["default"]
    assert {name: peer.q[f"second_{name}"] for name in rest} == pytest.approx(rest, abs=0.02)
    eventually(lambda: second.command("fist"))
    first.close()
    assert peer.active() == {"first_traj", "second_forward"}
    eventually(lambda: second.command("default"))
    second.close()
    assert peer.active() == {"first_traj", "second_traj"}
    assert {strictness for *_, strictness in peer.switches} == {2}


def test_who_loses_its_controller_is_given_up_until_a_reset(crossing):
    peer, open_part = crossing
    first = open_part("first")
    first.said("may be driven")
    eventually(lambda: first.command("fist"))
    peer.loaded["first_forward"].state = "inactive"
    eventually(lambda: first.command("default") is not None and not first.driver.health.drives)
    first.said("lets the robot go until a reset")
    switches, told, lists = len(peer.switches), len(peer.loaded["first_forward"].told), peer.lists
    seen = first.channels.sample_counter
    eventually(lambda: first.command("default") is not None and first.channels.sample_counter > seen + 50)
    assert (len(peer.switches), len(peer.loaded["first_forward"].told), peer.lists) == (switches, told, lists)
    assert not first.driver.health.drives
    first.channels.common.request_reset("local")
    eventually(lambda: first.command("default"))
    assert peer.active() == {"first_forward", "second_traj"}


def test_a_refusal_drives_nothing_and_is_told(crossing):
    peer, open_part = crossing
    peer.refusal = "the hardware says no"
    first = open_part("first")
    first.said("the hardware says no")
    seen = first.channels.sample_counter
    eventually(lambda: first.command("fist") is not None and first.channels.sample_counter > seen + 50)
    assert not first.driver.health.drives and not peer.loaded["first_forward"].told
    assert peer.active() == {"first_traj", "second_traj"}


def test_a_manager_that_goes_away_ends_driving(crossing):
    peer, open_part = crossing
    first = open_part("first")
    first.said("may be driven")
    peer.close()
    first.said("no joint states")
    assert not first.driver.health.drives
