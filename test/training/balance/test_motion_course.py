"""Motion files as clips of the whole body: taken over from the first frame, or refused with frame and link."""

import os
from pathlib import Path

import numpy as np
import pytest

from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.training.balance.balance_task import load_balance_task
from skill_stack.training.balance.body_course import STILL, ClipTask
from skill_stack.training.balance.clip_reference import ClipSolver
from skill_stack.training.balance.motion_course import FADE, course_of_motion, of_person
from skill_stack.training.balance.planted_stance import PlantedStance
from skill_stack.training.clips.bvh import load_bvh
from skill_stack.training.clips.human_motion import HumanMotion

ROOT = Path(__file__).resolve().parents[3]
MODELS = ROOT / "models/g1"
SQUAT = MODELS / "squat_down/motion.npz"


@pytest.fixture(scope="module")
def robot():
    return load_robot(Resources.from_environment(os.environ).robot("g1"))


@pytest.fixture(scope="module")
def stance(robot):
    balance = load_balance_task(MODELS / "stand")
    return PlantedStance(robot, balance.stance, balance.joints)


@pytest.fixture(scope="module")
def solve(robot, stance, tmp_path_factory):
    """Changes the arrays of a squat, writes them, and makes the file possible."""

    def run(change):
        with np.load(SQUAT) as file:
            arrays = {name: file[name].copy() for name in file.files}
        change(arrays)
        path = tmp_path_factory.mktemp("clip") / "clip.npz"
        np.savez(path, **arrays)
        return ClipSolver(robot, stance).solve(course_of_motion(path, robot, stance))

    return run


def test_a_file_of_the_robot_comes_back_somewhere_else_and_turned(stance, solve):
    def elsewhere(arrays):
        c, s = np.cos(0.8), np.sin(0.8)
        arrays["body_pos_w"] = arrays["body_pos_w"] @ np.array([[c, s, 0], [-s, c, 0], [0, 0, 1.0]]) + [3.0, 1.0, 0.1]
        w, x, y, z = np.moveaxis(arrays["body_quat_w"], -1, 0)
        a, b = np.cos(0.4), np.sin(0.4)
        arrays["body_quat_w"] = np.stack([a * w - b * z, a * x - b * y, a * y + b * x, a * z + b * w], axis=-1)

    with np.load(SQUAT) as file:
        given = file["joint_pos"]
    clip = solve(elsewhere)
    begin = round((STILL + FADE) * clip.rate)
    joints = clip.states[begin : begin + len(given), stance.index.joint_qpos]
    assert np.abs(joints - given).max() < 0.02
    assert np.abs(clip.states[0] - stance.start).max() < 1e-3 and np.abs(clip.states[-1] - clip.states[0]).max() < 1e-3


def moved(ahead, frames):
    """Moves everything ahead by so much, m, from frame 100 on within so many frames."""

    def change(arrays):
        share = np.clip((np.arange(len(arrays["joint_pos"])) - 100) / frames, 0.0, 1.0)
        arrays["body_pos_w"] = arrays["body_pos_w"] + share[:, None, None] * np.array([ahead, 0.0, 0.0])

    return change


def joint(name, value):
    def change(arrays):
        arrays["joint_pos"][150:250, arrays["joint_names"].tolist().index(name)] = value

    return change


def faster(arrays):
    arrays["fps"] = arrays["fps"] * 12


def turned(arrays):
    arrays["body_quat_w"][200:] = np.array([np.cos(0.3), 0.0, 0.0, np.sin(0.3)])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (moved(0.3, 50), r"frame 1\d\d \(\d\.\d\d s\): left_ankle_roll_link slides at 0\.[23]\d m/s"),
        (moved(0.06, 100), r"frame \d+ \(\d\.\d\d s\): left_ankle_roll_link stands 0\.06 m from where"),
        (turned, r"frame \d+ \(\d\.\d\d s\): the base is turned by 0\.60 rad; hip_yaw"),
        (joint("waist_pitch_joint", 0.7), r"frame \d+ \(\d\.\d\d s\): waist_pitch_joint would be at .* beyond its"),
        (faster, r"frame \d+.*(would need a|would tip over)"),
        (lambda arrays: arrays.pop("fps"), r"lacks \['fps'\]"),
        (lambda arrays: arrays.update(joint_names=arrays["joint_names"][::-1].copy()), r"frame \d+"),
        (lambda arrays: arrays["body_names"].__setitem__(0, "hips"), "has no pelvis; all joints of g1 and its base"),
    ],
)  # fmt: skip
def test_what_a_robot_cannot_do_is_refused_with_frame_and_joint(solve, change, reason):
    with pytest.raises(DataError, match=reason):
        solve(change)


def test_a_file_with_steps_gives_the_way_of_the_base_alone(robot, stance, tmp_path):
    with np.load(SQUAT) as file:
        arrays = {name: file[name].copy() for name in file.files}
    moved(0.5, 125)(arrays)
    path = tmp_path / "clip.npz"
    np.savez(path, **arrays)
    course = course_of_motion(path, robot, stance, steps=True)
    assert course.walk.sum(axis=0)[0] / course.rate == pytest.approx(0.5, abs=0.02)
    assert course.walk[:, 0].max() == pytest.approx(0.2, abs=0.02)
    assert not course.feet.any() and np.ptp(course.base, axis=0).max() < 1e-9


def test_no_file_of_arrays(robot, stance, tmp_path):
    path = tmp_path / "clip.npz"
    path.write_text("no arrays")
    with pytest.raises(DataError, match="is no file of arrays"):
        course_of_motion(path, robot, stance)


def test_a_person_who_bends_his_knees_lowers_the_robot_and_lifts_a_foot(robot, stance):
    pytest.importorskip("mink")
    person = load_bvh(ROOT / "examples/clips/greeting.bvh").resampled(25.0)
    places = person.positions[:25].copy()
    feet = [place for place, name in enumerate(person.joints) if "Foot" in name]
    left = [place for place in feet if person.joints[place].startswith("Left")]
    down = np.sin(np.linspace(0.0, np.pi, len(places)))
    others = np.setdiff1d(np.arange(places.shape[1]), feet)
    places[:, others, 2] -= 0.2 * down[:, None]
    places[:, left, 2] += 0.1 * down[:, None]
    motion = of_person(HumanMotion(person.joints, places, person.rate), robot, stance, lambda _: None)
    legs = 0.84  # m: of the person in the file, from hips to ankles
    assert motion.height.min() == pytest.approx(-0.2 * 0.745 / legs, abs=0.01)
    assert motion.feet[:, 0, 2].max() == pytest.approx(0.1 * 0.745 / legs, abs=0.01)
    assert np.abs(motion.feet[:, 1]).max() < 1e-6
    assert motion.weight[:, 1].min() < -0.1  # over the right foot


@pytest.mark.parametrize("more", [{}, {"keys": [{"at": 0.0}]}, {"keys": [{"at": 0.0}, {"at": 1.0}], "motion": "a.npz"}])
def test_a_clip_has_either_key_frames_or_a_motion(more):
    with pytest.raises(ValueError, match="two or more key-frames"):
        ClipTask.model_validate({"robot": "g1", "skill": "x", "planted": "stand"} | more)
