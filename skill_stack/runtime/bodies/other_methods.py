"""The same tasks by other methods, for comparison: the library in which another network moves the whole body."""

from __future__ import annotations

from dataclasses import replace

from skill_stack.core.skills.blended_part import BlendedShare
from skill_stack.core.skills.skill_entry import SkillEntry
from skill_stack.core.skills.skill_library import SkillLibrary

BLEND, SERVO, ALL = "blend_body", "follow_arms", "follow_joints"
LIMBS = ("legs", "arms", "waist")
FAST = 0.6
"""Speed of joints that a network moves by itself, as a share of the largest."""


def library_of(library: SkillLibrary, method: str) -> SkillLibrary:
    """The library whose skills of the whole body are moved by a method.

    Args:
        library: That of the robot, whose own method is ``blended``.
        method: ``blended``, ``switched`` or ``scratch``; the latter drives all joints by a servo.

    Raises:
        UnknownName: The robot has no such skills.
    """
    blended = library[BLEND].blended
    assert blended is not None, "it is a blended skill"
    part = blended.model_copy(update={"network": f"{method}.npz"})
    if method != "scratch":
        return library.changed(BLEND, blended=part)
    spec = library[SERVO]
    assert spec.servo is not None, "it is a servo"
    servo = spec.servo.model_copy(update={"speed": FAST, "stiffness": 1.0})
    joints = spec.model_copy(update={"name": ALL, "needs": LIMBS, "servo": servo})
    entry = SkillEntry(ALL, library.entries[SERVO].folder, joints)
    shares = (BlendedShare(skill="stand", joints=("legs",)), BlendedShare(skill=ALL, joints=LIMBS))
    more = replace(library, entries={**library.entries, ALL: entry})
    return more.changed(BLEND, blended=part.model_copy(update={"shares": shares}))


def alone(library: SkillLibrary) -> SkillLibrary:
    """The library without all that these tasks do not run: its worlds are made sooner."""
    blended = library[BLEND].blended
    assert blended is not None, "it is a blended skill"
    kept = {"stand", "walk", "use_whole_body", BLEND, *blended.skills}
    return replace(library, entries={name: entry for name, entry in library.entries.items() if name in kept})
