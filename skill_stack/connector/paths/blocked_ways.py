"""BlockedWays: requests with a blocked path, the objects moved for them, and their resumption."""

from __future__ import annotations

from dataclasses import replace

from skill_stack.connector.paths.distance_field import DistanceField
from skill_stack.connector.paths.obstacle_removal import ATTEMPTS, BLOCKED, Cleared, MovedThings, ObstacleRemoval
from skill_stack.connector.running_step import RunningStep
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.setpoint import StepOutcome
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene import Pose2, SceneGraph


class BlockedWays:
    """Keeps the request for which an object is moved, and the poses of moved objects."""

    def __init__(self, library: SkillLibrary, robot: RobotSpec, settings: ConnectorSettings) -> None:
        """Starts without a blocked path.

        Args:
            library: Skills of the robot.
            robot: The robot.
            settings: Numbers of the connector.
        """
        self._robot, self._settings = robot, settings
        self._clearings: dict[str, Cleared] = {}
        self._tried: dict[str, int] = {}
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

    def cleared(self, request_id: str) -> Cleared | None:
        """The request that waits while an object is moved for it; or None."""
        return self._clearings.get(request_id)

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
        name = step.request.id
        cleared = self._clearings.get(name)
        if cleared is not None and outcome.outcome == "succeeded":
            del self._clearings[name]
            if cleared.errand.blocker in scene.objects:
                self._moved.note(scene.objects[cleared.errand.blocker], cleared.errand.spot)
            again = RunningStep(cleared.request, cleared.library, self._robot, self._settings, now)
            again.started = cleared.started
            return again
        tried = self._tried.get(name, 0)
        if cleared is not None or outcome.violated != BLOCKED or here is None or tried >= ATTEMPTS:
            return None
        errand = self._clearing.errand(step.request, scene, here, field)
        if errand is None:
            return None
        self._tried[name] = tried + 1
        self._clearings[name] = Cleared(step.request, step.library, step.started, errand)
        return RunningStep(errand.request, self._library, self._robot, self._settings, now)

    def ended(self, outcome: StepOutcome) -> StepOutcome:
        """The final outcome of a request, which names the object being moved then."""
        self._tried.pop(outcome.request_id, None)
        clearing = self._clearings.pop(outcome.request_id, None)
        if clearing is None:
            return outcome
        return replace(outcome, reason=f"while '{clearing.errand.blocker}' was moved away: {outcome.reason}")
