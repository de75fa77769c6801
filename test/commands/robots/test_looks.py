"""``skill-stack looks``: a recording of a running camera, kept when it is cut short, never over another one."""

import json
import os
import threading

import numpy as np
import pytest

pytest.importorskip("cv2", reason="the extra perception is not installed")

from skill_stack.cli import main
from skill_stack.commands.common import block_of
from skill_stack.core.resources import Resources
from skill_stack.core.robot_state import RobotState
from skill_stack.core.robots.camera_spec import load_camera
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.rotation import from_yaw
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.rgbd_ring import RgbdRing, rgbd_path
from skill_stack.perception.cameras.recording import LookRecording
from skill_stack.runtime.line import newest_look

FOUND = Resources.from_environment(os.environ)
NAMESPACE = f"looks_{os.getpid()}"


@pytest.fixture
def running():
    """A robot that stands, whose camera shows something new ten times in a second of task time."""
    robot, spec = load_robot(FOUND.robot("go2"), FOUND), load_camera(FOUND.robot("go2"), "front").sized(64)
    block = block_of(NAMESPACE)
    channels = RobotChannels.open(block, robot)
    ring = RgbdRing.create(rgbd_path(block, "front"), spec.height, spec.width)
    ended, grey = threading.Event(), np.full((spec.height, spec.width, 3), 90, np.uint8)

    def live():
        now = 1.0
        while not ended.wait(0.01):
            now += 0.1
            channels.write_state(
                RobotState(
                    now, *(np.zeros(robot.size) for _ in range(3)), from_yaw(0.0), np.zeros(3), np.array([0, 0, -1.0]),
                    np.array([0.0, 0.0, 0.3]), np.zeros(3), np.ones(len(robot.feet), bool), {}, True,
                )
            )  # fmt: skip
            ring.write(now, grey, np.full(grey.shape[:2], 1.25), spec.intrinsics)

    thread = threading.Thread(target=live)
    thread.start()
    yield spec
    ended.set()
    thread.join()
    ring.close()
    channels.close()
    for path in block.parent.glob(f"{block.name}*"):
        path.unlink()


def looks(folder, *more):
    return main(["looks", str(folder), "--robot", "go2", "--namespace", NAMESPACE, "--json", *more])


def test_looks_come_back_with_pose_and_depth(running, tmp_path, capsys) -> None:
    assert looks(tmp_path / "new", "--count", "3", "--every", "0.3") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["looks"], told["wanted"]) == (3, 3)
    frames = list(LookRecording(tmp_path / "new"))
    assert len(frames) == 3 and all(b.stamp - a.stamp >= 0.3 - 1e-6 for a, b in zip(frames, frames[1:]))
    assert frames[0].position == pytest.approx(np.array(running.xyz) + (0, 0, 0.3), abs=1e-6)
    assert np.abs(frames[0].depth - 1.25).max() < 1e-3


def test_what_was_taken_before_ctrl_c_is_kept(running, tmp_path, monkeypatch, capsys) -> None:
    taken, newest = [], newest_look.LiveCamera.newest

    def interrupted(self):
        if len(taken) == 2:
            raise KeyboardInterrupt
        frame = newest(self)
        taken.append(frame)
        return frame

    monkeypatch.setattr(newest_look.LiveCamera, "newest", interrupted)
    assert looks(tmp_path / "cut", "--every", "0") == 130
    assert json.loads(capsys.readouterr().out)["looks"] == len(list(LookRecording(tmp_path / "cut"))) >= 1


def test_nothing_is_written_over_and_nonsense_is_refused(running, tmp_path, capsys) -> None:
    assert looks(tmp_path / "one", "--count", "1") == 0
    assert looks(tmp_path / "one", "--count", "1") == 1
    assert "holds a recording already" in capsys.readouterr().err
    assert looks(tmp_path / "two", "--count", "0") == 1
    assert not (tmp_path / "two").exists()


def test_without_a_stack_it_says_so(tmp_path, capsys) -> None:
    assert main(["looks", str(tmp_path / "no"), "--robot", "go2", "--namespace", "nobody_is_here"]) == 1
    assert "no stack is up" in capsys.readouterr().err
