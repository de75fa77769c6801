"""Simulated persons who command hands by their own fingers: late, with slow errors and a tremor."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from skill_stack.connector.retargeting.hand_shape import HandShape
from skill_stack.connector.retargeting.synergy_space import SynergySpace
from skill_stack.training.coarse.settings import PersonSettings
from skill_stack.training.hands.finger_teacher import waves

Array = np.ndarray
REST = -1
"""Number of the primitive of one whose hand is a bowl."""
TOLD = 0.1
"""Time between two commands, s; as often as a goal that is followed is passed on."""


class Persons:
    """One person for each hand.

    Attributes:
        meant: Which primitive each means now, or :data:`REST`, int, shape (n,).
        asked: The same as it is told: later by each one's delay, int, shape (n,).
        age: Time since :attr:`asked` changed, s, shape (n,).
        shown: Finger motion that is meant, from the bowl, rad, shape (n, joints).
        joints: Finger motion as it is told, rad, shape (n, joints).
    """

    def __init__(
        self, settings: PersonSettings, gaits: Array, clocks: Sequence[float], count: int, dt: float,
        rng: np.random.Generator,
    ) -> None:  # fmt: skip
        """All begin at rest.

        Args:
            settings: How coarse they are.
            gaits: Finger motion of every primitive, shape (primitives, joints, 5).
            clocks: Its cycles per second, Hz.
            count: Persons.
            dt: Time between two calls of :meth:`step`, s.
            rng: Source of chance.
        """
        self._settings, self._gaits, self._rng, self._dt = settings, gaits, rng, dt
        self._clocks = np.asarray(clocks)
        self._ticks, self._every = 0, round(TOLD / dt)
        joints = gaits.shape[1]
        self._steps = round(settings.delay[1] / dt) + 1
        self._past = np.zeros((self._steps, count, joints))
        self._intents = np.full((self._steps, count), REST)
        self.meant, self.asked, self.age = np.full(count, REST), np.full(count, REST), np.zeros(count)
        self._left, self._since, self._from = np.zeros(count), np.zeros(count), np.zeros((count, joints))
        self.shown, self.joints = np.zeros((count, joints)), np.zeros((count, joints))
        self._wander, self._noise, self._vigour = np.zeros((count, joints)), np.zeros(count), np.ones(count)
        self._delay = np.zeros(count, int)
        self._tremor, self._hertz = np.zeros((count, joints)), np.zeros((count, 1))
        self._phases = np.zeros((count, joints))
        self.begin(np.arange(count))

    def begin(self, which: Array) -> None:
        """Other persons take over some hands, whose objects are other ones."""
        rng, own, count, joints = self._rng, self._settings, len(which), self.shown.shape[1]
        self.meant[which] = self.asked[which] = REST
        self._past[:, which], self._intents[:, which] = 0.0, REST
        self.age[which] = self._since[which] = 0.0
        self._left[which] = rng.uniform(*own.rests, count)
        self._from[which] = self.shown[which] = self.joints[which] = self._wander[which] = 0.0
        self._noise[which], self._vigour[which] = rng.uniform(*own.noise, count), rng.uniform(*own.vigour, count)
        self._delay[which] = np.round(rng.uniform(*own.delay, count) / self._dt).astype(int)
        self._tremor[which] = rng.uniform(*own.tremor, (count, 1)) * rng.uniform(0.5, 1.0, (count, joints))
        self._hertz[which] = rng.uniform(*own.shaking, (count, 1))
        self._phases[which] = rng.uniform(0.0, 2.0 * np.pi, (count, joints))

    def step(self) -> None:
        """Goes on by one tick."""
        rng, own, dt = self._rng, self._settings, self._dt
        self._left -= dt
        self._since += dt
        self.age += dt
        for who in np.flatnonzero(self._left <= 0.0):
            resting = self.meant[who] == REST
            self.meant[who] = rng.integers(len(self._gaits)) if resting else REST
            self._left[who] = rng.uniform(*(own.means if resting else own.rests))
            self._from[who], self._since[who] = self.shown[who], 0.0
        self.shown = self._fingers()
        self._past = np.concatenate([self.shown[None], self._past[:-1]])
        self._intents = np.concatenate([self.meant[None], self._intents[:-1]])
        everyone = np.arange(len(self.meant))
        before, self.asked = self.asked, self._intents[self._delay, everyone]
        self.age[before != self.asked] = 0.0
        keep = np.exp(-dt / own.wander)
        self._wander = keep * self._wander + np.sqrt(1.0 - keep**2) * self._noise[:, None] * rng.standard_normal(
            self._wander.shape
        )
        if self._ticks % self._every == 0:
            shake = self._tremor * np.sin(2.0 * np.pi * self._hertz * self._ticks * dt + self._phases)
            self.joints = self._past[self._delay, everyone] + self._wander + shake
        self._ticks += 1

    def _fingers(self) -> Array:
        """Finger motion that is meant now, rad, shape (n, joints)."""
        motion = np.zeros_like(self.shown)
        busy = np.flatnonzero(self.meant != REST)
        kinds = self.meant[busy]
        gaits = self._gaits[kinds]
        phases = self._since[busy] * self._clocks[kinds]
        motion[busy] = self._vigour[busy, None] * (
            gaits[..., 0] + np.einsum("nji,ni->nj", gaits[..., 1:], waves(phases))
        )
        share = np.clip(self._since / self._settings.moves, 0.0, 1.0)[:, None]
        return (1.0 - share) * self._from + share * motion


def coordinates(shape: HandShape, space: SynergySpace, joints: Array) -> Array:
    """Synergy coordinates of postures, shape (n, synergies); joints in rad, shape (n, joints)."""
    inside = np.clip(joints, shape.lower, shape.upper)
    return np.array([space.encode(shape.tips(posture), shape.which) for posture in inside])
