"""learn_motion: a kept motion as a policy, measured beside its planner. What was done is kept at every moment."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

# Threads that wait by spinning made the update eight times dearer; OpenMP reads this when torch is imported.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import torch

from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.rewards.kept_rewards import KeptRewards, load_kept_rewards
from skill_stack.core.rewards.reward_goals import planning_skill
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill import SkillSpec, load_skill
from skill_stack.evaluation.episode import Episode
from skill_stack.evaluation.episode_log import EpisodeLog
from skill_stack.evaluation.measured import commit_here
from skill_stack.hardware.mujoco.mujoco_model import build_model
from skill_stack.motion.sampling.model_body import ModelBody
from skill_stack.practice.curve import stuck
from skill_stack.practice.settings import practice_settings
from skill_stack.training.export import export
from skill_stack.training.exporting.policy import LoadedPolicy
from skill_stack.training.learners.cloning import CloneSettings
from skill_stack.training.learners.distillation import DistilSettings, distil
from skill_stack.training.learners.head_start import begin_as
from skill_stack.training.learners.learner import TrainingProgress, make_learner, resume, save_checkpoint
from skill_stack.training.motions.motion_episodes import MotionWorlds
from skill_stack.training.motions.motion_settings import MotionSettings, motion_settings
from skill_stack.training.motions.motion_task import motion_task
from skill_stack.training.motions.planned_teacher import PlannedTeacher
from skill_stack.training.physics.environment import WalkEnvironment
from skill_stack.training.tasks.task import TrainingTask
from skill_stack.training.train import go_on

CLONED, TRAINED, PLANNER = "cloned", "trained", "planner"
"""Who moves the robot: a copy of the planner, what was trained from there, or the planner itself."""
EPOCHS = 20
"""Passes over the examples after each round."""
FOREVER = 1e6
"""Wall time that never ends a run, minutes: its processor time does."""
TOLD = 20
"""Episodes between two lines of progress."""
Report = Callable[[str], None]


@dataclass(frozen=True)
class KeptMotion:
    """A motion that got a name.

    Attributes:
        robot: The robot, with the gains of the skill that plans.
        folder: Folder of its skill.
        spec: Its skill, a composite.
        planner: The skill that plans.
        kept: Its terms.
        task: The training task that they make.
    """

    robot: RobotSpec
    folder: Path
    spec: SkillSpec
    planner: SkillSpec
    kept: KeptRewards
    task: TrainingTask


@dataclass(frozen=True)
class MotionPolicies:
    """What was learnt of a motion, before it is measured.

    Attributes:
        folder: Where it is, with checkpoints, from which the same call goes on.
        policies: Exported policies by who they are: :data:`CLONED` and :data:`TRAINED`.
        digests: Their SHA-256, hexadecimal.
        cpu_seconds: Processor time of learning, s.
        steps: Control ticks of all robots together.
    """

    folder: Path
    policies: dict[str, Path]
    digests: dict[str, str]
    cpu_seconds: float
    steps: int


@dataclass(frozen=True)
class LearnedMotion:
    """What was learnt, measured on the same worlds as the planner.

    Attributes:
        motion: The motion.
        policies: Exported policies by who they are: :data:`CLONED` and :data:`TRAINED`.
        digests: Their SHA-256, hexadecimal.
        episodes: Episodes by who moved the robot, with the same seeds; of the planner too.
        cpu_seconds: Processor time of learning, s.
        steps: Control ticks of all robots together.
        seed: Of the learning.
    """

    motion: KeptMotion
    policies: dict[str, Path]
    digests: dict[str, str]
    episodes: dict[str, tuple[Episode, ...]]
    cpu_seconds: float
    steps: int
    seed: int

    def successes(self, who: str) -> int:
        """Episodes in which the motion was done."""
        return sum(episode.passed for episode in self.episodes[who])

    @property
    def best(self) -> str:
        """The policy that is at least as good as the planner, or an empty string; the trained one first."""
        least = self.successes(PLANNER)
        good = [who for who in (TRAINED, CLONED) if self.successes(who) >= least]
        return max(good, key=self.successes, default="")

    @property
    def told(self) -> str:
        """The counts in words."""
        counts = (f"{who} {self.successes(who)}" for who in (PLANNER, CLONED, TRAINED))
        return f"of {len(self.episodes[PLANNER])} episodes with the same seeds: {', '.join(counts)}"


def kept_motion(found: Resources, robot_name: str, skill: str, settings: MotionSettings | None = None) -> KeptMotion:
    """A motion of a skill folder.

    Args:
        found: Where robots and skills are.
        robot_name: Name of the robot.
        skill: Name of the skill.
        settings: How a motion becomes a policy; None takes those of the file.

    Raises:
        SkillStackError: There is no such robot or skill, it is no motion by terms, is a policy already, or has terms
            that no policy can learn; the message says what would have worked.
    """
    robot = load_robot(found.robot(robot_name), found)
    folder = found.find(f"models/{robot_name}/{skill}", "skill")
    spec, kept = load_skill(folder), load_kept_rewards(folder)
    if kept is None:
        raise DataError(f"'{skill}' is no motion by reward terms; have one done and say 'remember that as {skill}'")
    if spec.composite is None:
        raise DataError(
            f"'{skill}' is a skill of kind {spec.kind} already; remember the motion under another name, or "
            f"remove {folder}"
        )
    planner = planning_skill(map(load_skill, found.skills(robot_name)), robot_name)
    assert planner.sampled is not None, "it takes terms"
    if planner.sampled.joints:
        raise DataError(f"'{skill}' is of {planner.sampled.joints[0]} above another skill, and keeps its planner")
    driven = planner.sampled.driven(robot)
    layout = ModelBody(build_model(driven, foot_kinematics=True), driven).layout
    task = motion_task(driven, layout, skill, kept.rewards, settings or motion_settings())
    return KeptMotion(driven, folder, spec, planner, kept, task)


def learn_motion(
    found: Resources,
    robot_name: str,
    skill: str,
    minutes: float,
    seed: int = 0,
    first: int | None = None,
    episodes: int | None = None,
    report: Report = print,
    settings: MotionSettings | None = None,
) -> LearnedMotion:
    """Makes a policy of a kept motion, and measures it beside its planner. Nothing is installed.

    The same call goes on where one before it ended, however that ended: from the copy, from the last checkpoint (one a
    minute), and from the last measured episode.

    Args:
        found: Where robots and skills are, and whose overlay takes checkpoints.
        robot_name: Name of the robot.
        skill: Name of the skill, which "remember that as …" wrote.
        minutes: Processor time of learning, minutes; measuring comes on top.
        seed: Of the learning.
        first: Seed of the first world of the comparison; None takes that of the settings.
        episodes: Worlds of the comparison; None takes those of the settings.
        report: Takes progress lines.
        settings: How a motion becomes a policy; None takes those of the file.

    Raises:
        SkillStackError: It cannot be learnt (see :func:`kept_motion`), or a file cannot be written.
    """
    settings = settings or motion_settings()
    motion = kept_motion(found, robot_name, skill, settings)
    learnt = learn_policies(found, motion, minutes, seed, report, settings)
    begin = settings.first if first is None else first
    seeds = range(begin, begin + (episodes or settings.episodes))
    log = EpisodeLog(learnt.folder / "episodes.jsonl")
    rows = _measured(found, motion, learnt.policies, learnt.digests, seeds, log, report)
    return LearnedMotion(motion, learnt.policies, learnt.digests, rows, learnt.cpu_seconds, learnt.steps, seed)


def learn_policies(
    found: Resources, motion: KeptMotion, minutes: float, seed: int, report: Report, settings: MotionSettings
) -> MotionPolicies:
    """Copies the planner and trains from there; goes on where a call before it ended.

    Args:
        found: Whose overlay takes checkpoints.
        motion: The motion.
        minutes: Processor time of learning, minutes, that of calls before it among them.
        seed: Of the learning.
        report: Takes progress lines.
        settings: How a motion becomes a policy.

    Raises:
        SkillStackError: A file cannot be written or read.
    """
    robot, skill = motion.robot.name, motion.spec.name
    key = hashlib.sha256(json.dumps(motion.task.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()[:8]
    folder = found.overlay / "training" / robot / skill / f"{key}-{seed}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        last, progress = _learnt(motion, settings, folder, minutes, seed, report)
        checkpoints = {CLONED: folder / "taught.pt", TRAINED: last}
        policies = {who: folder / f"{who}.onnx" for who in checkpoints}
        digests = {who: export(motion.robot, motion.task, checkpoints[who], policies[who]) for who in checkpoints}
    except OSError as error:
        raise DataError(f"{folder}: cannot be written: {error}; free space, and the same command goes on") from error
    return MotionPolicies(folder, policies, digests, progress.cpu_seconds, progress.steps)


def _learnt(
    motion: KeptMotion, settings: MotionSettings, folder: Path, minutes: float, seed: int, report: Report
) -> tuple[Path, TrainingProgress]:
    """Copies and trains, or goes on with that; the last checkpoint."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    environment = WalkEnvironment(motion.robot, motion.task, seed)
    learner, taught = make_learner(environment), folder / "taught.pt"
    begun = sorted(folder.glob("*.pt"), key=lambda path: path.stat().st_mtime)
    if begun:
        progress = resume(learner, begun[-1])
        report(f"going on from {begun[-1]}: {progress.cpu_seconds:.0f} of {60 * minutes:.0f} CPU-s")
    else:
        cpu = time.process_time()
        few = motion.task.ppo.model_copy(update={"robots": settings.clone.robots})
        shown = WalkEnvironment(motion.robot, motion.task.model_copy(update={"ppo": few}), seed + 1)
        fit = CloneSettings(hidden=motion.task.ppo.hidden, epochs=EPOCHS)
        rounds = DistilSettings(rounds=settings.clone.rounds, ticks=settings.clone.ticks, fit=fit)
        report(f"copying the planner: {few.robots * rounds.rounds * rounds.ticks} examples")
        teacher = PlannedTeacher(shown, motion.kept.rewards, settings.clone, seed)
        student = distil(shown, teacher, rounds, seed, report).network
        begin_as(learner, environment, student, report, settings.critic)
        progress = TrainingProgress(level=1.0, seed=seed, cpu_seconds=time.process_time() - cpu)
        save_checkpoint(taught, learner, progress)
    if progress.cpu_seconds >= 60.0 * minutes:
        return (begun[-1] if begun else taught), progress
    limits, seconds = practice_settings().curve, 60.0 * minutes
    # No fall ends it: one that begins as a good copy loses some of its reward first, and gains it again.
    ends = lambda rewards: stuck(rewards, limits)  # noqa: E731
    return go_on(environment, learner, progress, folder, FOREVER, report, seconds, ends), progress


def _measured(
    found: Resources,
    motion: KeptMotion,
    policies: dict[str, Path],
    digests: dict[str, str],
    seeds: range,
    log: EpisodeLog,
    report: Report,
) -> dict[str, tuple[Episode, ...]]:
    """Episodes of planner and policies with the same seeds; those that were run before are taken from the log."""
    kept = motion.kept
    worlds = MotionWorlds.here(found, motion.robot, motion.spec.name, kept.words, kept.rewards)
    loaded = {who: LoadedPolicy(path, motion.robot) for who, path in policies.items()}
    versions = {**digests, PLANNER: f"{PLANNER} {commit_here()}"}
    known, rows = log.read(), {}
    for who in (TRAINED, CLONED, PLANNER):
        done = []
        for number, seed in enumerate(seeds, 1):
            episode = known.get((versions[who], motion.spec.name, seed))
            if episode is None:
                episode = worlds.planned(seed) if who == PLANNER else worlds.driven(loaded[who], seed)
                log.add(versions[who], episode)
            done.append(episode)
            if number % TOLD == 0 or number == len(seeds):
                report(
                    f"{who}: done in {sum(one.passed for one in done)} of {number} worlds, {len(seeds) - number} left"
                )
        rows[who] = tuple(done)
    return rows
