"""Failures while a robot works: other plans from the present state, explanations, questions; a world that changes."""

from dataclasses import replace

import pytest

from skill_stack.core.processes.confirmation import SAID_YES
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Fact

BLOCKED = {"reason": "there is no free way to 'red_ball'", "violated": "way is free"}


def test_after_a_failure_something_else_is_tried_and_the_plan_is_shown(robot):
    job = robot.say("go to the red ball, then sit down")
    first = robot.shown[-1][0]
    robot.end("failed", **BLOCKED)
    assert robot.step.skill == "move" and robot.step.arguments["forward"] < 0
    assert "another try" in robot.heard("replan")[-1] and robot.result(job) is None
    assert robot.shown[-1][0].id != first.id and len(robot.shown[-1][0].steps) == 3
    assert robot.finish_all() == [("move", ""), ("go_to", "red_ball"), ("sit", "")]
    assert robot.result(job)[0] == "succeeded"


def test_repeated_failure_becomes_a_question_with_the_condition_and_what_would_help(robot):
    job = robot.say("go to the red ball, then sit down")
    tried = [tuple(step.skill for step in robot.shown[-1][0].steps)]
    for _ in range(10):
        if robot.result(job):
            break
        if robot.step.skill == "go_to":
            robot.end("failed", **BLOCKED)
            if robot.step:
                tried.append(tuple(step.skill for step in robot.shown[-1][0].steps))
        else:
            robot.end()
    outcome, reason = robot.result(job)
    assert outcome == "question" and "3 times" in reason
    assert reason.startswith("I could not go to the red ball: there is no free way to 'red_ball' (way is free)")
    assert "it would help to clear the way" in reason
    assert len(tried) == 3 == len(set(tried))  # never the same plan twice


def give_up(robot, text="go to the red ball, then sit down"):
    job = robot.say(text)
    while robot.result(job) is None:
        robot.end("failed", **BLOCKED) if robot.step.skill == "go_to" else robot.end()
    return job


IN_THE_WAY = {**BLOCKED, "thing": "blue_box"}
MAY_I = "May I push the blue box aside?"


def asked_for_leave(robot):
    """A job that failed, since a box stands in the way that may be movable."""
    job = robot.say("go to the red ball, then sit down")
    while robot.result(job) is None:
        robot.end("failed", **IN_THE_WAY) if robot.step.skill == "go_to" else robot.end()
    assert robot.result(job)[0] == "question" and robot.result(job)[1].endswith(MAY_I)
    return job


def test_leave_to_push_what_is_in_the_way_is_asked_for_and_counts(robot):
    asked_for_leave(robot)
    assert not robot.scene["blue_box"].movable
    robot.say("yes")
    assert robot.scene["blue_box"].movable
    assert robot.finish_all() == [("go_to", "red_ball"), ("sit", "")]
    assert "the blue box may be pushed" in robot.result(robot.say("what did I tell you?"))[1]
    assert robot.facts_told.facts() == (), "another blue box may stand there some other day"


@pytest.mark.parametrize("words", ["forget everything I told you", "forget what I told you about the blue box"])
def test_leave_to_push_can_be_taken_back(robot, words):
    asked_for_leave(robot)
    robot.say("yes")
    robot.finish_all()
    assert robot.result(robot.say(words))[1] == "Forgotten: 1 of what you told me."
    assert not robot.scene["blue_box"].movable


def test_what_must_not_be_pushed_stays_and_the_errand_ends(robot):
    asked_for_leave(robot)
    robot.say("no")
    assert robot.step is None and not robot.scene["blue_box"].movable


def test_to_try_again_is_no_leave_to_push(robot):
    asked_for_leave(robot)
    robot.say("try again")
    assert robot.step.skill == "go_to" and not robot.scene["blue_box"].movable


def test_nobody_is_asked_about_what_has_gone(robot):
    job = robot.say("go to the red ball")
    while robot.result(job) is None:
        robot.end("failed", **{**BLOCKED, "thing": "vase"}) if robot.step.skill == "go_to" else robot.end()
    assert "May I" not in robot.result(job)[1]


def test_what_moved_before_the_robot_tried_again_is_told_as_moved(robot):
    job = robot.say("go to the red ball")
    robot.end("failed", **BLOCKED)
    ball = robot.scene["red_ball"]
    x, y, z = ball.position
    robot.scene = replace(robot.scene, objects={**robot.scene.objects, ball.id: replace(ball, position=(x + 2, y, z))})
    while robot.result(job) is None:
        robot.end("failed", **BLOCKED) if robot.step.skill == "go_to" else robot.end()
    assert "the red ball is not where it was when I began" in robot.result(job)[1]


def test_what_was_only_to_help_is_not_what_is_told_or_skipped(robot):
    job = robot.say("go to the red ball, then sit down")
    robot.end("failed", **BLOCKED)
    while robot.result(job) is None:
        assert robot.step.skill in ("move", "wait", "go_to")
        robot.end("failed", reason="a wall is behind me", violated="way is free")
    outcome, told = robot.result(job)
    assert outcome == "question" and told.startswith("I could not go to the red ball"), told
    robot.say("skip it")
    assert robot.finish_all() == [("sit", "")]


def test_an_emergency_stop_of_what_was_only_to_help_is_told(robot):
    job = robot.say("go to the red ball")
    robot.end("failed", **BLOCKED)
    assert robot.step.skill == "move"
    robot.end("failed", reason="emergency stop: a button", violated="no emergency stop")
    assert "a button" in robot.result(job)[1] and "no free way" not in robot.result(job)[1]


def test_the_person_says_what_then(robot):
    give_up(robot)
    again = robot.say("try again")
    assert robot.step.skill == "go_to" and robot.result(again) is None
    assert robot.finish_all() == [("go_to", "red_ball"), ("sit", "")]
    assert robot.result(again)[0] == "succeeded"


def test_what_failed_can_be_left_out(robot):
    give_up(robot)
    rest = robot.say("skip it")
    assert robot.finish_all() == [("sit", "")]
    assert robot.result(rest)[0] == "succeeded"


def test_it_can_be_left_too(robot):
    give_up(robot)
    assert robot.result(robot.say("no")) == ("succeeded", "I leave it")
    assert robot.running == {}


@pytest.mark.parametrize(
    ("violated", "reason"),
    [("controller is active", "damped: tilt"), ("no emergency stop", "emergency stop: latched"), ("", "no connector")],
)
def test_what_the_robot_cannot_help_is_explained_at_once(robot, violated, reason):
    job = robot.say("go to the red ball")
    robot.end("failed", reason=reason, violated=violated)
    outcome, told = robot.result(job)
    assert outcome == "failed" and reason in told and "it would help" in told
    assert len(robot.asked) == 1


def test_an_emergency_stop_from_elsewhere_is_explained_although_the_robot_lies_there_damped(robot):
    job = robot.say("go to the red ball")
    robot.body, robot.estops = frozenset(), 1
    robot.end("failed", reason="emergency stop: a button", violated="no emergency stop")
    robot.look()
    outcome, told = robot.result(job)
    assert outcome == "failed" and "a button" in told and "reset the emergency stop" in told


def test_what_a_camera_does_not_see_done_is_done_again(robot):
    job = robot.say("go to the red ball, then sit down")
    robot.end("failed", reason="failed: not facing red_ball", violated="the camera sees facing(robot, red_ball)")
    assert robot.finish_all() == [("wait", ""), ("go_to", "red_ball"), ("sit", "")]
    assert robot.result(job)[0] == "succeeded"


def test_an_interrupted_step_is_no_failure(robot):
    job, after = robot.say("go to the red ball"), robot.say("also sit down")
    robot.end("interrupted", reason="teleoperation took over")
    assert robot.result(job)[0] == "interrupted" and "teleoperation" in robot.result(job)[1]
    assert robot.result(after)[0] == "interrupted"


def test_planning_anew_waits_until_it_is_known_how_the_robot_stands(robot):
    job = robot.say("go to the red ball")
    body, robot.body = robot.body, frozenset()
    robot.end("failed", **BLOCKED)
    robot.look()
    assert robot.running == {} and robot.result(job) is None
    robot.body = body
    robot.look()
    assert robot.step.skill == "move"


def test_words_count_while_a_failure_is_mended(robot):
    job = robot.say("go to the red ball")
    robot.body = frozenset()
    robot.end("failed", **BLOCKED)
    robot.body = frozenset({Fact("posture", ("robot", "standing"))})
    newer = robot.say("go to the blue ball")
    assert robot.result(job)[0] == "interrupted"
    robot.look()
    assert robot.finish_all() == [("go_to", "blue_ball")]
    assert robot.result(newer)[0] == "succeeded"


def without(scene, *names):
    return replace(scene, objects={key: one for key, one in scene.objects.items() if key not in names})


def test_a_thing_of_a_later_step_that_has_gone_stops_the_plan_before_that_step(robot):
    job = robot.say("go to the red ball, then go to the blue ball")
    robot.scene = robot.base = without(robot.scene, "blue_ball")
    robot.look()
    assert "no longer there" in robot.heard("note")[-1] and robot.result(job) is None
    robot.end()
    outcome, reason = robot.result(job)
    assert outcome == "failed" and "blue ball is no longer there" in reason and len(robot.asked) == 1


def test_a_thing_that_was_only_moved_changes_nothing(robot):
    job = robot.say("go to the red ball, then go to the blue ball")
    blue = robot.scene["blue_ball"]
    moved = replace(blue, position=(blue.position[0] + 1.0, *blue.position[1:]))
    robot.scene = robot.base = replace(robot.scene, objects={**robot.scene.objects, "blue_ball": moved})
    robot.look()
    assert robot.finish_all() == [("go_to", "red_ball"), ("go_to", "blue_ball")]
    assert robot.result(job)[0] == "succeeded"


@pytest.fixture(scope="module")
def doors(library):
    """The go2's skills and one that needs an open door, with one that opens it."""

    def like(name, **changes):
        return library["sit"].model_copy(update={"name": name, **changes})

    push = like("push_door", phrases=("push the door", "open the door"), preconditions=(), effects=("open(door)",))
    leave = like("leave", phrases=("leave the room",), preconditions=("open(door)",), effects=("outside(robot)",))
    return SkillLibrary.from_specs("go2", [*library, push, leave])


def test_a_new_fact_has_the_rest_planned_anew(make_robot, doors):
    from skill_stack.planner import Planner

    robot = make_robot(planner=Planner(doors), library=doors)
    robot.scene = robot.base = replace(robot.scene, facts=frozenset({Fact("open", ("door",))}))
    job = robot.say("go to the red ball, then leave the room")
    assert [step.skill for step in robot.shown[-1][0].steps] == ["go_to", "leave"]
    robot.scene = robot.base = replace(robot.scene, facts=frozenset())
    robot.look()
    assert "open(door)" in robot.heard("note")[-1]
    assert [skill for skill, _ in robot.finish_all()] == ["go_to", "push_door", "leave"]
    assert robot.result(job)[0] == "succeeded"
    assert [step.skill for step in robot.shown[-1][0].steps] == ["push_door", "leave"]


@pytest.fixture
def hazardous(make_robot, library):
    from skill_stack.planner import Planner

    specs = [spec.model_copy(update={"hazard": "high"}) if spec.name == "sit" else spec for spec in library]
    dangerous = SkillLibrary.from_specs("go2", specs)
    return make_robot(planner=Planner(dangerous), library=dangerous)


def test_what_is_hazardous_waits_for_a_person_at_a_console(hazardous):
    job = hazardous.say("go to the red ball, then sit down")
    assert hazardous.asked == [] and "hazardous" in hazardous.heard("question")[-1]
    outcome, reason = hazardous.result(hazardous.say("yes"))
    assert outcome == "refusal" and "prompt" in reason and hazardous.asked == []
    assert hazardous.result(hazardous.say("yes", trusted=True))[0] == "succeeded"
    assert hazardous.finish_all() == [("go_to", "red_ball"), ("sit", "")]
    assert hazardous.result(job)[0] == "succeeded"


def test_a_yes_goes_with_the_steps_that_it_was_about(hazardous):
    hazardous.say("go to the red ball, then sit down")
    hazardous.say("yes", trusted=True)
    hazardous.finish_all()
    said = {request.skill: request.confirmation for request in hazardous.asked}
    assert said == {"go_to": "", "sit": SAID_YES}


def test_a_way_on_hazardous_legs_is_hazardous(library):
    assert library.hazard("go_to") == "low"
    dangerous = [spec.model_copy(update={"hazard": "high"}) if spec.name == "walk" else spec for spec in library]
    assert SkillLibrary.from_specs("go2", dangerous).hazard("go_to") == "high"


@pytest.mark.parametrize("trusted", [True, False])
def test_no_is_no_from_anywhere(hazardous, trusted):
    job = hazardous.say("sit down")
    hazardous.say("no", trusted=trusted)
    assert hazardous.result(job)[0] == "refusal" and hazardous.asked == []


def test_silence_is_no(hazardous):
    job = hazardous.say("sit down")
    hazardous.look(31.0)
    assert hazardous.result(job) == ("refusal", "nobody confirmed sit: nobody answered in time")
    assert hazardous.result(hazardous.say("yes", trusted=True))[0] == "statement" and hazardous.asked == []


def test_other_words_are_no_confirmation(hazardous):
    job = hazardous.say("sit down")
    hazardous.say("go to the red ball", trusted=True)
    assert hazardous.result(job)[0] == "refusal" and hazardous.step.skill == "go_to"


def test_what_runs_goes_on_until_the_hazardous_thing_is_confirmed(hazardous):
    old = hazardous.say("go to the red ball")
    new = hazardous.say("sit down")
    assert hazardous.result(old) is None and hazardous.step.skill == "go_to"
    hazardous.say("yes", trusted=True)
    assert hazardous.result(old)[0] == "interrupted" and hazardous.step.skill == "sit"
    hazardous.end()
    assert hazardous.result(new)[0] == "succeeded"


def test_what_was_told_is_known_at_once_after_a_restart_and_until_forgotten(robot, make_robot):
    robot.place(1.0, 1.0, 0.0)
    for words in ("the red ball is called Bob", "this is the kitchen", "the blue ball is mine"):
        assert robot.result(robot.say(words))[0] == "statement"
    robot.say("go to Bob")
    assert robot.step.arguments["target"] == "red_ball"
    later = make_robot()
    later.look()
    later.say("go to the kitchen")
    assert later.step.arguments["target"] == "kitchen"
    assert "the red ball is called Bob" in later.result(later.say("what did I tell you?"))[1]
    assert later.result(later.say("forget that the blue ball is mine"))[1].startswith("Forgotten: 1")
    assert later.result(later.say("forget what I told you about the kitchen"))[1].startswith("Forgotten: 1")
    assert "kitchen" not in later.scene.objects
    assert later.result(later.say("forget everything I told you"))[1].startswith("Forgotten: 1")
    assert later.result(later.say("what did I tell you?"))[1] == "You have told me nothing that I keep."


def test_what_another_process_forgets_is_forgotten_here(robot):
    robot.say("the red ball is called Bob")
    assert "bob" in robot.scene["red_ball"].names
    robot.facts_told.forget([fact.id for fact in robot.facts_told.facts()])
    robot.look()
    assert robot.scene["red_ball"].names == robot.base["red_ball"].names


def test_a_fact_that_is_told_meanwhile_counts_for_the_rest(robot):
    job = robot.say("go to the red ball, then sit down")
    robot.say("the blue ball is mine")
    robot.look()
    assert robot.finish_all() == [("go_to", "red_ball"), ("sit", "")]
    assert robot.result(job)[0] == "succeeded"


@pytest.fixture(scope="module")
def carrying(library):
    """The go2's skills, one that takes something, and one that goes with it."""
    take = library["sit"].model_copy(
        update={"name": "take", "phrases": ("take the parcel",), "preconditions": ("not holding(robot, *)",),
                "effects": ("holding(robot, parcel)",)}
    )  # fmt: skip
    carry = library["go_to"].model_copy(
        update={"name": "carry", "phrases": ("carry it to {target}",), "preconditions": ("holding(robot, parcel)",)}
    )
    return SkillLibrary.from_specs("go2", [*library, take, carry])


def test_what_hands_hold_is_not_taken_anew_after_a_failure_though_nobody_sees_it(make_robot, carrying):
    from skill_stack.planner import Planner

    robot = make_robot(planner=Planner(carrying), library=carrying)
    job = robot.say("take the parcel, then carry it to the red ball")
    robot.end()
    robot.end("failed", **BLOCKED)
    assert [step.skill for step in robot.shown[-1][0].steps] == ["move", "carry"]
    assert robot.heard("replan")[-1].startswith("I will move")
    assert [skill for skill, _ in robot.finish_all()] == ["move", "carry"]
    assert robot.result(job)[0] == "succeeded"


def test_what_slipped_out_of_the_hands_is_taken_again(make_robot, carrying):
    from skill_stack.planner import Planner

    robot = make_robot(planner=Planner(carrying), library=carrying)
    job = robot.say("take the parcel, then carry it to the red ball")
    robot.end()
    robot.end("failed", reason="'parcel' has slipped out of my hands", violated="object is held")
    if robot.result(job):
        robot.say("try again")
    assert robot.finish_all() == [("take", ""), ("carry", "red_ball")]
