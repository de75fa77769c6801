"""Two plans for the same words: which of them runs says a person."""

from dataclasses import replace

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.language.corrections.words import pick

UNREAD = "say hello"


class Disputing:
    """A planner whose guesses a model reads as sitting down; with ``alone`` the model has no plan of its own."""

    def __init__(self, planner, alone=False):
        self.planner, self.library, self.hazards, self.alone = planner, planner.library, planner.hazards, alone

    def wording(self, plan, scene, facts):
        return self.planner.wording(plan, scene, facts)

    def plan(self, instruction, scene, facts):
        plan = self.planner.plan(instruction, scene, facts)
        if not plan.proposed:
            return plan
        other = self.planner.plan(replace(instruction, text="sit down"), scene, facts)
        return replace(plan, certainty="disputed", others=() if self.alone else (other,))


@pytest.fixture
def make(make_robot, planner):
    return lambda alone=False, **options: make_robot(planner=Disputing(planner, alone), **options)


@pytest.mark.parametrize(
    ("answer", "done"),
    [("one", "wave"), ("the first one", "wave"), ("2", "sit"), ("second please", "sit")],
)
def test_the_one_that_is_picked_runs(make, answer, done):
    robot = make()
    job = robot.say(UNREAD)
    assert robot.asked == [] and "Say 'one', 'two' or 'neither'" in robot.heard("question")[-1]
    assert robot.result(robot.say(answer))[0] == "succeeded"
    assert robot.finish_all() == [(done, "")] and robot.result(job)[0] == "succeeded"


@pytest.mark.parametrize("answer", ["neither", "none of them", "no"])
def test_neither_may_be_meant(make, answer):
    robot = make()
    job = robot.say(UNREAD)
    robot.say(answer)
    assert robot.result(job)[0] == "refusal" and robot.asked == []


@pytest.mark.parametrize(("answer", "meant"), [("one", "wave"), ("two", "sit"), ("neither", None)])
def test_what_was_meant_is_told_to_whoever_keeps_the_record(make, answer, meant):
    robot, told = make(), []
    robot.dialogue.on_answered = lambda plan, chosen: told.append((plan.certainty, chosen))
    robot.say(UNREAD)
    robot.say(answer)
    ((certainty, chosen),) = told
    assert certainty == "disputed" and (chosen and [step.skill for step in chosen.steps]) == (meant and [meant])


def test_a_yes_picks_none(make):
    robot = make()
    robot.say(UNREAD)
    robot.say("yes")
    assert robot.asked == []


@pytest.mark.parametrize("alone", [True, False])
def test_what_is_disputed_is_asked_about_in_every_deployment(make, alone):
    robot = make(alone, ask_inferred=False)
    robot.say(UNREAD)
    assert robot.asked == [] and "Shall I wave" in robot.heard("question")[-1]


def test_a_yes_to_one_dispute_is_none_to_the_next(make):
    robot = make(alone=True)
    robot.say("go to the red ball")
    robot.say(f"then {UNREAD}")
    robot.say("yes")
    assert robot.finish_all() == [("go_to", "red_ball")], "planned anew when its turn comes, and asked about again"
    assert len([text for text in robot.heard("question") if "Shall I wave" in text]) == 2
    robot.say("yes")
    assert robot.finish_all() == [("wave", "")]


def test_a_yes_to_a_dispute_is_none_to_a_guess(make):
    """What was agreed on is the model's plan; planned anew while no model answers, it is the planner's own again."""
    robot = make()
    robot.say("go to the red ball")
    robot.say(f"then {UNREAD}")
    robot.say("two")
    robot.dialogue._planner = robot.planner = robot.planner.planner
    assert robot.finish_all() == [("go_to", "red_ball")]
    assert "Shall I wave" in robot.heard("question")[-1]


@pytest.mark.parametrize("words", ["go to the first one", "one more time", "two metres forward", "yes", ""])
def test_other_words_pick_nothing(words):
    assert pick(words) is None


BRING = "bring the red ball to the table"
"""What the robot cannot do; two of its skills are near."""


@pytest.mark.parametrize("number, answer", [(0, "one"), (1, "the second one"), (1, "2")])
def test_of_the_nearest_skills_the_one_that_is_picked_runs(make_robot, planner, number, answer):
    robot = make_robot(planner=planner)
    offers = planner.plan(Instruction(BRING), robot.scene, robot.facts())
    picked = (offers, *offers.others)[number]
    job = robot.say(BRING)
    assert robot.asked == [] and "Say 'one', 'two' or 'neither'" in robot.heard("question")[-1]
    robot.say(answer)
    assert [done for done, _ in robot.finish_all()] == [step.skill for step in picked.steps]
    assert robot.result(job)[0] == "succeeded"


def test_of_the_nearest_skills_none_may_be_meant_even_where_guesses_run_unasked(make_robot, planner):
    robot = make_robot(planner=planner, ask_inferred=False)
    job = robot.say(BRING)
    assert robot.asked == []
    robot.say("none")
    assert robot.result(job)[0] == "refusal" and robot.asked == []
