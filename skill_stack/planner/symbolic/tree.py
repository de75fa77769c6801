"""Plan trees as steps that can be checked and completed, with composites replaced by what they stand for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from skill_stack.core.errors import DataError
from skill_stack.core.plan import PlanNode
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.steps import Both, Branch, Loop, Part, Step, Test, Until
from skill_stack.core.world.fact import Literal

DEEPEST = 8
"""Composites within composites."""


def parts_of(node: PlanNode, library: SkillLibrary) -> tuple[Part, ...]:
    """A tree as steps.

    Args:
        node: A node of a plan; composites stay as they are.
        library: Skills.

    Raises:
        UnknownName: A skill or argument does not exist.
        DataError: An argument is wrong or a node has the wrong children.
    """
    sides = tuple(parts_of(child, library) for child in node.children)
    if node.type == "skill":
        spec = library[node.skill]
        return (Step(spec, spec.complete(dict(node.arguments)), node.why),)
    if node.type == "condition":
        return (_condition(node, sides),)
    if node.type == "repeat":
        return (_repeat(node, tuple(chain.from_iterable(sides))),)
    if node.type == "parallel":
        return (Both(sides, node.arguments.get("main"), bool(node.arguments.get("independent")), node.why),)
    return tuple(chain.from_iterable(sides))


def _condition(node: PlanNode, sides: Sequence[tuple[Part, ...]]) -> Test | Branch:
    """A test, or a choice between sides."""
    literal = Literal.parse(str(node.arguments.get("fact", "")))
    if len(sides) > 2:
        raise DataError(f"a 'condition' node has one or two children, not {len(sides)}")
    if not sides:
        return Test(literal, node.why)
    return Branch((literal,), sides[0], sides[1] if len(sides) > 1 else (), node.why)


def _repeat(node: PlanNode, body: tuple[Part, ...]) -> Until | Loop:
    """A loop until a fact holds, or over a number of rounds."""
    if "until" in node.arguments:
        seconds = node.arguments.get("seconds")
        limit = {} if seconds is None else {"seconds": seconds}
        return Until(body, Literal.parse(str(node.arguments["until"])), node.why, **limit)
    count = node.arguments.get("count", 1)
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        raise DataError(f"a 'repeat' node needs a count of 1 or more, not {count!r}")
    return Loop(body, count, node.why)


def expanded(parts: Iterable[Part], library: SkillLibrary, depth: int = 0) -> list[Part]:
    """Parts with every composite replaced by its steps, and two steps at once by the skill that combines them.

    Args:
        parts: The requested steps.
        library: Skills.
        depth: Composites around them.

    Raises:
        DataError: Composites stand within each other too deep, or an argument does not fit.
    """
    if depth > DEEPEST:
        raise DataError(f"composites stand within each other more than {DEEPEST} deep")
    out: list[Part] = []
    for part in parts:
        if isinstance(part, Step):
            out += _of_composite(part, library, depth) if part.spec.composite else [part]
        elif isinstance(part, Branch):
            then, otherwise = (tuple(expanded(side, library, depth)) for side in (part.then, part.otherwise))
            out.append(Branch(part.literals, then, otherwise, part.why))
        elif isinstance(part, Both):
            both = replace(part, branches=tuple(tuple(expanded(b, library, depth)) for b in part.branches))
            out.append(_combined(both, library) or both)
        elif isinstance(part, Loop | Until):
            out.append(replace(part, body=tuple(expanded(part.body, library, depth))))
        else:
            out.append(part)
    return out


def _combined(both: Both, library: SkillLibrary) -> Step | None:
    """The one step that does both branches, or None where no skill combines them with these arguments."""
    if len(both.branches) != 2 or any(len(branch) != 1 for branch in both.branches) or both.main is not None:
        return None
    one, other = (branch[0] for branch in both.branches)
    if not isinstance(one, Step) or not isinstance(other, Step):
        return None
    if any(one.arguments[name] != other.arguments[name] for name in one.arguments.keys() & other.arguments.keys()):
        return None
    names, arguments = {one.spec.name, other.spec.name}, {**one.arguments, **other.arguments}
    for spec in library:
        if set(spec.combines or ()) == names and arguments.keys() <= {parameter.name for parameter in spec.goal}:
            return Step(spec, spec.complete(arguments), both.why)
    return None


def _of_composite(step: Step, library: SkillLibrary, depth: int) -> list[Part]:
    """The steps of one composite; each step names the composite."""
    assert step.spec.composite is not None
    belongs = f"{step.spec.name.replace('_', ' ')}: {step.why}" if step.why else step.spec.name.replace("_", " ")
    tree = put_in(step.spec.composite.tree(), step.arguments, belongs)
    return expanded(parts_of(tree, library), library, depth + 1)


def put_in(node: PlanNode, values: Mapping[str, Any], why: str = "") -> PlanNode:
    """A tree with arguments in place of ``$name``.

    Args:
        node: The tree.
        values: Arguments by name.
        why: The reason for its skills that state none.
    """
    arguments = {
        name: values.get(value[1:], value) if isinstance(value, str) and value.startswith("$") else value
        for name, value in node.arguments.items()
    }
    for name in ("fact", "until"):
        if isinstance(arguments.get(name), str):
            arguments[name] = str(Literal.parse(arguments[name]).ground(values))
    children = tuple(put_in(child, values, why) for child in node.children)
    own = node.why or (why if node.type == "skill" else "")
    return replace(node, arguments=arguments, children=children, why=own)
