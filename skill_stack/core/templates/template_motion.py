"""TemplateMotion: one period of a path of a hand, repeated."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from skill_stack.core.data_file import DataModel, parse_model, read_yaml
from skill_stack.core.quantity import NonNegative, Seconds

FOLDER = Path(__file__).parent
Row = tuple[float, float, float, float, float]


class TemplateMotion(DataModel):
    """A template; ``templates.yaml`` explains every key.

    Attributes:
        description: What it looks like.
        points: Share of the period, x, y, z in units of ``size``, and turn in units of ``turn``.
        size: Distance of the farthest point from the middle, m.
        turn: Largest turn about the hand's own axis, rad.
        period: Time of one period, s.
        times: Periods of one step.
        contact: ``none``, ``surface`` below, or ``hit`` at the end of each stroke.
    """

    description: str
    points: tuple[Row, ...] = Field(min_length=2)
    size: Annotated[float, Field(ge=0, le=0.3)]
    turn: NonNegative = 0.0
    period: Seconds
    times: Annotated[int, Field(ge=1, le=20)]
    contact: Literal["none", "surface", "hit"]

    @model_validator(mode="after")
    def _in_order(self) -> TemplateMotion:
        shares = [row[0] for row in self.points]
        if shares[0] != 0.0 or sorted(set(shares)) != shares or shares[-1] >= 1.0:
            raise ValueError("the shares of points begin at 0 and rise, below 1")
        return self

    @property
    def seconds(self) -> float:
        """Time of the whole motion, s."""
        return self.times * self.period

    def at(self, time: float) -> tuple[np.ndarray, float]:
        """Where the hand is from the middle, m, shape (3,), x forward, y left, z up; and its turn, rad.

        Args:
            time: Since the beginning, s; before and after the motion it is at the first point.
        """
        share = (time / self.period) % 1.0 if 0.0 < time < self.seconds else 0.0
        rows = np.array([*self.points, (1.0, *self.points[0][1:])])
        k = int(np.searchsorted(rows[:, 0], share, side="right")) - 1
        part = (share - rows[k, 0]) / (rows[k + 1, 0] - rows[k, 0])
        if len(self.points) < 6:  # corners are rounded in time; a circle of many points is not slowed at each
            part = part * part * (3.0 - 2.0 * part)
        now = rows[k, 1:] + part * (rows[k + 1, 1:] - rows[k, 1:])
        return self.size * now[:3], float(self.turn * now[3])


class _TemplatesFile(DataModel):
    templates: dict[str, TemplateMotion] = Field(min_length=1)


@cache
def template_motions() -> dict[str, TemplateMotion]:
    """Every template by name."""
    path = FOLDER / "templates.yaml"
    return parse_model(_TemplatesFile, {"templates": read_yaml(path)}, str(path)).templates


@cache
def verb_meanings() -> dict[str, str]:
    """What verbs of the hand mean, in plain words."""
    return {str(verb): str(meaning) for verb, meaning in read_yaml(FOLDER / "verb_meanings.yaml").items()}
