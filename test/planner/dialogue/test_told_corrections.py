"""Words that change a motion by its terms, while it runs and just afterwards."""

import pytest

from skill_stack.core.processes.confirmation import SAID_YES
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.planner import Planner
from test.told_skill import told_skill


@pytest.fixture(scope="module")
def told_library(library):
    return SkillLibrary.from_specs("go2", [*library, told_skill()])


@pytest.fixture(scope="module")
def told_planner(told_library):
    return Planner(told_library)


@pytest.fixture
def robot(make_robot, told_library, told_planner):
    return make_robot(library=told_library, planner=told_planner)


@pytest.mark.parametrize(
    ("task", "words", "name", "value"),
    [
        ("lift your left front paw", "higher", "foot_lift_FL", 0.155),
        ("lift your left front paw", "no, 3 cm lower", "foot_lift_FL", 0.07),
        ("lift your left front paw", "now the other leg, please", "foot_lift_FR_weight", 1.0),
        ("lift your left front paw and lean left", "a bit lower", "foot_lift_FL", 0.0725),
        ("roll to the left by 15 degrees", "the other way", "base_roll", 0.2618),
    ],
)
def test_words_change_the_terms_of_the_running_step(robot, task, words, name, value):
    """Under its id, at once, and nothing is planned anew; what the change leaves out is switched off."""
    job = robot.say(task)
    began = robot.step
    assert began.skill == "move_as_told", robot.results
    said = robot.say(words)
    assert robot.result(said)[0] == "succeeded", robot.result(said)
    assert robot.asked == [began] and robot.changes[-1].id == began.id
    assert robot.step.arguments[name] == pytest.approx(value, abs=1e-3)
    if name == "foot_lift_FR_weight":
        assert robot.step.arguments["foot_lift_FL_weight"] == 0.0
    assert robot.result(job) is None


@pytest.mark.parametrize("words", ["no higher", "No higher!", "no faster than that, please", "no lower"])
def test_a_limit_changes_nothing_and_says_how_it_would(robot, words):
    """Without a comma it may be *not higher*; where speech is recognised there are no commas."""
    robot.say("lift your left front paw")
    said = robot.say(words)
    outcome, reason = robot.result(said)
    comparative = words.split()[1].rstrip("!")
    assert outcome == "refusal" and "stays as it is" in reason and f"say '{comparative}'" in reason
    assert robot.changes == [] and len(robot.asked) == 1
    robot.say("no, higher")
    assert robot.step.arguments["foot_lift_FL"] == pytest.approx(0.155, abs=1e-3)


def test_the_end_of_what_can_be_is_said(robot):
    """*Higher* at the top changes nothing."""
    robot.say("lift your left front paw as high as you can")
    said = robot.say("higher")
    assert robot.result(said)[0] == "refusal" and "as far as it goes" in robot.result(said)[1]
    assert robot.changes == []


@pytest.mark.parametrize(("words", "skill"), [("turn left", "turn"), ("sit down", "sit"), ("face the cone", "face")])
def test_what_a_skill_covers_replaces_the_motion(robot, words, skill):
    """It is no change of the terms."""
    robot.say("spin fast on the spot and lift your body")
    robot.say(words)
    assert robot.asked[-1].skill == skill


def test_stop_that_stops(robot):
    """It needs no terms."""
    robot.say("lift your left front paw")
    robot.say("stop that")
    assert robot.stops == 1


def test_afterwards_it_is_done_once_more_so(robot):
    """*Higher* just after the end."""
    robot.say("lift your left front paw")
    robot.end()
    robot.say("higher")
    assert robot.step.skill == "move_as_told" and robot.step.arguments["foot_lift_FL"] == pytest.approx(0.155)


def test_no_preference_follows(robot):
    """However often a paw is to be higher, the next height is what its words say."""
    for _ in range(4):
        robot.say("lift your left front paw")
        robot.say("higher")
        robot.end()
    robot.say("lift your left front paw")
    assert robot.step.arguments["foot_lift_FL"] == pytest.approx(0.1)
    assert len(robot.log.records()) == 4


def test_where_it_is_hazardous_a_person_says_yes_first(make_robot, library):
    """As on a device; a change of what was confirmed is confirmed with it."""
    hazardous = SkillLibrary.from_specs("go2", [*library, told_skill(hazard="high")])
    robot = make_robot(library=hazardous, planner=Planner(hazardous))
    job = robot.say("lift your left front paw")
    assert robot.step is None and "move as told" in robot.heard("question")[-1]
    robot.say("yes")
    assert robot.step is None, "not from anybody"
    robot.say("yes", trusted=True)
    assert robot.step.skill == "move_as_told" and robot.step.confirmation == SAID_YES
    robot.say("higher")
    assert robot.changes[-1].arguments["foot_lift_FL"] == pytest.approx(0.155)
    assert robot.changes[-1].confirmation == SAID_YES and robot.result(job) is None
