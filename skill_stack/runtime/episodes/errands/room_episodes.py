"""Episodes of walks through rooms whose doors close and open, in one process, judged on the truth."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.resources import Resources
from skill_stack.core.setpoint import SkillStatus
from skill_stack.core.world.scene import Pose2
from skill_stack.core.world.scene_file import set_up
from skill_stack.evaluation.scenes.changing_rooms import AWAY, Change, ChangingRooms, changing_rooms
from skill_stack.evaluation.scores.room_score import RoomScore
from skill_stack.hardware.mujoco.object_mover import move_object
from skill_stack.planner.planner import Planner
from skill_stack.runtime.episodes.errands.robot_episodes import SETTLED, RobotEpisodes, judge_arrival
from skill_stack.runtime.line.sighted_line import SightedLine

WORDS = "go to the red ball"
AT, LEFT = 0.9, 1.4
"""Distance to a closed door from which a robot is at it, and from which it has left it, m."""
STEP = 0.05
"""Least distance between points over which a path is measured, m: a body sways."""


class RoomLine(SightedLine):
    """A line in rooms that change.

    Attributes:
        knows: Whether its map is told every change at once, in place of what a floor sensor shows.
        visits: How often it came to each door while that stayed closed.
    """

    hides = True
    knows = False
    visits: dict[str, int]
    _rooms: ChangingRooms | None = None

    def prepare(self, rooms: ChangingRooms, knows: bool) -> None:
        """Stands up; leaves of open doors are not in the map.

        Args:
            rooms: What changes.
            knows: See the attribute.
        """
        self._shut, self._left, self._at = set(rooms.closed), list(rooms.changes), ""
        self.knows, self.visits = knows, {}
        everything, opened = self.scene.objects, rooms.doors.keys() - self._shut
        self.wake({name: thing for name, thing in everything.items() if name not in opened}, everything, rooms.seed)
        self._rooms = rooms

    def step(self) -> SkillStatus:
        """One control period, with what changes when it is due."""
        if self._rooms is not None:
            place = (float(self.device.truth().position[0]), float(self.device.truth().position[1]))
            away = {name: math.dist(spot, place) for name, spot in self._rooms.doors.items()}
            if self._left and away[self._left[0].door] <= self._left[0].near:
                self._change_doors(self._rooms, self._left.pop(0))
            self._visit(away)
        return super().step()

    def _change_doors(self, rooms: ChangingRooms, change: Change) -> None:
        """Closes and opens doors in the world, and in the map of a robot that knows."""
        for number, (name, spot) in enumerate(rooms.doors.items()):
            if name in (*change.closes, *change.opens):
                move_object(self.device, name, spot if name in change.closes else (AWAY, 3.0 * number))
        self._shut = (self._shut | set(change.closes)) - set(change.opens)
        for name in change.opens:
            self.visits.pop(name, None)
        if self.knows:
            there = {name: thing for name, thing in self.scene.objects.items() if name not in rooms.doors}
            for name in self._shut:
                leaf = self.everything[name]
                there[name] = replace(leaf, position=(*rooms.doors[name], leaf.position[2]))
            self._map(there)

    def _visit(self, away: dict[str, float]) -> None:
        """Counts when it comes to a closed door."""
        if self._at and away[self._at] > LEFT:
            self._at = ""
        near = next((name for name in self._shut if away[name] < AT), "")
        if near and not self._at:
            self._at = near
            self.visits[near] = self.visits.get(near, 0) + 1

    def _look_at_floor(self, here: Pose2) -> None:
        if not self.knows:
            super()._look_at_floor(here)

    def length(self) -> float:
        """Length of the true path, m."""
        points = [self.truths[0].position[:2]]
        for truth in self.truths:
            if math.dist(truth.position[:2], points[-1]) >= STEP:
                points.append(truth.position[:2])
        return sum(math.dist(a, b) for a, b in pairwise(points))


class RoomEpisodes(RobotEpisodes):
    """Runs walks, each in its own world, and again with the true map."""

    def __init__(self, resources: Resources, robot: str) -> None:
        """See :class:`skill_stack.runtime.episodes.errands.robot_episodes.RobotEpisodes`."""
        super().__init__(resources, robot)
        self._planner, self._settings = Planner(self._library), ConnectorSettings()

    def score(self, seed: int) -> RoomScore:
        """Runs and judges the walk of a seed."""
        rooms = changing_rooms(seed)
        line, reason = self._walked(rooms, knows=False)
        known, failed = self._walked(rooms, knows=True)
        retried = sum(count - 1 for count in line.visits.values())
        return RoomScore(seed, WORDS, rooms.kind, not reason, retried, round(line.length(), 2),
                         0.0 if failed else round(known.length(), 2), reason, round(line.now, 2))  # fmt: skip

    def _walked(self, rooms: ChangingRooms, knows: bool) -> tuple[RoomLine, str]:
        """The line after a walk, and what was wrong."""
        line = RoomLine(self._robot, self._library, set_up(rooms.file, rooms.seed), self._settings, self._planner)
        line.prepare(rooms, knows)
        result = line.run(WORDS)
        line.idle(SETTLED)
        if any(truth.fallen for truth in line.truths):
            return line, "it fell"
        verdict = judge_arrival(line.truths, line.everything[rooms.target])
        said = "" if result.outcome == "succeeded" else f"; the robot said: {result.reason}"
        return line, "" if verdict.passed else f"not at the target: {verdict.reason}{said}"
