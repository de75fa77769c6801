"""Two things at once: both halves of a sentence are kept, combined or refused with the part that both need."""

import itertools
import os
import random

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.fact import Fact
from skill_stack.planner.planner import Planner

STANDING = {Fact("posture", ("robot", "standing"))}
PART = "both need the "


@pytest.fixture(scope="module")
def g1():
    resources = Resources.from_environment(os.environ)
    robot = load_robot(resources.robot("g1"))
    return robot, Planner(load_library(resources, robot))


def own_words(spec):
    """The first of its phrases, with something said for each argument."""
    things = iter(("the red ball", "the yellow box"))
    said = {
        p.name: next(things) if p.type == "object" else "left" if p.type == "choice" else "half a metre"
        for p in spec.goal
    }
    return spec.phrases[0].format_map(said)


def stated_joints(robot, spec, library):
    """The joints that a skill's data name, read without the code under test."""
    base = spec
    while base.needs is None:
        base = library[base.base]
    groups = [name.replace("{hand}", "left") for name in base.needs]
    return frozenset().union(*(robot.part("body").groups[name] for name in groups))


def test_twenty_pairs_that_need_the_same_joints_are_refused_with_these(g1, scene):
    robot, planner = g1
    simple = [
        spec for spec in planner.library
        if spec.kind != "composite" and spec.phrases and spec.needs != () and not spec.combines
        and not any("hold" in need and "$" in need or "hands" in need for need in spec.preconditions)  # bring others
        and all(p.unit in (None, "", "m") or p.default is not None for p in spec.goal)
    ]  # fmt: skip
    skills = ({"move", "turn"}, {"move", "touch"})  # there is a skill for both at once
    pairs = [pair for pair in itertools.permutations(simple, 2) if {one.name for one in pair} not in skills]
    random.Random(20).shuffle(pairs)
    refused = 0
    for one, other in pairs:
        both = stated_joints(robot, one, planner.library) & stated_joints(robot, other, planner.library)
        if not both:
            continue
        plan = planner.plan(Instruction(f"{own_words(one)} while you {own_words(other)}"), scene, STANDING)
        assert plan.status != "plan", (plan.instruction, plan.reason)
        if PART in plan.reason:
            named = plan.reason.split(PART)[1].split(".")[0].replace(" ", "_")
            assert both & set(robot.part("body").groups[named]), plan.reason
            assert one.name in plan.reason and other.name in plan.reason
            refused += 1
        if refused == 20:
            return
    pytest.fail(f"only {refused} pairs were refused with a part")


@pytest.mark.parametrize(
    ("words", "arguments"),
    [
        ("walk forward one metre while you turn left", {"forward": 1.0, "left": 0.0, "angle": 1.5708}),
        (
            "turn right by 45 degrees while walking backwards half a metre",
            {"forward": -0.5, "left": 0.0, "angle": -0.7854},
        ),
        ("step left half a metre and turn around at the same time", {"forward": 0.0, "left": 0.5, "angle": 3.1416}),
    ],
)
def test_two_that_one_skill_combines_become_that_skill(g1, scene, words, arguments):
    plan = g1[1].plan(Instruction(words), scene, STANDING)
    assert (plan.status, plan.certainty) == ("plan", "said"), plan.reason
    (step,) = plan.tree.every_skill()
    assert step.skill == "move_and_turn"
    assert {name: round(value, 4) for name, value in step.arguments.items()} == arguments


def test_a_half_that_nothing_combines_is_never_lost(g1, scene):
    plan = g1[1].plan(Instruction("go to the red ball while you turn left"), scene, STANDING)
    assert (
        plan.status == "refusal" and "go_to and turn cannot be done at the same time: both need the legs" in plan.reason
    )
