"""Guide ``pushing``: pushes an object with the chest along a straight line to a place."""

from __future__ import annotations

import math

import numpy as np

from skill_stack.connector.guides.gait import style_of
from skill_stack.connector.guides.guide import GuideContext, GuideFailure, GuideStep, GuideView, TargetMemory
from skill_stack.connector.guides.waypoints import Waypoints
from skill_stack.connector.paths.distance_field import SEEN
from skill_stack.connector.paths.object_outline import depth_along
from skill_stack.connector.paths.steering import hold_heading, speed_for, turn_for
from skill_stack.core.rotation import wrap_angle
from skill_stack.core.spatial.relations import is_body
from skill_stack.core.world.occupancy_grid import FREE_UP_TO
from skill_stack.core.world.scene import Pose2, SceneObject

RUN_UP = 0.2  # m between chest and object where the push begins
_ARRIVED = 0.25  # m around that point from where on heading and place are corrected together
_REST, _REST_TURN = 0.04, 0.06  # m, rad
_SIDESTEP_RATE, _FASTEST_SIDESTEP = 1.5, 0.2  # 1/s, m/s
OFF = 0.3  # m beside the line from which on the object is no longer in front of the chest
_SPEED = 0.3  # m/s
_THROUGH = 0.4  # m by which the chest would be within an object that is seen to stay
_MOVES = 0.5  # share of the way by which an object that moves came nearer to its end; the rest is slip of the feet
_CLOSE, _GONE = 0.12, 1.0  # m before the chest at which a thing was seen, so that it must be seen later; s without
_PLACES = 9  # before the chest where the floor is looked at, as far as the object reaches
_ROOM = 0.4  # m that stay free between what is pushed and a person or robot; it stops within 0.2 m
LOOK = 0.5  # s of pushing after which a look tells whether the object moves


class PushingGuide:
    """Pushes ``target`` to ``place``, a place or up to another object. Signal: ``distance_error``, remaining m of
    pushing.

    The object is at its pose in the map until the chest reaches it; from then on it moves with the chest. An object
    that slips off to the side is lost until a camera detects it again.

    Settings: ``push_speed`` (m/s), ``ease`` (1/s), speed per way that is left as it slows down towards the end,
    ``slip``, the share of the way that odometry counts although the feet slipped it away, ``reach`` (m), by how much
    the chest of a robot in its pushing gait is behind the front of one that stands, ``end_height`` (m), to which it
    rises once it has arrived, and what else makes the gait, see
    :class:`skill_stack.connector.guides.gait.GaitGuide`.
    """

    def __init__(self, context: GuideContext) -> None:
        """Takes the arguments ``target`` and ``place``."""
        self._line: Pose2 | None = None
        self._since: float | None = None
        self._shows, self._wide = False, 0.0
        self._names = ("", "")
        self.change(context)

    def change(self, context: GuideContext) -> None:
        """See :class:`skill_stack.connector.guides.guide.Guide`; another target or end is a new line."""
        names = str(context.arguments["target"]), str(context.arguments.get("place", ""))
        if names != self._names:
            self._names, self._line = names, None
        self._context, self._settings = context, context.settings
        numbers = context.numbers
        self._speed, self._style = numbers.get("push_speed", _SPEED), style_of(numbers)
        self._ease = numbers.get("ease", math.inf)
        self._slip, self._reach = numbers.get("slip", 0.0), numbers.get("reach", 0.0)
        self._upright = {"height": numbers["end_height"]} if "end_height" in numbers else {}

    def step(self, view: GuideView) -> GuideStep:
        """See :class:`skill_stack.connector.guides.guide.Guide`."""
        if self._line is None:
            self._plan(view)
        assert self._line is not None
        ahead, aside = self._line.local(view.pose.x, view.pose.y)
        turn = wrap_angle(self._line.yaw - view.pose.yaw)
        left = max(0.0, self._length - ahead)
        if not self._behind:
            return self._get_behind(view, left, turn)
        if left > 0.0 and abs(aside) > self._astray:
            raise GuideFailure("object is in front", f"'{self._names[0]}' has slipped away to the side")
        if left > 0.0:
            self._watch(view, ahead)
            self._spare(view, ahead, left)
        # What glides goes on when the robot stops, the further the faster it was.
        speed = min(self._speed, max(self._settings.creep_speed, self._ease * left)) if left > 0.0 else 0.0
        return self._push(speed, aside, turn, left)

    def _watch(self, view: GuideView, ahead: float) -> None:
        """Compares where the object is seen with where the chest would have pushed it.

        Raises:
            GuideFailure: It has slipped aside, or stays where it is.
        """
        assert self._line is not None
        self._since = view.now if self._since is None else self._since
        seen = view.scene.objects.get(self._names[0])
        if seen is None:  # who looks does not see it where the chest pushes
            raise GuideFailure("object is in front", f"'{self._names[0]}' is no longer in front of me")
        if seen.last_seen < self._since:
            return  # a map that nobody looks at tells nothing
        if self._gone(view, seen, ahead):
            raise GuideFailure("object is in front", f"'{seen.id}' is no longer in front of me")
        there, aside = self._line.local(*seen.position[:2])
        if abs(aside) > OFF:
            raise GuideFailure("object is in front", f"'{seen.id}' has slipped away to the side")
        end = view.scene.objects.get(self._names[1])
        behind = (1.0 - self._slip) * ahead - self._reach + self._context.footprint.front - (there - self._depth)
        if end is not None and end.last_seen > self._since + LOOK:  # seen in the same view: no drift between them
            should = self._pushed - (1.0 - self._slip) * (self._length - ahead)
            moved = self._distance - math.dist(seen.position[:2], end.position[:2])
            behind = max(behind, should - moved) if moved < _MOVES * should else behind
        # A look from before it was lost from sight does not tell that it stays: it may be elsewhere since.
        if seen.last_seen > self._since + LOOK and behind > _THROUGH and not self._missed(view, seen, LOOK):
            raise GuideFailure("object gives way", f"'{seen.id}' stays where it is although I push")

    def _spare(self, view: GuideView, ahead: float, left: float) -> None:
        """Raises GuideFailure where the object would come to a person or robot before its end."""
        assert self._line is not None
        front = ahead + self._context.footprint.front - self._reach + 2.0 * self._depth
        for body in (one for one in view.scene.objects.values() if is_body(one) and one.id not in self._names):
            there, aside = self._line.local(*body.position[:2])
            between = abs(aside) < self._wide + body.radius and there > ahead
            if between and there - body.radius - front < min(_ROOM, left):
                raise GuideFailure("way is free", f"'{body.id}' is in the way of '{self._names[0]}'")

    def _gone(self, view: GuideView, seen: SceneObject, ahead: float) -> bool:
        """Whether the object, which was seen before the chest, is seen no more while other things are."""
        gap = RUN_UP + self._reach - (1.0 - self._slip) * ahead
        self._shows = self._shows or (gap < _CLOSE and seen.last_seen > view.now - LOOK)
        return self._missed(view, seen, _GONE)

    def _missed(self, view: GuideView, seen: SceneObject, seconds: float) -> bool:
        """Whether what was seen before the chest is not seen there for a time, s, in which other things are."""
        newest = max(one.last_seen for one in view.scene.objects.values())
        return self._shows and newest > seen.last_seen + seconds and not self._meets(view)

    def _meets(self, view: GuideView) -> bool:
        """Whether the floor before the chest is seen taken: a camera knows no thing again that is too near to it."""
        if (field := view.outlines.field) is None:
            return False
        x, y, yaw = view.pose.x, view.pose.y, view.pose.yaw
        away = self._context.footprint.front - self._reach + np.linspace(0.0, 2.0 * self._depth, _PLACES)
        before = np.stack([x + away * math.cos(yaw), y + away * math.sin(yaw)], axis=-1)
        return bool((field.grid.at(before) > FREE_UP_TO).any())

    def _plan(self, view: GuideView) -> None:
        """The line of the base: from behind the object to its final position."""
        thing, end = (TargetMemory(name, 0.0).find(view) for name in self._names)
        if thing.shape == "point":
            raise GuideFailure("target can be pushed", f"'{thing.id}' is a place, not an object")
        (x, y, _), (goal_x, goal_y, _) = thing.position, end.position
        way = math.hypot(goal_x - x, goal_y - y)
        yaw = math.atan2(goal_y - y, goal_x - x) if way > 1e-3 else view.pose.yaw
        self._depth = depth_along(thing, yaw)
        away = self._context.footprint.front + self._depth
        back = away + RUN_UP
        # What has an extent is reached where the two touch.
        beside = 0.0 if end.shape == "point" else depth_along(end, yaw) + depth_along(thing, yaw + math.pi)
        self._distance, self._pushed = way, max(0.0, way - beside)
        self._length = RUN_UP + self._reach + self._pushed / (1.0 - self._slip)
        self._wide = depth_along(thing, yaw + math.pi / 2)
        self._begin(Pose2(x - back * math.cos(yaw), y - back * math.sin(yaw), yaw), self._depth)

    def _begin(self, line: Pose2, depth: float, astray: float = OFF) -> None:
        """Begins a line, behind an object that reaches a depth against it, m, and the way aside that is too far, m."""
        self._line, self._depth, self._astray = line, depth, astray
        self._behind, self._near, self._since = False, False, None
        self._shows = False
        self._way = Waypoints(self._context, [(line.x, line.y)])

    def _get_behind(self, view: GuideView, left: float, turn: float) -> GuideStep:
        """Walks to the start of the line, then exactly onto it and along it."""
        assert self._line is not None
        here = (view.pose.x, view.pose.y)
        off = math.dist(here, (self._line.x, self._line.y))
        self._near = off < (2 * _ARRIVED if self._near else _ARRIVED)
        if not self._near:
            signals = {"distance_error": left + off, "remaining": left + off}
            goals = self._style | self._way.follow(view)
            return GuideStep(goals, signals, left + off + abs(turn), path=self._way.path)
        ahead, aside = self._line.local(view.pose.x, view.pose.y)
        if abs(aside) < _REST and abs(turn) < _REST_TURN:
            self._behind = True
        return self._act(speed_for(-ahead, self._settings, _REST, True), aside, turn, left + abs(turn) + abs(aside))

    def _act(self, speed: float, aside: float, turn: float, left: float) -> GuideStep:
        """Walks along the line at a speed, corrected back onto it and aligned with it."""
        across = speed_for(-aside, self._settings, _REST / 2, True, 1.0)
        return self._move(speed, across, turn_for(turn, self._settings, _REST_TURN / 2, True), turn, left)

    def _push(self, speed: float, aside: float, turn: float, left: float) -> GuideStep:
        """Pushes along the line, steering gently: alternating yaw at the slowest rate loses the object."""
        across = max(-_FASTEST_SIDESTEP, min(_FASTEST_SIDESTEP, -_SIDESTEP_RATE * aside))
        return self._move(speed, across, hold_heading(turn, self._settings), turn, left)

    def _move(self, speed: float, across: float, wz: float, turn: float, left: float) -> GuideStep:
        """Moves along and across the line at speeds, m/s; stands at the end."""
        vx = speed * math.cos(turn) - across * math.sin(turn)
        vy = speed * math.sin(turn) + across * math.cos(turn)
        still = left <= 0.0
        goals = {"vx": 0.0, "vy": 0.0, "wz": 0.0, **self._upright} if still else {"vx": vx, "vy": vy, "wz": wz}
        signals = {"distance_error": left, "remaining": left}
        # A grid sees the object where it has been pushed to, which is not where the map says.
        load = 2 * self._depth if self._behind and not still else 0.0
        return GuideStep(self._style | goals, signals, left, (self._names[0], SEEN), load=load)
