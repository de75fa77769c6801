"""Windows in which the object was kept, from the primitives at first and from what was learnt then."""

from __future__ import annotations

import numpy as np
import torch

from skill_stack.training.chunks.learn import ChunkNetwork, Rows
from skill_stack.training.coarse.hands import DIALS, FELT, HEARD, CommandedHands
from skill_stack.training.coarse.settings import WindowSettings

Array = np.ndarray
STEPS = 4
"""Actions of an answer, all alike: until the next one the fingers go where they were sent."""
WILD = 0.15
"""Share of the windows that are shown once more with a command that shakes or that no hand could follow: hold."""


def record(
    hands: CommandedHands, settings: WindowSettings, network: ChunkNetwork | None, rng: np.random.Generator
) -> Rows:
    """One round.

    Args:
        hands: Who is commanded.
        settings: How long, and what counts.
        network: Who follows the commands; None: the primitives, with errors added.
        rng: Source of chance.
    """
    count, ticks = len(hands.lost), round(settings.seconds / hands.dt)
    obey = rng.choice(DIALS, count)
    kept = np.ones((ticks, count), bool)
    wander, seen, wanted, weight = np.zeros((count, hands.targets.shape[1])), [], [], []
    leads = round(settings.leads / hands.dt)
    for tick in range(ticks):
        seen.append(hands.seen(obey))
        wanted.append(hands.wise(obey, settings))
        weight.append(np.where(hands.aside(obey, settings), settings.care, 1.0))
        keep = np.exp(-hands.dt / 0.3)
        wander = keep * wander + np.sqrt(1.0 - keep**2) * settings.noise * rng.standard_normal(wander.shape)
        hands.step(wanted[-1] + wander if network is None else answers(network, seen[-1]))
        lost = np.flatnonzero(hands.lost)
        kept[max(0, tick - leads + 1) : tick + 1, lost] = False
        hands.forget(np.flatnonzero(rng.random(count) < settings.begins * hands.dt))
        if tick % 40 == 39:
            obey = np.where(rng.random(count) < 0.3, rng.choice(DIALS, count), obey)
    counts = kept.ravel()
    return rows(*(np.concatenate(one)[counts] for one in (seen, wanted, weight)))


def rows(seen: Array, wanted: Array, weight: Array) -> Rows:
    """Rows of what was seen, what is right, rad, and how much that counts, shape (rows,)."""
    answer = np.concatenate([np.tile(wanted, STEPS), np.zeros((len(wanted), STEPS))], axis=1)
    return Rows(seen, answer.astype(np.float32), weight.astype(np.float32))


def answers(network: ChunkNetwork, seen: Array) -> Array:
    """Joint targets from the bowl, rad, shape (n, joints)."""
    with torch.inference_mode():
        found = network(torch.from_numpy(seen)).numpy().astype(float)
    return np.asarray(found[:, : joints_of(found)])


def joints_of(answer: Array) -> int:
    """How many joints answers of :data:`STEPS` actions and as many values of progress are for."""
    return answer.shape[1] // STEPS - 1


def with_wild(found: Rows, rng: np.random.Generator) -> Rows:
    """Adds windows with commands that shake or ask for what was never seen; to hold is right in them."""
    some = rng.random(len(found.seen)) < WILD
    seen = found.seen[some].copy()
    joints = joints_of(found.wanted)
    felt = FELT * joints
    size = (seen.shape[1] - felt) // HEARD
    told = seen[:, felt:].reshape(len(seen), HEARD, size)
    spread = found.seen[:, felt:].reshape(-1, size)[:, :-1].std(axis=0)
    shaking = rng.random(len(seen)) < 0.5
    jumps = np.repeat(rng.standard_normal((len(seen), HEARD // 2, size - 1)), 2, axis=1)
    told[shaking, :, :-1] += (jumps * spread * rng.uniform(2.0, 5.0, (len(seen), 1, 1)))[shaking]
    away = rng.standard_normal((len(seen), 1, size - 1))
    away *= rng.uniform(5.0, 12.0, (len(seen), 1, 1)) / np.linalg.norm(away, axis=2, keepdims=True)
    told[~shaking, :, :-1] += (away * spread * np.sqrt(size - 1.0) / 1.5)[~shaking]
    seen[:, felt:] = told.reshape(len(seen), -1)
    hold = rows(seen, np.zeros((len(seen), joints)), np.ones(len(seen)))
    return Rows(*(np.concatenate([getattr(found, key), getattr(hold, key)]) for key in ("seen", "wanted", "weight")))


def joined(parts: list[Rows]) -> Rows:
    """All rows together."""
    return Rows(*(np.concatenate([getattr(one, key) for one in parts]) for key in ("seen", "wanted", "weight")))
