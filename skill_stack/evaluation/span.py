"""Spans: ranges of physical values as people write them, e.g. ``0 to 20 ms``; the unit is part of the text."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator

Span = tuple[float, float]

_NUMBER = r"[-+−]?\d+(?:\.\d+)?(?:e[-+]?\d+)?"
_FORM = re.compile(rf"^\s*({_NUMBER})(?:\s+to\s+({_NUMBER}))?\s*([^\d\s]\S*)?\s*$")
_UNITS = {
    "": ("", 1.0), "1": ("", 1.0), "m": ("m", 1.0), "cm": ("m", 0.01), "mm": ("m", 0.001), "rad": ("rad", 1.0),
    "deg": ("rad", 0.017453292519943295), "s": ("s", 1.0), "ms": ("s", 0.001), "kg": ("kg", 1.0), "g": ("kg", 0.001),
    "m/s": ("m/s", 1.0), "rad/s": ("rad/s", 1.0), "W": ("W", 1.0),
}  # fmt: skip


def parse_span(value: object, unit: str) -> Span:
    """Reads ``0 to 20 ms`` or ``2 kg``.

    Args:
        value: The text; a bare number is taken only where the unit is none.
        unit: The required SI unit; empty: a pure number.

    Returns:
        Lower and upper end, SI.

    Raises:
        ValueError: It is something else, of another unit, or runs from the larger to the smaller.
    """
    wanted = f"write for example '0 to 1{' ' if unit else ''}{unit}'"
    match = _FORM.match(str(value)) if isinstance(value, str | int | float) and not isinstance(value, bool) else None
    if match is None:
        raise ValueError(f"{value!r} is not a range; {wanted}")
    base, factor = _UNITS.get(match[3] or "", (match[3], 1.0))
    if base != unit:
        raise ValueError(f"{value!r} is in {base or 'no unit'}, not in {unit or 'no unit'}; {wanted}")
    low, high = (float(text.replace("−", "-")) * factor for text in (match[1], match[2] or match[1]))
    if low > high:
        raise ValueError(f"{value!r} runs from the larger to the smaller")
    return low, high


def si_unit(unit: str) -> str:
    """The SI unit of what is written in a unit; an unknown one as it is."""
    return _UNITS.get(unit, (unit, 1.0))[0]


def _of(unit: str) -> BeforeValidator:
    return BeforeValidator(lambda value: value if isinstance(value, tuple) else parse_span(value, unit))


Factor = Annotated[Span, _of("")]
Metres = Annotated[Span, _of("m")]
Radians = Annotated[Span, _of("rad")]
Seconds = Annotated[Span, _of("s")]
Kilograms = Annotated[Span, _of("kg")]
Speed = Annotated[Span, _of("m/s")]
