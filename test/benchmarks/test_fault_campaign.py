"""The fault campaign tells a controller that does what it declared from one that does not."""

import dataclasses

import numpy as np
import pytest

from skill_stack.benchmarks.campaign import trial as trial_module
from skill_stack.benchmarks.campaign.trial import FAULTS, run_trial
from skill_stack.benchmarks.campaign.world import CampaignWorld
from skill_stack.benchmarks.control.faults import rows
from skill_stack.controllers.safety.mode_machine import ModeMachine
from skill_stack.controllers.safety.safety_layer import SafetyLayer

SEEDS = {fault.name: place for place, fault in enumerate(FAULTS)}


@pytest.fixture(scope="module")
def world():
    world = CampaignWorld.load()
    if not world.library.entries["walk"].usable:
        pytest.skip("the walking policy is not there")
    return world


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_every_fault_meets_its_declared_reaction(world, tmp_path, fault):
    verdict = run_trial(world, SEEDS[fault.name], tmp_path)
    assert verdict.done and verdict.fault == fault.name
    assert not verdict.problems and not verdict.violations
    assert 1 <= verdict.ticks <= verdict.allowed
    assert verdict.commands > 100
    assert not list(tmp_path.iterdir())


def test_a_seed_gives_the_same_trial(world, tmp_path):
    assert run_trial(world, 7, tmp_path) == run_trial(world, 7, tmp_path)


def test_a_safety_layer_that_lets_everything_pass_is_found(world, tmp_path, monkeypatch):
    def let_pass(self, targets, reading, last):
        self._take_gains(targets)
        return np.array(targets.q)

    monkeypatch.setattr(SafetyLayer, "limit", let_pass)
    absurd = run_trial(world, SEEDS["output: absurd targets"], tmp_path)
    assert any("N·m" in text for text in absurd.violations)
    broken = run_trial(world, SEEDS["output: not finite"], tmp_path)
    assert not broken.as_declared and any("not finite" in text for text in broken.violations)
    found = {row.name: row for row in rows([absurd, broken])}
    assert found["in the declared reaction"].value == 0.0
    assert found["commands that must never be"].holds is False


def test_a_stop_that_is_not_heeded_is_found(world, tmp_path, monkeypatch):
    heed = ModeMachine._heed
    monkeypatch.setattr(ModeMachine, "_heed", lambda self, flags: None)
    verdict = run_trial(world, SEEDS["emergency stop"], tmp_path)
    assert verdict.ticks == 0 and verdict.problems and verdict.violations
    monkeypatch.setattr(ModeMachine, "_heed", heed)
    assert run_trial(world, SEEDS["emergency stop"], tmp_path).as_declared


def test_a_reaction_that_comes_late_is_found(world, tmp_path, monkeypatch):
    slow = tuple(dataclasses.replace(fault, ticks=0) for fault in trial_module.FAULTS)
    monkeypatch.setattr(trial_module, "FAULTS", slow)
    verdict = run_trial(world, SEEDS["sample: counter repeats"], tmp_path)
    assert verdict.ticks > verdict.allowed and not verdict.as_declared


def test_rows_name_the_seed_that_failed(world, tmp_path):
    good = run_trial(world, 0, tmp_path)
    bad = dataclasses.replace(good, seed=99, problems=("made up",))
    by_name = {row.name: row for row in rows([good, bad])}
    assert by_name["faults"].value == 2
    assert by_name["in the declared reaction"].value == pytest.approx(50.0)
    assert "seed 99" in by_name["in the declared reaction"].note
    assert np.isfinite(by_name["worst reaction / declared ticks"].value)
