"""The same tasks by other methods, for comparison: the library in which another network moves the whole body."""

from __future__ import annotations

from dataclasses import replace

from skill_stack.core.skills.blended_part import BlendedShare
from skill_stack.core.skills.servo_part import ServoPart
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.runtime.bodies.body_truth import CARRIES, SKILL

BLENDS, ALL = ("blend_body", "blend_carry"), "follow_joints"
FOLLOW = 0.03
"""Time constant of a servo whose targets change all the time, s, as that of ``follow_arms``."""
FAST = 0.6
"""Speed of joints that a network moves by itself, as a share of the largest."""


def library_of(library: SkillLibrary, method: str) -> SkillLibrary:
    """The library whose skills of the whole body are moved by a method.

    Args:
        library: That of the robot, whose own method is ``blended``.
        method: ``blended``, ``switched`` or ``scratch``; the latter drives all joints by a servo.
    """
    blends, more = [name for name in BLENDS if name in library.entries], {}
    if method == "scratch":
        spec, servo = library[blends[0]], ServoPart(speed=FAST, follow=FOLLOW)
        joints = spec.model_copy(update={"name": ALL, "kind": "servo", "servo": servo, "blended": None})
        entry = replace(library.entries[spec.name], name=ALL, spec=joints)
        library = replace(library, entries={**library.entries, ALL: entry})
        shares = (BlendedShare(skill="stand", joints=("legs",)), BlendedShare(skill=ALL, joints=spec.needs))
        more = {"shares": shares}
    for name in blends:
        blended = library[name].blended
        assert blended is not None, "it is a blended skill"
        part = blended.model_copy(update={"network": f"{method}.npz", **more})
        library = library.changed(name, blended=part)
    return library


def alone(library: SkillLibrary) -> SkillLibrary:
    """The library without all that these tasks do not run: its worlds are made sooner."""
    return library.only(name for name in ("walk", SKILL, CARRIES) if name in library.entries)
