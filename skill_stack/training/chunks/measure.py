"""Measurement: the cloned skill walks to points that were not recorded, judged on simulator truth."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.stats import binomtest

from skill_stack.core.rotation import yaw_of
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.evaluation.measured import commit_here, seeds_text
from skill_stack.training.chunks.demonstrations import Demonstrations
from skill_stack.training.chunks.settings import ChunkCloneSettings

CONFIDENCE = 0.95
FIRST_SEED = 500_000
"""Seeds from here on are for measuring alone."""


def measure(
    worlds: Demonstrations,
    library: SkillLibrary,
    skill: str,
    settings: ChunkCloneSettings,
    report: Callable[[str], None],
) -> dict[str, Any]:
    """Runs the skill from a stance, through connector and control core, in worlds of their own.

    Args:
        worlds: Makes worlds and points.
        library: Skills of the robot with the new network.
        skill: Name of the skill.
        settings: How many, and what counts as arrived.
        report: Takes progress lines.

    Returns:
        What ``results.json`` holds.
    """
    seeds = [FIRST_SEED + number for number in range(settings.measure_episodes)]
    errors, seconds, failures = [], [], []
    for number, seed in enumerate(seeds):
        line, (x, y) = worlds.stands(settings.record.scene, seed, library), worlds.point(settings.record, seed)
        truth = line.device.truth()
        heading, (x0, y0) = yaw_of(truth.orientation), truth.position[:2]
        c, s = math.cos(heading), math.sin(heading)
        result = line.run_skill(skill, {"x": x, "y": y})
        end = line.device.truth()
        error = math.hypot(x0 + c * x - s * y - end.position[0], y0 + s * x + c * y - end.position[1])
        good = result.outcome == "succeeded" and error <= settings.arrived and not end.fallen
        if not good:
            reason = result.reason or f"{error:.2f} m from the point"
            failures.append(
                {"seed": seed, "x": round(x, 2), "y": round(y, 2), "error": round(error, 3), "reason": reason}
            )
        errors.append(error)
        seconds.append(result.simulated_seconds)
        if (number + 1) % 10 == 0:
            report(f"measured {number + 1} of {len(seeds)}, {number + 1 - len(failures)} arrived")
    successes = len(seeds) - len(failures)
    interval = binomtest(successes, len(seeds)).proportion_ci(CONFIDENCE)
    return {
        "episodes": len(seeds),
        "successes": successes,
        "interval": [float(interval.low), float(interval.high)],
        "confidence": CONFIDENCE,
        "conditions": f"simulated scene '{settings.record.scene}' varied by the seeds in friction, mass, latency and "
        f"noise; arrived: within {settings.arrived:g} m of the point by the simulator's truth, standing",
        "body": library.body,
        "seeds": seeds_text(seeds),
        "commit": commit_here(),
        "figures": {
            "error": {**_spread(errors), "unit": "m"},
            "seconds": {**_spread(seconds), "unit": "s"},
        },
        "failures": failures,
    }


def _spread(values: list[float]) -> dict[str, float]:
    return {
        "smallest": round(min(values), 3),
        "median": round(float(np.median(values)), 3),
        "largest": round(max(values), 3),
    }
