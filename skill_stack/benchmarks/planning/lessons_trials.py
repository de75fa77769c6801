"""Trials of one scene in the simulated world, and what the robot does with what it learnt there and elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skill_stack.benchmarks.planning.lessons_devices import DoorLock
from skill_stack.benchmarks.planning.lessons_scene import CONE, LessonFloor, LessonScene, lesson_floor
from skill_stack.connector.paths.object_outline import outline_distance
from skill_stack.core.instruction import Instruction
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import SkillStatus
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.core.world.world_facts import OPEN_ANGLE
from skill_stack.hardware.mujoco.object_mover import true_place
from skill_stack.language import Knowledge, Lexicon, load_lexicon
from skill_stack.planner.memory.experience import Experience
from skill_stack.planner.memory.lessons import Lessons
from skill_stack.planner.memory.rule import LearntRule
from skill_stack.planner.planner import Planner
from skill_stack.runtime.episodes.scoring import FACING, pose_of
from skill_stack.runtime.episodes.told_task import told_task
from skill_stack.runtime.line.sighted_line import SightedLine

ROBOT = "go2"
DAY = 86400.0
"""Wall time between two trials, s."""
AT = 1.0
"""Distance of the base from a thing's outline within which the robot is at it, m: a gap of 0.6 m may be chosen."""
DELIVERED = 0.55
"""Distance of a load from the cone within which it is there, m."""
UPRIGHT = 0.8
"""Height of a load's centre, relative to when it stands, from which on it stands."""
LAST = 25
"""Control ticks at the end over which the place is judged."""


@dataclass(frozen=True, slots=True)
class LessonSeries:
    """What came of one scene with one seed.

    Attributes:
        scene: The scene.
        seed: The seed.
        before: Whether the instruction was done before anything was learnt.
        after: The same after the trials, with the same things.
        carried: The same with other things of the same kinds on another floor.
        carried_bare: The same there without what was learnt.
        trials: For each trial whether the robot took it for a success.
        rules: What was learnt, without what is only tried.
        troubles: Causes by thing or kind.
    """

    scene: LessonScene
    seed: int
    before: bool
    after: bool
    carried: bool
    carried_bare: bool
    trials: tuple[bool, ...]
    rules: tuple[LearntRule, ...]
    troubles: tuple[str, ...]


class LessonTrials:
    """Runs scenes; what all share is loaded once."""

    def __init__(self, resources: Resources) -> None:
        """Loads the robot.

        Raises:
            SkillStackError: A file is missing or wrong.
        """
        self._robot: RobotSpec = load_robot(resources.robot(ROBOT), resources)
        self._library: SkillLibrary = load_library(resources, self._robot)
        self._lexicon: Lexicon = load_lexicon()
        self._plain = self._planner(self._library)

    def series(self, scene: LessonScene, seed: int) -> LessonSeries:
        """Judges the instruction, lets the robot learn from the trials, and judges it again, here and elsewhere."""
        here, there = (lesson_floor(scene, seed, number) for number in (0, 1))
        done, memory, lessons, planner = list[bool](), list[Experience](), Lessons(), self._plain
        for number, text in enumerate(scene.trials):
            _, task = self._run(here, planner, text, (seed, number), DAY * (number + 1))
            done.append(task.outcome == "succeeded")
            memory.append(task)
            lessons = Lessons.from_experiences(memory, self._library)
            planner = self._planner(lessons.apply(self._library))
        judged = ((here, self._plain), (here, planner), (there, planner), (there, self._plain))
        before, after, carried, bare = (
            self._run(floor, one, scene.words, (seed, 90 + n), 0.0)[0] for n, (floor, one) in enumerate(judged)
        )
        troubles = tuple(f"{one.thing or one.kind}: {one.cause}" for one in lessons.troubles)
        return LessonSeries(scene, seed, before, after, carried, bare, tuple(done), lessons.claimed, troubles)

    def _planner(self, library: SkillLibrary) -> Planner:
        return Planner(library, self._lexicon, Knowledge.load([]))

    def _run(
        self, floor: LessonFloor, planner: Planner, text: str, seed: tuple[int, int], wall: float
    ) -> tuple[bool, Experience]:
        """One instruction: whether it was done, by truth, and the task as the robot remembers it."""
        world = floor.world(np.random.default_rng([31, *seed]))
        line = LockedLine(self._robot, self._library, world, planner=planner)
        if floor.scene.device is not None:
            feet = tuple(foot.name for foot in self._robot.feet)
            plate = floor.known.objects[floor.scene.device.unlocks]
            line.lock = DoorLock(line.device, floor.scene.device, floor.thing, plate, feet)
        line.wake(floor.known.objects, floor.known.objects, world.seed)
        words = floor.words(text)
        plan = planner.plan(Instruction(words, "bench", line.now), line.scene, line.facts())
        result = line.run_plan(plan) if plan.tree is not None else line.run(words)
        task = told_task(line, result, planner, self._library, line.before, wall)
        line.idle(0.5)
        judge = _delivered if floor.scene.pushes else _at_it if floor.scene.device is None else _opened
        there = judge(line, floor)
        return result.outcome == "succeeded" and there and not any(one.fallen for one in line.truths), task


class LockedLine(SightedLine):
    """A line in a world with a locked door.

    Attributes:
        lock: Its lock, or None.
    """

    lock: DoorLock | None = None

    def step(self) -> SkillStatus:
        """One control period of the robot and of the device."""
        if self.lock is not None:
            self.lock.step(self.now)
        return super().step()


def _opened(line: SightedLine, floor: LessonFloor) -> bool:
    """Whether the door with the rule is open."""
    return true_place(line.device, floor.thing).opened >= OPEN_ANGLE


def _at_it(line: SightedLine, floor: LessonFloor) -> bool:
    """Whether the robot stands at the thing and faces it."""
    poses = [pose_of(truth) for truth in line.truths[-LAST:]]
    near = all(outline_distance(floor.thing, pose.x, pose.y) <= AT for pose in poses)
    return near and all(abs(pose.bearing_to(*floor.thing.position[:2])) <= FACING for pose in poses)


def _delivered(line: SightedLine, floor: LessonFloor) -> bool:
    """Whether a load stands at the cone."""
    goal = floor.known.objects[CONE].position
    for load in (floor.thing, floor.usual):
        x, y, z = (float(value) for value in line.device.data.geom(load.id).xpos)
        if np.hypot(x - goal[0], y - goal[1]) <= DELIVERED and z >= UPRIGHT * load.size[2] / 2:
            return True
    return False
