"""Looks for commands: of a robot whose processes run, with the pose that it knows."""

import os
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("cv2", reason="the extra perception is not installed")

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.resources import Resources
from skill_stack.core.robot_state import RobotState
from skill_stack.core.robots.camera_calibration import (
    CameraCalibration,
    MeasuredLens,
    MeasuredMount,
    calibration_path,
    keep_calibration,
)
from skill_stack.core.robots.camera_spec import load_camera, rotation_of
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.rotation import from_yaw
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.rgbd_ring import RgbdRing, rgbd_path
from skill_stack.runtime.line.newest_look import LiveCamera

FOUND = Resources.from_environment(os.environ)
ROBOT, SPEC = load_robot(FOUND.robot("go2"), FOUND), load_camera(FOUND.robot("go2"), "front").sized(64)
GREY = np.full((SPEC.height, SPEC.width, 3), 90, np.uint8)
STATE = RobotState(
    1.0, *(np.zeros(ROBOT.size) for _ in range(3)), from_yaw(0.5), np.zeros(3), np.array([0, 0, -1.0]),
    np.array([2.0, 1.0, 0.3]), np.zeros(3), np.ones(len(ROBOT.feet), bool), {}, True,
)  # fmt: skip


@pytest.fixture
def block(tmp_path):
    made = RobotChannels.open(tmp_path / "block", ROBOT)
    yield tmp_path / "block", made
    made.close()


@pytest.fixture
def ring(block):
    made = RgbdRing.create(rgbd_path(block[0], "front"), SPEC.height, SPEC.width)
    made.write(1.0, GREY, np.ones(GREY.shape[:2]), SPEC.intrinsics)
    yield made
    made.close()


def newest(block, found=FOUND, **more):
    with LiveCamera(block, "go2", "front", found, **more) as live:
        return live.newest()


def test_a_look_has_the_pose_that_the_robot_knows(block, ring):
    block[1].write_state(STATE)
    frame = newest(block[0])
    turn = rotation_of((0.0, 0.0, 0.5))
    assert frame.frame == "odom" and frame.stamp == 1.0 and frame.intrinsics.fx == pytest.approx(SPEC.intrinsics.fx)
    assert frame.position == pytest.approx(np.array([2.0, 1.0, 0.3]) + turn @ np.array(SPEC.xyz))
    assert np.abs(frame.rotation - turn @ SPEC.rotation).max() < 1e-9


def test_what_was_calibrated_counts_unless_it_is_to_be_measured_anew(block, ring, tmp_path):
    block[1].write_state(STATE)
    i = SPEC.intrinsics
    lens = MeasuredLens(width=i.width, height=i.height, fx=50.0, fy=50.0, cx=30.0, cy=20.0, miss=0.1, views=9)
    mount = MeasuredMount(xyz=(0.5, 0.0, 0.2), rpy=(0.0, 0.0, 0.0), spread=0.001, looks=9)
    kept = CameraCalibration(camera="front", date="2026-01-01", lens=lens, mount=mount)
    keep_calibration(kept, calibration_path(tmp_path, "go2", "front"))
    found = replace(FOUND, overlay=tmp_path)
    assert newest(block[0], found).intrinsics.fx == 50.0 and newest(block[0], found).position[2] == pytest.approx(0.5)
    assert newest(block[0], found, measured=False).intrinsics.fx == pytest.approx(i.fx)


def test_what_is_missing_is_said(block, ring):
    with pytest.raises(DataError, match="the control process has not reported"):
        newest(block[0])
    block[1].write_state(replace(STATE, valid=False))
    with pytest.raises(DataError, match="nobody knows where the robot is"):
        newest(block[0])
    block[1].write_state(STATE)
    ring.write(2.0, GREY, np.zeros(GREY.shape[:2]), SPEC.intrinsics)
    with pytest.raises(DataError, match="the look cannot be used: depth is missing in 100%"):
        newest(block[0])
    with pytest.raises(UnknownName, match="front"), LiveCamera(block[0], "go2", "rear", FOUND):
        pass


def test_no_camera_is_said(block):
    block[1].write_state(STATE)
    with pytest.raises(DataError, match="there is no look: there is no camera at"):
        newest(block[0])


class Moving:
    """A robot that walks ahead by 1 m/s while nobody but the camera looks; its pauses let time pass."""

    def __init__(self, channels, ring):
        self.channels, self.ring, self.time = channels, ring, 1.0
        self.pass_(0.0)

    def pass_(self, seconds):
        self.time += seconds
        place = np.array([self.time, 0.0, 0.3])
        self.channels.write_state(replace(STATE, task_time=self.time, base_position=place, orientation=from_yaw(0.0)))
        if round(self.time * 100) % 20 == 0:  # it shows what was a tenth of a second ago
            self.ring.write(self.time - 0.1, GREY, np.ones(GREY.shape[:2]), SPEC.intrinsics)


def test_looks_of_a_robot_that_moves_have_the_poses_of_their_moments(block, ring):
    moving = Moving(block[1], ring)
    with LiveCamera(block[0], "go2", "front", FOUND) as live:
        frames = list(live.looks(4, 0.5, moving.pass_))[1:]  # before the first nobody had watched
    assert [b.stamp - a.stamp >= 0.5 - 1e-9 for a, b in zip(frames, frames[1:])] == [True, True]
    for frame in frames:
        assert frame.position[0] == pytest.approx(frame.stamp + SPEC.xyz[0], abs=0.02)


def test_a_camera_that_falls_silent_is_said_with_the_reason(block, ring):
    block[1].write_state(STATE)
    with (
        LiveCamera(block[0], "go2", "front", FOUND) as live,
        pytest.raises(DataError, match="no look for .* nothing new"),
    ):
        list(live.looks(2, 0.5, lambda seconds: None))
