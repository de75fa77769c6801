"""Instruction to checked plan without a language model, on one core."""

from __future__ import annotations

import os
import time
from dataclasses import replace

import numpy as np

from skill_stack.benchmarks import gaps
from skill_stack.benchmarks.report import Row
from skill_stack.benchmarks.timing import median_row, percentile
from skill_stack.core.fact import Fact
from skill_stack.core.instruction import Instruction
from skill_stack.core.resources import Resources
from skill_stack.core.robot import load_robot
from skill_stack.core.scene_file import load_scene, set_up
from skill_stack.core.skill_library import load_library
from skill_stack.core.world_facts import place_facts
from skill_stack.planner.planner import Planner

ROBOT = "go2"
SCENE = "playground"
LIMIT = 30.0  # ms
SENTENCES = (
    "walk to the red ball, then sit down",
    "stand up",
    "please go to the yellow box and turn around",
    "turn left",
    "walk two metres forward",
    "go to the blue box, wait three seconds, then come back and sit",
    "face the red ball",
    "sit",
    "walk to the nearest box",
    "turn around and walk one metre backwards",
    "could you go over to the green box, then face the red ball and wait for five seconds?",
    "stand up, walk to the red ball, turn right, then go home and sit down",
    "bring me a coffee",
    "go to the box",
)
"""Short and long sentences, with some that are to be refused or asked about."""


def measure(seconds: float) -> list[Row]:
    """Plans every sentence in turn, from lying and from standing, until the time is over.

    Args:
        seconds: How long, s.
    """
    resources = Resources.from_environment(os.environ)
    robot = load_robot(resources.robot(ROBOT))
    setup = set_up(load_scene(resources.scene(SCENE)), 0)
    scene = replace(setup.graph(), robot=setup.start)
    begin = time.perf_counter()
    planner = Planner(load_library(resources, robot))
    loading = time.perf_counter() - begin
    starts = (place_facts(scene), place_facts(scene) | {Fact("posture", ("robot", "standing"))})
    taken: dict[str, list[float]] = {}
    answers: dict[str, set[str]] = {}
    first, turn, end = float("nan"), 0, time.perf_counter() + 0.6 * seconds
    while turn < len(SENTENCES) or time.perf_counter() < end:
        sentence = SENTENCES[turn % len(SENTENCES)]
        facts = starts[turn // len(SENTENCES) % len(starts)]
        before = time.perf_counter()
        plan = planner.plan(Instruction(sentence), scene, facts)
        spent = time.perf_counter() - before
        if turn == 0:
            first = spent
        else:
            taken.setdefault(sentence, []).append(spent)
        answers.setdefault(plan.status, set()).add(sentence)
        turn += 1
    return [*_rows(taken, answers, first, loading), *gaps.measure(0.4 * seconds)]


def _rows(
    taken: dict[str, list[float]], answers: dict[str, set[str]], first: float, loading: float
) -> list[Row]:
    everything = np.concatenate([np.array(values) for values in taken.values()])
    slowest = max(taken, key=lambda sentence: float(np.median(taken[sentence])))
    counts = ", ".join(f"{len(sentences)} {status}" for status, sentences in sorted(answers.items()))
    median = median_row("instruction to checked plan, median", everything, "ms", 1e3, LIMIT)
    return [
        replace(median, note=f"{len(everything)} runs over {len(SENTENCES)} sentences: {counts}"),
        Row("instruction to checked plan, p99", percentile(everything, 99) * 1e3, "ms"),
        replace(median_row("slowest sentence, median", np.array(taken[slowest]), "ms", 1e3), note=f"“{slowest}”"),
        Row("first instruction of a process", first * 1e3, "ms"),
        Row("loading skills and vocabulary", loading * 1e3, "ms"),
    ]
