"""The same tasks by other methods, for comparison: the library in which another network moves the whole body."""

from __future__ import annotations

from dataclasses import replace

from skill_stack.core.skills.blended_part import BlendedShare
from skill_stack.core.skills.skill_entry import SkillEntry
from skill_stack.core.skills.skill_library import SkillLibrary, needed_skills
from skill_stack.runtime.bodies.body_line import CARRIES, SKILL

BLENDS, SERVO, ALL = ("blend_body", "blend_carry"), "follow_arms", "follow_joints"
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
    spec = library[SERVO]
    assert spec.servo is not None, "it is a servo"
    servo = spec.servo.model_copy(update={"speed": FAST, "stiffness": 1.0})
    joints = spec.model_copy(update={"name": ALL, "needs": LIMBS, "servo": servo})
    shares = (BlendedShare(skill="stand", joints=("legs",)), BlendedShare(skill=ALL, joints=LIMBS))
    if method == "scratch":
        entry = SkillEntry(ALL, library.entries[SERVO].folder, joints)
        library = replace(library, entries={**library.entries, ALL: entry})
    for name in BLENDS:
        blended = library[name].blended
        assert blended is not None, "it is a blended skill"
        more = {"shares": shares} if method == "scratch" else {}
        part = blended.model_copy(update={"network": f"{method}.npz", **more})
        library = library.changed(name, blended=part)
    return library


def alone(library: SkillLibrary) -> SkillLibrary:
    """The library without all that these tasks do not run: its worlds are made sooner."""
    kept: set[str] = set()
    left = {"walk", SKILL, CARRIES}
    while left:
        kept |= left
        left = {name for one in left for name in needed_skills(library[one])} - kept
    return replace(library, entries={name: entry for name, entry in library.entries.items() if name in kept})
