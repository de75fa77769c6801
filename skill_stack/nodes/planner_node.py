"""Planner node: words in, steps out one at a time, the outcome back to whoever asked."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any

from rclpy.action import ActionServer, CancelResponse
from rclpy.action.server import ServerGoalHandle
from rclpy.task import Future
from std_srvs.srv import Trigger
from visualization_msgs.msg import MarkerArray

from skill_stack.core.errors import SkillStackError
from skill_stack.core.instruction import Instruction
from skill_stack.core.journal import Journal
from skill_stack.core.plan import Plan
from skill_stack.core.setpoint import StepOutcome
from skill_stack.nodes.markers import MARKER_QOS, plan_markers
from skill_stack.nodes.node_main import run_node
from skill_stack.nodes.ros_compat import LATCHED, STREAM
from skill_stack.nodes.skill_caller import SkillCaller
from skill_stack.nodes.stack_node import StackNode
from skill_stack.nodes.task import Task
from skill_stack.nodes.wire import instruction_of
from skill_stack.nodes.wire_plan import plan_message
from skill_stack.nodes.world_view import WorldView
from skill_stack.planner.executor import PlanExecutor
from skill_stack.planner.planner import Planner
from skill_stack_interfaces.action import DoTask
from skill_stack_interfaces.msg import Instruction as InstructionMessage
from skill_stack_interfaces.msg import Plan as PlanMessage
from skill_stack_interfaces.srv import GetActive, PlanText

TICK = 0.1  # s between looks at the tree, for what no outcome announces
ALIVE = 0.4  # s between signs of life to clients
WAIT_FOR_WORLD = 5.0  # s that words wait for scene and status


class PlannerNode(StackNode):
    """The planner on ROS: ``do_task``, ``plan_text``, the topics ``instruction``, ``plan`` and ``plan_markers``.

    One task runs at a time. Newer words are planned first; only when that gives a plan do they replace the running
    task, whose client hears ``interrupted`` and why.
    """

    def __init__(self) -> None:
        """Declares the parameters."""
        super().__init__("planner")
        self._task: Task | None = None
        self._waiting: list[Task] = []

    def configure(self) -> None:
        """Loads the skills and offers the servers."""
        robot = self.load_robot()
        self._library = self.load_library(robot)
        self._planner = Planner(self._library)
        self._world = WorldView(self, robot)
        self._journal = Journal(self.block, "planner")
        self._caller = SkillCaller(self, self._take_outcome)
        self._plans = self.create_publisher(PlanMessage, "plan", LATCHED)
        self._markers = self.create_publisher(MarkerArray, "plan_markers", MARKER_QOS)
        self.create_subscription(InstructionMessage, "instruction", self._take_instruction, STREAM)
        self.create_service(PlanText, "plan_text", self._tell_plan)
        self._server = ActionServer(
            self, DoTask, "do_task", self._execute, cancel_callback=lambda _: CancelResponse.ACCEPT
        )
        self._stops: Any = self.create_client(Trigger, "stop")
        self._active: Any = self.create_client(GetActive, "get_active")
        self.create_timer(TICK, self._look)
        self.create_timer(ALIVE, self._sign_of_life)

    def activate(self) -> None:
        """Clears the markers; after a restart: asks the connector what still runs, and says so."""
        self._markers.publish(plan_markers(PlanMessage(), self._world.graph(), self.now_stamp(0.0), self.frame("map")))
        if self._active.wait_for_service(timeout_sec=0.5):
            self._active.call_async(GetActive.Request()).add_done_callback(self._tell_orphan)

    def _tell_orphan(self, done: Any) -> None:
        found = done.result()
        if found is not None and found.request_id and self._task is None:
            what = f"{found.skill} {found.arguments}"
            self.get_logger().warning(f"{what} of an earlier planner still runs; new words replace it")

    def _tell_plan(self, request: PlanText.Request, response: PlanText.Response) -> PlanText.Response:
        plan = self._make_plan(Instruction(request.text, "service", self._world.now))
        response.json = json.dumps(plan.to_json())
        return response

    def _make_plan(self, instruction: Instruction) -> Plan:
        return self._planner.plan(instruction, self._world.graph(), self._world.facts(self._library))

    def _take_instruction(self, message: InstructionMessage) -> None:
        """Words from a topic: the plan topic and the log tell how it went."""

        def log(done: Any) -> None:
            self.get_logger().info(f"{message.text[:80]}: {done.result().outcome} {done.result().reason}")

        future: Future = Future(executor=self.executor)
        future.add_done_callback(log)
        self._arrive(Task(instruction_of(message), lambda *_: None, lambda: False, future, time.monotonic()))

    async def _execute(self, goal: ServerGoalHandle) -> DoTask.Result:
        """Runs one goal of ``do_task`` to its end."""

        def tell(kind: str, text: str) -> None:
            if goal.is_active:
                goal.publish_feedback(DoTask.Feedback(event=kind, text=text))

        words = goal.request
        instruction = Instruction(words.text, words.source or "action", self._world.now, words.operator_name)
        future: Future = Future(executor=self.executor)
        self._arrive(Task(instruction, tell, lambda: goal.is_cancel_requested, future, time.monotonic()))
        result: Any = await future
        if result.outcome in (DoTask.Result.SUCCEEDED, DoTask.Result.STATEMENT):
            goal.succeed()
        elif goal.is_cancel_requested:
            goal.canceled()
        else:
            goal.abort()
        return result

    def _arrive(self, task: Task) -> None:
        # Words have no id of their own; the monotonic time of their arrival makes one that is unique on this machine.
        task.words_id = f"words-{1e3 * task.arrived:.0f}"
        instruction = task.instruction
        self._note("words", task.words_id, text=instruction.text, source=instruction.source)
        self._waiting.append(task)
        self._look()

    def _note(self, stage: str, identity: str, of: str = "", **details: Any) -> None:
        self._journal.note(stage, identity, time.monotonic(), time.time(), of, **details)

    def _look(self) -> None:
        """Ten times a second, and whenever something happened."""
        now = time.monotonic()
        waiting, self._waiting = self._waiting, []
        for task in waiting:
            if self.running and self._world.known:
                try:
                    self._begin(task)
                except SkillStackError as error:
                    self._end(task, DoTask.Result.FAILED, str(error))
            elif now - task.arrived > WAIT_FOR_WORLD:
                missing = "the scene" if self._world.status else "the controller"
                self._end(task, DoTask.Result.FAILED, f"nothing was heard of {missing}")
            else:
                self._waiting.append(task)
        self._caller.look()
        if self._task is not None and self._task.cancelled():
            self._interrupt(self._task, "cancelled")
        self._advance(())

    def _begin(self, task: Task) -> None:
        """Plans words, answers them, or begins to do them in place of what runs."""
        task.began = self._world.now
        if self._planner.is_stop(task.instruction.text):
            self._stop(task)
            return
        task.plan = self._make_plan(task.instruction)
        self._note("plan", task.plan.id, task.words_id, status=task.plan.status)
        if task.plan.status != "plan":
            self._publish(task)
            self._end(task, task.plan.status, task.plan.reason)
            return
        task.executor = PlanExecutor(task.plan, self._library)
        if self._task is not None:
            self._interrupt(self._task, f'replaced by "{task.instruction.text[:80]}"')
        self._task = task
        task.tell("plan", task.plan.reason or ", then ".join(step.skill for step in task.plan.steps))
        self._advance(())

    def _stop(self, task: Task) -> None:
        """Words that mean a stop go the shortest way, and end what runs."""
        if not self._stops.service_is_ready():
            self._end(task, DoTask.Result.FAILED, "the controller does not answer; use: skill-stack stop")
            return
        self._stops.call_async(Trigger.Request()).add_done_callback(
            lambda _: self._end(task, DoTask.Result.SUCCEEDED, "stopped")
        )
        if self._task is not None:
            self._interrupt(self._task, "stopped")

    def _advance(self, outcomes: Sequence[StepOutcome]) -> None:
        """Ticks the tree of the running task."""
        task = self._task
        if task is None or task.executor is None:
            return
        progress = task.executor.tick(self._world.now, outcomes, self._world.facts(self._library))
        for request_id in progress.cancel:
            task.running.discard(request_id)
            self._caller.cancel(request_id)
        for request in progress.start:
            task.running.add(request.id)
            self._note("request", request.id, task.plan.id if task.plan else "", skill=request.skill)
            task.tell("step_started", f"{request.skill} {_spoken(request.arguments)}".strip())
            self._caller.start(request)
        if outcomes or progress.start or progress.cancel or progress.outcome:
            self._publish(task)
        if progress.outcome:
            self._task = None
            self._end(task, progress.outcome, progress.reason)

    def _take_outcome(self, outcome: StepOutcome) -> None:
        task = self._task
        if task is None or outcome.request_id not in task.running:
            return  # of a task that was replaced
        task.running.discard(outcome.request_id)
        self._note("outcome", outcome.request_id, outcome=outcome.outcome, reason=outcome.reason)
        task.steps.append(outcome)
        text = f"{outcome.skill} {outcome.outcome} after {outcome.seconds:.1f} s"
        task.tell("step_ended", f"{text}: {outcome.reason}" if outcome.reason else text)
        self._advance((outcome,))

    def _interrupt(self, task: Task, reason: str) -> None:
        """Ends the running task early; its step ends too, unless a new one replaces it at once."""
        for request_id in task.running:
            self._caller.cancel(request_id)
        if task.executor is not None:
            task.executor.stop(reason)
            self._publish(task)
        self._task = None
        self._end(task, DoTask.Result.INTERRUPTED, reason)

    def _end(self, task: Task, outcome: str, reason: str) -> None:
        task.finish(outcome, reason, self._world.now, time.monotonic())

    def _publish(self, task: Task) -> None:
        if task.plan is not None:
            states = task.executor.states() if task.executor else {}
            stamp, frame = self.now_stamp(self._world.now), self.frame("map")
            message = plan_message(task.plan, stamp, frame, states)
            self._plans.publish(message)
            self._markers.publish(plan_markers(message, self._world.graph(), stamp, frame))

    def _sign_of_life(self) -> None:
        for task in [*self._waiting, *filter(None, [self._task])]:
            task.tell("alive", "")


def _spoken(arguments: dict[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in arguments.items())


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the node."""
    return run_node(PlannerNode, argv)


if __name__ == "__main__":
    raise SystemExit(main())
