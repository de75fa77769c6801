"""Where things are said to be, against what the scene knows; and which things a general word may mean."""

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.world.world_facts import place_facts
from skill_stack.planner import Planner
from skill_stack.planner.notations.library_file import read_library, read_scene

LIBRARY = """
skills:
- {name: drive, phrases: ["drive to {place}"], senses: [approach], args: [place],
   effects: ["not near(robot, *)", "near(robot, $place)"]}
- {name: find, phrases: ["find {target}"], args: [target]}
- {name: take, phrases: ["take {item}", "get {item}", "get {item} from {source}"], senses: [grasp],
   goal: [{name: item, type: object}, {name: source, type: object, default: ""}],
   pre: ["near(robot, $item)", "not holding(robot, *)"], effects: ["holding(robot, $item)", "not on($item, *)"]}
- {name: put, phrases: ["put {item} in {place}", "put {item} on {place}"], senses: [place], args: [item, place],
   pre: ["holding(robot, $item)", "near(robot, $place)"], effects: ["not holding(robot, *)", "on($item, $place)"]}
- {name: give, phrases: ["give {item} to {person}", "give {person} {item}"], senses: [hand_over], args: [item, person],
   pre: ["holding(robot, $item)", "near(robot, $person)"],
   effects: ["not holding(robot, *)", "holding($person, $item)"]}
- {name: follow, phrases: ["follow {person}"], args: [person],
   effects: ["not near(robot, *)", "near(robot, $person)"]}
"""
SCENE = """
objects:
- {id: hall, kind: room, position: [0, 0]}
- {id: bench, kind: table, size: [1, 1, 0.7], position: [3, 0]}
- {id: shelf, kind: shelf, size: [1, 1, 0.7], position: [6, 0]}
- {id: stool, kind: chair, size: [0.4, 0.4, 0.4], position: [3.6, -1.5]}
- {id: jug, kind: jug, size: [0.1, 0.1, 0.2], position: [3, 0, 0.8], movable: true}
- {id: vase, kind: vase, size: [0.1, 0.1, 0.2], position: [3, -1.5, 0.1], movable: true}
- {id: owner, kind: person, position: [-1, 0], names: [me]}
- {id: kim, kind: person, position: [2.6, 0.4], names: [Kim]}
- {id: lee, kind: person, position: [-3, 2], names: [Lee]}
facts: ["on(jug, bench)"]
"""


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    folder = tmp_path_factory.mktemp("places")
    (folder / "x.library.yaml").write_text(LIBRARY)
    (folder / "x.scene.yaml").write_text(SCENE)
    library, facts = read_library(folder / "x.library.yaml")
    planner, scene = Planner(library), read_scene(folder / "x.scene.yaml")[0]
    return lambda text: planner.plan(Instruction(text), scene, place_facts(scene) | facts)


def steps(plan):
    return [(one.skill, *one.arguments.values()) for one in plan.steps if one.skill != "drive"]


@pytest.mark.parametrize("text", ["get the jug from the bench", "put the jug on the shelf and get it from the shelf"])
def test_what_is_taken_from_where_it_is_runs(plan, text):
    assert plan(text).status == "plan"


@pytest.mark.parametrize("text", ["get the jug from the shelf", "get the jug off the shelf and give it to me"])
def test_what_is_known_to_be_elsewhere_is_asked_about(plan, text):
    answer = plan(text)
    assert answer.proposed and "the jug is not there, as far as I know" in answer.reason


def test_somebody_who_is_known_to_be_elsewhere_is_asked_about(plan):
    assert plan("drive to Kim near the bench").status == "plan"
    assert plan("drive to Kim near the shelf").proposed


@pytest.mark.parametrize("text", ["get the jug in the shelf", "bring the jug on the stool"])
def test_a_place_beside_a_verb_of_moving_may_be_where_the_thing_is(plan, text):
    assert plan(text).status != "plan"


@pytest.mark.parametrize(
    ("text", "thing"), [("take the object next to the stool", "vase"), ("take the thing near Kim", "jug")]
)
def test_a_general_word_means_what_the_skill_can_hold(plan, text, thing):
    assert steps(plan(text))[0][:2] == ("take", thing)


def test_a_general_word_means_nobody(plan):
    assert [one for one in steps(plan("find the object near the bench")) if one[1] in ("kim", "lee", "owner")] == []


def test_a_side_of_what_carries_things_may_be_on_it(plan):
    answer = plan("take the thing on the right side of the bench")
    assert answer.status == "question" and "the vase" in answer.reason and "the jug" in answer.reason


def test_a_word_for_men_or_women_does_not_mean_anybody(plan):
    assert plan("find a woman").tree is None
    assert steps(plan("find a person")) == [("find", "kim")]  # not who speaks


def test_get_me_is_handed_over(plan):
    assert steps(plan("get me the jug"))[-1] == ("give", "jug", "owner")


def test_what_was_handed_over_is_not_taken_back_unasked(plan):
    assert plan("get me the jug and put it on the shelf").proposed
    assert plan("put the jug on the shelf and get me the vase").status == "plan"


def test_a_destination_that_following_does_not_take_is_not_dropped(plan):
    assert plan("find Kim and follow her into the hall").status == "refusal"
