"""Learns a correspondence between a person's body and a robot's from unpaired motions of both.

Two maps are learnt together: one from how a person moves to goal values of a robot's skill, and one back, from how the
robot then moves to how the person did. What comes back shall be what went in, so that motions of people stay apart on
the robot (cycle consistency between bodies: Li, Won, Clegg, Kim, Rai and Ha 2023, arXiv:2305.14792; Li, Jung,
Gombolay, Cho and Ha 2023, arXiv:2309.17046, from which the second term is, too: where both bodies have the same thing,
such as a velocity, it is to be the same). Between the two stands a model of the robot, fitted to recorded runs, with
the noise with which it was wrong: what the robot cannot show apart is of no use.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from skill_stack.connector.mirroring.person_features import FEATURES, PersonFeatures
from skill_stack.training.clips.human_motion import HumanMotion
from skill_stack.training.learners.cloning import make_network
from skill_stack.training.learners.divergence import descend
from skill_stack.training.mirroring.persons import drawn_motion, drawn_person, moving
from skill_stack.training.mirroring.rollouts import MOTION, SeenRun
from skill_stack.training.mirroring.settings import MirrorSettings

Array = np.ndarray
Tensor = torch.Tensor

LAG = 0.35
"""Time constant with which the model's goal values follow those of a run, s."""
EVERY = 5
"""Every so many ticks of a run are learnt from."""
QUIET = 75
"""First frames of a motion that are left out: what is said of late is not known yet."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """What was learnt.

    Attributes:
        arrays: Of :class:`skill_stack.connector.mirroring.correspondence.Correspondence`.
        kept: Share of each feature's variance that comes back through the robot's model, by name.
        error: Share of the variance of what is seen of the robot that its model leaves, by name.
    """

    arrays: dict[str, Array]
    kept: dict[str, float]
    error: dict[str, float]


def seen_of(motion: HumanMotion) -> Array:
    """Features of a motion frame by frame, without its first ones, shape (frames, features)."""
    person, rows = PersonFeatures(), []
    for number, points in enumerate(motion.positions):
        person.take(number / motion.rate, points)
        if number >= QUIET and person.values is not None:
            rows.append(person.values)
    return np.array(rows)


def random_people(count: int, rng: np.random.Generator, seconds: float = 4.0) -> Array:
    """Features of people who do anything, shape (frames, features); every fifth frame."""
    found = []
    for _ in range(count):
        motion = moving(drawn_motion(rng), drawn_person(rng), seconds, rng)
        found.append(seen_of(motion)[::EVERY])
    return np.concatenate([one for one in found if len(one)])


def examples(runs: list[SeenRun], change: Array, rate: float) -> tuple[Array, Array]:
    """Goal values as they are followed, and what was seen then, of all runs; other arguments as for :func:`learn`."""
    told, seen = [], []
    share = 1 - math.exp(-1 / (LAG * rate))
    for run in runs:
        rows, glided = [], run.goals[0].copy()
        slow = glided.copy()
        for goals in run.goals:
            glided += np.clip(goals - glided, -change / rate, change / rate)
            slow += share * (glided - slow)
            rows.append(slow.copy())
        begin = round(rate)
        told.append(np.array(rows)[begin::EVERY])
        seen.append(run.motion[begin::EVERY])
    return np.concatenate(told), np.concatenate(seen)


def learn(
    settings: MirrorSettings,
    runs: list[SeenRun],
    limits: Array,
    change: Array,
    rate: float,
    report: Callable[[str], None],
) -> Learnt:
    """Learns the maps.

    Args:
        settings: How.
        runs: Of the robot.
        limits: Least and greatest goal values, shape (2, goals).
        change: Most change of each in a second, shape (goals,).
        rate: Ticks per second of the runs, Hz.
        report: Takes progress lines.
    """
    torch.manual_seed(settings.seed)
    rng = np.random.default_rng(settings.seed)
    told, seen = examples(runs, change, rate)
    middle, extent = limits.mean(axis=0), np.ptp(limits, axis=0) / 2
    robot = fit_model(torch.tensor((told - middle) / extent).float(), torch.tensor(seen).float(), settings, report)
    people = random_people(settings.motions, rng)
    report(f"{len(people)} frames of people, {len(told)} of the robot")
    there, back, scale, kept = _both(settings, robot, torch.tensor(people).float(), len(middle), report)
    layers = [layer for layer in there if isinstance(layer, nn.Linear)]
    arrays = {
        "lower": people.min(axis=0),
        "upper": people.max(axis=0),
        "mean": scale[0].numpy(),
        "spread": scale[1].numpy(),
    }
    for number, layer in enumerate(layers):
        arrays[f"weights_{number}"] = layer.weight.detach().numpy()
        arrays[f"bias_{number}"] = layer.bias.detach().numpy()
    return Learnt(arrays, dict(zip(FEATURES, kept)), dict(zip(MOTION, robot.left.tolist())))


@dataclass(frozen=True, slots=True)
class RobotModel:
    """What is seen of a robot that is told goal values, -1 to 1, in standard deviations.

    Attributes:
        network: The model.
        mean: Mean of what is seen, shape (motion,).
        spread: Its standard deviation.
        left: Share of the variance that the model leaves.
    """

    network: nn.Sequential
    mean: Tensor
    spread: Tensor
    left: Tensor


def fit_model(told: Tensor, seen: Tensor, settings: MirrorSettings, report: Callable[[str], None]) -> RobotModel:
    """Fits the model to runs; a tenth, their end, tells how wrong it is."""
    mean, spread = seen.mean(dim=0), seen.std(dim=0)
    wanted, known = (seen - mean) / spread, round(0.9 * len(told))
    network = make_network(told.shape[1], (settings.hidden, settings.hidden), seen.shape[1])
    optimiser = torch.optim.Adam(network.parameters(), lr=settings.rate)
    for _ in range(settings.iterations // 2):
        rows = torch.randint(known, (settings.batch,))
        descend(optimiser, (network(told[rows]) - wanted[rows]).square().mean(), "model of the robot")
    with torch.no_grad():
        left = (network(told[known:]) - wanted[known:]).square().mean(dim=0)
    report("model leaves " + ", ".join(f"{name} {share:.2f}" for name, share in zip(MOTION, left.tolist())))
    network.requires_grad_(False)
    return RobotModel(network, mean, spread, left)


def _both(
    settings: MirrorSettings, robot: RobotModel, people: Tensor, goals: int, report: Callable[[str], None]
) -> tuple[nn.Sequential, nn.Sequential, tuple[Tensor, Tensor], list[float]]:
    """The map there and the one back, how features are scaled, and the share of each that comes back."""
    scale = people.mean(dim=0), people.std(dim=0)
    wanted = (people - scale[0]) / scale[1]
    hidden = (settings.hidden, settings.hidden)
    there, back = make_network(len(FEATURES), hidden, goals), make_network(len(MOTION), hidden, len(FEATURES))
    optimiser = torch.optim.Adam([*there.parameters(), *back.parameters()], lr=settings.rate)
    noise = settings.noise * robot.left.sqrt()
    for number in range(settings.iterations):
        rows = torch.randint(len(people), (settings.batch,))
        shown = robot.network(torch.tanh(there(wanted[rows])))
        returned = back(shown + noise * torch.randn_like(shown))
        loss = (returned - wanted[rows]).square().mean() + _unlike(settings, robot, people[rows], shown)
        descend(optimiser, loss, f"map of people, iteration {number + 1} of {settings.iterations}")
        if (number + 1) % 1000 == 0:
            report(f"{number + 1} of {settings.iterations}: {float(loss.detach()):.3f}")
    with torch.no_grad():
        shown = robot.network(torch.tanh(there(wanted)))
        error = (back(shown + noise * torch.randn_like(shown)) - wanted).square().mean(dim=0)
    return there, back, scale, (1 - error).tolist()


def _unlike(settings: MirrorSettings, robot: RobotModel, people: Tensor, shown: Tensor) -> Tensor:
    """By how much the robot differs where both bodies have the same thing, in its standard deviations."""
    off = torch.zeros(())
    for name, (of_robot, gain, weight) in settings.same.items():
        place, like = MOTION.index(of_robot), people[:, FEATURES.index(name)]
        if name == "height":  # of a person with straight legs it is near 0.9, of a standing robot 1
            like = like - 0.89
            mine = shown[:, place] * robot.spread[place] + robot.mean[place] - 1.0
        else:
            mine = shown[:, place] * robot.spread[place] + robot.mean[place]
        off = off + weight * ((mine - gain * like) / robot.spread[place]).square().clamp(max=4.0).mean()
    return off
