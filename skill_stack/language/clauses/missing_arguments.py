"""Missing arguments: questions for them, and refusals of arguments that do not fit."""

from __future__ import annotations

import math
from collections.abc import Iterable

from skill_stack.core.skills.skill import GoalParameter, SkillSpec
from skill_stack.core.units import si
from skill_stack.core.world.scene import SceneGraph
from skill_stack.language.answers import listed, question, refusal, things_known
from skill_stack.language.clauses.binding import Binding
from skill_stack.language.clauses.roles import Types
from skill_stack.language.grammar.chunks import Clause


def missing(binding: Binding, clause: Clause, scene: SceneGraph) -> Exception:
    """Makes the question for the first missing parameter of a binding."""
    name, head = binding.missing[0], " ".join(binding.frame.head).capitalize()
    if name == "side":
        return question(f"{head} to which side, left or right?")
    if name == "direction":
        return question(f"{head} where to? Name a thing or a direction: {things_known(scene)}.")
    parameter = binding.frame.skill.parameter(name)
    if parameter.type == "object":
        said = set(binding.frame.head) <= set(clause.words.casefold().split())
        asked = (clause.words if said else head).capitalize()
        return question(f"{asked}{_between(binding, name, clause)} what? I know: {things_known(scene)}.", "what")
    if parameter.type == "choice":
        return question(f"{head} with which {name}: {', '.join(parameter.choices)}?")
    if si(parameter.unit) == "rad":
        return question(f"{head} which way, and how far? For example left, right, around, or 90 degrees.")
    return question(f"{head} by how much? I need {name} in {parameter.unit}: {parameter.description}.")


def _between(binding: Binding, name: str, clause: Clause) -> str:
    """The preposition before a missing object; empty if the clause ends with it or needs none."""
    role = next((role for role in binding.frame.roles if role.parameter == name), None)
    ends = clause.words.casefold().endswith
    if role is None or "" in role.between or any(ends(one) for one in role.between):
        return ""
    return next(f" {word}" for word in ("to", "on", "in", *sorted(role.between)) if word in role.between)


def spoken(value: float | None, parameter: GoalParameter) -> str:
    """Formats a number with its unit; angles in degrees."""
    if value is None:
        return "any"
    return f"{math.degrees(value):.4g}°" if parameter.unit == "rad" else f"{value:.6g} {parameter.unit}"


def in_range(parameter: GoalParameter, value: float) -> bool:
    """Whether a number is finite and within the bounds of its parameter."""
    assert parameter.lower is not None and parameter.upper is not None
    return math.isfinite(value) and parameter.lower <= value <= parameter.upper


def refuse_unheld(spec: SkillSpec, name: str, ids: Iterable[str], types: Types) -> None:
    """Refuses fixed objects that a skill would have to hold. For arguments see :func:`refuse_foreign`.

    Raises:
        Answer: One of the objects is fixed.
    """
    fixed = next((thing for thing in ids if types.unheld(spec, name, thing) > 1), None)
    if fixed is not None:
        raise refusal(f"{spec.name} is for things that can be carried, not for the {types.scene[fixed].label}.")


def refuse_absurd(spec: SkillSpec, name: str, ids: Iterable[str], types: Types, people: frozenset[str]) -> None:
    """Refuses people, rooms and objects that clearly do not fit. For arguments see :func:`refuse_foreign`.

    Raises:
        Answer: One of them does not fit.
    """
    absurd = [thing for thing in ids if types.absurd(name, thing)]
    if not absurd:
        return
    label = types.scene[absurd[0]].label
    rooms = name.split("_")[-1] in ("room", "rooms")
    kind = "people" if types.wanted(name) == "person" else "rooms" if rooms else "devices"
    somebody = bool(people & set(absurd))
    why = f"for things, and {label} is a person" if somebody else f"for {kind}, and the {label} is none"
    raise refusal(f"{spec.name} is {why}.")


def refuse_foreign(spec: SkillSpec, name: str, ids: Iterable[str], types: Types) -> None:
    """Refuses objects that are certainly not of the kind of a parameter: a tray where drawers are opened.

    Args:
        spec: The skill.
        name: Name of its parameter.
        ids: Ids of the objects.
        types: Which objects fit which parameters.

    Raises:
        Answer: One of them is not of the kind.
    """
    foreign = next((thing for thing in ids if types.named.foreign(spec, name, thing)), None)
    if foreign is not None:
        label = types.scene[foreign].label
        raise refusal(f"{spec.name} is for {listed(spec.parameter(name).nouns, 'or')}, and the {label} is none.")
