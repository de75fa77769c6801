"""The rest of a plan, and its plan from the present state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from skill_stack.core.plan import PlanNode
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.steps import Part, Step
from skill_stack.core.world.fact import Fact, Literal
from skill_stack.core.world.scene import SceneGraph
from skill_stack.planner.behaviours import NodePath
from skill_stack.planner.symbolic.checker import Checker, Unreachable, node_of
from skill_stack.planner.symbolic.tree import parts_of


@dataclass(slots=True)
class Done:
    """Progress of a plan.

    Attributes:
        times: How often each step of the tree succeeded, by its place.
        changed: Arguments with which a step is to go on, by its place, where they are not those of the plan.
        over: Places of conditions that are decided and done.
    """

    times: dict[NodePath, int] = field(default_factory=dict)
    changed: dict[NodePath, dict[str, Any]] = field(default_factory=dict)
    over: set[NodePath] = field(default_factory=set)


def rest_of(tree: PlanNode, done: Done) -> PlanNode | None:
    """The rest of a tree, or None.

    Args:
        tree: The plan.
        done: How far it is.
    """
    return _rest(with_changes(tree, done.changed), (), dict(done.times), done)


def with_changes(node: PlanNode, changed: Mapping[NodePath, dict[str, Any]], path: NodePath = ()) -> PlanNode:
    """A tree whose steps have the arguments with which they go on.

    Args:
        node: The tree.
        changed: As in :class:`Done`.
        path: Place of the node.
    """
    if node.type == "skill":
        return replace(node, arguments={**node.arguments, **changed.get(path, {})})
    return replace(node, children=tuple(with_changes(one, changed, (*path, i)) for i, one in enumerate(node.children)))


def _rest(node: PlanNode, path: NodePath, times: dict[NodePath, int], done: Done) -> PlanNode | None:
    """The rest of one node."""
    if path in done.over:
        return None
    if node.type == "skill":
        return None if times.get(path, 0) > 0 else node
    if node.type == "repeat":
        return node if "until" in node.arguments else _rest_of_loop(node, path, times, done)
    if not node.children:
        return node
    if node.type == "condition":
        begun = [i for i in range(len(node.children)) if _touched((*path, i), times)]
        return _rest(node.children[begun[0]], (*path, begun[0]), times, done) if begun else node
    return _rest_of_children(node, path, times, done)


def _rest_of_children(node: PlanNode, path: NodePath, times: dict[NodePath, int], done: Done) -> PlanNode | None:
    """The remaining children of a sequence or parallel."""
    found = (_rest(child, (*path, i), times, done) for i, child in enumerate(node.children))
    left = tuple(child for child in found if child is not None)
    if not left:
        return None
    if node.type == "parallel" and len(left) < len(node.children):
        return left[0] if len(left) == 1 else replace(node, children=left, arguments={})
    return replace(node, children=left)


def _rest_of_loop(node: PlanNode, path: NodePath, times: dict[NodePath, int], done: Done) -> PlanNode | None:
    """The remaining rounds, the running one first."""
    per = {leaf: count for i, child in enumerate(node.children) for leaf, count in _leaves(child, (*path, i))}
    rounds = min((times.get(leaf, 0) // count for leaf, count in per.items()), default=0)
    left = int(node.arguments.get("count", 1)) - rounds
    if left <= 0:
        return None
    here = {**times, **{leaf: times.get(leaf, 0) - rounds * count for leaf, count in per.items()}}
    if not any(here.get(leaf, 0) for leaf in per):
        return replace(node, arguments={**node.arguments, "count": left})
    body = (_rest(child, (*path, i), here, done) for i, child in enumerate(node.children))
    now = PlanNode("sequence", tuple(child for child in body if child is not None), why=node.why)
    if left == 1:
        return now
    return PlanNode("sequence", (now, replace(node, arguments={**node.arguments, "count": left - 1})), why=node.why)


def _leaves(node: PlanNode, path: NodePath, count: int = 1) -> Iterator[tuple[NodePath, int]]:
    """Paths of the steps below a node, and how often each runs in one round."""
    if node.type == "skill":
        yield path, count
        return
    inner = int(node.arguments.get("count", 1)) if node.type == "repeat" and "until" not in node.arguments else 1
    for i, child in enumerate(node.children):
        yield from _leaves(child, (*path, i), count * inner)


def _touched(path: NodePath, times: Mapping[NodePath, int]) -> bool:
    """Whether any step below a node has run."""
    return any(place[: len(path)] == path and number > 0 for place, number in times.items())


def replanned(
    rest: PlanNode, library: SkillLibrary, scene: SceneGraph, facts: frozenset[Fact], wants: Iterable[Literal] = ()
) -> PlanNode | None:
    """The rest as a checked tree from the present state; None when nothing remains.

    Args:
        rest: What is left.
        library: Skills.
        scene: What there is.
        facts: What is true now.
        wants: Conditions of the first step besides its own preconditions; dropped where they cannot be achieved.

    Raises:
        Unreachable: A condition does not hold and nothing brings it about; names it.
        SkillStackError: A step is wrong.
    """
    parts = parts_of(rest, library)
    checker = Checker(library, tuple(thing.id for thing in scene.objects.values() if thing.kind != "wall"))
    asked = tuple(wants)
    if asked and parts and isinstance(parts[0], Step):
        try:
            return _tree(checker, (replace(parts[0], wants=asked), *parts[1:]), facts)
        except Unreachable:
            pass
    return _tree(checker, parts, facts)


def _tree(checker: Checker, parts: tuple[Part, ...], facts: frozenset[Fact]) -> PlanNode | None:
    """Parts, completed, as a tree."""
    done, _ = checker.complete(parts, facts, settle=True)
    return PlanNode("sequence", tuple(node_of(part) for part in done), why="what is left") if done else None


def relied_on_effects(done: Iterable[PlanNode], rest: PlanNode, library: SkillLibrary) -> tuple[Literal, ...]:
    """Effects of finished steps that the next one relies on: the robot's place, held objects.

    Args:
        done: Steps that succeeded, in order.
        rest: What is left.
        library: Skills.
    """
    made: dict[tuple[str, tuple[str, ...]], Literal] = {}
    for node in done:
        for effect in Step(library[node.skill], library[node.skill].complete(dict(node.arguments))).effects:
            if effect.positive:
                made[(effect.predicate, effect.arguments)] = effect
                continue
            for key in [key for key in made if effect.matches(Fact(*key))]:
                del made[key]
    first = next(rest.every_skill(), None)
    if first is None:
        return ()
    gone = [e for e in Step(library[first.skill], first.arguments).effects if not e.positive]
    return tuple(one for key, one in made.items() if not any(effect.matches(Fact(*key)) for effect in gone))


def signature(tree: PlanNode) -> tuple[Any, ...]:
    """A tree in comparable form: skills and objects."""
    arguments = tuple(sorted((name, str(value)) for name, value in tree.arguments.items()))
    return tree.type, tree.skill, arguments, tuple(signature(child) for child in tree.children)


def things_of(tree: PlanNode, library: SkillLibrary) -> dict[str, str]:
    """Objects required by a tree, each with the first skill that needs it."""
    out: dict[str, str] = {}
    for node in tree.every_skill():
        for parameter in library[node.skill].goal:
            name = node.arguments.get(parameter.name)
            if parameter.type == "object" and isinstance(name, str) and name:
                out.setdefault(name, node.skill)
    return out
