from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.training.tasks.commands import CommandSampler, Pusher
from skill_stack.training.tasks.task import load_task

TASK = load_task(Path(__file__).resolve().parents[3] / "models" / "go2" / "walk")
EVERY = np.arange(400)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**31), level=st.floats(0.1, 1.0))
def test_commands_stay_in_their_share_of_the_range(seed: int, level: float) -> None:
    sampler = CommandSampler(TASK, 400, np.random.default_rng(seed))
    sampler.level = level
    sampler.draw(EVERY)
    low, high = np.array([command.train for command in TASK.commands]).T
    assert (sampler.command >= level * low - 1e-9).all() and (sampler.command <= level * high + 1e-9).all()
    norm = np.linalg.norm(sampler.command, axis=1)
    assert ((norm == 0) | (norm >= TASK.gait.stand_below)).all()
    assert (sampler.moving == (norm > 0)).all()


def test_some_stand_and_some_move_along_one_axis() -> None:
    sampler = CommandSampler(TASK, 400, np.random.default_rng(0))
    sampler.level = 1.0
    sampler.draw(EVERY)
    zero = (~sampler.moving).mean()
    single = ((sampler.command != 0).sum(axis=1) == 1).mean()
    assert 0.5 * TASK.events.stand_share < zero < 2.5 * TASK.events.stand_share
    assert 0.5 * TASK.events.single_axis_share < single < 1.5 * TASK.events.single_axis_share


def test_no_command_is_below_the_least_of_its_robot() -> None:
    sampler = CommandSampler(TASK, 400, np.random.default_rng(0))
    sampler.level = 1.0
    sampler.least[:200, 0] = 0.6
    sampler.draw(EVERY)
    high = np.array([command.train[1] for command in TASK.commands])
    assert (sampler.command[:200, 0] >= 0.6).all() and (sampler.command[200:, 0] < 0.5).any()
    assert (sampler.command <= high + 1e-9).all()


def test_commands_change_within_the_longest_interval() -> None:
    sampler = CommandSampler(TASK, 400, np.random.default_rng(0))
    sampler.draw(EVERY)
    before = sampler.command.copy()
    sampler.advance(TASK.events.command_interval[0] - 0.1)
    assert np.array_equal(sampler.command, before)
    sampler.advance(TASK.events.command_interval[1])
    assert (sampler.command != before).any(axis=1).mean() > 0.7


def test_range_grows_to_full_and_no_further() -> None:
    sampler = CommandSampler(TASK, 1, np.random.default_rng(0))
    assert sampler.level == TASK.events.curriculum_start
    for _ in range(50):
        sampler.widen_ranges()
    assert sampler.level == 1.0


def test_pushes_change_planar_velocity_and_yaw_rate_alone() -> None:
    pusher = Pusher(TASK, 400, np.random.default_rng(0))
    qvel = np.zeros((400, 18))
    pusher.advance(qvel, TASK.events.push_interval[1], 1.0)
    assert (qvel[:, [0, 1, 5]] != 0).all()
    assert np.abs(qvel[:, :2]).max() <= TASK.events.push_speed
    assert (qvel[:, [2, 3, 4, *range(6, 18)]] == 0).all()
    again = qvel.copy()
    pusher.advance(again, 0.02, 1.0)
    assert np.array_equal(again, qvel), "the next push comes later"
