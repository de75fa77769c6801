"""Contexts are chosen where training helps most, and what was measured decides how far success carries over."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the extra 'train'")
pytest.importorskip("rsl_rl", reason="needs the extra 'train'")

from skill_stack.core.errors import UnknownName
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.training.carry_over.learning import ContextTraining
from skill_stack.training.carry_over.model import CarryOver
from skill_stack.training.tasks.task import load_task

ROOT = Path(__file__).resolve().parents[2]
CONTEXTS = np.linspace(4.0, 18.0, 15)


def came_of(source: int, upwards: float = 0.12, downwards: float = 0.02) -> np.ndarray:
    """Success of a robot that learnt one load: it loses more for each heavier load than for each lighter one."""
    off = np.arange(15) - source
    return np.clip(1.0 - np.where(off > 0, upwards * off, -downwards * off), 0.0, 1.0)


def test_few_contexts_do_nearly_as_well_as_the_best_few_would() -> None:
    model, chosen = CarryOver(CONTEXTS.tolist()), []
    for _ in range(4):
        source = model.next()
        model.add(source, came_of(source))
        chosen.append(source)
    assert len(set(chosen)) == 4 and chosen[0] not in (0, 14), "it begins where most is near"
    every = itertools.combinations([came_of(one) for one in range(15)], 4)
    best = max(np.max(four, axis=0).mean() for four in every)
    assert model.best().mean() > best - 0.01 and best < 0.98


def test_losses_are_those_that_were_measured_on_each_side() -> None:
    model = CarryOver(CONTEXTS.tolist())
    assert model.losses() == (0.5, 0.5)
    model.add(7, came_of(7, upwards=0.05, downwards=0.01))
    low, high = model.losses()
    assert low == pytest.approx(14 * 0.01, abs=0.05) and high == pytest.approx(14 * 0.05, abs=0.05)
    assert model.expected(12)[3] > model.expected(3)[12]
    assert model.gains()[7] == 0.0 and model.next() > 7, "what is heavier is served worse"


def test_each_context_is_served_by_the_best_policy_and_the_nearer_of_equals() -> None:
    model = CarryOver([0.0, 1.0, 2.0, 3.0])
    model.add(0, np.array([0.9, 0.8, 0.1, 0.0]))
    model.add(3, np.array([0.2, 0.8, 0.8, 0.7]))
    assert model.served_by() == [0, 0, 3, 3]
    np.testing.assert_array_equal(model.best(), [0.9, 0.8, 0.8, 0.7])


def test_a_property_that_no_robot_has_is_named() -> None:
    found = Resources((ROOT,), ROOT)
    folder, robot = ROOT / "models" / "go2" / "walk", load_robot(found.robot("go2"), found)
    with pytest.raises(UnknownName, match="added_mass"):
        ContextTraining(robot, load_task(folder), folder / "policy.onnx", "colour", 8, 100, 1)


def test_a_context_is_trained_once_and_measured_everywhere(tmp_path) -> None:
    found = Resources((ROOT,), ROOT)
    folder, robot = ROOT / "models" / "go2" / "walk", load_robot(found.robot("go2"), found)
    training = ContextTraining(robot, load_task(folder), folder / "policy.onnx", "added_mass", 8, 192, 1)
    said = list[str]()
    path = training.train(2.0, tmp_path, said.append)
    assert path.is_file() and any("its ticks are spent" in one for one in said)
    before = path.stat().st_mtime_ns
    assert training.train(2.0, tmp_path, said.append) == path and path.stat().st_mtime_ns == before
    success = training.measure(path, [0.0, 60.0], 3, 2)
    assert success.shape == (2,) and success[0] > success[1] == 0.0, "60 kg are more than it can stand under"
