"""Demand: a success condition on simulator truth, e.g. ``end_gap(yellow_box) >= 0.35 m``."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.skills.condition import Condition
from skill_stack.evaluation.quantities import QUANTITIES
from skill_stack.evaluation.record import EpisodeRecord
from skill_stack.evaluation.span import si_unit

_FORM = re.compile(r"^\s*([a-z][a-z_]*)\s*(?:\(([^()]*)\))?\s*((?:<=|>=|<|>)\s*\S+)\s*(\S*)\s*$")

UNMEASURED = 10.0
"""How far a quantity that has no value is from a limit, as a share of it."""
LEAST_LIMIT = 0.1
"""Size of a limit, at least, of which such a share is."""


@dataclass(frozen=True, slots=True)
class Demand:
    """A comparison that every value of a quantity must pass.

    Attributes:
        text: As it was written.
        quantity: Name of the quantity.
        parameters: Objects or numbers that it is about; none: those of the skill's own arguments.
        condition: The comparison.
    """

    text: str
    quantity: str
    parameters: tuple[str, ...]
    condition: Condition

    @classmethod
    def parse(cls, text: str) -> Demand:
        """Reads ``quantity[(parameter, …)] <= number [unit]``.

        Raises:
            DataError: The text has another form, or the quantity another unit.
            UnknownName: There is no such quantity.
        """
        match = _FORM.match(text)
        if match is None:
            raise DataError(f"'{text}' is not a demand; write for example 'end_tilt <= 0.3 rad'")
        name, inside, comparison, unit = match.groups()
        if name not in QUANTITIES:
            raise UnknownName("quantity", name, QUANTITIES)
        wanted = QUANTITIES[name].unit
        if si_unit(unit) != wanted:
            raise DataError(f"'{text}': '{name}' is in {wanted or 'no unit'}, not in {unit or 'no unit'}")
        parameters = tuple(part.strip() for part in (inside or "").split(",") if part.strip())
        return cls(text.strip(), name, parameters, Condition.parse(f"{name} {comparison} {unit}"))

    @property
    def name(self) -> str:
        """Under which its value is reported: the quantity with its parameters."""
        return f"{self.quantity}({', '.join(self.parameters)})" if self.parameters else self.quantity

    def worst(self, record: EpisodeRecord) -> float:
        """The value that is hardest to pass with, SI; NaN when the quantity has none.

        Raises:
            DataError: The record lacks what the quantity needs.
            UnknownName: A parameter names an object that there is not.
        """
        values = np.atleast_1d(QUANTITIES[self.quantity].of(record, self.parameters))
        if not values.size or not np.isfinite(values).all():
            return float("nan")
        return float(values.max() if self.condition.operator.startswith("<") else values.min())

    def holds(self, worst: float) -> bool:
        """Whether it holds, given the worst value."""
        return self.condition.compare({self.quantity: worst})

    def lacking(self, measured: Mapping[str, float]) -> float:
        """How far a measured value is from holding, as a share of the limit; 0 where it holds.

        Args:
            measured: Worst values by name, as :func:`judge` gives them; one that is missing is :data:`UNMEASURED` off.
        """
        worst, limit = measured.get(self.name, math.nan), self.condition.value
        if self.holds(worst):
            return 0.0
        return abs(worst - limit) / max(abs(limit), LEAST_LIMIT) if math.isfinite(worst) else UNMEASURED


@dataclass(frozen=True, slots=True)
class Judgement:
    """Verdict on a record.

    Attributes:
        passed: Whether every demand held.
        reason: Those that did not, with figures; empty when all did.
        measured: Worst value of each demanded quantity, SI; left out where there is none.
    """

    passed: bool
    reason: str
    measured: dict[str, float]


def judge(demands: tuple[Demand, ...], record: EpisodeRecord) -> Judgement:
    """Judges a record.

    Raises:
        DataError: The record lacks what a demand needs.
        UnknownName: A demand names an object that there is not.
    """
    wrong, measured = [], {}
    for demand in demands:
        worst = demand.worst(record)
        if np.isfinite(worst):
            measured[demand.name] = worst
        if not demand.holds(worst):
            figure = f"{worst:.3g}" if np.isfinite(worst) else "not there"
            wrong.append(f"'{demand.text}' did not hold: {figure}")
    return Judgement(not wrong, "; ".join(wrong), measured)
