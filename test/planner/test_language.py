"""Tables of sentences: what must be done, and what must be answered instead."""

from pathlib import Path

import pytest
import yaml

DATA = Path(__file__).resolve().parents[1] / "data" / "language"
PLANS = yaml.safe_load((DATA / "plans.yaml").read_text(encoding="utf-8"))
ANSWERS = yaml.safe_load((DATA / "answers.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", PLANS, ids=lambda row: row["say"][:60])
def test_sentence_gives_these_steps(ask, library, row):
    plan = ask(row["say"])
    assert plan.tree is not None, plan.reason
    wanted = [(skill, library[skill].complete(*arguments or [{}])) for skill, *arguments in row["do"]]
    assert [step.skill for step in plan.steps] == [skill for skill, _ in wanted]
    for step, (_, arguments) in zip(plan.steps, wanted, strict=True):
        assert (
            step.arguments == pytest.approx(arguments, abs=1e-3)
            if _numbers(arguments)
            else (step.arguments == arguments)
        )


def _numbers(arguments):
    return all(isinstance(value, float) for value in arguments.values())


@pytest.mark.parametrize("status,text", [(status, text) for status, rows in ANSWERS.items() for text in rows])
def test_sentence_is_answered_without_moving(ask, status, text):
    plan = ask(text)
    if status == "refusal" and plan.certainty == "nearest":
        assert plan.status == "question" and "The nearest that I can do" in plan.reason
        return
    assert plan.status == status, plan.reason
    assert plan.tree is None
    assert len(plan.reason) > 10


@pytest.mark.parametrize(
    "text,words",
    [
        ("go to the purple elephant", ["purple elephant", "red ball", "start"]),
        ("fly to the moon", ["fly to the moon", "go to", "lie down"]),
        ("make coffee", ["make coffee", "I can"]),
        ("go to the box", ["blue box", "green box", "yellow box"]),
        ("go to", ["Go to what"]),
        ("walk forward 50 metres", ["50 m", "-10…10"]),
        ("wait for three hours", ["10800 s", "0…600"]),
        ("turn 4000 degrees", ["69.8132 rad"]),
        ("walk to the red ball and then fly", ["fly"]),
        ("sit down and juggle the balls", ["juggle"]),
        ("walk to the red ball and then if it is raining sit", ["it is raining"]),
        ("turn", ["which way"]),
        ("step aside", ["left or right"]),
        ("go to both boxes", ["3", "not two"]),
        ("go to the fourth nearest box", ["3"]),
        ("turn left a thousand times", ["1000", "50"]),
    ],
)
def test_answer_names_what_is_wrong_and_what_would_work(ask, text, words):
    plan = ask(text)
    assert plan.status in ("refusal", "question")
    for word in words:
        assert word in plan.reason


def test_one_clause_that_is_not_understood_refuses_everything(ask):
    for text in ("go to the red ball and sprottle", "sprottle and go to the red ball", "sit then grommet then stand"):
        assert ask(text).status == "refusal"


def test_manner_is_ignored_aloud_and_slips_are_told(ask):
    plan = ask("walk slowly to the rde bal")
    assert [step.skill for step in plan.steps] == ["go_to"]
    assert "slowly" in plan.reason and "'bal' as 'ball'" in plan.reason and "'rde' as 'red'" in plan.reason


def test_skills_that_only_serve_others_are_offered_to_nobody(ask, library):
    serving = {"gaits", "gait_stand"}
    assert all(name in library for name in serving) and serving.isdisjoint(spec.name for spec in library)
    assert not {"gaits", "gait stand"} & set(ask("fly to the moon").reason.removesuffix(".").split(", "))
    assert all(step.skill not in serving for words in ("gaits", "gait stand") for step in ask(words).steps)


@pytest.mark.parametrize("text", ["go to the red ball", "walk over to the red ball", "approach the red ball"])
def test_other_ways_of_going_there_are_left_to_the_connector(ask, text):
    assert {tuple(step.skill for step in ask(text).steps) for _ in range(3)} == {("go_to",)}


def test_a_place_that_something_is_pushed_to_is_asked_for(ask):
    plan = ask("push the red ball")
    assert (plan.status, plan.tree) == ("question", None)
    assert plan.reason.startswith("Push the red ball to what?")


def test_every_step_says_why(ask):
    plan = ask("walk to the red ball and sit down in front of it")
    assert [step.why for step in plan.steps] == [
        'asked: "walk to the red ball"', 'asked: "sit down in front of it"',
    ]  # fmt: skip


def test_facts_tell_what_will_be_true(ask):
    plan = ask("walk to the red ball and sit down")
    assert set(plan.facts) == {"near(robot, red_ball)", "facing(robot, red_ball)", "posture(robot, sitting)"}


def test_statement_teaches_a_fact(ask):
    assert ask("the red ball is on the table").facts == ("on(red_ball, brown_table)",)


def test_repetition_is_one_node(ask):
    plan = ask("turn left three times")
    assert [node.type for node in plan.tree.children] == ["repeat"]
    assert plan.tree.children[0].arguments == {"count": 3}
    assert len(plan.steps) == 3


def test_nearest_is_counted_from_where_the_robot_will_be(ask):
    assert ask("go to the nearest box").steps[0].arguments["target"] == "blue_box"
    later = ask("go to the white cylinder and then to the nearest box")
    assert later.steps[1].arguments["target"] == "yellow_box"


def test_left_is_seen_from_where_the_robot_will_look(ask):
    assert ask("go to the leftmost cylinder").steps[0].arguments["target"] == "purple_cylinder"
    turned = ask("turn around and go to the leftmost cylinder")
    assert turned.steps[1].arguments["target"] == "white_cylinder"


@pytest.mark.parametrize("text", ["stop", "STOP!", "Stop it please", "halt", "freeze", "stop stop stop",
                                  "stop right there", "please stop moving", "don't move"])  # fmt: skip
def test_stop_is_recognised_without_planning(planner, ask, text):
    assert planner.is_stop(text)
    assert [step.skill for step in ask(text).steps] == ["stand"]


@pytest.mark.parametrize(
    "text", ["stop at the red ball", "go to the red ball and stop", "", "sit", "no", "stop for 5 seconds"]
)
def test_a_sentence_with_stop_in_it_is_no_stop(planner, text):
    assert not planner.is_stop(text)


def test_stop_moves_nothing_while_sitting(ask, sitting):
    assert ask("stop", sitting).status == "statement"


def test_plan_ids_differ_by_time_and_agree_otherwise(planner, scene, standing):
    from skill_stack.core.instruction import Instruction

    ids = [planner.plan(Instruction("sit", time=time), scene, standing).id for time in (0.0, 0.0, 1.0)]
    assert ids[0] == ids[1] != ids[2]
    assert all("/" not in one for one in ids)
