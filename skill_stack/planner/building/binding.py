"""Binding: which things of a scene become which blocks of a blueprint."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

from skill_stack.core.world.blueprint import Block, Blueprint
from skill_stack.core.world.blueprint_layout import LEVEL, Unbuildable
from skill_stack.core.world.scene import SceneGraph, SceneObject

LARGEST = 0.3
"""Longest side of a thing that is used as a block, m."""
_CONFUSED = {"box": "cylinder", "cylinder": "box"}
UNDER = 0.04
"""Largest gap between what a thing stands on and its lower side, m: the error of what a camera sees."""
MOST = 60
"""Bindings that are tried at most."""

Nouns = Callable[[SceneObject], frozenset[str]]
"""Nouns by which a thing may be called."""


def ground_of(scene: SceneGraph) -> SceneObject:
    """What the blocks of a scene stand on: the largest thing that carries another one.

    Raises:
        Unbuildable: Nothing does.
    """
    carrying = [one for one in scene.things if any(resting(other, one) for other in scene.things)]
    if not carrying:
        raise Unbuildable("I do not see anything on which blocks stand")
    return max(carrying, key=lambda one: one.size[0] * one.size[1])


def resting(thing: SceneObject, other: SceneObject) -> bool:
    """Whether a thing begins where another one ends, and its middle is over that."""
    if thing.id == other.id or "point" in (thing.shape, other.shape):
        return False
    gap = thing.position[2] - thing.size[2] / 2 - other.position[2] - other.size[2] / 2
    across = max(other.size[:2]) / 2
    near = all(abs(a - b) < across for a, b in zip(thing.position[:2], other.position[:2]))
    return near and abs(gap) < min(UNDER, 0.6 * thing.size[2])


def bindings(
    blueprint: Blueprint, scene: SceneGraph, ground: SceneObject, nouns: Nouns
) -> Iterator[dict[str, SceneObject]]:
    """Yields the bindings, the most solid first: wide blocks below, long ones across others.

    Args:
        blueprint: The structure.
        scene: The things.
        ground: What they stand on.
        nouns: Nouns of a thing.

    Raises:
        Unbuildable: There are too few things, or none as one is described; the message names what is missing.
    """
    things = [one for one in scene.things if one.id != ground.id and max(one.size) <= LARGEST and one.shape != "point"]
    fitting = {block.name: _fitting(block, blueprint, things, nouns) for block in blueprint.blocks}
    _enough(blueprint, things, fitting)
    found = 0
    order = sorted(blueprint.blocks, key=lambda block: len(fitting[block.name]))
    for bound in _assigned(order, fitting, {}):
        if _level(blueprint, bound):
            found += 1
            yield bound
        if found >= MOST:
            return
    if not found:
        raise Unbuildable("the blocks that I see differ too much in height to carry one together")


def _fitting(block: Block, blueprint: Blueprint, things: list[SceneObject], nouns: Nouns) -> list[SceneObject]:
    """Things that a block may be, the best first. A block of no stated kind is none that rolls."""
    kind = block.kind.replace("_", " ")
    seen = [one for one in things if not block.colour or one.colour == block.colour]
    fits = [one for one in seen if (kind in nouns(one) if kind else one.shape != "sphere")]
    if len(fits) < sum(one.kind == block.kind for one in blueprint.blocks):
        fits += [one for one in seen if one not in fits and kind in nouns(_otherwise(one))]
    if len(block.on) > 1:
        return sorted(fits, key=lambda one: -max(one.size[:2]))
    carries = bool(blueprint.upon(block.name))

    def unfit(one: SceneObject) -> tuple[float, float]:
        narrow, wide = sorted(one.size[:2])
        return round(wide / narrow), -narrow if carries else narrow

    return sorted(fits, key=unfit)


def _otherwise(one: SceneObject) -> SceneObject:
    """A small box as a cylinder, and the other way round: seen along an edge of a box they look the same."""
    return replace(one, id="", kind=_CONFUSED.get(one.kind, one.kind))


def _enough(blueprint: Blueprint, things: list[SceneObject], fitting: dict[str, list[SceneObject]]) -> None:
    """Raises Unbuildable where there is no thing for a block, or fewer than blocks that look the same."""
    for label, count in Counter(block.label for block in blueprint.blocks).items():
        alike = next(block for block in blueprint.blocks if block.label == label)
        seen = len(fitting[alike.name])
        if seen < count:
            shown = f"only {seen}" if seen else "none"
            raise Unbuildable(f"that needs {count} of '{label}', and I see {shown}")
    every = {one.id for fits in fitting.values() for one in fits}
    if len(every) < len(blueprint.blocks):
        raise Unbuildable(f"that needs {len(blueprint.blocks)} blocks, and I see only {len(every)}")


def _assigned(
    order: list[Block], fitting: dict[str, list[SceneObject]], bound: dict[str, SceneObject]
) -> Iterator[dict[str, SceneObject]]:
    """All assignments of different things, depth first."""
    if len(bound) == len(order):
        yield dict(bound)
        return
    block = order[len(bound)]
    taken = {one.id for one in bound.values()}
    for one in fitting[block.name]:
        if one.id not in taken:
            yield from _assigned(order, fitting, {**bound, block.name: one})


def _level(blueprint: Blueprint, bound: dict[str, SceneObject]) -> bool:
    """Whether blocks that carry one together are equally high, as far as they stand on the same level."""
    for block in blueprint.blocks:
        pairs = itertools.combinations(block.on, 2)
        if any(abs(bound[a].size[2] - bound[b].size[2]) > LEVEL for a, b in pairs):
            return False
    return True
