"""Composites: named plans, taught in words or saved, and stored as skills."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from skill_stack.core.errors import DataError
from skill_stack.core.plan import PlanNode
from skill_stack.core.plan_file import steps_of_node
from skill_stack.core.resources import Resources
from skill_stack.core.rewards.kept_rewards import REWARDS_FILE, KeptRewards
from skill_stack.core.rewards.reward_arguments import DURATION, WEIGHT, in_use, rewards_of
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene import as_name
from skill_stack.language import DOING, Answer, Naming, question, refusal, shortened
from skill_stack.motion.words import terms_told

DONE_BEFORE = "what was done before"
"""Recipe of a plan that got its name afterwards."""
ASKED_FOR = "asked for: "
"""How the reason of a step by reward terms begins, before its words."""
REWARDS = "rewards"
"""Key of the terms of a motion beside the content of its ``skill.yaml``, for :data:`REWARDS_FILE`."""
_NAME = re.compile(r"^[a-z][a-z0-9_]*$")
_PUT_IN = re.compile(r"^[a-z0-9_]+ needs ")


def taught(naming: Naming, library: SkillLibrary, tree: PlanNode | None) -> Answer:
    """The answer when a plan gets a name; ``skill`` of the answer is the composite as data, None where there is none.

    Args:
        naming: The words.
        library: Skills.
        tree: What gets the name; None where nothing was done or planned before.
    """
    if tree is None:
        return question("What shall I call so? I have done nothing yet; say for example 'this is how you patrol: …'.")
    tree = without_inserted_steps(tree)
    about = naming.thing is not None and naming.thing[1] in _values(tree)
    begin, thing = naming.thing if naming.thing is not None and about else (len(naming.words), None)
    spoken = naming.words[:begin]
    name = as_name(spoken)
    if not _NAME.match(name):
        return question("What is its name? Say for example 'call that the patrol'.")
    entry = library.entries.get(name)
    taken = spoken in naming.verbs if entry is None else entry.spec is None or entry.spec.composite is None
    if taken:
        return refusal(f"'{' '.join(spoken)}' is something that I can do already; please choose another name for it.")
    data = composite(library.robot, name, tree, " ".join(spoken), thing, naming.source or DONE_BEFORE)
    again = "From now on" if entry is None else "From now on, instead of what it was,"
    steps = ", then ".join(_told(step, library) for step in tree.skills())
    example = data["phrases"][0] if thing else f"do the {' '.join(spoken)}"
    return Answer("statement", f"{again} '{example}' means: {shortened(steps)}.", skill=data)


def composite(
    robot: str, name: str, tree: PlanNode, spoken: str = "", thing: str | None = None, recipe: str = "saved plan"
) -> dict[str, Any]:
    """A plan as the content of a composite's ``skill.yaml``.

    Args:
        robot: Name of the robot.
        name: Name of the skill.
        tree: The plan.
        spoken: How its name is said; empty takes the name.
        thing: An object that becomes an argument, or None.
        recipe: Where it comes from.

    Raises:
        DataError: The name is none for a skill.
    """
    checked_name(name)
    spoken = spoken or name.replace("_", " ")
    data: dict[str, Any] = {
        "name": name, "robot": robot, "kind": "composite", "description": f"Does: {shortened(recipe)}",
        "phrases": [f"{spoken} {{thing}}"] if thing else [spoken, *(form.format(spoken) for form in DOING)],
    }  # fmt: skip
    if thing:
        data["goal"] = [{"name": "thing", "type": "object", "description": "what it is done with"}]
        tree = _lifted(tree, thing)
    kept = _kept_rewards(tree, recipe)
    data["composite"] = {"steps": steps_of_node(silent(_in_use(tree)))}
    data["provenance"] = {"recipe": f"taught or saved: {shortened(recipe)}"}
    return data if kept is None else {**data, REWARDS: kept.model_dump(mode="json", exclude_defaults=True)}


def skill_of(data: dict[str, Any]) -> dict[str, Any]:
    """The content of ``skill.yaml`` alone.

    Args:
        data: A composite, as :func:`composite` makes it.
    """
    return {name: value for name, value in data.items() if name != REWARDS}


def checked_name(name: str) -> str:
    """A name for a skill.

    Raises:
        DataError: It is none.
    """
    if not _NAME.match(name):
        raise DataError(f"'{name}' is no name for a skill; use small letters, digits and '_', a letter first")
    return name


def keep(resources: Resources, data: dict[str, Any]) -> Path:
    """Writes a composite where the library finds it.

    Args:
        resources: Whose overlay takes it.
        data: Content of ``skill.yaml``, as :func:`composite` makes it; the terms of a motion go beside it.

    Returns:
        The file.

    Raises:
        DataError: It cannot be written.
    """
    folder = resources.overlay / "models" / data["robot"] / data["name"]
    target = folder / "skill.yaml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if REWARDS in data:
            _write(folder / REWARDS_FILE, data[REWARDS])
        else:
            (folder / REWARDS_FILE).unlink(missing_ok=True)  # of a motion that had the name before
        _write(target, skill_of(data))
    except OSError as error:
        raise DataError(f"{target}: cannot be written: {error}") from error
    return target


def _write(target: Path, data: Any) -> None:
    """Writes a file so that concurrent readers see the old one or the new one."""
    part = target.with_name(f".{target.name}.part")
    part.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=110), encoding="utf-8")
    part.replace(target)


def _told(step: PlanNode, library: SkillLibrary) -> str:
    """A step in words, with the terms of its motion where it has any."""
    name, terms = step.skill.replace("_", " "), terms_told(library[step.skill], step.arguments)
    return f"{name}, {terms}" if terms else name


def _in_use(node: PlanNode) -> PlanNode:
    """A plan without the reward terms that it leaves out."""
    arguments = node.arguments
    if any(name.endswith(WEIGHT) for name in arguments):
        arguments = in_use(arguments) | {name: value for name, value in arguments.items() if name == DURATION and value}
    return replace(node, arguments=arguments, children=tuple(_in_use(child) for child in node.children))


def _kept_rewards(tree: PlanNode, recipe: str) -> KeptRewards | None:
    """The terms of a plan that is one motion by terms; None for others."""
    steps = list(tree.every_skill())
    if len(steps) != 1 or not any(name.endswith(WEIGHT) for name in steps[0].arguments):
        return None
    words = steps[0].why.removeprefix(ASKED_FOR) or recipe
    return KeptRewards(words=words, rewards=rewards_of(steps[0].arguments), provenance=recipe)


def without_inserted_steps(node: PlanNode) -> PlanNode:
    """A plan without the steps inserted for the state in which it was made; they are found anew each time."""
    kept = tuple(without_inserted_steps(c) for c in node.children if not (c.type == "skill" and _PUT_IN.match(c.why)))
    return replace(node, children=kept)


def silent(node: PlanNode) -> PlanNode:
    """Returns a plan without the words of its instruction."""
    return replace(node, why="", children=tuple(silent(child) for child in node.children))


def _lifted(node: PlanNode, thing: str) -> PlanNode:
    """A plan with an argument in place of an object."""
    arguments = {name: "$thing" if value == thing else value for name, value in node.arguments.items()}
    for name in ("fact", "until"):
        if isinstance(arguments.get(name), str):
            arguments[name] = re.sub(rf"\b{re.escape(thing)}\b", "$thing", arguments[name])
    return replace(node, arguments=arguments, children=tuple(_lifted(child, thing) for child in node.children))


def _values(node: PlanNode) -> set[str]:
    """All values in the steps of a plan."""
    return {value for step in node.every_skill() for value in step.arguments.values() if isinstance(value, str)}
