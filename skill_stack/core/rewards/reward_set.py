"""RewardSet: what a motion shall be, as a list of terms with targets."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from skill_stack.core.data_file import DataModel, parse_model
from skill_stack.core.quantity import NonNegative, Positive, Seconds
from skill_stack.core.rewards.term_definition import TermDefinition, reward_terms


def _several(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_several)]
"""Names of things; in YAML one may stand alone."""


class RewardTerm(DataModel):
    """One term of a set.

    Attributes:
        term: Its name in ``terms.yaml``.
        of: What it is of: a foot, a joint, a finger, or two points; empty for the robot.
        target: What it shall be, in the term's unit; None: the term's default.
        weight: Factor on the term's own weight; 0 switches it off, its share that always holds too.
    """

    term: str
    of: Names = ()
    target: float | None = None
    weight: NonNegative = 1.0

    @model_validator(mode="after")
    def _known(self) -> RewardTerm:
        terms = reward_terms()
        if self.term not in terms:
            near = difflib.get_close_matches(self.term, terms, 3) or list(terms)
            raise ValueError(f"there is no term '{self.term}'; there is {', '.join(near)}")
        kind, low, high = self.kind, *self.kind.range
        needed = {None: 0, "pair": 2}.get(kind.of, 1)
        if len(self.of) != needed:
            what = "the robot, and of nothing else" if kind.of is None else f"{needed} of: {kind.of}"
            raise ValueError(f"{self.term} is of {what}, not {list(self.of)}")
        if self.target is not None and not low <= self.target <= high:
            raise ValueError(f"{self.term}: {self.target:g} {kind.unit} is outside of {low:g} to {high:g} {kind.unit}")
        return self

    @property
    def kind(self) -> TermDefinition:
        """What ``terms.yaml`` says of it."""
        return reward_terms()[self.term]

    @property
    def label(self) -> str:
        """Name and what it is of, e.g. ``foot_lift of FL``."""
        return f"{self.term} of {' and '.join(self.of)}" if self.of else self.term


class RewardSuccess(DataModel):
    """When a motion counts as what was asked for: every aim within its tolerance at once.

    Attributes:
        hold: How long without a break, s; None: as long as the terms themselves say.
        within: Time after which it has failed, s.
        tolerance: Largest distance by name of the term, in its unit; the others have that of ``terms.yaml``.
    """

    hold: NonNegative | None = None
    within: Seconds = 8.0
    tolerance: dict[str, Positive] = {}


class RewardSet(DataModel):
    """What a motion shall be.

    Attributes:
        terms: What was asked for. What always holds beside it (balance, effort, …) is added by :meth:`in_force`.
        seconds: How long it goes on, s; None: until told otherwise.
        success: When it counts as done.
    """

    terms: tuple[RewardTerm, ...] = Field(min_length=1)
    seconds: Seconds | None = None
    success: RewardSuccess = RewardSuccess()

    @model_validator(mode="after")
    def _consistent(self) -> RewardSet:
        named: dict[tuple[str, tuple[str, ...]], str] = {}
        for one in self.terms:
            if one.weight == 0.0:
                continue
            slot = (one.kind.group or one.term, one.of)
            if slot in named:
                raise ValueError(f"{one.label} and {named[slot]} exclude each other: keep one of them")
            named[slot] = one.label
        unknown = sorted(set(self.success.tolerance) - {one.term for one in self.aims})
        if unknown:
            raise ValueError(f"success.tolerance: {unknown[0]} is no aim of this set")
        return self

    @classmethod
    def parse(cls, data: Any, origin: str) -> RewardSet:
        """Checks plain data; ``origin`` stands in the message.

        Raises:
            DataError: With one line for each mistake, which names the term.
        """
        return parse_model(cls, data, origin)

    @property
    def aims(self) -> tuple[RewardTerm, ...]:
        """Terms that success is judged by."""
        return tuple(one for one in self.terms if one.kind.effect == "aim" and one.weight > 0.0)

    @property
    def hold(self) -> float:
        """How long every aim must be within its tolerance at once, s; the shortest of theirs where nothing is said."""
        return min(one.kind.hold for one in self.aims) if self.success.hold is None else self.success.hold

    def plain(self) -> dict[str, Any]:
        """As plain data that :meth:`parse` reads; what is at its default is left out."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def problem(
        self,
        bodies: Collection[str],
        feet: Iterable[str],
        joints: Iterable[str],
        fingers: Iterable[str],
        has_object: bool,
        hands: Iterable[str] = (),
    ) -> str:
        """Why a robot cannot be asked for it, or an empty string.

        Args:
            bodies: What the robot is, see :attr:`RobotSpec.bodies`.
            feet: Names of its feet.
            joints: Names of its joints.
            fingers: Names of its fingers.
            has_object: Whether there is an object that a hand can move.
            hands: Names of its hands at the ends of arms.
        """
        tips = tuple(fingers)
        known = {"foot": tuple(feet), "joint": tuple(joints), "finger": tips, "pair": (*tips, "palm", "object"),
                 "hand": tuple(hands)}  # fmt: skip
        for one in self.terms:
            if not one.kind.fits(bodies):
                what = {"arms": "robots with arms"}.get(one.kind.bodies, f"{one.kind.bodies} robots")
                return f"{one.term} is for {what}"
            missing = [name for name in one.of if one.kind.of and name not in known[one.kind.of]]
            if missing:
                have = ", ".join(known[one.kind.of or ""])
                return f"{one.term}: there is no {one.kind.of} '{missing[0]}'; there is {have}"
            if not has_object and (one.term.startswith("object_") or "object" in one.of):
                return f"{one.label}: there is no object in the hand"
        return ""

    def in_force(self, bodies: Collection[str], has_object: bool) -> tuple[RewardTerm, ...]:
        """Terms that cost, those that always hold included; their weights are still factors.

        Args:
            bodies: What the robot is, see :attr:`RobotSpec.bodies`.
            has_object: Whether there is an object that a hand can move.
        """
        named = {one.term for one in self.terms}
        groups = {one.kind.group for one in self.terms if one.weight > 0.0} - {""}
        costing = [one for one in self.terms if one.weight > 0.0 and one.kind.effect != "prior"]
        for name, kind in reward_terms().items():
            excused = name in named or kind.group in groups or not kind.fits(bodies)
            if kind.always is None or excused or (name.startswith("object_") and not has_object):
                continue
            costing.append(RewardTerm(term=name, weight=kind.always / kind.weight if kind.weight else 0.0))
        return tuple(costing)
