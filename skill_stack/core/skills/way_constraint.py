"""WayConstraint: what the path of a step must keep to besides its goal."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from skill_stack.core.errors import DataError
from skill_stack.core.world.scene import SceneGraph

Kind = Literal["away", "out", "left", "right", "between"]
KINDS: tuple[Kind, ...] = get_args(Kind)
FARTHEST = 20.0
"""Largest distance that a path may be told to keep, m; more than any room of a scene is wide."""

_ONE = re.compile(r"(\w+)\(([^()]*)\)")
_FORM = "away(thing, metres), out(thing), left(thing), right(thing) or between(thing, thing), joined by ';'"


@dataclass(frozen=True, slots=True)
class WayConstraint:
    """One constraint.

    Attributes:
        kind: ``away``: at least ``distance`` from the outlines of things; ``out``: the body does not cross their
            outlines, be it a line on the floor; ``left``, ``right``: things are passed on this side, as seen from where
            the robot begins; ``between``: the path leads between two things.
        things: Ids of the things.
        distance: For ``away``, from outline to the robot's body, m; else 0.
    """

    kind: Kind
    things: tuple[str, ...]
    distance: float = 0.0

    def words(self, scene: SceneGraph) -> str:
        """It in words, with the labels of a scene: ``without crossing the line``."""
        things = " and ".join(f"the {scene[name].label}" if name in scene.objects else name for name in self.things)
        away = f"at least {self.distance:g} m away from"
        leads = {"away": away, "out": "without crossing", "between": "passing between"}
        return f"{leads.get(self.kind, f'passing {self.kind} of')} {things}"

    def __str__(self) -> str:
        metres = [f"{self.distance:g}"] if self.kind == "away" else []
        return f"{self.kind}({', '.join([*self.things, *metres])})"


def way_text(constraints: Iterable[WayConstraint]) -> str:
    """Constraints as the argument of a skill, e.g. ``away(red_ball, 1); left(box)``; each once."""
    return "; ".join(dict.fromkeys(map(str, constraints)))


def way_of(text: str) -> tuple[WayConstraint, ...]:
    """The constraints of an argument.

    Args:
        text: As :func:`way_text` writes it; empty for none.

    Raises:
        DataError: It is written otherwise; the message states the form.
    """
    return tuple(_parsed(one.strip()) for one in text.split(";")) if text.strip() else ()


def _parsed(text: str) -> WayConstraint:
    found = _ONE.fullmatch(text)
    kind, inner = (found[1], [one.strip() for one in found[2].split(",")]) if found else ("", [])
    if kind not in KINDS or not all(inner):
        raise DataError(f"a constraint on the way is written {_FORM}, not '{text}'")
    distance = _metres(inner.pop(), text) if kind == "away" else 0.0
    few, many = (2, 2) if kind == "between" else (1, 99)
    if not few <= len(inner) <= many:
        raise DataError(f"a constraint on the way is written {_FORM}, not '{text}'")
    return WayConstraint(kind, tuple(inner), distance)  # type: ignore[arg-type]  # one of KINDS


def _metres(text: str, whole: str) -> float:
    try:
        metres = float(text)
    except ValueError:
        raise DataError(f"'{whole}' needs its distance in metres last, not '{text}'") from None
    if not (math.isfinite(metres) and 0.0 < metres <= FARTHEST):
        raise DataError(f"the distance in '{whole}' must be above 0 and at most {FARTHEST:g} m")
    return metres
