"""The search for a prior: what it changes, and that it finds something better."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra 'train'")
pytest.importorskip("rsl_rl", reason="needs the extra 'train'")

from skill_stack.core.robot import load_robot  # noqa: E402
from skill_stack.training.prior import FeedbackPrior, GoalPrior, PriorTask  # noqa: E402
from skill_stack.training.prior_search import (  # noqa: E402
    PriorSearch,
    SearchSettings,
    main,
    numbers_of,
    with_numbers,
)
from skill_stack.training.task import load_task  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
PRIOR = PriorTask(
    step={"knee": 1.0},
    goals=(GoalPrior(goal="height", below=0.7, add={"knee": 5.0}),),
    feedback=(FeedbackPrior(term="projected_gravity", index=0, add={"ankle_pitch": 2.0, "hip_pitch": 3.0}),),
    offset={"ankle_pitch": 4.0},
)


def test_numbers_go_out_and_in_and_goal_values_stay() -> None:
    assert numbers_of(PRIOR).tolist() == [1.0, 2.0, 3.0, 4.0]
    assert with_numbers(PRIOR, numbers_of(PRIOR)) == PRIOR
    other = with_numbers(PRIOR, np.array([5.0, 6.0, 7.0, 8.0]))
    assert (other.step, other.goals, other.offset) == ({"knee": 5.0}, PRIOR.goals, {"ankle_pitch": 8.0})
    assert other.feedback[0].add == {"ankle_pitch": 6.0, "hip_pitch": 7.0}


def test_it_reports_every_generation_and_keeps_the_form_of_the_prior() -> None:
    task = load_task(ROOT / "models" / "g1" / "walk")
    task = task.model_copy(update={"ppo": task.ppo.model_copy(update={"robots": 10})})
    lines: list[str] = []
    search = PriorSearch(load_robot(ROOT / "urdf" / "g1"), task, 1, SearchSettings(2, 4, 10))
    found = search.run(lines.append)
    assert [line.split()[1] for line in lines] == ["1", "2"]
    assert found.goals == task.prior.goals and set(found.offset) == set(task.prior.offset)
    assert not np.array_equal(numbers_of(found), numbers_of(task.prior))


def test_an_unknown_skill_is_a_message(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["g1", "fly"]) == 1
    assert "fly" in capsys.readouterr().err
