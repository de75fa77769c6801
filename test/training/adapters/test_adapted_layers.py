"""Adapters leave their base as it is, and are exported with it as one network."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

torch = pytest.importorskip("torch", reason="needs the extra 'train'")
pytest.importorskip("rsl_rl", reason="needs the extra 'train'")

from skill_stack.controllers.policies.policy_contract import PolicyContract  # noqa: E402
from skill_stack.core.errors import DataError  # noqa: E402
from skill_stack.core.robots.robot import RobotSpec  # noqa: E402
from skill_stack.core.robots.robot_file import load_robot  # noqa: E402
from skill_stack.hardware.mujoco.model_variation import ModelVariation, VariationRanges  # noqa: E402
from skill_stack.training import train as training  # noqa: E402
from skill_stack.training.adapters.adapted_layers import (  # noqa: E402
    AdaptedLayers,
    base_layers,
    begin_as_before,
    exported_layers,
    task_layers,
)
from skill_stack.training.export import DeployedPolicy, export, write_onnx  # noqa: E402
from skill_stack.training.tasks.task import TrainingTask, load_task  # noqa: E402

ROOT = Path(__file__).resolve().parents[3]
BASE = ROOT / "models" / "go2" / "walk" / "policy.onnx"
ADAPTED = ROOT / "models" / "go2" / "walk_adapted" / "policy.onnx"
COEFFICIENTS = slice(9, 14)


@pytest.fixture(scope="module")
def robot() -> RobotSpec:
    return load_robot(ROOT / "urdf" / "go2")


@pytest.fixture(scope="module")
def task() -> TrainingTask:
    shipped = load_task(ROOT / "models" / "go2" / "walk_adapted")
    ppo = shipped.ppo.model_copy(update={"robots": 8, "steps": 4, "mini_batches": 2})
    return shipped.model_copy(update={"ppo": ppo})


@pytest.fixture
def layers(robot: RobotSpec, task: TrainingTask) -> AdaptedLayers:
    """Adapters that do something."""
    torch.manual_seed(1)
    made = task_layers(robot, task, base_layers(task, BASE))
    with torch.no_grad():
        for up in made.up:
            up.normal_(0.0, 0.1)
    return made


def learning(task: TrainingTask, *goals: str) -> TrainingTask:
    """The task in which some adapters learn, or all."""
    return task.model_copy(update={"adapters": task.adapters.model_copy(update={"learns": goals})})


def run(path: Path, observation: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(None, {"obs": observation.astype(np.float32)})[0]


def test_without_coefficients_it_is_the_base_bit_for_bit(robot, task, layers, tmp_path) -> None:
    policy = DeployedPolicy(layers, task.observation_scale(robot), (task.observation_clip, task.action_clip)).eval()
    write_onnx(policy, task.contract(robot), task.skill, {}, tmp_path / "policy.onnx")
    seen = np.random.default_rng(2).normal(size=(64, len(policy.scale)))
    seen[:, COEFFICIENTS] = 0.0
    base = run(BASE, np.delete(seen, range(*COEFFICIENTS.indices(99)), axis=1))
    np.testing.assert_array_equal(run(tmp_path / "policy.onnx", seen), base)
    seen[:, COEFFICIENTS] = (1.0, 0.0, 0.5, 0.0, 0.0)
    assert np.abs(run(tmp_path / "policy.onnx", seen) - base).max() > 0.01
    for ours, theirs in zip(exported_layers(tmp_path / "policy.onnx"), exported_layers(BASE)):
        assert all(torch.equal(one, other) for one, other in zip(ours, theirs))


def test_coefficients_scale_and_add_what_each_adapter_does(layers) -> None:
    """A single layer is linear in its coefficients, so two together are the sum of what each does alone."""
    size = layers.base()[0][0].shape[1] + len(layers.places)
    first = AdaptedLayers(layers.base()[:1], layers.places.tolist(), size, layers.rank)
    with torch.no_grad():
        first.up[0].normal_()
    seen = torch.randn(5, size)

    def effect(*coefficients: float) -> torch.Tensor:
        told, none = seen.clone(), seen.clone()
        told[:, layers.places] = none[:, layers.places] = 0.0
        told[:, layers.places[:3]] = torch.tensor(coefficients, dtype=torch.float32)
        return first(told) - first(none)

    torch.testing.assert_close(effect(0.5, 0, 0), 0.5 * effect(1, 0, 0), rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(effect(1, 0, 1), effect(1, 0, 0) + effect(0, 0, 1), rtol=1e-4, atol=1e-4)


def test_training_moves_adapters_alone(robot, task, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(training, "fit_critic", lambda *_: None)
    task = learning(task)
    last = training.train(robot, task, tmp_path, minutes=0.01, seed=1, report=lambda _: None, predecessor=BASE)
    digest = export(robot, task, last, tmp_path / "policy.onnx")
    assert len(digest) == 64
    for ours, theirs in zip(exported_layers(tmp_path / "policy.onnx"), exported_layers(BASE)):
        assert all(torch.equal(one, other) for one, other in zip(ours, theirs))
    session = onnxruntime.InferenceSession(str(tmp_path / "policy.onnx"), providers=["CPUExecutionProvider"])
    contract = PolicyContract.from_metadata(session.get_modelmeta().custom_metadata_map)
    assert contract == task.contract(robot)
    assert contract.adapters == task.adapters.part
    held = torch.load(last, weights_only=True)["actor_state_dict"]
    assert any(held[f"mlp.up.{number}"].abs().max() > 0 for number in range(4))


def test_adapters_that_do_not_learn_stay_as_the_policy_has_them(robot, task, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(training, "fit_critic", lambda *_: None)
    task = learning(task, "low", "careful")
    last = training.train(robot, task, tmp_path, minutes=0.01, seed=1, report=lambda _: None, predecessor=ADAPTED)
    export(robot, task, last, tmp_path / "policy.onnx")
    seen = np.random.default_rng(3).normal(size=(64, task.contract(robot).observation_size))
    moved = []
    for told in np.eye(5):
        seen[:, COEFFICIENTS] = told
        moved.append(np.abs(run(ADAPTED, seen) - run(tmp_path / "policy.onnx", seen)).max())
    assert max(moved[:3]) < 1e-5 < min(moved[3:])


def test_an_adapter_that_learns_must_be_one(task) -> None:
    with pytest.raises(ValueError, match="no adapter sideways: there are payload"):
        type(task.adapters).model_validate(task.adapters.model_dump() | {"learns": ["sideways"]})


def test_adapters_are_not_continued_from_a_policy_without_them(robot, task, layers) -> None:
    with pytest.raises(DataError, match="no adapters of rank 8"):
        begin_as_before(layers, task, BASE)


def test_another_base_than_the_named_one_is_refused(task) -> None:
    with pytest.raises(DataError, match="has the hash"):
        base_layers(task, ROOT / "models" / "go2" / "gaits" / "policy.onnx")


def test_a_base_that_sees_something_else_is_refused(robot, task) -> None:
    with pytest.raises(DataError, match="the base sees"):
        task_layers(robot, task, exported_layers(ROOT / "models" / "go2" / "gaits" / "policy.onnx"))


def test_robots_have_the_conditions_that_they_are_told(task) -> None:
    adapters = task.adapters.model_copy(update={"together": 0.5, "error": 0.0, "learns": ()})
    rng, together = np.random.default_rng(0), 0
    plain = ModelVariation(foot_friction=1.0, motor_strength=1.05)
    for _ in range(200):
        varied, told = adapters.shift(plain, rng)
        together += int((told > 0).sum() == 2)
        for one, share in zip(adapters.conditions, told):
            if one.property not in VariationRanges.model_fields:
                continue  # a manner, which changes no robot
            value = getattr(varied, one.property)
            expected = one.none + share * (one.full - one.none) if share else getattr(plain, one.property)
            assert value == pytest.approx(expected)
        assert told.sum() <= adapters.largest_sum
        assert dataclasses.replace(varied, foot_friction=1.0, added_mass=0.0, motor_strength=1.05) == plain
    assert 70 <= together <= 130


def test_skill_and_task_state_the_same_adapters(task) -> None:
    from skill_stack.core.skills.skill import load_skill

    for name in ("walk_adapted", "stand_adapted"):
        assert load_skill(ROOT / "models" / "go2" / name).policy.adapters == task.adapters.part
