"""DialoguePort: connects the dialogue to ROS: requests, plans, events, the journal and told facts."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Literal

from visualization_msgs.msg import MarkerArray

from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.processes.confirmation import SAID_YES, RunConfirmations
from skill_stack.core.processes.journal import Journal
from skill_stack.core.processes.lock_step_waits import LONGEST, LockStepNotes
from skill_stack.core.processes.run_key import read_run_key
from skill_stack.core.setpoint import SkillRequest, StepOutcome
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph
from skill_stack.nodes.dialogue_task import DialogueTask
from skill_stack.nodes.plan_worker import PlanWorker
from skill_stack.nodes.ros_compat import LATCHED
from skill_stack.nodes.skill_caller import SILENCE, SkillCaller
from skill_stack.nodes.stack_node import StackNode
from skill_stack.nodes.stop_line import StopLine
from skill_stack.nodes.views.markers import MARKER_QOS, plan_markers
from skill_stack.nodes.views.world_view import WorldView
from skill_stack.nodes.wire.wire_plan import plan_message
from skill_stack.nodes.wire.wire_taught import taught_message
from skill_stack.planner.dialogue.job import Job
from skill_stack.planner.dialogue.records.taught_facts import TaughtFact
from skill_stack.planner.memory.experience import Experience
from skill_stack.planner.memory.memory import Memory
from skill_stack_interfaces.action import DoTask
from skill_stack_interfaces.msg import Plan as PlanMessage
from skill_stack_interfaces.msg import TaughtFacts as FactsMessage


class DialoguePort:
    """See :class:`skill_stack.planner.dialogue.port.Port`.

    Attributes:
        on_outcome: Takes the outcome of every step.
        hearing: Id of the words that are being answered just now, for the journal.
    """

    def __init__(
        self, node: StackNode, world: WorldView, library: SkillLibrary, worker: PlanWorker, memory: Memory,
        corrected: Callable[[PlanNode], None],
    ) -> None:  # fmt: skip
        """Makes publishers and clients.

        Args:
            node: The node.
            world: What is known.
            library: Skills.
            worker: Makes plans.
            memory: Keeps experiences.
            corrected: Takes a plan that corrections changed, for words that name it.
        """
        self._corrected = corrected
        self._node, self._world, self._library, self._worker, self._memory = node, world, library, worker, memory
        self.on_outcome: Callable[[StepOutcome], None] = lambda outcome: None
        self.hearing = ""
        self._journal = Journal(node.block, "planner")
        self._confirmations = RunConfirmations(lambda: read_run_key(node.block))
        lock_step = node.value("pace") == "lock_step"
        silence = LONGEST if lock_step else SILENCE  # on a busy machine a living connector is silent for seconds
        self._caller = SkillCaller(node, self._take_outcome, silence)
        self._plans = node.create_publisher(PlanMessage, "plan", LATCHED)
        self._markers = node.create_publisher(MarkerArray, "plan_markers", MARKER_QOS)
        self._taught = node.create_publisher(FactsMessage, "taught", LATCHED)
        self._stops = StopLine(node)
        self._notes, self._planning = LockStepNotes(node.block) if lock_step else None, 0
        if self._notes is not None:
            node.configured.callback(self._notes.note, "planner.answers", 0)

    def renew(self, library: SkillLibrary) -> None:
        """Continues with other skills."""
        self._library = library

    @property
    def now(self) -> float:
        """Task time, s."""
        return self._world.now

    @property
    def wall(self) -> float:
        """Wall time, s since 1970."""
        return time.time()

    @property
    def stop_count(self) -> int:
        """Stops of the robot so far, from all sources."""
        here = self._stops.count()  # words that follow a stop at once are later than it, though no status says so yet
        return here if here is not None else self._world.status.stop_count if self._world.status else 0

    def graph(self) -> SceneGraph:
        """The scene with the robot in it."""
        return self._world.graph()

    def facts(self) -> frozenset[Fact]:
        """The present facts."""
        return self._world.facts(self._library)

    def note(self, stage: str, identity: str, of: str = "", **details: Any) -> None:
        """One entry of the journal."""
        self._journal.note(stage, identity, time.monotonic(), time.time(), of, **details)

    def plan(self, instruction: Instruction, then: Callable[[Plan], None]) -> None:
        """Makes a plan, and passes it on, at once or later; in lock-step simulated time waits for it."""

        def made(plan: Plan) -> None:
            try:
                then(plan)
            finally:
                self._answers(-1)

        self._answers(1)
        self._worker.plan(instruction, self.graph(), self.facts(), made)

    def _answers(self, more: int) -> None:
        """Notes how many instructions are being planned."""
        self._planning += more
        if self._notes is not None:
            self._notes.note("planner.answers", self._planning)

    def cancel_planning(self) -> None:
        """Cancels the waits for models and rehearsals."""
        self._worker.cancel()

    def start(self, request: SkillRequest) -> None:
        """Begins a step."""
        details = {"skill": request.skill, "words": self.hearing, "arguments": request.arguments}
        self.note("request", request.id, request.id.rpartition("/")[0], **details)
        self._caller.start(self._signed(request))

    def change(self, request: SkillRequest, refused: Callable[[str], None]) -> None:
        """Changes a running step."""
        self.note("change", request.id, self.hearing, arguments=request.arguments, pace=request.pace)
        self._caller.change(self._signed(request), refused)

    def _signed(self, request: SkillRequest) -> SkillRequest:
        """A request with a signed confirmation, where a person confirmed it."""
        if request.confirmation != SAID_YES:
            return request
        try:
            return self._confirmations.confirm(request)
        except DataError as error:
            self.warn(f"a person's yes cannot be signed: {error}")
            return request

    def cancel(self, request_id: str) -> None:
        """Ends a step."""
        self.note("cancel", request_id, self.hearing)
        self._caller.cancel(request_id)

    def look(self) -> None:
        """To be called a few times a second."""
        self._caller.look()

    def stop(self, job: Job, kind: Literal["stop", "estop"]) -> None:
        """Stops the robot directly."""
        self.cancel_planning()
        try:
            self._stops.ask(kind)
        except SkillStackError as error:
            self.finish(job, DoTask.Result.FAILED, str(error))
            return
        told = "stopped" if kind == "stop" else "emergency stop: the robot is damped until a reset"
        self.finish(job, DoTask.Result.SUCCEEDED, told)

    def planned(self, job: Job) -> None:
        """Records that a plan was made."""
        if job.plan is not None:
            words = job.words_id if isinstance(job, DialogueTask) else ""
            self.note("plan", job.plan.id, words, status=job.plan.status, plan=job.plan.to_json())

    def show(self, job: Job) -> None:
        """Publishes a job's plan and its progress."""
        plan = job.present
        if plan is None:
            return
        if job.done.changed and plan.tree is not None:
            self._corrected(plan.tree)
        states = job.executor.states() if job.executor else {}
        stamp, frame = self._node.now_stamp(self.now), self._node.frame("map")
        message = plan_message(plan, stamp, frame, states)
        self._plans.publish(message)
        self._markers.publish(plan_markers(message, self.graph(), stamp, frame))

    def show_nothing(self) -> None:
        """Clears the markers."""
        empty = plan_markers(PlanMessage(), self.graph(), self._node.now_stamp(0.0), self._node.frame("map"))
        self._markers.publish(empty)

    def finish(self, job: Job, outcome: str, reason: str) -> None:
        """Reports the end of a job to its client."""
        if isinstance(job, DialogueTask):
            if not job.future.done():
                task, seconds = job.plan.id if job.plan is not None else job.words_id, time.monotonic() - job.arrived
                self.note("finish", task, job.words_id, outcome=outcome, reason=reason, seconds=seconds)
            job.finish(outcome, reason, self.now, time.monotonic())

    def taught(self, facts: tuple[TaughtFact, ...]) -> None:
        """Publishes told facts, for the scene node."""
        self._taught.publish(taught_message(facts))

    def remember(self, experience: Experience) -> None:
        """Stores the record of a task."""
        self._memory.keep(experience)

    def warn(self, text: str) -> None:
        """Logs a warning."""
        self._node.get_logger().warning(text, throttle_duration_sec=5.0)

    def _take_outcome(self, outcome: StepOutcome) -> None:
        details = {name: getattr(outcome, name) for name in ("skill", "violated", "evidence", "seconds")}
        self.note("outcome", outcome.request_id, outcome=outcome.outcome, reason=outcome.reason, **details)
        self.on_outcome(outcome)
