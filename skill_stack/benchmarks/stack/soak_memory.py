"""The memory of a robot that has worked for a day: a long run begins with it.

The planner learns after each task from its newest tasks, as many as ``NEWEST``. Until it has had so many, what it reads
grows with each of them, which is no leak; a run of half an hour would show nothing else.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import replace

from skill_stack.core.instruction import Instruction
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.core.world.world_facts import place_facts
from skill_stack.planner.memory.experience import Experience, StepRecord, things_of
from skill_stack.planner.memory.lessons import NEWEST
from skill_stack.planner.memory.store import ExperienceStore, store_path
from skill_stack.planner.planner import Planner

BETWEEN = 60.0  # s between two tasks that are remembered
TOOK = 5.0  # s that each step is remembered to have taken


def remember(overlay: str, robot: str, scene: str, errands: Sequence[str], count: int = NEWEST) -> int:
    """Fills the memory of a robot with errands that went well.

    Args:
        overlay: The folder for what a robot keeps.
        robot: Name of the robot.
        scene: Name of its scene.
        errands: Its requests, repeated in this order.
        count: How many tasks.

    Returns:
        How many tasks were written; an errand that cannot be planned gives none.
    """
    resources = Resources.from_environment({**os.environ, "SKILL_STACK_OVERLAY": overlay})
    spec = load_robot(resources.robot(robot))
    setup = set_up(load_scene(resources.scene(scene)), 0)
    graph = replace(setup.graph(), robot=setup.start)
    facts = place_facts(graph) | {Fact("posture", ("robot", "standing"))}
    planner = Planner(load_library(resources, spec))
    plans = [planner.plan(Instruction(words, "bench"), graph, facts) for words in errands]
    plans = [plan for plan in plans if plan.tree is not None]
    told, things, now = tuple(sorted(map(str, facts))), things_of(graph), time.time()
    done = 0
    with ExperienceStore(store_path(resources)) as store:
        for number in range(count if plans else 0):
            plan = plans[number % len(plans)]
            steps = tuple(
                StepRecord(step.skill, dict(step.arguments), "succeeded", seconds=TOOK, facts=told)
                for step in plan.steps
            )
            ended = now - BETWEEN * (count - number)
            tree = plan.tree.to_json() if plan.tree is not None else None
            store.record(
                Experience(  # fmt: skip
                    plan.instruction, robot, ended, TOOK * len(steps), "succeeded", plan.reason, things, told,
                    tree, steps,
                )
            )
            done += 1
    return done
