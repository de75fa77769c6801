"""Non-SI units of libraries."""

from __future__ import annotations

import math

SCALES = {
    "sec": ("s", 1.0), "second": ("s", 1.0), "seconds": ("s", 1.0), "ms": ("s", 1e-3), "min": ("s", 60.0),
    "minute": ("s", 60.0), "minutes": ("s", 60.0), "h": ("s", 3600.0), "hour": ("s", 3600.0), "hours": ("s", 3600.0),
    "meter": ("m", 1.0), "meters": ("m", 1.0), "metre": ("m", 1.0), "metres": ("m", 1.0), "cm": ("m", 0.01),
    "mm": ("m", 1e-3), "km": ("m", 1000.0), "deg": ("rad", math.pi / 180), "degree": ("rad", math.pi / 180),
    "degrees": ("rad", math.pi / 180), "radians": ("rad", 1.0),
}  # fmt: skip
"""Non-SI units of libraries: the SI unit and the factor."""


def si(unit: str) -> str:
    """The SI unit of a unit; the unit itself where it is not known.

    Args:
        unit: A unit as a library writes it.
    """
    return SCALES.get(unit, (unit, 1.0))[0]
