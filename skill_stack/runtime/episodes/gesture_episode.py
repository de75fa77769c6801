"""One gesture of a hand in a random orientation, after another gesture and with pushes, judged on simulator truth."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from skill_stack.evaluation.hand_suite import HandSuite, HandTask
from skill_stack.runtime.episodes.hand_truth import HandTruth, direction, push_of
from skill_stack.runtime.line.parts_line import PartsLine

GRAVITY = 9.81  # m/s²
RECOVERY = 1.0
"""Time from the end of the last push to the judged part, s."""
JUDGED = 0.5
"""Last part of an episode, all of which is judged, s."""
Measured = dict[str, float | None]
Picture = Callable[[str, PartsLine], None]


def arguments_of(task: HandTask, rng: np.random.Generator) -> dict[str, Any]:
    """Arguments of a gesture, drawn."""
    return {name: float(rng.choice(choices)) for name, choices in task.arguments.items()}


def run_gesture(
    line: PartsLine, suite: HandSuite, task: HandTask, rng: np.random.Generator, picture: Picture | None = None
) -> tuple[str, Measured]:
    """Shows another gesture first, then this one, and pushes its fingertips.

    The hand's direction in the world is drawn by turning gravity instead.

    Args:
        line: The line; its hand is anyhow.
        suite: What holds for all tasks.
        task: The gesture.
        rng: Of the seed.
        picture: Called after each step with its name.

    Returns:
        What went wrong on the way, and what was measured; a figure is None where no finger is concerned.
    """
    line.device.model.opt.gravity[:] = GRAVITY * direction(rng)
    others = [one for one in suite.tasks if one.kind == "gesture" and one.skill != task.skill]
    before = others[int(rng.integers(len(others)))]
    arguments = arguments_of(task, rng)
    for one, given in ((before, arguments_of(before, rng)), (task, arguments)):
        outcome = line.run_skill(one.skill, given)
        if picture is not None:
            picture(one.skill, line)
        if outcome.outcome != "succeeded":
            return f"{one.skill}: {outcome.reason}", {}
    truth, disturbance = HandTruth(line), suite.disturbances["gesture"]
    tips = [finger.bends[-1] for finger in suite.fingers.values()]
    for _ in range(disturbance.times):
        force, seconds, rest = push_of(disturbance, rng)
        truth.pushed(force, seconds, tips[int(rng.integers(len(tips)))])
        line.idle(rest)
    line.idle(RECOVERY)
    if picture is not None:
        picture("gesture", line)
    names = tuple(suite.fingers)
    stretched = names[: round(arguments["number"])] if task.stretched is None else task.stretched
    return "", _shown(line, suite, truth, stretched)


def _shown(line: PartsLine, suite: HandSuite, truth: HandTruth, stretched: tuple[str, ...]) -> Measured:
    """The worst value of the last part."""
    straight, bent, speed = -math.inf, math.inf, 0.0
    end = line.now + JUDGED
    while line.now < end:
        line.step()
        speed = max(speed, truth.speed())
        for name, finger in suite.fingers.items():
            flexion = truth.flexion(finger.bends)
            straight = max(straight, flexion) if name in stretched else straight
            bent = bent if name in stretched else min(bent, flexion)
    return {
        "straight": straight if math.isfinite(straight) else None,
        "bent": bent if math.isfinite(bent) else None,
        "speed": speed,
    }
