"""Numbers of data files with the bounds that every robot keeps, SI; what lies beyond is a slip of the pen or a fault.

The bounds are wide: they tell a number from nonsense, not a good number from a bad one. Every number is finite and at
most :data:`LARGEST` already by :class:`skill_stack.core.data_file.DataModel`.
"""

from __future__ import annotations

import math
from typing import Annotated, Any

from pydantic import AfterValidator, Field

LARGEST = 1e12
"""Largest magnitude of any number in a data file, in its unit: time stamps in s are below it, and nothing is above."""

FASTEST = 1000.0
"""Highest rate of a control loop, Hz; beyond it a period is shorter than what one tick takes."""

Positive = Annotated[float, Field(gt=0)]
NonNegative = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
"""A part of a whole, 0 to 1."""
Rate = Annotated[float, Field(gt=0, le=FASTEST)]
"""Runs per second of a loop, network or sensor, Hz."""
Gain = Annotated[float, Field(ge=0, le=1e5)]
"""Position gain, N·m/rad or N/m, or damping gain, N·m·s/rad or N·s/m; rigid linear drives have some 1e4."""
Effort = Annotated[float, Field(gt=0, le=1e5)]
"""Largest torque, N·m, or force, N, of one joint."""
JointSpeed = Annotated[float, Field(gt=0, le=1e3)]
"""Largest speed of a joint, rad/s or m/s."""
JointPosition = Annotated[float, Field(ge=-1e4, le=1e4)]
"""Position of a joint, rad or m; joints that turn without end are counted in turns."""
Seconds = Annotated[float, Field(gt=0, le=1e6)]
"""Length of a run or motion, s; a million of them are eleven days."""
Mass = Annotated[float, Field(gt=0, le=1e5)]
"""Mass of a thing that a robot meets, kg."""
Metres = Annotated[float, Field(ge=-1e5, le=1e5)]
"""Place or extent in a scene, m."""


def ordered(pair: tuple[float, float]) -> tuple[float, float]:
    """The pair as it is; raises ValueError where its low is above its high, for validators."""
    if pair[0] > pair[1]:
        raise ValueError(f"has its low above its high: {list(pair)}")
    return pair


Interval = Annotated[tuple[float, float], AfterValidator(ordered)]
"""Lowest and highest value."""
NonNegativeInterval = Annotated[tuple[NonNegative, NonNegative], AfterValidator(ordered)]
"""Lowest and highest value of what cannot be below zero."""


def implausible(value: Any) -> str:
    """What is wrong with the numbers in a value, or an empty string.

    Args:
        value: Plain data of any depth; what is no number and holds none is left alone.
    """
    if isinstance(value, bool | str):
        return ""
    if isinstance(value, int | float):
        if isinstance(value, float) and not math.isfinite(value):
            return f"{value} is not a finite number"
        return f"it is beyond ±{LARGEST:g}" if abs(value) > LARGEST else ""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list | tuple) else ()
    for key, inner in items:
        if problem := implausible(inner):
            return f"{key}: {problem}"
    return ""
