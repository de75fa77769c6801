"""The behaviour tree of a plan: one step after the other, repeats, failures, stops."""

import pytest

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.setpoint import StepOutcome
from skill_stack.core.world.fact import Fact
from skill_stack.planner.executor import PlanExecutor


def skill(name, **arguments):
    return PlanNode("skill", skill=name, arguments=arguments)


def plan_of(*children, node="sequence", **arguments):
    return Plan("p", "words", "plan", PlanNode(node, tuple(children), arguments=arguments))


def done(request, outcome="succeeded", **more):
    return StepOutcome(request.id, request.skill, outcome, **more)


def run(executor, limit=50):
    """Answers every step with success and returns the requests in order, and the end."""
    asked, outcomes = [], []
    for now in range(limit):
        progress = executor.tick(float(now), outcomes)
        asked += progress.start
        outcomes = [done(request) for request in progress.start]
        if progress.outcome:
            return asked, progress
    raise AssertionError("the plan did not end")


def test_steps_run_in_order_and_are_numbered(library):
    asked, end = run(PlanExecutor(plan_of(skill("go_to", target="red_ball"), skill("sit")), library))
    assert [(request.id, request.skill) for request in asked] == [("p/1", "go_to"), ("p/2", "sit")]
    assert asked[0].arguments == library["go_to"].complete({"target": "red_ball"})
    assert end.outcome == "succeeded" and "2" in end.reason


def test_a_step_is_asked_for_once_while_it_runs(library):
    executor = PlanExecutor(plan_of(skill("sit")), library)
    (request,) = executor.tick(0.0).start
    for now in range(1, 20):
        progress = executor.tick(float(now), [StepOutcome("other/1", "sit", "succeeded")])
        assert progress.start == () and progress.outcome is None
    assert executor.tick(20.0, [done(request)]).outcome == "succeeded"


def test_repeat_asks_every_round_with_new_numbers(library):
    rounds = PlanNode("repeat", (skill("turn", angle=1.0), skill("wait")), arguments={"count": 3})
    asked, end = run(PlanExecutor(plan_of(rounds, skill("sit")), library))
    assert [request.skill for request in asked] == ["turn", "wait"] * 3 + ["sit"]
    assert [request.id for request in asked] == [f"p/{number}" for number in range(1, 8)]
    assert end.outcome == "succeeded"


def test_failure_ends_the_plan_and_names_the_condition(library):
    executor = PlanExecutor(plan_of(skill("go_to", target="red_ball"), skill("sit")), library)
    (request,) = executor.tick(0.0).start
    end = executor.tick(1.0, [done(request, "failed", reason="blocked by the blue box", violated="stalled_for >= 4 s")])
    assert end.outcome == "failed" and end.start == ()
    assert "go_to" in end.reason and "blocked by the blue box" in end.reason and "stalled_for >= 4 s" in end.reason
    assert executor.tick(2.0, ()).outcome == "failed"
    assert executor.states() == {(): "failed", (0,): "failed", (1,): "waiting"}


def test_interrupted_step_interrupts_the_plan(library):
    executor = PlanExecutor(plan_of(skill("go_to", target="red_ball"), skill("sit")), library)
    (request,) = executor.tick(0.0).start
    end = executor.tick(1.0, [done(request, "interrupted", reason="stop")])
    assert end.outcome == "interrupted" and "stop" in end.reason
    assert executor.states()[(0,)] == "interrupted"


def test_stop_ends_it_and_nothing_is_asked_any_more(library):
    executor = PlanExecutor(plan_of(skill("go_to", target="red_ball"), skill("sit")), library)
    (request,) = executor.tick(0.0).start
    assert executor.stop("somebody said stop").outcome == "interrupted"
    late = executor.tick(1.0, [done(request)])
    assert late.outcome == "interrupted" and late.start == () and late.reason == "somebody said stop"
    assert executor.states() == {(): "interrupted", (0,): "interrupted", (1,): "waiting"}


def test_snapshot_shows_the_running_node(library):
    executor = PlanExecutor(plan_of(skill("go_to", target="red_ball"), skill("sit")), library)
    assert [node.status for node in executor.snapshot()] == ["waiting"] * 3
    (request,) = executor.tick(0.0).start
    assert [node.status for node in executor.snapshot()] == ["running", "running", "waiting"]
    executor.tick(1.0, [done(request)])
    shown = executor.snapshot()
    assert [(node.path, node.status) for node in shown] == [((), "running"), ((0,), "succeeded"), ((1,), "running")]
    assert shown[1].to_json()["arguments"]["target"] == "red_ball"


BALL = "near(robot, red_ball)"
NEAR = frozenset({Fact("near", ("robot", "red_ball"))})


def test_condition_decides_by_the_facts_of_its_turn(library):
    choice = PlanNode("condition", (skill("sit"), skill("turn", angle=1.0)), arguments={"fact": BALL})
    for facts, wanted in ((NEAR, "sit"), (frozenset(), "turn")):
        executor = PlanExecutor(plan_of(choice, skill("wait")), library)
        (request,) = executor.tick(0.0, (), facts).start
        assert request.skill == wanted
        # once chosen it stays, whatever becomes of the fact
        assert [r.skill for r in executor.tick(1.0, [done(request)], NEAR ^ facts).start] == ["wait"]


def test_condition_without_a_second_child_is_passed_over(library):
    only = PlanNode("condition", (skill("sit"),), arguments={"fact": "not near(robot, red_ball)"})
    executor = PlanExecutor(plan_of(only, skill("wait")), library)
    assert [r.skill for r in executor.tick(0.0, (), NEAR).start] == ["wait"]
    assert PlanExecutor(plan_of(only), library).tick(0.0, (), NEAR).outcome == "succeeded"


def test_condition_that_guards_fails_the_plan(library):
    guard = PlanNode("condition", arguments={"fact": "near(robot, red_ball)"})
    end = PlanExecutor(plan_of(guard, skill("sit")), library).tick(0.0, (), frozenset())
    assert end.outcome == "failed" and "near(robot, red_ball)" in end.reason


def test_a_failing_choice_does_not_fall_back_to_the_other(library):
    choice = PlanNode("condition", (skill("sit"), skill("turn", angle=1.0)), arguments={"fact": BALL})
    executor = PlanExecutor(plan_of(choice), library)
    (request,) = executor.tick(0.0, (), NEAR).start
    end = executor.tick(1.0, [done(request, "failed", reason="slipped")], frozenset())
    assert end.outcome == "failed" and end.start == ()


def test_wrong_conditions_are_refused(library):
    for children in ((skill("sit"),), (skill("sit"), skill("sit"), skill("sit"))):
        facts = {} if len(children) == 1 else {"fact": "near(robot, red_ball)"}
        with pytest.raises(DataError):
            PlanExecutor(plan_of(PlanNode("condition", children, arguments=facts)), library)


def test_parallel_steps_start_together(library):
    both = PlanNode("parallel", (skill("wait"), skill("sit")))
    executor = PlanExecutor(plan_of(both), library)
    first, second = executor.tick(0.0).start
    assert executor.tick(1.0, [done(first)]).outcome is None
    assert executor.tick(2.0, [done(second)]).outcome == "succeeded"


@pytest.mark.parametrize("status", ["question", "refusal", "statement"])
def test_only_a_plan_can_run(library, status):
    with pytest.raises(DataError, match="nothing to run"):
        PlanExecutor(Plan("p", "words", status, reason="why"), library)


def test_wrong_nodes_are_refused_before_anything_moves(library):
    with pytest.raises(UnknownName):
        PlanExecutor(plan_of(skill("sit"), skill("fly")), library)
    with pytest.raises(DataError, match="outside"):
        PlanExecutor(plan_of(skill("move", forward=99.0)), library)
    with pytest.raises(DataError, match="count"):
        PlanExecutor(plan_of(PlanNode("repeat", (skill("sit"),), arguments={"count": 0})), library)
    with pytest.raises(DataError, match="children"):
        PlanExecutor(plan_of(), library)


def test_a_planned_sentence_runs_to_its_end(ask, library):
    plan = ask("sit down and stand up twice, then go to the red ball and turn left three times")
    asked, end = run(PlanExecutor(plan, library))
    assert [request.skill for request in asked] == [step.skill for step in plan.steps]
    assert end.outcome == "succeeded"


def test_a_planned_condition_runs_the_side_that_holds(ask, library):
    plan = ask("if you are near the red ball sit, otherwise turn left, then wait 3 seconds")
    assert not plan.to_json()["steps_complete"] and plan.tree.children[0].arguments == {"fact": "near(robot, red_ball)"}
    for facts, wanted in ((NEAR, "sit"), (frozenset(), "turn")):
        assert PlanExecutor(plan, library).tick(0.0, (), facts).start[0].skill == wanted


AT_BALL = Fact("near", ("robot", "red_ball"))


def until(*children, **arguments):
    return PlanNode("repeat", tuple(children), arguments={"until": str(AT_BALL), **arguments})


def test_until_goes_on_round_by_round_and_ends_at_once_when_the_fact_holds(library):
    executor = PlanExecutor(plan_of(until(skill("turn", angle=1.0)), skill("sit")), library)
    (first,) = executor.tick(0.0, facts=frozenset()).start
    (second,) = executor.tick(1.0, [done(first)]).start
    assert second.skill == "turn"
    progress = executor.tick(2.0, facts=frozenset({AT_BALL}))
    assert progress.cancel == (second.id,) and [request.skill for request in progress.start] == ["sit"]
    # the outcome of what was given up says nothing any more
    assert executor.tick(3.0, [done(second, "interrupted")]).outcome is None
    assert executor.tick(4.0, [done(progress.start[0])]).outcome == "succeeded"


def test_until_of_what_holds_already_does_nothing(library):
    executor = PlanExecutor(plan_of(until(skill("turn", angle=1.0))), library)
    progress = executor.tick(0.0, facts=frozenset({AT_BALL}))
    assert progress.start == () and progress.outcome == "succeeded"


def test_until_is_given_up_after_its_time_and_says_so(library):
    executor = PlanExecutor(plan_of(until(skill("turn", angle=1.0), seconds=5.0)), library)
    (request,) = executor.tick(0.0, facts=frozenset()).start
    assert executor.tick(5.0).outcome is None
    end = executor.tick(5.1)
    assert end.cancel == (request.id,) and end.outcome == "failed" and "within 5 s" in end.reason


def test_until_fails_with_what_is_done_meanwhile(library):
    executor = PlanExecutor(plan_of(until(skill("turn", angle=1.0))), library)
    (request,) = executor.tick(0.0, facts=frozenset()).start
    assert executor.tick(1.0, [done(request, "failed", reason="slipped")]).outcome == "failed"


@pytest.mark.parametrize("arguments", [{"until": "near"}, {"until": "near(robot, x)", "seconds": -1.0}])
def test_a_wrong_until_is_refused(library, arguments):
    with pytest.raises(DataError):
        PlanExecutor(plan_of(PlanNode("repeat", (skill("sit"),), arguments=arguments)), library)
