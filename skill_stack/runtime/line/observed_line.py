"""ObservedLine: a line that records the truth at every tick for judging; nothing that drives sees it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from skill_stack.connector.paths.localization import Localization
from skill_stack.connector.paths.object_outline import Outlines
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.setpoint import SkillStatus, StepOutcome
from skill_stack.core.shared_memory.truth_channel import Truth
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.planner.planner import Planner
from skill_stack.runtime.episodes.scoring import pose_of
from skill_stack.runtime.line.line import Line

TOUCHED = 0.06
"""Contact time with an object that counts as a collision, s: three control ticks, more than a brush."""

PUSHED = 0.08
"""Displacement of a movable object that counts as pushed away, m."""

EYE_LEVEL = 0.3
"""Height from which an object occludes what is behind it, m: that of the Go2's back."""


@dataclass(frozen=True, slots=True)
class LineEvent:
    """The end of a step, and the state at that time.

    Attributes:
        outcome: The connector's word.
        truth: The base at that moment.
    """

    outcome: StepOutcome
    truth: Truth


class Over(Exception):
    """Ends a run early."""


class ObservedLine(Line):
    """A line in a world that differs from the robot's map.

    Attributes:
        trace: Pose of the base at every control tick.
        events: Steps that ended.
        fallen: Whether the robot ever fell.
    """

    def __init__(
        self,
        robot: RobotSpec,
        library: SkillLibrary,
        setup: SceneSetup,
        believed: SceneGraph,
        planner: Planner,
        pose: str = "lie",
        push: tuple[float, float, float] | None = None,
        settings: ConnectorSettings | None = None,
    ) -> None:
        """Builds the line.

        Args:
            robot: The robot.
            library: Its skills.
            setup: The world as it is.
            believed: The robot's map, with its estimated pose.
            planner: A planner for the library.
            pose: Named pose in which the robot begins.
            push: A push: task time in s, change of velocity forwards and to the left, m/s.
            settings: Numbers of the connector.
        """
        self.trace: list[Truth] = []
        self.events: list[LineEvent] = []
        self.fallen = False
        super().__init__(robot, library, setup, settings, planner, pose=pose)
        self.scene = believed
        self.connector.localization = Localization(believed.robot or setup.start, "present pose")
        self._push, self._limit = push, math.inf
        self._allowed: frozenset[str] | None = None
        self._hit = False
        self._things = {thing.id: thing for thing in setup.objects if thing.shape != "point"}
        self._touch: dict[str, float] = dict.fromkeys(self._things, 0.0)
        self._names = list(self._things)
        self._index = np.full(self.device.model.ngeom, -1)
        for number, name in enumerate(self._names):
            self._index[self.device.model.geom(name).id] = number
        robots = int(self.device.model.body(robot.source.base_link).rootid[0])
        self._mine = self.device.model.body_rootid[self.device.model.geom_bodyid] == robots
        self._last_cycle = self.cycle

    def limit(self, seconds: float, allowed: frozenset[str] | None = None) -> None:
        """Ends the run, by :class:`Over`.

        Args:
            seconds: Task time at which that happens, s.
            allowed: Things that may be touched; touching another one ends the run too. None: nothing does.
        """
        self._limit, self._allowed = seconds, allowed

    def step(self) -> SkillStatus:
        """One control period, recorded."""
        if self._push is not None and self.now >= self._push[0]:
            self.device.push(*self._push[1:])
            self._push = None
        status = super().step()
        truth = self.device.truth()
        self.trace.append(truth)
        self.fallen = self.fallen or truth.fallen
        self._feel()
        if self.cycle is not self._last_cycle:
            self._last_cycle = self.cycle
            self.events += [LineEvent(outcome, truth) for outcome in self.cycle.outcomes]
        if self.fallen or self._hit or self.now >= self._limit:
            raise Over
        return status

    def _feel(self) -> None:
        """Accumulates the contact time of the robot's body with objects."""
        contacts = self.device.data.contact.geom
        if not len(contacts):
            return
        which = self._index[contacts]
        met = which[(which >= 0).any(axis=1) & self._mine[contacts].any(axis=1)]
        for number in {int(n) for n in met.ravel() if n >= 0}:
            name = self._names[number]
            self._touch[name] += 1.0 / self.robot.control_rate
            if self._allowed is not None and name not in self._allowed and self._touch[name] > TOUCHED:
                self._hit = True

    def things(self) -> dict[str, SceneObject]:
        """Everything solid at its true present place."""
        return {name: self._moved(thing) for name, thing in self._things.items()}

    def _moved(self, thing: SceneObject) -> SceneObject:
        if not thing.movable:
            return thing
        x, y, z = (float(value) for value in self.device.data.body(thing.id).xpos)
        return replace(thing, position=(x, y, z))

    def run_into(self, allowed: frozenset[str] = frozenset()) -> tuple[str, ...]:
        """Objects that the robot ran into or pushed away.

        Args:
            allowed: Things that it may touch because it was sent to them, and may turn on their hinges; pushing them
                away counts all the same.
        """
        now = self.things()
        turned = {name for name in allowed if name in self._things and self._things[name].hinge is not None}
        return tuple(
            name
            for name, thing in self._things.items()
            if (self._touch[name] > TOUCHED and name not in allowed)
            or (thing.movable and name not in turned and math.dist(now[name].position[:2], thing.position[:2]) > PUSHED)
        )

    def sees(self, truth: Truth, thing: SceneObject) -> bool:
        """Whether nothing as tall as the robot stands between it and an object."""
        return clear_sight(pose_of(truth), thing, self.things().values())


def clear_sight(pose: Pose2, thing: SceneObject, others: Iterable[SceneObject]) -> bool:
    """Whether the straight line from the robot to an object's centre meets nothing tall.

    Args:
        pose: The robot.
        thing: What it is to see.
        others: Everything that stands there.
    """
    tall = [
        other
        for other in others
        if other.id != thing.id and other.shape != "point" and other.position[2] + other.size[2] / 2 >= EYE_LEVEL
    ]
    if not tall:
        return True
    points = np.linspace((pose.x, pose.y), thing.position[:2], 60)
    return not bool((Outlines.from_objects(tall).distances(points) < 0.0).any())
