"""How the path of a hand looks: qualities from 0 to 1, by positions alone."""

from __future__ import annotations

import numpy as np

Array = np.ndarray
FAST, FAR, TURNED = 2.5, 0.08, 0.4
"""Strokes in a second, m and rad that count in full."""
LIFTED = 0.01
"""Standard deviation of the height from which on a hand counts as lifted between strokes, m."""
STILL = 0.004
"""Standard deviation of a path that does not move, m."""


def look_of(path: Array, turn: Array, step: float) -> dict[str, float]:
    """The qualities that ``manner.yaml`` names.

    Args:
        path: Positions of the hand: x forward, y left, z up, m, shape (time, 3).
        turn: Turn about its own axis, rad, shape (time,).
        step: Time between two rows, s.
    """
    away = path - path.mean(axis=0)
    values, axes = np.linalg.eigh(np.cov(away.T))
    spread, main = np.sqrt(np.maximum(values, 0.0)), axes[:, -1]
    if spread[-1] < STILL:
        turns = _rate(turn - turn.mean(), step)
        return dict.fromkeys(("round", "straight", "oneway", "upright", "level", "ahead", "long", "rest"), 0.0) | {
            "quick": min(turns / FAST, 1.0), "turning": min(2.0 * float(np.std(turn)) / TURNED, 1.0), "short": 0.5,
        }  # fmt: skip
    along = away @ main
    far = min(2.0 * float(spread[-1]) / FAR, 1.0)
    skew = abs(float(np.mean(along**3))) / float(spread[-1]) ** 3
    wide = float(spread[-2] / spread[-1])
    lifted = min(float(np.std(away[:, 2])) / LIFTED, 1.0) * abs(_together(away[:, 2], np.gradient(along)))
    ahead, _, upright = (np.var(away, axis=0) / np.var(away, axis=0).sum()).tolist()  # a circle has no main direction
    return {
        "round": wide, "straight": 1.0 - wide, "quick": min(_rate(along, step) / FAST, 1.0), "upright": upright,
        "level": 1.0 - upright, "ahead": ahead, "turning": min(2.0 * float(np.std(turn)) / TURNED, 1.0),
        "oneway": lifted, "long": far, "short": 1.0 - far, "rest": min(skew, 1.0),
    }  # fmt: skip


def _together(one: Array, other: Array) -> float:
    """Correlation of two signals; 0 where one of them is constant."""
    spread = float(np.std(one) * np.std(other))
    return float(np.mean((one - one.mean()) * (other - other.mean()))) / spread if spread > 1e-12 else 0.0


def _rate(signal: Array, step: float) -> float:
    """Frequency of the strongest oscillation, Hz."""
    power = np.abs(np.fft.rfft(signal * np.hanning(len(signal)))) ** 2
    power[0] = 0.0
    return float(np.fft.rfftfreq(len(signal), step)[int(np.argmax(power))])
