"""Training a skill: ``skill-stack train go2 walk --minutes 20 --seed 1``."""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Threads that wait by spinning made the update eight times dearer; OpenMP reads this when torch is imported.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import numpy as np
import torch
from rsl_rl.algorithms import PPO
from torch import nn

from skill_stack.core.arguments import INTERRUPTED
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.training.adapters.adapted_layers import adapt, base_layers, begin_as_before, task_layers
from skill_stack.training.balance.balance_task import load_balance_task
from skill_stack.training.balance.body_course import load_clip_task
from skill_stack.training.balance.clip_policy import join_clips, make_clip
from skill_stack.training.balance.counterbalance_table import COUNTERBALANCE, write_counterbalance
from skill_stack.training.balance.planted_policy import make_planted
from skill_stack.training.body_prior.make import make_body_latent
from skill_stack.training.body_prior.settings import FILE as PRIOR_FILE
from skill_stack.training.export import exported_network, network_of
from skill_stack.training.exporting.mirror_policy import mirror_skill
from skill_stack.training.hands.finger_teacher import FingerTeacher
from skill_stack.training.hands.hand_environment import HandEnvironment
from skill_stack.training.hands.hand_task import HandTrainingTask, load_any_task
from skill_stack.training.learners.distillation import Teacher
from skill_stack.training.learners.divergence import finite
from skill_stack.training.learners.gait_teacher import GaitTeacher
from skill_stack.training.learners.head_start import begin_as, fit_critic, take_after
from skill_stack.training.learners.kept_best import KeptBest
from skill_stack.training.learners.learner import (
    TrainingProgress,
    collect,
    limit_exploration,
    make_learner,
    read_checkpoint,
    resume,
    save_checkpoint,
)
from skill_stack.training.learners.run_log import RunLog, StuckWatch
from skill_stack.training.learners.self_imitation import SelfImitation
from skill_stack.training.learners.widened import widened_layers
from skill_stack.training.physics.environment import WalkEnvironment
from skill_stack.training.physics.physics import BatchPhysics, PhysicsMaker
from skill_stack.training.physics.physics_choice import physics_maker
from skill_stack.training.physics.training_environment import TrainingEnvironment
from skill_stack.training.tasks.clone_task import load_clone_task, make_clone
from skill_stack.training.tasks.failures import read_failures
from skill_stack.training.tasks.task import TrainingTask

CHECKPOINT_SECONDS = 60.0
LOG_EVERY = 10
# The curriculum widens while robots fall less often than this per minute and track this share of the reward.
MAX_FALLS_PER_MINUTE = 4.0
MIN_TRACKING = 0.6
WIDEN_EVERY = 5
# A run that tracks so well and gets no better is not stuck but done.
ENOUGH_TRACKING = 0.75
# Exploration of a policy that goes on from its failures, a factor of the action: that of the walk's adapters.
GOING_ON_STD = 0.25

Report = Callable[[str], None]


def train(
    robot: RobotSpec,
    task: TrainingTask | HandTrainingTask,
    folder: Path,
    minutes: float,
    seed: int = 0,
    checkpoint: Path | None = None,
    report: Report = print,
    make_physics: PhysicsMaker = BatchPhysics,
    predecessor: Path | None = None,
    curriculum: Path | None = None,
    device: str = "cpu",
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
        make_physics: Makes what steps the robots.
        predecessor: Exported policy that the learner begins as, where there is no checkpoint; for a task with adapters
            the one that they adapt, always.
        curriculum: Checkpoint of another run, e.g. of another body; what failed there is drawn by need from the
            beginning.
        device: Where the networks act and learn, by torch's names.

    Returns:
        Path of the last checkpoint.

    Raises:
        DataError: Checkpoint or predecessor does not fit, the curriculum has other axes, or the device is not there.
        TrainingStuck: It no longer gets better and is not good either; what was learnt is in ``last.pt``.
        TrainingDiverged: Its weights are no numbers any more; the best of before is in ``best.pt``.
    """
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    environment, teacher = _taught_environment(robot, task, seed, make_physics)
    learner = _adapted_learner(environment, robot, task, predecessor, device)
    progress = TrainingProgress(level=environment.level, seed=seed)
    if curriculum is not None:
        begin_with_needs(environment, read_checkpoint(curriculum)["progress"].get("needs", {}), curriculum)
    if checkpoint is not None:
        progress = resume(learner, checkpoint)
        begin_with_needs(environment, progress.needs)
        environment.level = progress.level
    elif teacher is not None:
        told = task.teacher if isinstance(task, HandTrainingTask) else None
        rounds, critic = (told.rounds, told.critic) if told else (None, None)
        take_after(learner, environment, teacher, seed, report, iterations=critic, rounds=rounds)
        save_checkpoint(folder / "taught.pt", learner, progress)
    elif isinstance(task, TrainingTask) and task.adapters is not None:
        fit_critic(learner, environment, report)
    elif predecessor is not None:
        begin_as(learner, environment, _beginning(environment, predecessor), report)
        save_checkpoint(folder / "taught.pt", learner, progress)
    return go_on(environment, learner, progress, folder, minutes, report)


def _taught_environment(
    robot: RobotSpec, task: TrainingTask | HandTrainingTask, seed: int, make_physics: PhysicsMaker
) -> tuple[WalkEnvironment | HandEnvironment, Teacher | None]:
    """The worlds of a task, and what shows how it is done; None where nothing does."""
    if isinstance(task, HandTrainingTask):
        hands = HandEnvironment(robot, task, seed, make_physics)
        return hands, FingerTeacher(hands, task.teacher) if task.teacher else None
    walks = WalkEnvironment(robot, task, seed, make_physics)
    return walks, GaitTeacher(walks, task.teacher) if task.teacher else None


def _adapted_learner(
    environment: TrainingEnvironment, robot: RobotSpec, task: TrainingTask | HandTrainingTask,
    predecessor: Path | None, device: str,
) -> PPO:  # fmt: skip
    """The learner of a task; of its adapters alone where it has some."""
    learner = make_learner(environment, device)
    if predecessor is not None and isinstance(task, TrainingTask) and task.adapters is not None:
        layers = task_layers(robot, task, base_layers(task, predecessor))
        if task.adapters.learns:
            begin_as_before(layers, task, predecessor)
        adapt(learner, layers)
    return learner


def begin_with_needs(environment: TrainingEnvironment, needs: dict[str, Any], source: Path | None = None) -> None:
    """What failed in another run, or in this one before it was stopped, is drawn by need.

    Args:
        environment: The robots.
        needs: Success by axis, as ``NeedMap.measured`` has it.
        source: Where that is from, if it must have an axis of theirs.

    Raises:
        DataError: It has none.
    """
    taken = sum(one.begin_with(needs) for one in environment.need_maps())
    if source is not None and not taken:
        axes = [name for one in environment.need_maps() for name in one.names]
        raise DataError(f"{source}: has no success by {', '.join(axes) or 'any axis (contexts of the task)'}")


def _beginning(environment: WalkEnvironment | HandEnvironment, predecessor: Path) -> nn.Sequential:
    """The predecessor's layers, with room for what the task sees and drives beyond it."""
    if isinstance(environment, HandEnvironment):
        return exported_network(predecessor)
    scale = environment.task.observation_scale(environment.robot)
    return network_of(widened_layers(predecessor, environment.contract, scale))


def go_on(
    environment: TrainingEnvironment,
    learner: PPO,
    progress: TrainingProgress,
    folder: Path,
    minutes: float,
    report: Report,
    cpu_seconds: float = math.inf,
    given_up: Callable[[list[float]], str] = lambda rewards: "",
) -> Path:
    """Learns until its time is over.

    Args:
        environment: The robots.
        learner: The learner.
        progress: How far it is.
        folder: Where checkpoints and the curve go.
        minutes: Wall time to go on for.
        report: Takes progress lines.
        cpu_seconds: Processor time of the whole run at which it ends, s.
        given_up: Why the mean rewards of all iterations so far are not worth going on, or an empty string.

    Returns:
        Path of the last checkpoint.

    Raises:
        TrainingStuck: It no longer gets better and is not good either; what was learnt is in ``last.pt``.
        TrainingDiverged: Its weights are no numbers any more; the best of before is in ``best.pt``.
    """
    log = RunLog(folder, report)
    watch = StuckWatch(environment.ppo.patience, ENOUGH_TRACKING)
    best, rewards = KeptBest(folder), list[float]()
    now = saved = time.monotonic()
    end = now + minutes * 60.0
    ppo = environment.ppo
    imitation = SelfImitation(ppo.imitation, ppo.gamma, progress.seed) if ppo.imitation is not None else None
    try:
        while now < end and progress.cpu_seconds < cpu_seconds:
            summary = _iterate(environment, learner, imitation, progress)
            now = time.monotonic()
            tracking = _follow_curriculum(environment, progress, summary)
            score = watch.update(progress.level, tracking, _success(environment), _weakest(environment))
            best.update(score, learner, progress, alone=not environment.helped)
            rewards.append(summary["reward"])
            if progress.iteration % LOG_EVERY == 0:
                std = float(learner.get_policy().output_std.detach().mean())
                left = min(end - now, cpu_seconds - progress.cpu_seconds)
                log.write(progress, summary, std, left, _weakest(environment))
                if why := given_up(rewards):
                    report(f"ended: {why}")
                    break
            if now - saved > CHECKPOINT_SECONDS:
                save_checkpoint(folder / f"{progress.iteration:06d}.pt", learner, progress)
                saved = now
    finally:  # also when a person ends it: nothing that was learnt is lost
        if finite(learner.actor, learner.critic):
            save_checkpoint(folder / "last.pt", learner, progress)
        log.close()
    return folder / "last.pt"


def _iterate(
    environment: TrainingEnvironment, learner: PPO, imitation: SelfImitation | None, progress: TrainingProgress
) -> dict[str, float]:
    """One iteration of learning, which the progress counts; what its ticks were like."""
    ppo = environment.ppo
    began, cpu = time.monotonic(), time.process_time()
    environment.begin_iteration(progress.iteration)
    learner.gamma = ppo.discount(progress.iteration)
    collect(environment, learner, ppo.steps, imitation)
    learner.update()
    if imitation is not None:
        imitation.learn(learner, progress.iteration)
    limit_exploration(learner, ppo.largest_std)
    progress.advance(ppo.steps * ppo.robots, time.monotonic() - began, time.process_time() - cpu)
    summary = environment.statistics.summary()
    environment.statistics.clear()
    return summary


def _follow_curriculum(
    environment: TrainingEnvironment, progress: TrainingProgress, summary: dict[str, float]
) -> float:
    """Widens the ranges of commands where robots keep their feet and follow; the tracking, a share of the best."""
    tracking = environment.tracking(summary)
    keeps_feet = summary["falls_per_minute"] < MAX_FALLS_PER_MINUTE and tracking > MIN_TRACKING
    if progress.iteration % WIDEN_EVERY == 0 and keeps_feet:
        environment.widen_ranges()
    progress.level = environment.level
    progress.needs = {name: one for needs in environment.need_maps() for name, one in needs.measured().items()}
    return tracking


def _success(environment: TrainingEnvironment) -> float:
    """Share of successful commands and robots, all kinds weighted equally; 0 where none are judged."""
    shares = [one.success.mean() for one in environment.need_maps() if one.names]
    return float(np.mean(shares)) if shares else 0.0


def _weakest(environment: TrainingEnvironment) -> str:
    """The weakest bins of goal values and of robots."""
    needs = [one for one in environment.need_maps() if one.names]
    return min(needs, key=lambda one: float(one.success.min())).weakest() if needs else ""


def _predecessor(task: TrainingTask | HandTrainingTask) -> str:
    """Skill whose exported network a task adapts or begins as; itself where failures are recorded, empty for none."""
    if not isinstance(task, TrainingTask):
        return ""
    if task.adapters is not None:
        return task.skill if task.adapters.learns else task.adapters.base
    return task.skill if task.failures is not None else task.predecessor


def _with_failures(
    task: TrainingTask | HandTrainingTask, report: Path | None, resources: Resources, robot: RobotSpec
) -> TrainingTask | HandTrainingTask:
    """The task with the robots of recorded failures, explored as little as a policy bears that can do it already.

    Failures of skills that guides make of the task's network count as well.

    Raises:
        DataError: The task is a hand's, or the report has too few failures.
    """
    if report is None:
        return task
    if not isinstance(task, TrainingTask):
        raise DataError(f"'{task.skill}' is a hand's: recorded failures are those of robots on legs")
    specs = [entry.spec for entry in load_library(resources, robot).entries.values() if entry.spec is not None]
    led = [spec.name for spec in specs if spec.guided is not None and spec.guided.base == task.skill]
    ppo = task.ppo.model_copy(update={"initial_std": GOING_ON_STD, "largest_std": GOING_ON_STD})
    events = task.events.model_copy(update={"curriculum_start": 1.0})
    return task.model_copy(
        update={"failures": read_failures(report, task.skill, led), "ppo": ppo, "events": events, "teacher": None}
    )


def run(options: argparse.Namespace) -> int:
    """Trains by the options of ``skill-stack train``; returns the exit code.

    Raises:
        SkillStackError: No such robot, skill or physics, or a file of theirs is wrong.
    """
    resources = Resources.from_environment(os.environ)

    def say(text: str) -> None:
        print(text, file=sys.stderr if options.json else sys.stdout, flush=True)

    try:
        robot = load_robot(resources.robot(options.robot))
        folder = resources.find(f"models/{options.robot}/{options.skill}", "skill")
        out = options.out or resources.overlay / "training" / options.robot / options.skill / str(options.seed)
        if any((folder / name).is_file() for name in ("clone.yaml", "balance.yaml", "clip.yaml")):
            last = out / "policy.onnx"
            if (folder / "clip.yaml").is_file():
                clip = load_clip_task(folder)
                planted = resources.find(f"models/{options.robot}/{clip.planted}/policy.onnx", "policy")
                stand = load_balance_task(planted.parent)
                if clip.clips:
                    join_clips(robot, clip, folder, stand, last)
                else:
                    make_clip(robot, clip, folder, stand, planted, last, say, options.seed)
            elif (folder / "clone.yaml").is_file():
                make_clone(robot, load_clone_task(folder), last, options.seed, say)
            else:
                balance = load_balance_task(folder)
                steps = resources.find(f"models/{options.robot}/{balance.predecessor}/policy.onnx", "policy")
                make_planted(robot, balance, steps, last, say)
                write_counterbalance(robot, balance, last.with_name(COUNTERBALANCE), say)
            then = f"python -m skill_stack.training.exporting.install {options.robot} {options.skill} {last}"
        elif (folder / PRIOR_FILE).is_file():
            last = make_body_latent(robot, folder, resources, out, options.seed, say)
            then = f"python -m skill_stack.training.body_prior {options.robot} {options.skill} {out} --install"
        else:
            task = load_any_task(folder)
            if options.robots:
                task = task.model_copy(update={"ppo": task.ppo.model_copy(update={"robots": options.robots})})
            maker = physics_maker(options.physics, say)
            task = _with_failures(task, options.failures, resources, robot)
            before = _predecessor(task)
            old = resources.find(f"models/{options.robot}/{before}/policy.onnx", "policy") if before else None
            if isinstance(task, HandTrainingTask) and task.mirrors:
                old = out / "mirrored.onnx"
                old.parent.mkdir(parents=True, exist_ok=True)
                mirror_skill(resources, options.robot, task.mirrors, old)
            last = train(
                robot, task, out, options.minutes, options.seed, options.resume, say, maker, old, options.curriculum,
                options.device,
            )  # fmt: skip
            then = f"python -m skill_stack.training.export {options.robot} {options.skill} {last} --install"
    except KeyboardInterrupt:
        again = f"skill-stack train {options.robot} {options.skill} --resume {out / 'last.pt'}"
        print(f"ended by hand; nothing is lost: {again}", file=sys.stderr)
        return INTERRUPTED
    print(json.dumps({"checkpoint": str(last), "next": then}) if options.json else f"{last}\nnext: {then}")
    return 0
