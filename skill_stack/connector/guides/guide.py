"""Guide: converts the arguments of a step and the scene into goal values of a base skill."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Protocol

from skill_stack.connector.parts_knowledge import PartsKnowledge
from skill_stack.connector.paths.clearance import Point
from skill_stack.connector.paths.object_outline import Outlines
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.errors import SkillStackError
from skill_stack.core.robots.robot import Footprint, RobotSpec
from skill_stack.core.rotation import gravity_in_base
from skill_stack.core.setpoint import SkillStatus
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.core.world.search_progress import SearchProgress

STILL = {"vx": 0.0, "vy": 0.0, "wz": 0.0}


class GuideFailure(SkillStackError):
    """A guide cannot continue; carries the name of the failure."""

    def __init__(self, name: str, reason: str) -> None:
        """Keeps name and reason.

        Args:
            name: What was violated, e.g. ``way is free``.
            reason: One sentence for people.
        """
        super().__init__(reason)
        self.name = name


@dataclass(frozen=True, slots=True)
class GuidedBody:
    """Attitude of the base, by the controller's estimate.

    Attributes:
        roll: Rise of its left side, rad.
        pitch: How far it leans forward, rad.
        height: Its height above the ground, m.
    """

    roll: float
    pitch: float
    height: float

    @classmethod
    def from_status(cls, status: SkillStatus) -> GuidedBody | None:
        """The attitude in a status; None while no measurement gives the height."""
        if status.base.source in ("", "none"):
            return None
        along, across, down = gravity_in_base(status.orientation).tolist()
        return cls(math.atan2(-across, -down), math.asin(min(max(along, -1.0), 1.0)), float(status.base_position[2]))


@dataclass(frozen=True, slots=True)
class GuideView:
    """Input of a guide.

    Attributes:
        pose: The robot in ``map``.
        scene: The world.
        outlines: Outlines of everything in it.
        now: Task time, s.
        elapsed: Time since the step's own skill began, s.
        progress: How far the base skill is, 0 to 1.
        lookout: The next view of perception for this request, or None.
        body: How the base stands, or None where it is unknown.
        deviation: Standard deviation of the robot's position, m.
        joints: Measured joint positions by name, rad or m; empty where nobody says them.
        beside: What the guides of all parts of the robot share.
        odometry: The robot in ``odom``, in which the controller knows where it is.
    """

    pose: Pose2
    scene: SceneGraph
    outlines: Outlines
    now: float
    elapsed: float
    progress: float = 0.0
    lookout: SearchProgress | None = None
    body: GuidedBody | None = None
    deviation: float = 0.0
    joints: dict[str, float] = field(default_factory=dict)
    beside: PartsKnowledge = field(default_factory=PartsKnowledge)
    odometry: Pose2 = Pose2(0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class GuideStep:
    """Output of a guide.

    Attributes:
        goals: Goal values of the base skill; empty: the present stance is kept.
        signals: Signals for the skill's conditions, SI.
        remaining: What is left to do, m or rad; the stall clock watches it.
        near: Objects that the robot is meant to come near to.
        said: What is to be said of it when it succeeds, for people.
        path: Points that lead there, in ``map``, m; empty where the guide has none.
        load: How far what it pushes reaches ahead of the robot, m.
        waiting: Whether other robots keep it from getting on.
    """

    goals: dict[str, float]
    signals: dict[str, float]
    remaining: float
    near: tuple[str, ...] = ()
    said: str = ""
    path: tuple[Point, ...] = ()
    load: float = 0.0
    waiting: bool = False

    @property
    def moving(self) -> bool:
        """Whether motion towards the goal is requested."""
        return any(self.goals.values()) and not self.waiting


class Guide(Protocol):
    """Executes a step with a base skill; created for every step."""

    def step(self, view: GuideView) -> GuideStep:
        """Present goals and signals; raises GuideFailure when it cannot continue."""

    def change(self, context: GuideContext) -> None:
        """Continues with other arguments or speeds; what is done already counts."""


@dataclass(slots=True)
class GuideContext:
    """Constructor arguments of every guide.

    Attributes:
        arguments: Arguments of the step, completed and checked.
        settings: Numbers of the connector.
        numbers: Numbers of the skill's own ``guided.settings``.
        footprint: Outline of the standing robot.
        robot: The whole robot, or None where nothing but its outline is known.
        part: Actuated part that the step drives.
        template: The value of ``guided.template``, with its argument filled in.
    """

    arguments: dict[str, float | str]
    settings: ConnectorSettings
    numbers: dict[str, float]
    footprint: Footprint
    robot: RobotSpec | None = None
    part: str = ""
    template: str = ""

    def number(self, name: str) -> float:
        """A numeric argument."""
        return float(self.arguments[name])


@dataclass(slots=True)
class TargetMemory:
    """The target of a step; perception may lose it for a moment.

    Attributes:
        name: Id of the object.
        grace: How long the last sight still counts, s.
    """

    name: str
    grace: float
    _last: SceneObject | None = field(default=None)
    _seen: float = 0.0

    def find(self, view: GuideView) -> SceneObject:
        """The present or last known target.

        Raises:
            GuideFailure: It has been gone for too long.
        """
        if self.name in view.scene.objects:
            self._last, self._seen = view.scene.objects[self.name], view.now
        if self._last is None or view.now - self._seen > self.grace:
            raise GuideFailure("target is known", f"'{self.name}' is no longer in the scene")
        return self._last
