"""Fusion of a detector's results with geometric segments."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from skill_stack.perception.networks.found import Found
from skill_stack.perception.scene.cloud import Cloud
from skill_stack.perception.scene.detection import Detection
from skill_stack.perception.scene.look_observer import Observation

Array = np.ndarray
SAME = 0.35
"""Intersection over union of a box and a segment from which they are the same object."""
FLAT = 0.01
"""Height assumed for an object that only the detector sees, m."""
APART = 0.1
"""Overlap up to which a box counts as an object without a segment."""
LEAST = 12
"""Least points of such an object in the reduced picture."""


def name_things(observation: Observation, found: Sequence[Found], width: int) -> Observation:
    """The look with the detector's names.

    A segment that a box covers gets its name; a box without a segment, of something flat on a surface, becomes a thing
    of its own where depth was measured.

    Args:
        observation: The look.
        found: What the detector found in its whole picture.
        width: Columns of that picture.
    """
    shrink = observation.cloud.depth.shape[1] / width
    things = list(observation.things)
    free = list(range(len(things)))
    for one in sorted(found, key=lambda each: -each.confidence):
        area = _area(one, shrink, observation.labels.shape)
        fits = {n: _overlap(thing, area, observation.labels) for n, thing in enumerate(things)}
        best = max(free, key=fits.__getitem__, default=None)
        if best is not None and fits[best] >= SAME:
            sure = 1.0 - (1.0 - things[best].confidence) * (1.0 - one.confidence)
            things[best] = replace(things[best], kind=kind_of(one.name), confidence=sure)
            free.remove(best)
        elif max(fits.values(), default=0.0) < APART:
            flat = _flat(one, area, observation.cloud)
            things += [flat] if flat is not None else []
    return replace(observation, things=tuple(things))


def kind_of(name: str) -> str:
    """A name in the form of kinds of objects."""
    return "_".join(name.lower().split())


def _area(one: Found, shrink: float, shape: tuple[int, ...]) -> Array:
    """Pixels of the reduced picture covered by an object."""
    area = np.zeros(shape, bool)
    if one.mask is not None:
        rows, columns = np.nonzero(one.mask)
        low = (rows * shrink).astype(int), (columns * shrink).astype(int)
        area[np.minimum(low[0], shape[0] - 1), np.minimum(low[1], shape[1] - 1)] = True
        return area
    left, top, right, bottom = (round(value * shrink) for value in one.box)
    area[top : bottom + 1, left : right + 1] = True
    return area


def _overlap(thing: Detection, area: Array, labels: Array) -> float:
    """Intersection over union of segment and area; of a box by the segment's own box."""
    if thing.label <= 0:
        return 0.0
    left, top, right, bottom = thing.box
    own = np.zeros(labels.shape, bool)
    own[top : bottom + 1, left : right + 1] = True
    return float((own & area).sum() / max((own | area).sum(), 1))


def _flat(one: Found, area: Array, cloud: Cloud) -> Detection | None:
    """A flat object from the points in its box, or None where there is no depth."""
    points = cloud.points[area & cloud.valid].astype(float)
    if len(points) < LEAST:
        return None
    low, high = np.percentile(points, (5, 95), axis=0)
    size = np.maximum(high - low, (0.02, 0.02, FLAT))
    centre = (low + high) / 2
    reach = float(np.linalg.norm(centre - cloud.eye))
    rows, columns = np.nonzero(area)
    box = (int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max()))
    deviation = 0.01 + float(cloud.sigma(np.array(reach))) + 0.1 * math.hypot(size[0], size[1])
    extent = (float(size[0]), float(size[1]), float(size[2]))
    return Detection(
        kind_of(one.name), "box", centre, extent, 0.0, "", one.confidence, deviation, True, True, len(points), box, -1,
        points.mean(axis=0),
    )  # fmt: skip
