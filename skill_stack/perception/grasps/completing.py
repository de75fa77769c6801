"""Completing: a closed body of any shape from what one or more looks leave of the space over a table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.ndimage import gaussian_filter, label

from skill_stack.core.errors import DataError
from skill_stack.perception.grasps.proposing import graspable
from skill_stack.perception.scene.detection import Detection
from skill_stack.perception.scene.look_observer import Observation

Array = np.ndarray
CELL = 0.0025
"""Width of a cell of space, m."""
AROUND = 0.012
"""Width of space around what is seen, m."""
CUT = 3.0
"""Distances along a ray beyond this many cells are as good as that."""
SMOOTH = 0.8
"""Standard deviation of the filter over what is left of the space, cells."""
MENDED, FILLED = 8, 0.1
"""Rounds of filling where bodies meet in an edge, and how far within such places are then, cells."""
_CORNERS = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)])
_EDGES = [(a, b) for a in range(8) for b in range(a + 1, 8) if np.abs(_CORNERS[a] - _CORNERS[b]).sum() == 1]


def completed(looks: Sequence[Observation]) -> tuple[Array, Array]:
    """The body of the thing that most pixels show, as if it went on wherever no look sees that space is free.

    Looks are put on top of one another by the plane on which the thing stands; there it ends.

    Args:
        looks: Of the same thing, from one side or more.

    Returns:
        Vertices, m, over the plane and otherwise in the frame of the looks, shape (n, 3), and faces, shape (m, 3), int.

    Raises:
        DataError: A look shows no such thing, or nothing on which it stands.
    """
    things = [_thing(look) for look in looks]
    planes = [_under(look, thing) for look, thing in zip(looks, things)]
    shown = [look.cloud.points[look.labels == thing.label] - (0, 0, z) for look, thing, z in zip(looks, things, planes)]
    points = np.concatenate(shown).astype(float)
    low, high = points.min(axis=0) - AROUND, points.max(axis=0) + AROUND
    low[2] = -2.0 * CELL
    axes = [np.arange(a, b + CELL, CELL) for a, b in zip(low, high)]
    cells = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    free = np.full(cells.shape[:3], -CUT)
    for look, z in zip(looks, planes):
        np.maximum(free, _free(look, cells + (0.0, 0.0, z)), out=free)
    free = gaussian_filter(free, SMOOTH)
    free = np.maximum(free, -cells[..., 2] / CELL)  # nothing of it is in the table
    free = np.pad(_largest(_mended(free)), 1, constant_values=CUT)
    return _surface(free, low - CELL)


def _thing(look: Observation) -> Detection:
    """The thing that most pixels of a look show."""
    things = [one for one in look.things if graspable(one)]
    if not things:
        raise DataError("the look shows nothing that could be grasped")
    return max(things, key=lambda one: one.pixels)


def _under(look: Observation, thing: Detection) -> float:
    """Height of the plane on which a thing stands, m."""
    x, y, z = thing.surface
    below = [height for one in look.supports if (height := float(one.height(x, y))) < z]
    if not below:
        raise DataError("the look shows nothing on which the thing stands")
    return max(below)


def _free(look: Observation, places: Array) -> Array:
    """How far places are in front of what a look shows there, in cells, at most :data:`CUT` either way."""
    cloud, lens = look.cloud, look.cloud.intrinsics
    seen = (places - cloud.eye) @ cloud.rotation
    far = np.maximum(seen[..., 2], 1e-3)
    column = np.round(seen[..., 0] / far * lens.fx + lens.cx).astype(int)
    row = np.round(seen[..., 1] / far * lens.fy + lens.cy).astype(int)
    inside = (column >= 0) & (column < lens.width) & (row >= 0) & (row < lens.height)
    depth = cloud.depth[np.clip(row, 0, lens.height - 1), np.clip(column, 0, lens.width - 1)]
    return np.where(inside & (depth > 0.0), np.clip((depth - far) / CELL, -CUT, CUT), -CUT)


def _mended(free: Array) -> Array:
    """The field with space filled wherever bodies meet in an edge alone, which no closed surface has."""
    free, unit = free.copy(), np.eye(3, dtype=int)
    for _ in range(MENDED):
        inside, found = free < 0.0, False
        for one, other in ((unit[0], unit[1]), (unit[1], unit[2]), (unit[2], unit[0])):
            around = (0 * one, one, one + other, other)
            a, b, c, d = (_beside(inside, shift, one + other) for shift in around)
            meeting = (a & c & ~b & ~d) | (b & d & ~a & ~c)
            for shift in around:
                square = _beside(free, shift, one + other)
                square[meeting] = np.minimum(square[meeting], -FILLED)
            found |= bool(meeting.any())
        if not found:
            break
    return free


def _beside(field: Array, shift: Array, size: Array) -> Array:
    """The part of a field from a shift on that leaves room for shifts up to a size; a view."""
    x, y, z = (slice(begin, length - most + begin) for begin, length, most in zip(shift, field.shape, size))
    return np.asarray(field[x, y, z])


def _largest(free: Array) -> Array:
    """The field with all but the largest connected body free."""
    bodies, count = label(free < 0.0)
    if not count:
        raise DataError("no space is left that could be the thing")
    sizes = np.bincount(bodies.ravel())
    sizes[0] = 0
    return np.where((free < 0.0) & (bodies != sizes.argmax()), CUT, free)


def _surface(field: Array, low: Array) -> tuple[Array, Array]:
    """Where a field over cells of space crosses 0: surface nets (S. Gibson, MICCAI 1998).

    Args:
        field: Negative within, positive all around.
        low: Place of its first value, m, shape (3,).

    Returns:
        Vertices, m, shape (n, 3), and faces, outward, shape (m, 3), int.
    """
    inside = field < 0.0
    shape = np.array(field.shape) - 1
    values = np.stack([field[x : x + shape[0], y : y + shape[1], z : z + shape[2]] for x, y, z in _CORNERS], axis=-1)
    crossed = (values < 0.0).any(axis=-1) & (values >= 0.0).any(axis=-1)
    number = np.full(crossed.shape, -1)
    number[crossed] = np.arange(crossed.sum())
    at = values[crossed]
    total, count = np.zeros((len(at), 3)), np.zeros(len(at))
    for a, b in _EDGES:
        on = (at[:, a] < 0.0) != (at[:, b] < 0.0)
        share = at[on, a] / (at[on, a] - at[on, b])
        total[on] += _CORNERS[a] + share[:, None] * (_CORNERS[b] - _CORNERS[a])
        count[on] += 1
    vertices = low + CELL * (np.argwhere(crossed) + total / count[:, None])
    faces = []
    for axis in range(3):
        step = np.eye(3, dtype=int)[axis]
        one, other = np.eye(3, dtype=int)[(axis + 1) % 3], np.eye(3, dtype=int)[(axis + 2) % 3]
        begin = inside[: inside.shape[0] - step[0], : inside.shape[1] - step[1], : inside.shape[2] - step[2]]
        end = inside[step[0] :, step[1] :, step[2] :]
        for where, outward in ((begin & ~end, True), (~begin & end, False)):
            places = np.argwhere(where)
            quad = [number[tuple((places - shift).T)] for shift in (one + other, other, 0 * one, one)]
            a, b, c, d = quad if outward else quad[::-1]
            faces += [np.stack((a, b, c), axis=1), np.stack((a, c, d), axis=1)]
    return vertices, np.concatenate(faces)
