"""ObjectTrack: estimate of one object from all looks."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from skill_stack.core.rotation import wrap_angle
from skill_stack.core.world.scene import SceneObject
from skill_stack.perception.scene.detection import KINDS, Detection
from skill_stack.perception.scene.shape_fitting import LEAST as UNLIKELY

Array = np.ndarray
MEMORY = 300.0
"""Half-life of the confidence of an unseen object, s."""
LEAST = 0.3
"""Lower bound of the confidence by time alone: objects do not move by themselves."""
SETTLED = 0.004
"""Lower bound of the position's standard deviation, m: the errors of one camera are correlated."""
STILL = 0.05
"""Largest displacement of an object that counts as unmoved, m."""
GLIMPSED = 0.005
"""Standard deviation of a position from a piece of an object, m."""
DRIFT = 0.02
"""Odometry error of the camera's position as a share of its path, by legs and IMU."""

LIFTED = 0.05
"""Height above what carried it, or the floor, from which on a thing is held, m."""
FADING = 0.97
"""Share of the evidence for a shape that stays from look to look, so that many looks from one place do not outvote
others for long.
"""

FREER = {"box": 0.15}
"""How much better a shape must fit that has more numbers to fit with, as a logarithm."""

Votes = defaultdict[str, float]
"""Weighted votes of the looks; of shapes the logarithm of their likelihood."""


def _no_votes() -> Votes:
    return defaultdict(float)


@dataclass(slots=True, eq=False)
class ObjectTrack:
    """One object.

    Attributes:
        id: Name that it keeps.
        position: Centre, m, shape (3,).
        variance: Of each coordinate, m².
        size: Along its own x, y and z, m.
        yaw: rad.
        sized: Sum of the weights of the looks that gave its size.
        last: The last look that showed it.
        first_seen: Task time of the first look, s.
        last_seen: Task time of the last look that showed it, s.
        sightings: How many looks showed it.
        wholes: How many of them showed it whole.
        seen_at: How far the camera had gone when a look last showed it, m.
        sure: Confidence at the last look.
        absent: Looks in a row that saw through the place where it was.
        hidden: Whether something nearer hides it now, or it is out of view.
        on: Id of what carries it, or an empty string.
        headed: As ``sized``, for its heading, since it was last carried.
        views: Descriptions of how it looked, the newest last.
    """

    id: str
    position: Array
    variance: float
    size: Array
    yaw: float
    sized: float
    last: Detection
    first_seen: float
    last_seen: float
    sightings: int = 1
    wholes: int = 0
    seen_at: float = 0.0
    sure: float = 0.5
    absent: int = 0
    hidden: bool = False
    on: str = ""
    headed: float = 0.0
    views: list[Array] = field(default_factory=list)
    kinds: Votes = field(default_factory=_no_votes)
    shapes: Votes = field(default_factory=_no_votes)
    colours: Votes = field(default_factory=_no_votes)

    @classmethod
    def from_detection(cls, name: str, seen: Detection, stamp: float) -> ObjectTrack:
        """A track that starts with one look."""
        size, weight = np.array(seen.size), _weight(seen)
        made = cls(name, seen.position.copy(), seen.deviation**2, size, seen.yaw, weight, seen, stamp, stamp)
        made.headed = weight
        made.sure, made.wholes = 0.6 * seen.confidence, int(seen.whole)
        made._vote(seen)
        return made

    def _vote(self, seen: Detection) -> None:
        weight = _weight(seen)
        self.kinds[seen.kind] += weight
        for shape in KINDS:
            plain = 0.0 if shape == seen.shape else UNLIKELY
            self.shapes[shape] = FADING * self.shapes[shape] + weight * seen.evidence.get(shape, plain)
        if seen.colour:
            self.colours[seen.colour] += weight

    @property
    def kind(self) -> str:
        """The kind in most looks; one that is called by its shape by that of all looks."""
        found = max(self.kinds, key=self.kinds.__getitem__)
        return KINDS[self.shape] if found in KINDS.values() else found

    @property
    def colour(self) -> str:
        """The colour in most looks, or an empty string."""
        return max(self.colours, key=self.colours.__getitem__) if self.colours else ""

    @property
    def shape(self) -> str:
        """The likeliest shape by all looks."""
        return max(self.shapes, key=lambda shape: self.shapes[shape] - FREER.get(shape, 0.0))

    @property
    def radius(self) -> float:
        """Of the circle around it in the plane, m."""
        return float(self.size[0]) / 2 if self.shape != "box" else math.hypot(*self.size[:2].tolist()) / 2

    def confidence(self, now: float) -> float:
        """Probability of its presence, 0 to 1; decreases while it is not seen.

        Args:
            now: Task time, s.
        """
        faded = self.sure * 0.5 ** (max(now - self.last_seen, 0.0) / MEMORY)
        return max(min(self.sure, LEAST), faded)

    def see(self, seen: Detection, stamp: float) -> float:
        """Takes a look that shows it.

        Returns:
            How far it is from where it was, m.
        """
        was, self.last = self.shape, seen
        self._vote(seen)
        seen = seen.shaped(self.shape)
        moved = float(np.linalg.norm(seen.position - self.position))
        if moved > STILL + 3 * math.sqrt(self.variance) + 2 * seen.deviation:
            self.position, self.variance = seen.position.copy(), seen.deviation**2  # it was carried, or we were wrong
            self.headed = 0.0
        else:
            self._refine(seen.position, seen.deviation)
        if was == seen.shape == self.shape:
            self._resize(seen)
        elif self.shape == seen.shape or _weight(seen) > 2 * self.sized:
            self.size, self.yaw, self.sized = np.array(seen.size), seen.yaw, _weight(seen)
            self.headed = self.sized
        self.wholes += int(seen.whole)
        self._there(stamp)
        self.sure += (min(1.0, seen.confidence + 0.1) - self.sure) * 0.5 if seen.confidence > 0.5 * self.sure else 0.0
        return moved

    def add_partial_look(self, shift: Array, stamp: float) -> None:
        """Takes a look that shows a piece of it.

        Args:
            shift: How far the piece shows its surface from where it was thought to be, m, shape (2,).
            stamp: Task time of the look, s.
        """
        self._refine(self.position + (*shift.tolist(), 0.0), GLIMPSED)
        self._there(stamp)

    def carry(self, place: Array, yaw: float, stamp: float) -> None:
        """Takes a look that shows it in the robot's hands.

        Args:
            place: Its centre, m, shape (3,).
            yaw: Its heading, rad.
            stamp: Task time of the look, s.
        """
        self.position, self.variance, self.yaw, self.headed = place.copy(), GLIMPSED**2, yaw, 0.0
        self._there(stamp)

    def push(self, way: tuple[float, float], deviation: float) -> None:
        """Moves on with what pushes it, unseen.

        Args:
            way: How far, m, along x and y.
            deviation: Standard deviation of its place then, m.
        """
        self.position = self.position + (*way, 0.0)
        self.variance = max(self.variance, deviation**2)

    def take_over(self, was: ObjectTrack) -> None:
        """Becomes another track that turned out to be of the same thing: with its name, and the looks of both count."""
        self.id, self.first_seen = was.id, was.first_seen
        self.sightings, self.wholes = self.sightings + was.sightings, self.wholes + was.wholes
        self.views = [*was.views, *self.views]
        for mine, before in ((self.kinds, was.kinds), (self.shapes, was.shapes), (self.colours, was.colours)):
            for name, votes in before.items():
                mine[name] += votes

    def doubt(self, way: float) -> None:
        """Increases its uncertainty by the camera's odometry error since it was last seen.

        Args:
            way: How far the camera has gone so far, m.
        """
        self.variance += (DRIFT * max(way - self.seen_at, 0.0)) ** 2
        self.seen_at = way

    def _there(self, stamp: float) -> None:
        self.last_seen, self.sightings, self.absent, self.hidden = stamp, self.sightings + 1, 0, False

    def _refine(self, position: Array, deviation: float) -> None:
        """A Kalman step with a lower bound of the uncertainty."""
        gain = self.variance / (self.variance + deviation**2)
        self.position = self.position + gain * (position - self.position)
        self.variance = max((1 - gain) * self.variance, SETTLED**2)

    def _resize(self, seen: Detection) -> None:
        weight = _weight(seen)
        share = weight / (self.sized + weight)
        turn = wrap_angle(4 * (seen.yaw - self.yaw)) / 4
        size = np.array(seen.size)
        if (
            abs(wrap_angle(seen.yaw - self.yaw - turn)) > math.pi / 4
            and abs(abs(wrap_angle(seen.yaw - self.yaw - turn)) - math.pi / 2) < 0.2
        ):  # the same box with its sides named the other way round
            size = size[[1, 0, 2]]
        self.size = self.size + share * (size - self.size)
        self.yaw = wrap_angle(self.yaw + weight / (self.headed + weight) * turn)
        self.sized, self.headed = min(self.sized + weight, 20.0), min(self.headed + weight, 20.0)

    def thing(self, now: float) -> SceneObject:
        """The object as part of the scene, at a task time, s."""
        x, y, z = (float(value) for value in self.position)
        a, b, c = (round(float(value), 3) for value in self.size)  # the same size until it is another by a millimetre
        return SceneObject(
            id=self.id,
            kind=self.kind,
            position=(x, y, z),
            yaw=self.yaw if self.shape == "box" else 0.0,
            shape=self.shape,
            size=(a, b, c),
            colour=self.colour,
            confidence=self.confidence(now),
            last_seen=self.last_seen,
        )


def in_the_air(low: float, borne: bool) -> bool:
    """Whether hands have a thing, as far as is seen.

    Args:
        low: Height of its lower end above the floor, m.
        borne: Whether it was seen on another thing.
    """
    return not borne and low > LIFTED


def _weight(seen: Detection) -> float:
    """Weight of one look: a whole view counts more than a part or a guess."""
    return seen.confidence * (1.0 if seen.whole else 0.25) * (0.15 if seen.guessed else 1.0)
