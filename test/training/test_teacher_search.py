"""The search for a teacher's numbers: it tells how it goes, finds others, and says what is missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra 'train'")
pytest.importorskip("rsl_rl", reason="needs the extra 'train'")

from skill_stack.core.errors import DataError  # noqa: E402
from skill_stack.core.robots.robot_file import load_robot  # noqa: E402
from skill_stack.training.hands.hand_task import HandTrainingTask, load_any_task  # noqa: E402
from skill_stack.training.tasks.task import load_task  # noqa: E402
from skill_stack.training.teacher_search import FingerTrial, SearchSettings, main, search  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
ROBOT = load_robot(ROOT / "urdf" / "g1")
TASK = load_task(ROOT / "models" / "g1" / "walk")
SMALL = TASK.model_copy(update={"ppo": TASK.ppo.model_copy(update={"robots": 10})})


def test_it_reports_every_generation_and_changes_the_numbers_alone() -> None:
    lines: list[str] = []
    assert SMALL.teacher is not None
    found = search(ROBOT, SMALL, 1, SearchSettings(2, 4, 12), lines.append)
    assert [line.split()[1] for line in lines] == ["1", "2"]
    assert found.legs == SMALL.teacher.legs and found.gains != SMALL.teacher.gains


def test_a_task_without_a_teacher_is_a_message() -> None:
    with pytest.raises(DataError, match="teacher"):
        search(ROBOT, SMALL.model_copy(update={"teacher": None}), 1, SearchSettings(candidates=4), print)


def test_too_few_robots_are_a_message() -> None:
    with pytest.raises(DataError, match="10 robots"):
        search(ROBOT, SMALL, 1, SearchSettings(candidates=64), print)


def test_an_unknown_skill_is_a_message(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["g1", "fly"]) == 1
    assert "fly" in capsys.readouterr().err


def hand_task() -> HandTrainingTask:
    task = load_any_task(ROOT / "models" / "allegro_right" / "turn_cube_left")
    assert isinstance(task, HandTrainingTask)
    events = task.events.model_copy(update={"episode": 60.0})
    ppo = task.ppo.model_copy(update={"robots": 6})
    return task.model_copy(update={"ppo": ppo, "worlds": 2, "coarse": True, "events": events})


def test_a_gait_of_fingers_is_searched_in_the_worlds_of_its_task() -> None:
    hand, task, lines = load_robot(ROOT / "urdf" / "allegro_right"), hand_task(), []
    found = search(hand, task, 1, SearchSettings(1, 3, 4), lines.append)
    assert task.teacher is not None and set(found.joints) == set(task.teacher.joints) != set()
    assert found.joints != task.teacher.joints and found.source == task.teacher.source and "keep the object" in lines[0]


def test_a_gait_that_throws_the_object_out_is_scored_below_one_that_rests() -> None:
    hand, task = load_robot(ROOT / "urdf" / "allegro_right"), hand_task()
    trial = FingerTrial(hand, task, 1)
    rows = np.zeros((6, hand.size, 5))
    rows[3:, :, 3:] = 1.5
    score, kept = trial.tried(rows.reshape(6, -1), 40)
    assert kept[:3].all() and not kept[3:].all() and score[:3].mean() > score[3:].mean()


def test_a_posture_is_searched_from_the_best_of_random_ones() -> None:
    hand, task, lines = load_robot(ROOT / "urdf" / "allegro_right"), hand_task(), []
    found = search(hand, task, 1, SearchSettings(1, 3, 4, starts=8), lines.append)
    assert lines[0].startswith("best of 8 random postures") and "keep the object" in lines[1]
    rows = np.array(list(found.joints.values()))
    assert not rows[:, 1:].any() and np.abs(rows[:, 0]).max() > 0.5
    pose = hand.pose(task.pose)
    at = pose + [found.joints[name][0] for name in hand.joint_names]
    assert (at >= hand.column("lower") - 0.3).all() and (at <= hand.column("upper") + 0.3).all()


def test_legs_begin_with_no_random_posture() -> None:
    with pytest.raises(DataError, match="--starts"):
        search(ROBOT, SMALL, 1, SearchSettings(1, 4, 4, starts=8), print)
