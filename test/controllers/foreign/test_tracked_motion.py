"""A motion from its first frame to what comes after the last: beginning, anchors, place, end."""

import hashlib
import math

import numpy as np
import pytest

from skill_stack.controllers.foreign.tracked_motion import TrackedMotion
from skill_stack.controllers.runners.runner_substitution import HandOverRunner
from skill_stack.core.errors import UnknownName
from skill_stack.core.rotation import from_yaw
from skill_stack.core.skills.manifest_motion import ManifestReference

from .conftest import linear, nearly, reading_at, seen

FRAMES = 5
HERE = (0.0, 0.0, 0.0, 0.0)


def quat(yaw):
    return tuple(from_yaw(yaw).tolist())


@pytest.fixture
def clip(tmp_path, robot):
    """A file of five frames at 50 Hz: joints at 0, 0.1, … 0.4 rad; the base goes 0.1 m a frame, turned by 0.5 rad."""

    def build(**changes):
        path = tmp_path / "clip.npz"
        share = np.arange(FRAMES, dtype=float)
        np.savez(
            path, fps=np.array([50.0]), joint_pos=0.1 * share[:, None] * np.ones((1, 4)),
            joint_vel=np.full((FRAMES, 4), 5.0),
            body_pos_w=np.stack([2.0 + 0.1 * share, 3.0 + 0 * share, 0.7 + 0 * share], axis=1)[:, None],
            body_quat_w=np.tile(np.array(quat(0.5)), (FRAMES, 1, 1)),
        )  # fmt: skip
        return {
            "file": {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()},
            "joint_pos": "joint_pos", "joint_vel": "joint_vel", "body_pos": "body_pos_w", "body_quat": "body_quat_w",
            "bodies": [robot.source.base_link], "anchor": robot.source.base_link,
        } | changes  # fmt: skip

    return build


@pytest.fixture
def follow(make, clip, tmp_path):
    """A runner whose network answers nothing, so that its targets are the frames."""

    def build(term="motion_command", size=8, **changes):
        file = linear(tmp_path / "motion.onnx", {"obs": size}, {"obs": np.zeros((size, 4))})
        return make(
            file=file, reference=clip(**changes), inputs=[{"name": "obs", "terms": [{"term": term}]}],
            action={"output": "actions", "kind": "reference_plus_scaled", "scale": 1.0},
        )  # fmt: skip

    return build


def step(runner, position=HERE, dt=0.02, **others):
    return runner.run(reading_at(position, **others), {}, dt).q


def test_a_file_beside_the_network_is_tracked_frame_by_frame(follow) -> None:
    runner = follow()
    runner.start(reading_at(HERE), None)
    for frame in range(FRAMES):
        assert nearly(step(runner), [0.1 * frame] * 4)
        assert nearly(seen(runner), [0.1 * frame] * 4 + [5.0] * 4)
    assert runner.progress == 1.0
    assert nearly(step(runner), [0.4] * 4), "the last frame is held"


def test_again_begins_anew(follow) -> None:
    runner = follow(end="again")
    runner.start(reading_at(HERE), None)
    found = [step(runner)[0] for _ in range(7)]
    assert nearly(found, [0.0, 0.1, 0.2, 0.3, 0.4, 0.0, 0.1]) and runner.progress == pytest.approx(0.5)


def test_the_phase_is_that_of_the_motion(follow) -> None:
    runner = follow("motion_phase", 1)
    runner.start(reading_at(HERE), None)
    found = []
    for _ in range(FRAMES):
        step(runner)
        found.append(float(seen(runner)[0]))
    assert nearly(found, [0.0, 0.25, 0.5, 0.75, 1.0])


def test_approach_moves_the_joints_to_the_first_frame_before_the_network_runs(follow) -> None:
    runner = follow(start={"rule": "approach", "seconds": 0.1})
    runner.start(reading_at((1.0,) * 4), None)
    way = [step(runner, (1.0,) * 4)[0] for _ in range(5)]
    assert nearly(way, [0.8, 0.6, 0.4, 0.2, 0.0]) and runner.progress == 0.0
    assert nearly(step(runner), [0.0] * 4) and nearly(step(runner), [0.1] * 4)


def test_wait_holds_the_first_frame_until_the_robot_is_there(follow) -> None:
    runner = follow(start={"rule": "wait", "within": 0.2, "seconds": 9.0})
    runner.start(reading_at((1.0,) * 4), None)
    for _ in range(20):
        assert nearly(step(runner, (1.0,) * 4), [0.0] * 4)
        assert nearly(seen(runner), [0.0] * 8), "its speed is none as long as it stands still"
    step(runner, (0.1,) * 4)
    assert nearly(step(runner, (0.1,) * 4), [0.1] * 4)


def test_wait_does_not_wait_for_ever(follow) -> None:
    runner = follow(start={"rule": "wait", "within": 0.2, "seconds": 0.1})
    runner.start(reading_at((1.0,) * 4), None)
    found = [step(runner, (1.0,) * 4)[0] for _ in range(7)]
    assert nearly(found, [0.0, 0.0, 0.0, 0.0, 0.0, 0.1, 0.2])


def at(x, y, yaw, imu=None):
    """A robot there by its estimate, with a heading of its own by the IMU."""
    return {"orientation": quat(yaw if imu is None else imu), "base_place": lambda: ((x, y, 0.3), quat(yaw))}


def test_the_anchor_is_laid_where_the_robot_begins_and_goes_on_from_there(follow) -> None:
    """Motion and robot have the same heading and place at the start; only heights differ, by the estimate."""
    runner = follow("motion_anchor_pos_b", 3)
    runner.start(reading_at(HERE), None)
    step(runner, **at(7.0, -1.0, 2.0))
    assert nearly(seen(runner), [0.0, 0.0, 0.4])
    step(runner, **at(7.0, -1.0, 2.0))  # the motion has walked 0.1 m on a heading of −0.5 to its own
    assert nearly(seen(runner), [0.1 * math.cos(0.5), -0.1 * math.sin(0.5), 0.4])
    way = (7.0 + 0.1 * math.cos(2.0), -1.0 + 0.1 * math.sin(2.0))
    step(runner, **at(*way, 2.0))  # and the robot 0.1 m straight ahead
    assert nearly(seen(runner), [0.2 * math.cos(0.5) - 0.1, -0.2 * math.sin(0.5), 0.4])


def test_the_anchors_orientation_needs_the_imu_alone(follow) -> None:
    runner = follow("motion_anchor_ori_b", 6)
    runner.start(reading_at(HERE), None)
    step(runner, **at(7.0, -1.0, 2.0, imu=-1.0))
    assert nearly(seen(runner), [1.0, 0.0, 0.0, 1.0, 0.0, 0.0])
    step(runner, **at(7.0, -1.0, 2.0, imu=-0.7))  # the robot has turned to the left, the motion lies to its right
    c, s = math.cos(0.3), math.sin(0.3)
    assert nearly(seen(runner), [c, s, -s, c, 0.0, 0.0])


def test_without_alignment_the_motion_stays_where_it_is(follow) -> None:
    runner = follow("motion_anchor_pos_b", 3, align="none")
    runner.start(reading_at(HERE), None)
    step(runner, **at(2.0, 2.0, 0.5 * math.pi))
    assert nearly(seen(runner), [1.0, 0.0, 0.4])


def test_again_is_laid_where_the_robot_is_then(follow) -> None:
    runner = follow("motion_anchor_pos_b", 3, end="again")
    runner.start(reading_at(HERE), None)
    for _ in range(FRAMES):
        step(runner, **at(0.0, 0.0, 0.0))
    step(runner, **at(9.0, 9.0, 1.0))
    assert nearly(seen(runner), [0.0, 0.0, 0.4])


def test_an_anchor_that_the_motion_does_not_have_is_named() -> None:
    spec = {
        "time_step": "t",
        "joint_pos": "jp",
        "joint_vel": "jv",
        "body_quat": "bq",
        "bodies": ["hand"],
        "anchor": "head",
    }
    with pytest.raises(UnknownName, match="'head'.*hand"):
        TrackedMotion(ManifestReference.model_validate(spec), None, 4)


@pytest.mark.parametrize(("said", "last"), [(3.0, 2), (0.0, 0), (9.0, 8)])
def test_a_motion_of_several_ends_with_its_own_last_frame(said, last) -> None:
    spec = {"time_step": "t", "joint_pos": "jp", "joint_vel": "jv", "frames": 9, "length": "n"}
    motion = TrackedMotion(ManifestReference.model_validate(spec), None, 4)
    motion.start()
    for _ in range(12):
        motion.take({"jp": np.zeros(4), "jv": np.zeros(4), "n": np.array([said])})
        motion.go_on(np.zeros(4), 0.02)
    assert (motion.frame, motion.progress) == (last, 1.0)


class Stance:
    """Holds one angle with gains of its own."""

    network, drives, progress = "", None, 0.0

    def __init__(self):
        self.began = []

    def start(self, reading, before):
        self.began.append(before)

    def rehearse(self, reading):
        pass

    def run(self, reading, goals, dt):
        return type(self._shape)([2.0] * 4, (40.0,) * 4, (2.0,) * 4)


def test_when_the_motion_is_over_another_skill_takes_over_without_a_jump(follow) -> None:
    motion, stance = follow(end="stance"), Stance()
    stance._shape = motion.run(reading_at(HERE), {}, 0.02)
    runner = HandOverRunner(motion, stance, 0.2)
    runner.start(reading_at(HERE), None)
    for frame in range(FRAMES - 1):
        assert nearly(runner.run(reading_at(HERE), {}, 0.02).q, [0.1 * frame] * 4)
    assert runner.progress == 1.0 and stance.began == []
    values = [runner.run(reading_at(HERE), {}, 0.02) for _ in range(12)]
    assert stance.began == [motion] and runner.progress == 1.0
    assert values[0].q[0] == pytest.approx(0.3 + 0.1 * 1.7) and values[0].kp[0] == pytest.approx(22.0)
    assert max(abs(b.q[0] - a.q[0]) for a, b in zip(values, values[1:])) <= 0.18
    assert values[-1].q == [2.0] * 4 and values[-1].kp == (40.0,) * 4
    runner.start(reading_at(HERE), None)
    assert nearly(runner.run(reading_at(HERE), {}, 0.02).q, HERE), "begun anew, it begins with the motion"
