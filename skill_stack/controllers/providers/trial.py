"""ProviderTrial: how fast a provider evaluates a network, and how far its output is from the CPU's."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from skill_stack.controllers.providers.policy_session import PolicySession

Array = np.ndarray

TOLERANCE = 1e-3
"""Largest difference from the CPU's output, over 1 + its size: with the usual action scale of 0.25 rad a quarter of a
milliradian, a tenth of what encoders err."""
OBSERVATIONS = 32
SEED = 1
RUNS = 50
PAUSE = 2e-3
"""Rest between two timed runs, s: back to back, caches and clocks are warmer than in a control loop."""
WARM_UP = 3  # the first runs allocate, and capture a CUDA graph


@dataclass(frozen=True, slots=True)
class ProviderTrial:
    """What came of one provider.

    Attributes:
        provider: Its name.
        agrees: Whether its output agrees with the CPU's; False when it could not run.
        milliseconds: Median duration of an evaluation with copies to and from the device, ms; None when not measured.
        deviation: Largest difference from the CPU's output, see :data:`TOLERANCE`; None when not measured.
        reason: Why it cannot be used, or how it runs.
    """

    provider: str
    agrees: bool
    milliseconds: float | None = None
    deviation: float | None = None
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "provider": self.provider,
            "agrees": self.agrees,
            "milliseconds": self.milliseconds,
            "deviation": self.deviation,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Clock:
    """Time as an argument.

    Attributes:
        now: A clock, s.
        sleep: A way to wait, s.
    """

    now: Callable[[], float] = time.perf_counter
    sleep: Callable[[float], None] = time.sleep


def outputs(session: PolicySession, inputs: int, joints: int) -> Array:
    """Its answers to observations that are the same everywhere, shape (observations, joints).

    Args:
        session: A loaded network.
        inputs: Size of its observation.
        joints: Size of its action.
    """
    observation, action = np.zeros((1, inputs), np.float32), np.zeros((1, joints), np.float32)
    evaluate = session.bind(observation, action)
    rows = np.random.default_rng(SEED).standard_normal((OBSERVATIONS, inputs)).astype(np.float32)
    rows[0] = 0.0
    answers = np.zeros((OBSERVATIONS, joints))
    for place, row in enumerate(rows):
        observation[0] = row
        action.fill(np.nan)
        evaluate()
        answers[place] = action[0]
    return answers


def deviation(answers: Array, reference: Array) -> float:
    """Largest difference over 1 + size of the reference; infinite when an answer is not finite."""
    if not np.isfinite(answers).all():
        return float("inf")
    return float(np.max(np.abs(answers - reference) / (1.0 + np.abs(reference)), initial=0.0))


def compare(session: PolicySession, reference: Array, inputs: int) -> ProviderTrial:
    """Whether a provider agrees with the CPU; takes no time.

    Args:
        session: The network on that provider.
        reference: The CPU's :func:`outputs`.
        inputs: Size of the observation.
    """
    off = deviation(outputs(session, inputs, reference.shape[1]), reference)
    if off > TOLERANCE:
        why = f"differs from the CPU by {off:.2g}, more than {TOLERANCE:g}"
        return ProviderTrial(session.provider, False, deviation=off if np.isfinite(off) else None, reason=why)
    return ProviderTrial(session.provider, True, deviation=off, reason=session.detail)


def median_time(session: PolicySession, inputs: int, joints: int, clock: Clock) -> float:
    """Median duration of an evaluation, paced, ms; includes what it costs to bring numbers there and back."""
    observation, action = np.full((1, inputs), 0.1, np.float32), np.zeros((1, joints), np.float32)
    evaluate = session.bind(observation, action)
    for _ in range(WARM_UP):
        evaluate()
    durations = []
    for _ in range(RUNS):
        clock.sleep(PAUSE)
        begin = clock.now()
        evaluate()
        durations.append(clock.now() - begin)
    return 1e3 * float(np.median(durations))
