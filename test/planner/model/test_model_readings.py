"""Two readings of the same words: what agrees runs, about what differs a person is asked."""

import json

import pytest

from skill_stack.core.plan import PlanNode
from skill_stack.planner.model.model_readings import same

INFERRED = "go to the rde ball"  # the planner without a model would go there
GUESSES = ("say hello", INFERRED)
FOUND = ("go_to", {"target": "red_ball", "gap": 0.04, "side": "any", "frame": "viewer", "way": ""})


def says(answer, text=""):
    return {"answer": answer, "steps": [], "text": text}


@pytest.mark.parametrize("words", GUESSES)
def test_what_both_read_runs(using, server, kit, words):
    own = using.own(words)
    assert own.proposed
    server.script = [kit.plan_of(*(kit.step(one.skill, **one.arguments) for one in own.steps))]
    plan = using.ask(words)
    assert (plan.status, plan.tree, plan.id) == ("plan", own.tree, own.id)
    assert plan.reason.startswith("I will ") and "local reads it so too" in plan.reason


def test_defaults_left_out_are_the_same_plan(using, server, kit):
    server.script = [kit.plan_of(kit.step("go_to", target="red_ball", gap=None, side=None))]
    assert using.ask(INFERRED).status == "plan"


@pytest.mark.parametrize(
    "steps",
    [
        [("go_to", {"target": "blue_ball", "gap": None, "side": None, "way": None})],
        [("go_to", {"target": "red_ball", "gap": 0.5, "side": None, "way": None})],
        [("go_to", {"target": "red_ball", "gap": None, "side": None, "way": None}), ("wave", {})],
        [("wave", {})],
    ],
)
def test_what_differs_is_asked_about_with_both(using, server, kit, steps):
    server.script = [kit.plan_of(*(kit.step(skill, **arguments) for skill, arguments in steps))]
    own, plan = using.own(INFERRED), using.ask(INFERRED)
    assert plan.proposed and plan.certainty == "disputed"
    assert plan.tree == own.tree, "the first is the planner's own"
    assert [one.skill for one in plan.others[0].steps] == [skill for skill, _ in steps]
    assert plan.others[0].status == "plan" and plan.others[0].id != plan.id
    assert "(1) go to the red ball; local reads it as (2) " in plan.reason
    assert plan.to_json()["others"][0]["steps"][0]["skill"] == steps[0][0]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (says("nothing"), "local reads nothing to do in it"),
        (says("question", "Whose ball?"), "local asks: Whose ball?"),
        (says("refusal", "Balls feel nothing."), "local says that it cannot be done: Balls feel nothing."),
    ],
)
def test_a_model_may_veto(using, server, answer, told):
    server.script = [answer]
    own, plan = using.own(INFERRED), using.ask(INFERRED)
    assert plan.proposed and plan.certainty == "disputed" and not plan.others
    assert plan.tree == own.tree and told in plan.reason and own.reason in plan.reason


@pytest.mark.parametrize("words", ["gehe zum roten Ball", "go to the ball", "the sky is blue"])
def test_a_plan_that_only_the_model_has_is_asked_about(using, server, words):
    own, plan = using.own(words), using.ask(words)
    assert own.tree is None
    assert plan.proposed and plan.certainty == "disputed" and not plan.others
    assert [(one.skill, dict(one.arguments)) for one in plan.steps] == [FOUND]
    assert "local reads it as: go to the red ball. Shall I?" in plan.reason


@pytest.mark.parametrize("words", ["gehe zum roten Ball", "go to the ball", "the sky is blue"])
@pytest.mark.parametrize("answer", [says("nothing"), says("refusal", "I have no arms.")])
def test_where_neither_moves_the_planner_answers(using, server, words, answer):
    server.script = [answer]
    assert using.ask(words) == using.own(words)


def test_a_question_takes_the_place_of_a_refusal(using, server):
    text = "Which\nsphere\u202e, the red\x1b[31m one?" + "!" * 900
    server.script = [says("question", text)]
    plan = using.ask()
    assert (plan.status, plan.tree, plan.id) == ("question", None, using.own().id)
    assert plan.reason.startswith("Which sphere, the red") and len(plan.reason) <= 300
    assert plan.reason.isprintable()


@pytest.mark.parametrize("words", ["go to the ball", "the sky is blue", "go to the elephant"])
def test_a_question_takes_the_place_of_nothing_else(using, server, words):
    server.script = [says("question", "Eh?")]
    assert using.ask(words) == using.own(words)


def test_a_refused_proposal_leaves_the_planners_own(using, server, kit):
    server.script = [kit.plan_of(kit.step("fly"))]
    assert using.ask(INFERRED) == using.own(INFERRED)


def test_the_model_does_not_see_what_the_planner_reads(using, server):
    using.ask(INFERRED)
    told = json.dumps(server.requests[0]["messages"])
    assert using.own(INFERRED).reason not in told and "Shall I" not in told


def node(skill, **arguments):
    return PlanNode("skill", skill=skill, arguments=arguments)


def test_plans_are_the_same_by_what_is_done():
    one = PlanNode("sequence", (node("turn", angle=1.5708), node("sit")), why="asked for")
    nested = PlanNode("sequence", (PlanNode("sequence", (node("turn", angle=1.57),)), node("sit")), why="proposed")
    assert same(one, nested)
    assert not same(one, PlanNode("sequence", one.children[::-1]))
    assert not same(one, PlanNode("sequence", one.children[:1]))
    assert not same(node("turn", angle=1.57), node("turn", angle=-1.57))
    assert not same(node("turn", angle=1.57), node("turn", angle=1.6))
    assert not same(node("turn", angle=1.57), node("spin", angle=1.57))


def test_rounds_are_the_same_as_steps():
    turn = node("turn", angle=1.0)
    assert same(PlanNode("repeat", (turn,), arguments={"count": 3}), PlanNode("sequence", (turn,) * 3))
    assert not same(PlanNode("repeat", (turn,), arguments={"count": 2}), PlanNode("sequence", (turn,) * 3))


@pytest.mark.parametrize(
    "tree",
    [
        PlanNode("parallel", (node("sit"), node("wave"))),
        PlanNode("condition", (node("sit"),), arguments={"fact": "near(robot, x)"}),
        PlanNode("sequence", (PlanNode("repeat", (node("sit"),), arguments={"until": "near(robot, x)"}),)),
    ],
)
def test_what_conditions_decide_is_never_the_same(tree):
    assert not same(tree, tree)
    assert not same(tree, PlanNode("sequence", tuple(tree.skills())))
