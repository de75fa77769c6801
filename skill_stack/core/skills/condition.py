"""Condition: a comparison of a named signal with a number, e.g. ``distance <= 0.4 m for 0.5 s``."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from skill_stack.core.errors import DataError
from skill_stack.core.quantity import implausible

_FORM = re.compile(
    r"^\s*(?P<signal>[a-z_][a-z0-9_]*)\s*(?P<op><=|>=|<|>)\s*(?P<value>[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)"
    r"\s*(?P<unit>[^\d\s]\S*)?(?:\s+for\s+(?P<hold>\d+\.?\d*|\.\d+)\s*s)?\s*$"
)
_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}
_FACTORS = {
    None: 1.0, "m": 1.0, "rad": 1.0, "s": 1.0, "m/s": 1.0, "rad/s": 1.0, "W": 1.0, "deg": math.pi / 180, "cm": 0.01,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Condition:
    """A comparison of one signal with a number, optionally held for a time.

    Attributes:
        text: As it was written; the name under which it is reported.
        signal: Name of the signal, in SI units.
        operator: One of ``<=``, ``>=``, ``<``, ``>``.
        value: The number, SI.
        hold: How long the comparison must be true without a break, s.
    """

    text: str
    signal: str
    operator: str
    value: float
    hold: float = 0.0

    @classmethod
    def parse(cls, text: str) -> Condition:
        """Reads ``signal <= number [unit] [for seconds s]``; units: m, cm, rad, deg, s, m/s, rad/s.

        Raises:
            DataError: The text has another form, an unknown unit, or a number that nothing measures.
        """
        match = _FORM.match(text)
        if match is None:
            raise DataError(f"'{text}' is not a condition; write for example 'distance <= 0.4 m for 0.5 s'")
        if match["unit"] not in _FACTORS:
            raise DataError(f"'{text}': unit '{match['unit']}' is not one of {', '.join(filter(None, _FACTORS))}")
        value = float(match["value"]) * _FACTORS[match["unit"]]
        hold = float(match["hold"] or 0.0)
        if problem := implausible([value, hold]):
            raise DataError(f"'{text}': number {problem}")
        return cls(text.strip(), match["signal"], match["op"], value, hold)

    def compare(self, signals: Mapping[str, float]) -> bool:
        """Whether the comparison is true now; a missing or non-finite signal is never true."""
        value = signals.get(self.signal, math.nan)
        return math.isfinite(value) and _OPERATORS[self.operator](value, self.value)


@dataclass(slots=True)
class ConditionWatch:
    """Evaluates conditions with their hold times as signals arrive.

    Attributes:
        conditions: What is watched.
    """

    conditions: tuple[Condition, ...]
    _since: dict[str, float] = field(default_factory=dict)

    @classmethod
    def from_texts(cls, texts: Iterable[str]) -> ConditionWatch:
        """A watch over conditions given as text."""
        return cls(tuple(Condition.parse(text) for text in texts))

    def update(self, signals: Mapping[str, float], now: float) -> tuple[str, ...]:
        """Takes the newest signals.

        Args:
            signals: Values by name, SI.
            now: Task time, s.

        Returns:
            The texts of the conditions that hold, hold times included.
        """
        held = []
        for condition in self.conditions:
            if not condition.compare(signals):
                self._since.pop(condition.text, None)
                continue
            since = self._since.setdefault(condition.text, now)
            if now - since >= condition.hold - 1e-9:
                held.append(condition.text)
        return tuple(held)
