"""One at a time: several objects for a single hand are taken one after the other."""

from __future__ import annotations

from skill_stack.core.steps import Part, Step
from skill_stack.core.world.fact import Fact


def one_at_a_time(parts: list[Part]) -> list[Part]:
    """The parts with each of several things taken right before it is used: ``fetch both cups and bring them to Anna``.

    Args:
        parts: Steps in the order in which they were said.
    """
    at = 0
    while at < len(parts):
        end = _run(parts, at)
        if end - at > 1:
            parts = _apart(parts, at, end)
        at = max(end, at + 1)
    return parts


def _run(parts: list[Part], at: int) -> int:
    """Where steps end that begin at a position, are of one skill and cannot be done right after each other."""
    end = at + 1
    while end < len(parts) and _hindered(parts[end - 1], parts[end]):
        end += 1
    return end


def _hindered(one: Part, other: Part) -> bool:
    """Whether a step undoes what the next of the same skill needs: the hand is full."""
    if not isinstance(one, Step) or not isinstance(other, Step) or one.spec is not other.spec:
        return False
    gone = {(effect.predicate, effect.arguments) for effect in one.effects if not effect.positive}
    made = frozenset(Fact(effect.predicate, effect.arguments) for effect in one.effects if effect.positive)
    full = any(
        (need.predicate, need.arguments) in gone if need.positive else not need.holds(made) for need in other.needs
    )
    return one.arguments != other.arguments and full


def _apart(parts: list[Part], at: int, end: int) -> list[Part]:
    """The parts with each step of a run before the first later one that needs what it brings about; or as they are."""
    rest = parts[end:]
    where: dict[int, int] = {}
    for k in range(at, end):
        one = parts[k]
        brought = {(e.predicate, e.arguments) for e in one.effects if e.positive} if isinstance(one, Step) else set()
        uses = (place for place, step in enumerate(rest) if isinstance(step, Step) and place not in where.values()
                and any(n.positive and (n.predicate, n.arguments) in brought for n in step.needs))  # fmt: skip
        first = next(uses, None)
        if first is None:
            return parts
        where[k] = first
    before = {place: parts[k] for k, place in where.items()}
    return [*parts[:at], *(one for place, step in enumerate(rest) for one in (before.get(place), step) if one)]
