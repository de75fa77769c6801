"""Parts of things and how things are to be turned, in orders and questions."""

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.spatial.parts import part_fact
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.core.world.world_facts import place_facts
from skill_stack.planner.planner import Planner

RED = SceneObject("red_mug", "mug", (1.0, 0.3, 0.8), 1.0, "cylinder", (0.08, 0.08, 0.1), "red", movable=True)
BLUE = SceneObject("blue_mug", "mug", (1.0, -0.3, 0.8), 1.0, "cylinder", (0.08, 0.08, 0.1), "blue", movable=True)
CHAIR = SceneObject("chair", "chair", (2.0, 0.0, 0.4), 3.0, "box", (0.5, 0.5, 0.8), "brown")
TRAY = SceneObject("tray", "tray", (0.35, 0.0, 0.41), 0.0, "box", (0.2, 0.2, 0.02), "grey")
BOX = SceneObject("box", "box", (0.3, 0.2, 0.45), 0.0, "box", (0.05, 0.05, 0.1), "green", movable=True)
ROOM = SceneGraph({one.id: one for one in (RED, BLUE, CHAIR)}, robot=Pose2(0.5, 0.0, 0.0))
TABLE = SceneGraph({one.id: one for one in (RED, TRAY, BOX)}, robot=Pose2(0.0, 0.0, 0.0))


@pytest.fixture(scope="module")
def planners():
    found, made = Resources.from_environment({}), {}
    for name in ("go2", "gantry_allegro_right"):
        robot = load_robot(found.robot(name), found)
        made[name] = Planner(load_library(found, robot))
    return made


def planned(planner, text, scene, *facts):
    return planner.plan(Instruction(text), scene, place_facts(scene) | set(facts))


@pytest.mark.parametrize(
    ("text", "target", "side"),
    [
        ("go to the seat of the chair", "chair_seat", "any"), ("walk to the red mug's handle", "red_mug_handle", "any"),
        ("walk to the left of the chair's seat", "chair_seat", "left"),
    ],
)  # fmt: skip
def test_a_part_is_a_goal(planners, text, target, side) -> None:
    plan = planned(planners["go2"], text, ROOM, Fact("posture", ("robot", "standing")))
    (step,) = plan.steps
    assert (step.arguments["target"], step.arguments["side"]) == (target, side)


def test_parts_are_asked_about_and_answered(planners) -> None:
    plan = planned(planners["go2"], "go to the handle of the mug", ROOM)
    assert plan.status == "question" and "blue mug handle" in plan.reason
    assert "42 cm over the floor" in planned(planners["go2"], "how high is the seat of the chair?", ROOM).reason
    assert planned(planners["go2"], "how many things are there?", ROOM).reason.startswith("There are 3")


def test_a_part_that_a_camera_saw_is_known_of_anything(planners) -> None:
    assert planned(planners["go2"], "go to the button of the chair", ROOM).status != "plan"
    button = part_fact(CHAIR, "button", (1.8, 0.0, 0.5), (-1.0, 0.0, 0.0))
    seen = SceneGraph(ROOM.objects, frozenset({button}), ROOM.robot)
    plan = planned(planners["go2"], "go to the button of the chair", seen, Fact("posture", ("robot", "standing")))
    assert [step.arguments["target"] for step in plan.steps] == ["chair_button"]


@pytest.mark.parametrize(
    ("how", "asked"),
    [
        ("with the handle to the right", {"turned": "right", "axis": "handle"}), ("upright", {"turned": "upright"}),
        ("facing the box", {"towards": "box"}), ("lying down", {"turned": "lying"}),
        ("facing the wall", {"turned": "towards_wall"}),
        ("with the handle towards the box", {"towards": "box", "axis": "handle"}), ("", {"turned": "as_it_is"}),
    ],
)  # fmt: skip
def test_how_a_thing_is_put_down(planners, how, asked) -> None:
    plan = planned(planners["gantry_allegro_right"], f"put the mug on the tray {how}", TABLE,
                   Fact("holding", ("hand", "red_mug")))  # fmt: skip
    carried = next(step.arguments for step in plan.steps if step.skill == "carry_to")
    assert asked.items() <= carried.items() and carried["place"] == "tray"
