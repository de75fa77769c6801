"""Monitor node: the web page of a running robot."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence

from geometry_msgs.msg import TransformStamped
from rclpy.serialization import deserialize_message
from rclpy.subscription import Subscription
from sensor_msgs.msg import JointState

from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.operator_callbacks import OperatorCallbacks
from skill_stack.core.setpoint import SkillStatus
from skill_stack.monitor.board import Board, Event
from skill_stack.monitor.robot_meshes import load_meshes
from skill_stack.monitor.web_monitor import PageOptions, WebMonitor
from skill_stack.nodes.console_key import console_of
from skill_stack.nodes.markers import plan_view_of
from skill_stack.nodes.node_main import run_node
from skill_stack.nodes.robot_description import describe_robot
from skill_stack.nodes.ros_compat import LATCHED, NEWEST, STREAM
from skill_stack.nodes.stack_node import StackNode
from skill_stack.nodes.stop_line import Kind, StopLine
from skill_stack.nodes.task_sender import TaskSender
from skill_stack.nodes.wire import outcome_of, status_of
from skill_stack.nodes.wire_scene import scene_of
from skill_stack.nodes.wire_sensors import localization_of
from skill_stack_interfaces.msg import Plan as PlanMessage
from skill_stack_interfaces.msg import SceneGraph as SceneMessage
from skill_stack_interfaces.msg import SkillStatus as StatusMessage
from skill_stack_interfaces.msg import StepOutcome as OutcomeMessage

STATUSES_KEPT = 4  # undecoded ones for each part, so that the slowest part is among them
_HERE = ("127.0.0.1", "localhost", "::1")
_SHOWN_ELSEWHERE = ("alive", "plan", "step_started", "step_ended")  # in the plan, or as outcomes of whoever asked


class MonitorNode(StackNode):
    """Shows a robot in the browser and brings what people ask for there to the stack.

    It listens to ``skill_status``, ``joint_states``, ``scene``, ``localization``, ``plan`` and ``step_outcome``, sends
    words as goals of ``do_task``, and stops through :class:`skill_stack.nodes.stop_line.StopLine`. While nobody looks
    it listens to the rare topics alone.

    Parameters: ``robot``; ``host`` and ``port`` (where the page is; the next free port when it is taken); ``rate``
    (updates of the page, Hz); ``autostart`` (whether it brings itself up: nothing depends on it, so no manager need).
    """

    def __init__(self) -> None:
        """Declares the parameters."""
        super().__init__("monitor", host="127.0.0.1", port=8080, rate=15.0, autostart=True)
        self._page: WebMonitor | None = None
        self._board = Board()
        self._fast: list[Subscription] = []
        self._raw_statuses: deque[bytes] = deque(maxlen=1)
        self._raw_joints: bytes = b""
        self._status_at = 0.0
        if self.value("autostart"):
            self.trigger_configure()
            self.trigger_activate()

    def configure(self) -> None:
        """Loads the robot, opens the page, subscribes; raises when robot, meshes or port are not there."""
        robot = self.load_robot()
        self._parts = tuple(robot.parts)
        self._raw_statuses = deque(maxlen=STATUSES_KEPT * len(self._parts))
        tree = describe_robot(robot).tree
        meshes, problems = load_meshes(tree)
        for problem in problems:
            self.get_logger().warning(problem)
        self._stops = StopLine(self)
        # A page that others reach is no console: it asks nobody who they are.
        here = str(self.value("host")) in _HERE
        console = console_of(self.resources) if here else None
        self._sender = TaskSender(self, "web", self._board.note_event, _SHOWN_ELSEWHERE, console)
        wanted = int(self.value("port"))
        name = self.get_namespace().strip("/")
        options = PageOptions(str(self.value("host")), wanted, f"{robot.name} {name}".strip())
        callbacks = OperatorCallbacks(
            instruct=self._instruct,
            stop=lambda: self._ask("stop"),
            estop=lambda: self._ask("estop"),
            reset=lambda: self._ask("reset"),
        )
        self._page = WebMonitor(options, tree, meshes, callbacks)
        if self._page.moved:
            self.get_logger().warning(f"port {wanted} is taken; the page is on port {self._page.port}")
        self.create_subscription(SceneMessage, "scene", lambda m: self._board.note_scene(scene_of(m)), LATCHED)
        self.create_subscription(TransformStamped, "localization", self._take_origin, LATCHED)
        self.create_subscription(PlanMessage, "plan", lambda m: self._board.note_plan(plan_view_of(m)), LATCHED)
        self.create_subscription(OutcomeMessage, "step_outcome", self._take_outcome, STREAM)

    def activate(self) -> None:
        """Begins to update the page."""
        self._timer = self.create_timer(1.0 / float(self.value("rate")), self._update)
        if self._page is not None:
            self.about = f": {self._page.url}"

    def deactivate(self) -> None:
        """Stops updating the page; its buttons go on working."""
        self.destroy_timer(self._timer)
        self._listen(False)

    def close(self) -> None:
        """Closes the page."""
        if self._page is not None:
            self._page.close()
            self._page = None

    def _update(self) -> None:
        """Shows the newest of everything if someone looks."""
        watched = self._page is not None and self._page.watched
        self._listen(watched)
        if self._page is not None and watched:
            self._read_newest()
            self._page.update(self._board.snapshot(time.monotonic()))

    def _listen(self, watched: bool) -> None:
        """Subscribes to the fast topics while someone looks; as bytes, of which only the newest are ever decoded."""
        if watched and not self._fast:
            self._fast = [
                self.create_subscription(StatusMessage, "skill_status", self._take_status, STREAM, raw=True),
                self.create_subscription(JointState, "joint_states", self._take_joints, NEWEST, raw=True),
            ]
        elif not watched and self._fast:
            for subscription in self._fast:
                self.destroy_subscription(subscription)
            self._fast = []

    def _take_status(self, raw: bytes) -> None:
        self._raw_statuses.append(raw)
        self._status_at = time.monotonic()

    def _take_joints(self, raw: bytes) -> None:
        self._raw_joints = raw

    def _take_origin(self, message: TransformStamped) -> None:
        self._board.note_odom(localization_of(message))

    def _take_outcome(self, message: OutcomeMessage) -> None:
        try:
            self._board.note_outcome(outcome_of(message))
        except DataError as error:
            self.get_logger().warning(f"outcome ignored: {error}")

    def _read_newest(self) -> None:
        """Decodes what arrived since the last update."""
        raws = tuple(self._raw_statuses)
        self._raw_statuses.clear()
        newest: dict[str, SkillStatus] = {}
        for raw in reversed(raws):
            if len(newest) == len(self._parts):
                break
            try:
                status = status_of(deserialize_message(raw, StatusMessage))
                newest.setdefault(status.part, status)
            except DataError as error:
                self.get_logger().warning(f"status ignored: {error}", throttle_duration_sec=1.0)
        for part, status in newest.items():
            self._board.note_status(status, self._status_at, "" if part == self._parts[0] else part)
        if self._raw_joints:
            raw, self._raw_joints = self._raw_joints, b""
            joints = deserialize_message(raw, JointState)
            self._board.note_joints(dict(zip(joints.name, joints.position)))

    def _ask(self, kind: Kind) -> None:
        """Brings a stop, e-stop or reset to the robot; called from the page's threads."""
        try:
            self._stops.ask(kind)
            self._board.note_event(Event(f"{kind} asked for on this page", "said"))
        except SkillStackError as error:
            self._board.note_event(Event(str(error), "bad"))

    def _instruct(self, words: str) -> None:
        """Hands words to the planner; called from the page's threads."""
        self._board.note_event(Event(f"“{words}”", "said"))
        self._sender.send(words)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the node."""
    return run_node(MonitorNode, argv)


if __name__ == "__main__":
    raise SystemExit(main())
