"""Correspondence: the learnt map from how a person moves to goal values of a robot's skill, and how it is followed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from skill_stack.connector.mirroring.person_features import FEATURES, PersonFeatures
from skill_stack.core.errors import DataError
from skill_stack.core.skills.skill import SkillSpec

Array = np.ndarray

FILE = "correspondence.npz"
"""File beside the skill."""
ARRAYS = ("lower", "upper", "mean", "spread", "weights_0", "bias_0", "weights_1", "bias_1", "weights_2", "bias_2")
STALE = 0.3
"""Age of the newest frame from which on nothing is said, s; the guide ``following`` then has the robot stand still."""


@dataclass(frozen=True, slots=True)
class Correspondence:
    """A small network; whatever it is told, its answers are within the ranges of the skill's goal values.

    Attributes:
        goals: Names of the goal values.
        least: Their least values, in their units, shape (goals,).
        most: Their greatest values.
        arrays: Its numbers by :data:`ARRAYS`: bounds of the features it was learnt from, their mean and spread, layers.
    """

    goals: tuple[str, ...]
    least: Array
    most: Array
    arrays: dict[str, Array]

    def answer(self, features: Array) -> Array:
        """Goal values, shape (goals,); features as :class:`PersonFeatures` has them, shape (features,)."""
        a = self.arrays
        value = (np.clip(np.nan_to_num(features), a["lower"], a["upper"]) - a["mean"]) / a["spread"]
        for layer in range(2):
            value = a[f"weights_{layer}"] @ value + a[f"bias_{layer}"]
            value = np.where(value > 0, value, np.expm1(np.minimum(value, 0)))
        share = 0.5 + 0.5 * np.tanh(a["weights_2"] @ value + a["bias_2"])
        return np.asarray(self.least + share * (self.most - self.least))


def load_correspondence(skill: SkillSpec, folder: Path) -> Correspondence:
    """Reads the map beside a skill.

    Args:
        skill: The skill whose goal values it answers with.
        folder: Its folder.

    Raises:
        DataError: It is missing, holds objects, or does not fit the skill.
    """
    path = folder / FILE
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: np.asarray(file[name], dtype=float) for name in ARRAYS}
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"{path}: no correspondence of a person's body with '{skill.name}': {error}") from error
    numbers = [goal for goal in skill.goal if goal.type == "number"]
    shapes = arrays["lower"].shape, arrays["bias_2"].shape
    if shapes != ((len(FEATURES),), (len(numbers),)) or not all(np.isfinite(one).all() for one in arrays.values()):
        raise DataError(f"{path}: does not fit {len(FEATURES)} features and {len(numbers)} goal values")
    least, most = (np.array([float(getattr(goal, side) or 0.0) for goal in numbers]) for side in ("lower", "upper"))
    return Correspondence(tuple(goal.name for goal in numbers), least, most, arrays)


BEYOND = 0.1
"""Share of a feature's learnt range by which a clip may leave it."""
SHOWN_BY = ("left_hip",) * 4 + ("left_shoulder",) * 3 + ("left_ankle", "right_ankle") + ("left_ankle",) * 2 + (
    "left_hand", "right_hand",
)  # fmt: skip
"""Joint that shows each feature."""


def why_refused(correspondence: Correspondence, points: Array, rate: float) -> str:
    """Why a robot cannot follow a clip; empty where it can.

    Args:
        correspondence: The map to the robot.
        points: Where the joints are, m, shape (frames, points, 3).
        rate: Frames per second, Hz.

    Returns:
        The first frame and the joint, with what is wrong.
    """
    person, arrays = PersonFeatures(), correspondence.arrays
    margin = BEYOND * (arrays["upper"] - arrays["lower"])
    for number, frame in enumerate(points):
        wrong = person.take(number / rate, frame)
        if wrong:
            return f"frame {number}, {wrong}"
        if person.values is None or number < rate:  # the first second of smoothed velocities says little
            continue
        outside = (person.values < arrays["lower"] - margin) | (person.values > arrays["upper"] + margin)
        if outside.any():
            which = int(outside.argmax())
            what = f"{FEATURES[which]} {person.values[which]:.2f}"
            learnt = f"{arrays['lower'][which]:.2f} to {arrays['upper'][which]:.2f}"
            return f"frame {number}, {SHOWN_BY[which]}: {what} is beyond what was learnt, {learnt}"
    return ""


class BodyMirror:
    """Goal values that follow a person.

    Attributes:
        problem: Why the newest frame was left out, beginning with the joint; empty where it was taken.
        left_out: How many frames were left out.
    """

    def __init__(self, correspondence: Correspondence) -> None:
        """Nobody has been seen yet."""
        self.problem, self.left_out = "", 0
        self._map, self._person, self._taken = correspondence, PersonFeatures(), -np.inf

    def take(self, time: float, points: Array) -> None:
        """Takes a frame; arguments as for :meth:`PersonFeatures.take`."""
        self.problem = self._person.take(time, points)
        if self.problem:
            self.left_out += 1
        else:
            self._taken = time

    def goals(self, now: float) -> dict[str, float] | None:
        """Goal values at a time, s, by the clock of the frames; None without a fresh frame."""
        if now - self._taken > STALE or self._person.values is None:
            return None
        return dict(zip(self._map.goals, self._map.answer(self._person.values).tolist(), strict=True))
