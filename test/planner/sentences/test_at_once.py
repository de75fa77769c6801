"""Two things at once: what may run together, how it ends, and what one person's word does to one of them."""

import pytest

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.setpoint import StepOutcome
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Fact
from skill_stack.planner.executor import PlanExecutor
from skill_stack.planner.symbolic.checker import Checker, Unreachable, node_of
from skill_stack.planner.symbolic.tree import parts_of

STANDING, SITTING = Fact("posture", ("robot", "standing")), Fact("posture", ("robot", "sitting"))


def spec(name, **more):
    return SkillSpec.model_validate(
        {
            "name": name, "robot": "r", "kind": "guided", "description": name, "timeout": 60.0,
            "envelope": {"tilt": 1, "angular_speed": 6}, "phases": [{"name": "only", "stance": name}],
            "provenance": {"recipe": "test"}, "guided": {"base": name, "guide": "none"}, **more,
        }
    )  # fmt: skip


TARGET = {"name": "target", "type": "object", "description": "where"}
SPEED = {"name": "speed", "description": "s", "unit": "m/s", "lower": 0.0, "upper": 1.0, "default": 0.4}


@pytest.fixture(scope="module")
def robot():
    stands = ["posture(robot, standing)"]
    return SkillLibrary.from_specs("r", [
        spec("go", goal=[TARGET, SPEED], needs=["legs"], prefers=["arms"], preconditions=stands,
             effects=["not near(robot, *)", "near(robot, $target)"]),
        spec("sit", needs=["legs"], preconditions=stands,
             effects=["not posture(robot, *)", "posture(robot, sitting)"]),
        spec("rise", needs=["legs"], effects=["not posture(robot, *)", "posture(robot, standing)"]),
        spec("wave", needs=["right_arm"], preconditions=stands),
        spec("salute", needs=["arms"]),
        spec("grasp", needs=["left_arm"], preconditions=["near(robot, $target)"], goal=[TARGET],
             effects=["holding(robot, $target)"]),
        spec("say", needs=[]),
        spec("wait", needs=[]),
    ], {"arms": ["left_arm", "right_arm"]})  # fmt: skip


def skill(name, **arguments):
    return PlanNode("skill", skill=name, arguments=arguments)


def at_once(*children, **arguments):
    return PlanNode("parallel", tuple(children), arguments=arguments)


def seq(*children):
    return PlanNode("sequence", tuple(children))


def completed(robot, node, *facts):
    return Checker(robot, ("box", "ball")).complete(parts_of(node, robot), frozenset(facts))


def test_different_pieces_of_the_body_go_together_and_what_gives_way_is_told(robot):
    (both,), after = completed(robot, at_once(skill("go", target="box"), skill("wave")), STANDING)
    assert both.told == ("go leaves the right arm to wave",)
    assert Fact("near", ("robot", "box")) in after and STANDING in after
    assert node_of(both).why == "go leaves the right arm to wave"


def test_the_same_piece_is_refused_by_its_name_with_both_skills(robot):
    with pytest.raises(Unreachable, match="go and sit cannot be done at the same time: both need the legs"):
        completed(robot, at_once(skill("go", target="box"), skill("sit")), STANDING)
    with pytest.raises(Unreachable, match="salute.*both need the right arm"):
        completed(robot, at_once(skill("wave"), skill("salute")), STANDING)


def test_what_needs_nothing_goes_with_everything(robot):
    (both,), _ = completed(robot, at_once(skill("say"), skill("sit"), skill("salute")), STANDING)
    assert both.told == ()


def test_one_that_undoes_what_the_other_needs_is_refused_with_the_condition(robot):
    with pytest.raises(Unreachable, match=r"sit ends posture\(robot, standing\), which wave needs") as refused:
        completed(robot, at_once(skill("sit"), skill("wave")), STANDING)
    assert refused.value.skill == "wave" and "posture(robot, standing)" in refused.value.condition
    with pytest.raises(Unreachable, match=r"go ends near\(robot, ball\), which grasp needs"):
        completed(robot, at_once(skill("go", target="box"), skill("grasp", target="ball")), STANDING,
                  Fact("near", ("robot", "ball")))  # fmt: skip


def test_what_all_of_them_need_first_comes_before_all_of_them(robot):
    parts, _ = completed(robot, at_once(skill("go", target="box"), skill("wave")), SITTING)
    assert [type(part).__name__ for part in parts] == ["Step", "Both"] and parts[0].spec.name == "rise"
    assert [[step.spec.name for step in branch] for branch in parts[1].branches] == [["go"], ["wave"]]


def test_of_a_branch_that_is_cut_off_nothing_is_counted_on(robot):
    node = at_once(skill("wave"), skill("go", target="box"), main=0)
    near = Fact("near", ("robot", "ball"))
    _, after = completed(robot, node, STANDING, near)
    assert near not in after and Fact("near", ("robot", "box")) not in after and STANDING in after


def test_the_simulation_names_step_and_condition_inside_of_parallel_and_repeated_steps(robot):
    check = Checker(robot).check
    legs = check(seq(skill("wave"), at_once(skill("go", target="box"), skill("sit"))), frozenset({STANDING}))
    assert (legs.skill, legs.number) == ("sit", 3) and "the legs" in legs.condition and "go" in legs.condition
    seated = check(seq(at_once(skill("sit"), skill("say")), skill("wave")), frozenset({STANDING}))
    assert (seated.skill, seated.condition, seated.number) == ("wave", "posture(robot, standing)", 3)
    rounds = PlanNode("repeat", (skill("wave"), skill("sit")), arguments={"count": 2})
    again = check(rounds, frozenset({STANDING}))
    assert (again.skill, again.number) == ("wave", 3)
    until = PlanNode("repeat", (skill("wave"), skill("sit")), arguments={"until": "open(door)"})
    assert check(until, frozenset({STANDING})).number == 3
    otherwise = PlanNode("condition", (skill("say"), skill("wave")), arguments={"fact": "near(robot, box)"})
    assert check(otherwise, frozenset({SITTING})).skill == "wave"
    assert check(at_once(skill("go", target="box"), skill("wave")), frozenset({STANDING})) is None


class Run:
    """An executor with its requests by skill."""

    def __init__(self, robot, *children, **arguments):
        tree = PlanNode("sequence", (at_once(*children, **arguments),))
        self.executor = PlanExecutor(Plan("p", "words", "plan", tree), robot)
        self.asked, self.cancelled, self.notes, self.now, self.end = {}, [], [], 0.0, None
        self.tick()

    def tick(self, *outcomes):
        self.now += 1.0
        progress = self.executor.tick(self.now, outcomes)
        self.asked |= {request.skill: request for request in progress.start}
        self.cancelled += [s for s, r in self.asked.items() if r.id in progress.cancel]
        self.notes += progress.notes
        self.end = progress if progress.outcome else self.end
        return progress

    def ends(self, skill, outcome="succeeded", **more):
        return self.tick(StepOutcome(self.asked[skill].id, skill, outcome, **more))


def test_both_are_asked_for_at_once_and_both_must_succeed(robot):
    run = Run(robot, skill("go", target="box"), skill("wave"))
    assert set(run.asked) == {"go", "wave"}
    run.ends("wave")
    assert run.end is None and run.cancelled == []
    run.ends("go")
    assert run.end.outcome == "succeeded"
    assert set(run.executor.states().values()) == {"succeeded"}


def test_it_ends_with_the_main_branch(robot):
    run = Run(robot, skill("go", target="box"), skill("wave"), main=0)
    run.ends("go")
    assert run.end.outcome == "succeeded" and run.cancelled == ["wave"]
    assert run.executor.states()[(0, 1)] == "interrupted"


def test_a_failure_is_told_and_ends_what_runs_beside_it(robot):
    run = Run(robot, skill("go", target="box"), skill("wave"))
    run.ends("wave", "failed", reason="the arm is blocked", violated="stalled_for >= 4 s")
    assert run.cancelled == ["go"] and run.end.outcome == "failed"
    assert "wave failed: the arm is blocked (stalled_for >= 4 s)" in run.end.reason
    assert run.notes == ["wave failed: the arm is blocked; what goes on beside it ends too"]


def test_a_failure_leaves_independent_things_going_and_counts_at_the_end(robot):
    run = Run(robot, skill("go", target="box"), skill("wave"), independent=True)
    run.ends("wave", "failed", reason="the arm is blocked")
    assert run.end is None and run.cancelled == [] and run.notes[0].endswith("the rest goes on")
    run.ends("go")
    assert run.end.outcome == "failed" and "the arm is blocked" in run.end.reason


def test_leaving_one_leaves_the_other_going(robot):
    run = Run(robot, skill("go", target="box"), seq(skill("wave"), skill("salute")))
    assert run.executor.leave(run.asked["wave"].id, "left out, as you said")
    run.tick()
    assert run.cancelled == ["wave"] and "salute" not in run.asked and run.end is None
    run.ends("wave", "interrupted", reason="cancelled")
    assert run.end is None and run.executor.states()[(0, 1)] == "interrupted"
    run.ends("go")
    assert run.end.outcome == "succeeded" and "wave left out, as you said" in run.end.reason


def test_a_step_alone_cannot_be_left_only_the_plan_can_be_stopped(robot):
    run = Run(robot, skill("go", target="box"), skill("wave"))
    run.ends("wave")
    assert not run.executor.leave(run.asked["go"].id) and not run.executor.leave("p/99")


def test_changing_one_asks_for_it_anew_and_does_not_touch_the_other(robot):
    run = Run(robot, skill("go", target="box"), skill("wave"))
    first = run.asked["go"]
    assert run.executor.change(first.id, {"speed": 0.2})
    progress = run.tick()
    assert progress.cancel == (first.id,) and [r.skill for r in progress.start] == ["go"]
    assert run.asked["go"].arguments == {"target": "box", "speed": 0.2} and run.asked["go"].id != first.id
    run.tick(StepOutcome(first.id, "go", "interrupted", reason="replaced"))
    run.ends("wave")
    run.ends("go")
    assert run.end.outcome == "succeeded"


def test_a_change_that_cannot_be_changes_nothing(robot):
    run = Run(robot, skill("go", target="box"), skill("wave"))
    with pytest.raises(DataError, match="speed"):
        run.executor.change(run.asked["go"].id, {"speed": 9.0})
    with pytest.raises(UnknownName, match="pace"):
        run.executor.change(run.asked["go"].id, {"pace": 1.0})
    progress = run.tick()
    assert progress.start == () and progress.cancel == ()


def test_a_parallel_node_within_a_repeat_begins_anew_every_round(robot):
    both = at_once(skill("wave"), skill("say"), main=0)
    tree = PlanNode("repeat", (both,), arguments={"count": 3})
    executor, asked, outcomes = PlanExecutor(Plan("p", "w", "plan", tree), robot), [], []
    for now in range(20):
        progress = executor.tick(float(now), outcomes)
        asked += [request.skill for request in progress.start]
        outcomes = [StepOutcome(r.id, r.skill, "succeeded") for r in progress.start if r.skill == "wave"]
        if progress.outcome:
            break
    assert progress.outcome == "succeeded" and asked == ["wave", "say"] * 3


def test_main_must_be_a_branch(robot):
    with pytest.raises(DataError, match="0 to 1"):
        Run(robot, skill("wave"), skill("say"), main=2)
