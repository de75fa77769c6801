"""A plan summarised in one sentence."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from skill_stack.core.skills.skill import SLOT, GoalParameter
from skill_stack.core.skills.way_constraint import way_of
from skill_stack.core.steps import Both, Branch, Loop, Part, Step, Test, Until
from skill_stack.core.units import si
from skill_stack.core.world.scene import SceneGraph
from skill_stack.motion.words import terms_told

BEGIN = "I will "
"""How a summary begins."""

OPPOSITES = {"forward": "backward", "left": "right", "up": "down"}


def summary(parts: Iterable[Part], scene: SceneGraph, notes: Iterable[str] = ()) -> str:
    """The steps and assumptions of a plan, in one sentence.

    Args:
        parts: The steps.
        scene: Labels of things.
        notes: Remarks.
    """
    text = ", then ".join(_spoken(part, scene) for part in parts)
    remarks = "; ".join(filter(None, dict.fromkeys(notes)))
    return f"{BEGIN}{text}{f' ({remarks})' if remarks else ''}."


def to_go_on(sentence: str) -> str:
    """A summary without its beginning and its full stop, to go on from "I will" or "Shall I".

    Args:
        sentence: What :func:`summary` gave.
    """
    return sentence.removeprefix(BEGIN).rstrip(".")


def _spoken(part: Part, scene: SceneGraph) -> str:
    """One part in words."""
    if isinstance(part, Loop):
        return f"{part.count} times: {', '.join(_spoken(inner, scene) for inner in part.body)}"
    if isinstance(part, Until):
        return f"{', then '.join(_spoken(inner, scene) for inner in part.body)} until {part.literal}"
    if isinstance(part, Branch):
        return _branch(part, scene)
    if isinstance(part, Both):
        return _both(part, scene)
    if isinstance(part, Test):
        return f"make sure that {part.literal}"
    return _step(part, scene)


def _both(both: Both, scene: SceneGraph) -> str:
    """Things done at the same time in words, and what one leaves to another."""
    first, *others = (", then ".join(_spoken(one, scene) for one in branch) for branch in both.branches)
    told = f" ({'; '.join(both.told)})" if both.told else ""
    return f"{first} and at the same time {' and '.join(others)}{told}"


def _branch(branch: Branch, scene: SceneGraph) -> str:
    """A branch in words."""
    yes, no = (", then ".join(_spoken(one, scene) for one in side) for side in (branch.then, branch.otherwise))
    other = f", otherwise {no}" if no else ""
    return f"if {' and '.join(map(str, branch.literals))}: {yes or 'do nothing'}{other}"


def _step(step: Step, scene: SceneGraph) -> str:
    """One step, by the phrase of its skill that says each of its telling arguments, and as many numbers as it can."""
    way = next((p for p in step.spec.goal if p.type == "way" and step.arguments.get(p.name)), None)
    if way is not None:
        plain = replace(step, arguments={**step.arguments, way.name: way.default})
        kept = (one.words(scene) for one in way_of(str(step.arguments[way.name])))
        return ", ".join((_step(plain, scene), *kept))
    if asked := terms_told(step.spec, step.arguments):
        return f"{step.spec.name.replace('_', ' ')}: {asked}"
    measured = _measured(step)
    if measured:
        return f"{step.spec.name.replace('_', ' ')} {' and '.join(measured)}"
    telling = {p.name: p for p in step.spec.goal if step.arguments.get(p.name) != p.default}
    says = telling | {p.name: p for p in step.spec.goal if p.type == "number" and p.unit and p.name in step.arguments}
    fit = [p for p in step.spec.phrases if set(telling) <= set(SLOT.findall(p)) <= set(says)]
    phrase = max(fit, key=lambda one: len(SLOT.findall(one)), default=None)
    if phrase is None:
        listed = ", ".join(f"{name} {_value(step.arguments[name], p, scene)}" for name, p in telling.items())
        return f"{step.spec.name.replace('_', ' ')} ({listed})" if listed else step.spec.name.replace("_", " ")
    return SLOT.sub(lambda m: _value(step.arguments[m[1]], says[m[1]], scene), phrase)


def _measured(step: Step) -> list[str]:
    """Distances along directions in words; empty when the skill has none, or other arguments describe it better."""
    out = []
    for p in step.spec.goal:
        value = step.arguments.get(p.name)
        if p.type != "number" or p.unit != "m" or p.name not in OPPOSITES:
            return []
        if isinstance(value, float | int) and value:
            out.append(f"{abs(value):.4g} m {p.name if value > 0 else OPPOSITES[p.name]}")
    return out


def _value(value: object, parameter: GoalParameter, scene: SceneGraph) -> str:
    """One argument in words."""
    if isinstance(value, float | int):
        if parameter.unit == "rad":
            side = " to the left" if value > 0 else " to the right"
            return f"{abs(math.degrees(value)):.4g}°{side}"
        if si(parameter.unit) == "rad":
            return f"{abs(value):.4g}°{' to the left' if value > 0 else ' to the right'}"
        return f"{value:.4g} {parameter.unit}"
    thing = scene.objects.get(str(value))
    return f"the {thing.label}" if thing else str(value)
