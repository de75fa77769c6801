"""Task of a finger gait search (``gait.yaml`` beside a skill), and the sines of a gait."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pydantic import Field

from skill_stack.core.data_file import DataModel, load_model

Array = np.ndarray
Range = tuple[float, float]
ELITE = 6
"""One of so many candidates has a part in the next generation."""
BANK = 24
"""Different hands and cubes that generations choose from."""


class FingerGaitTask(DataModel):
    """The whole file.

    Attributes:
        sign: 1: to the left, seen against the palm; -1: to the right.
        pose: Pose of the robot about which fingers move.
        period: Of the clock, s.
        harmonics: How many sines there are, of the clock and its multiples.
        enough: Rate beyond which nothing is gained, rad/s.
        place: Centre of the cube in the world, m.
        shift: Largest change of that along x and y, m.
        stray: Largest distance from there along x and y, m; beyond it the cube is lost.
        turned: Largest angle about the vertical, rad, on top of any number of quarter turns.
        size: Of the cube, m.
        mass: kg.
        friction: Between cube and hand.
        motor_strength: Factor on torques.
        seconds: For how long each is tried, s.
        settle: For how long the hand keeps the pose before that, s.
        blend: Time in which the gait then grows out of the pose, s.
        lost: Cost of having lost the cube all the time, rad/s.
        timestep: Physics step, s.
        candidates: In a generation.
        worlds: In which each candidate is tried.
        spread: Standard deviation at the beginning of what is added to the pose, and of each harmonic, rad.
        least: Smallest standard deviation, rad.
        sources: Where numbers come from.
    """

    sign: float
    pose: str
    period: float = Field(gt=0)
    harmonics: int = Field(2, ge=1, le=2)
    enough: float
    place: tuple[float, float, float]
    shift: float
    stray: float
    turned: float
    size: Range
    mass: Range
    friction: Range
    motor_strength: Range
    seconds: float
    settle: float = Field(0.0, ge=0)
    blend: float = Field(0.0, ge=0)
    lost: float = 0.6
    timestep: float = 0.005
    candidates: int = Field(48, ge=ELITE)
    worlds: int = Field(4, ge=1, le=BANK)
    spread: tuple[float, ...] = (0.15, 0.22, 0.05)
    least: float = 0.02
    sources: dict[str, str]


def load_gait_task(folder: Path) -> FingerGaitTask:
    """Reads ``gait.yaml`` of a skill folder; raises DataError where it is missing or wrong."""
    return load_model(FingerGaitTask, folder / "gait.yaml")


def gait_basis(task: FingerGaitTask, rate: float) -> Array:
    """What each number of a gait adds to a joint, step by step, shape (1 + 2 · harmonics, steps); 0 in the pose."""
    steps, before = round(task.seconds / task.timestep), round(task.settle / task.timestep)
    tick = max(round(1.0 / (rate * task.timestep)), 1)
    phase = 2.0 * np.pi * (np.arange(steps) // tick * tick) * task.timestep / task.period
    waves = [wave(number * phase) for number in range(1, task.harmonics + 1) for wave in (np.sin, np.cos)]
    grown = np.minimum(1.0, np.arange(steps) * task.timestep / task.blend) if task.blend else np.ones(steps)
    return np.pad(np.stack([np.ones(steps), *waves]) * grown, ((0, 0), (before, 0)))
