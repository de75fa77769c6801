"""PersonFeatures: numbers that say how a person moves, from places of its joints as they arrive.

All are without a unit, so that the size of the person does not matter: lengths by the length of a leg, speeds and
rates by the square root of gravity and that length (Froude's similarity; Alexander 1989).
"""

from __future__ import annotations

import math
from collections import deque

import numpy as np

Array = np.ndarray

PARTS = ("hip", "knee", "ankle", "shoulder", "hand")
SIDES = ("left", "right")
POINTS = tuple(f"{side}_{part}" for part in PARTS for side in SIDES)
"""Joints of a person, in the order of their places."""
FEATURES = (
    *("ahead", "aside", "turn", "height", "lean", "lean_aside", "twist"),
    *("left_lift", "right_lift", "flight", "steps", "left_hand", "right_hand"),
)
"""Names of the numbers: velocity of the hips ahead and to the left, turning rate to the left; height of the hips; how
far the trunk leans ahead and to the right, and is turned to the left, rad; greatest height of each foot, and of the
lower one, of late; how fast feet rise and sink against one another; how high hands are over shoulders."""
GRAVITY = 9.81
SMOOTH, SLOW = 0.2, 0.5
"""Time constants of velocities, and of ``steps``, s."""
LATELY, FLOOR = 0.7, 2.0
"""Time over which the greatest height of a foot is taken, and the least, which is the floor, s."""
FASTEST = 15.0
"""Speed of a joint beyond which its place is an error, m/s: a sprinter's foot has some 20, a dancer's hand 10."""
LOWEST = 0.4
"""Height of the hips by the length of a leg below which a person does not stand."""
LONG_AGO = 0.5
"""Time after which nothing is compared with what was seen before, s."""


class PersonFeatures:
    """Follows one person, frame by frame.

    Attributes:
        values: The numbers of the newest frame by :data:`FEATURES`; None before the second one.
    """

    def __init__(self) -> None:
        """Nobody has been seen yet."""
        self.values: Array | None = None
        self.forget()

    def forget(self) -> None:
        """The next frame is the first one of a person."""
        self._seen: tuple[float, Array, float] | None = None
        self._rates = np.zeros(4)
        self._feet: deque[tuple[float, float, float]] = deque()
        self._turned = 0.0

    def take(self, time: float, points: Array) -> str:
        """Takes a frame.

        Args:
            time: When it was, s, later than the frame before.
            points: Where the joints of :data:`POINTS` are, m, z up, shape (10, 3).

        Returns:
            Why it is left out, beginning with the joint; empty where it was taken.
        """
        if self._seen is not None and abs(time - self._seen[0]) > LONG_AGO:
            self.forget()
        wrong = self._wrong(time, points)
        if wrong:
            return wrong
        self._follow(time, np.asarray(points, dtype=float))
        return ""

    def _wrong(self, time: float, points: Array) -> str:
        """Why a frame cannot be one of a person who stands."""
        if np.shape(points) != (len(POINTS), 3):
            return f"{POINTS[0]}: {len(POINTS)} places are needed, of {', '.join(POINTS)}"
        if not math.isfinite(time):
            return f"{POINTS[0]}: its time is not finite"
        finite = np.isfinite(points).all(axis=1)
        if not finite.all():
            return f"{POINTS[int(np.argmin(finite))]}: is not at a finite place"
        leg = leg_length(points)
        if not 0.2 < leg < 2.0:
            return f"left_knee: legs are {leg:.2f} m long"
        if self._seen is not None:
            if time <= self._seen[0]:
                return f"{POINTS[0]}: the frame is not later than the one before"
            speeds = np.linalg.norm(points - self._seen[1], axis=1) / (time - self._seen[0])
            if speeds.max() > FASTEST:
                return f"{POINTS[int(speeds.argmax())]}: moves at {speeds.max():.0f} m/s"
        middle = {part: points[2 * n : 2 * n + 2].mean(axis=0) for n, part in enumerate(PARTS)}
        if middle["hip"][2] - points[4:6, 2].min() < LOWEST * leg:
            return "left_hip: is too low for somebody who stands"
        if middle["shoulder"][2] < middle["hip"][2]:
            return "left_shoulder: is below the hips"
        return ""

    def _follow(self, time: float, points: Array) -> None:
        leg, hips = leg_length(points), points[:2].mean(axis=0)
        across = points[0] - points[1]
        heading = math.atan2(-across[0], across[1])
        self._feet.append((time, *points[4:6, 2].tolist()))
        while time - self._feet[0][0] > FLOOR:
            self._feet.popleft()
        feet = np.array(self._feet)
        heights = feet[:, 1:] - feet[:, 1:].min()
        late = heights[feet[:, 0] >= time - LATELY]
        if self._seen is not None:
            self._rate(time, points, hips, heading, heights)
        self._seen = time, points, heading
        c, s = math.cos(heading), math.sin(heading)
        trunk = points[6:8].mean(axis=0) - hips
        lean = math.atan2(c * trunk[0] + s * trunk[1], trunk[2])
        lean_aside = -math.atan2(c * trunk[1] - s * trunk[0], trunk[2])
        shoulders = points[6] - points[7]
        twist = math.remainder(math.atan2(-shoulders[0], shoulders[1]) - heading, math.tau)
        speed = math.sqrt(GRAVITY * leg)
        hands = (points[8:10, 2] - points[6:8, 2]) / leg
        self.values = np.array([
            self._rates[0] / speed, self._rates[1] / speed, self._rates[2] * math.sqrt(leg / GRAVITY),
            (hips[2] - feet[:, 1:].min()) / leg, lean, lean_aside, twist,
            *(late.max(axis=0) / leg), late.min(axis=1).max() / leg, self._rates[3] / speed, *hands,
        ])  # fmt: skip

    def _rate(self, time: float, points: Array, hips: Array, heading: float, heights: Array) -> None:
        """Smoothed velocities, m/s and rad/s."""
        assert self._seen is not None
        before, old, turned = self._seen
        step, (c, s) = time - before, (math.cos(heading), math.sin(heading))
        x, y, _ = (hips - old[:2].mean(axis=0)) / step
        turn = math.remainder(heading - turned, math.tau) / step
        change = np.ptp(heights[-2:, 0] - heights[-2:, 1]) / step if len(heights) > 1 else 0.0
        now = np.array([c * x + s * y, c * y - s * x, turn, change])
        share = 1 - np.exp(-step / np.array([SMOOTH, SMOOTH, SMOOTH, SLOW]))
        self._rates += share * (now - self._rates)


def leg_length(points: Array) -> float:
    """Mean length of thigh and shin together, m; points as for :meth:`PersonFeatures.take`."""
    return float(np.linalg.norm(points[0:4] - points[2:6], axis=1).sum() / 2)
