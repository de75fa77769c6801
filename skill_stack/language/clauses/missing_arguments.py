"""Missing arguments: the only object that fits, questions for the others, and refusals of what does not fit."""

from __future__ import annotations

from collections.abc import Iterable

from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.units import si
from skill_stack.core.world.scene import SceneGraph
from skill_stack.language.answers import Answer, listed, question, refusal, things_known
from skill_stack.language.clauses.binding import Binding
from skill_stack.language.clauses.roles import Types
from skill_stack.language.grammar.chunks import Clause


def missing(binding: Binding, clause: Clause, scene: SceneGraph) -> Answer:
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


def unfitting(spec: SkillSpec, name: str, ids: Iterable[str], types: Types) -> Answer | None:
    """Returns the refusal of objects that do not fit a skill; None where all fit.

    Args:
        spec: The skill.
        name: Name of its parameter.
        ids: Ids of the objects.
        types: Which objects fit which parameters.
    """
    fixed = next((thing for thing in ids if types.unheld(spec, name, thing) > 1), None)
    if fixed is not None:
        return refusal(f"{spec.name} is for things that can be carried, not for the {types.scene[fixed].label}.")
    absurd = next((thing for thing in ids if types.absurd(name, thing)), None)
    if absurd is not None:
        return refusal(f"{spec.name} is not for the {types.scene[absurd].label}.")
    foreign = next((thing for thing in ids if types.foreign(spec, name, thing)), None)
    if foreign is None:  # e.g. a tray where drawers are opened
        return None
    label = types.scene[foreign].label
    return refusal(f"{spec.name} is for {listed(spec.parameter(name).nouns, 'or')}, and the {label} is none.")
