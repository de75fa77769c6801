"""Objects held by a hand and their grasps, which the carrying and releasing steps look up."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.connector.grasping.grasp_plan import GraspWish
from skill_stack.core.robots.robot import RobotSpec

MOST = 16
"""Number of recorded objects; the oldest is dropped first."""
_HELD: dict[tuple[int, str], _Held] = {}
_REACHED: dict[tuple[int, str], tuple[RobotSpec, Reached]] = {}


@dataclass(slots=True)
class _Held:
    """One held object.

    Attributes:
        hand: The hand, kept so that nothing else gets its number.
        wish: The grasp.
        placed: By which of the grasp's yaws it was brought to its place; None where that is unknown.
        reached: How the hand came to it.
    """

    hand: RobotSpec
    wish: GraspWish
    placed: int | None = None
    reached: Reached | None = None


@dataclass(frozen=True, slots=True)
class Reached:
    """How a hand came to an object.

    Attributes:
        number: By which of the grasp's yaws.
        own: Where the object's parts pointed then, relative to its heading, rad, by name.
    """

    number: int
    own: dict[str, float]


def remember(hand: RobotSpec, thing: str, wish: GraspWish) -> None:
    """Records the grasp with which a hand closed on an object."""
    forget(hand, thing)
    while len(_HELD) >= MOST:
        del _HELD[next(iter(_HELD))]
    came = _REACHED.pop((id(hand), thing), None)
    _HELD[id(hand), thing] = _Held(hand, wish, reached=came[1] if came is not None else None)


def remember_reach(hand: RobotSpec, thing: str, reached: Reached) -> None:
    """Records how a hand came to an object, before it closes on it."""
    _REACHED.clear()  # the way to another object was given up
    _REACHED[id(hand), thing] = (hand, reached)


def reached(hand: RobotSpec, thing: str) -> Reached | None:
    """How a hand came to an object that it holds; None where that is unknown."""
    found = _HELD.get((id(hand), thing))
    return None if found is None else found.reached


def held(hand: RobotSpec, thing: str) -> GraspWish | None:
    """The last grasp of a hand on an object; None before it, or after a release."""
    found = _HELD.get((id(hand), thing))
    return None if found is None else found.wish


def forget(hand: RobotSpec, thing: str) -> None:
    """Records that a hand released an object."""
    _HELD.pop((id(hand), thing), None)


def remember_placing(hand: RobotSpec, thing: str, number: int) -> None:
    """Records by which of the grasp's yaws a hand has brought a held object to its place."""
    if (found := _HELD.get((id(hand), thing))) is not None:
        found.placed = number


def placed(hand: RobotSpec, thing: str) -> tuple[int, ...]:
    """By which of the grasp's yaws it has brought it there; empty where that is unknown."""
    found = _HELD.get((id(hand), thing))
    return () if found is None or found.placed is None else (found.placed,)
