"""A choice among proposals: what most lead to wins, what fails counts for nothing, no majority is no plan."""

import math

import pytest

from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.world.scene import Pose2, SceneGraph
from skill_stack.planner.proposal_choice import chosen_by_result
from skill_stack.planner.trial import Trial, TrialEnd, TrialSituation

SITUATION = TrialSituation(SceneGraph(robot=Pose2(0.0, 0.0, 0.0)), frozenset())


def plan(*targets):
    steps = tuple(PlanNode("skill", skill="go_to", arguments={"target": one}) for one in targets)
    return Plan("-".join(targets), "", "plan", PlanNode("sequence", steps))


class World:
    """A robot that gets to everything but the pond; *ball* and *football* are one thing."""

    def __init__(self):
        self.made = []

    def trials(self, situation, jobs):
        for job in jobs:
            self.made.append(job)
            course = tuple(step.arguments["target"].replace("football", "ball") for step in job.plan.steps)
            end = TrialEnd(course, Pose2(float(len(course)), 0.0, 0.0))
            yield job, Trial("pond" not in course, "wet feet", 1.0, end)


def chosen(*plans, rehearser=None, clock=lambda: 0.0):
    return chosen_by_result(rehearser or World(), SITUATION, plans, 3.0, clock)


def test_different_steps_that_lead_to_the_same_count_together():
    vote = chosen(plan("box"), plan("ball"), plan("football"))
    assert vote.plan is not None and vote.plan.id in ("ball", "football") and (vote.votes, vote.of) == (2, 3)


def test_without_a_rehearsal_only_the_same_steps_do():
    plans = [plan("box"), plan("ball"), plan("football")]
    assert chosen_by_result(None, SITUATION, plans, 3.0, lambda: 0.0).plan is None
    assert chosen_by_result(None, SITUATION, [*plans[1:], plan("ball")], 3.0, lambda: 0.0).plan.id == "ball"


def test_what_fails_is_not_taken_even_by_a_majority_and_its_reason_is_told():
    vote = chosen(plan("pond"), plan("pond"), plan("pond"), plan("ball"), plan("ball"))
    assert vote.plan is None and vote.votes == 2 and "wet feet" in vote.reason


def test_every_different_plan_is_tried_once_in_each_world_the_most_frequent_first():
    world = World()
    chosen(plan("box"), plan("ball"), plan("ball"), rehearser=world)
    assert [(job.plan.id, job.world) for job in world.made[:4]] == [("ball", 0), ("box", 0), ("ball", 1), ("box", 1)]


def test_the_time_limit_ends_the_trials():
    times = iter([0.0, 1.0, 9.0])
    world = World()
    chosen(plan("box"), plan("ball"), plan("ball"), rehearser=world, clock=lambda: next(times))
    assert len(world.made) == 2


@pytest.mark.parametrize(
    ("pose", "same"),
    [(Pose2(0.2, 0.2, 0.0), True), (Pose2(0.5, 0.0, 0.0), False), (Pose2(0.0, 0.0, 2 * math.pi - 0.1), True),
     (Pose2(0.0, 0.0, 1.0), False)],
)  # fmt: skip
def test_ends_are_the_same_within_half_a_body(pose, same):
    assert TrialEnd(("ball",), Pose2(0.0, 0.0, 0.0)).same(TrialEnd(("ball",), pose)) is same
