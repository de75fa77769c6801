"""Line: planner, connector, controller and physics in one process, in lock-step, without ROS.

The same seed and words give the same run, bit for bit: no clocks and no random numbers of its own.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any

from skill_stack.connector.connector import Connector
from skill_stack.connector.cycle import Cycle
from skill_stack.connector.paths.way_check import WayCheck
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.controllers.control_core import ControlCore, ControlOptions, Tick
from skill_stack.core.errors import SkillStackError
from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.setpoint import Outcome, SkillRequest, SkillSetpoint, SkillStatus, StepOutcome
from skill_stack.core.shared_memory.block_words import Flags
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.spatial.crowding import crowding_facts
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.core.world.world_facts import body_facts, place_facts
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice
from skill_stack.hardware.mujoco.realistic_device import simulated_device
from skill_stack.planner.executor import PlanExecutor
from skill_stack.planner.memory.task_watch import TaskWatch
from skill_stack.planner.planner import Planner
from skill_stack.runtime.line.operator import Operator

LONGEST_RUN = 900.0
"""Task time after which a run is aborted, s; every step has its own, shorter limit."""

LOOK = 0.1
"""Time between checks of the facts for a plan with conditions on them, s."""

Execution = Generator[None, None, tuple[Outcome, str, list[StepOutcome]]]
"""A plan that is carried out control period by control period."""


@dataclass(frozen=True, slots=True)
class LineResult:
    """Outcome of an instruction.

    Attributes:
        outcome: succeeded, failed or interrupted; a question or refusal counts as failed, a statement as succeeded.
        steps: How each step ended, in order.
        reason: One sentence; empty without a reason.
        seconds: Wall time, s; 0 unless a clock was handed in.
        simulated_seconds: Task time, s.
        plan: The plan.
    """

    outcome: Outcome
    steps: tuple[StepOutcome, ...]
    reason: str
    seconds: float
    simulated_seconds: float
    plan: Plan

    def to_json(self) -> dict[str, Any]:
        """The form that ``skill-stack demo --json`` prints."""
        return {
            "outcome": self.outcome,
            "steps": [
                {"skill": step.skill, "outcome": step.outcome, "reason": step.reason, "seconds": step.seconds}
                for step in self.steps
            ],
            "reason": self.reason,
            "seconds": self.seconds,
            "simulated_seconds": self.simulated_seconds,
        }


def _no_clock() -> float:
    return 0.0


class Line:
    """One robot in one seeded world.

    Attributes:
        robot: The robot.
        device: The simulated robot; its truth is for scoring alone.
        core: The controller.
        connector: The connector.
        operator: The simulated person, who confirms hazardous requests.
        planner: The planner.
        scene: The stated map, with the robot where localization puts it.
        state: Newest estimate of the controller.
        status: Newest status of the controller.
        cycle: Newest cycle of the connector.
        noted: What was noted of the newest plan; None before the first one.
        executor: Carries out the newest plan; None before the first one.
    """

    def __init__(
        self,
        robot: RobotSpec,
        library: SkillLibrary,
        setup: SceneSetup,
        settings: ConnectorSettings | None = None,
        planner: Planner | None = None,
        clock: Callable[[], float] = _no_clock,
        pose: str = "lie",
        hung: Mapping[str, float] | None = None,
        device: Callable[..., MujocoDevice] = simulated_device,
        name: str = "",
    ) -> None:
        """Builds every part; the robot is in its first pose, limp.

        Args:
            robot: The robot.
            library: Its skills.
            setup: The world with its seed applied.
            settings: Numbers of the connector.
            planner: A planner for the library, to share one between lines; None makes one.
            clock: Wall clock for the report alone, e.g. ``time.perf_counter``.
            pose: Named pose in which the robot begins; usually it lies on the ground.
            hung: Joint positions, rad, by name, in which it hangs from a gantry instead until something drives it.
            device: Makes the simulated robot, e.g. one that is reached over its bus.
            name: Name by which other robots on the floor know it.
        """
        settings = settings or ConnectorSettings()
        self.robot = robot
        self._library = library
        self._clock = clock
        self._flags = Flags()
        self._setpoint: SkillSetpoint | None = None
        self._due = 0.0
        self._cycle_time = 1.0 / settings.rate
        self._outcomes: list[StepOutcome] = []
        self.device = device(robot, setup, pose, hung=hung)
        self.operator = Operator()
        options = ControlOptions(part=robot.main_part, is_confirmed=self.operator.is_confirmed)
        self.core = ControlCore(robot, library, options)
        ways = WayCheck(library, robot.footprint, settings)
        self.planner = planner or Planner(library, ways=ways)
        self.connector = Connector(
            robot, library, settings, part=robot.main_part, confirmations=self.operator.confirmations, name=name,
            spared=self.planner.hazards.spared,
        )  # fmt: skip
        self.scene = setup.graph()
        self.cycle = Cycle(None)
        self.noted: TaskWatch | None = None
        self.executor: PlanExecutor | None = None
        first = self._tick()
        self.state, self.status = first.state, first.status

    @property
    def now(self) -> float:
        """Task time, s."""
        return self.device.time

    def stop(self) -> None:
        """Raises the stop flag, as a person would."""
        self._flags = dataclasses.replace(self._flags, stop=self._flags.stop + 1)

    def estop(self) -> None:
        """Raises the emergency stop flag."""
        self._flags = dataclasses.replace(self._flags, estop=self._flags.estop + 1)

    def reset(self) -> None:
        """Clears an emergency stop, as a person would."""
        self._flags = dataclasses.replace(self._flags, reset=self._flags.reset + 1)

    def step(self) -> SkillStatus:
        """One control period: connector when it is due, controller, physics."""
        if self.now >= self._due - 1e-9:
            self._due += self._cycle_time
            self._connect()
        tick = self._tick()
        self.device.step(tick.command)
        self.state = tick.state
        self.status = tick.status
        return tick.status

    def idle(self, seconds: float) -> None:
        """Lets task time pass."""
        end = self.now + seconds - 1e-9
        while self.now < end:
            self.step()

    def facts(self) -> frozenset[Fact]:
        """The present facts, for the planner."""
        body = body_facts(self._library, self.status.skill, self.status.progress)
        return body | place_facts(self.scene) | crowding_facts(self._library, self.scene)

    def plan(self, words: str) -> Plan:
        """The answer to an instruction; nothing moves."""
        facts = self.facts()
        plan = self.planner.plan(Instruction(words, "line", self.now), self.scene, facts)
        return self.planner.hazards.checked(plan, self._library, self.scene, facts)

    def run(self, words: str) -> LineResult:
        """Carries out an instruction to its end.

        Args:
            words: What to do.
        """
        began, start = self._clock(), self.now
        self._connect()
        plan = self.plan(words)
        if plan.status != "plan":
            said: Outcome = "succeeded" if plan.status == "statement" else "failed"
            return LineResult(said, (), plan.reason, self._clock() - began, 0.0, plan)
        return self._carry_out(plan, began, start)

    def run_plan(self, plan: Plan) -> LineResult:
        """Carries out a plan that was made before, to its end.

        Args:
            plan: A plan with steps.

        Raises:
            DataError: The plan has no steps, or a node is wrong.
            UnknownName: A skill does not exist.
        """
        began, start = self._clock(), self.now
        self._connect()
        return self._carry_out(plan, began, start)

    def run_skill(self, skill: str, arguments: Mapping[str, Any]) -> LineResult:
        """Runs one skill without words; the connector still adds entry skills, such as rising.

        Args:
            skill: Name of the skill.
            arguments: Its arguments by name.

        Raises:
            UnknownName: There is no such skill or argument.
            DataError: The skill cannot be used, or an argument is missing or out of range.
        """
        began, start = self._clock(), self.now
        self._connect()
        return self._carry_out(self.asked(skill, arguments), began, start)

    def run_skill_for(self, skill: str, arguments: Mapping[str, Any], seconds: float) -> None:
        """Runs one skill for a time and cancels it then, so that its stance takes over; as :meth:`run_skill`."""
        self._connect()
        end = self.now + seconds - 1e-9
        for _ in self.execution(self.asked(skill, arguments)):
            if self.now >= end:
                self.connector.cancel("", "its time is over", self.now)
                return
            self.step()

    def asked(self, skill: str, arguments: Mapping[str, Any]) -> Plan:
        """A plan of one skill, as :meth:`run_skill` runs it."""
        checked = self._library[skill].complete(dict(arguments))
        node = PlanNode("skill", skill=skill, arguments=checked, why="asked for by name")
        return Plan(f"skill-{self.now:.2f}", skill, "plan", PlanNode("sequence", (node,)))

    def _carry_out(self, plan: Plan, began: float, start: float) -> LineResult:
        outcome, reason, steps = self._execute(plan)
        return LineResult(outcome, tuple(steps), reason, self._clock() - began, self.now - start, plan)

    def _execute(self, plan: Plan) -> tuple[Outcome, str, list[StepOutcome]]:
        """Runs a plan's tree against the connector."""
        going = self.execution(plan)
        while True:
            try:
                next(going)
            except StopIteration as end:
                result: tuple[Outcome, str, list[StepOutcome]] = end.value
                return result
            self.step()

    def execution(self, plan: Plan) -> Execution:
        """Runs a plan's tree against the connector, while somebody else lets time pass.

        Args:
            plan: A plan with steps.

        Yields:
            Nothing, whenever a control period has to pass.

        Returns:
            Outcome, reason, and how each step ended.
        """
        executor = self.executor = PlanExecutor(plan, self._library)
        self.noted = TaskWatch(plan, self.scene, self.facts(), self._library)
        steps: list[StepOutcome] = []
        limit = self.now + LONGEST_RUN
        news: list[StepOutcome] = []
        while True:
            progress = executor.tick(self.now, news, self.facts())
            for request_id in progress.cancel:
                self.connector.cancel(request_id, "what it was for came about", self.now)
            if progress.outcome is not None:
                return progress.outcome, progress.reason, steps
            news = [refused for request in progress.start if (refused := self._start(request)) is not None]
            look = self.now + LOOK if plan.tree is not None and plan.tree.conditional else math.inf
            while not news and self.now < look:
                if self.now >= limit:
                    self.connector.cancel("", "the run took too long", self.now)
                    return "failed", f"not done within {LONGEST_RUN:g} s", steps
                yield
                news, self._outcomes = self._outcomes, []
            steps.extend(news)
            for outcome in news:
                self.noted.ended(outcome)

    def _start(self, request: SkillRequest) -> StepOutcome | None:
        """Starts a step; a refusal is an outcome."""
        if self.noted is not None:
            self.noted.started(request, self.facts())
        try:
            self.connector.start(self.operator.confirmed(request, self._library), self.scene, self.now)
        except SkillStackError as error:
            return StepOutcome(request.id, request.skill, "failed", str(error), "request is accepted")
        return None

    def _connect(self) -> None:
        """One cycle of the connector on the newest status."""
        self.cycle = self.connector.update(self.status, self.scene)
        self._setpoint = self.cycle.setpoint
        self._outcomes.extend(self.cycle.outcomes)
        self.scene = SceneGraph(self.scene.objects, self.scene.facts, self.connector.locate(self.status))

    def _tick(self) -> Tick:
        now = self.device.time
        return self.core.tick(self.device.sample(), self._setpoint, self._flags, now, now)
