"""Fleet: one request divided by capability and place; robots are data."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.core.errors import DataError
from skill_stack.core.instruction import Instruction
from skill_stack.core.resources import Resources
from skill_stack.planner.fleet.addressee import Addressees
from skill_stack.planner.fleet.fleet import Fleet
from skill_stack.planner.fleet.fleet_file import FleetFile, FleetMember, fleet_of, load_fleet, plan_for
from skill_stack.planner.notations.library_file import read_scene
from skill_stack.planner.symbolic.checker import Checker

FOLDER = Path(__file__).resolve().parents[2] / "data" / "fleet"
RESOURCES = Resources.from_environment(os.environ)
SCENE = read_scene(FOLDER / "room.scene.yaml")[0]


def carts(**places):
    """Carts of the given names and places."""
    members = [FleetMember(name=name, library="cart.library.yaml", at=(*at, 0.0)) for name, at in places.items()]
    return fleet_of(FleetFile(robots=tuple(members)), RESOURCES, SCENE, FOLDER)


@pytest.fixture(scope="module")
def pair():
    return carts(rex=(-1.0, -2.0), bolt=(2.5, -1.0))


@pytest.fixture(scope="module")
def three():
    return carts(rex=(-1.0, -2.0), bolt=(2.5, -1.0), ace=(0.0, 3.0))


@pytest.fixture(scope="module")
def team():
    return fleet_of(load_fleet(FOLDER / "team.yaml"), RESOURCES, SCENE, FOLDER)


def done(plan):
    """Who goes where, in order."""
    return [(a.robot, s.arguments.get("target")) for a in plan.assignments for s in a.plan.steps]


def ask(fleet, text):
    return fleet.plan(Instruction(text), SCENE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rex, go to the blue ball", [("rex", "blue_ball")]),
        ("hey Bolt, go to the red ball please", [("bolt", "red_ball")]),
        ("tell Bolt to go to the red ball", [("bolt", "red_ball")]),
        ("Rex should go to the blue ball and Bolt should go to the red ball",
         [("rex", "blue_ball"), ("bolt", "red_ball")]),
        ("Rex, go to the red ball. Bolt, go to the blue ball.", [("rex", "red_ball"), ("bolt", "blue_ball")]),
        ("Rex and Bolt, go to the table", [("rex", "table"), ("bolt", "table")]),
        ("both of you go to the table", [("rex", "table"), ("bolt", "table")]),
        ("go to the table, both of you", [("rex", "table"), ("bolt", "table")]),
        ("everybody go to the table", [("rex", "table"), ("bolt", "table")]),
        ("one of you go to the blue ball", [("bolt", "blue_ball")]),
        ("someone should go to the red ball", [("rex", "red_ball")]),
        ("Rex, go to the table, then the other one should go to the blue ball",
         [("rex", "table"), ("bolt", "blue_ball")]),
    ],
)  # fmt: skip
def test_who_is_spoken_to_does_it(pair, text, expected):
    plan = ask(pair, text)
    assert plan.status == "plan", plan.reason
    assert done(plan) == expected


def test_a_long_list_is_divided_too(pair):
    plan = ask(pair, "visit the red ball, the blue ball, the green ball, the table, the basket and the cup")
    assert plan.status == "plan" and len(done(plan)) == 6
    assert {robot for robot, _ in done(plan)} == {"rex", "bolt"}


def test_nobody_by_name_means_whoever_is_nearest(pair):
    assert done(ask(pair, "go to the red ball")) == [("rex", "red_ball")]
    assert done(ask(pair, "go to the blue ball")) == [("bolt", "blue_ball")]


def test_a_list_is_divided_so_that_the_last_one_is_done_soonest(pair):
    plan = ask(pair, "visit the red ball, the blue ball and the green ball")
    assert set(done(plan)) == {("rex", "red_ball"), ("rex", "green_ball"), ("bolt", "blue_ball")}
    assert done(plan).index(("rex", "red_ball")) < done(plan).index(("rex", "green_ball"))  # the nearer one first
    assert plan.assignments_of("bolt")[0].after == ()
    assert plan.assignments_of("rex")[1].after == (plan.assignments_of("rex")[0].number,)
    assert set(done(ask(pair, "go to all the balls"))) == set(done(plan))


def test_a_named_robot_does_the_whole_list_itself(pair):
    assert {robot for robot, _ in done(ask(pair, "Rex, visit the red ball and the blue ball"))} == {"rex"}


def test_clauses_that_one_robot_can_do_stay_with_it(pair):
    plan = ask(pair, "go to the red ball and then go to the blue ball")
    assert len({robot for robot, _ in done(plan)}) == 1


def test_each_takes_another_thing_where_the_words_leave_it_open(pair):
    targets = [target for _, target in done(ask(pair, "each of you go to a ball"))]
    assert len(set(targets)) == 2


def test_how_many_is_kept(three):
    assert len({robot for robot, _ in done(ask(three, "two of you go to the table"))}) == 2
    assert len({robot for robot, _ in done(ask(three, "all of you go to the table"))}) == 3
    both = ask(three, "both of you go to the table")
    assert both.status == "question" and "There are 3 of us" in both.reason
    four = ask(three, "four of you go to the table")
    assert four.status == "refusal" and "Only 3 of us" in four.reason
    other = ask(three, "Rex, go to the table. The other one should go to the red ball.")
    assert other.status == "question" and "Bolt" in other.reason and "Ace" in other.reason


def test_what_one_does_makes_possible_what_another_does(team):
    plan = ask(team, "put the cup in the basket and hand the cup to Anna")
    assert plan.status == "plan", plan.reason
    assert [(one.robot, [s.skill for s in one.plan.steps]) for one in plan.assignments] == [
        ("handy", ["grasp", "load"]), ("rolly", ["drive", "deliver"])]  # fmt: skip
    assert plan.assignments[1].after == (0,)
    assert plan.to_json()["steps"][0] == {"robot": "handy", "skill": "grasp", "arguments": {"object": "cup"}}
    named = ask(team, "Handy, put the cup in the basket. Rolly, bring the cup to Anna.")
    assert [(one.robot, one.after) for one in named.assignments] == [("handy", ()), ("rolly", (0,))]
    apart = ask(team, "Handy, pick up the cup. Rolly, go to the red ball.")
    assert [one.after for one in apart.assignments] == [(), ()]


def test_a_robot_added_by_data_makes_its_tasks_solvable(team):
    alone = fleet_of(FleetFile(robots=load_fleet(FOLDER / "team.yaml").robots[1:]), RESOURCES, SCENE, FOLDER)
    for words in ("put the cup in the basket", "put the cup in the basket and hand the cup to Anna"):
        assert ask(alone, words).status == "refusal"
        assert ask(team, words).status == "plan"


def test_who_cannot_is_named_with_the_reason(pair, team):
    assert "None of us can do 'fly'" in ask(pair, "fly").reason
    refused = ask(team, "Rolly, put the cup in the basket")
    assert refused.status == "refusal" and "Rolly" in refused.reason
    assert ask(pair, "go to the ball").status == "question"
    assert ask(pair, "hello").status == "statement"
    assert ask(pair, "").status in ("statement", "question", "refusal")


def test_every_share_passes_the_checker_of_its_robot(team, pair):
    for fleet, text in ((pair, "visit the red ball and the blue ball"), (team, "Handy, put the cup in the basket")):
        for one in ask(fleet, text).assignments:
            robot = fleet.robots[one.robot]
            checker = Checker(robot.planner.library, tuple(SCENE.objects))
            assert checker.check(one.plan.tree, robot.facts | SCENE.facts) is None


def test_a_fleet_needs_robots_with_names_of_their_own():
    with pytest.raises(DataError, match="at least one"):
        Fleet([])
    with pytest.raises(DataError, match="share the name rex"):
        Fleet([*carts(rex=(0.0, 0.0)).robots.values(), *carts(rex=(1.0, 0.0)).robots.values()])
    with pytest.raises(ValueError, match="either 'robot'"):
        FleetMember(name="rex")


def test_a_file_names_robots_and_scene():
    file = load_fleet(FOLDER / "team.yaml")
    assert plan_for(file, "the arm should pick up the cup", RESOURCES, FOLDER).status == "plan"


def test_a_robot_whose_place_is_unknown_still_does_what_it_is_told():
    members = (FleetMember(name="rex", library="cart.library.yaml", at=None),)
    fleet = fleet_of(FleetFile(robots=members), RESOURCES, SCENE, FOLDER)
    assert done(ask(fleet, "go to the table")) == [("rex", "table")]


@given(st.lists(st.sampled_from(
    "rex bolt , . and then both of you one of you the other one should tell to go sit red ball fly : ; all".split()
), max_size=14).map(" ".join))  # fmt: skip
@settings(max_examples=30, deadline=None)
def test_any_words_give_an_answer_and_no_share_for_nobody(pair, text):
    plan = ask(pair, text)
    assert plan.status in ("plan", "question", "statement", "refusal")
    assert bool(plan.assignments) == (plan.status == "plan")
    for number, one in enumerate(plan.assignments):
        assert one.number == number and one.robot in ("rex", "bolt")
        assert all(before < number for before in one.after)


@given(st.text(max_size=60))
@settings(max_examples=30, deadline=None)
def test_segments_never_fail_and_name_known_robots(text):
    for segment in Addressees({"rex": ("rex", "dog"), "bolt": ("bolt",)}).segments(text):
        assert set(segment.robots) <= {"rex", "bolt"} and segment.text.strip()
