"""Transitions between points of a gait latent, in the runtime's line: does the robot stay on its feet?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from skill_stack.connector.gaits.latent import LATENT
from skill_stack.connector.gaits.latent_plan import LatentPlan
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.evaluation.measured import commit_here, seeds_text
from skill_stack.planner.planner import Planner
from skill_stack.runtime.line.observed_line import ObservedLine

COUNT = 50
"""Transitions of one world."""
RATE = 1.0
"""Most change of either number in a period."""
HELD = 2
"""Periods for which each point is walked."""
PUSH, EVERY = 0.4, 5.0
"""Largest push, m/s, and time between pushes, s."""
LONGEST = 600.0
"""Time that the skill may take here, s."""


def measure_transitions(
    resources: Resources,
    robot: RobotSpec,
    skill: str,
    frequency: float,
    seeds: Sequence[int],
    report: Callable[[str], None],
) -> dict[str, Any]:
    """Walks from point to point of the whole region at random, pushed meanwhile; judged on simulator truth.

    Args:
        resources: Where skills and scenes are.
        robot: The robot.
        skill: Skill with the two numbers among its goal values.
        frequency: Of its gait, Hz.
        seeds: One world each, of :data:`COUNT` transitions.
        report: Takes progress lines.
    """
    library = load_library(resources, robot).changed(skill, timeout=LONGEST)
    planner, rows = Planner(library), []
    for seed in seeds:
        setup = set_up(load_scene(resources.scene("open")), seed)
        line = ObservedLine(robot, library, setup, setup.graph(), planner)
        line.run_skill("rise", {})
        line.idle(0.5)
        rows.append({"seed": seed, **_walk(line, skill, frequency, np.random.default_rng(seed))})
        report(f"seed {seed}: {rows[-1]['transitions']} transitions, {rows[-1]['outcome']}")
    good = sum(row["transitions"] == COUNT and not row["fallen"] for row in rows)
    return {"seeds": seeds_text(list(seeds)), "worlds": good, "of": len(rows), "runs": rows, "commit": commit_here()}


def _walk(line: ObservedLine, skill: str, frequency: float, rng: np.random.Generator) -> dict[str, Any]:
    """The transitions of one world."""
    plan, period = LatentPlan((0.0, 0.0), 1.0 / frequency, RATE), 1.0 / frequency
    going = line.execution(line.asked(skill, dict(zip(LATENT, plan.point))))
    wanted, until, done, push, outcome = plan.point, line.now + 2.0, -1, line.now + EVERY, "walking"
    while done < COUNT and not line.fallen:
        try:
            next(going)
        except StopIteration as end:
            outcome = str(end.value[1])
            break
        if plan.point == wanted and line.now >= until:
            a, b = rng.uniform(-1.0, 1.0, 2).tolist()
            wanted, until, done = (a, b), line.now + HELD * period, done + 1
        before, point = plan.point, plan.towards(wanted, line.now)
        running = line.connector.active
        if point != before and running is not None:
            told = replace(running, arguments={**running.arguments, **dict(zip(LATENT, point))})
            line.connector.change(told, line.scene, line.now)
            until = line.now + HELD * period
        if line.now >= push:
            line.device.push(*rng.uniform(-PUSH, PUSH, 2).tolist())
            push = line.now + EVERY
        line.step()
    return {"transitions": max(done, 0), "fallen": line.fallen, "outcome": outcome}
