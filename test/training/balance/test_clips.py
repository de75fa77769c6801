"""Clips of a whole body: between key-frames, made possible, refused, and held by feedback."""

import os
from pathlib import Path

import mujoco
import numpy as np
import onnxruntime
import pytest

from skill_stack.core.errors import DataError, ResourceNotFound, UnknownName
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill import load_skill
from skill_stack.training.balance.balance_task import load_balance_task
from skill_stack.training.balance.body_course import STILL, ClipTask, KeyFrame, course_of, load_clip_task
from skill_stack.training.balance.clip_policy import gains_along, join_clips, make_clip, manifest_of
from skill_stack.training.balance.clip_reference import MARGIN, ClipSolver
from skill_stack.training.balance.planted_policy import still_actions, still_gain
from skill_stack.training.balance.planted_stance import PlantedStance

ROOT = Path(__file__).resolve().parents[3]
MODELS = ROOT / "models/g1"
RATE = 50.0


@pytest.fixture(scope="module")
def robot():
    return load_robot(Resources.from_environment(os.environ).robot("g1"))


@pytest.fixture(scope="module")
def balance():
    return load_balance_task(MODELS / "stand")


@pytest.fixture(scope="module")
def stance(robot, balance):
    return PlantedStance(robot, balance.stance, balance.joints)


@pytest.fixture(scope="module")
def solve(robot, balance, stance):
    """Solves a clip that goes to one key-frame within a second, and back."""

    def run(seconds=1.0, **key):
        keys = [KeyFrame(at=0.0), KeyFrame(at=seconds, **key), KeyFrame(at=2 * seconds)]
        return ClipSolver(robot, stance).solve(course_of(keys, robot, balance.stance, RATE))

    return run


def test_between_key_frames_it_goes_smoothly_and_rests_at_each(robot, balance):
    keys = [KeyFrame(at=0.0), KeyFrame(at=1.0, height=0.6, joints={"waist_pitch_joint": 0.4}), KeyFrame(at=2.0)]
    course = course_of(keys, robot, balance.stance, RATE)
    assert len(course.base) == round((2.0 + 2 * STILL) * RATE) + 1
    height, waist = course.base[:, 0], course.joints[:, robot.joint_names.index("waist_pitch_joint")]
    middle = course.knots[1]
    assert height[middle] == pytest.approx(0.6) and waist[middle] == pytest.approx(0.4)
    assert height[0] == height[-1] == height[course.knots[0]] == balance.stance.height
    assert np.abs(np.diff(height, 2)).max() * RATE**2 < 6 * 0.145  # a polynomial of degree five: 5.8 of the way
    assert np.abs(np.diff(height))[[middle - 1, middle]].max() < 1e-4


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ([{"at": 0.5}, {"at": 1.0}], "begin at 0 s"),
        ([{"at": 0.0}, {"at": 2.0}, {"at": 1.0}], "follow one another"),
        ([{"at": 0.0}, {"at": 1.0, "height": 0.6}], "is not the stance"),
        ([{"at": 0.0}, {"at": 1.0, "walk": [0.1, 0.0, 0.0]}, {"at": 2.0}], "walk with 'steps: true' alone"),
    ],
)
def test_a_clip_begins_and_ends_in_the_stance(keys, reason):
    with pytest.raises(ValueError, match=reason):
        ClipTask.model_validate({"robot": "g1", "skill": "x", "planted": "stand", "keys": keys})


def test_what_a_robot_lacks_is_said(robot, balance):
    for key, reason in ({"joints": {"tail": 0.1}}, "no joint 'tail'"), ({"feet": {"hind": {}}}, "no foot 'hind'"):
        with pytest.raises(UnknownName, match=reason):
            course_of([KeyFrame(at=0.0), KeyFrame.model_validate({"at": 1.0} | key)], robot, balance.stance, RATE)


def test_feet_stay_and_the_weight_is_over_them(robot, stance, solve):
    clip = solve(height=0.65, pitch=0.2, joints={"left_shoulder_pitch_joint": -1.0, "right_shoulder_pitch_joint": -1.0})
    model = stance.model()
    data, places = mujoco.MjData(model), []
    for state in clip.states:
        data.qpos[:] = state
        mujoco.mj_kinematics(model, data)
        places.append([data.xpos[model.body(foot.link).id].copy() for foot in robot.feet])
    assert np.ptp(np.array(places), axis=0).max() < 1e-6
    assert clip.states[:, 2].min() == pytest.approx(0.65, abs=1e-6)
    assert clip.margin.min() > MARGIN
    assert (
        np.ptp(clip.zmp, axis=0).max() < 0.01
    )  # it comes from all masses and their accelerations, not from the centre
    held = stance.targets - clip.targets[0, stance.driven]
    assert np.abs(held).max() < 0.02  # at rest the forces are those of the stance
    assert np.abs(clip.targets[0] - clip.targets[-1]).max() < 1e-3


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ({"height": 0.45}, r"frame \d+ \(\d\.\d\d s\): (left|right)_ankle_\w+ would be at .* beyond its range"),
        ({"weight": (0.2, 0.0)}, r"clip: frame \d+ .*"),
        ({"joints": {"waist_yaw_joint": 1.5}, "seconds": 0.1}, r"frame \d+ .*_joint would need a torque of"),
        ({"feet": {"left": {"lift": 0.05}}}, r"frame \d+ of \d+: the zero moment point .* would tip"),
    ],
)
def test_what_a_robot_cannot_do_is_refused_with_frame_and_joint(solve, key, reason):
    with pytest.raises(DataError, match=reason):
        solve(**key)


def test_a_foot_rolls_about_its_edge_and_leaves_the_ground(robot, stance, solve):
    clip = solve(
        weight=(0.0, -0.12), height=0.71, roll=0.05, feet={"left": {"roll": 0.2}}, joints={"waist_roll_joint": 0.3}
    )
    model = stance.model()
    data = mujoco.MjData(model)
    data.qpos[:] = clip.states[clip.knots[1]]
    mujoco.mj_kinematics(model, data)
    left = model.body(robot.feet[0].link).id
    low = [(data.xpos[left] + data.xmat[left].reshape(3, 3) @ np.array(at))[2] - r for at, r in robot.feet[0].spheres]
    assert min(low) == pytest.approx(0.0, abs=1e-6) and max(low) == pytest.approx(np.sin(0.2) * 0.055, abs=2e-3)


def test_a_leg_is_lifted_in_a_motion_whose_moments_are_no_equilibria(robot, balance, stance):
    clip = load_clip_task(MODELS / "lift_leg")
    way = ClipSolver(robot, stance).solve(course_of(clip.keys, robot, balance.stance, RATE))
    kick = way.knots[[key.at for key in clip.keys].index(3.0)]
    left, right = (stance.model().body(foot.link).id for foot in robot.feet)
    data = mujoco.MjData(stance.model())
    data.qpos[:] = way.states[kick]
    mujoco.mj_kinematics(stance.model(), data)
    assert data.xpos[left][2] > data.xpos[right][2] + 0.14 and data.xpos[left][0] > data.xpos[right][0] + 0.2
    moment = stance.at(way.states[kick], way.speeds[kick], way.changes[kick])
    off = np.abs(moment.targets - way.targets[kick, stance.driven])
    assert off.max() < 0.12 and np.median(off) < 0.01, "the sole that carries sinks on one side"
    still = np.zeros(stance.model().nv)
    with pytest.raises(DataError, match="left at the base"):
        stance.at(way.states[kick], still, still)


def test_a_planted_policy_gives_its_gain_back(stance, tmp_path):
    planted = MODELS / "stand/policy.onnx"
    gain = still_gain(planted)
    assert gain.shape == (len(stance.targets), 6 + 3 * len(stance.targets) + 3)
    session = onnxruntime.InferenceSession(str(planted))
    from skill_stack.controllers.policies.policy_contract import PolicyContract

    contract = PolicyContract.from_metadata(session.get_modelmeta().custom_metadata_map)
    weights, bias = still_actions(contract, stance, gain)
    seen = np.zeros((1, contract.observation_size), np.float32)
    seen[0, :6] = 0.1
    np.testing.assert_allclose(session.run(None, {"obs": seen})[0], seen @ weights + bias, atol=2e-3)
    with pytest.raises(DataError, match="no planted stand"):
        still_gain(MODELS / "walk/policy.onnx")
    with pytest.raises(ResourceNotFound, match="train 'nothing' first"):
        still_gain(tmp_path / "nothing/policy.onnx")


def test_postures_that_are_alike_have_one_gain(robot, balance, stance, solve):
    clip = solve(joints={"left_elbow_joint": 1e-4})
    near = still_gain(MODELS / "stand/policy.onnx")
    frames, gains = gains_along(clip, stance, balance, near, lambda _: None)
    assert frames[0] == 0 and frames[-1] == len(clip.states) - 1 and max(np.diff(frames)) <= 25
    assert np.array_equal(gains, np.broadcast_to(near, gains.shape))


@pytest.mark.parametrize("name", ["squat_down", "deep_bow", "lean_aside"])
def test_the_shipped_policy_follows_its_clip_and_presses_against_a_fall(robot, balance, stance, name):
    skill, clip = load_skill(MODELS / name), load_clip_task(MODELS / name)
    manifest = skill.policy.manifest
    frames = manifest.reference.frames
    told = manifest_of(robot, clip, balance, frames)
    assert manifest.model_dump()["reference"] == type(manifest).model_validate(told).model_dump()["reference"]
    assert frames == round((clip.keys[-1].at + 2 * STILL) * RATE) + 1
    session = onnxruntime.InferenceSession(str(MODELS / name / "policy.onnx"))
    names = [one.name for one in session.get_outputs()]

    def at(frame, obs):
        step = np.array([[frame]], np.float32)
        return dict(zip(names, session.run(None, {"obs": obs, "time_step": step})))

    legs, size = len(stance.driven), robot.size
    first = at(0, np.zeros((1, 9 + 2 * legs + size), np.float32))
    still = np.zeros((1, 9 + 2 * legs + size), np.float32)
    still[0, 5] = -1.0
    still[0, 6 : 6 + legs] = first["joint_pos"][0, stance.driven]
    default = robot.pose("default")
    still[0, 6 + 2 * legs :][:legs] = stance.targets - default[stance.driven]
    held = at(0, still)["actions"][0] + default
    np.testing.assert_allclose(held[stance.driven], stance.targets, atol=0.02)
    falls = still.copy()
    falls[0, -3] = 0.1
    ankles = [robot.joint_names.index(f"{side}_ankle_pitch_joint") for side in ("left", "right")]
    assert (at(0, falls)["actions"] - at(0, still)["actions"])[0, ankles].min() > 0.0
    lowest = min(at(frame, still)["body_pos_w"][0, 0, 2] for frame in range(0, frames, 10))
    assert lowest == pytest.approx(min(key.height or 1.0 for key in clip.keys), abs=1e-3)


def steps(**key):
    keys = [{"at": 0.0}, {"at": 0.5, **key}, {"at": 1.5}, {"at": 2.0}]
    return ClipTask.model_validate({"robot": "g1", "skill": "x", "planted": "stand", "steps": True, "keys": keys})


def test_a_clip_with_steps_says_where_the_base_goes(robot, balance, tmp_path):
    with pytest.raises(ValueError, match="move neither base nor feet"):
        steps(walk=[0.1, 0.0, 0.0], height=0.6)
    clip = steps(walk=[0.2, 0.0, 0.5], joints={"waist_yaw_joint": 0.3})
    path = tmp_path / "policy.onnx"
    make_clip(robot, clip, tmp_path, balance, MODELS / "stand/policy.onnx", path, lambda _: None)
    session = onnxruntime.InferenceSession(str(path))
    names = [one.name for one in session.get_outputs()]
    obs = np.zeros(session.get_inputs()[0].shape, np.float32)

    def at(seconds):
        frame = np.array([[round((seconds + STILL) * RATE)]], np.float32)
        return dict(zip(names, session.run(None, {"obs": obs, "time_step": frame})))

    np.testing.assert_allclose(at(0.4)["steps"][0], [0.0, 0.0, 0.0, 1.0])
    np.testing.assert_allclose(at(1.4)["steps"][0], [0.2, 0.0, 0.5, 1.0])
    np.testing.assert_allclose(at(1.6)["steps"][0], [0.0, 0.0, 0.0, 1.0])
    begun, over = at(0.0)["body_pos_w"][0], at(2.0)["body_pos_w"][0]
    gone = np.array([0.4 * np.sin(0.5), 0.4 * (1 - np.cos(0.5)), 0.0])  # an arc of 1 s
    np.testing.assert_allclose(over[0] - begun[0], gone, atol=0.01)
    c, s = np.cos(0.5), np.sin(0.5)
    turned = (begun - begun[0]) @ np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])
    np.testing.assert_allclose(over - over[0], turned, atol=0.01)
    assert at(0.5)["actions"][0, robot.joint_names.index("waist_yaw_joint")] == pytest.approx(0.3, abs=0.05)


def test_a_base_that_walks_too_fast_is_refused(robot, balance, tmp_path):
    clip = steps(walk=[0.0, 0.5, 0.0])
    with pytest.raises(DataError, match=r"frame \d+ \(\d\.\d\d s\): the base would move with vy 0.50; .* -0.3 to 0.3"):
        make_clip(robot, clip, tmp_path, balance, MODELS / "stand/policy.onnx", tmp_path / "o.onnx", lambda _: None)


def test_one_policy_holds_all_clips(robot, balance, tmp_path):
    clip = load_clip_task(MODELS / "follow_clip")
    path = tmp_path / "policy.onnx"
    digest = join_clips(robot, clip, MODELS / "follow_clip", balance, path)
    spec = load_skill(MODELS / "follow_clip")
    assert digest == spec.policy.sha256
    assert [spec.numbers({"clip": name})["clip"] for name in clip.clips] == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    every = {name: onnxruntime.InferenceSession(str(MODELS / name / "policy.onnx")) for name in clip.clips}
    frames = {name: load_skill(MODELS / name).policy.manifest.reference.frames for name in clip.clips}
    joined = onnxruntime.InferenceSession(str(path))
    names = [one.name for one in joined.get_outputs()]
    rng = np.random.default_rng(0)
    for number, name in enumerate(clip.clips, 1):
        single = every[name]
        outputs = [one.name for one in single.get_outputs()]
        for frame in (0, frames[name] // 2, frames[name] - 1):
            fed = {one.name: rng.normal(size=one.shape).astype(np.float32) for one in single.get_inputs()}
            fed["time_step"][:] = frame
            wanted = single.run(None, fed)
            seen = {one.name: fed.get(one.name, np.zeros(one.shape, np.float32)) for one in joined.get_inputs()}
            seen["obs"] = np.concatenate([fed["obs"], [[number]]], axis=1).astype(np.float32)
            got = dict(zip(names, joined.run(None, seen)))
            assert got["length"] == frames[name]
            for output, value in zip(outputs, wanted):
                np.testing.assert_allclose(got[output], value, atol=1e-4)
    missing = clip.model_copy(update={"clips": ("squat_down", "nothing")})
    with pytest.raises(ResourceNotFound, match="train 'nothing' first"):
        join_clips(robot, missing, MODELS / "follow_clip", balance, path)


def test_a_clip_needs_its_stand(robot, balance, tmp_path):
    with pytest.raises(ResourceNotFound, match="first"):
        clip = load_clip_task(MODELS / "deep_bow")
        make_clip(robot, clip, tmp_path, balance, tmp_path / "no.onnx", tmp_path / "o.onnx", print)
