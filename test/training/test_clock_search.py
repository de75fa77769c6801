"""What the gait clock adds: to each leg by its own foot's phase, and the same in a search as in the prior."""

import os

import numpy as np
import pytest

from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.training.clock_search import ClockTrial
from skill_stack.training.tasks.prior import PriorTask, make_prior
from skill_stack.training.tasks.task import load_task
from skill_stack.training.teacher_search import SearchSettings, improve

FOUND = Resources.from_environment(os.environ)
G1 = load_robot(FOUND.robot("g1"))
WALK = FOUND.find("models/g1/walk/policy.onnx", "policy")
STROLL = load_task(FOUND.find("models/g1/stroll", "skill"))
FEW = STROLL.model_copy(update={"coarse": True, "ppo": STROLL.ppo.model_copy(update={"robots": 4})})


def test_the_clock_adds_to_each_leg_by_its_own_foot_and_mirrored():
    contract = STROLL.contract(G1)
    prior = make_prior(contract, PriorTask(clock={"knee": (0.2, 0.3, 0.5), "hip_roll": (0.1, 0.0, 0.0)}))
    seen = np.zeros((1, contract.observation_size))
    begin = sum(contract.observation_sizes[: contract.observation_names.index("gait_phase")])
    seen[0, begin : begin + 4] = 0.6, -0.6, 0.8, -0.8  # sines, then cosines, of the left and the right foot
    added = dict(zip(contract.joint_names, prior(seen)[0]))
    assert added["left_knee_joint"] == pytest.approx(0.2 * 0.6 + 0.3 * 0.8 + 0.5)
    assert added["right_knee_joint"] == pytest.approx(-0.2 * 0.6 - 0.3 * 0.8 + 0.5)
    assert added["left_hip_roll_joint"] == added["right_hip_roll_joint"] == pytest.approx(0.06)
    assert added["left_elbow_joint"] == 0.0


def test_a_search_tries_what_the_prior_would_add():
    trial = ClockTrial(G1, FEW, WALK, 1, 2)
    clock = trial.clock(np.arange(18) / 10)
    seen = np.random.default_rng(1).normal(size=(3, STROLL.contract(G1).observation_size))
    sum_of_units = sum(unit(seen) * number for unit, number in zip(trial._units, np.ravel(list(clock.values()))))
    assert sum_of_units == pytest.approx(make_prior(STROLL.contract(G1), PriorTask(clock=clock))(seen), abs=1e-9)


def test_a_search_moves_the_numbers_and_needs_some():
    trial, lines = ClockTrial(G1, FEW, WALK, 1, 2), []
    found = improve(trial, 4, 1, SearchSettings(1, 2, 80), lines.append)
    assert found.shape == (18,) and not np.array_equal(found, trial.mean) and "upright" in lines[0]
    bare = FEW.model_copy(update={"prior": PriorTask()})
    with pytest.raises(DataError, match="no 'prior.clock'"):
        ClockTrial(G1, bare, WALK, 1, 2)
