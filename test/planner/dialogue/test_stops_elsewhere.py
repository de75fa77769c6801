"""A stop that is not said to the planner (the page, the terminal, a button) voids what was said before it."""

import pytest

SLOW = "say hello"


def hand_on(robot):
    """The plans that were waited for come, as they are."""
    late, robot.later = robot.later, None
    for then in late:
        then()


def test_a_plan_that_comes_after_the_stop_does_not_begin(robot):
    robot.later = []
    job = robot.say("go to the red ball")
    robot.stops += 1
    hand_on(robot)
    assert robot.asked == [] and robot.result(job) == ("interrupted", "stopped")


def test_an_emergency_stop_is_one_too(robot):
    robot.later = []
    job = robot.say("go to the red ball")
    robot.estops += 1
    hand_on(robot)
    assert robot.asked == [] and robot.result(job) == ("interrupted", "stopped")


def test_whoever_waits_is_told_before_the_plan_comes_and_the_wait_ends(robot):
    robot.later = []
    job = robot.say("go to the red ball")
    robot.look()
    assert robot.result(job) is None and robot.given_up == 0
    robot.stops += 1
    robot.look()
    assert robot.result(job) == ("interrupted", "stopped") and robot.given_up == 1
    hand_on(robot)
    assert robot.asked == []


def test_words_after_the_stop_are_done(robot):
    robot.later = []
    before = robot.say("go to the red ball")
    robot.stops += 1
    after = robot.say("go to the blue ball")
    hand_on(robot)
    assert robot.result(before) == ("interrupted", "stopped")
    assert robot.finish_all() == [("go_to", "blue_ball")] and robot.result(after)[0] == "succeeded"


def test_a_plan_without_a_stop_begins(robot):
    robot.later = []
    job = robot.say("go to the red ball")
    robot.look()
    hand_on(robot)
    assert robot.finish_all() == [("go_to", "red_ball")] and robot.result(job)[0] == "succeeded"


def test_whoever_gives_up_waiting_voids_the_plan(robot):
    gone = []
    robot.later = []
    job = robot.say("go to the red ball", cancelled=lambda: bool(gone))
    gone.append(True)
    robot.look()
    assert robot.result(job) == ("interrupted", "cancelled")
    hand_on(robot)
    assert robot.asked == []


def test_a_yes_after_the_stop_agrees_to_nothing_that_was_asked_before_it(robot):
    job = robot.say(SLOW)
    assert robot.heard("question") and robot.result(job) is None
    robot.stops += 1
    robot.look()
    assert robot.result(job) == ("interrupted", "stopped")
    robot.say("yes")
    assert robot.asked == []


@pytest.mark.parametrize("ends", ["succeeded", "interrupted"])
def test_what_waits_behind_others_does_not_begin_either(robot, ends):
    first = robot.say("go to the red ball")
    second, third = robot.say("then go to the blue ball"), robot.say("then sit down")
    robot.stops += 1
    robot.end(ends)
    robot.look()
    assert [robot.result(job)[0] for job in (second, third)] == ["interrupted"] * 2
    assert robot.result(first)[0] == ends and len(robot.asked) == 1
