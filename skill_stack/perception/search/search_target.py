"""SearchTarget: the searched object, and near looks at possible matches."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.perception.scene.colour_names import MISTAKEN
from skill_stack.perception.scene.object_map import ObjectMap
from skill_stack.perception.scene.object_track import ObjectTrack

Array = np.ndarray
BY = 1.9
"""Distance up to which a look identifies an object, m; one farther away may match."""
ENOUGH = 4
"""Number of near looks that decide."""
PERHAPS = 0.2
"""Share of matching looks from which an object is worth approaching."""
WELL_SEEN = 6
"""Looks from which an object's kind must match too."""
RECENT = 10.0
"""Age of the last look up to which an object from afar is taken, s; as long as a body may be stuck, and turns."""
LARGEST = 0.6
"""Length of the largest possible match, m."""


@dataclass(slots=True)
class _Near:
    """Results of near looks at one object.

    Attributes:
        looks: How many.
        kinds: Votes for kinds.
        colours: Votes for colours.
        before: Votes of all looks when the last one was taken.
    """

    looks: int = 0
    kinds: dict[str, float] = field(default_factory=dict)
    colours: dict[str, float] = field(default_factory=dict)
    before: tuple[dict[str, float], dict[str, float]] = field(default_factory=lambda: ({}, {}))


class SearchTarget:
    """An object of some kind and colour that is searched in a scene.

    Attributes:
        kinds: Kinds that it may be; empty: any.
        colour: Its colour; empty: any.
        checked: Ids of things that were looked at from near by and are not it, or cannot be looked at.
        sure: Id of the thing that is it; empty until then.
    """

    def __init__(self, kinds: frozenset[str], colour: str) -> None:
        """Starts empty."""
        self.kinds, self.colour = kinds, colour
        self.checked: set[str] = set()
        self.sure = ""
        self._near: dict[str, _Near] = {}

    def look(self, scene: ObjectMap, eye: Array) -> None:
        """Takes the newest look at near objects; only these looks count for an object.

        Args:
            scene: The scene, which has taken the look.
            eye: Place of the camera, m, shape (2,) or (3,).
        """
        for track in list(scene.tracks.values()):
            votes = dict(track.kinds), dict(track.colours)
            fresh = votes if track.sightings > 1 else ({}, {})  # what was said of it before says nothing of near by
            known = self._near.setdefault(track.id, _Near(before=fresh))
            near = math.dist(track.position[:2], eye[:2]) <= BY
            if near and track.last_seen == scene.stamp:
                known.looks += 1
                for mine, now, before in zip((known.kinds, known.colours), votes, known.before):
                    for word, value in now.items():
                        mine[word] = mine.get(word, 0.0) + value - before.get(word, 0.0)
            known.before = votes
            if known.looks >= ENOUGH and track.id not in self.checked:
                self._decide(track, known)

    def _decide(self, track: ObjectTrack, known: _Near) -> None:
        """Decides whether a well-seen object is the target."""
        self.checked.add(track.id)
        if self._is_like(known.kinds, known.colours) and self._small(track) and track.sightings > 1:
            self.sure = track.id
            for votes, near in ((track.kinds, known.kinds), (track.colours, known.colours)):
                if said := {word: value for word, value in near.items() if value > 0}:
                    votes.clear()
                    votes.update(said)

    def found(self, scene: ObjectMap, now: float) -> SceneObject | None:
        """The target, once it was seen from near by or is out of reach; at a task time, s."""
        track = scene.tracks.get(self.sure)
        return track.thing(now) if track is not None else None

    def alike(self, scene: ObjectMap) -> ObjectTrack | None:
        """The most often seen object of its kind in an easily confused colour."""
        fits = [
            track
            for track in scene.tracks.values()
            if frozenset((track.colour, self.colour)) in MISTAKEN
            and (not self.kinds or track.kind in self.kinds)
            and track.sightings > 1
        ]
        return max(fits, key=lambda track: track.sightings, default=None)

    def unconfirmed_candidate(self, scene: ObjectMap, pose: Pose2) -> ObjectTrack | None:
        """The nearest possible match without near looks."""
        fits = [track for track in scene.tracks.values() if self._may_be(track)]
        return min(fits, key=lambda track: pose.distance_to(*track.position[:2].tolist()), default=None)

    def give_up(self, name: str) -> None:
        """Drops an object that cannot be viewed."""
        self.checked.add(name)

    def take_from_afar(self, scene: ObjectMap, name: str) -> None:
        """Settles an object that the body does not come near to.

        It is the target where most looks from afar say so; whoever goes there is told why there is no way. Otherwise
        it is dropped.
        """
        self.give_up(name)
        track = scene.tracks.get(name)
        if track is None or track.sightings < WELL_SEEN:
            return
        if scene.stamp is None or scene.stamp - track.last_seen > RECENT:
            return
        if self._small(track) and self._is_like(track.kinds, track.colours):
            self.sure = name

    def _is_like(self, kinds: Mapping[str, float], colours: Mapping[str, float]) -> bool:
        """Whether most votes are for the target."""
        shaped = not self.kinds or _share(kinds, self.kinds) > 0.5
        return shaped and (not self.colour or _share(colours, {self.colour}) > 0.5)

    def _may_be(self, track: ObjectTrack) -> bool:
        if track.id in self.checked or track.sightings < 2 or not self._small(track):
            return False
        coloured = not self.colour or _share(track.colours, {self.colour}) >= PERHAPS
        shaped = not self.kinds or _share(track.kinds, self.kinds) >= PERHAPS or track.sightings < WELL_SEEN
        return coloured and shaped

    def _small(self, track: ObjectTrack) -> bool:
        return max(track.size.tolist()) < LARGEST or bool(self.kinds & {"table"})


def _share(votes: Mapping[str, float], words: set[str] | frozenset[str]) -> float:
    """Share of votes that some words have."""
    return sum(votes.get(word, 0.0) for word in words) / max(sum(votes.values()), 1e-9)
