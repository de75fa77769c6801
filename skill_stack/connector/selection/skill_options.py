"""Alternatives for a request: the skill itself, others that realise it, and others that realise its base."""

from __future__ import annotations

from dataclasses import dataclass, replace

from skill_stack.core.setpoint import SkillRequest
from skill_stack.core.skills.skill import Hazard
from skill_stack.core.skills.skill_alternatives import arguments_for
from skill_stack.core.skills.skill_library import SkillLibrary


@dataclass(frozen=True, slots=True)
class SkillOption:
    """One alternative for a request.

    Attributes:
        name: Under which its runs are counted.
        request: What is to be run.
        library: Skills to run it with.
        hazard: Of the skills that move, the worst.
        preferred: Whether it is taken before those that are not.
    """

    name: str
    request: SkillRequest
    library: SkillLibrary
    hazard: Hazard
    preferred: bool = False


def ways_of(library: SkillLibrary, request: SkillRequest) -> tuple[SkillOption, ...]:
    """All alternatives, the requested skill first.

    Args:
        library: Skills of the robot.
        request: The request.

    Raises:
        UnknownName: There is no such skill.
        DataError: It cannot be used; the message states why.
    """
    asked = library[request.skill]
    ways = [SkillOption(asked.name, request, library, library.hazard(asked.name))]
    for other in library.ways_of(asked.name):
        arguments = arguments_for(other, request.arguments)
        if arguments is None:
            continue
        mine = replace(request, skill=other.name, arguments=arguments)
        first = other.action is not None and other.action.preferred
        ways.append(SkillOption(other.name, mine, library, library.hazard(other.name), first))
    if asked.guided is not None:
        for base in library.ways_of(asked.guided.base):
            changed = library.changed(asked.name, guided=asked.guided.model_copy(update={"base": base.name}))
            ways.append(SkillOption(f"{asked.name} on {base.name}", request, changed, changed.hazard(asked.name)))
    return tuple(ways)
