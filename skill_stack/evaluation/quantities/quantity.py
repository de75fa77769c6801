"""Quantity: a figure of an episode; one value, or one for every relevant moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.evaluation.record import EpisodeRecord

Array = np.ndarray
Parameters = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quantity:
    """Definition of a figure.

    Attributes:
        unit: SI unit; empty for pure numbers.
        of: Takes record and parameters; gives values, of which every one must pass.
        what: One line for people.
    """

    unit: str
    of: Callable[[EpisodeRecord, Parameters], Array | float]
    what: str


def numbers(parameters: Parameters, count: int, name: str) -> tuple[float, ...]:
    """Parameters as numbers.

    Args:
        parameters: As they were written.
        count: How many there must be.
        name: What they are, for the message.

    Raises:
        DataError: There are more or fewer, or one is none.
    """
    try:
        values = tuple(float(text) for text in parameters)
    except ValueError:
        values = ()
    if len(values) != count:
        raise DataError(f"({', '.join(parameters)}) is not {name}: {count} number(s) are needed")
    return values


def beyond(error: float, allowed: float) -> float:
    """An error less its tolerance, never below 0."""
    return max(0.0, error - allowed)
