"""The measurements of a walking policy: tracking, survival, standing, abrupt changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.training.exporting.policy import LoadedPolicy
from skill_stack.training.measuring.measure_settings import AXES, TRACKING_COMMANDS, MeasureSettings
from skill_stack.training.physics.episode import TrainingEpisode, TrainingTruth

Array = np.ndarray


class PolicyMeasurement:
    """Measures one policy."""

    def __init__(self, robot: RobotSpec, policy: LoadedPolicy, settings: MeasureSettings) -> None:
        """Starts no run.

        Args:
            robot: The robot.
            policy: The policy.
            settings: What is measured.
        """
        self._robot, self._policy, self._settings = robot, policy, settings
        self._dt = 1.0 / robot.control_rate
        low, high = np.array(policy.contract.command_ranges).T
        self._low, self._high = low, high

    def fallen(self, truth: TrainingTruth) -> bool:
        """Whether the robot has fallen."""
        return truth.tilt > self._settings.fall_tilt or truth.height < self._settings.fall_height

    def tracking(self, varied: bool) -> list[dict[str, Any]]:
        """Mean velocity and error per command, with sensor noise.

        Args:
            varied: Each run with another robot, floor and latency, drawn as for long runs; otherwise the nominal robot
                and 5 ms.
        """
        rows, settings = [], self._settings
        for number, command in enumerate(TRACKING_COMMANDS):
            rng = np.random.default_rng(1000 + number)
            variation = settings.variation.sample(rng) if varied else None
            latency = float(rng.uniform(*settings.latency)) if varied else 0.005
            episode = TrainingEpisode(self._robot, self._policy, rng, variation, settings.noise, latency)
            truths = self._drive(episode, _steadily(command), settings.tracking_seconds)
            steady = np.array([truth.velocity for truth in truths[round(settings.settle / self._dt) :]])
            mean = steady.mean(axis=0) if len(steady) else np.full(3, np.nan)
            rows.append(
                {
                    "command": dict(zip(AXES, command)),
                    "mean": _named(mean),
                    "error": _named(np.abs(mean - command)),
                    "survived": not self.fallen(truths[-1]),
                }
            )
        return rows

    def survival(self, seed: int) -> dict[str, Any]:
        """One long run with random commands, pushes, friction, mass, latency and noise."""
        settings, rng = self._settings, np.random.default_rng(seed)
        variation = settings.variation.sample(rng)
        latency = float(rng.uniform(*settings.latency))
        episode = TrainingEpisode(self._robot, self._policy, rng, variation, settings.noise, latency)
        changes, since = _Schedule(rng, settings.command_interval), 0.0
        pushes = _Schedule(rng, settings.push_interval)
        command = np.zeros(3)
        errors, truths = [], []
        for tick in range(round(settings.seconds / self._dt)):
            now = tick * self._dt
            if changes.due(now):
                command = rng.uniform(self._low, self._high) * (rng.random() > 0.15)
                since = now
            if pushes.due(now):
                episode.push(settings.push_speed)
            truths.append(episode.step(command))
            if now - since > 1.0:
                errors.append(truths[-1].velocity - self._policy.contract.clip_command(command))
            if self.fallen(truths[-1]):
                break
        rms = np.sqrt(np.mean(np.square(errors), axis=0)) if errors else np.full(3, np.nan)
        return {
            "seed": seed,
            "friction": round(variation.foot_friction or 0.0, 2),
            "added_mass": round(variation.added_mass, 2),
            "latency_ms": round(latency * 1e3, 1),
            "survived": not self.fallen(truths[-1]),
            "seconds": round(len(truths) * self._dt, 2),
            "pushes": pushes.count,
            "largest_tilt": round(max(truth.tilt for truth in truths), 3),
            "rms_error": _named(rms),
        }

    def standing(self, seed: int, pushed: bool) -> dict[str, Any]:
        """Twenty seconds at zero command: drift and motion, with or without pushes."""
        settings, rng = self._settings, np.random.default_rng(seed)
        variation = settings.variation.sample(rng)
        episode = TrainingEpisode(self._robot, self._policy, rng, variation, settings.noise, 0.005)
        pushes = _Schedule(rng, settings.push_interval)

        def command(now: float) -> Array:
            if pushes.due(now) and pushed:
                episode.push(settings.push_speed)
            return np.zeros(3)

        truths = self._drive(episode, command, 20.0)
        calm = truths[round(2.0 / self._dt) :] or truths
        drift = float(np.linalg.norm(calm[-1].position[:2] - calm[0].position[:2]))
        return {
            "seed": seed,
            "pushed": pushed,
            "survived": not self.fallen(truths[-1]),
            "drift_m": round(drift, 3),
            "mean_joint_speed": round(float(np.mean([truth.joint_speed for truth in calm])), 3),
            "largest_tilt": round(max(truth.tilt for truth in calm), 3),
            "mean_height": round(float(np.mean([truth.height for truth in calm])), 3),
        }

    def stopping(self, seed: int) -> dict[str, Any]:
        """Half a minute of walking and stopping abruptly, repeatedly, on a varied robot."""
        settings, rng = self._settings, np.random.default_rng(seed)
        variation = settings.variation.sample(rng)
        episode = TrainingEpisode(
            self._robot, self._policy, rng, variation, settings.noise, float(rng.uniform(*settings.latency))
        )
        stops = 0
        truths: list[TrainingTruth] = []
        while len(truths) * self._dt < 30.0:
            # Random lengths, so that the robot is stopped in every phase of its gait.
            for goal, seconds in ((rng.uniform(self._low, self._high), rng.uniform(1.0, 2.0)), (np.zeros(3), 1.5)):
                truths += self._drive(episode, _steadily(goal), seconds)
                if self.fallen(truths[-1]):
                    break
            else:
                stops += 1
                continue
            break
        return {
            "seed": seed,
            "survived": not self.fallen(truths[-1]),
            "stops": stops,
            "largest_tilt": round(max(truth.tilt for truth in truths), 3),
        }

    def change(self, first: tuple[float, float, float], second: tuple[float, float, float]) -> dict[str, Any]:
        """Three seconds of one command, then abruptly another: survival, tilt, time until the new one is reached."""
        rng = np.random.default_rng(77)
        episode = TrainingEpisode(self._robot, self._policy, rng, noise=self._settings.noise, latency=0.005)
        truths = self._drive(episode, lambda now: np.array(first if now < 3.0 else second), 6.0)
        after = np.array([truth.velocity for truth in truths[round(3.0 / self._dt) :]])
        # One gait cycle is averaged out before a velocity counts as met for good.
        window = round(0.4 / self._dt)
        smooth = np.array([np.convolve(after[:, axis], np.ones(window) / window, "valid") for axis in range(3)]).T
        far = np.flatnonzero((np.abs(smooth - second) > 0.15).any(axis=1))
        return {
            "from": dict(zip(AXES, first)),
            "to": dict(zip(AXES, second)),
            "survived": not self.fallen(truths[-1]),
            "largest_tilt": round(max(truth.tilt for truth in truths), 3),
            "settled_after_s": round((int(far[-1]) + 1 if len(far) else 0) * self._dt, 2),
        }

    def _drive(
        self, episode: TrainingEpisode, command: Callable[[float], Array], seconds: float
    ) -> list[TrainingTruth]:
        truths: list[TrainingTruth] = []
        for tick in range(round(seconds / self._dt)):
            truths.append(episode.step(command(tick * self._dt)))
            if self.fallen(truths[-1]):
                break
        return truths


class _Schedule:
    """Events at random intervals."""

    def __init__(self, rng: np.random.Generator, interval: tuple[float, float]) -> None:
        self._rng, self._interval = rng, interval
        self._next = float(rng.uniform(*interval))
        self.count = 0

    def due(self, now: float) -> bool:
        if now < self._next:
            return False
        self._next = now + float(self._rng.uniform(*self._interval))
        self.count += 1
        return True


def _steadily(command: tuple[float, float, float] | Array) -> Callable[[float], Array]:
    goal = np.array(command)
    return lambda _: goal


def _named(values: Array) -> dict[str, float]:
    return {name: round(float(value), 3) + 0.0 for name, value in zip(AXES, values)}  # + 0.0: no minus zero
