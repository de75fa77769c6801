"""Clips of feet that do not stand as the stance has them."""

import os
from pathlib import Path

import mujoco
import numpy as np
import onnx
import onnxruntime
import pytest
import yaml
from onnx import numpy_helper

from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.policy_manifest import PolicyManifest
from skill_stack.training.balance.balance_task import load_balance_task
from skill_stack.training.balance.body_course import ClipTask, KeyFrame, course_of
from skill_stack.training.balance.clip_policy import join_clips, make_clip
from skill_stack.training.balance.clip_reference import ClipSolver
from skill_stack.training.balance.feet_slopes import displaced, feet_meter, moving_foot
from skill_stack.training.balance.planted_stance import PlantedStance

MODELS = Path(__file__).resolve().parents[3] / "models/g1"
RATE = 50.0
BY = np.array([0.01, -0.02, 0.015])
FEET = {"ahead": [-0.02, 0.04], "aside": [-0.06, 0.03], "turn": [-0.04, 0.04]}

ROBOTS = {"variation": {"foot_friction": [0.5, 1.0]}, "delay": [0, 3]}


@pytest.fixture(scope="module")
def robot():
    return load_robot(Resources.from_environment(os.environ).robot("g1"))


@pytest.fixture(scope="module")
def balance():
    return load_balance_task(MODELS / "stand")


@pytest.fixture(scope="module")
def stance(robot, balance):
    return PlantedStance(robot, balance.stance, balance.joints)


def course(robot, balance, **key):
    keys = [KeyFrame(at=0.0), KeyFrame.model_validate({"at": 0.1} | key), KeyFrame(at=0.2)]
    return course_of(keys, robot, balance.stance, RATE)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"feet": FEET | {"aside": [0.01, 0.03]}}, "has 0, where the stance has them"),
        ({"feet": FEET | {"turn": [0.0, 0.0]}}, "wider than nothing"),
        ({"feet": FEET, "steps": True}, "whose legs are its own"),
        ({"learns": ROBOTS | {"delay": [3, 1]}}, "is no range from 0 on"),
        ({"learns": ROBOTS | {"robots": 3}}, "greater than or equal"),
    ],
)
def test_what_a_clip_cannot_learn_by_is_refused(wrong, reason):
    keys = [{"at": 0.0}, {"at": 1.0}]
    with pytest.raises(ValueError, match=reason):
        ClipTask.model_validate({"robot": "g1", "skill": "x", "planted": "stand", "keys": keys} | wrong)


def test_how_feet_stand_is_for_two_feet(robot, stance):
    with pytest.raises(DataError, match="has 1 feet"):
        feet_meter(robot.model_copy(update={"feet": robot.feet[:1]}), stance, 0)


def test_a_foot_keeps_its_place_until_it_steps_to_another(robot, balance):
    still = course(robot, balance, weight=(0.0, -0.225))
    moved = displaced(still, 0.0, np.array([0.0, 0.45]), 0, BY)
    assert np.allclose(moved.feet[:, 0, [0, 1, 5]], BY) and not moved.feet[:, 1].any()
    over = still.knots[1]
    assert np.allclose(moved.weight[0], BY[:2] / 2), "half of the weight is on that foot"
    assert np.allclose(moved.weight[over], still.weight[over]), "none is"
    steps = course(robot, balance, feet={"right": {"ahead": 0.3}})
    assert moving_foot(steps) == 1 and moving_foot(still) == 0
    back = displaced(steps, 0.0, np.array([0.0, -0.45]), 1, BY)
    assert np.allclose(back.feet[over, 1], steps.feet[over, 1]), "where it steps to is the clip's own"
    assert np.allclose(back.feet[-1, 1, :2], BY[:2])


def test_legs_tell_how_a_foot_stands(robot, balance, stance):
    meter = feet_meter(robot, stance, 0)
    model = stance.model()
    data = mujoco.MjData(model)
    data.qpos[:] = stance.start
    mujoco.mj_kinematics(model, data)
    places = data.xpos[[model.body(foot.link).id for foot in robot.feet]]
    plain = course(robot, balance)
    way = ClipSolver(robot, stance).solve(displaced(plain, -balance.stance.toes_in, (places[0] - places[1])[:2], 0, BY))
    legs = way.states[0, stance.index.joint_qpos[stance.driven]]
    np.testing.assert_allclose((legs - meter.stood) @ meter.of_legs, BY, atol=1e-3)


@pytest.fixture(scope="module")
def made(robot, balance, tmp_path_factory):
    """A clip in which an elbow hardly moves, so that one gain is enough; the policy goes by how its feet stand."""
    folder = tmp_path_factory.mktemp("feet") / "still"
    keys = [{"at": 0.0}, {"at": 0.1, "joints": {"left_elbow_joint": 1e-4}}, {"at": 0.2}]
    clip = ClipTask.model_validate(
        {"robot": "g1", "skill": "still", "planted": "stand", "keys": keys, "feet": FEET}
    )
    make_clip(robot, clip, folder, balance, MODELS / "stand/policy.onnx", folder / "policy.onnx", lambda _: None)
    return folder / "policy.onnx"


def runs(path):
    session = onnxruntime.InferenceSession(str(path))
    names = [one.name for one in session.get_outputs()]

    def at(frame, obs, kept):
        inputs = {"obs": obs, "time_step": np.array([[frame]], np.float32), "feet_kept": kept}
        return dict(zip(names, session.run(None, {name: np.float32(value) for name, value in inputs.items()})))

    return at, session.get_inputs()[0].shape


def test_a_policy_remembers_how_its_feet_stand_and_goes_by_it(robot, stance, made):
    manifest = yaml.safe_load(made.with_name("policy.yaml").read_text())["policy"]["manifest"]
    assert PolicyManifest.model_validate(manifest).memory == {"feet_kept": "feet"}
    at, shape = runs(made)
    meter, legs = feet_meter(robot, stance, 0), len(stance.driven)
    stood, moved = np.zeros(shape), np.zeros(shape)
    stood[0, 6 : 6 + legs] = meter.stood
    moved[0, 6 : 6 + legs] = meter.stood + np.linalg.pinv(meter.of_legs.T) @ BY
    none, by = np.zeros((1, 3)), BY[None]
    np.testing.assert_allclose(at(0, moved, none)["feet"], by, atol=1e-5)
    np.testing.assert_allclose(at(5, stood, by)["feet"], 0.9 * by, atol=1e-5)
    np.testing.assert_allclose(at(40, stood, by)["feet"], by, atol=1e-6)
    plain, shifted = at(40, stood, none), at(40, stood, by)
    left = 3  # left ankle among the bodies
    gone = (shifted["body_pos_w"] - plain["body_pos_w"])[0, left, :2]
    np.testing.assert_allclose(np.linalg.norm(gone), np.linalg.norm(BY[:2]), atol=2e-3)
    assert np.abs(shifted["actions"] - plain["actions"]).max() > 1e-3


def test_one_of_several_clips_may_go_by_its_feet(robot, balance, made, tmp_path):
    for name, source in ("still", made), ("squat_down", MODELS / "squat_down/policy.onnx"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "policy.onnx").write_bytes(source.read_bytes())
    clip = ClipTask(robot="g1", skill="both", planted="stand", clips=("still", "squat_down"))
    path = tmp_path / "both/policy.onnx"
    join_clips(robot, clip, tmp_path / "both", balance, path)
    single, shape = runs(made)
    both, _ = runs(path)
    obs = np.random.default_rng(0).normal(size=shape)
    wanted, first = single(40, obs, BY[None]), np.concatenate([obs, [[1]]], axis=1)
    got = both(40, first, BY[None])
    for name, value in wanted.items():
        np.testing.assert_allclose(got[name], value, atol=1e-4)
    other = np.concatenate([obs, [[2]]], axis=1)
    for name, value in both(100, other, np.zeros((1, 3))).items():
        np.testing.assert_allclose(both(100, other, BY[None])[name], value + (BY if name == "feet" else 0), atol=1e-6)
    graph = onnx.load(str(made))
    stood = next(one for one in graph.graph.initializer if one.name == "feet_stood")
    stood.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(stood) + 0.1, "feet_stood"))
    onnx.save(graph, str(tmp_path / "squat_down/policy.onnx"))
    with pytest.raises(DataError, match="some by the right one"):
        join_clips(robot, clip, tmp_path / "both", balance, path)
