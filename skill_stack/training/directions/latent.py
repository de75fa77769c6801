"""Latent: directions that lead as far as the body's time allows, and the policy that goes them.

The method is METRA (Park, Rybkin and Levine 2024, arXiv:2310.08887): a map of states to a plane in which what is one
step apart is at most 1 apart, so that distances there bound the time of a way, and a policy that is rewarded for
its progress along a direction of that plane. Here the policy's gradient goes through a model of how a walk follows
commanded velocities, since that walk exists: no reward is estimated.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

from skill_stack.training.directions.settings import DirectionSettings
from skill_stack.training.learners.cloning import make_network
from skill_stack.training.learners.divergence import descend

Tensor = torch.Tensor

STEP = 0.2
"""Time between two states, s."""
HOLD = 2
"""States between two decisions: the policy's rate at run time is 2.5 Hz."""
SLACK = 1e-3
"""How far below 1 a step's length in the latent may stay before its weight changes."""
OVER = 1.0
"""Weight of commands beyond their range, against progress of a whole way."""
CLIP = 1.0
"""Largest norm of a gradient: a way is 40 steps long."""


@dataclass(frozen=True, slots=True)
class LearntDirections:
    """What was learnt.

    Attributes:
        policy: From a pose since the begin (:func:`skill_stack.training.chunks.walks.way`) and a direction, six values,
            to velocities by their scale, and progress.
        latent: From a pose to the plane.
        curve: Length of the ways in the latent, mean of every tenth iteration.
    """

    policy: nn.Sequential
    latent: nn.Sequential
    curve: list[float]


def circle(count: int) -> Tensor:
    """Directions evenly around a circle, shape (count, 2)."""
    angles = 2 * math.pi * torch.arange(count) / count
    return torch.stack([angles.cos(), angles.sin()], dim=1)


def learn_directions(
    settings: DirectionSettings, limits: Tensor, scale: Tensor, report: Callable[[str], None] = lambda _: None
) -> LearntDirections:
    """Learns latent and policy.

    Args:
        settings: How.
        limits: Least and greatest velocity ahead, to the left, m/s, and turning rate, rad/s, shape (2, 3).
        scale: What an answer of 1 means for each, shape (3,).
        report: Takes progress lines.

    Raises:
        TrainingDiverged: A loss is no number any more.
    """
    torch.manual_seed(settings.seed)
    policy, latent = make_network(6, settings.hidden, 4), make_network(4, settings.hidden, 2)
    weight = torch.tensor(30.0)  # of the bound; as Park et al. begin
    optimisers = [torch.optim.Adam(net.parameters(), lr=settings.rate) for net in (policy, latent)]
    told, curve = circle(settings.directions).repeat(settings.ways // settings.directions + 1, 1)[: settings.ways], []
    for number in range(settings.iterations):
        poses, over = roll_out(policy, told, settings, limits, scale)
        gone = ((latent(poses[-1]) - latent(poses[0])) * told).sum(1).mean()
        end = torch.clamp(poses[:-1, :, :2].norm(dim=-1) / settings.whole, max=1.0)
        seen = torch.cat([poses[:-1], told.expand(len(poses) - 1, -1, -1)], dim=-1).detach()
        through = (policy(seen)[..., 3] - end.detach()).square().mean()
        where = f"directions, iteration {number + 1} of {settings.iterations}"
        descend(optimisers[0], OVER * over + through - gone / len(poses), where, CLIP)
        steps = latent(poses.detach()).diff(dim=0)
        room = torch.clamp(1 - steps.square().sum(-1), max=SLACK)
        descend(optimisers[1], -(steps * told).sum(-1).mean() - (weight * room).mean(), where, CLIP)
        weight = torch.clamp(weight - settings.rate * 10 * float(room.mean().detach()) / SLACK, min=1.0)
        if (number + 1) % 10 == 0:
            curve.append(float(gone.detach()))
        if (number + 1) % 50 == 0:
            far = float(poses[-1, :, :2].detach().norm(dim=-1).mean())
            report(f"{number + 1} of {settings.iterations}: {curve[-1]:.1f} in the latent, {far:.2f} m")
    return LearntDirections(policy, latent, curve)


def roll_out(
    policy: nn.Module, told: Tensor, settings: DirectionSettings, limits: Tensor, scale: Tensor
) -> tuple[Tensor, Tensor]:
    """Ways of a model of the walk: velocities follow what is commanded with a delay, not quite, and disturbed.

    Args:
        policy: Whose ways.
        told: Direction of each, shape (ways, 2).
        settings: Of the model.
        limits: As for :func:`learn_directions`.
        scale: As there.

    Returns:
        Poses, shape (steps + 1, ways, 4), and by how much commands were beyond their limits, mean square.
    """
    count = len(told)
    follow = 1 - torch.exp(-STEP / _uniform(settings.follow, count))
    gain = _uniform(settings.gain, count)
    place, heading, velocity = torch.zeros(count, 2), torch.zeros(count), torch.zeros(count, 3)
    poses, beyond = [_pose(place, heading)], []
    command = velocity
    for number in range(round(settings.seconds / STEP)):
        if number % HOLD == 0:
            asked = policy(torch.cat([poses[-1], told], dim=1))[:, :3] * scale
            command = torch.minimum(torch.maximum(asked, limits[0]), limits[1])
            beyond.append(((asked - command) / scale).square().mean())
        noise = settings.stray * torch.randn(count, 3)
        velocity = velocity + follow * (gain * command - velocity) + noise
        c, s = heading.cos(), heading.sin()
        ahead, left = velocity[:, 0], velocity[:, 1]
        place = place + STEP * torch.stack([c * ahead - s * left, s * ahead + c * left], dim=1)
        heading = heading + STEP * velocity[:, 2]
        poses.append(_pose(place, heading))
    return torch.stack(poses), torch.stack(beyond).mean()


def _pose(place: Tensor, heading: Tensor) -> Tensor:
    return torch.cat([place, heading.sin()[:, None], heading.cos()[:, None]], dim=1)


def _uniform(span: tuple[float, float], count: int) -> Tensor:
    return span[0] + (span[1] - span[0]) * torch.rand(count, 1)
