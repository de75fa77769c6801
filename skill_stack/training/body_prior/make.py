"""A body's latent as files: distils, and writes decoder and prior."""

from __future__ import annotations

from pathlib import Path

import torch

from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.skills.skill import load_skill
from skill_stack.training.body_prior.export import export_decoder, export_prior
from skill_stack.training.body_prior.learn import Distillation, Report
from skill_stack.training.body_prior.settings import BodyPriorSettings, load_prior
from skill_stack.training.chunks.chunk_skill import ChunkSkill
from skill_stack.training.tasks.task import TrainingTask, load_task

CHECKPOINT, PRIOR = "last.pt", "prior.onnx"
FEW = 16
"""Robots of worlds that are only asked for sizes."""


def make_body_latent(
    robot: RobotSpec, folder: Path, resources: Resources, out: Path, seed: int, report: Report
) -> Path:
    """Distils a skill's latent, and writes checkpoint, decoder (``policy.onnx``) and prior (``prior.onnx``).

    Args:
        robot: The robot.
        folder: Folder of the decoder's skill.
        resources: Where the teachers are.
        out: Where files go.
        seed: Seed of everything.
        report: Takes progress lines.

    Returns:
        The checkpoint.

    Raises:
        DataError: Settings or teachers are wrong.
        TrainingDiverged: The loss is no number any more.
    """
    torch.set_num_threads(1)
    settings, task = load_prior(folder), load_task(folder)
    distillation = Distillation(robot, task, settings, resources, seed)
    distillation.learn(report, out)
    write(robot, folder, resources, distillation, out, seed)
    return out / CHECKPOINT


def load_networks(
    robot: RobotSpec, folder: Path, resources: Resources, checkpoint: Path
) -> tuple[Distillation, BodyPriorSettings, TrainingTask]:
    """Networks of a checkpoint, with a few robots for their sizes.

    Raises:
        DataError: It cannot be read, or is of other settings.
    """
    settings, task = load_prior(folder), load_task(folder)
    few = task.model_copy(update={"ppo": task.ppo.model_copy(update={"robots": FEW})})
    distillation = Distillation(robot, few, settings, resources, 0)
    try:
        distillation.networks.load_state_dict(torch.load(checkpoint, map_location="cpu", weights_only=True))
    except (OSError, RuntimeError, ValueError) as error:
        raise DataError(f"{checkpoint}: is no checkpoint of this latent: {error}") from error
    return distillation, settings, task


def write(
    robot: RobotSpec, folder: Path, resources: Resources, distillation: Distillation, out: Path, seed: int
) -> tuple[str, str]:
    """Writes decoder and prior; their hashes."""
    settings, task, networks = load_prior(folder), load_task(folder), distillation.networks
    decoder = export_decoder(robot, task, networks, seed, out / "policy.onnx")
    player = load_skill(resources.find(f"models/{robot.name}/{settings.player}", "skill"))
    _, chunk, _ = ChunkSkill.of(player)
    scale = task.observation_scale(robot)[distillation.pick.numpy()]
    drawn = settings.drawn, settings.spread
    prior = export_prior(networks, scale, task.observation_clip, *drawn, chunk.steps, seed, out / PRIOR)
    return decoder, prior
