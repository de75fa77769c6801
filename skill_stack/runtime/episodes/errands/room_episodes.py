"""Episodes of walks through rooms whose doors close and open, in one process, judged on the truth."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.resources import Resources
from skill_stack.core.setpoint import SkillStatus
from skill_stack.core.shared_memory.truth_channel import Truth
from skill_stack.core.world.scene import Pose2
from skill_stack.core.world.scene_file import set_up
from skill_stack.evaluation.scenes.changing_rooms import ChangingRooms, DoorWatch, Spot, changing_rooms
from skill_stack.evaluation.scores.room_score import RoomScore
from skill_stack.hardware.mujoco.object_mover import move_object
from skill_stack.planner.planner import Planner
from skill_stack.runtime.episodes.errands.robot_episodes import SETTLED, RobotEpisodes, judge_arrival
from skill_stack.runtime.line.sighted_line import SightedLine

WORDS = "go to the red ball"
STEP = 0.05
"""Least distance between points over which a path is measured, m: a body sways."""


class RoomLine(SightedLine):
    """A line in rooms that change.

    Attributes:
        knows: Whether its map is told every change at once, in place of what a floor sensor shows.
        doors: What changes; None before.
    """

    hides = True
    knows = False
    doors: DoorWatch | None = None

    def prepare(self, rooms: ChangingRooms, knows: bool) -> None:
        """Stands up; leaves of open doors are not in the map.

        Args:
            rooms: What changes.
            knows: See the attribute.
        """
        self.knows = knows
        everything, opened = self.scene.objects, rooms.doors.keys() - set(rooms.closed)
        self.wake({name: thing for name, thing in everything.items() if name not in opened}, everything, rooms.seed)
        self.doors = DoorWatch(rooms)

    def step(self) -> SkillStatus:
        """One control period, with what changes when it is due."""
        if self.doors is not None:
            place = self.device.truth().position
            self._move_leaves(self.doors, self.doors.take((float(place[0]), float(place[1]))))
        return super().step()

    def _move_leaves(self, doors: DoorWatch, moved: Mapping[str, Spot]) -> None:
        """Closes and opens doors in the world, and in the map of a robot that knows."""
        for name, spot in moved.items():
            move_object(self.device, name, spot)
        if self.knows and moved:
            there = {name: thing for name, thing in self.scene.objects.items() if name not in moved}
            for name in doors.shut & moved.keys():
                leaf = self.everything[name]
                there[name] = replace(leaf, position=(*moved[name], leaf.position[2]))
            self._map(there)

    def _look_at_floor(self, here: Pose2) -> None:
        if not self.knows:
            super()._look_at_floor(here)


def length_of(way: Sequence[Truth]) -> float:
    """Length of a true path, m."""
    points = [way[0].position[:2]]
    for truth in way:
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
        retried = line.doors.retried if line.doors is not None else 0
        return RoomScore(seed, WORDS, rooms.kind, not reason, retried, round(length_of(line.truths), 2),
                         0.0 if failed else round(length_of(known.truths), 2), reason, round(line.now, 2))  # fmt: skip

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
