"""Shares carried out together: what waits for what, and what becomes of the rest when one fails."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.core.instruction import Instruction
from skill_stack.core.resources import Resources
from skill_stack.core.steps import Step
from skill_stack.planner.fleet.fleet_file import FleetFile, FleetMember, fleet_of, load_fleet
from skill_stack.planner.fleet.fleet_run import FleetRun
from skill_stack.planner.given_plan import GivenPlan, text_of
from skill_stack.planner.notations.library_file import read_scene

FOLDER = Path(__file__).resolve().parents[2] / "data" / "fleet"
RESOURCES = Resources.from_environment(os.environ)
SCENE = read_scene(FOLDER / "room.scene.yaml")[0]


class World:
    """Robots that take what they are given as text, check it from the true state, and do it when the test says so."""

    def __init__(self, fleet):
        self.fleet, self.facts = fleet, SCENE.facts
        self.own = {name: robot.facts for name, robot in fleet.robots.items()}
        self.doing, self.told, self.done, self.cancelled = {}, [], [], []

    # the port

    def start(self, share, facts):
        assert share.robot not in self.doing  # one thing at a time
        given = GivenPlan.parse(text_of(share.plan, facts))
        library = self.fleet.robots[share.robot].planner.library
        plan = given.plan(library, SCENE, self.own[share.robot] | (SCENE.facts & self.facts), 0.0)
        assert plan.status == "plan", plan.reason
        self.doing[share.robot] = plan

    def cancel(self, robot):
        self.cancelled.append(robot)

    def robots(self):
        return [replace(robot, facts=self.own[name]) for name, robot in self.fleet.robots.items()]

    def tell(self, text):
        self.told.append(text)

    # the test

    def ask(self, text):
        plan = self.fleet.plan(Instruction(text), SCENE)
        assert plan.status == "plan", plan.reason
        self.run = FleetRun(plan, SCENE, self)
        self.run.begin()
        return self.run

    def end(self, robot, outcome="succeeded", reason=""):
        """A robot ends what it does; a success is true of the world, which asks for the conditions once more."""
        plan = self.doing.pop(robot)
        if outcome == "succeeded":
            library = self.fleet.robots[robot].planner.library
            for node in plan.steps:
                step = Step(library[node.skill], node.arguments)
                held = self.own[robot] | self.facts
                assert step.violated(held) is None, step.violated(held)
                after = step.after(held)
                self.own[robot] = frozenset(f for f in after if {"robot", robot} & set(f.arguments))
                self.facts = after - self.own[robot]
            self.done.append((robot, plan.instruction))
        self.run.ended(robot, outcome, reason)

    def finish(self):
        while self.doing:
            self.end(next(iter(self.doing)))


def carts(*names, **options):
    members = [
        FleetMember(name=name, library="cart.library.yaml", at=(float(at), 0.0, 0.0), **options)
        for at, name in enumerate(names)
    ]
    return World(fleet_of(FleetFile(robots=tuple(members)), RESOURCES, SCENE, FOLDER))


@pytest.fixture
def pair():
    return carts("rex", "bolt")


@pytest.fixture
def team():
    return World(fleet_of(load_fleet(FOLDER / "team.yaml"), RESOURCES, SCENE, FOLDER))


def states(run):
    return [share.state for share in run.shares.values()]


def test_shares_that_do_not_depend_run_at_the_same_time(pair):
    run = pair.ask("Rex, go to the red ball, and Bolt, go to the blue ball")
    assert set(pair.doing) == {"rex", "bolt"}
    pair.finish()
    assert run.over and run.outcome == "succeeded" and "2" in run.reason


def test_then_waits_for_what_was_said_before(pair):
    pair.ask("Rex, go to the red ball, then Bolt, go to the blue ball")
    assert set(pair.doing) == {"rex"}
    pair.end("rex")
    assert set(pair.doing) == {"bolt"}


def test_what_one_brings_about_is_known_to_the_one_who_needs_it(team):
    run = team.ask("Handy, put the cup in the basket. Rolly, bring the cup to Anna.")
    assert set(team.doing) == {"handy"}
    team.finish()
    assert run.outcome == "succeeded"
    assert [robot for robot, _ in team.done] == ["handy", "rolly"]
    assert "has(anna, cup)" in {str(fact) for fact in team.facts}


def test_what_counts_on_a_failure_is_not_begun_and_that_is_explained(team):
    run = team.ask("Handy, put the cup in the basket. Rolly, bring the cup to Anna.")
    team.end("handy", "failed", "the cup slipped (holding(robot, cup))")
    assert not team.doing and run.over and run.outcome == "failed"
    assert states(run) == ["failed", "not begun"]
    assert "the cup slipped" in run.reason and "nobody else was meant" in run.reason
    assert "Rolly" in run.reason and "counts on" in run.reason


@pytest.mark.parametrize("outcome", ["failed", "refusal", "question"])
def test_what_anybody_may_do_is_handed_on(pair, outcome):
    run = pair.ask("go to the red ball")
    (first,) = pair.doing
    pair.end(first, outcome, "a door is closed")
    (second,) = pair.doing
    assert second != first
    assert any("a door is closed" in text for text in pair.told) and any("takes that over" in t for t in pair.told)
    pair.finish()
    assert run.outcome == "succeeded" and pair.done == [(second, "go to the red ball")]


def test_each_robot_tries_once(pair):
    run = pair.ask("go to the red ball")
    for _ in range(2):
        pair.end(next(iter(pair.doing)), "failed", "a door is closed")
    assert run.over and run.outcome == "failed" and "not handed on" in run.reason
    assert set(next(iter(run.shares.values())).tried) == {"rex", "bolt"}


def test_the_others_go_on_while_one_fails(pair):
    run = pair.ask("Rex, go to the red ball, and Bolt, go to the blue ball")
    pair.end("rex", "failed", "stuck")
    assert set(pair.doing) == {"bolt"}
    pair.finish()
    assert states(run) == ["failed", "succeeded"] and run.outcome == "failed"


def test_a_list_goes_on_with_the_other_robot_when_one_dies(pair):
    run = pair.ask("visit the red ball, the green ball and the blue ball")
    assert set(pair.doing) == {"rex", "bolt"}
    pair.doing.pop("rex")
    run.lost("rex", "the planner died")
    pair.finish()
    assert run.outcome == "succeeded", run.reason
    assert {robot for robot, _ in pair.done} == {"bolt"} and len(pair.done) == 3


def test_a_stop_reaches_all_that_run_and_begins_nothing(pair):
    run = pair.ask("Rex and Bolt, go to the table, then Rex, go to the red ball")
    run.stop("stopped")
    assert set(pair.cancelled) == {"rex", "bolt"}
    for robot in ("rex", "bolt"):
        pair.end(robot, "interrupted", "stopped")
    assert run.over and run.outcome == "interrupted" and states(run)[-1] == "not begun" and not pair.doing


def test_a_robot_that_somebody_stops_begins_nothing_that_counts_on_it(pair):
    run = pair.ask("Rex, go to the red ball, then Bolt, go to the blue ball")
    pair.end("rex", "interrupted", "stopped")
    assert run.over and states(run) == ["interrupted", "not begun"] and run.outcome == "interrupted"


def test_a_robot_that_is_stopped_begins_nothing_more_of_a_list_while_the_other_goes_on(pair):
    run = pair.ask("visit the red ball, the green ball and the blue ball")
    twice = next(name for name in ("rex", "bolt") if sum(s.assignment.robot == name for s in run.shares.values()) > 1)
    other = ({"rex", "bolt"} - {twice}).pop()
    pair.end(twice, "interrupted", "stop")
    assert set(pair.doing) == {other}
    pair.finish()
    assert sorted(states(run)) == ["interrupted", "not begun", "succeeded"] and run.outcome == "interrupted"


def test_late_news_change_nothing(pair):
    run = pair.ask("go to the red ball")
    pair.finish()
    run.ended("rex", "failed", "too late")
    run.ended("bolt", "failed", "too late")
    assert run.outcome == "succeeded"


def test_a_robot_that_is_added_as_data_makes_its_tasks_solvable():
    alone = FleetFile(robots=(FleetMember(name="rolly", library="cart.library.yaml", at=(1.0, 0.0, 0.0)),))
    arm = FleetMember(name="handy", library="arm.library.yaml", at=(2.0, 0.8, 0.0))
    text = "grasp the cup and put it in the basket, then drive to Anna"
    without = fleet_of(alone, RESOURCES, SCENE, FOLDER).plan(Instruction(text), SCENE)
    assert without.status == "refusal" and without.reason
    world = World(fleet_of(FleetFile(robots=(*alone.robots, arm)), RESOURCES, SCENE, FOLDER))
    run = world.ask(text)
    world.finish()
    assert run.outcome == "succeeded" and [robot for robot, _ in world.done] == ["handy", "rolly"]
    assert "in(cup, basket)" in {str(fact) for fact in world.facts}


TEXTS = (
    "visit the red ball, the green ball and the blue ball",
    "Rex, go to the red ball, then Bolt, go to the blue ball, then Ace, go to the green ball",
    "everybody go to the table, then Rex, go to the red ball",
    "Rex, go to the table and Bolt, go to the basket. Go to the red ball.",
)


@settings(max_examples=25, deadline=None)
@given(
    text=st.sampled_from(TEXTS),
    ends=st.lists(
        st.tuples(st.integers(0, 5), st.sampled_from(["succeeded", "failed", "interrupted", "lost", "refusal"])),
        max_size=20,
    ),
)
def test_whatever_happens_it_ends_and_nothing_begins_before_what_it_counts_on(three, text, ends):
    world = World(three.fleet)
    run = world.ask(text)
    ended = []
    for pick, outcome in [*ends, *((0, "succeeded") for _ in range(30))]:
        if not world.doing:
            break
        robot = sorted(world.doing)[pick % len(world.doing)]
        share = next(s for s in run.shares.values() if s.state == "running" and s.assignment.robot == robot)
        for number in share.assignment.needs:
            assert run.shares[number].state == "succeeded"
        ended.append(robot)
        if outcome == "lost":
            world.doing.pop(robot)
            run.lost(robot, "gone")
            assert robot not in world.doing
        else:
            world.end(robot, outcome, "because")
    assert run.over and not world.doing
    assert run.outcome in ("succeeded", "failed", "interrupted") and run.reason
    assert (run.outcome == "succeeded") == (set(states(run)) == {"succeeded"})


@pytest.fixture(scope="module")
def three():
    return carts("rex", "bolt", "ace")
