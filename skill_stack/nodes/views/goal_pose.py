"""GoalPose: a pose that somebody points at, as RViz does with "2D Goal Pose", as requests for the connector."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace

from geometry_msgs.msg import PoseStamped

from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.rotation import wrap_angle
from skill_stack.core.setpoint import SkillRequest, StepOutcome
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.nodes.border import subscribe
from skill_stack.nodes.stack_node import StackNode
from skill_stack.nodes.wire.wire_basics import pose2_of

PLACE = "goal_pose"
"""Name of the place that the robot goes to; it exists for these requests alone."""
WALK, TURN = "go_to", "turn"
"""Skills that realise a goal, and their arguments below."""
LEVEL = 0.12
"""Heading error that needs no turn, rad: the skill that turns ends with as much."""


class GoalPose:
    """Takes ``goal_pose``: the robot goes there by the skill ``go_to``, then turns to the heading by ``turn``.

    Both are ordinary requests: with every check of the connector, replaced by a newer goal or anything else that is
    asked for, and ended by a stop.
    """

    def __init__(self, node: StackNode, start: Callable[[SkillRequest], None]) -> None:
        """Subscribes.

        Args:
            node: The connector's node.
            start: Begins a request; raises SkillStackError where it is refused.
        """
        self._node, self._start = node, start
        self._goal: Pose2 | None = None
        self._plan = ""  # the newest goal's, for its requests
        subscribe(node, PoseStamped, PLACE, self._pose_of, self._take, 1)

    def world(self, scene: SceneGraph) -> SceneGraph:
        """The scene with the place of the goal, while there is one."""
        if self._goal is None:
            return scene
        place = SceneObject(PLACE, "place", (self._goal.x, self._goal.y, 0.0), self._goal.yaw, "point")
        return replace(scene, objects={**scene.objects, PLACE: place})

    def ended(self, outcome: StepOutcome, here: Pose2 | None) -> None:
        """Takes the end of any request; after the walk to a goal the robot turns to its heading.

        Args:
            outcome: How it ended.
            here: Where the robot is in ``map``; None while that is unknown.
        """
        if self._goal is None or not outcome.request_id.startswith(f"{self._plan}/"):
            return
        goal, log = self._goal, self._node.get_logger()
        if outcome.outcome != "succeeded":
            log.warning(f"{PLACE}: {outcome.outcome}: {outcome.reason}")
            self._goal = None
            return
        angle = 0.0 if here is None else wrap_angle(goal.yaw - here.yaw)
        if outcome.skill == TURN or abs(angle) <= LEVEL:
            log.info(f"{PLACE}: the robot is there")
            self._goal = None
            return
        try:
            self._start(SkillRequest(f"{self._plan}/1", TURN, {"angle": angle}))
        except SkillStackError as error:
            log.warning(f"{PLACE}: the robot is there but does not turn: {error}")
            self._goal = None

    def _pose_of(self, message: PoseStamped) -> Pose2:
        """The goal in ``map``; raises DataError for another frame."""
        frame, known = message.header.frame_id.strip("/"), self._node.frame("map")
        if frame != known:
            raise DataError(f"the goal is in frame '{frame}', it must be in '{known}': set it as RViz's fixed frame")
        return pose2_of(message.pose)

    def _take(self, goal: Pose2) -> None:
        """Begins to go there.

        Raises:
            SkillStackError: The connector refuses; the text states why.
        """
        before = self._goal, self._plan
        self._goal, self._plan = goal, f"{PLACE}-{uuid.uuid4().hex}"
        try:
            self._start(SkillRequest(f"{self._plan}/0", WALK, {"target": PLACE}))
        except SkillStackError:
            self._goal, self._plan = before
            raise
