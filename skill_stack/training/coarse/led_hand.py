"""A person's fingers lead a hand that holds a cube, through planner, connector, controllers and safety layer."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from skill_stack.connector.retargeting.hand_shape import HandShape
from skill_stack.connector.retargeting.shared_space import shared_space
from skill_stack.core.errors import SkillStackError
from skill_stack.core.instruction import Instruction
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.setpoint import SkillRequest
from skill_stack.core.skills.skill import GoalParameter
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.planner.planner import Planner
from skill_stack.runtime.episodes.gesture_episode import GRAVITY
from skill_stack.runtime.episodes.grasp_episode import THING
from skill_stack.runtime.episodes.hand_truth import HandTruth
from skill_stack.runtime.line.parts_line import PartsLine
from skill_stack.teleop.goal_lead import FollowedGoal, GoalLead, posture_goal
from skill_stack.training.coarse.meant import meant_motions
from skill_stack.training.coarse.person import REST, Persons, coordinates
from skill_stack.training.coarse.pooled import sums_of
from skill_stack.training.coarse.suite import CoarseLineSuite

Array = np.ndarray
DT = 0.05
"""Time between two looks at the person, s; every other one is told."""
RAW = "joints"
"""What follows where the joints that are told are the targets."""
BASE = "grip"
"""Skill of a hand that moves joints to goal values."""
BOWL = "make a bowl with your hand"
"""Sentence by which the hand closes around the cube."""
OPEN = "open your hand"
"""Sentence by which it lets it go again."""
SETTLE, TRIES, LIES = 0.5, 8, 0.055
"""Time after each step, s; how often a cube is put in, and how far from its place it may lie then, m."""


def with_raw(library: SkillLibrary, robot: RobotSpec) -> SkillLibrary:
    """The skills, with one that takes joint angles as they are told, at the joints' own speed and stiffness."""
    goal = tuple(
        GoalParameter(name=one.name, type="number", unit="rad", lower=one.lower, upper=one.upper, description="angle")
        for one in robot.joints
    )
    spec = library[BASE]
    assert spec.servo is not None, "what grips is a servo"
    return library.changed(
        BASE, goal=goal, servo=spec.servo.model_copy(update={"follow": DT, "speed": 1.0, "stiffness": 1.0})
    )


class LedHand:
    """One hand, its cube and a person, in one process.

    The person sees nothing, and nothing but the judge reads the simulation's truth.

    Attributes:
        line: The hand.
        lead: What passes the person's fingers on, as the client of a running stack does.
        ended: Why requests ended or were refused.
    """

    def __init__(self, shared: LedHands, who: str, seed: int) -> None:
        """Draws world and person.

        Args:
            shared: What all hands share.
            who: :data:`RAW`, or the skill that takes coordinates.
            seed: Of all chance; the same world and person for whoever follows.
        """
        robot, meant, suite = shared.robot, shared.meant, shared.suite
        self._rng, self._meant, self._who, self._dial = np.random.default_rng(seed), meant, who, suite.dial
        self._robot, self._planner = robot, shared.planner
        self._library = shared.raw if who == RAW else shared.library
        self.line = PartsLine(robot, self._library, self._world(suite, seed))
        self._truth = HandTruth(self.line, THING)
        away, around = self._rng.uniform(0.0, meant.settings.objects.tilt), self._rng.uniform(-math.pi, math.pi)
        up = (math.cos(away), math.sin(away) * math.cos(around), math.sin(away) * math.sin(around))
        self.line.device.model.opt.gravity[:] = -GRAVITY * (self._truth.rotation @ up)
        self.people = Persons(meant.settings.judged, meant.gaits, meant.clocks, 1, DT, np.random.default_rng([seed, 1]))
        self.ended: list[str] = []
        self.lead = GoalLead("person", self._start, self._change, lambda: self.line.now, self.ended.append)
        self._shape, self._space, self._bowl = shared.shape, shared.space, robot.pose("cradle")
        self._fingers: list[tuple[Array, Array]] = []
        self._slides: list[tuple[Array, Array]] = []
        self._began, self._ticks = np.zeros(2), 0

    def _world(self, suite: CoarseLineSuite, seed: int) -> SceneSetup:
        objects, rng = self._meant.settings.objects, self._rng
        across = float(rng.uniform(*objects.shapes[0].across))
        cube = SceneObject(
            THING, THING, (0.0, 0.0, 1.0), shape="box", size=(across,) * 3, movable=True,
            mass=float(rng.uniform(*objects.mass)), friction=float(rng.uniform(*objects.friction)),
        )  # fmt: skip
        return SceneSetup(
            name=suite.name, seed=seed, start=Pose2(0.0, 0.0, 0.0), objects=(cube,),
            noise=float(rng.uniform(*suite.noise)), latency=float(rng.uniform(*suite.latency)),
            motor_strength=float(rng.uniform(*suite.motor_strength)),
        )  # fmt: skip

    def put_in(self) -> bool:
        """Lets the cube go over the open hand, which closes to a bowl; whether it lies there."""
        objects, rng = self._meant.settings.objects, self._rng
        for attempt in range(TRIES):
            if attempt:
                self.say(OPEN)
            across = rng.uniform(-objects.shift, objects.shift, 2)
            angle = float(rng.uniform(-objects.turned, objects.turned)) + 0.5 * math.pi * int(rng.integers(4))
            self._truth.lay(np.add(objects.place, (0.0, *across)), angle)
            self.line.idle(SETTLE)
            self.say(BOWL)
            self.line.idle(SETTLE)
            if float(np.linalg.norm(self._truth.held() - objects.place)) <= LIES:
                return True
        return False

    def say(self, words: str) -> None:
        """Carries out a sentence."""
        line = self.line
        line.run_plan(self._planner.plan(Instruction(words, "person", line.now), line.scene, frozenset()))

    def follow(self, cap: float) -> float:
        """The person leads the hand until the cube is lost, or until the cap, s; for how long it was kept, s."""
        begun, begin = self.line.now, self._truth.held()
        self._began, lost, due = begin[1:], self._meant.settings.strayed, begun
        while self.line.now < begun + cap - 1e-9:
            if self.line.now >= due - 1e-9:
                due += DT
                self._look()
            self.line.step()
            for outcome in self.line.news():
                self.lead.ended(outcome)
            if float(np.linalg.norm(self._truth.held() - begin)) > lost:
                return self.line.now - begun
        return cap

    def _look(self) -> None:
        """Notes what is meant and what is done, and hears the person; every other time that is passed on."""
        people, meant = self.people, int(self.people.meant[0])
        at = np.array([self._truth.flexion((name,)) for name in self._robot.joint_names])
        self._fingers.append((people.shown[0].copy(), at - self._bowl))
        people.step()
        if people.meant[0] != meant:
            place, towards = self._truth.held()[1:], self._meant.towards[meant]
            if meant != REST and towards.any():
                self._slides.append((towards, place - self._began))
            self._began = place
        self._ticks += 1
        if self._ticks % 2 == 0:  # half a period after it was told, as if the two clocks did not know of each other
            self.lead.wanted = self._goal()
            self.lead.turn()

    def _goal(self) -> FollowedGoal:
        """What the person's fingers show, for what follows."""
        joints = self._bowl + self.people.joints[0]
        if self._who == RAW:
            inside = np.clip(joints, self._shape.lower, self._shape.upper)
            goal = dict(zip(self._robot.joint_names, inside.tolist()))
            return FollowedGoal(BASE, goal, dict.fromkeys(goal, 0.01))
        shown = posture_goal(self._who, coordinates(self._shape, self._space, joints[None])[0].tolist())
        if any(one.name == "obey" for one in self._library[self._who].goal):
            return FollowedGoal(shown.skill, {**shown.goal, "obey": self._dial}, {**shown.change, "obey": 0.0})
        return shown

    def _start(self, request: SkillRequest) -> None:
        try:
            self.line.connector.start(
                self.line.operator.confirmed(request, self._library), self.line.scene, self.line.now
            )
        except SkillStackError as error:
            self.lead.fail(str(error))

    def _change(self, request: SkillRequest, refused: Callable[[str], None]) -> None:
        try:
            self.line.connector.change(request, self.line.scene, self.line.now)
        except SkillStackError as error:
            refused(str(error))

    def figures(self) -> dict[str, Any]:
        """What was done of what was meant, to be pooled, and why requests ended."""
        return {"fingers": sums_of(self._fingers), "slides": sums_of(self._slides), "ended": self.ended}


class LedHands:
    """Hands of a suite, measured one by one.

    Attributes:
        robot: The hand.
        library: Its skills.
        raw: The same with one that takes joints as they are told.
        meant: What persons mean.
        suite: Worlds.
        planner: Of the skills.
        shape: Fingertips of the hand.
        space: What persons tell it in.
    """

    def __init__(self, found: Resources, robot: RobotSpec, library: SkillLibrary, suite: CoarseLineSuite) -> None:
        """Loads what they share.

        Args:
            found: Where robots and skills are.
            robot: The hand.
            library: Its skills.
            suite: Worlds, and what follows.

        Raises:
            SkillStackError: A skill or a file of its training is missing or wrong.
        """
        self.robot, self.library, self.raw, self.suite = robot, library, with_raw(library, robot), suite
        self.meant, self.planner = meant_motions(found, robot, suite.skill), Planner(library)
        self.shape, self.space = HandShape(robot), shared_space()

    def measured(self, who: str, seed: int) -> dict[str, Any]:
        """One hand until it has lost its cube, or until the cap, as plain data.

        Args:
            who: :data:`RAW`, or a skill that takes coordinates.
            seed: Of all chance.
        """
        hand = LedHand(self, who, seed)
        there = hand.put_in()
        held = hand.follow(self.suite.cap) if there else 0.0
        reason = "" if there else "the cube rolled out of the closing hand"
        about = {"task": who, "seed": seed, "passed": there, "reason": reason, "simulated_seconds": hand.line.now}
        return {**about, "held": round(held, 3), **hand.figures()}
