"""Constructors of frozen, slotted dataclasses for control loops, faster than the dataclasses' own."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


def fast_constructor(kind: type[T]) -> Callable[..., T]:
    """A constructor for control loops, where the one of a frozen class costs several µs with cold caches.

    A frozen class checks every field before it sets it. This factory fills an object of an ordinary class with the same
    slots, then changes its class to the frozen one.

    Args:
        kind: A frozen dataclass with slots and without ``__post_init__``.

    Returns:
        Takes the fields as the constructor does, except that all must be given.

    Raises:
        TypeError: The class has no slots, so that objects of another class cannot become its own.
    """
    if "__slots__" not in vars(kind) or hasattr(kind, "__post_init__"):
        raise TypeError(f"{kind.__name__} must have slots and no __post_init__ to be made quickly")

    names = [field.name for field in dataclasses.fields(kind)]  # type: ignore[arg-type]
    blank = type(f"Quick{kind.__name__}", (), {"__slots__": vars(kind)["__slots__"]})
    lines = [
        f"def make({', '.join(names)}):",
        "    made = blank()",
        *(f"    made.{name} = {name}" for name in names),
        "    made.__class__ = kind",
        "    return made",
    ]
    place: dict[str, Any] = {"blank": blank, "kind": kind}
    exec("\n".join(lines), place)  # of names of fields alone, as dataclasses make their constructors
    maker: Callable[..., T] = place["make"]
    return maker
