"""Corrections are kept, listed, exported and deleted; what recurs becomes a preference of later plans."""

import json
from dataclasses import replace

import pytest

from skill_stack.core.errors import DataError
from skill_stack.core.setpoint import SkillRequest
from skill_stack.planner.dialogue.records.correction_log import CorrectionLog, CorrectionRecord
from skill_stack.planner.dialogue.records.preferences import paced, preferences, preferred


def record(kind="slower", parameter="pace", before=1.0, after=0.7, skill="go_to", **others):
    values = {
        "words": kind, "kind": kind, "robot": "go2", "skill": skill, "arguments": {"target": "red_ball", "gap": 0.04},
        "effect": {parameter: (before, after)}, "taken": True, "reason": "slower", "instruction": "go to the red ball",
        "at": 1.8e9, "task_time": 3.0, "situation": {"robot": [0.0, 0.0, 0.0], "facts": ["near(robot, red_ball)"]},
    }  # fmt: skip
    return CorrectionRecord(**{**values, **others})


@pytest.fixture
def log(tmp_path):
    return CorrectionLog(tmp_path / "deep" / "corrections.sqlite")


def test_what_is_written_is_read_again(log):
    assert log.records() == ()
    assert log.add(record()) == 1
    log.add(record(robot="other"))
    assert [one.id for one in log.records()] == [1, 2]
    assert CorrectionLog(log.file.path).records("go2") == (replace(record(), id=1),)


def test_what_is_deleted_is_gone(log):
    numbers = [log.add(record()) for _ in range(3)]
    assert log.delete(numbers[:2]) == 2
    assert log.delete([99]) == 0
    assert [one.id for one in log.records()] == numbers[2:]


def test_a_file_that_is_something_else_is_named(log):
    log.file.path.parent.mkdir()
    log.file.path.write_text("no database, but long enough to look like one" * 50)
    with pytest.raises(DataError, match=r"corrections\.sqlite"):
        log.records()
    with pytest.raises(DataError, match=r"corrections\.sqlite"):
        log.add(record())


def test_training_pairs_hold_what_was_known_and_what_it_should_have_been(log):
    log.add(record("not so close", "gap", 0.04, 0.34))
    pair = json.loads(json.dumps(log.records()[0].pair()))
    assert pair["input"]["instruction"] == "go to the red ball" and pair["input"]["correction"] == "not so close"
    assert pair["input"]["arguments"]["gap"] == 0.04 and pair["input"]["situation"]["facts"]
    assert pair["output"] == {"skill": "go_to", "arguments": {"target": "red_ball", "gap": 0.34}}
    assert record().pair()["output"]["pace"] == 0.7


def numbered(*records):
    return [replace(one, id=number) for number, one in enumerate(records, start=1)]


def test_three_times_slower_makes_later_plans_slower_and_says_so(library, ask):
    assert preferences(numbered(record(), record()), library) == ()
    known = preferences(numbered(record(), record(), record()), library)
    assert [(one.name, one.value, one.because) for one in known] == [("go_to.pace", 0.7, (1, 2, 3))]
    plan = preferred(ask("go to the red ball"), known)
    assert "go to slower than usual (70 %)" in plan.reason and "corrected" in plan.reason
    request = SkillRequest("p/1", "go_to", dict(plan.steps[0].arguments))
    assert paced(request, known).pace == 0.7
    assert paced(replace(request, skill="sit"), known).pace == 1.0


def test_not_so_close_becomes_the_distance_unless_another_one_is_said(library, ask):
    known = preferences(numbered(*[record("less_close", "gap", 0.04, 0.34)] * 3), library)
    assert preferred(ask("go to the red ball"), known).steps[-1].arguments["gap"] == 0.34
    said = preferred(ask("stop one metre before the red ball"), known)
    assert said.steps[-1].arguments["gap"] == 1.0 and "than usual" not in said.reason
    sitting = ask("sit down")
    assert preferred(sitting, known) == sitting


def test_a_correction_the_other_way_ends_a_preference(library):
    back = record("faster", before=0.7, after=0.98)
    assert preferences(numbered(record(), record(), record(), back), library) == ()
    assert preferences(numbered(back, record(), record(), record()), library)


def test_what_is_said_to_last_counts_at_once(library):
    assert preferences(numbered(record(lasting=True)), library)[0].value == 0.7


@pytest.mark.parametrize(
    "changes",
    [{"taken": False}, {"skill": "gone"}, {"skill": "sit"}, {"parameter": "target", "before": "a", "after": "b"},
     {"parameter": "forward", "skill": "move", "before": 0.0, "after": 0.3}, {"before": "x", "after": "y"}],
)  # fmt: skip
def test_what_cannot_be_a_preference_is_none(library, changes):
    assert preferences(numbered(*[record(**changes)] * 3), library) == ()
