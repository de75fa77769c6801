"""Appearance: a short description of how one thing looks, by which it is told from others that are alike.

The default describes colours in three bands of height; a network that a user adds may take its place.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.perception.networks.fitting import IMAGENET, stretched
from skill_stack.perception.networks.network import VisionNetwork
from skill_stack.perception.recognition.word_scoring import picture_of
from skill_stack.perception.scene.detection import Detection
from skill_stack.perception.scene.look_observer import Observation

Array = np.ndarray
LEAST = 60
"""Pixels of the reduced picture that a thing fills in order to be described."""
BANDS = 3
LEVELS, WIDEST = 64, 0.9
"""Bins of the shares of red and of green in a colour, which light leaves as they are, and the largest share."""
BRIGHT = 16
"""Bins of brightness."""
LIGHT = 0.3
"""Weight of brightness, which changes with the place, beside that of the shares."""
SIDE = 224
"""Pixels of a picture where a network takes any."""
SLOW = 1.0
"""Time that a description may take, s."""


@dataclass(frozen=True, slots=True, eq=False)
class ThingView:
    """One thing in one look.

    Attributes:
        picture: RGB of its surroundings, uint8, shape (height, width, 3).
        colours: RGB of its own pixels, uint8, shape (N, 3).
        heights: Height of each within the thing, 0 at its bottom to 1 at its top, shape (N,).
    """

    picture: Array
    colours: Array
    heights: Array


class Embedding(Protocol):
    """Describes how things look."""

    same: float
    """Distance up to which two views may show one thing."""

    def vector(self, view: ThingView) -> Array:
        """A description of length 1, shape (D,); the farther apart, the less alike (1 minus the cosine).

        Raises:
            DataError: It cannot be described.
        """


def view_of(observation: Observation, thing: Detection, colour: Array) -> ThingView | None:
    """What a look shows of a thing; None for too little.

    Args:
        observation: The look.
        thing: One of its things.
        colour: Its whole picture, RGB, uint8, shape (height, width, 3).
    """
    mask = observation.labels == thing.label
    if thing.label <= 0 or mask.sum() < LEAST:
        return None
    inner = cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    mask = inner if inner.sum() >= LEAST // 2 else mask
    z = observation.cloud.points[mask][:, 2]
    low = float(thing.position[2]) - thing.size[2] / 2
    heights = np.clip((z - low) / max(thing.size[2], 1e-3), 0.0, 1.0)
    return ThingView(picture_of(thing, observation, colour), observation.cloud.colour[mask], heights)


class ColourBands:
    """The default: how often each colour is seen in the lower, middle and upper third."""

    same = 0.12

    def vector(self, view: ThingView) -> Array:
        """See :class:`Embedding`."""
        rgb = view.colours.astype(float)
        shares = rgb[:, :2] / np.maximum(rgb.sum(axis=1, keepdims=True), 1.0) / WIDEST
        band = np.minimum((view.heights * BANDS).astype(int), BANDS - 1)
        parts = []
        for number in range(BANDS):
            own = band == number
            parts += [_spread(shares[own, axis], LEVELS) for axis in (0, 1)]
            parts.append(LIGHT * _spread(rgb[own].max(axis=1) / 255.0, BRIGHT))
        made = np.concatenate(parts)
        return np.asarray(made / max(float(np.linalg.norm(made)), 1e-9))


def _spread(values: Array, levels: int) -> Array:
    """Roots of the shares of each bin of values from 0 to 1, blurred to the neighbouring ones, shape (levels,)."""
    where = np.clip(values, 0.0, 1.0) * (levels - 1)
    near = np.exp(-0.5 * ((where[:, None] - np.arange(levels)) / 0.8) ** 2)
    return np.asarray(np.sqrt(near.sum(axis=0) / max(float(near.sum()), 1e-9)))


class NetworkEmbedding:
    """A network from a picture to one vector, which a user adds."""

    same = 0.25

    def __init__(self, network: VisionNetwork, clock: Callable[[], float] = time.perf_counter) -> None:
        """Tries the network once.

        Args:
            network: One input, a picture, and one output of at least eight numbers.
            clock: Monotonic time, s.

        Raises:
            DataError: It has other inputs or outputs, gives numbers that are none, or takes too long.
        """
        self._network, self._clock = network, clock
        self._name = next(iter(network.inputs))
        shape = network.inputs[self._name]
        if len(network.inputs) != 1 or len(shape) != 4 or shape[1] not in (3, None):
            raise DataError(f"{network.path}: {network.says()}; needed is one picture [1,3,H,W] and one vector")
        self._size = network.side(self._name, SIDE)
        self._length = 0
        grey = ThingView(np.full((SIDE, SIDE, 3), 127, np.uint8), np.zeros((0, 3)), np.zeros(0))
        self._length = len(self.vector(grey))

    def vector(self, view: ThingView) -> Array:
        """See :class:`Embedding`."""
        begin = self._clock()
        found = self._network.run({self._name: stretched(view.picture, *self._size).batch(IMAGENET)})
        made = np.asarray(next(iter(found.values())), float).ravel()
        spent, path = self._clock() - begin, self._network.path
        if made.size < 8 or (self._length and made.size != self._length):
            raise DataError(f"{path}: gives {made.size} numbers for a thing, not {self._length or 'eight or more'}")
        if not np.isfinite(made).all() or not made.any():
            raise DataError(f"{path}: gives numbers that are not finite, or zeros alone, for a thing")
        if spent > SLOW:
            raise DataError(f"{path}: took {spent:.1f} s for a thing, more than {SLOW:g} s")
        return np.asarray(made / np.linalg.norm(made))
