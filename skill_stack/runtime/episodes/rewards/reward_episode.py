"""One motion by reward terms in one world: plans in lock-step, judged on the simulation's truth by the same terms."""

from __future__ import annotations

import math
import time
import zlib
from dataclasses import dataclass

import numpy as np

from skill_stack.core.rewards.costs import RewardVerdict, judge
from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.evaluation.episode import Episode
from skill_stack.evaluation.reward_suite import MotionTask, PalmObject, PlanTimes, RewardSuite, RewardWorlds
from skill_stack.hardware.mujoco.mujoco_model import build_model
from skill_stack.motion.sampling.model_body import ModelBody, SetFrame
from skill_stack.motion.sampling.motion_plan import MotionPlan, StartState
from skill_stack.motion.sampling.planner import NoPlan, SamplingPlanner
from skill_stack.motion.sampling.settings import SamplingSettings, settings_for
from skill_stack.motion.sampling.stepped_robot import Model, SteppedRobot
from skill_stack.motion.words.motion_reader import MotionReader
from skill_stack.motion.words.motion_reading import MotionRefusal, SpokenBody

Array = np.ndarray
THING = "cube"
TIMESTEP = 0.0025
"""Physics step of the simulated robot, s: finer than the planner's."""
TICK = 0.02
"""Time between two joint targets, s, the step of plans."""
LOOK = 5
"""Control periods between two looks whether it is done."""
DROPPED = 0.04
"""How far an object in the hand may sink, m."""


@dataclass(frozen=True, slots=True)
class World:
    """One simulated robot.

    Attributes:
        model: Its model, which the planner does not see.
        planned: The planner's.
        thing: Name of the object; empty without one.
        latency: Of joint targets, s.
        drawn: What the seed drew, by name, SI.
    """

    model: Model
    planned: Model
    thing: str
    latency: float
    drawn: dict[str, float]


def draw_world(robot: RobotSpec, task: MotionTask, worlds: RewardWorlds, rng: np.random.Generator) -> World:
    """Draws one world.

    Args:
        robot: The robot.
        task: The motion.
        worlds: What worlds are like.
        rng: Of the seed.
    """
    ranges = worlds.randomisation
    names = ("friction", "added_mass", "motor_strength", "latency")
    plain = {"friction": 0.8, "added_mass": 0.0, "motor_strength": 1.0, "latency": 0.0}
    drawn = {name: float(rng.uniform(*(getattr(ranges, name) or (plain[name],) * 2))) for name in names}
    real: tuple[SceneObject, ...] = ()
    expected: tuple[SceneObject, ...] = ()
    if task.holding and worlds.object is not None:
        box = worlds.object
        drawn |= {
            "size": float(rng.uniform(*box.sizes)),
            "object_mass": float(rng.uniform(*box.mass)),
            "object_friction": float(rng.uniform(*box.friction)),
            "turned": float(rng.uniform(*box.turned)),
            "shift_x": float(rng.uniform(*box.shift)),
            "shift_y": float(rng.uniform(*box.shift)),
        }
        real = (_box(box, drawn["size"], drawn["object_mass"], drawn["object_friction"], drawn),)
        expected = (_box(box, box.size, 0.5 * sum(box.mass), 0.5 * sum(box.friction), {}),)
    start = Pose2(0.0, 0.0, 0.0)
    setup = SceneSetup(
        name=task.name, seed=0, start=start, objects=real, friction=drawn["friction"],
        added_mass=drawn["added_mass"], motor_strength=drawn["motor_strength"],
    )  # fmt: skip
    model = build_model(robot, setup, timestep=TIMESTEP, foot_kinematics=True)
    planned = build_model(
        robot, SceneSetup(name=task.name, seed=0, start=start, objects=expected), foot_kinematics=True
    )
    return World(model, planned, THING if real else "", drawn["latency"], drawn)


def _box(box: PalmObject, size: float, mass: float, friction: float, drawn: dict[str, float]) -> SceneObject:
    x, y, z = box.place
    return SceneObject(
        THING, THING, (x + drawn.get("shift_x", 0.0), y + drawn.get("shift_y", 0.0), z), shape="box",
        size=(size, size, size), movable=True, mass=mass, friction=friction, yaw=drawn.get("turned", 0.0),
    )  # fmt: skip


class RewardRun:
    """A simulated robot that follows plans.

    Attributes:
        body: The robot in its world's model.
        robot: The robot.
        plans: Plans made.
        reason: Why it ended early, or an empty string.
    """

    def __init__(
        self, robot: RobotSpec, world: World, worlds: RewardWorlds, settings: SamplingSettings, seed: int
    ) -> None:
        """Lets the robot settle in its stance.

        Args:
            robot: The robot.
            world: Its world.
            worlds: What worlds are like.
            settings: Of the planner.
            seed: Of the planner's samples.
        """
        pose = self._pose = robot.pose(worlds.pose)
        self.body = ModelBody(world.model, robot, worlds.pose, world.thing)
        expected = ModelBody(world.planned, robot, worlds.pose, world.thing)
        self._planner = SamplingPlanner(world.planned, expected, settings, np.random.default_rng(seed))
        data = self.body.posed(world.model, pose)
        self.robot = SteppedRobot(world.model, data, self.body.actuators, pose, TICK, world.latency)
        self.plans, self.reason, self._thing_height = 0, "", 0.0
        self._plans: list[MotionPlan] = []
        self._states: list[Array] = []
        self._sensors: list[Array] = []
        self._targets: list[Array] = []
        for _ in range(round(worlds.settle / TICK)):
            self.robot.tick(pose)

    def follow(self, asked: RewardSet, wanted: RewardSet, times: PlanTimes, keep: float) -> RewardVerdict:
        """Does what is asked for until it is done, has failed or time is up.

        Args:
            asked: What the planner is given.
            wanted: What it is judged by.
            times: When plans are made and come into force.
            keep: Time after success for which it goes on, s.
        """
        every, frame = max(1, round(times.again / TICK)), self._begin()
        last, after = math.ceil(wanted.success.within / TICK), round(keep / TICK)
        done, tick = False, 0
        while tick < last and not self.reason:
            now = TICK * tick
            if tick % every == 0 and not self._plan(now, asked, round(times.late / TICK)):
                break
            target = self._target(now)
            self.robot.tick(target)
            self._note(target)
            tick += 1
            if not done and (tick % LOOK == 0 or tick == last) and self._verdict(wanted, frame).reached:
                done, last = True, tick + after
        return self._verdict(wanted, frame)

    def _plan(self, now: float, asked: RewardSet, late: int) -> bool:
        """Makes a plan that begins some periods later, from the state that is expected by then; False without one."""
        start = self._state(now)
        if late:
            until = np.array([self._target(now + TICK * step) for step in range(late)])
            start = self._planner.predict(start, until, TICK)
        try:
            plan = self._planner.plan(start, asked)
        except NoPlan as error:
            self.reason = str(error)
            return False
        self._plans = [*self._plans[-late:], plan] if late else [plan]
        self.plans += 1
        return True

    def _target(self, now: float) -> Array:
        """Joint targets of the newest plan that has begun, rad; the stance before the first."""
        begun = [plan for plan in self._plans if plan.start <= now + 1e-6]
        return begun[-1].at(now) if begun else self._pose

    def _state(self, now: float) -> StartState:
        return self.body.start(now, self.robot.data.qpos, self.robot.data.qvel)

    def _begin(self) -> SetFrame:
        start = self._state(0.0)
        self._planner.begin(start)
        self._thing_height = 0.0 if start.thing is None else float(start.thing[2])
        return self.body.frame(start)

    def _note(self, target: Array) -> None:
        state, sensors = self.robot.look()
        self._states.append(state)
        self._sensors.append(sensors)
        self._targets.append(target)
        self.reason = self._lost()

    @property
    def simulated(self) -> float:
        """Time since the request, s."""
        return TICK * len(self._states)

    def _lost(self) -> str:
        """Why nothing can come of it any more, or an empty string."""
        now, robot = self._state(0.0), self.body.robot
        if not now.finite:
            return "the simulation diverged"
        if now.thing is not None:
            fell = self._thing_height - float(now.thing[2]) > DROPPED
            return "the object fell" if fell else ""
        upright = 1.0 - 2.0 * float(now.orientation[1] ** 2 + now.orientation[2] ** 2)
        return "it fell" if robot.feet and upright < math.cos(robot.safety.tilt) else ""

    def _verdict(self, rewards: RewardSet, frame: SetFrame) -> RewardVerdict:
        states, sensors, targets = (np.array(each) for each in (self._states, self._sensors, self._targets))
        return judge(rewards, self.body.motion(states, sensors, targets, TICK, frame), self.body.layout)


def read_words(robot: RobotSpec, task: MotionTask) -> RewardSet | str:
    """What the words of a task are read as, or why they are not.

    Args:
        robot: The task's robot.
        task: The motion.
    """
    feet = tuple(foot.name for foot in robot.feet)
    body = SpokenBody(feet, () if feet else tuple(robot.fingertips), robot.stand_height, task.holding)
    read = MotionReader(body).read(task.words)
    if isinstance(read, MotionRefusal):
        return read.reason
    return "they ask for no motion" if read is None else read


def run_reward_task(
    robot: RobotSpec, suite: RewardSuite, task: MotionTask, seed: int, settings: SamplingSettings | None = None
) -> Episode:
    """Runs one motion in the world of a seed.

    Args:
        robot: The task's robot.
        suite: Its suite.
        task: The motion.
        seed: Of the world and of the planner's samples.
        settings: Of the planner; None: those that it has for such a robot.
    """
    began, rng = time.perf_counter(), np.random.default_rng([seed, zlib.crc32(task.name.encode())])
    worlds = suite.worlds[task.robot]
    world = draw_world(robot, task, worlds, rng)
    run = RewardRun(robot, world, worlds, settings or settings_for(bool(robot.feet)), seed)
    asked = read_words(robot, task)
    if not isinstance(asked, RewardSet):
        return Episode(task.name, seed, False, "failed", f"words: {asked}", world=world.drawn)
    verdict = run.follow(asked, task.rewards, suite.plans, suite.keep)
    passed = verdict.reached and not run.reason
    far = ", ".join(f"{label} {off:.3g} off" for label, off in verdict.nearest.items())
    reason = "" if passed else run.reason or f"not within {task.rewards.success.within:g} s: at best {far}"
    return Episode(
        task.name, seed, passed, "succeeded" if passed else "failed", reason,
        measured={**verdict.nearest, "held": verdict.held, "kept": verdict.kept, "plans": float(run.plans)}
        | ({"at": verdict.at} if verdict.reached else {}),
        seconds=time.perf_counter() - began, simulated_seconds=run.simulated, world=world.drawn,
    )  # fmt: skip
