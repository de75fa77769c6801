"""One at a time: reorders steps so that a hand takes several objects in turn."""

from __future__ import annotations

from skill_stack.core.steps import Part, Step
from skill_stack.core.world.fact import Fact


def one_at_a_time(parts: list[Part]) -> list[Part]:
    """Moves the taking of each object right before its use: ``fetch both cups and bring them to Anna``.

    Args:
        parts: Steps in text order.
    """
    at = 0
    while at < len(parts):
        end = _run(parts, at)
        if end - at > 1:
            parts = _apart(parts, at, end)
        at = max(end, at + 1)
    return parts


def _run(parts: list[Part], at: int) -> int:
    """The end of a run of steps of one skill that cannot follow each other directly."""
    end = at + 1
    while end < len(parts) and _hindered(parts[end - 1], parts[end]):
        end += 1
    return end


def _hindered(one: Part, other: Part) -> bool:
    """Whether a step prevents the next one of the same skill: the hand is full."""
    if not isinstance(one, Step) or not isinstance(other, Step) or one.spec is not other.spec:
        return False
    gone = {(effect.predicate, effect.arguments) for effect in one.effects if not effect.positive}
    made = frozenset(Fact(effect.predicate, effect.arguments) for effect in one.effects if effect.positive)
    full = any(
        (need.predicate, need.arguments) in gone if need.positive else not need.holds(made) for need in other.needs
    )
    return one.arguments != other.arguments and full


def _apart(parts: list[Part], at: int, end: int) -> list[Part]:
    """The parts with each step of a run before the first later step that needs it; unchanged if one has none."""
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
