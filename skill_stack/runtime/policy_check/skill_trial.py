"""A skill tried in simulation, with figures of the run: tracking, tilt, torque, clipping, falls, ticks."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from skill_stack.controllers.tick import Tick
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.rotation import gravity_in_base
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.runtime.line.line import Line, LineResult

Array = np.ndarray

SETTLE = 1.5
"""Time after which tracking counts, s: acceleration takes time."""
AT_LIMIT = 0.98
"""Share of a joint's torque from which it is at its limit."""
PICTURES = 6
TRACKED = ("vx", "vy", "wz")


@dataclass(frozen=True, slots=True)
class TryFigures:
    """Figures of a run, judged on simulator truth.

    Attributes:
        seconds: Its length, s of task time.
        fell_after: When the robot fell, s, or None.
        distance: Way over the ground, m.
        tracking: Mean commanded and mean measured value by goal value, and the root mean square of their difference,
            after the robot had time to follow; empty where none was commanded.
        tilt: Largest tilt, rad.
        torque: Largest share of its torque that each joint was at, by name.
        at_limit: Share of joints and ticks at the limit of torque.
        beyond_range: Share of joints and ticks whose target lay beyond the joint's range.
        limited: How often the safety layer changed a target, by guard and joint, the most frequent first.
        tick: Median and 99th percentile of a control tick's wall time in this process, s.
    """

    seconds: float
    fell_after: float | None
    distance: float
    tracking: Mapping[str, tuple[float, float, float]]
    tilt: float
    torque: Mapping[str, float]
    at_limit: float
    beyond_range: float
    limited: Mapping[str, int]
    tick: tuple[float, float]

    def to_json(self) -> dict[str, Any]:
        """The figures as plain data."""
        return {
            "seconds": self.seconds,
            "fell_after": self.fell_after,
            "distance": self.distance,
            "tracking": {name: dict(zip(("asked", "done", "rmse"), values)) for name, values in self.tracking.items()},
            "tilt": self.tilt,
            "torque": dict(self.torque),
            "at_limit": self.at_limit,
            "beyond_range": self.beyond_range,
            "limited": dict(self.limited),
            "tick_seconds": {"median": self.tick[0], "p99": self.tick[1]},
        }


class TriedLine(Line):
    """A line that records every tick."""

    def __init__(self, robot: RobotSpec, library: SkillLibrary, setup: SceneSetup, **others: Any) -> None:
        """See :class:`skill_stack.runtime.line.line.Line`."""
        self._ticks: list[float] = []
        self._rows: list[tuple[float, Array, Array, Array, Array, bool]] = []
        self._torques: list[Array] = []
        self._targets: list[Array] = []
        self._states: list[Array] = []
        super().__init__(robot, library, setup, **others)

    def _tick(self) -> Tick:
        began = time.perf_counter()
        tick = super()._tick()
        self._ticks.append(time.perf_counter() - began)
        self._targets.append(np.array(tick.command.q))
        return tick

    def step(self) -> Any:
        """One control period, recorded."""
        status = super().step()
        truth = self.device.truth()
        self._rows.append(
            (self.now, truth.position.copy(), truth.orientation.copy(), truth.linear.copy(), truth.angular.copy(),
             truth.fallen)
        )  # fmt: skip
        self._torques.append(np.array(self.device.sample().torque))
        self._states.append(self.device.data.qpos.copy())
        return status

    def pictures(self, count: int = PICTURES) -> Array:
        """States of the run, evenly sampled, shape (count, nq)."""
        places = np.linspace(0, len(self._states) - 1, count).round().astype(int)
        return np.stack([self._states[place] for place in places])

    def joint_depths(self) -> dict[str, int]:
        """How many joints carry each joint, by name, those of the base included, and itself."""
        model = self.device.model
        depths = {}
        for name in self.robot.joint_names:
            body, count = int(model.joint(name).bodyid[0]), 0
            while body != 0:
                count += int(model.body_jntnum[body])
                body = int(model.body_parentid[body])
            depths[name] = count
        return depths

    def figures(self, asked: Mapping[str, float]) -> TryFigures:
        """What is to be said of the run.

        Args:
            asked: The commanded goal values.
        """
        times = np.array([row[0] for row in self._rows])
        begin = times[0] if len(times) else 0.0
        position = np.stack([row[1] for row in self._rows])
        tilts = [math.acos(min(max(-float(gravity_in_base(row[2])[2]), -1.0), 1.0)) for row in self._rows]
        fallen = next((float(row[0] - begin) for row in self._rows if row[5]), None)
        torque = np.abs(np.stack(self._torques)) / self.robot.column("effort")
        targets = np.stack(self._targets)
        outside = (targets < self.robot.column("lower") - 1e-6) | (targets > self.robot.column("upper") + 1e-6)
        ticks = np.array(self._ticks)
        return TryFigures(
            seconds=float(times[-1] - begin),
            fell_after=fallen,
            distance=float(np.hypot(*np.diff(position[:, :2], axis=0).T).sum()),
            tracking=self._tracking(times - begin, asked),
            tilt=max(tilts),
            torque=dict(zip(self.robot.joint_names, torque.max(axis=0).tolist())),
            at_limit=float((torque >= AT_LIMIT).mean()),
            beyond_range=float(outside.mean()),
            limited=dict(self.core.safety.limited.most_common()),
            tick=(float(np.median(ticks)), float(np.quantile(ticks, 0.99))),
        )

    def _tracking(self, times: Array, asked: Mapping[str, float]) -> dict[str, tuple[float, float, float]]:
        named = [name for name in TRACKED if name in asked]
        late = times >= min(SETTLE, times[-1] / 2)
        if not named or not late.any():
            return {}
        linear = np.stack([row[3] for row in self._rows])[late]
        done = {"vx": linear[:, 0], "vy": linear[:, 1], "wz": np.array([row[4][2] for row in self._rows])[late]}
        return {
            name: (
                float(asked[name]), float(done[name].mean()),
                float(np.sqrt(np.mean(np.square(_smooth(done[name]) - asked[name])))),
            )
            for name in named
        }  # fmt: skip


def _smooth(values: Array, window: int = 25) -> Array:
    """Mean over half a second at 50 Hz: motion within a stride is no tracking error."""
    if len(values) < window:
        return np.full(len(values), values.mean())
    return np.convolve(values, np.full(window, 1.0 / window), mode="valid")


def hanging_posture(robot: RobotSpec, spec: SkillSpec) -> dict[str, float] | None:
    """Joint positions, rad, in which the robot hangs until the skill drives it; None where it begins on the ground."""
    if "lie" in robot.poses and (spec.kind != "policy" or spec.enter_through is not None):
        return None
    manifest = spec.policy.manifest if spec.policy is not None else None
    return {} if manifest is None else dict(zip(manifest.joint_names, manifest.default_joint_pos))


def line_for_trial(robot: RobotSpec, library: SkillLibrary, setup: SceneSetup, skill: str, **others: Any) -> TriedLine:
    """A line in which a skill can begin: the robot lies, or hangs where the skill does not begin on the ground."""
    hung = hanging_posture(robot, library[skill])
    return TriedLine(robot, library, setup, pose="lie" if hung is None else "default", hung=hung, **others)


def try_once(
    robot: RobotSpec, library: SkillLibrary, setup: SceneSetup, skill: str, arguments: Mapping[str, Any], **others: Any
) -> tuple[LineResult, TriedLine]:
    """Runs one skill once.

    Args:
        robot: The robot.
        library: Its skills.
        setup: The world.
        skill: Name of the skill.
        arguments: Its arguments.
        others: For :class:`skill_stack.runtime.line.line.Line`.
    """
    line = line_for_trial(robot, library, setup, skill, **others)
    return line.run_skill(skill, arguments), line
