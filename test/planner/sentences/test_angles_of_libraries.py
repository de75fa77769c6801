"""Libraries that count angles in degrees: which way and how far a robot turns."""

import json
import math

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.world.world_facts import place_facts
from skill_stack.planner import Planner
from skill_stack.planner.notations.library_file import read_library, read_scene

DEGREES = (
    {"name": "turn", "parameters": [{"name": "angle", "type": "number", "unit": "deg", "default": 90}]},
    {"name": "rotate", "parameters": [{"name": "degrees", "type": "number"}]},
    {"name": "turn_base", "description": "Turns by an angle in degrees",
     "parameters": [{"name": "by", "type": "number"}]},
)  # fmt: skip


def turned(tmp_path, skill: dict, text: str) -> list[float]:
    """The angles of the turns that a text asks a robot for."""
    file = tmp_path / "robot.yaml"
    going = {"name": "go_to", "parameters": ["place"], "effects": ["not at(*)", "at(?place)"]}
    file.write_text(json.dumps({"robot": "pepe", "skills": [skill, going]}))
    library, stated = read_library(file)
    scene, _ = read_scene({"objects": [{"id": "fridge"}, {"id": "sink"}]})
    plan = Planner(library).plan(Instruction(text), scene, place_facts(scene) | stated)
    assert plan.tree is not None, plan.reason
    return [next(iter(step.arguments.values())) for step in plan.steps if step.skill == skill["name"]]


@pytest.mark.parametrize("skill", DEGREES, ids=lambda one: one["name"])
@pytest.mark.parametrize(
    ("text", "angles"),
    [
        ("turn right", [-90]),
        ("turn left 30 degrees", [30]),
        ("turn around and go to the sink", [180]),
        ("turn right, go to the fridge", [-90]),
    ],
)
def test_degrees_are_counted_to_the_left(tmp_path, skill, text, angles):
    assert turned(tmp_path, skill, text) == pytest.approx(angles)


def test_radians_stay_radians(tmp_path):
    skill = {"name": "rotate", "parameters": [{"name": "yaw_rad", "type": "number"}]}
    assert turned(tmp_path, skill, "turn right") == pytest.approx([-math.pi / 2])
