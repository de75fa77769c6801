"""What was done three times is offered a name, once; what has one, or was one step, is not."""

import pytest

from skill_stack.planner.dialogue.habits import Habits
from skill_stack.planner.dialogue.records.record_file import RecordFile
from skill_stack.planner.standing_planner import StandingPlanner

ROUND = "go to the red ball, then to the blue box"
OFFER = "call that the"


@pytest.fixture
def file(tmp_path):
    return RecordFile(tmp_path / "habits.sqlite", 50)


@pytest.fixture
def robot(make_robot, planner, file):
    return make_robot(planner=StandingPlanner(planner), habits=file)


def done(robot, words):
    job = robot.say(words)
    robot.finish_all()
    outcome, reason = robot.result(job)
    assert outcome == "succeeded", reason
    return reason


def test_the_third_success_offers_a_name_and_none_before_or_after(robot) -> None:
    assert [OFFER in done(robot, ROUND) for _ in range(5)] == [False, False, True, False, False]


def test_the_same_steps_in_other_words_or_from_another_posture_count(robot) -> None:
    done(robot, ROUND)
    done(robot, "sit")
    done(robot, "walk to the red ball and then to the blue box")  # which begins with standing up
    assert OFFER in done(robot, ROUND)


def test_they_are_counted_across_starts(make_robot, planner, file) -> None:
    said = [done(make_robot(planner=StandingPlanner(planner), habits=file), ROUND) for _ in range(3)]
    assert [OFFER in one for one in said] == [False, False, True]


def test_a_single_step_is_no_habit(robot) -> None:
    assert not any(OFFER in done(robot, "turn left") for _ in range(4))


def test_what_is_offered_works_and_is_not_offered_again(robot) -> None:
    for _ in range(3):
        done(robot, ROUND)
    named = robot.say("call that the round")
    assert robot.result(named)[0] == "statement"
    robot.dialogue.take_library(robot.dialogue._planner.library)
    assert not any(OFFER in done(robot, "do the round") for _ in range(4))


def test_a_file_that_cannot_be_written_costs_the_offer_alone(make_robot, planner, tmp_path) -> None:
    (tmp_path / "folder").write_text("no folder")
    robot = make_robot(planner=StandingPlanner(planner), habits=RecordFile(tmp_path / "folder" / "habits.sqlite", 50))
    assert not any(OFFER in done(robot, ROUND) for _ in range(3))
    assert len(robot.warnings) == 3 and "habits.sqlite" in robot.warnings[0]


def test_another_robot_counts_for_itself(library, file, robot) -> None:
    done(robot, ROUND)
    done(robot, ROUND)
    job = robot.say(ROUND)
    assert Habits(file, "g1", print).succeeded(job, library) == ""
