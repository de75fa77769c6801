"""InstanceMemory: this very thing, found again among others that are alike, elsewhere and later."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from scipy.optimize import linear_sum_assignment

from skill_stack.core.errors import DataError
from skill_stack.perception.recognition.appearance import ColourBands, Embedding, view_of
from skill_stack.perception.scene.look_observer import Observation
from skill_stack.perception.scene.object_map import ObjectMap
from skill_stack.perception.scene.object_track import ObjectTrack

Array = np.ndarray
MOST = 12
"""Views of one thing that are kept."""
EXTENT = 0.06
"""Standard deviation of the logarithm of an extent of one thing, from place to place."""
SAME = 4.0
"""Unlikeness up to which a thing is the known one: in standard deviations of its looks, squared and halved."""
CLEAR = 1.0
"""By how much another one must be less alike for it to be the known one."""
FOREIGN = 6.0
"""Unlikeness from which on a thing that has the name of a known one is another."""
PAUSE = 30.0
"""Time after a look that could not be described, s."""
EVERY = 0.5
"""Time between two looks that are described, s."""
LOOKS = 3
"""Views from which on a thing is known."""
Answer = Literal["found", "absent", "cannot tell"]


@dataclass(slots=True, eq=False)
class KnownInstance:
    """What is known of one thing.

    Attributes:
        size: Its extents, the smallest first, m, shape (3,).
        views: Descriptions of its looks.
        kind: What it is.
    """

    size: Array
    views: list[Array]
    kind: str


@dataclass(frozen=True, slots=True)
class InstanceFound:
    """Where a known thing is.

    Attributes:
        answer: Whether it is there.
        track: Id of the track that is it; empty unless found.
        unlike: How little that looks like it; infinite where nothing is of its kind.
    """

    answer: Answer
    track: str = ""
    unlike: float = np.inf


@dataclass(slots=True)
class InstanceMemory:
    """Known things by name.

    Attributes:
        embedding: Describes looks.
        known: What is known of each.
        trouble: Why the newest look could not be described; empty where it could.
        after: Task time from which on looks are described again, s.
    """

    embedding: Embedding = field(default_factory=ColourBands)
    known: dict[str, KnownInstance] = field(default_factory=dict)
    trouble: str = ""
    after: float = -np.inf

    def look(
        self, observation: Observation, colour: Array, scene: ObjectMap, wanted: Collection[str]
    ) -> dict[str, InstanceFound]:
        """Takes a look: learns what is wanted, and names what is known.

        Args:
            observation: The look; the scene has been updated with it.
            colour: Its whole picture, RGB, uint8, shape (height, width, 3).
            scene: Everything seen.
            wanted: Ids of the things that are to be known again; others are forgotten.

        Returns:
            Where they are; empty where this look was left out.
        """
        if observation.stamp < self.after or not wanted:
            return {}
        self.after = observation.stamp + EVERY
        self.take(observation, colour, scene.tracks.values())
        self.known = {name: one for name, one in self.known.items() if name in wanted}
        for name in wanted:
            track = scene.tracks.get(name)
            if name not in self.known and track is not None and len(track.views) >= LOOKS:
                self.learn(name, track)
        return self.recognise(scene)

    def take(self, observation: Observation, colour: Array, tracks: Iterable[ObjectTrack]) -> None:
        """Describes what a look shows of each track.

        Args:
            observation: The look; the tracks have been updated with it.
            colour: Its whole picture, RGB, uint8, shape (height, width, 3).
            tracks: Everything known.
        """
        for track in tracks:
            if track.last_seen != observation.stamp or not track.last.whole:
                continue
            view = view_of(observation, track.last, colour)
            if view is None:
                continue
            try:
                track.views = [*track.views, self.embedding.vector(view)][-MOST:]
            except DataError as error:  # the geometry goes on
                self.trouble, self.after = str(error), observation.stamp + PAUSE
                return
        self.trouble = ""

    def learn(self, name: str, track: ObjectTrack) -> int:
        """Keeps how a thing looks, under its name; returns the number of views.

        Raises:
            DataError: No look showed enough of it.
        """
        if not track.views:
            raise DataError(f"no look showed enough of '{track.id}' to know it again: nearer, and wholly in view")
        self.known[name] = KnownInstance(np.sort(track.size), list(track.views), track.kind)
        return len(track.views)

    def find(self, tracks: Iterable[ObjectTrack]) -> dict[str, InstanceFound]:
        """Which track is which known thing; no track is two of them.

        Args:
            tracks: Things that were seen since.
        """
        there = [track for track in tracks if track.views]
        names = list(self.known)
        if not names or not there:
            return {name: InstanceFound("absent") for name in names}
        cost = np.array([[self._unlike(self.known[name], track) for track in there] for name in names])
        rows, columns = linear_sum_assignment(np.minimum(cost, 1e6))
        out = {name: InstanceFound("absent") for name in names}
        for row, column in zip(rows.tolist(), columns.tolist()):
            unlike, others = float(cost[row, column]), np.delete(cost[row], columns)
            if unlike > SAME:
                out[names[row]] = InstanceFound("absent", unlike=unlike)
            elif others.size and others.min() < unlike + CLEAR:
                out[names[row]] = InstanceFound("cannot tell", unlike=unlike)
            else:
                out[names[row]] = InstanceFound("found", there[column].id, unlike)
        return out

    def recognise(self, scene: ObjectMap) -> dict[str, InstanceFound]:
        """Gives known things their names, wherever they are; a thing that only stands where one stood gets another."""
        found = self.find(scene.tracks.values())
        for name, one in found.items():
            track = scene.tracks.get(name)
            foreign = track is not None and bool(track.views) and self._unlike(self.known[name], track) > FOREIGN
            if one.answer == "found" and one.track != name:
                scene.identify(one.track, name)
            elif one.answer == "absent" and foreign:
                scene.identify(name, "")
        return found

    def _unlike(self, known: KnownInstance, track: ObjectTrack) -> float:
        """How little a track looks like a known thing."""
        if known.kind != track.kind:
            return np.inf
        sizes = np.log(np.sort(track.size) / known.size) / EXTENT
        near = [max(float((1.0 - np.stack(known.views) @ view).min()), 0.0) for view in track.views]
        return 0.25 * float(sizes @ sizes) + SAME * float(np.mean(near)) / self.embedding.same
