"""What gait a robot has, by the contacts of its feet alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Array = np.ndarray

LEAST_STEPS = 4
"""Touch-downs of every foot without which there is no gait to speak of."""


@dataclass(frozen=True, slots=True)
class MeasuredGait:
    """A gait by Hildebrand's two numbers (Hildebrand 1965, "Symmetrical gaits of horses"), and more.

    Attributes:
        duty: Share of a stride for which a foot stands, mean of all feet.
        rear: How far the rear foot of a side is behind the front one, a share of a stride, 0 to 1: 0 is a pace, a
            quarter a walk, a half a trot or a bound.
        side: How far the front right foot is behind the front left one, a share of a stride.
        frequency: Strides per second, Hz.
        steadiness: How alike the strides are, 0 to 1: the least mean resultant length of the phases.
    """

    duty: float
    rear: float
    side: float
    frequency: float
    steadiness: float


def measured_gait(contact: Array, rate: float) -> MeasuredGait | None:
    """The gait of one robot; None where a foot hardly steps.

    Args:
        contact: Whether each foot touches the ground, bool, shape (ticks, 4): front left, front right, rear left, rear
            right.
        rate: Ticks per second, Hz.
    """
    steady = contact.copy()
    steady[1:-1] = (contact[:-2].astype(int) + contact[1:-1] + contact[2:]) >= 2  # a single tick is no step
    downs = [np.flatnonzero(~one[:-1] & one[1:]) + 1 for one in steady.T]
    if min(len(one) for one in downs) < LEAST_STEPS:
        return None
    front_left, front_right, rear_left, rear_right = downs
    left, right = _behind(rear_left, front_left), _behind(rear_right, front_right)
    side = _behind(front_right, front_left)
    both = left + right
    strides = np.mean([(len(one) - 1) / (one[-1] - one[0]) for one in downs])
    return MeasuredGait(
        duty=float(steady.mean()),
        rear=float(np.angle(both) / (2.0 * np.pi) % 1.0),
        side=float(np.angle(side) / (2.0 * np.pi) % 1.0),
        frequency=float(strides * rate),
        steadiness=float(min(abs(both) / 2.0, abs(side))),
    )


def _behind(downs: Array, of: Array) -> complex:
    """Mean phasor of touch-downs within the strides of another foot."""
    inside = downs[(downs >= of[0]) & (downs <= of[-1])]
    if not len(inside):
        return 0j
    return complex(np.exp(2j * np.pi * np.interp(inside, of, np.arange(len(of)))).mean())
