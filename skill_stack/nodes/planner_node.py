"""Planner node: instructions in, steps out, the outcome back. The dialogue decides what instructions do."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rclpy.action import ActionServer, CancelResponse, GoalResponse
from rclpy.action.server import ServerGoalHandle
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.task import Future

from skill_stack.connector.paths.way_check import WayCheck
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.data_file import parse_model
from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import Plan
from skill_stack.core.shared_memory.block_name import domain_of
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.stop_words import find_stop
from skill_stack.core.world.scene import SceneObject
from skill_stack.language import LearntPhrases
from skill_stack.nodes.border import serve, sound, subscribe
from skill_stack.nodes.clients.console_key import console_of
from skill_stack.nodes.dialogue_port import DialoguePort
from skill_stack.nodes.dialogue_task import DialogueTask
from skill_stack.nodes.node_main import run_node
from skill_stack.nodes.plan_worker import PlanWorker
from skill_stack.nodes.ros_compat import STREAM
from skill_stack.nodes.stack_node import StackNode
from skill_stack.nodes.views.camera_view import CameraView
from skill_stack.nodes.views.library_view import LibraryView
from skill_stack.nodes.views.world_view import WorldView
from skill_stack.nodes.wire.wire import instruction_of
from skill_stack.nodes.wire.wire_basics import readable, words_in
from skill_stack.planner.composites import keep
from skill_stack.planner.dialogue.console import Console
from skill_stack.planner.dialogue.dialogue import Dialogue
from skill_stack.planner.dialogue.habits import MOST_KEPT
from skill_stack.planner.dialogue.records.audit_file import AuditFile
from skill_stack.planner.dialogue.records.correction_log import CorrectionLog
from skill_stack.planner.dialogue.records.places import CORRECTIONS, DECISIONS, FOLDER, HABITS, TAUGHT
from skill_stack.planner.dialogue.records.record_file import RecordFile
from skill_stack.planner.dialogue.records.taught_facts import TaughtFacts
from skill_stack.planner.dialogue.task_progress import running_steps, task_progress
from skill_stack.planner.given_plan import GivenPlan
from skill_stack.planner.memory.lessons import Lessons, TaughtLibrary
from skill_stack.planner.memory.memory import Memory
from skill_stack.planner.memory.store import store_path
from skill_stack.planner.model import ModelPlanner, ModelRecord, ModelSection
from skill_stack.planner.planner import Planner
from skill_stack.planner.standing_planner import StandingPlanner
from skill_stack_interfaces.action import DoTask
from skill_stack_interfaces.msg import Instruction as InstructionMessage
from skill_stack_interfaces.srv import GetActive, PlanText

TICK = 0.1  # s between looks at the tree, for what no outcome announces
ALIVE = 0.4  # s between signs of life to clients
WAIT_FOR_WORLD = 5.0  # s that words wait for scene and status


class PlannerNode(StackNode):
    """The planner on ROS: ``do_task``, ``plan_text``; topics ``instruction``, ``plan``, ``plan_markers``, ``taught``.

    One task runs at a time; what newer words do to it is decided by :class:`skill_stack.planner.dialogue.Dialogue`.

    Parameters: ``robot``; ``pace`` (in lock-step simulated time waits for plans); ``scene`` (its name, for the facts
    that people state about it); ``models`` (JSON: the section ``planner`` of a deployment); ``rehearse``,
    ``rehearse_seconds`` and ``ask_inferred`` (as in a deployment).
    """

    def __init__(self) -> None:
        """Declares the parameters."""
        super().__init__("planner")
        self._waiting: list[DialogueTask] = []
        self._asked: dict[str, Future] = {}  # plans that are being made for the service, by their words
        self._console: Console | None = None

    def configure(self) -> None:
        """Loads the skills and offers the servers."""
        robot = self.load_robot()
        library = self.load_library(robot)
        folder = self.resources.writable_folder(FOLDER)
        audit = AuditFile(folder / DECISIONS.format(place=self._place))
        phrases = LearntPhrases.of_user(self.resources, self._complain)
        ways = WayCheck(library, robot.footprint, ConnectorSettings())
        grammar = StandingPlanner(
            Planner(library, learnt=phrases, ways=ways, falls=_falls), lambda data: keep(self.resources, data)
        )
        section = self._models()
        camera = CameraView(self, section.settings.camera) if section.sees else None
        record = ModelRecord(store_path(self.resources) if section.models else None, self._complain)
        model = ModelPlanner(
            grammar, section.models, time.monotonic, section.settings, audit=audit.write_line, camera=camera,
            record=record,
        )  # fmt: skip
        planner: Any = model
        mode = str(self.value("rehearse"))
        whole = mode == "always" or len(robot.parts) == 1  # trials drive the main part alone
        if mode != "never" and whole and self.value("control") == "joints":
            from skill_stack.runtime.rehearsal.rehearsing_planner import rehearsing  # on demand: physics is large

            seconds = float(self.value("rehearse_seconds"))
            device = not self.value("simulated")
            planner = rehearsing(model, grammar, self.resources, robot.name, self._complain, mode, seconds, device)
            self.configured.callback(planner.close)
        worker = PlanWorker(self, planner)
        self.configured.callback(worker.close)
        self._world = WorldView(self, robot, watching=True)
        self._memory = Memory(store_path(self.resources), library, _into(grammar), self._complain)
        self.configured.callback(self._memory.close)
        self._port = DialoguePort(self, self._world, library, worker, self._memory, grammar.note)
        self._dialogue = Dialogue(
            grammar, library, self._port, robot.name, str(self.value("scene")),
            CorrectionLog(folder / CORRECTIONS), TaughtFacts(folder / TAUGHT), audit.write_line,
            bool(self.value("ask_inferred")), phrases, RecordFile(folder / HABITS, MOST_KEPT),
        )  # fmt: skip
        self._port.on_outcome = self._dialogue.take_outcome
        self._dialogue.on_answered = model.answered
        LibraryView(self, robot, library, self._renew)
        self._console = console_of(self.resources, self._complain)
        subscribe(self, InstructionMessage, "instruction", instruction_of, self._take_instruction, STREAM)
        # A callback that waits holds its group: in the node's own, a question to a model would silence everything.
        serve(self, PlanText, "plan_text", self._tell_plan, _no_plan, callback_group=ReentrantCallbackGroup())
        self._sound = sound(self, "do_task", lambda goal: words_in(goal.text))
        self._server = ActionServer(
            self, DoTask, "do_task", self._execute,
            goal_callback=self._judge,
            cancel_callback=lambda _: CancelResponse.ACCEPT,
        )  # fmt: skip
        self._active: Any = self.create_client(GetActive, "get_active")
        self.create_timer(TICK, self._look)
        self.create_timer(ALIVE, self._sign_of_life)

    def _renew(self, library: SkillLibrary) -> None:
        """Other skills: their words are understood from now on; what runs goes on with those that it began with."""
        self._memory.renew(library)  # which hands them to the grammar, with what was learnt
        self._dialogue.take_library(library)
        self._port.renew(library)

    @property
    def _place(self) -> str:
        """Domain and namespace, as part of a file's name."""
        return f"{domain_of(os.environ)}{self.get_namespace().replace('/', '-').rstrip('-')}"

    def _models(self) -> ModelSection:
        """The models of the deployment; raises DataError when they are wrong."""
        text = str(self.value("models"))
        try:
            given = json.loads(text) if text else {}
        except ValueError as error:
            raise DataError(f"parameter 'models' is no JSON: {error}") from error
        return parse_model(ModelSection, given, "models of the planner")

    def _complain(self, text: str) -> None:
        if self.alive:
            self.get_logger().warning(text)

    def activate(self) -> None:
        """Clears the markers; after a restart: reads from the connector what still runs, and reports it."""
        self.activated.callback(self._end_all, "the planner was taken down")
        self._port.show_nothing()
        if self._active.wait_for_service(timeout_sec=0.5):
            self._active.call_async(GetActive.Request()).add_done_callback(self._tell_orphan)

    def _end_all(self, reason: str) -> None:
        """Ends everything that runs or waits, and reports that to the clients."""
        if not self.alive:
            return  # there is nobody whom it could be told
        self._port.cancel_planning()
        self._dialogue.stopped(reason)
        waiting, self._waiting = self._waiting, []
        for task in waiting:
            self._port.finish(task, DoTask.Result.INTERRUPTED, reason)

    def _tell_orphan(self, done: Any) -> None:
        found = done.result()
        if found is not None and found.request_id and self._dialogue.running is None:
            what = f"{found.skill} {found.arguments}"
            self.get_logger().warning(f"{what} of an earlier planner still runs; new words replace it")

    async def _tell_plan(self, request: PlanText.Request, response: PlanText.Response) -> PlanText.Response:
        """The plan of an instruction; nothing moves. Clients repeat calls, so equal ones share one plan."""
        text = words_in(request.text)
        future = self._asked.get(text)
        if future is None:
            future = self._asked[text] = Future(executor=self.executor)
            said = Instruction(text, "service", self._world.now)
            self._port.plan(said, lambda plan: future.set_result(self._dialogue.checked(plan)))
        plan: Any = await future
        self._asked.pop(text, None)
        response.json = json.dumps(plan.to_json())
        return response

    def _take_instruction(self, said: Instruction) -> None:
        """An instruction from a topic: the plan topic and the log report its outcome."""

        def log(done: Any) -> None:
            self.get_logger().info(f"{said.text[:80]}: {done.result().outcome} {done.result().reason}")

        future: Future = Future(executor=self.executor)
        future.add_done_callback(log)
        self._arrive(DialogueTask(said, future=future, arrived=time.monotonic()))

    def _judge(self, goal: DoTask.Goal) -> GoalResponse:
        """Accepts every valid goal, since a rejected one cannot carry a reason."""
        goal.text = readable(goal.text)
        return self._sound(goal)

    async def _execute(self, goal: ServerGoalHandle) -> DoTask.Result:
        """Runs one goal of ``do_task`` to its end."""

        def tell(kind: str, text: str) -> None:
            if goal.is_active:
                share = task_progress(task, self._world.statuses.values())
                step = running_steps(task)
                goal.publish_feedback(DoTask.Feedback(event=kind, text=text, progress=share, step=step))

        words = goal.request
        instruction = Instruction(words.text, words.source or "action", self._world.now, words.operator_name)
        future: Future = Future(executor=self.executor)
        now = time.monotonic()
        task = DialogueTask(instruction, tell, lambda: goal.is_cancel_requested, future=future, arrived=now)
        self._arrive(task)
        result: Any = await future
        if result.outcome in (DoTask.Result.SUCCEEDED, DoTask.Result.STATEMENT):
            goal.succeed()
        elif goal.is_cancel_requested:
            goal.canceled()
        else:
            goal.abort()
        return result

    def _arrive(self, task: DialogueTask) -> None:
        # Words have no id of their own; the monotonic time of their arrival makes one that is unique on this machine.
        task.words_id = f"words-{1e3 * task.arrived:.0f}"
        said = task.instruction
        if self._console is not None:
            source, task.trusted = self._console.check(said.source, said.text, time.time())
            task.instruction = said = replace(said, source=source)
        try:
            task.given = GivenPlan.parse(said.text)
        except DataError as error:
            self._port.finish(task, DoTask.Result.REFUSAL, str(error))
            return
        if task.given is not None:
            task.instruction = said = replace(said, text=task.given.words)
        self._port.note("words", task.words_id, text=said.text, source=said.source)
        self._waiting.append(task)
        self._look()

    def _look(self) -> None:
        """Ten times a second, and whenever an instruction arrived."""
        now = time.monotonic()
        waiting, self._waiting = self._waiting, []
        for task in waiting:
            stop = task.given is None and find_stop(task.instruction.text)
            if stop:  # waits for nothing, and nothing that waits begins after it
                for older in self._waiting:
                    self._port.finish(older, DoTask.Result.INTERRUPTED, "stopped")
                self._waiting = []
            if self.running and (stop or self._world.known):
                task.began, self._port.hearing = self._world.now, task.words_id
                try:
                    self._dialogue.arrive(task)
                except SkillStackError as error:
                    self._port.finish(task, DoTask.Result.FAILED, str(error))
                self._port.hearing = ""
            elif task.cancelled():
                self._port.finish(task, DoTask.Result.INTERRUPTED, "cancelled")
            elif now - task.arrived > WAIT_FOR_WORLD:
                missing = "the scene" if self._world.status else "the controller"
                self._port.finish(task, DoTask.Result.FAILED, f"nothing was heard of {missing}")
            else:
                self._waiting.append(task)
        self._port.look()
        if self.running and self._world.known:
            self._dialogue.look(now)

    def _sign_of_life(self) -> None:
        for task in (*self._waiting, *self._dialogue.jobs()):
            task.tell("alive", "")


def _falls(blocks: Sequence[SceneObject], ground: SceneObject) -> str:
    """Tries in simulation whether a structure stands."""
    from skill_stack.hardware.mujoco.standing_check import first_to_fall  # on demand: physics is large

    return first_to_fall(blocks, ground)


def _no_plan(response: PlanText.Response, why: str) -> None:
    """The answer to an implausible instruction."""
    response.json = json.dumps(Plan("", "", "refusal", reason=why).to_json())


def _into(grammar: StandingPlanner) -> Any:
    """Applies another library, or one with lessons, to a planner; None where there is nothing to do."""

    def take(library: SkillLibrary) -> None:
        taught = isinstance(library, TaughtLibrary) and library.lessons != Lessons()
        if taught or grammar.taught or library.entries != grammar.told.entries:
            grammar.relearn(library, taught)

    return take


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the node."""
    return run_node(PlannerNode, argv)


if __name__ == "__main__":
    raise SystemExit(main())
