"""What is corrected three times alike is what later plans begin with, whatever argument it is."""

import json

import pytest

from skill_stack.planner.dialogue.records.preferences import preferences


def corrected(robot, words, correction, times=3):
    """Says and corrects; everything succeeds afterwards, and is too long ago to be spoken of."""
    for _ in range(times):
        robot.say(words)
        robot.say(correction)
        robot.finish_all()
        robot.place(0.0, 0.0, 0.0)
        robot.look(200.0)


def asked(robot, words):
    """Arguments of the first step of words that are not corrected."""
    robot.say(words)
    arguments = robot.step.arguments
    robot.finish_all()
    robot.look(200.0)
    return arguments


@pytest.mark.parametrize(
    ("words", "correction", "others", "argument", "value"),
    [
        ("go to the red ball", "no, go to the left side of the red ball", "approach the green box", "side", "left"),
        ("go to the red ball", "no, go behind the red ball", "visit the blue ball", "side", "behind"),
        ("walk past the red ball", "no, pass the red ball on the right", "go past the chair", "side", "right"),
        ("walk past the red ball", "no, on the right", "go past the chair", "side", "right"),
        ("wait a moment", "wait 10 seconds instead", "pause for a moment", "duration", 10.0),
        ("hop", "no, hop 80 cm", "make a hop", "forward", 0.8),
        ("turn left", "no, turn left by 45 degrees", "rotate left", "angle", 0.785),
        ("go to a ball", "no, the green one", "approach any ball", "target", "green_ball"),
    ],
)
def test_any_argument(robot, words, correction, others, argument, value):
    corrected(robot, words, correction, 2)
    assert asked(robot, others)[argument] != value
    corrected(robot, words, correction, 1)
    found = asked(robot, others)[argument]
    assert found == (value if isinstance(value, str) else pytest.approx(value, abs=1e-3))


def test_how_often(robot):
    corrected(robot, "circle the red ball", "no, circle the red ball twice")
    robot.say("walk around the green box")
    assert [skill for skill, _ in robot.finish_all()].count("circle") == 2
    robot.say("circle the green box once")
    assert [skill for skill, _ in robot.finish_all()].count("circle") == 1


def test_what_is_left_out_is_taken_from_the_words_before(robot):
    robot.say("go to the red ball")
    robot.say("no, behind it")
    robot.say("hop")
    robot.say("no, 80 cm")
    assert robot.step.skill == "hop" and robot.step.arguments["forward"] == 0.8


def test_words_that_state_it_keep_it_and_other_kinds_are_not_concerned(robot):
    corrected(robot, "go to the red ball", "no, go to the left side of the red ball")
    assert asked(robot, "go to the right side of the green box")["side"] == "right"
    corrected(robot, "go to a ball", "no, the green one")
    assert asked(robot, "go to the red ball")["target"] == "red_ball"
    assert asked(robot, "go to a box")["target"] != "green_ball"


def test_something_else_instead_is_no_correction(robot):
    corrected(robot, "go to the red ball", "no, sit down")
    corrected(robot, "go to the red ball", "go to the blue ball")
    assert not [one for one in robot.log.records() if one.kind == "restated" and one.effect.keys() == {"target"}]
    assert preferences(robot.log.records(), robot.library) == ()


def test_another_skill_is_exported_as_the_choice_that_was_right(robot):
    corrected(robot, "crawl", "no, trot", 1)
    pair = json.loads(json.dumps(robot.log.records()[-1].pair()))
    assert pair["input"]["skill"] == "crawl" and pair["output"]["skill"] == "trot"
    assert pair["output"]["arguments"]["vx"] == 1.5 and "skill" not in pair["output"]["arguments"]
