import os
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from skill_stack.controllers.policies.policy_contract import PolicyContract
from skill_stack.core.errors import DataError, ResourceNotFound
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.training.balance.balance_task import PlantTask, load_balance_task
from skill_stack.training.balance.noise_optimal_feedback import FeedbackProblem, noise_optimal_gain
from skill_stack.training.balance.planted_policy import make_planted, still_actions
from skill_stack.training.balance.planted_stance import PlantedStance

ROOT = Path(__file__).resolve().parents[3]
WALK, STAND = (ROOT / "models/g1" / name / "policy.onnx" for name in ("walk", "stand"))


@pytest.fixture(scope="module")
def robot():
    return load_robot(Resources.from_environment(os.environ).robot("g1"))


@pytest.fixture(scope="module")
def task():
    return load_balance_task(ROOT / "models/g1/stand")


@pytest.fixture(scope="module")
def stance(robot, task):
    return PlantedStance(robot, task.stance, task.joints)


def acting(path):
    session = onnxruntime.InferenceSession(str(path))
    contract = PolicyContract.from_metadata(session.get_modelmeta().custom_metadata_map)
    return contract, lambda seen: session.run(None, {"obs": seen.astype(np.float32)})[0]


def test_an_unstable_plant_with_noisy_sensors_is_balanced_gently():
    plant = np.array([[1.05, 0.02, 0.0], [0.1, 1.0, 0.0], [0.0, 0.0, 0.0]]), np.array([[0.0], [0.1], [1.0]])
    eye = np.eye(3)
    noises = {}
    for noise in (0.01, 0.5):
        problem = FeedbackProblem(
            [plant], eye[:2], np.array([0.01, noise]), 1e-4 * eye, np.diag([1.0, 1.0, 0.0]), eye[2:], 0.1, 0.1
        )
        gain = noise_optimal_gain(problem, 60)
        assert problem.radius(gain) < 1.0 < problem.radius(0.0 * gain)
        noises[noise] = abs(gain[0, 1] / gain[0, 0])
        cost, slope = problem.value(gain + 0.01)
        for place in (0, 1):
            step = 1e-6 * np.eye(2)[[place]]
            change = (problem.value(gain + 0.01 + step)[0] - problem.value(gain + 0.01 - step)[0]) / 2e-6
            assert change == pytest.approx(slope[0, place], rel=1e-3)
        assert cost > problem.value(gain)[0]
    assert noises[0.5] < noises[0.01]  # what is measured badly counts less
    hopeless = FeedbackProblem([plant], 0.0 * eye[:2], np.ones(2), eye, eye, eye[2:], 1.0, 1.0)
    with pytest.raises(DataError, match="no stable feedback"):
        noise_optimal_gain(hopeless, 5)


def test_the_stance_carries_the_robot_and_falls_without_feedback(stance):
    left, right = stance.position.reshape(2, 6)
    mirrored = left * [1, -1, -1, 1, 1, -1]
    np.testing.assert_allclose(mirrored, right, atol=1e-3)
    assert 0.3 < left[3] < 1.0  # bent knees
    assert np.abs(stance.targets - stance.position).max() < 0.2
    linear = stance.linear(PlantTask(delay=0))
    grows = np.abs(np.linalg.eigvals(linear.step))
    assert 1.005 < grows.max() < 1.05 and (grows > 1.001).sum() == 1  # it topples ahead or back, to no side
    heavy = stance.linear(PlantTask(motor_strength=0.8, added_mass=3.0, delay=0))
    assert np.abs(np.linalg.eigvals(heavy.step)).max() > grows.max()


def test_a_stance_out_of_reach_is_refused(robot, task):
    for change, reason in ({"height": 0.9}, "do not reach"), ({"ahead": 0.3}, "balance"):
        with pytest.raises(DataError, match=reason):
            PlantedStance(robot, task.stance.model_copy(update=change), task.joints)


def test_the_shipped_policy_steps_as_walk_does_and_holds_its_targets(robot, task, stance):
    (contract, stand), (walking, walk) = acting(STAND), acting(WALK)
    assert contract.predecessor and contract.observation_names == walking.observation_names
    assert contract.gait.stop_delay == task.stop_delay and contract.gait.wake_above == task.wake_above
    assert not contract.is_moving(np.zeros(4)) and walking.is_moving(np.zeros(4))
    begins = dict(zip(contract.observation_names, np.cumsum((0, *contract.observation_sizes))))
    seen = np.random.default_rng(2).normal(size=(4, contract.observation_size)) * 0.2
    phase, clock = begins["gait_phase"], np.linspace(0.0, 5.0, 4)
    seen[:, phase : phase + 4] = np.stack([np.sin(clock), -np.sin(clock), np.cos(clock), -np.cos(clock)], axis=1)
    np.testing.assert_allclose(stand(seen), walk(seen), atol=1e-4)
    still, default = np.zeros((1, contract.observation_size)), np.array(contract.default_joint_pos)
    still[0, begins["projected_gravity"] + 2] = -1.0
    still[0, begins["joint_pos_rel"] :][:12] = stance.position - default
    still[0, begins["last_action"] :][:12] = (stance.targets - default) / contract.action_scale
    held = default + contract.action_scale * stand(still)[0]
    np.testing.assert_allclose(held, stance.targets, atol=1e-3)
    leaning = still.copy()
    leaning[0, begins["base_lin_vel"]] = 0.1
    ankles = [contract.joint_names.index(f"{side}_ankle_pitch_joint") for side in ("left", "right")]
    assert (stand(leaning)[0] - stand(still)[0])[ankles].min() > 0.0  # toes press where it falls ahead


def test_the_feedback_is_linear_in_what_is_measured(stance):
    contract, _ = acting(STAND)
    gain = np.random.default_rng(3).normal(size=(12, 45))
    weights, bias = still_actions(contract, stance, gain)
    assert weights.shape == (contract.observation_size, 12) and bias.shape == (12,)
    begins = dict(zip(contract.observation_names, np.cumsum((0, *contract.observation_sizes))))
    assert not weights[begins["velocity_commands"] :][:4].any() and not weights[begins["gait_phase"] :][:4].any()
    np.testing.assert_allclose(weights[0] * np.array(contract.action_scale), -gain[:, 0])


def test_what_it_takes_over_from_has_to_be_there(robot, task, tmp_path):
    with pytest.raises(ResourceNotFound, match="train 'walk' first"):
        make_planted(robot, task, tmp_path / "none.onnx", tmp_path / "out.onnx")
    other = ROOT / "models/go2/walk/policy.onnx"
    with pytest.raises(DataError, match="base_lin_vel"):
        make_planted(robot, task, other, tmp_path / "out.onnx")
