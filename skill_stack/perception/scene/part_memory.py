"""PartMemory: the parts of things that looks from near by showed, as facts of the scene."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from skill_stack.core.spatial.parts import part_fact
from skill_stack.core.world.fact import Fact
from skill_stack.perception.scene.affordances import Affordance, affordances
from skill_stack.perception.scene.look_observer import Observation
from skill_stack.perception.scene.object_track import ObjectTrack

Array = np.ndarray
WITHIN = 1.5
"""Distance within which parts of an object are searched, m: a handle has few pixels beyond."""
OF = 3
"""Number of nearest objects whose parts are searched in one look."""
LOST = 0.6
"""Factor on the certainty of a part that a look of its thing does not show."""
BESIDE = 0.04
"""Distance from the outline of a thing up to which a piece belongs to it, m."""
SURE = 0.3
"""Least certainty of a part that counts."""


@dataclass(slots=True, eq=False)
class _Seen:
    """One part in the frame of its thing, turned as the map.

    Attributes:
        offset: From the middle of the thing, m, shape (3,).
        outward: Where it points, shape (3,).
        sure: How sure it is, 0 to 1.
    """

    offset: Array
    outward: Array
    sure: float


@dataclass(slots=True)
class PartMemory:
    """Parts by id of their thing."""

    _seen: dict[str, dict[str, _Seen]] = field(default_factory=dict)

    def take(self, observation: Observation, tracks: Iterable[ObjectTrack]) -> dict[str, dict[str, Affordance]]:
        """Takes what a look shows of parts; returns that, by id of the thing and name of the part.

        Args:
            observation: The look; the tracks have been updated with it.
            tracks: Everything known.
        """
        by_label = {one.last.label: one for one in tracks if one.last_seen == observation.stamp and one.last.label > 0}
        away = [float(np.linalg.norm(one.surface - observation.cloud.eye)) for one in observation.things]
        near = [n for n in np.argsort(away).tolist() if away[n] <= WITHIN and observation.things[n].label in by_label]
        out: dict[str, dict[str, Affordance]] = {}
        for number in near[:OF]:
            track = _whole(by_label[observation.things[number].label], by_label.values())
            found = affordances(observation, number)
            out.setdefault(track.id, {}).update({str(name): one for name, one in found.items()})
        for track in by_label.values():
            if track.id in out:
                self._add(track, out[track.id])
        return out

    def _add(self, track: ObjectTrack, found: Mapping[str, Affordance]) -> None:
        known = self._seen.setdefault(track.id, {})
        for name in known.keys() - found.keys():
            known[name].sure *= LOST
        for name, one in found.items():
            offset = one.point - track.position
            was = known.get(name)
            if was is None or one.confidence > 2 * was.sure:
                known[name] = _Seen(offset, one.outward, one.confidence)
                continue
            share = one.confidence / (was.sure + one.confidence)
            was.offset = was.offset + share * (offset - was.offset)
            outward = was.outward + share * (one.outward - was.outward)
            was.outward = outward / max(float(np.linalg.norm(outward)), 1e-9)
            was.sure = max(was.sure, one.confidence)

    def facts(self, tracks: Mapping[str, ObjectTrack]) -> frozenset[Fact]:
        """The parts of the things that are there, see :func:`skill_stack.core.spatial.parts.part_fact`."""
        self._seen = {name: parts for name, parts in self._seen.items() if name in tracks}
        out = set()
        for name, parts in self._seen.items():
            thing = tracks[name].thing(tracks[name].last_seen)
            for part, one in parts.items():
                if one.sure >= SURE:
                    x, y, z = (tracks[name].position + one.offset).tolist()
                    dx, dy, dz = one.outward.tolist()
                    out.add(part_fact(thing, part, (x, y, z), (dx, dy, dz)))
        return frozenset(out)


def _whole(piece: ObjectTrack, tracks: Iterable[ObjectTrack]) -> ObjectTrack:
    """The thing of which something seen is a piece: the largest of its colour beside it, as a bow beside its mug."""
    near = [one for one in tracks if one.colour == piece.colour and one.kind != "table"
            and math.dist(one.position, piece.position) < one.radius + BESIDE]  # fmt: skip
    return max([piece, *near], key=lambda one: float(one.size.prod()))
