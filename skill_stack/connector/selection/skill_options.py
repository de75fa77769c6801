"""Alternatives for a request: the skill itself, others that realise it, and others that realise its base."""

from __future__ import annotations

from dataclasses import dataclass, replace

from skill_stack.core.robots.adapter_part import AdapterPart, BodyCondition
from skill_stack.core.setpoint import SkillRequest
from skill_stack.core.skills.skill import Hazard, SkillSpec
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
        first = _adapters(other) is not None or (other.action is not None and other.action.preferred)
        ways.append(SkillOption(other.name, mine, library, library.hazard(other.name), first))
    if asked.guided is not None:
        for base in library.ways_of(asked.guided.base):
            changed = library.changed(asked.name, guided=asked.guided.model_copy(update={"base": base.name}))
            name, first = f"{asked.name} on {base.name}", _adapters(base) is not None
            ways.append(SkillOption(name, request, changed, changed.hazard(asked.name), first))
    return tuple(ways)


def suited(library: SkillLibrary, condition: BodyCondition) -> SkillLibrary:
    """The library in which skills with adapters realise others only where they differ from these: they come first then.

    Args:
        library: Skills of the robot.
        condition: What is known of load, floor and motors.
    """
    for entry in library.entries.values():
        spec = entry.spec if entry.usable else None
        part = _adapters(spec) if spec is not None else None
        if spec is not None and part is not None and not any(part.choose(condition).goals.values()):
            library = library.changed(spec.name, realises=None)
    return library


def _adapters(spec: SkillSpec) -> AdapterPart | None:
    return spec.policy.adapters if spec.policy is not None else None
