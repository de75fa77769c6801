"""Postures of skills become a few numbers, in which others are searched."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra 'train'")
pytest.importorskip("rsl_rl", reason="needs the extra 'train'")

from skill_stack.core.errors import DataError  # noqa: E402
from skill_stack.core.resources import Resources  # noqa: E402
from skill_stack.core.robots.robot_file import load_robot  # noqa: E402
from skill_stack.training.hands.hand_task import load_any_task  # noqa: E402
from skill_stack.training.hands.posture_bench import compare, pushes, searched, summary  # noqa: E402
from skill_stack.training.hands.posture_prior import fit, known_postures  # noqa: E402
from skill_stack.training.tasks.task import load_task  # noqa: E402
from skill_stack.training.teacher_search import SearchSettings, search  # noqa: E402

ROOT = Path(__file__).resolve().parents[3]
RESOURCES = Resources.from_environment({})
ALLEGRO, LEAP = (load_robot(ROOT / "urdf" / name) for name in ("allegro_right", "leap"))
TASK = load_any_task(ROOT / "models" / "allegro_right" / "push_to_heel")


def test_components_are_those_of_the_postures_and_as_many_as_they_have() -> None:
    rng = np.random.default_rng(1)
    postures = rng.normal(size=(6, 3)) @ rng.normal(size=(3, 16)) + 0.3
    prior = fit(postures, 3)
    numbers = (postures - prior.mean) @ prior.axes.T
    assert prior.postures(numbers) == pytest.approx(postures)
    assert (np.diff(prior.spread) <= 0).all() and prior.axes @ prior.axes.T == pytest.approx(np.eye(3))
    for wrong in (0, 6):
        with pytest.raises(DataError, match="1 to 5"):
            fit(postures, wrong)


def test_postures_are_those_of_skills_that_begin_with_one_but_for_the_one_left_out() -> None:
    every, without = known_postures(ALLEGRO, RESOURCES), known_postures(ALLEGRO, RESOURCES, ("push_to_heel",))
    assert len(every) == len(without) + 1 == 6  # gaits that turn a cube are no postures
    teacher = ALLEGRO.pose(TASK.pose) + [TASK.teacher.joints[name][0] for name in ALLEGRO.joint_names]
    assert np.abs(every - teacher).max(axis=1).min() < 1e-9 < np.abs(without - teacher).max(axis=1).min()
    assert known_postures(load_robot(ROOT / "urdf" / "go2"), RESOURCES).shape == (0, 12)


def test_another_hand_takes_them_over_within_its_joints() -> None:
    taken = known_postures(LEAP, RESOURCES, hands=(ALLEGRO,))
    assert taken.shape == (6, LEAP.size) and np.ptp(taken, axis=0).max() > 0.5
    assert (taken >= LEAP.column("lower")).all() and (taken <= LEAP.column("upper")).all()


def small() -> object:
    return TASK.model_copy(update={"worlds": 2, "coarse": True, "ppo": TASK.ppo.model_copy(update={"robots": 6})})


def test_a_posture_is_searched_among_known_ones() -> None:
    prior = fit(known_postures(ALLEGRO, RESOURCES, (TASK.skill,)), 2)
    found = search(ALLEGRO, small(), 1, SearchSettings(1, 3, 4), lambda text: None, prior)
    off = ALLEGRO.pose(TASK.pose) + [found.joints[name][0] for name in ALLEGRO.joint_names] - prior.mean
    assert prior.axes.T @ (prior.axes @ off) == pytest.approx(off, abs=2e-3) and np.abs(off).max() > 0.01


def test_legs_know_no_postures() -> None:
    walk, prior = load_task(ROOT / "models" / "g1" / "walk"), fit(known_postures(ALLEGRO, RESOURCES), 2)
    with pytest.raises(DataError, match="--known"):
        search(load_robot(ROOT / "urdf" / "g1"), walk, 1, SearchSettings(1, 4, 4), print, prior)


def test_the_search_counts_what_it_runs_and_ends_at_its_limit() -> None:
    settings = SearchSettings(generations=3, candidates=3, ticks=4)
    (task,) = pushes(small(), [90.0])
    assert np.allclose(task.aim.middle, (0.0, 0.02))
    prior = fit(known_postures(ALLEGRO, RESOURCES), 2)
    known, joints = (searched(ALLEGRO, task, 1, one, settings, hands=6, starts=2) for one in (prior, None))
    assert known.ticks == 3 * 6 * 4 and joints.ticks == 3 * 2 * 4 + 2 * 6 * 4
    assert 0.0 <= known.share <= 1.0 and known.solved is (known.share >= 0.75)
    with pytest.raises(DataError, match="pushes nothing"):
        pushes(load_any_task(ROOT / "models" / "allegro_right" / "tilt_to_index"), [0.0])


def test_ticks_are_compared_where_both_ways_solve_a_task() -> None:
    def row(known: int, joints: int, solved: bool = True) -> dict[str, object]:
        return {"known": {"solved": True, "ticks": known}, "joints": {"solved": solved, "ticks": joints}}

    assert "solve 2 of 2, all joints 1; 0.25 of" in summary([row(10, 40), row(10, 90, solved=False)])
    assert "no task by both" in summary([row(10, 90, solved=False)])
    assert compare(ALLEGRO, RESOURCES, [], [1], 2, [], print) == []
