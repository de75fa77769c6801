"""People who are only described: what they wear, and what they do with an arm, as choices of a skill."""

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.planner import Planner
from skill_stack.planner.notations.library_file import read_library, read_scene

LIBRARY = """
robot: usher
skills:
  - {name: seek, phrases: ["find a person in {room}"], effects: ["found(usher)"],
     args: [{name: room, type: room}, {name: pose, type: choice, default: any,
       choices: [any, raising right hand, pointing left, kneeling]},
       {name: garment, type: choice, default: any, choices: [any, scarf, hoodie]},
       {name: colour, type: choice, default: any, choices: [any, green, purple]}]}
  - {name: trail, phrases: ["follow them", "follow the person"], pre: ["found(usher)"], effects: ["trailed(usher)"]}
  - {name: tally, phrases: ["tell me how many people are in {room}"], effects: ["tallied($room)"],
     args: [{name: room, type: room}, {name: garment, type: choice, default: any, choices: [any, scarves, hoodies]},
       {name: colour, type: choice, default: any, choices: [any, green, purple]}]}
"""


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    file = tmp_path_factory.mktemp("described") / "library.yaml"
    file.write_text(LIBRARY)
    (library, stated), (scene, facts) = read_library(file), read_scene({"rooms": ["foyer", "gallery"], "objects": {}})
    planner = Planner(library)

    def ask(text):
        plan = planner.plan(Instruction(text), scene, facts | stated)
        return [" ".join((one.skill, *map(str, one.arguments.values()))) for one in plan.steps] or plan.status

    return ask


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("Find a person raising their right hand in the foyer and follow them.",
         ["seek foyer raising right hand any any", "trail"]),
        ("Find a person pointing to the left in the gallery.", ["seek gallery pointing left any any"]),
        ("Find a person wearing a green scarf in the gallery and follow them.",
         ["seek gallery any scarf green", "trail"]),
    ],
)  # fmt: skip
def test_what_somebody_looks_like_is_a_choice(asked, text, steps):
    assert asked(text) == steps
