"""RecordedFailures: robots like those that failed in recorded episodes, for a training to go on from."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field

from skill_stack.core.data_file import DataModel
from skill_stack.core.errors import DataError
from skill_stack.hardware.mujoco.model_variation import ModelVariation

PROPERTIES = {"friction": "foot_friction", "added_mass": "added_mass", "motor_strength": "motor_strength"}
"""Properties of a robot by the names that episodes have for them, and by those of a model's variation."""

LEAST = 3
"""Failures without which there is no distribution to draw from."""

LEAST_FACTOR = 0.05
"""Least friction and least factor on torque that is drawn; the kernel's tail may not make them zero."""


class RecordedFailures(DataModel):
    """Failures are drawn from with a Gaussian kernel (Silverman 1986), so that robots between them are trained as well.

    Attributes:
        share: Share of robots that are drawn so; the others come from the task's own ranges, lest they be forgotten.
        robots: Friction, added mass in kg, and factor on torque of each failure, in the order of :data:`PROPERTIES`.
    """

    share: float = Field(0.75, gt=0, le=1)
    robots: tuple[tuple[float, float, float], ...] = Field(min_length=LEAST)

    def put(self, variation: ModelVariation, rng: np.random.Generator) -> ModelVariation:
        """A variation with the properties of a failure in place of its own, or as it was.

        Args:
            variation: As the task's ranges have it.
            rng: Source of chance.
        """
        if rng.random() >= self.share:
            return variation
        failed = np.array(self.robots)
        width = 1.06 * failed.std(axis=0) * len(failed) ** -0.2
        friction, mass, strength = (float(value) for value in rng.normal(failed[rng.integers(len(failed))], width))
        return replace(
            variation,
            foot_friction=max(friction, LEAST_FACTOR),
            added_mass=mass,
            motor_strength=max(strength, LEAST_FACTOR),
        )


def read_failures(path: Path, skill: str, led: Collection[str] = ()) -> RecordedFailures:
    """The failures of a skill in what ``skill-stack eval SUITE --json`` printed.

    Args:
        path: The file.
        skill: Name of the skill.
        led: Skills whose failures count as its own, because guides lead its network in them.

    Raises:
        DataError: It is no such file, or has too few failures of the skill; names what would do.
    """
    how = f"write one with: skill-stack eval SUITE --seeds 1-100 --json > {path.name}"
    try:
        tasks: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["tasks"]
        runs = [run for task in tasks if task["skill"] in (skill, *led) for run in task["runs"]]
        failed = [run["world"] for run in runs if not run["passed"]]
        robots = [tuple(float(world[name]) for name in PROPERTIES) for world in failed]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path}: no recorded episodes ({type(error).__name__}: {error}); {how}") from error
    if len(robots) < LEAST:
        raise DataError(f"{path}: '{skill}' failed in {len(robots)} of {len(runs)} episodes, {LEAST} are needed; {how}")
    return RecordedFailures(robots=tuple(robots))
