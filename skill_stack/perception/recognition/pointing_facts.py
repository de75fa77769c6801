"""PointedAt: facts about the objects at which a person points, from keypoints, for as long as a gesture is valid."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.world.camera_frame import CameraFrame
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneObject
from skill_stack.core.world.world_facts import POINTED, POINTED_PLACE, SPEAKER
from skill_stack.perception.recognition.gesture import heat, keypoints_in_space, place_meant, pointed_at, pointing_rays

TOGETHER = 1.0
"""Time between two looks of one gesture at most, s."""
MOST = 6
"""Looks of one gesture that count together, the newest."""
LEAST = 0.01
"""Share of the heat below which a thing is no candidate."""
BODY = tuple(f"{side}_{name}" for name in ("shoulder", "hip", "knee", "ankle") for side in ("left", "right"))
"""Joints over whose median a person stands: of one near by a low camera sees the legs alone."""
PERSON = (0.4, 0.4, 1.7)
"""Extents of a person, m."""
COUNTS = 8.0
"""Time for which a gesture is valid, s: words come with it or a little later."""
STANDS = 30.0
"""Time for which a person stands where they were seen last, s: a robot that turns away to look for another way comes
back to somebody who is still there."""
Array = np.ndarray
Place = tuple[float, float, float]


class PointedAt:
    """What a person points at, and where that person is.

    Attributes:
        sentence: What was made of the newest keypoints, for people.
    """

    def __init__(self) -> None:
        """Starts empty."""
        self.sentence = ""
        self._heats: list[tuple[float, dict[str, float]]] = []
        self._place: Place | None = None
        self._person: tuple[float, Place] | None = None

    def take(
        self, points: Mapping[str, Place], pixels: bool, frame: CameraFrame | None, things: Iterable[SceneObject],
        now: float,
    ) -> tuple[str, ...]:  # fmt: skip
        """Takes keypoints; a hanging arm changes nothing, and the last gesture stays valid.

        Args:
            points: By COCO name: in ``map``, m, or column and row of the picture.
            pixels: Whether they are of the picture.
            frame: The newest look, its pose in ``map``; gives depth to pixels.
            things: What may be meant.
            now: Task time, s.

        Returns:
            Ids of what may be meant, the likeliest first.

        Raises:
            DataError: There is no look for pixels.
        """
        keypoints = _in_space(points, pixels, frame)
        body = [keypoints[name] for name in BODY if name in keypoints]
        if body:
            x, y, _ = np.median(body, axis=0).tolist()  # a joint beside the body has the depth of what is behind
            self._person = (now, (x, y, 0.0))
        try:
            rays = pointing_rays(keypoints)
        except DataError as error:
            self.sentence = str(error)
            return ()
        if self._heats and now - self._heats[-1][0] > TOGETHER:
            self._heats = []
        self._heats = [*self._heats, (now, heat(rays, things))][-MOST:]
        self._place = place_meant(rays)
        names = pointed_at(self._shares())
        said = " or ".join(name.replace("_", " ") for name in names) or "nothing that is known"
        self.sentence = f"a {rays[0].side} arm points at {said}"
        return names

    def _shares(self) -> dict[str, float]:
        """The heat over the looks of one gesture: what all of them agree on."""
        names = {name for _, shares in self._heats for name in shares}
        logs = {name: sum(math.log(shares.get(name, 0.0) + LEAST) for _, shares in self._heats) for name in names}
        top = max(logs.values(), default=0.0)
        votes = {name: math.exp(one - top) for name, one in logs.items()}
        whole = sum(votes.values())
        return {name: vote / whole for name, vote in votes.items() if vote / whole > LEAST}

    def facts(self, now: float) -> frozenset[Fact]:
        """``pointed_at(thing, heat)`` of the present candidates, at a task time, s."""
        if not self._heats or now > self._heats[-1][0] + COUNTS:
            return frozenset()
        return frozenset(Fact(POINTED, (name, f"{share:.2f}")) for name, share in self._shares().items())

    def places(self, now: float) -> dict[str, SceneObject]:
        """Where a person is, and the place on the floor that is pointed at, at a task time, s."""
        found = {}
        if self._person is not None and now <= self._person[0] + STANDS:
            at = self._person[1]
            found[SPEAKER] = SceneObject(SPEAKER, "person", at, shape="cylinder", size=PERSON, last_seen=now)
        if self._heats and now <= self._heats[-1][0] + COUNTS and self._place is not None:
            found[POINTED_PLACE] = SceneObject(POINTED_PLACE, "place", self._place, shape="point")
        return found


def _in_space(points: Mapping[str, Place], pixels: bool, frame: CameraFrame | None) -> dict[str, Array]:
    """Keypoints in ``map``; raises DataError where there is no look for pixels."""
    if not pixels:
        return {name: np.asarray(point, float) for name, point in points.items()}
    if frame is None:
        raise DataError("keypoints in pixels need a look, and there is none yet")
    return keypoints_in_space(frame, {name: (point[0], point[1]) for name, point in points.items()})
