"""MotionAnswerer: answers the questions of a ``sampled`` skill with planned joint targets."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

import numpy as np

from skill_stack.controllers.foreign.planned_actions import empty_plan_step
from skill_stack.core.data_file import parse_model
from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.core.rewards.sampled_part import SampledPart
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.setpoint import Shortfall
from skill_stack.core.shared_memory.slow_channel import SlowAnswer, SlowQuestion
from skill_stack.core.skills.policy_manifest import PolicyManifest
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.hardware.mujoco.mujoco_model import build_model
from skill_stack.motion.sampling.aim_watch import AimWatch
from skill_stack.motion.sampling.model_body import ModelBody
from skill_stack.motion.sampling.motion_plan import MotionPlan, StartState
from skill_stack.motion.sampling.planner import SamplingPlanner
from skill_stack.motion.sampling.settings import SamplingSettings, settings_for

Array = np.ndarray
SEED = 0
"""Of the samples: the same questions get the same answers where time is that of the task."""
TRANSPORT = 0.02
"""What question and answer take beside the plan itself, s: the worker's look for a question, and a control tick."""
EASING = 0.8
"""Share of the time measured before that stays where a plan took less."""
REMEMBERED = 20
"""Costs of the plans before with which a new one is compared."""
JUMP, JUMP_FROM = 4.0, 3.0
"""A plan is void whose cost is so many times the largest of those before, and above this cost of a moment."""


class MotionPlanner(Protocol):
    """What plans; see :class:`skill_stack.motion.sampling.planner.SamplingPlanner`."""

    def begin(self, start: StartState) -> None:
        """Begins a set of terms here, and forgets what was found before."""

    def predict(self, start: StartState, targets: Array, step: float) -> StartState:
        """The state after joint targets, rad, shape (n, joints), each in force for ``step`` s."""

    def plan(self, start: StartState, rewards: RewardSet) -> MotionPlan:
        """Joint targets from a state on; raises SkillStackError where there are none."""


class MotionWatch(Protocol):
    """What judges measured states; see :class:`skill_stack.motion.sampling.aim_watch.AimWatch`.

    Attributes:
        lacks: The aim that comes no nearer.
    """

    lacks: Shortfall

    def begin(self, start: StartState, anew: bool = True) -> None:
        """Begins a set of terms here; ``anew`` where it is another motion."""

    def see(self, start: StartState, rewards: RewardSet) -> float:
        """How much of the time that success takes it has been as asked for, 0 to 1."""


class MotionAnswerer:
    """See :class:`skill_stack.controllers.slow.answerer.Answerer`.

    An answer begins with what is commanded until it comes, and the plan follows from the state that is predicted for
    that moment.

    Attributes:
        values: Values of a question.
        problem: Why the last answer is void, or an empty text.
        lead: Time that the next plan is expected to take, s.
    """

    def __init__(
        self,
        spec: SkillSpec,
        manifest: PolicyManifest,
        robot: RobotSpec,
        clock: Callable[[], float] | None = None,
        parts: tuple[MotionPlanner, MotionWatch] | None = None,
    ) -> None:
        """Builds the robot's model and plans once, which allocates.

        Args:
            spec: The skill, of kind ``sampled``.
            manifest: Conventions of its questions, as :meth:`SampledPart.manifest` makes them.
            robot: The part that it moves, as a robot of its own.
            clock: Monotonic time, s; None where a plan takes the declared latency.
            parts: What plans, and what judges how it goes; None makes both of the robot's model.

        Raises:
            DataError: The skill does not plan, or the robot cannot be asked for what it plans.
        """
        if spec.sampled is None:
            raise DataError(f"skill '{spec.name}' is of kind {spec.kind}, not sampled")
        self._part, self._spec, self._robot, self._clock = spec.sampled, spec, robot, clock
        self._chunk = self._part.chunk
        self._names = [command.name for command in manifest.commands]
        self._planner, self._watch = parts if parts is not None else _parts(self._part, robot)
        joints = robot.size
        self._sizes = np.cumsum([3, 4, 3, 3, joints, joints, self._part.bridged * joints])
        self.values = int(self._sizes[-1]) + len(self._names)
        self.problem, self.lead = "", self._part.latency
        self._rest = np.tile(empty_plan_step(manifest), self._part.bridged)
        self._tick, self._began = 0, 0.0
        self._begins = self._anew = True
        self._asked: tuple[bytes, RewardSet] | None = None
        self._costs: deque[float] = deque(maxlen=REMEMBERED)

    @property
    def where(self) -> str:
        """See :class:`skill_stack.controllers.slow.answerer.Answerer`."""
        return f"this processor: plans {self._part.horizon:g} s ahead, {self._part.rate:g} times a second"

    def answer(self, question: SlowQuestion) -> SlowAnswer | None:
        """Plans; what may not drive the robot is void, with the reason in :attr:`problem`."""
        began = time.perf_counter()  # told to people alone
        measured = self._clock() if self._clock is not None else 0.0
        *state, pending, commands = np.split(question.values, self._sizes)
        stands = question.task_time - self._began > self._chunk.max_age and np.allclose(pending, self._rest)
        another = question.tick <= self._tick
        if another or stands:  # or plans came too late and the stance has driven since
            self._begins = True
        self._tick, self._anew = question.tick, self._anew or another
        try:
            rewards = self._rewards(commands)
        except DataError as error:  # nothing is asked for, as until the first arguments come
            self.problem = str(error)
            return None
        start = StartState(question.task_time, *state)
        if self._begins:
            self._planner.begin(start)
            self._watch.begin(start, self._anew)
            self._costs.clear()
            self._begins, self._anew, self._began = False, False, question.task_time
        progress = 0.0
        try:
            progress = self._watch.see(start, rewards)
            targets, self.problem = self._targets(start, pending, rewards)
        except SkillStackError as error:
            targets, self.problem = None, str(error)
        if targets is None:
            self._begins = True
            targets = np.zeros((self._chunk.steps, self._robot.size))
        if self._clock is not None:
            took = self._clock() - measured + TRANSPORT
            self.lead = max(took, EASING * self.lead + (1.0 - EASING) * took)
        seconds, reached = time.perf_counter() - began, np.full(self._chunk.steps, progress)
        void, lacks = bool(self.problem), self._watch.lacks
        return SlowAnswer(question.sequence, question.tick, seconds, targets, reached, void, lacks)

    def _targets(self, start: StartState, pending: Array, rewards: RewardSet) -> tuple[Array | None, str]:
        """A whole answer, rad, shape (steps, joints), or why there is none."""
        step, steps = self._chunk.step, self._chunk.steps
        waits = min(math.ceil(self.lead / step - 1e-9), self._part.bridged)
        pending = pending.reshape(-1, self._robot.size)[:waits]
        plan = self._planner.plan(self._planner.predict(start, pending, step) if waits else start, rewards)
        if problem := self._doubt(plan):
            return None, problem
        self._costs.append(plan.cost)
        whole = np.concatenate([pending, plan.targets])[:steps]
        return np.concatenate([whole, np.repeat(whole[-1:], steps - len(whole), axis=0)]), ""

    def _rewards(self, commands: Array) -> RewardSet:
        """What the motion shall be; an edit makes costs of before no measure."""
        key = commands.tobytes()
        if self._asked is None or self._asked[0] != key:
            self._asked = key, self._part.asked(dict(zip(self._names, commands.tolist())))
            self._costs.clear()
        return self._asked[1]

    def _doubt(self, plan: MotionPlan) -> str:
        """Why a plan may not drive the robot, or an empty text."""
        if not (math.isfinite(plan.cost) and np.isfinite(plan.targets).all()):
            return "the plan has no finite cost"
        if plan.violation:
            return plan.violation
        tilt, allowed = float(plan.tilt.max(initial=0.0)), self._spec.envelope.tilt
        if self._robot.feet and tilt > allowed:
            return f"a tilt of {tilt:.2f} rad is expected, {self._spec.name} allows {allowed:g} rad"
        most = max(self._costs, default=math.inf)
        if plan.cost > max(JUMP * most, JUMP_FROM):
            return f"the cost jumped to {plan.cost:.1f}, at most {most:.1f} before"
        return ""


def _parts(part: SampledPart, robot: RobotSpec) -> tuple[SamplingPlanner, AimWatch]:
    """What plans for a robot on a bare floor, and what judges it.

    Raises:
        DataError: Its model cannot be built, or a setting does not exist.
    """
    model = build_model(robot, foot_kinematics=True, bare=bool(robot.carried_by))
    body = ModelBody(model, robot)
    usual = settings_for(robot.bodies)
    changes = {**usual.model_dump(), **part.planner, "horizon": part.horizon, "step": part.step}
    settings = parse_model(SamplingSettings, changes, "sampled.planner")
    planner = SamplingPlanner(model, body, settings, np.random.default_rng(SEED))
    return planner, AimWatch(model, body, 1.0 / part.rate)
