"""Picking: selects one of several objects by a superlative, an ordinal or its exact name."""

from __future__ import annotations

import math

from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.language.answers import Answer, listed, question, refusal, shortened
from skill_stack.language.grammar.chunks import Noun
from skill_stack.language.grammar.scene_words import plain, unnumbered


def so_called(words: str, found: list[SceneObject]) -> SceneObject | None:
    """Returns the only object with exactly this id or name; None if there is none or several.

    A desk that is called a table too is none where there are tables.
    """
    kinds = {plain(thing.kind) for thing in found}
    for names in (lambda thing: (thing.id, unnumbered(thing.id)), lambda thing: thing.names):
        called = [thing for thing in found if words in (plain(name) for name in names(thing))]
        if len(called) == 1:
            return called[0] if words not in kinds or words == plain(called[0].kind) else None
    return None


def picked(noun: Noun, found: list[SceneObject], pose: Pose2 | None) -> SceneObject | Answer:
    """Returns the object that a superlative or ordinal selects; the answer if it is not known which."""
    if noun.pick == "order":
        return question(f"In what order? Which one do you mean by '{shortened(noun.words)}': {labels(found, 'or')}?")
    ranked = ordered(found, noun.pick, pose)
    if isinstance(ranked, Answer):
        return ranked
    if noun.rank > len(ranked):
        return refusal(f"There are only {len(ranked)}: {labels(ranked)}.")
    alike = [one for one in found if one.size == ranked[noun.rank - 1].size]
    if noun.pick in ("biggest", "smallest", "tallest", "shortest", "longest") and alike[1:]:  # sizes are not known
        return question(f"Which one do you mean by '{shortened(noun.words)}': {labels(alike, 'or')}?", "which")
    return ranked[noun.rank - 1]


def ordered(found: list[SceneObject], pick: str, pose: Pose2 | None) -> list[SceneObject] | Answer:
    """Returns objects in the order of a superlative, ties by id; for ``middle`` the middle one alone.

    Returns:
        The objects; a question if their order depends on the robot's pose, which is not known.
    """

    def distance(thing: SceneObject) -> float:
        return pose.distance_to(thing.position[0], thing.position[1]) if pose else 0.0

    keys = {
        "nearest": distance,
        "farthest": lambda thing: -distance(thing),
        "biggest": lambda thing: -math.prod(thing.size),
        "smallest": lambda thing: math.prod(thing.size),
        "tallest": lambda thing: -thing.size[2],
        "shortest": lambda thing: (thing.size[2], max(thing.size)),
        "longest": lambda thing: -max(thing.size),
        "leftmost": lambda thing: -bearing(thing, pose),
        "rightmost": lambda thing: bearing(thing, pose),
    }
    if pick in ("nearest", "farthest", "leftmost", "rightmost") and pose is None:
        return question(f"I do not know where I am, so which of these do you mean: {labels(found, 'or')}?")
    if pick == "middle":
        aside = sorted(found, key=lambda thing: (bearing(thing, pose), thing.id))
        return [aside[len(aside) // 2]]
    return sorted(found, key=lambda thing: (keys[pick](thing), thing.id))


def on_the_way(found: list[SceneObject], pose: Pose2 | None) -> tuple[str, ...]:
    """Returns all ids as a route: each time the object nearest to the last one."""
    left, out = list(found), []
    at = (pose.x, pose.y) if pose else found[0].position[:2]
    while left:
        nearest = min(left, key=lambda thing: (math.dist(thing.position[:2], at), thing.id))
        left.remove(nearest)
        out.append(nearest.id)
        at = nearest.position[:2]
    return tuple(out)


def bearing(thing: SceneObject, pose: Pose2 | None) -> float:
    """Returns the angle to an object, rad, positive to the left; 0 if the robot's pose is not known."""
    return pose.bearing_to(thing.position[0], thing.position[1]) if pose else 0.0


def labels(things: list[SceneObject], word: str = "and") -> str:
    """Lists objects in words, by id where labels are equal."""
    said = [thing.label for thing in things]
    names = [thing.id if said.count(thing.label) > 1 else thing.label for thing in things]
    return listed((f"the {name}" for name in names), word)
