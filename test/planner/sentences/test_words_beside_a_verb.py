"""Words beside a verb that decide which skill is meant, and sentences beside an order that say nothing to do."""

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.world.world_facts import place_facts
from skill_stack.planner import Planner
from skill_stack.planner.notations.library_file import read_library, read_scene

LIBRARY = """
skills:
- {name: go_to, phrases: ["go to {place}", "stop next to {place}"], senses: [approach], args: [place],
   effects: ["not near(robot, *)", "near(robot, $place)"]}
- {name: go_along, phrases: ["go along {way}", "go down {way}"], args: [way]}
- {name: climb, phrases: ["go {direction} {stairs}"],
   goal: [{name: direction, type: choice, choices: [up, down]}, {name: stairs, type: object}]}
- {name: ahead, phrases: ["go straight"], goal: [{name: distance, type: number, unit: m, default: 2}]}
- {name: turn, phrases: ["turn {direction}"], senses: [rotate],
   goal: [{name: direction, type: choice, choices: [left, right]}]}
- {name: find, phrases: ["find {thing}"], args: [thing]}
- {name: face, phrases: ["face {thing}"], senses: [face], args: [thing]}
- {name: stand_at, phrases: ["stand in {place}", "stand next to {place}"], args: [place]}
"""
SCENE = """
objects:
- {id: kitchen, kind: place, position: [0, 0]}
- {id: attic, kind: place, position: [9, 0]}
- {id: stairs, kind: stairs, position: [5, 3]}
- {id: corridor, kind: corridor, position: [3, 3]}
- {id: gap, kind: gap, position: [7, 0]}
- {id: low_table, kind: table, position: [1, 1]}
- {id: high_table, kind: table, position: [8, 1]}
- {id: crate, kind: crate, position: [9, 0.5]}
facts: ["in(low_table, kitchen)", "in(high_table, attic)"]
"""


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    folder = tmp_path_factory.mktemp("verbs")
    (folder / "x.library.yaml").write_text(LIBRARY)
    (folder / "x.scene.yaml").write_text(SCENE)
    library, facts = read_library(folder / "x.library.yaml")
    planner, scene = Planner(library), read_scene(folder / "x.scene.yaml")[0]
    return lambda text: planner.plan(Instruction(text), scene, place_facts(scene) | facts)


def steps(plan):
    return [(one.skill, *one.arguments.values()) for one in plan.steps]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("go down the stairs", [("climb", "down", "stairs")]),
        ("head up the stairs", [("climb", "up", "stairs")]),
        ("go down the corridor", [("go_along", "corridor")]),
        ("go straight", [("ahead", 2.0)]),
        ("walk straight", [("ahead", 2.0)]),
        ("stop near the crate", [("go_to", "crate")]),
        ("go to the attic table", [("go_to", "high_table")]),
    ],
)
def test_words_beside_a_verb_decide_which_skill_runs(plan, text, wanted):
    made = plan(text)
    assert (made.status, steps(made)) == ("plan", wanted), made.reason


def test_a_side_is_no_emphasis_where_the_verb_takes_one(plan):
    made = plan("turn right at the gap")
    assert "face" not in [one.skill for one in made.steps], made.reason
    assert ("turn", "right") in steps(made)


@pytest.mark.parametrize("text", ["you will find the crate", "go to the crate and you turned right"])
def test_what_is_told_of_the_robot_is_asked_about(plan, text):
    made = plan(text)
    assert made.status != "plan", made.reason


@pytest.mark.parametrize("text", ["next to the crate", "by the crate", "stand in the attic next to the crate"])
def test_a_place_that_may_be_no_goal_is_asked_about(plan, text):
    made = plan(text)
    assert made.status == "question" and made.steps, made.reason


def test_a_word_behind_the_name_of_a_room_is_asked_about(plan):
    made = plan("go to the kitchen area")
    assert made.proposed and steps(made) == [("go_to", "kitchen")], made.reason


@pytest.mark.parametrize(
    "text", ["Help me set up the show. Go to the crate.", "Go to the crate, there is a cable on the ground."]
)
def test_an_order_beside_an_unread_sentence_is_offered_alone(plan, text):
    made = plan(text)
    assert made.proposed and "do not understand" in made.reason
    assert [("go_to", "crate")] in [steps(one) for one in (made, *made.others)]


@pytest.mark.parametrize("text", ["Go to the crate and sprottle", "Go to the crate. Avoid the sprottle."])
def test_an_order_that_an_unread_clause_may_limit_is_not_offered_alone(plan, text):
    assert [("go_to", "crate")] not in [steps(one) for one in (plan(text), *plan(text).others)]
