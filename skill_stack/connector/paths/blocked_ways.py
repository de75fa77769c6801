"""BlockedWays: requests with a blocked path, the objects moved for them, and their resumption."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from skill_stack.connector.paths.distance_field import DistanceField
from skill_stack.connector.paths.kept_path import KEPT
from skill_stack.connector.paths.obstacle_removal import (
    BLOCKED,
    Blockage,
    Errand,
    MovedThings,
    ObstacleRemoval,
)
from skill_stack.connector.running_step import RunningStep
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.setpoint import StepOutcome
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject

Spared = Callable[[SceneObject, SceneGraph], bool]
"""Whether an object must be left alone, whatever it blocks: what breaks or lives."""

ATTEMPTS = 4
"""Most times that objects are moved for one request."""

STUCK = ("object gives way", "stalled_for", "distance_error", BLOCKED)
"""Violated conditions, or signals of them, that tell that an object cannot be moved so."""

SLIPPED = "object is in front"
"""Violated condition that tells that an object is elsewhere."""

_ELSEWHERE = 0.15  # m by which a thing that did not give way must have moved before it is tried again


@dataclass(frozen=True, slots=True)
class _Clearing:
    """A request that waits until its path is free, what is moved for it first, and since when, s of task time."""

    step: RunningStep
    errand: Errand
    since: float


class BlockedWays:
    """Keeps the request for which an object is moved, the poses of moved objects, and what did not give way."""

    def __init__(
        self, library: SkillLibrary, robot: RobotSpec, settings: ConnectorSettings, spared: Spared | None = None
    ) -> None:
        """Starts without a blocked path.

        Args:
            library: Skills of the robot.
            robot: The robot.
            settings: Numbers of the connector.
            spared: Which objects must be left alone; None spares none that moves.
        """
        self._robot, self._settings, self._spared = robot, settings, spared
        self._clearings: dict[str, _Clearing] = {}
        self._tried: dict[str, int] = {}
        self._why: dict[str, str] = {}
        self._unsure: dict[str, str] = {}
        self._stuck: dict[str, SceneObject] = {}
        self._moved = MovedThings()
        self.renew(library)

    def renew(self, library: SkillLibrary) -> None:
        """Takes other skills."""
        clearances = (self._settings.clearance, self._settings.tight_clearance)
        self._library, self._clearing = library, ObstacleRemoval(library, self._robot.footprint, clearances)

    def adjust(self, settings: ConnectorSettings) -> None:
        """Replaces the settings."""
        self._settings = settings
        self.renew(self._library)

    def world(self, scene: SceneGraph) -> SceneGraph:
        """The scene with moved objects at their new places."""
        return self._moved.world(scene)

    def errand(self, request_id: str) -> Errand | None:
        """What is moved now for a request; or None."""
        clearing = self._clearings.get(request_id)
        return None if clearing is None else clearing.errand

    def follower(
        self,
        step: RunningStep,
        outcome: StepOutcome,
        scene: SceneGraph,
        here: Pose2 | None,
        field: DistanceField | None,
        now: float,
    ) -> RunningStep | None:
        """What runs after an ended request: the clearing of its path, or the request after that.

        Args:
            step: The request.
            outcome: How it ended.
            scene: The world.
            here: The robot, or None when its place is unknown.
            field: What is to be kept clear of; None where nothing is.
            now: Task time, s.
        """
        clearing = self._clearings.get(step.request.id)
        if clearing is not None:
            return self._after(clearing, outcome, scene, now)
        if outcome.violated != BLOCKED and (outcome.violated != KEPT or step.path is None):
            return None
        tried = self._tried.get(step.request.id, 0)
        if here is None or tried >= ATTEMPTS:
            return None
        blockage = self._blockage(step, scene, here, field)
        errand = self._clearing.errand(blockage)
        if errand is None or step.carried:  # what it holds would fall as it pushes
            full = f"the {errand.blocker.label} is in the way, and my hands are full" if errand is not None else ""
            self._why[step.request.id] = full or self._told(blockage)
            return None
        self._tried[step.request.id] = tried + 1
        self._clearings[step.request.id] = _Clearing(step, errand, now)
        return step.again(now, errand.request, self._library)

    def _after(self, clearing: _Clearing, outcome: StepOutcome, scene: SceneGraph, now: float) -> RunningStep | None:
        """The request again, after an object was moved, slipped, or did not give way; None where it ends, too."""
        name, errand = clearing.step.request.id, clearing.errand
        violated = outcome.violated.split(" ", 1)[0] if outcome.violated.startswith(STUCK) else outcome.violated
        if outcome.outcome == "succeeded":
            for thing in errand.moved:
                if thing.id in scene.objects and scene[thing.id].last_seen <= clearing.since:  # else it was seen since
                    self._moved.note(scene[thing.id], thing)
        elif outcome.outcome == "failed" and outcome.violated.startswith(STUCK):
            self._stuck[errand.blocker.id] = scene.objects.get(errand.blocker.id, errand.blocker)
            self._why[name] = f"'{errand.blocker.label}' could not be moved ({violated}: {outcome.reason})"
        elif outcome.outcome != "succeeded" and outcome.violated != SLIPPED:
            return None
        del self._clearings[name]
        return self.again(clearing.step, now)

    def again(self, before: RunningStep, now: float) -> RunningStep:
        """A request that begins again under its id.

        Args:
            before: The request.
            now: Task time, s.
        """
        again = before.again(now)
        again.started = before.started
        return again

    def _blockage(
        self, step: RunningStep, scene: SceneGraph, here: Pose2, field: DistanceField | None
    ) -> Blockage:
        """A blocked path, with what must stay where it is."""
        kept = {name for one in (step.path.constraints if step.path is not None else ()) for name in one.things}
        kept |= {name for name, thing in self._stuck.items() if _is_where(scene.objects.get(name), thing)}
        if self._spared is not None:
            kept |= {one.id for one in scene.things if self._spared(one, scene)}
        things = {name: thing for name, thing in scene.objects.items() if name not in step.carried}
        return Blockage(step.request, replace(scene, objects=things), here, step.constrained, field, kept)

    def _told(self, blockage: Blockage) -> str:
        """Why nothing is moved, for people; empty where nothing that might be moved is in the way."""
        before = self._why.get(blockage.request.id, "")
        names = [one for one in self._clearing.in_the_way(blockage) if one not in self._stuck]
        labels = " and ".join(f"the {blockage.scene[name].label}" for name in names)
        left = f"{labels} must not be moved" if names else ""
        leaf = None if names else self._clearing.swings_here(blockage)
        unsure = None if names or leaf else self._clearing.unsure(blockage)
        self._unsure[blockage.request.id] = unsure.id if unsure is not None else ""
        asked = f"the {unsure.label} is in the way, and I do not know whether it may be moved" if unsure else ""
        asked = f"the {leaf.label} swings towards me, and I can only push it open" if leaf else asked
        return "; ".join(dict.fromkeys(filter(None, (before, left, asked))))

    def ended(self, outcome: StepOutcome) -> StepOutcome:
        """The final outcome of a request, which names the object being moved then, or what could not be moved."""
        self._tried.pop(outcome.request_id, None)
        why, unsure = self._why.pop(outcome.request_id, ""), self._unsure.pop(outcome.request_id, "")
        clearing = self._clearings.pop(outcome.request_id, None)
        if clearing is not None:
            return replace(outcome, reason=f"while '{clearing.errand.blocker.id}' was moved away: {outcome.reason}")
        if not why or outcome.outcome != "failed":
            return outcome
        return replace(outcome, reason=f"{outcome.reason}: {why}", thing=unsure)


def _is_where(now: SceneObject | None, before: SceneObject) -> bool:
    """Whether an object still stands where it did not give way."""
    return now is not None and math.dist(now.position[:2], before.position[:2]) < _ELSEWHERE
