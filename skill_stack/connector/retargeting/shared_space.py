"""The shipped space of postures, and how it was computed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from skill_stack.connector.retargeting.hand_shape import HandShape
from skill_stack.connector.retargeting.postures import drawn_postures
from skill_stack.connector.retargeting.synergy_space import SynergySpace, fit, load_space
from skill_stack.core.robots.fingertip import FINGERS
from skill_stack.core.robots.robot import RobotSpec

FILE = Path(__file__).with_name("synergies.yaml")
SIZE = 8
"""Number of synergies: with eight the error between Allegro Hands is 6 mm, with six 10 mm (docs/retargeting.md)."""
POSTURES = 2000
"""Postures of each hand that it is computed from."""


@cache
def shared_space() -> SynergySpace:
    """The shipped space."""
    return load_space(FILE)


def computed_space(robots: Sequence[RobotSpec], seed: int = 1, size: int = SIZE) -> SynergySpace:
    """The space of the postures of some hands.

    Args:
        robots: The hands, each with the same weight; the space is that of the fingers that all of them have.
        seed: Of the postures that are drawn.
        size: How many synergies are kept.
    """
    rng, shapes = np.random.default_rng(seed), [HandShape(robot) for robot in robots]
    fingers = [finger for finger in FINGERS if all(finger in shape.which for shape in shapes)]
    tips = []
    for robot, shape in zip(robots, shapes):
        rows = [shape.which.index(finger) for finger in fingers]
        tips += [shape.tips(posture)[rows] for posture in drawn_postures(robot, shape, POSTURES, rng)]
    names = ", ".join(robot.name for robot in robots)
    return fit(np.array(tips), fingers, size, f"{POSTURES} postures each of {names}, seed {seed}")
