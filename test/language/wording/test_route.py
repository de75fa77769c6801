"""Ways told by what lies along them lead there one place after the other."""

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.world.world_facts import place_facts
from skill_stack.planner import Planner
from skill_stack.planner.notations.library_file import read_library, read_scene

LIBRARY = """
skills:
  - {name: go, phrases: ["go to {goal}"], args: [goal], effects: ["not at(dog, *)", "at(dog, $goal)"]}
  - {name: by, phrases: ["pass {thing}"], effects: ["not at(dog, *)"],
     args: [thing, {name: side, type: choice, choices: [left, right], default: left}]}
  - {name: turn, phrases: ["turn {angle}"], args: [{name: angle, type: number, unit: rad, lower: -7, upper: 7}]}
  - {name: bark, phrases: [bark]}
"""
SCENE = """
rooms: [{id: hall, position: [5, 0]}, {id: gym, position: [9, 5]}, {id: cafe, position: [12, 5]}]
objects:
  plant: {type: plant, position: [2, 1]}
  kiosk: {type: kiosk, position: [4, -1]}
  gym_door: {type: door, position: [8, 1], names: [door of the gym]}
  cafe_door: {type: door, position: [11, 1], names: [door of the cafe]}
  locker: {type: locker, position: [14, 0]}
"""


@pytest.fixture(scope="module")
def dog(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sports_hall")
    (folder / "library.yaml").write_text(LIBRARY)
    (folder / "scene.yaml").write_text(SCENE)
    planner, scene = Planner(read_library(folder / "library.yaml")[0]), read_scene(folder / "scene.yaml")[0]

    def ask(text):
        plan = planner.plan(Instruction(text), scene, place_facts(scene))
        steps = [[one.skill, *one.arguments.values()] for one in plan.steps]
        return [" ".join(f"{v:.1f}" if isinstance(v, float) else v for v in one) for one in steps] or [plan.status]

    return ask


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("walk down the hall to the locker", ["go hall", "go locker"]),
        ("go to the cafe through the hall", ["go hall", "go cafe"]),
        ("follow the hall until you reach the locker", ["go hall", "go locker"]),
        ("enter the gym and bark", ["go gym", "bark"]),
        ("go back the way you came", ["go start"]),
    ],
)
def test_ways_lead_from_place_to_place(dog, text, steps):
    assert dog(text) == steps


@pytest.mark.parametrize("text", ["go to the third door", "enter the swimming pool"])
def test_what_is_not_there_or_leads_nowhere_is_no_plan(dog, text):
    assert dog(text)[0] in ("refusal", "question")
