"""ScenarioLine: a line with the scenario's pushes that records the truth."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from skill_stack.connector.paths.object_outline import outline_distance
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.setpoint import SkillStatus
from skill_stack.core.shared_memory.truth_channel import Truth
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.evaluation.record import EpisodeRecord
from skill_stack.evaluation.suite import Pushes
from skill_stack.hardware.mujoco.truth_details import TruthDetails
from skill_stack.hardware.rendering.sight import Sight
from skill_stack.runtime.line.ball_looks import BallLooks
from skill_stack.runtime.line.line import Line

Array = np.ndarray


class PushSchedule:
    """When the robot is pushed next, and how."""

    def __init__(self, pushes: Pushes, rng: np.random.Generator, now: float) -> None:
        """Draws the first push.

        Args:
            pushes: Their ranges.
            rng: The seed's randomness.
            now: Task time, s.
        """
        self._pushes, self._rng = pushes, rng
        self._due = now + float(rng.uniform(*pushes.first))

    def push(self, now: float) -> tuple[float, float] | None:
        """Change of velocity forward and left that is due now, m/s, or None."""
        if now < self._due:
            return None
        self._due = now + float(self._rng.uniform(*self._pushes.every))
        size, angle = self._rng.uniform(*self._pushes.speed), self._rng.uniform(-math.pi, math.pi)
        return float(size * math.cos(angle)), float(size * math.sin(angle))


class ScenarioLine(Line):
    """See :class:`skill_stack.runtime.line.line.Line`; balls that roll are looked at all the time.

    Attributes:
        schedule: Pushes that go on, or None.
        watched: Truth of every tick that was watched; None before anything was.
    """

    schedule: PushSchedule | None = None
    watched: list[Truth] | None = None

    def __init__(self, robot: RobotSpec, library: SkillLibrary, setup: SceneSetup, *more: Any, **named: Any) -> None:
        """See :class:`skill_stack.runtime.line.line.Line`."""
        self._balls = BallLooks.of(setup)
        super().__init__(robot, library, setup, *more, **named)

    def _connect(self) -> None:
        if self._balls is not None:
            self.scene = self._balls.look(self.device, self.scene, self.connector.locate(self.status), self.now)
        super()._connect()

    def watch(self) -> None:
        """Starts recording."""
        self._details = TruthDetails(self.device.data, self.robot)
        self._feet: list[Array] = []
        self._power: list[float] = []
        self._states: list[Array] = []
        self.watched = []
        self._remember()

    def step(self) -> SkillStatus:
        """One control period with due pushes, recorded."""
        push = self.schedule.push(self.now) if self.schedule is not None else None
        if push is not None:
            self.device.push(*push)
        status = super().step()
        if self.watched is not None:
            self._remember()
        return status

    def _remember(self) -> None:
        assert self.watched is not None
        self.watched.append(self.device.truth())
        self._feet.append(self._details.feet())
        self._power.append(self._details.power())
        self._states.append(self.device.data.qpos.copy())

    def states(self, count: int) -> Array:
        """Generalised positions of the recording, evenly sampled, shape (count, nq)."""
        places = np.linspace(0, len(self._states) - 1, count).round().astype(int)
        return np.stack([self._states[place] for place in places])

    def record(self, ended: float, arguments: Mapping[str, Any], path: Array | None = None) -> EpisodeRecord:
        """The recording.

        Args:
            ended: Time at which the request had ended, s.
            arguments: What was asked for.
            path: Corners of a path that was to be followed, m, shape (K, 2), or None.
        """
        truths = self.watched or []
        return EpisodeRecord(
            robot=self.robot,
            **truth_arrays(truths),
            ended=ended,
            arguments=arguments,
            things=self.scene.objects,
            outline=outline_distance,
            feet=np.array(self._feet),
            path=path,
            power=np.array(self._power),
            **state_arrays(self._details, self._states),
        )


class SeeingLine(ScenarioLine):
    """A scenario's line whose robot may have a camera in its head, which corrects where it thinks that it is."""

    def __init__(self, robot: RobotSpec, library: SkillLibrary, setup: SceneSetup, *more: Any, **named: Any) -> None:
        """See :class:`skill_stack.runtime.line.line.Line`."""
        super().__init__(robot, library, setup, *more, **named)
        self._sight = Sight.of(self.device, setup.seed)

    def _connect(self) -> None:
        seen = self._sight.look(self.scene.objects.values(), self.now) if self._sight is not None else None
        if seen is not None:
            self.connector.sight(seen, self.scene, self.status)
            self.scene = self.connector.placed(seen, self.scene, self.status)
        super()._connect()


def state_arrays(details: TruthDetails, states: list[Array]) -> dict[str, Any]:
    """Arrays of a record from generalised positions: objects, joints and links."""
    return {
        "moved": details.movable_ways(states),
        "joints": np.array(states)[:, details.joints] if states else None,
        "links": lambda name, *point: details.link_way(name, states, *point),
    }


def truth_arrays(truths: list[Truth]) -> dict[str, Any]:
    """Truths as the arrays of a record."""
    return {
        "time": np.array([truth.task_time for truth in truths]),
        **{
            name: np.array([getattr(truth, name) for truth in truths])
            for name in ("position", "orientation", "linear", "angular", "contact")
        },
    }
