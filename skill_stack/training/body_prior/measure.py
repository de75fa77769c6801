"""Draws of the prior in the runtime's line: does the robot stay upright, and how much does it do?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.rotation import gravity_in_base, headings_of
from skill_stack.core.shared_memory.truth_channel import Truth
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.evaluation.interval import success_interval
from skill_stack.evaluation.measured import commit_here, seeds_text
from skill_stack.evaluation.quantities.liveliness import BodyTrack, doings, headings
from skill_stack.planner.planner import Planner
from skill_stack.runtime.line.observed_line import ObservedLine, Over

SECONDS = 60.0
PUSH, EVERY = 0.3, 5.0
"""Largest push along either axis, m/s, and time between pushes, s."""
LATE = 5.0
"""Time by which a skill may be late, s."""
CHANGED = 1.0
"""Time after which a walk that is told anything is told something else, s."""


def wander(
    resources: Resources,
    robot: RobotSpec,
    skill: str,
    frequency: float,
    seeds: Sequence[int],
    anything: bool,
    report: Callable[[str], None],
) -> dict[str, Any]:
    """Has a skill move for a minute in each world, pushed, and counts what it did on simulator truth.

    Args:
        resources: Where skills and scenes are.
        robot: The robot.
        skill: The skill; it is told the time and a number, or anything.
        frequency: Of its clock, Hz.
        seeds: One world each.
        anything: Whether every second all its goal values are drawn from their whole ranges, instead of once.
        report: Takes progress lines.
    """
    library = load_library(resources, robot).changed(skill, timeout=2 * SECONDS)
    rows, every, gaits, tick = [], Counter[tuple[str, ...]](), Counter[str](), 1.0 / robot.control_rate
    for seed in seeds:
        track, outcome, upright = _go(resources, robot, library, skill, seed, anything)
        did = doings(track, frequency, tick)
        every.update(did)
        gaits.update(one[0] for one in did)
        seen = {"doings": len(set(did)), "headings": len(headings(track, tick))}
        rows.append({"seed": seed, "upright": upright, "outcome": outcome, **seen})
        report(f"{skill}, seed {seed}: {'upright' if upright else 'FELL'}, {outcome}, {seen}")
    good = sum(bool(row["upright"]) for row in rows)
    return {
        "skill": skill,
        "seeds": seeds_text(list(seeds)),
        "upright": good,
        "of": len(rows),
        "interval": list(success_interval(good, len(rows))),
        "doings": np.quantile([row["doings"] for row in rows], [0.0, 0.5, 1.0]).tolist(),
        "headings": float(np.median([row["headings"] for row in rows])),
        "all_doings": len(every),
        "gaits": {name: round(count / gaits.total(), 3) for name, count in gaits.most_common()},
        "fell": [row["seed"] for row in rows if not row["upright"]],
        "commit": commit_here(),
    }


def _go(
    resources: Resources, robot: RobotSpec, library: SkillLibrary, skill: str, seed: int, anything: bool
) -> tuple[BodyTrack, str, bool]:
    """One minute; what the body did, how the skill ended, and whether the robot stayed on its feet and driven."""
    setup, rng = set_up(load_scene(resources.scene("open")), seed), np.random.default_rng(seed)
    line = ObservedLine(robot, library, setup, setup.graph(), Planner(library))
    line.run_skill("rise", {})
    line.idle(0.5)
    begin, goals = len(line.trace), library[skill].goal
    told = {"duration": SECONDS, "way": float(seed % 1000)} if not anything else {}
    going, outcome = line.execution(line.asked(skill, dict(told))), "moving"
    # A skill that is told the time ends by itself; one that is told anything goes on, and is left then.
    end, push, change = line.now + SECONDS + (0.0 if anything else LATE), line.now + EVERY, line.now
    try:
        while line.now < end:
            next(going)
            running = line.connector.active
            if anything and line.now >= change and running is not None:
                drawn = {one.name: float(rng.uniform(one.lower or 0.0, one.upper or 0.0)) for one in goals}
                line.connector.change(replace(running, arguments=dict(drawn)), line.scene, line.now)
                change = line.now + CHANGED
            if line.now >= push:
                line.device.push(*rng.uniform(-PUSH, PUSH, 2).tolist())
                push = line.now + EVERY
            line.step()
    except StopIteration as over:
        outcome = str(over.value[0])
    except Over:
        outcome = "fell"
    good = outcome == ("moving" if anything else "succeeded")
    return _track(line.trace[begin:]), outcome, good and not line.fallen


def _track(trace: Sequence[Truth]) -> BodyTrack:
    """A body's track from its truth."""
    turned = np.array([one.orientation for one in trace])
    velocity = np.array([[*one.linear[:2], one.angular[2]] for one in trace])
    tilt = np.arccos(np.clip(-gravity_in_base(turned)[:, 2], -1.0, 1.0))
    height = np.array([one.position[2] for one in trace])
    return BodyTrack(velocity, height, tilt, np.unwrap(headings_of(turned)), np.array([one.contact for one in trace]))
