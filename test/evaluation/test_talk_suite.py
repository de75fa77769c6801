"""The suite of tasks with words in between: what is in it, and what is refused."""

from collections import Counter
from pathlib import Path

import pytest
from pydantic import ValidationError

from skill_stack.evaluation.talk_suite import TalkSuite, load_talk_suite

FILE = Path(__file__).resolve().parents[2] / "config" / "scenarios" / "talk.yaml"
TASK = {"name": "a", "words": "sit", "checks": [{"kind": "seated"}]}


def suite(**task):
    whole = {"name": "s", "description": "d", "through": "nodes", "deployment": "go2_sim", "tasks": [{**TASK, **task}]}
    return TalkSuite.model_validate(whole)


def test_the_suite_has_twenty_tasks_with_corrections_and_changes_of_mind():
    kinds = Counter(task.kind for task in load_talk_suite(FILE).tasks)
    assert kinds == {"plain": 12, "correction": 5, "change": 3}


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "correction"},
        {"between": [{"say": "slower", "moved": 1.0}]},
        {"kind": "change", "between": [{"say": "slower"}]},
        {"kind": "change", "between": [{"say": "slower", "moved": 1.0, "seconds": 2.0}]},
        {"checks": []},
        {"checks": [{"kind": "happy"}]},
        {"words": ""},
    ],
)
def test_wrong_tasks_are_refused(wrong):
    with pytest.raises(ValidationError):
        suite(**wrong)


def test_a_right_task_is_taken():
    assert suite(kind="correction", between=[{"say": "slower", "turned": 1.0}]).tasks[0].between[0].turned == 1.0
