"""Which frames of a library hold when all of its skills are taken together."""

from __future__ import annotations

from dataclasses import replace

from skill_stack.planner.language.frames import INSIDE, ONTO, Frame, Head, Role


def unclaimed(frames: list[Frame]) -> list[Frame]:
    """Frames without those of a wide sense whose words another skill says by itself.

    With a skill "look for {object}", looking for things is no longer a way of going to them; with one that hands
    things over, ``get me the cup`` is not only taking it.

    Args:
        frames: All frames of a library.
    """
    claimed: dict[Head, set[str]] = {}
    for frame in frames:
        if frame.remoteness < 2 and frame.roles:
            for words in frame.surfaces:
                claimed.setdefault(words, set()).add(frame.skill.name)
    hands_over = any(frame.sense == "hand_over" for frame in frames)
    return [
        frame
        for frame in frames
        if frame.remoteness < 2
        or not (
            (claimed.get(frame.head, set()) - {frame.skill.name} and frame.sense == "approach")
            or (hands_over and frame.sense == "grasp" and frame.head[-1:] == ("me",))
        )
    ]


def on_or_in(frames: list[Frame], surfaces: frozenset[str]) -> list[Frame]:
    """Frames of a library whose only words for laying things down are ``on``, or ``in``: they then take both.

    Args:
        frames: All frames of a library.
        surfaces: Words of parameters that are surfaces alone, on which things lie and never in.
    """
    second = [role for frame in frames if frame.own for role in frame.roles[1:]]
    for known, other in ((ONTO, INSIDE), (INSIDE, ONTO)):
        if any(role.between & known for role in second) and not any(role.between & other for role in second):
            return [replace(frame, roles=tuple(_both(role, known | other, surfaces) for role in frame.roles))
                    for frame in frames]  # fmt: skip
    return frames


def _both(role: Role, words: frozenset[str], surfaces: frozenset[str]) -> Role:
    """A role that takes one of the words, taking all of them."""
    if not role.between & words or set(role.parameter.split("_")) & surfaces:
        return role
    return replace(role, between=role.between | words)
