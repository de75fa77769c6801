"""TermDefinition: one kind of reward term, as ``terms.yaml`` states it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from skill_stack.core.data_file import DataModel, parse_model, read_yaml
from skill_stack.core.quantity import Interval, NonNegative, Positive
from skill_stack.core.robots.robot import Body

TERMS_FILE = Path(__file__).with_name("terms.yaml")
STAND_HEIGHT = "stand_height"
"""The default that is a property of the robot."""


class TermDefinition(DataModel):
    """What a term means and how far a motion may be from it; ``terms.yaml`` explains every key.

    Attributes:
        meaning: One sentence, for people.
        unit: SI unit; empty for shares.
        range: Lowest and highest target, in the unit.
        default: Target where none is given.
        norm: How the cost grows with the distance.
        width: Distance below which the cost flattens, in the unit.
        weight: Cost of one unit of the norm.
        always: Weight at the default where a set names neither it nor another of its group; None: it costs nothing.
        group: A set holds at most one term of a group for each thing.
        of: What it is of; None: the robot.
        bodies: Robots that have it.
        angle: Whether it is taken round the circle.
        tolerance: Largest distance from the target that counts as success, in the unit; None: it is no aim.
        average: Time over which the quantity is averaged before success is judged, s.
        hold: How long without a break it must be within the tolerance where a set does not say, s.
        effect: ``aim`` has a target; ``penalty`` is to be low; ``prior`` moves what a planner proposes, at no cost.
    """

    meaning: str
    unit: str
    range: Interval
    default: float | Literal["stand_height"]
    norm: Literal["smooth_abs", "quadratic"] = "smooth_abs"
    width: Positive = 1.0
    weight: NonNegative
    always: NonNegative | None = None
    group: str = ""
    of: Literal["foot", "joint", "finger", "pair", "hand"] | None = None
    bodies: Body | Literal["any"]
    angle: bool = False
    tolerance: Positive | None = None
    average: NonNegative = 0.0
    hold: NonNegative = 0.5
    effect: Literal["aim", "penalty", "prior"] = "aim"

    @model_validator(mode="after")
    def _fits(self) -> TermDefinition:
        low, high = self.range
        if isinstance(self.default, float) and not low <= self.default <= high:
            raise ValueError(f"default {self.default:g} is outside of the range {low:g} to {high:g}")
        if (self.effect == "aim") != (self.tolerance is not None):
            raise ValueError("an aim needs a tolerance, and nothing else has one")
        return self

    def target(self, stand_height: float) -> float:
        """The target where none is given, in the unit.

        Args:
            stand_height: Height of the robot's base when it stands, m.
        """
        return stand_height if self.default == STAND_HEIGHT else float(self.default)

    def things(
        self,
        feet: Sequence[str],
        joints: Sequence[str],
        fingers: Sequence[str],
        more: Sequence[str] = ("palm",),
        hands: Sequence[str] = (),
    ) -> Iterator[tuple[str, ...]]:
        """What it can be of; once of nothing where it is of the robot.

        Args:
            feet: Names of the feet.
            joints: Names of the joints.
            fingers: Names of the fingers.
            more: Other ends of a pair.
            hands: Names of the hands at the ends of arms.
        """
        if self.of is None:
            yield ()
        elif self.of == "pair":
            yield from combinations((*fingers, *more), 2)
        else:
            yield from ((name,) for name in {"foot": feet, "joint": joints, "finger": fingers, "hand": hands}[self.of])

    def fits(self, bodies: Collection[str]) -> bool:
        """Whether a robot has it.

        Args:
            bodies: What the robot is, see :attr:`RobotSpec.bodies`.
        """
        return self.bodies == "any" or self.bodies in bodies


class _TermsFile(DataModel):
    terms: dict[str, TermDefinition] = Field(min_length=1)


def load_terms(path: Path) -> dict[str, TermDefinition]:
    """Reads definitions by name.

    Raises:
        DataError: The file is missing or wrong.
    """
    return parse_model(_TermsFile, {"terms": read_yaml(path)}, str(path)).terms


@cache
def reward_terms() -> dict[str, TermDefinition]:
    """Every term by name, in the order of ``terms.yaml``."""
    return load_terms(TERMS_FILE)
