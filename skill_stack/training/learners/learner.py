"""PPO from rsl_rl, set up for one task, with complete checkpoints."""

from __future__ import annotations

import contextlib
import io
import math
import os
import pickle
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from rsl_rl.algorithms import PPO

from skill_stack.core.errors import DataError
from skill_stack.training.learners.self_imitation import SelfImitation
from skill_stack.training.learners.several_critics import Critics, SeveralCritics
from skill_stack.training.physics.training_environment import TrainingEnvironment
from skill_stack.training.tasks.ppo_task import PpoTask


@dataclass(slots=True)
class TrainingProgress:
    """How far a training has come.

    Attributes:
        iteration: Iterations done.
        steps: Control ticks of all robots together.
        wall_seconds: Time spent, s.
        cpu_seconds: CPU time spent, s.
        level: Level of the curriculum, 0 to 1.
        seed: Seed of the run.
        best: Best mean score so far, that of ``best.pt``.
        needs: Measured success by axis of what is drawn by need, as ``NeedMap.measured`` has it.
    """

    iteration: int = 0
    steps: int = 0
    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0
    level: float = 0.5
    seed: int = 0
    best: float = -math.inf
    needs: dict[str, Any] = field(default_factory=dict)

    def advance(self, ticks: int, wall: float, cpu: float) -> None:
        """Counts one iteration: its control ticks, wall time and CPU time, s."""
        self.iteration += 1
        self.steps += ticks
        self.wall_seconds += wall
        self.cpu_seconds += cpu


def make_learner(environment: TrainingEnvironment, device: str = "cpu") -> PPO:
    """PPO for an environment, with mirror augmentation where it is symmetric, and a critic for each group of rewards.

    Args:
        environment: The robots; their tensors stay on the processor.
        device: Where the networks act and learn, e.g. ``cuda``, by torch's names.

    Raises:
        DataError: The task has critics, and its rewards no groups; or torch has no such device.
    """
    if torch.device(device).type == "cuda" and not torch.cuda.is_available():
        raise DataError("--device cuda: torch sees no graphics processor; --device cpu works everywhere")
    ppo = environment.ppo
    if ppo.critics and not environment.grouped:
        raise DataError("ppo.critics: the rewards of this task come as one number, without groups")
    with contextlib.redirect_stdout(io.StringIO()):  # it prints its networks, among what scripts read
        learner = PPO.construct_algorithm(environment.get_observations(), environment, _settings(ppo), device)
    learner.symmetry = environment.symmetry()
    learner.train_mode()
    return learner


def _settings(ppo: PpoTask) -> dict[str, Any]:
    model = {
        "class_name": "rsl_rl.models.MLPModel",
        "hidden_dims": list(ppo.hidden),
        "activation": "elu",
        "obs_normalization": False,  # scales are part of the task, so that the exported model is self-contained
    }
    distribution = {
        "class_name": "rsl_rl.modules.distribution.GaussianDistribution",
        "init_std": ppo.initial_std,
        "std_type": "log",
    }
    algorithm = {
        "class_name": "rsl_rl.algorithms.PPO",
        "num_learning_epochs": ppo.epochs,
        "num_mini_batches": ppo.mini_batches,
        "clip_param": 0.2,
        "gamma": ppo.gamma,
        "lam": ppo.lam,
        "value_loss_coef": 1.0,
        "entropy_coef": ppo.entropy,
        "learning_rate": ppo.learning_rate,
        "schedule": "adaptive",
        "desired_kl": ppo.desired_kl,
        "max_grad_norm": 1.0,
        "use_clipped_value_loss": True,
        "rnd_cfg": None,
        "symmetry_cfg": None,
    }
    critic = dict(model)
    if ppo.critics:
        critic |= {"class_name": Critics, "count": len(ppo.critics)}
        algorithm |= {"class_name": SeveralCritics, "shares": list(ppo.critics.values())}
    return {
        "num_steps_per_env": ppo.steps,
        "obs_groups": {"actor": ["actor"], "critic": ["critic"]},
        "multi_gpu": None,
        "actor": model | {"distribution_cfg": distribution},
        "critic": critic,
        "algorithm": algorithm,
    }


def collect(
    environment: TrainingEnvironment, learner: PPO, steps: int, imitation: SelfImitation | None = None
) -> None:
    """Steps all robots for some ticks, for the learner's next update, and for what is replayed."""
    device = learner.device
    observations = environment.get_observations()
    with torch.inference_mode():
        for _ in range(steps):
            actions, before = learner.act(observations.to(device)).cpu(), observations
            observations, rewards, done, extras = environment.step(actions)
            told = {name: values.to(device) for name, values in extras.items()}
            learner.process_env_step(observations.to(device), rewards.to(device), done.to(device), told)
            if imitation is not None:
                imitation.see(before, actions, rewards, done)
        learner.compute_returns(observations.to(device))


def limit_exploration(learner: PPO, largest: float | None) -> None:
    """Keeps the standard deviation of the actions below a limit; None leaves it."""
    if largest is None:
        return
    for name, parameter in learner.actor.named_parameters():
        if name.endswith("log_std_param"):
            parameter.data.clamp_(max=math.log(largest))


def save_checkpoint(path: Path, learner: PPO, progress: TrainingProgress) -> None:
    """Writes a checkpoint; the file appears complete or not at all.

    Raises:
        DataError: It cannot be written, e.g. since the disk is full; checkpoints of before stay.
    """
    partial = path.with_suffix(".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save(learner.save() | {"progress": asdict(progress)}, partial)
        os.replace(partial, path)
    except (OSError, RuntimeError) as error:  # torch's writer has a RuntimeError for a full disk
        partial.unlink(missing_ok=True)
        raise DataError(f"{path}: cannot be written: {error}; free space, and go on from the one before") from error


def read_checkpoint(path: Path) -> dict[str, Any]:
    """Reads a checkpoint.

    Raises:
        DataError: It cannot be read or is not one.
    """
    try:
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, ValueError, pickle.UnpicklingError) as error:
        raise DataError(f"{path}: is not a checkpoint: {error}") from error
    missing = [key for key in ("actor_state_dict", "critic_state_dict", "progress") if key not in checkpoint]
    if missing:
        raise DataError(f"{path}: is not a checkpoint: lacks {missing}")
    return checkpoint


def resume(learner: PPO, path: Path) -> TrainingProgress:
    """Loads a checkpoint into a learner.

    Raises:
        DataError: It cannot be read, or was made with other network sizes.
    """
    checkpoint = read_checkpoint(path)
    try:
        learner.load(checkpoint, None, True)
    except (RuntimeError, ValueError) as error:
        raise DataError(f"{path}: does not fit the task's observations or network: {error}") from error
    return TrainingProgress(**checkpoint["progress"])
