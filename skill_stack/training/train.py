"""Training a skill: ``python -m skill_stack.training.train go2 walk --minutes 20 --seed 1``."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

# Threads that wait by spinning made the update eight times dearer; OpenMP reads this when torch is imported.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import torch
from rsl_rl.algorithms import PPO

from skill_stack.core.errors import SkillStackError
from skill_stack.core.resources import Resources
from skill_stack.core.robot import RobotSpec, load_robot
from skill_stack.training.environment import WalkEnvironment
from skill_stack.training.learner import Progress, make_learner, resume, save_checkpoint
from skill_stack.training.task import TrainingTask, load_task

CHECKPOINT_SECONDS = 60.0
LOG_EVERY = 10
# The curriculum widens while robots fall less often than this per minute and track this share of the reward.
MAX_FALLS_PER_MINUTE = 4.0
MIN_TRACKING = 0.6

Report = Callable[[str], None]


def train(
    robot: RobotSpec,
    task: TrainingTask,
    folder: Path,
    minutes: float,
    seed: int = 0,
    checkpoint: Path | None = None,
    report: Report = print,
) -> Path:
    """Trains for a while.

    Args:
        robot: The robot.
        task: The task.
        folder: Where checkpoints (``<iteration>.pt``, ``last.pt``) and the curve (``curve.jsonl``) go.
        minutes: Wall time to train for, beyond what a checkpoint already has.
        seed: Seed of models, commands, noise and network.
        checkpoint: Checkpoint to go on from.
        report: Takes progress lines.

    Returns:
        Path of the last checkpoint.

    Raises:
        DataError: The checkpoint does not fit.
    """
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    environment = WalkEnvironment(robot, task, seed)
    learner = make_learner(environment)
    progress = Progress(level=task.events.curriculum_start, seed=seed)
    if checkpoint is not None:
        progress = resume(learner, checkpoint)
        environment.commands.level = progress.level
    return _loop(environment, learner, progress, folder, minutes, report)


def _loop(
    environment: WalkEnvironment, learner: PPO, progress: Progress, folder: Path, minutes: float, report: Report
) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    begun = saved = last = time.monotonic()
    cpu = time.process_time()
    end = begun + minutes * 60.0
    ppo = environment.task.ppo
    while last < end:
        _collect(environment, learner, ppo.steps)
        learner.update()
        now, cpu_now = time.monotonic(), time.process_time()
        progress.iteration += 1
        progress.steps += ppo.steps * ppo.robots
        progress.wall_seconds += now - last
        progress.cpu_seconds += cpu_now - cpu
        last, cpu = now, cpu_now
        summary = environment.statistics.summary()
        if progress.iteration % 5 == 0 and _is_learning(environment, summary):
            environment.commands.harden()
        progress.level = environment.commands.level
        if progress.iteration % LOG_EVERY == 0:
            _log(folder, progress, summary, float(learner.get_policy().output_std.detach().mean()), end - now, report)
        environment.statistics.clear()
        if now - saved > CHECKPOINT_SECONDS:
            save_checkpoint(folder / f"{progress.iteration:06d}.pt", learner, progress)
            saved = now
    save_checkpoint(folder / "last.pt", learner, progress)
    return folder / "last.pt"


def _collect(environment: WalkEnvironment, learner: PPO, steps: int) -> None:
    observations = environment.get_observations()
    with torch.inference_mode():
        for _ in range(steps):
            actions = learner.act(observations)
            observations, rewards, done, extras = environment.step(actions)
            learner.process_env_step(observations, rewards, done, extras)
        learner.compute_returns(observations)


def _is_learning(environment: WalkEnvironment, summary: dict[str, float]) -> bool:
    weight = next(term.weight for term in environment.task.rewards if term.name == "track_linear")
    tracking = summary["track_linear"] / weight
    return summary["falls_per_minute"] < MAX_FALLS_PER_MINUTE and tracking > MIN_TRACKING


def _log(folder: Path, progress: Progress, summary: dict[str, float], std: float, left: float, report: Report) -> None:
    row = {
        "iteration": progress.iteration,
        "steps": progress.steps,
        "wall_seconds": round(progress.wall_seconds, 1),
        "cpu_seconds": round(progress.cpu_seconds, 1),
        "level": round(progress.level, 2),
        "std": round(std, 3),
    } | {name: round(value, 4) for name, value in summary.items()}
    with (folder / "curve.jsonl").open("a", encoding="utf-8") as curve:
        curve.write(json.dumps(row) + "\n")
    report(
        f"iteration {progress.iteration:5d}  {progress.steps / 1e6:6.2f} M ticks  {progress.cpu_seconds:5.0f} CPU-s  "
        f"reward {summary['reward']:5.2f}  error {summary['linear_error_mps']:.3f} m/s "
        f"{summary['angular_error_radps']:.3f} rad/s"
        f"  falls/min {summary['falls_per_minute']:5.2f}  level {progress.level:.2f}  std {std:.2f}  "
        f"{max(left, 0.0) / 60:.1f} min left"
    )


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(
        description="Train a policy in the model that the runtime steps.",
        epilog="example: python -m skill_stack.training.train go2 walk --minutes 20 --seed 1",
    )
    parser.add_argument("robot", help="name of the robot, e.g. go2")
    parser.add_argument("skill", help="name of a skill folder with a train.yaml, e.g. walk")
    parser.add_argument("--minutes", type=float, default=20.0, help="wall time to train for")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="folder for checkpoints (default: training/ in the overlay)")
    parser.add_argument("--resume", type=Path, metavar="CHECKPOINT", help="go on from a checkpoint")
    options = parser.parse_args(arguments)
    resources = Resources.from_environment(os.environ)
    try:
        robot = load_robot(resources.robot(options.robot))
        task = load_task(resources.find(f"models/{options.robot}/{options.skill}", "skill"))
        out = options.out or resources.overlay / "training" / options.robot / options.skill / str(options.seed)
        last = train(robot, task, out, options.minutes, options.seed, options.resume, lambda t: print(t, flush=True))
    except SkillStackError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{last}\nnext: python -m skill_stack.training.export {options.robot} {options.skill} {last}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
