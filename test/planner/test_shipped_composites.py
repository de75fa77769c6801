"""The composites that come with the robots: each can be used, and its own words give its steps at once."""

import os

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.fact import Fact
from skill_stack.planner.planner import Planner

ROBOTS = ("go2", "g1", "leap", "gantry_allegro_right", "gantry_pair")


def shipped(robot):
    resources = Resources.from_environment(os.environ)
    return load_library(resources, load_robot(resources.robot(robot)))


def sentences(spec):
    """Its own phrases, with something said for each argument."""
    for phrase in spec.phrases:
        things = iter(("the red ball", "the yellow box"))
        yield phrase.format_map({p.name: next(things) if p.type == "object" else "five seconds" for p in spec.goal})


def composites(robot):
    return [entry for entry in shipped(robot).entries.values() if entry.spec and entry.spec.composite]


def test_there_are_twenty_and_all_can_be_used():
    found = {(entry.spec.robot, entry.spec.name) for robot in ROBOTS for entry in composites(robot)}
    assert len(found) >= 20
    assert {entry.spec.name: entry.reason for robot in ROBOTS for entry in composites(robot) if entry.reason} == {}


@pytest.mark.parametrize("robot", ["go2", "g1", "leap"])
def test_its_own_words_give_its_steps_at_once(robot, scene):
    facts = {Fact("posture", ("robot", "standing"))}
    planner = Planner(shipped(robot))
    for entry in composites(robot):
        steps = [step.skill for step in entry.spec.composite.tree().every_skill()]
        for words in sentences(entry.spec):
            plan = planner.plan(Instruction(words), scene, facts)
            assert (plan.status, plan.certainty) == ("plan", "said"), (words, plan.reason)
            assert [step.skill for step in plan.tree.every_skill()] == steps, words
