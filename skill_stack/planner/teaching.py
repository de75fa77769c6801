"""Teaching: statements of people → facts as text, and a scene with these facts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from skill_stack.core.errors import DataError
from skill_stack.core.world.fact import Fact, Literal
from skill_stack.core.world.scene import SceneGraph, SceneObject


def taught(scene: SceneGraph, facts: Iterable[str]) -> SceneGraph:
    """The scene with what was learnt.

    ``called(red_ball, bob)`` gives a thing another name, ``place(kitchen)`` makes a place where the robot is now,
    ``movable(blue_box)`` lets it be pushed, everything else becomes a stated fact; of ``on`` and ``in`` a thing keeps
    one.

    Args:
        scene: What was known.
        facts: ``Plan.facts`` of statements.

    Raises:
        DataError: A text is no fact.
        UnknownName: A name is given to something that is not there, or it is to be movable.
    """
    for text in facts:
        literal = Literal.parse(text)
        if literal.predicate == "called" and len(literal.arguments) == 2:
            scene = _named(scene, *literal.arguments)
        elif literal.predicate == "place" and len(literal.arguments) == 1:
            scene = _placed(scene, literal.arguments[0])
        elif literal.predicate == "movable" and len(literal.arguments) == 1:
            thing = scene[literal.arguments[0]]
            scene = replace(scene, objects={**scene.objects, thing.id: replace(thing, movable=literal.positive)})
        else:
            scene = replace(scene, facts=_changed(scene.facts, literal))
    return scene


def _named(scene: SceneGraph, name: str, other: str) -> SceneGraph:
    """The scene with another name for a thing."""
    thing = scene[name]
    names = tuple(dict.fromkeys((*thing.names, other.replace("_", " "))))
    return replace(scene, objects={**scene.objects, name: replace(thing, names=names)})


def _placed(scene: SceneGraph, name: str) -> SceneGraph:
    """The scene with a place where the robot is."""
    if scene.robot is None:
        raise DataError(f"where '{name}' is cannot be stated: the robot's own place is not known")
    pose = scene.robot
    place = SceneObject(name, "place", (pose.x, pose.y, 0.0), pose.yaw, "point", names=(name.replace("_", " "),))
    return replace(scene, objects={**scene.objects, name: place})


def _changed(facts: frozenset[Fact], literal: Literal) -> frozenset[Fact]:
    """Facts with one more, or one less when it is negative."""
    fact = Fact(literal.predicate, literal.arguments)
    if not literal.positive:
        return facts - {fact}
    moved = literal.predicate in ("on", "in") and len(literal.arguments) == 2
    kept = {f for f in facts if not (moved and f.predicate in ("on", "in") and f.arguments[:1] == fact.arguments[:1])}
    return frozenset(kept | {fact})
