"""Layout: the poses of a blueprint's blocks for blocks of known sizes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from skill_stack.core.errors import SkillStackError
from skill_stack.core.world.blueprint import Block, Blueprint
from skill_stack.core.world.scene import SceneObject

GAP = 0.04
"""Gap between neighbours of a row, m: room for fingers."""
BESIDE = 0.06
"""Gap between a row and what it stands by, m."""
BRIDGED = 0.012
"""Least gap between two blocks that carry a third one, m."""
LEVEL = 0.008
"""Largest difference in height of two blocks that carry a third one, m."""
REST = 0.01
"""Least length by which a block must lie on each of two that carry it, m."""
_AHEAD = {"left": (0.0, 1.0), "right": (0.0, -1.0), "behind": (1.0, 0.0), "front": (-1.0, 0.0)}
_ANY_SIDE = ("right", "left", "behind", "front")


class Unbuildable(SkillStackError):
    """A structure cannot stand; the message says why, for people."""


@dataclass(frozen=True, slots=True)
class BlockPlace:
    """Where a block stands.

    Attributes:
        x: Middle, from the middle of the structure's first row, m.
        y: m; left is positive.
        z: Middle over the ground, m.
        yaw: Heading, rad.
    """

    x: float
    y: float
    z: float
    yaw: float


def heading_of(block: Block, body: SceneObject) -> float:
    """Heading of a block: the longer side of one that lies on several goes along the row, others stand across it."""
    along_y = body.size[1] >= body.size[0]
    return 0.0 if along_y == (len(block.on) > 1) or body.shape != "box" else 0.5 * math.pi


def extent(block: Block, body: SceneObject) -> tuple[float, float]:
    """Extent of a block in its heading along x and y, m."""
    turned = abs(heading_of(block, body)) > 0.1
    return (body.size[1], body.size[0]) if turned else (body.size[0], body.size[1])


def layout(blueprint: Blueprint, bodies: Mapping[str, SceneObject]) -> dict[str, BlockPlace]:
    """Poses of all blocks, in order of placing.

    Args:
        blueprint: The structure.
        bodies: What is used for each block, by its name; shape and size count.

    Raises:
        Unbuildable: What should carry a block differs in height, or is too far apart for it.
    """
    places: dict[str, BlockPlace] = {}
    rows = blueprint.rows()
    for name in blueprint.order():
        block = blueprint[name]
        if name in places:
            continue
        if block.on:
            places[name] = _upon(block, blueprint, bodies, places)
        elif block.at is not None:
            places[name] = BlockPlace(*block.at, bodies[name].size[2] / 2, heading_of(block, bodies[name]))
        else:
            places |= _row(rows[block.row or name], blueprint, bodies, places)
    return {name: places[name] for name in blueprint.order()}


def _upon(
    block: Block, blueprint: Blueprint, bodies: Mapping[str, SceneObject], places: Mapping[str, BlockPlace]
) -> BlockPlace:
    """The pose of a block on others."""
    tops = [places[name].z + bodies[name].size[2] / 2 for name in block.on]
    if max(tops) - min(tops) > LEVEL:
        raise Unbuildable(f"what should carry the {block.label} differs in height by {max(tops) - min(tops):.3f} m")
    body, count = bodies[block.name], len(block.on)
    x, y = (sum(getattr(places[name], axis) for name in block.on) / count for axis in ("x", "y"))
    wide = extent(block, body)[1]
    for name in block.on:
        reach = (wide + extent(blueprint[name], bodies[name])[1]) / 2 - abs(places[name].y - y)
        if count > 1 and reach < REST:
            raise Unbuildable(f"the {block.label} is {wide:.3f} m long, too short to lie on {count} blocks")
    return BlockPlace(x, y, max(tops) + body.size[2] / 2, heading_of(block, body))


def _row(
    row: tuple[Block, ...],
    blueprint: Blueprint,
    bodies: Mapping[str, SceneObject],
    places: Mapping[str, BlockPlace],
) -> dict[str, BlockPlace]:
    """Poses of a row on the ground: beside one another along y, its middle where its relation says."""
    extents = [extent(block, bodies[block.name]) for block in row]
    ways = [0.0]
    for left, right, a, b in zip(row, row[1:], extents, extents[1:]):
        ways.append(ways[-1] - _pitch(left, right, a[1], b[1], blueprint, bodies))
    middle = (ways[0] + extents[0][1] / 2 + ways[-1] - extents[-1][1] / 2) / 2
    half = ways[0] + extents[0][1] / 2 - middle
    side, of = next(((block.side, block.of) for block in row if block.side), ("", ()))

    def taken(spot: tuple[float, float]) -> bool:
        beside = ((spot[0], spot[1] + way - middle) for way in ways)
        return any(_meets(one, size, places, bodies) for one, size in zip(beside, extents))

    found = [
        (_middle(one, of, max(size[0] for size in extents) / 2, half, blueprint, bodies, places), _AHEAD[one])
        for one in (_ANY_SIDE if side in ("", "near") else (side,))
    ]
    (x, y), ahead = next(((spot, one) for spot, one in found if not taken(spot)), found[0])
    while taken((x, y)):
        x, y = x + ahead[0] * GAP, y + ahead[1] * GAP
    return {
        block.name: BlockPlace(
            x, y + way - middle, bodies[block.name].size[2] / 2, heading_of(block, bodies[block.name])
        )
        for block, way in zip(row, ways)
    }


def _meets(
    spot: tuple[float, float],
    size: tuple[float, float],
    places: Mapping[str, BlockPlace],
    bodies: Mapping[str, SceneObject],
) -> bool:
    """Whether a block at a spot has less room than a gap to one that is placed already."""
    return any(
        math.dist(spot, (place.x, place.y)) < (max(size) + max(bodies[name].size[:2])) / 2 + GAP
        for name, place in places.items()
    )


def _pitch(
    left: Block, right: Block, a: float, b: float, blueprint: Blueprint, bodies: Mapping[str, SceneObject]
) -> float:
    """Distance between the middles of neighbours with extents a and b along the row, m."""
    half = (a + b) / 2
    spans = [extent(one, bodies[one.name])[1] for one in blueprint.upon(left.name) if right.name in one.on]
    return max(half + BRIDGED, min(spans) - half) if spans else half + GAP


def _middle(
    side: str,
    of: tuple[str, ...],
    deep: float,
    half: float,
    blueprint: Blueprint,
    bodies: Mapping[str, SceneObject],
    places: Mapping[str, BlockPlace],
) -> tuple[float, float]:
    """Where the middle of a row stands on a side of others, x and y, m; deep and half: half of its extents."""
    if not of:
        return 0.0, 0.0
    ahead = _AHEAD[side]
    boxes = []
    for name in of:
        ex, ey = extent(blueprint[name], bodies[name])
        place = places[name]
        boxes.append((place.x - ex / 2, place.x + ex / 2, place.y - ey / 2, place.y + ey / 2))
    low_x, high_x = min(one[0] for one in boxes), max(one[1] for one in boxes)
    low_y, high_y = min(one[2] for one in boxes), max(one[3] for one in boxes)
    x = (low_x + high_x) / 2 + ahead[0] * ((high_x - low_x) / 2 + BESIDE + deep)
    y = (low_y + high_y) / 2 + ahead[1] * ((high_y - low_y) / 2 + BESIDE + half)
    return x, y
