"""ActionGuide: has an action server outside of the stack carry out a step, and follows its velocities."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from skill_stack.connector.action_port import SUCCEEDS, ActionCall, ActionPort
from skill_stack.connector.guides.guide import STILL, GuideContext, GuideFailure, GuideStep, GuideView
from skill_stack.connector.guides.waypoints import reach_of
from skill_stack.core.errors import SkillStackError
from skill_stack.core.rotation import from_yaw, wrap_angle
from skill_stack.core.skills.action_part import DONE, HERE, NAMED, ActionPart
from skill_stack.core.spatial.relations import Viewing, frame_of, side_direction
from skill_stack.core.world.scene import Pose2, SceneObject

Velocity = tuple[float, float, float]
"""vx, vy in m/s and wz in rad/s, in the base frame."""


class ActionGuide:
    """Sends one goal, and passes its progress on.

    Signals: those of the feedback; ``progress``; ``done``, 1 once the server reports success; where the goal is a place
    to stand at (``$target.approach``) ``distance_error`` and ``heading_error`` by the robot's own estimate.
    """

    def __init__(self, part: ActionPart, context: GuideContext, port: ActionPort) -> None:
        """Sends nothing yet.

        Args:
            part: The action.
            context: Arguments and settings.
            port: Reaches the servers.
        """
        self._part, self._context, self._port = part, context, port
        self._call: ActionCall | None = None
        self._velocity: Velocity = (0.0, 0.0, 0.0)
        self._heard = -math.inf
        self._farthest = 0.0
        self._stand: Pose2 | None = None

    def change(self, context: GuideContext) -> None:
        """See :class:`skill_stack.connector.guides.guide.Guide`; other arguments are another goal."""
        if context.arguments != self._context.arguments:
            self.close()
        self._context = context

    def close(self) -> None:
        """Cancels the goal; the next step sends it again."""
        if self._call is not None:
            self._call.cancel()
        self._call, self._heard, self._farthest, self._stand = None, -math.inf, 0.0, None

    def drive(self, velocity: Velocity, topic: str, now: float) -> bool:
        """Takes a velocity of the server; whether the topic is this action's.

        Args:
            velocity: The velocity that the server commands; followed while a goal is active.
            topic: Topic on which it arrived.
            now: Task time, s.
        """
        if self._part.base is None or topic != self._part.velocity:
            return False
        if self._call is not None:
            self._velocity, self._heard = velocity, now
        return True

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        if self._call is None:
            try:
                self._call = self._port.send(self._part, self._fill(self._part.goal, view))
            except GuideFailure:
                raise
            except SkillStackError as error:
                raise GuideFailure("the goal fits the action", str(error)) from error
        report = self._call.report()
        if report.state == "failed":
            raise GuideFailure(report.violated or SUCCEEDS, report.text)
        done = report.state == "succeeded"
        signals = {**report.signals, **self._errors(view.pose), DONE: float(done)}
        left = float(signals.get("remaining", 0.0))
        self._farthest = max(self._farthest, left)
        share = 1.0 - left / self._farthest if self._farthest else 0.0
        signals["progress"] = 1.0 if done else min(max(signals.get("progress", share), 0.0), 1.0)
        goals = {} if self._part.base is None else STILL if done else self._followed(view.now)
        near = tuple(value for value in self._context.arguments.values() if isinstance(value, str))
        return GuideStep(goals, signals, left, near, report.text)

    def _followed(self, now: float) -> dict[str, float]:
        """The newest velocity within the deployment's limits; none when it is older than a person's may be."""
        settings = self._context.settings
        if now - self._heard > settings.teleop_timeout:
            return STILL
        limits = {"vx": settings.speed, "vy": settings.speed, "wz": settings.turn_speed}
        wanted = zip(limits.items(), self._velocity, strict=True)
        return {name: min(max(value, -limit), limit) for (name, limit), value in wanted}

    def _errors(self, pose: Pose2) -> dict[str, float]:
        """How far from the place to stand at the robot is, m and rad."""
        if self._stand is None:
            return {}
        turn = abs(wrap_angle(self._stand.yaw - pose.yaw))
        return {"distance_error": pose.distance_to(self._stand.x, self._stand.y), "heading_error": turn}

    def _fill(self, value: Any, view: GuideView) -> Any:
        """Values of the goal with expressions replaced: one that is all of a text by its value, others by its text."""
        if isinstance(value, Mapping):
            return {key: self._fill(inner, view) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._fill(inner, view) for inner in value]
        if not isinstance(value, str):
            return value
        if whole := NAMED.fullmatch(value):
            return self._value(whole[1], whole[2] or "", view)
        return NAMED.sub(lambda found: _text(self._value(found[1], found[2] or "", view)), value)

    def _value(self, name: str, attribute: str, view: GuideView) -> Any:
        """What one expression stands for."""
        if name == HERE and name not in self._context.arguments:
            return _pose(view.pose, 0.0) if attribute == "pose" else getattr(view.pose, attribute)
        value = self._context.arguments[name]
        if attribute == "duration":
            seconds = float(value)
            return {"sec": int(seconds), "nanosec": int(seconds % 1.0 * 1e9)}
        if not attribute:
            return value
        if value not in view.scene.objects:
            raise GuideFailure("target is known", f"'{value}' is not in the scene")
        thing = view.scene.objects[str(value)]
        if attribute == "approach":
            self._stand = self._beside(thing, view.pose)
            return _pose(self._stand, 0.0)
        x, y, z = thing.position
        if attribute == "pose":
            return _pose(Pose2(x, y, thing.yaw), z)
        return {"x": x, "y": y, "z": z, "yaw": thing.yaw}[attribute]

    def _beside(self, thing: SceneObject, here: Pose2) -> Pose2:
        """Where the robot stands before an object, ``gap`` from its outline on its ``side`` in ``frame`` and facing it,
        where the skill has these arguments; a place is that itself.
        """
        x, y, _ = thing.position
        if thing.shape == "point":
            return Pose2(x, y, here.yaw if here.distance_to(x, y) < 1e-3 else math.atan2(y - here.y, x - here.x))
        given = self._context.arguments
        away = reach_of(thing) + self._context.footprint.front + float(given.get("gap", 0.0))
        side, outward = str(given.get("side", "any")), math.atan2(here.y - y, here.x - x)
        if side != "any":
            outward = side_direction(side, thing, Viewing(frame_of(given), here, said=True))
        dx, dy = math.cos(outward), math.sin(outward)
        return Pose2(x + away * dx, y + away * dy, math.atan2(-dy, -dx))


def _pose(pose: Pose2, z: float) -> dict[str, dict[str, float]]:
    """A pose in ``map`` by the names of geometry_msgs/Pose."""
    w, x, y, turn = (float(part) for part in from_yaw(pose.yaw))
    return {"position": {"x": pose.x, "y": pose.y, "z": z}, "orientation": {"x": x, "y": y, "z": turn, "w": w}}


def _text(value: Any) -> str:
    """A value within a text: numbers as they are, poses and times as JSON."""
    return json.dumps(value) if isinstance(value, dict) else f"{value:.6g}" if isinstance(value, float) else str(value)
