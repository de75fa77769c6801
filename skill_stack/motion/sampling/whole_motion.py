"""WholeMotion: one trajectory of joint targets over a whole motion, found by trying many of its whole length.

A plan looks ahead for less than half a second and does not see what only pays later: the crouch before a jump. This one
is found beforehand, for a robot that stands still in its stance, and ends there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import mujoco
import numpy as np
from mujoco import rollout

from skill_stack.core.errors import DataError
from skill_stack.core.rewards.body_motion import BodyMotion
from skill_stack.core.rewards.costs import costs, distances
from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.motion.sampling.cross_entropy import CrossEntropy
from skill_stack.motion.sampling.model_body import ModelBody
from skill_stack.motion.sampling.motion_plan import StartState
from skill_stack.motion.sampling.planner import coarser
from skill_stack.motion.sampling.settings import SamplingSettings, WholeMotionSettings, settings_for

Array = np.ndarray
FAR = 20.0
"""Distance from a target beyond which none is worse, in tolerances: one bad moment hides no better one."""
SETTLING, ENDING = 1.0, 0.2
"""Time for which the robot stands in its stance before, and in which it has to stand still at the end, s."""
UNEVEN = 0.05
"""Distance from the stand height at the end that counts as much as one tolerance of an aim, m."""
BESIDE, FALLEN = 0.2, 5.0
"""What the costs of terms and the end count, and what a fall does, in tolerances of an aim."""


@dataclass(frozen=True, slots=True)
class Trajectory:
    """Joint targets between which joints follow half a cosine, from the stance back to it.

    Attributes:
        targets: Joint targets, rad, shape (keys, joints).
        duration: Time from one to the next, s.
        off: How far from its aims the worst of the worlds stayed, in tolerances: up to 1 they are reached.
    """

    targets: Array
    duration: float
    off: float


class WholeMotion:
    """Finds trajectories of one robot with feet. Candidates are tried in several worlds and count as in the worst."""

    def __init__(self, models: Sequence[mujoco.MjModel], body: ModelBody, rng: np.random.Generator) -> None:
        """Makes the models coarser, as planners do.

        Args:
            models: The robot in worlds that differ, the nominal one first; they stay as they are.
            body: The robot in the first one.
            rng: Where chance comes from.

        Raises:
            DataError: The robot has no feet.
        """
        if not body.layout.legged:
            raise DataError(f"{body.robot.name} has no feet; whole motions are found for robots that stand on feet")
        self._physics: SamplingSettings = settings_for({"legged"})
        self._models = [coarser(model, body, self._physics) for model in models]
        self._body, self._rng = body, rng
        self._pool, self._data = rollout.Rollout(nthread=1), [mujoco.MjData(self._models[0])]
        self._lower, self._upper = body.robot.column("lower"), body.robot.column("upper")
        self._starts = [self._settled(model) for model in self._models]

    def search(
        self, rewards: RewardSet, settings: WholeMotionSettings, report: Callable[[str], None] = lambda _: None
    ) -> Trajectory:
        """The best trajectory that was found.

        Args:
            rewards: What is asked for.
            settings: How to search.
            report: Takes progress lines.

        Raises:
            DataError: The robot cannot be asked for it, or nothing says when it is done.
        """
        if problem := self._body.layout.problem(rewards, has_object=False):
            raise DataError(problem)
        if not rewards.aims:
            raise DataError("nothing says when the motion is done; name a term with a target")
        stance = self._body.layout.default
        mean = np.tile(stance, (settings.keys, 1))
        spread = np.full(mean.shape, settings.spread)
        entropy = CrossEntropy(max(2, settings.samples // 8), 0.1, 0.2, 0.02, ranked=True)
        best, off, cost = mean, np.inf, np.inf
        for number in range(settings.rounds):
            tried = np.clip(entropy.drawn(mean, spread, settings.samples, self._rng), self._lower, self._upper)
            found, away = self._costs(rewards, tried, settings)
            order = entropy.best(-found)
            if found[order[0]] < cost:
                best, off, cost = tried[order[0]], float(away[order[0]]), float(found[order[0]])
            mean, spread = entropy.moved(mean, spread, tried[order])
            if (number + 1) % 10 == 0:
                report(f"round {number + 1} of {settings.rounds}: {off:.2f} tolerances off")
        return Trajectory(np.concatenate([best, stance[None]]), settings.duration, off)

    def _costs(self, rewards: RewardSet, keys: Array, settings: WholeMotionSettings) -> tuple[Array, Array]:
        """Costs of candidates and how far their aims stayed, in the worst world, shape (samples,) each."""
        stance, step = self._body.layout.default, self._physics.step
        ends = np.broadcast_to(stance, (len(keys), 1, len(stance)))
        targets = eased(np.concatenate([ends, keys, ends], axis=1), settings.duration, step)
        cost, off = np.zeros(len(keys)), np.zeros(len(keys))
        for model, start in zip(self._models, self._starts):
            motion, wild = self._tried(model, start, targets)
            away = self._nearest(rewards, motion)
            with np.errstate(all="ignore"):
                beside = costs(rewards, motion, self._body.layout).mean(axis=-1)
            total = away + BESIDE * (beside + self._ending(motion)) + FALLEN * self._fallen(motion)
            cost = np.maximum(cost, np.where(wild, np.inf, np.nan_to_num(total, nan=np.inf)))
            off = np.maximum(off, np.where(wild | self._fallen(motion), np.inf, away))
        return cost, off

    def _tried(self, model: mujoco.MjModel, start: StartState, targets: Array) -> tuple[BodyMotion, Array]:
        """Motions of joint targets, shape (samples, steps, joints), and which simulations diverged."""
        body, substeps = self._body, self._physics.substeps
        control = np.zeros((*targets.shape[:2], model.nu))
        control[:, :, body.actuators] = targets
        begin = np.tile(body.state(model, start), (len(targets), 1))
        states, sensors = self._pool.rollout(model, self._data, begin, np.repeat(control, substeps, axis=1))
        last = slice(substeps - 1, None, substeps)
        wild = ~np.isfinite(states).all(axis=(1, 2)) | (np.abs(states[:, :, 1:]).max(axis=(1, 2)) > 1e3)
        motion = body.motion(states[:, last], sensors[:, last], targets, self._physics.step, body.frame(start))
        return motion, wild

    def _nearest(self, rewards: RewardSet, motion: BodyMotion) -> Array:
        """Mean distance of the worst aim, in tolerances, over the best stretch that is long enough."""
        with np.errstate(all="ignore"):
            worst = np.minimum(np.nan_to_num(distances(rewards, motion, self._body.layout), nan=FAR).max(axis=0), FAR)
        hold = max(1, min(round(rewards.hold / motion.dt) + 1, worst.shape[-1]))
        stretches = np.lib.stride_tricks.sliding_window_view(worst, hold, axis=-1)
        return np.asarray((0.5 * stretches.mean(axis=-1) + 0.5 * stretches.max(axis=-1)).min(axis=-1))

    def _ending(self, motion: BodyMotion) -> Array:
        """How far from standing still the end is."""
        last = round(ENDING / motion.dt)
        low = np.abs(motion.place[:, -last:, 2] - self._body.layout.stand_height).mean(axis=-1)
        return np.asarray(low / UNEVEN + np.linalg.norm(motion.linear[:, -last:], axis=-1).mean(axis=-1))

    def _fallen(self, motion: BodyMotion) -> Array:
        """Whether it tilts beyond what the robot's safety allows."""
        upright = 1.0 - 2.0 * (motion.orientation[..., 1] ** 2 + motion.orientation[..., 2] ** 2)
        return np.asarray((upright < np.cos(self._body.robot.safety.tilt)).any(axis=-1))

    def _settled(self, model: mujoco.MjModel) -> StartState:
        """The robot after it stood in its stance for a while."""
        data = self._body.posed(model, self._body.layout.default)
        data.ctrl[self._body.actuators] = self._body.layout.default
        for _ in range(round(SETTLING / model.opt.timestep)):
            mujoco.mj_step(model, data)
        return self._body.start(0.0, data.qpos, data.qvel)


def eased(keys: Array, duration: float, step: float) -> Array:
    """Joint targets at every step between keys, along half cosines as keyframes of a posture are.

    Args:
        keys: Joint targets, rad, shape (samples, keys, joints), with the one that it begins from.
        duration: Time from one to the next, s.
        step: Time between two joint targets, s.
    """
    count = round((keys.shape[1] - 1) * duration / step)
    place = np.minimum(step * (np.arange(count) + 1) / duration, keys.shape[1] - 1 - 1e-9)
    frame = place.astype(int)
    share = (0.5 - 0.5 * np.cos(np.pi * (place - frame)))[:, None]
    return np.asarray(keys[:, frame] + share * (keys[:, frame + 1] - keys[:, frame]))
