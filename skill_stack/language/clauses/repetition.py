"""Repetition: whether a repeated order requests another step."""

from __future__ import annotations

from skill_stack.core.steps import Part, Step


def settled(parts: list[Part]) -> bool:
    """Whether repeating the parts at once would change nothing."""
    return all(
        isinstance(part, Step) and any(e.positive for e in part.effects)
        and not any(p.type == "number" and p.default is None for p in part.spec.goal)
        for part in parts
    )  # fmt: skip


def once_more(before: list[Part], new: list[Part], groups: list[int]) -> bool:
    """Whether the new step only restates the last one with another number: "go there, but stop 1 m before"."""
    if len(new) != 1 or not before or not groups or groups[-1] != len(before) - 1:
        return False
    one, other = before[-1], new[0]
    if not isinstance(one, Step) or not isinstance(other, Step) or one.spec is not other.spec or not other.spec.goal:
        return False
    things = [p.name for p in one.spec.goal if p.type == "object"]
    same = [*things, *(p.name for p in one.spec.goal if p.type == "choice")]  # "a joke and the time" are two
    return bool(things) and settled(new) and all(one.arguments[name] == other.arguments[name] for name in same)
