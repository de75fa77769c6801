"""Connector node: ``do_skill`` in, setpoints out, driven by the controller's status."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from geometry_msgs.msg import Twist, TwistStamped
from rclpy.action import ActionServer, CancelResponse
from rclpy.action.server import ServerGoalHandle
from rclpy.task import Future

from skill_stack.connector.guides import prepare_guides
from skill_stack.connector.parts_connector import PartsConnector
from skill_stack.connector.paths.localization import Localization
from skill_stack.connector.paths.obstacle_removal import mover_of
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.connector.teleop import SHARED, SOURCES
from skill_stack.core.data_file import parse_model
from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.processes.confirmation import RunConfirmations
from skill_stack.core.processes.journal import Journal
from skill_stack.core.processes.lock_step_waits import LONGEST, LockStepNotes
from skill_stack.core.processes.run_key import read_run_key, run_words
from skill_stack.core.processes.setpoint_seal import SetpointSealer
from skill_stack.core.setpoint import SkillRequest, SkillSetpoint, SkillStatus, StepOutcome
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.occupancy_grid import OccupancyGrid
from skill_stack.core.world.scene import SceneGraph
from skill_stack.nodes.border import as_it_is, serve, sound, subscribe
from skill_stack.nodes.clients.action_servers import ActionServers
from skill_stack.nodes.goal_heartbeat import GoalHeartbeat
from skill_stack.nodes.node_main import run_node
from skill_stack.nodes.perception_client import PerceptionClient
from skill_stack.nodes.ros_compat import ANY_SENDER, STREAM
from skill_stack.nodes.run_memory import RunMemory
from skill_stack.nodes.skill_folders import SkillFolders
from skill_stack.nodes.stack_node import StackNode
from skill_stack.nodes.views.goal_pose import GoalPose
from skill_stack.nodes.views.occupancy_view import watch_obstacles
from skill_stack.nodes.views.spared_things import SparedThings
from skill_stack.nodes.views.team_view import TeamView
from skill_stack.nodes.views.world_view import WorldView
from skill_stack.nodes.wire.wire import CHANGE_REFUSED, outcome_message, request_of, setpoint_message
from skill_stack.nodes.wire.wire_basics import nanoseconds_of
from skill_stack_interfaces.action import DoSkill
from skill_stack_interfaces.msg import SkillSetpoint as SetpointMessage
from skill_stack_interfaces.msg import StepOutcome as OutcomeMessage
from skill_stack_interfaces.srv import GetActive

SILENCE = 0.5  # s of the clock on the wall without a status after which the log says so
IDLE_SHARE = 0.8  # share of a setpoint's life after which an idle robot's next one is sent in lock-step
LOCK_STEP_VALIDITY = 0.06  # s of task time: how far simulated time may run ahead of the connector, three control ticks
LOST = 5.0  # s of the clock on the wall without a new status after which a running step has failed
LATE = 3.0  # s after its end in which a request that arrives once more is the same one, late, and not a new one


class ConnectorNode(StackNode):
    """The connector on ROS.

    Parameters: ``robot``; ``pace`` (``lock_step`` answers every status, since simulated time waits for the answer);
    ``stamped_cmd_vel`` (whether ``cmd_vel`` is a TwistStamped, as newer tools send it);
    every field of :class:`skill_stack.connector.settings.ConnectorSettings` by its name.
    """

    def __init__(self) -> None:
        """Declares the parameters."""
        super().__init__("connector")
        self._goals: dict[str, tuple[ServerGoalHandle, Future]] = {}
        self._ended: dict[str, tuple[StepOutcome, float]] = {}
        self._early_goals: list[ServerGoalHandle] = []

    def _read_settings(self) -> ConnectorSettings:
        given = {name: self.value(name) for name in ConnectorSettings.model_fields}
        settings = parse_model(ConnectorSettings, given, "parameters of the connector")
        if self._lock_step:
            # Simulated time runs ahead as far as a setpoint holds; on a busy machine that would be a dead time in which
            # the robot turns past its target.
            settings = settings.model_copy(update={"validity": min(settings.validity, LOCK_STEP_VALIDITY)})
        self._settings = settings
        self._period = 0.0 if self._lock_step else 1.0 / settings.rate
        return settings

    def check_parameters(self, values: Mapping[str, Any]) -> str:
        """Refuses skills that the robot does not have."""
        made: PartsConnector | None = getattr(self, "_connector", None)
        if made is None:
            return ""
        for name in values.keys() & {"teleop_skill", "stand_skill"}:
            entry = made.library.entries.get(values[name])
            if entry is None or not entry.usable:
                why = "is no skill of this robot" if entry is None else f"cannot be used: {entry.reason}"
                return f"{name}: '{values[name]}' {why}"
        return ""

    def change_parameters(self, names: frozenset[str]) -> None:
        """Passes new settings on; a step that runs goes on with those that it began with."""
        if hasattr(self, "_connector") and names & ConnectorSettings.model_fields.keys():
            self._connector.adjust(self._read_settings())

    def configure(self) -> None:
        """Loads robot and skills, and offers ``do_skill``, ``get_active`` and ``cmd_vel``."""
        robot = self.load_robot()
        self._lock_step = self.value("pace") == "lock_step"
        settings = self._read_settings()
        library = self.load_library(robot)
        prepare_guides(library)
        memory = RunMemory(self, library, settings)
        self.configured.callback(memory.close)
        confirmations = RunConfirmations(lambda: read_run_key(self.block), lambda: run_words(self.block))
        self._actions = ActionServers(self, library)
        spared = SparedThings(self.resources) if mover_of(library) is not None else None
        self._connector = PartsConnector(
            robot, library, settings, memory.observer, confirmations, self._actions, spared
        )
        self._answered: dict[str, float] = {}  # by part, as what follows
        self._due: dict[str, float] = {}
        self._newest: dict[str, tuple[float, int, str]] = {}
        self._heard = time.monotonic()
        self._journal, self._told = Journal(self.block, "connector"), ""
        self._first: Future = Future(executor=self.executor)  # done with the first status, or when it does not come
        self._since = self._twisted = 0.0
        self._sealer = SetpointSealer(lambda: read_run_key(self.block), time.monotonic_ns)
        self._setpoints = self.create_publisher(SetpointMessage, "skill_setpoint", STREAM)
        self._outcomes = self.create_publisher(OutcomeMessage, "step_outcome", STREAM)
        notes = LockStepNotes(self.block)
        heard = (lambda stamp: notes.note("look.heard", nanoseconds_of(stamp))) if self._lock_step else None
        self._world = WorldView(self, robot, self._take_status, on_scene=heard)
        self.configured.callback(notes.note, "look.heard", 0)
        self._sight = PerceptionClient(
            self, lambda: self._connector.library, self._connector.look_out, self._ended_so,
            (lambda: self._world.now) if self._lock_step else time.monotonic,
        )  # fmt: skip
        watch_obstacles(self, self.value("obstacles"), robot, self._world, self._see, self._connector.take_map)
        self._team = TeamView(self, self._connector, lambda: self._world.now) if robot.fixed is None else None
        self._pointed = GoalPose(self, self._take_on)
        self._main = robot.main_part
        self._velocities: dict[str, Any] = {}
        self._listen(library)
        for source in SOURCES[:-1]:
            subscribe(self, Twist, f"cmd_vel_{source}", as_it_is, partial(self._take_twist, source), ANY_SENDER)
        serve(self, GetActive, "get_active", self._tell_active)
        self._server = ActionServer(
            self, DoSkill, "do_skill", self._execute, goal_callback=sound(self, "do_skill"),
            cancel_callback=self._unwanted,
        )  # fmt: skip
        self.create_timer(0.25, self._watch)
        self._pulse = GoalHeartbeat(lambda: [goal for goal, _ in list(self._goals.values())])
        self._pulse.start()
        self.configured.callback(self._pulse.close)
        self._skills = SkillFolders(self, robot, library, self._renew)

    def _renew(self, library: SkillLibrary) -> bool:
        """Takes other skills when nothing runs; whether it did."""
        if taken := self._connector.renew(library):
            self._actions.renew(library)
            self._listen(library)
        return taken

    def _listen(self, library: SkillLibrary) -> None:
        """Takes velocities on ``cmd_vel``, and where skills of the library expect those of an action's server."""
        parts = (entry.spec.action for entry in library.entries.values() if entry.usable and entry.spec)
        topics = {part.velocity for part in parts if part is not None and part.base}
        kind, twist = (TwistStamped, lambda m: m.twist) if self.value("stamped_cmd_vel") else (Twist, as_it_is)
        for topic in sorted({SHARED, *topics} - self._velocities.keys()):
            take = partial(self._take_velocity, topic)
            self._velocities[topic] = subscribe(self, kind, topic, twist, take, ANY_SENDER)
            self.configured.callback(self.destroy_subscription, self._velocities[topic])

    def _graph(self) -> SceneGraph:
        """The world, with the place that somebody pointed at."""
        return self._pointed.world(self._world.graph())

    def _see(self, grid: OccupancyGrid) -> None:
        self._connector.see(grid, self._graph())

    def activate(self) -> None:
        """Takes steps from now on; they end with the activity."""
        self.activated.callback(self._end_all, "the connector was taken down")

    def _end_all(self, reason: str) -> None:
        """Ends whatever runs or waits; the robot stands as soon as the last setpoint is over."""
        if not self.alive:
            return  # there is nobody whom it could be told
        if not self._first.done():
            self._first.set_result(None)
        self._connector.cancel("", reason, self._world.now)
        for request_id, (goal, _) in list(self._goals.items()):
            self._sight.release(request_id)
            if request_id in self._goals:
                self._ended_so(StepOutcome(request_id, goal.request.skill, "interrupted", reason))

    def _take_status(self, status: SkillStatus) -> None:
        """The one path from status to setpoint; in lock-step simulated time waits for it."""
        now = time.monotonic()
        # The front end says the last status again and again; only one that is new is a sign of life of the controller.
        newest = (status.task_time, status.sample_sequence, status.mode.value)
        if newest != self._newest.get(status.part):
            self._newest[status.part], self._heard = newest, now
        if not self._first.done():
            self._first.set_result(None)
        if not self.running or self._early(status, now):
            return
        self._due[status.part], self._answered[status.part] = status.task_time + self._period - 1e-6, now
        if self._world.origin is not None:
            self._connector.localization = Localization(self._world.origin, "localization", status.task_time)
        cycle = self._connector.update(status, self._graph())
        setpoint = cycle.setpoint
        if setpoint is None and self._lock_step:
            setpoint = self._let_time_pass(status)
        if setpoint is not None:
            message = setpoint_message(self._sealed(setpoint), self.now_stamp(status.task_time), self.frame("map"))
            if setpoint.request_id and setpoint.request_id != self._told and setpoint.skills:
                self._told = setpoint.request_id  # before it is sent, or its reader may note it first
                self._note("setpoint", setpoint.request_id, sequence=setpoint.sequence, skill=setpoint.skills[0].skill)
            self._setpoints.publish(message)
        self._sight.tell(self._connector.running)
        if self._team is not None and status.part == self._main:
            self._team.tell(status)
        for outcome in cycle.outcomes:
            self._finish(outcome)

    def _sealed(self, setpoint: SkillSetpoint) -> SkillSetpoint:
        """A setpoint with a seal; without shared memory no front end would accept it."""
        try:
            return self._sealer.seal(setpoint)
        except DataError as error:
            self.get_logger().error(f"setpoints cannot be sealed: {error}", throttle_duration_sec=5.0)
            return setpoint

    def _early(self, status: SkillStatus, now: float) -> bool:
        """Whether a status need not be answered yet.

        By task time in real time. In lock-step every status of a running step is answered. The time of an idle robot
        passes about as fast as real time, so that it does not load the machine. It also does while an action server
        works, which uses real time.
        """
        due = self._due.get(status.part, -1.0)
        if self._lock_step:
            idle = self._connector.active is None and now - self._twisted > self._settings.teleop_timeout
            by_the_wall = idle or self._connector.outside
            answered = self._answered.get(status.part, 0.0)
            return by_the_wall and due >= 0 and now - answered < IDLE_SHARE * self._settings.validity
        return status.task_time < due and status.task_time > due - 1.0  # a clock that jumped back is new

    def _let_time_pass(self, status: SkillStatus) -> SkillSetpoint:
        """An empty setpoint: in lock-step simulated time waits for one even while the robot is limp."""
        until = status.task_time + self._settings.validity
        return SkillSetpoint("", status.setpoint_sequence, until, status.part, "connector", ())

    def _finish(self, outcome: StepOutcome) -> None:
        """Reports the end of a step, after the camera's verdict where a camera runs."""
        if not self._sight.hold(outcome, self._graph()):
            self._ended_so(outcome)

    def _ended_so(self, outcome: StepOutcome) -> None:
        """Reports the end of a step to its client and on the topic."""
        self._outcomes.publish(outcome_message(outcome))
        self._note("ended", outcome.request_id, outcome=outcome.outcome, reason=outcome.reason)
        now = time.monotonic()
        self._ended = {key: value for key, value in self._ended.items() if now - value[1] < LATE}
        self._ended[outcome.request_id] = (outcome, now)
        _, future = self._goals.pop(outcome.request_id, (None, None))
        if future is not None:
            future.set_result(outcome)
        self._pointed.ended(outcome, self._world.pose)

    def _note(self, stage: str, request_id: str, **details: Any) -> None:
        self._journal.note(stage, request_id, time.monotonic(), time.time(), **details)

    def _take_velocity(self, topic: str, twist: Twist) -> None:
        """Passes a velocity to the skill whose action server sent it; others on ``cmd_vel`` are a person's commands."""
        velocity = (twist.linear.x, twist.linear.y, twist.angular.z)
        if self.running and self._connector.drive(velocity, topic, self._world.now):
            return
        if topic == SHARED:
            self._take_twist(SHARED, twist)
        elif any(velocity):
            raise DataError("no skill that runs has asked for velocities")

    def _take_twist(self, source: str, twist: Twist) -> None:
        if not self.running:
            return
        self._twisted = time.monotonic()
        self._connector.teleop(twist.linear.x, twist.linear.y, twist.angular.z, self._world.now, source)

    async def _execute(self, goal: ServerGoalHandle) -> DoSkill.Result:
        """Runs one goal of ``do_skill`` to its end."""
        try:
            outcome = await self._start(goal)
        except SkillStackError as error:
            outcome = StepOutcome(_name(goal), goal.request.skill, "failed", str(error))
        if outcome.outcome == "succeeded":
            goal.succeed()
        elif goal.is_cancel_requested:
            goal.canceled()
        else:
            goal.abort()
        return DoSkill.Result(outcome=outcome_message(outcome))

    async def _start(self, goal: ServerGoalHandle) -> StepOutcome:
        """Starts a request and waits for its outcome.

        Raises:
            SkillStackError: The request is refused; the text states why.
        """
        request = replace(request_of(goal.request), id=_name(goal))
        if not self.running:
            raise SkillStackError("the connector is not active yet")
        if self._world.status is None:  # both started a moment ago
            self._early_goals.append(goal)
            await self._first
            if not self.running:
                raise SkillStackError("the connector was taken down")
        if self._world.status is None:
            raise SkillStackError("the connector has not heard from the controller")
        if request.id in self._goals:
            try:
                self._change(request)
            except SkillStackError as error:
                return StepOutcome(request.id, request.skill, "failed", str(error), CHANGE_REFUSED)
            again: StepOutcome = await self._goals[request.id][1]  # type: ignore[assignment]
            return again
        ended, at = self._ended.get(request.id, (None, 0.0))
        if ended is not None and time.monotonic() - at < LATE:
            return ended  # said again, and it has ended meanwhile: it must not begin once more
        self._take_on(request)
        future: Future = Future(executor=self.executor)
        self._goals[request.id] = (goal, future)
        outcome: StepOutcome = await future  # type: ignore[assignment]
        return outcome

    def _take_on(self, request: SkillRequest) -> None:
        """Begins a request.

        Raises:
            SkillStackError: It is refused; the text states why.
        """
        if not self.running or self._world.status is None:
            raise DataError("the connector is not active yet, or has not heard from the controller")
        self._connector.start(request, self._graph(), self._world.now)
        self._note("accepted", request.id, skill=request.skill)
        self._since = self._world.now
        self._due.clear()  # answer with the next status instead of waiting for the period to end

    def _change(self, request: SkillRequest) -> None:
        """The same id with other arguments changes the running step; with the same ones it is a repetition.

        Raises:
            SkillStackError: It cannot be changed so; what runs goes on as before.
        """
        running = next((one for one in self._connector.running if one.id == request.id), request)
        if (running.arguments, running.pace) != (request.arguments, request.pace):
            self._connector.change(request, self._graph(), self._world.now)
            self._note("changed", request.id, arguments=request.arguments, pace=request.pace)
            self._due.clear()
            self._told = ""  # the first setpoint with the change is a hand-over of its own

    def _unwanted(self, goal: ServerGoalHandle) -> CancelResponse:
        """Ends a step without a client with the next status."""
        request_id = _name(goal)
        if self._goals.get(request_id, (None,))[0] is goal:
            self._connector.cancel(request_id, "cancelled", self._world.now)
            self._due.clear()
        return CancelResponse.ACCEPT

    def _status_for(self, skill: str) -> SkillStatus | None:
        """Newest status of the part driven by a skill."""
        return self._world.statuses.get(self._connector.part_of(skill))

    def _tell_active(self, _: GetActive.Request, answer: GetActive.Response) -> GetActive.Response:
        active: SkillRequest | None = self._connector.active
        status = self._world.status
        answer.mode = status.mode.value if status else "starting"
        if active is not None:
            answer.request_id, answer.skill = active.id, active.skill
            answer.arguments, answer.since = json.dumps(active.arguments), self._since
        return answer

    def _silence(self) -> float:
        """How long the controller has been silent, s; in lock-step beyond the time that others may hold it up."""
        return time.monotonic() - self._heard - (LONGEST if self._lock_step else 0.0)

    def _watch(self) -> None:
        """Every 0.25 s: signs of life to clients, cancellations, and what a silent controller means."""
        self._pulse.awake()
        silence = self._silence()
        self._warn(silence)
        if silence > LOST and not self._first.done():
            self._first.set_result(None)
        if self._first.done():
            self._early_goals.clear()
        for early in self._early_goals:
            early.publish_feedback(DoSkill.Feedback(phase="waiting for the controller"))
        self._sight.watch()
        if silence > LOST:
            self._connector.cancel("", "no status from the controller", self._world.now)
        for request_id, (goal, _) in list(self._goals.items()):
            if goal.is_cancel_requested and self._sight.release(request_id):
                continue
            if silence > LOST:
                reason = f"no status from the controller for {silence:.1f} s"
                self._finish(StepOutcome(request_id, goal.request.skill, "failed", reason))
            elif goal.is_cancel_requested:
                self._connector.cancel(request_id, "cancelled", self._world.now)
            elif goal.is_active and (status := self._status_for(goal.request.skill)) is not None:
                progress = self._connector.signals(request_id).get("progress", status.progress)
                phase = (self._team.waiting_for if self._team is not None else "") or status.phase
                goal.publish_feedback(DoSkill.Feedback(phase=phase, progress=float(progress)))

    def _warn_of_types(self) -> None:
        """Logs velocities of the unused message type: otherwise the robot would stand still without an explanation."""
        taken = "TwistStamped" if self.value("stamped_cmd_vel") else "Twist"
        for topic in self._velocities:
            found = {one.topic_type.rpartition("/")[2] for one in self.get_publishers_info_by_topic(topic)}
            if found and taken not in found:
                text = f"{topic} is published as {', '.join(sorted(found))} and taken as {taken}: see stamped_cmd_vel"
                self.get_logger().warning(text, throttle_duration_sec=5.0)

    def _warn(self, silence: float) -> None:
        """Logs a condition while it lasts."""
        if self.running and silence > SILENCE:
            text = f"no status from the controller for {silence:.1f} s"
            self.get_logger().warning(text, throttle_duration_sec=2.0)
        if self._connector.active is not None:
            self._warn_of_types()
        if self._connector.grid_doubt and self._connector.active is not None:
            text = f"walking by the map alone: {self._connector.grid_doubt}"
            self.get_logger().warning(text, throttle_duration_sec=5.0)
        if self._connector.untrained:
            text = f"outside of what the adapters were trained for: {self._connector.untrained}"
            self.get_logger().warning(text, throttle_duration_sec=5.0)


def _name(goal: ServerGoalHandle) -> str:
    """Id of a request; one without an id gets its own, so that a stop can end it permanently."""
    return goal.request.request_id or f"unnamed-{bytes(goal.goal_id.uuid).hex()}"


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the node."""
    return run_node(ConnectorNode, argv)


if __name__ == "__main__":
    raise SystemExit(main())
