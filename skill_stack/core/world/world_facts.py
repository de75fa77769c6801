"""Facts derived from the running skill and from geometry."""

from __future__ import annotations

import math

from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Fact, Literal, apply_effects
from skill_stack.core.world.scene import SceneGraph

NEAR_GAP = 0.8
"""Gap between robot base and an object's outline below which the robot is near it, m: one body length."""

FACING_ANGLE = 0.35
"""Angle between heading and object below which the robot faces it, rad: 20 degrees."""

OPEN_ANGLE = math.radians(60)
"""Angle from where it is shut from which on what has a hinge is open, rad: half of its width is free."""

SHUT_ANGLE = math.radians(10)
"""Angle up to which what has a hinge is shut, rad: it would latch, or nearly."""

SEES = Fact("sees", ("robot",))
"""Fact stated while a camera runs: objects not in the scene can be searched, and effects verified."""

STALE = "stale"
"""Predicate of what is not watched at present, although a camera should: ``scene``, or a ball."""

POINTED = "pointed_at"
"""Predicate of an object at which a person points or has just pointed; its second argument is how likely, 0 to 1."""

POINTED_PLACE = "pointed_place"
"""Id of the place on the floor at which a person points."""

SPEAKER = "speaker"
"""Id of the person who points, and so of who speaks."""

VISIBLE = ("on", "at", "holding", "held", "near", "facing")
"""Predicates of two objects that a camera can verify."""

PLACING = frozenset({"on", "at", "in", "inside"})
"""Predicates that say by what their first argument is."""

GEOMETRIC = frozenset({"near", "facing"})
"""Predicates that geometry decides: they come and go with every movement."""


def body_facts(library: SkillLibrary, skill: str, progress: float) -> frozenset[Fact]:
    """Facts about the robot's body from the running skill: its preconditions, changed by its effects.

    Only statements without an argument of the skill count; what a standing policy needs (that the robot stands) goes
    on being true while it runs.

    Args:
        library: Skills of the robot.
        skill: Skill that drives now, as the controller reports it; unknown or empty gives no facts.
        progress: Its progress; a posture that is not complete yet has no effects.
    """
    if skill not in library:
        return frozenset()
    spec = library[skill]
    if spec.kind == "posture" and progress < 1.0:
        return frozenset()
    needed = frozenset(Fact(n.predicate, n.arguments) for n in map(Literal.parse, spec.preconditions) if _plain(n))
    effects = [effect for effect in map(Literal.parse, spec.effects) if _plain(effect) or not effect.positive]
    return apply_effects(needed, effects)


def _plain(literal: Literal) -> bool:
    """Whether a literal states something without an argument of the skill."""
    return literal.positive and not any(a.startswith("$") or a == "*" for a in literal.arguments)


def place_facts(scene: SceneGraph) -> frozenset[Fact]:
    """What geometry decides, such as ``near(robot, x)`` and ``open(x)``, with the facts stated in the scene."""
    facts = set(scene.facts)
    hinged = [one for one in scene.objects.values() if one.hinge is not None]
    facts |= {Fact("hinged", (one.id,)) for one in hinged}
    lids = [one for one in scene.objects.values() if one.lifted is not None]
    facts |= {Fact("lid", (one.id,)) for one in lids}
    facts |= {Fact("open", (one.id,)) for one in (*hinged, *lids) if one.opened >= OPEN_ANGLE}
    if scene.robot is None:
        return frozenset(facts)
    for thing in scene.objects.values():
        if thing.kind == "wall":
            continue
        x, y, _ = thing.position
        if scene.robot.distance_to(x, y) - thing.radius < NEAR_GAP:
            facts.add(Fact("near", ("robot", thing.id)))
        if abs(scene.robot.bearing_to(x, y)) < FACING_ANGLE:
            facts.add(Fact("facing", ("robot", thing.id)))
    return frozenset(facts)
