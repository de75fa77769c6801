"""What networks of a blend begin as: a schedule by the distance of the target, copied before anything is tried."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import torch
from rsl_rl.algorithms import PPO
from tensordict import TensorDict

from skill_stack.connector.holding_mixer import HELD
from skill_stack.connector.palms.motions import CARRIED
from skill_stack.training.blending.settings import Beginning, BlendSettings, Method
from skill_stack.training.learners.divergence import descend

Array = np.ndarray

REACHING = 0.5
"""Share action from which a schedule of single primitives reaches."""
SOFT = 0.03
"""Width of the transition, m."""
ROWS, STEPS, RATE = 512, 3000, 2e-3
RANGES = {
    "ahead": (-0.1, 1.4), "aside": (-0.6, 0.3), "up": (0.1, 1.4), "tip_ahead": (-0.4, 1.0), "tip_aside": (-0.6, 0.6),
    "tip_up": (-0.8, 0.8), "speed_ahead": (-0.3, 0.5), "speed_aside": (-0.3, 0.3), "pitch": (-0.4, 0.4),
    "roll": (-0.2, 0.2), "elapsed": (0.0, 1.2),
}  # fmt: skip
"""What is shown to the network, drawn evenly: it must not heed what the schedule does not."""
PLACES = (-2.0, 2.0)
"""The same of a place, ahead and aside, that something is brought to, m."""


def told(
    one: Beginning, method: Method, names: tuple[str, ...], ahead: Array, calm: bool = False, walks: bool = True
) -> Array:
    """Actions of a schedule, shape (N, actions).

    Args:
        one: The schedule.
        method: ``blended``, or ``switched``, for which whatever reaches is one primitive of the whole body.
        names: Names of the actions.
        ahead: Distances of the target, m, shape (N,).
        calm: Whether the feet are planted.
        walks: Whether the legs mostly walk.
    """
    away = one.away + one.stays * (not walks)
    near = 1.0 / (1.0 + np.exp(np.clip((ahead - away) / SOFT, -50.0, 50.0)))[:, None]
    after = one.calm if calm and one.calm is not None else one.near
    parts = [_alone(part) if method == "switched" and "reach" in names else part for part in (one.far, after)]
    rows = [np.array([part.get(name, 0.0) for name in names]) for part in parts]
    return np.asarray((1.0 - near) * rows[0] + near * rows[1])


def _alone(part: Mapping[str, float]) -> dict[str, float]:
    """A blend of a body with arms as one primitive at a time: who has to get on walks, with arms at rest."""
    reaches = part.get("reach", 0.0) > REACHING and part.get("walk", 0.0) < 0.0
    legs = {name: min(part.get(name, 0.0), 1.0) for name in ("walk", "stand", "squat")}
    return {**part, **legs, "reach": 2.0 if reaches else -2.0}


def scheduled(one: Beginning, method: Method, names: tuple[str, ...], seen: Mapping[str, float]) -> Array:
    """Actions of a schedule for what a network sees, by name, shape (1, actions).

    Those of ``held`` go by the distance of the place from what is held.
    """
    state = seen["calm"] > 0.0, seen["walks"] > 0.0
    if one.held is not None and seen.get(HELD, 0.0) > 0.0:
        return told(one.held, method, names, np.array([math.hypot(seen["ahead"] - CARRIED[0], seen["aside"])]), *state)
    return told(one, method, names, np.array([seen["ahead"]]), *state)


def begin_as_schedule(
    learner: PPO, settings: BlendSettings, method: Method, names: tuple[str, ...], inputs: tuple[str, ...], seed: int
) -> float:
    """Copies the schedules of all tasks into a learner's network.

    Args:
        learner: The learner.
        settings: With the schedules.
        method: ``blended`` or ``switched``.
        names: Names of the actions.
        inputs: What the network sees.
        seed: Of what is shown.

    Returns:
        Root mean square error of the actions.
    """
    rng, ranges = np.random.default_rng(seed), {**RANGES, "height": settings.height}
    optimizer, loss = torch.optim.Adam(learner.actor.parameters(), RATE), torch.zeros(())
    for _ in range(STEPS):
        tasks = rng.integers(len(settings.tasks), size=ROWS)
        seen = {name: rng.uniform(*ranges[name], len(tasks)) for name in inputs if name in ranges}
        seen |= {f"task_{task}": (tasks == place).astype(float) for place, task in enumerate(settings.tasks)}
        seen |= {name: rng.integers(2, size=ROWS).astype(float) for name in ("calm", "walks")}
        if HELD in inputs:
            seen[HELD] = rng.integers(2, size=ROWS).astype(float)
            carried = {name: rng.uniform(*PLACES, ROWS) for name in ("ahead", "aside")}
            seen |= {name: np.where(seen[HELD] > 0.0, carried[name], seen[name]) for name in carried}
        wanted = np.concatenate([scheduled(settings.beginning[settings.tasks[task]], method, names, {
            name: float(values[row]) for name, values in seen.items()}) for row, task in enumerate(tasks)])  # fmt: skip
        rows = torch.from_numpy(np.stack([seen[name] for name in inputs], axis=1).astype(np.float32))
        made = learner.actor(TensorDict({"actor": rows}, batch_size=[len(rows)]))
        loss = torch.mean(torch.square(made - torch.from_numpy(wanted.astype(np.float32))))
        descend(optimizer, loss, "schedule that the blend begins with")
    return float(loss.detach().sqrt())
