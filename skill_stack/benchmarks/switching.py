"""Random sequences of requests, changes, people and stops: falls that the same sequence without switching lacks."""

from __future__ import annotations

import os
import time

from skill_stack.benchmarks.report import Row
from skill_stack.benchmarks.switching_run import EVENTS, Sequence
from skill_stack.core.resources import Resources
from skill_stack.core.robot import load_robot
from skill_stack.core.scene_file import load_scene
from skill_stack.core.skill_library import load_library
from skill_stack.planner.planner import Planner

ROBOT, SCENE = "go2", "playground"
MOST = 6
"""Seeds that are named."""


def measure(seconds: float, first: int = 0) -> list[Row]:
    """Sequences of rising seeds until the time is over, at least one.

    Args:
        seconds: How long, s.
        first: The first seed.
    """
    resources = Resources.from_environment(os.environ)
    robot = load_robot(resources.robot(ROBOT))
    library, scene = load_library(resources, robot), load_scene(resources.scene(SCENE))
    planner = Planner(library)
    end, seed, switches, bad = time.monotonic() + seconds, first, 0, []
    while seed == first or time.monotonic() < end:
        sequence = Sequence(robot, library, scene, seed, planner)
        if not sequence.run(interrupted=True):
            bad.append(seed)
        switches += sequence.switches
        seed += 1
    own = [one for one in bad if not Sequence(robot, library, scene, one, planner).run(interrupted=False)]
    worse = [one for one in bad if one not in own]
    note = f"seeds {', '.join(map(str, worse[:MOST]))}" if worse else f"seeds {first}–{seed - 1}"
    what = f"each {EVENTS} requests, changes, cancellations, people who drive and stops, 0.1 to 2.5 s apart"
    return [
        Row("sequences that only switching spoilt", len(worse), "sequences", 0.0, note=note),
        Row("sequences", seed - first, "sequences", note=what),
        Row("switches in the middle of something", switches, "switches"),
        Row("sequences spoilt either way", len(own), "sequences", note="fell, damped, or not standing in the end"),
    ]
