"""The search for a teacher's numbers: it tells how it goes, finds others, and says what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="needs the extra 'train'")
pytest.importorskip("rsl_rl", reason="needs the extra 'train'")

from skill_stack.core.errors import DataError  # noqa: E402
from skill_stack.core.robots.robot_file import load_robot  # noqa: E402
from skill_stack.training.tasks.task import load_task  # noqa: E402
from skill_stack.training.teacher_search import SearchSettings, TeacherSearch, main  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
ROBOT = load_robot(ROOT / "urdf" / "g1")
TASK = load_task(ROOT / "models" / "g1" / "walk")
SMALL = TASK.model_copy(update={"ppo": TASK.ppo.model_copy(update={"robots": 10})})


def test_it_reports_every_generation_and_changes_the_numbers_alone() -> None:
    lines: list[str] = []
    assert SMALL.teacher is not None
    found = TeacherSearch(ROBOT, SMALL, 1, SearchSettings(2, 4, 12)).run(lines.append)
    assert [line.split()[1] for line in lines] == ["1", "2"]
    assert found.legs == SMALL.teacher.legs and found.gains != SMALL.teacher.gains


def test_a_task_without_a_teacher_is_a_message() -> None:
    with pytest.raises(DataError, match="teacher"):
        TeacherSearch(ROBOT, SMALL.model_copy(update={"teacher": None}), 1, SearchSettings())


def test_too_few_robots_are_a_message() -> None:
    with pytest.raises(DataError, match="10 robots"):
        TeacherSearch(ROBOT, SMALL, 1, SearchSettings(candidates=64))


def test_an_unknown_skill_is_a_message(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["g1", "fly"]) == 1
    assert "fly" in capsys.readouterr().err
