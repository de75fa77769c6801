"""Monitor node: the web page of a running robot."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from geometry_msgs.msg import TransformStamped

from skill_stack.core.errors import SkillStackError
from skill_stack.core.processes.operator_callbacks import OperatorCallbacks
from skill_stack.core.shared_memory.block_name import page_path
from skill_stack.monitor.page_key import PageKey
from skill_stack.monitor.robot_meshes import load_meshes
from skill_stack.monitor.status_board import PageEvent, StatusBoard
from skill_stack.monitor.web_monitor import PageOptions, WebMonitor
from skill_stack.nodes.border import subscribe
from skill_stack.nodes.clients.console_key import console_of
from skill_stack.nodes.clients.recordings_process import RecordingsProcess
from skill_stack.nodes.clients.task_sender import TaskSender
from skill_stack.nodes.node_main import run_node
from skill_stack.nodes.ros_compat import LATCHED, STREAM
from skill_stack.nodes.stack_node import StackNode
from skill_stack.nodes.stop_line import Kind, StopLine
from skill_stack.nodes.views.markers import plan_view_of
from skill_stack.nodes.views.robot_description import describe_robot
from skill_stack.nodes.views.robot_feed import RobotFeed
from skill_stack.nodes.wire.wire import outcome_of
from skill_stack.nodes.wire.wire_scene import scene_of
from skill_stack.nodes.wire.wire_sensors import localization_of
from skill_stack.runtime.bringup.run_file import RunFile
from skill_stack_interfaces.msg import Plan as PlanMessage
from skill_stack_interfaces.msg import SceneGraph as SceneMessage
from skill_stack_interfaces.msg import StepOutcome as OutcomeMessage
from skill_stack_interfaces.srv import Record

_HERE = ("127.0.0.1", "localhost", "::1")
_SHOWN_ELSEWHERE = ("alive", "plan", "step_started", "step_ended")  # in the plan, or as outcomes for the client


class MonitorNode(StackNode):
    """Shows a robot in the browser and passes requests from there to the stack.

    It listens to ``skill_status``, ``joint_states``, ``scene``, ``localization``, ``plan`` and ``step_outcome``, sends
    words as goals of ``do_task``, and stops through :class:`skill_stack.nodes.stop_line.StopLine`. Without an open page
    it subscribes only to the topics with a low rate.

    Parameters: ``robot``; ``host`` and ``port`` (where the page is; the next free port when it is taken); ``names``
    (host names under which other machines reach it); ``rate`` (updates of the page, Hz); ``autostart`` (whether it
    brings itself up: nothing depends on it, so no manager need).
    """

    def __init__(self) -> None:
        """Declares the parameters."""
        super().__init__("monitor")
        self._page: WebMonitor | None = None
        self._board = StatusBoard()
        self._feed: RobotFeed | None = None
        self._dropped = 0
        if self.value("autostart"):
            self.trigger_configure()
            self.trigger_activate()

    def configure(self) -> None:
        """Loads the robot, opens the page, subscribes; raises when robot, meshes or port are not there."""
        robot = self.load_robot()
        self._parts = tuple(robot.parts)
        tree = describe_robot(robot).tree
        meshes, problems = load_meshes(tree)
        for problem in problems:
            self.get_logger().warning(problem)
        self._stops = StopLine(self)
        # A page that others reach is no console: an address with its key can be passed on.
        here = str(self.value("host")) in _HERE
        console = console_of(self.resources) if here else None
        self._sender = TaskSender(self, "web", self._board.note_event, _SHOWN_ELSEWHERE, console)
        wanted = int(self.value("port"))
        name = self.get_namespace().strip("/")
        self._key = PageKey(page_path(self.block))
        names = tuple(str(one) for one in self.value("names") if one)
        title = f"{robot.name} {name}".strip()
        options = PageOptions(str(self.value("host")), wanted, title, self._key.key, names)
        callbacks = OperatorCallbacks(
            instruct=self._instruct,
            stop=lambda: self._ask("stop"),
            estop=lambda: self._ask("estop"),
            reset=lambda: self._ask("reset"),
            keep=self._keep,
            recordings=(lambda: self._recordings.open()) if here else None,
        )
        self._recorder: Any = self.create_client(Record, "record")
        self._page = WebMonitor(options, tree, meshes, callbacks)
        self.configured.callback(self._close_page)
        live = self._page.url.replace(f"{self._key.key}/", "")  # whoever follows that link may watch, and stop
        self._recordings = RecordingsProcess(live, self._page.link_recordings, self._no_recordings)
        self.configured.callback(self._recordings.close)
        self._key.keep(self._page.url)
        if not here and not names:
            self.get_logger().warning("other machines reach the page under the parameter names alone, which is empty")
        if self._page.moved:
            self.get_logger().warning(f"port {wanted} is taken; the page is on port {self._page.port}")
        subscribe(self, SceneMessage, "scene", scene_of, self._board.note_scene, LATCHED)
        subscribe(self, TransformStamped, "localization", localization_of, self._board.note_odom, LATCHED)
        subscribe(self, PlanMessage, "plan", plan_view_of, self._board.note_plan, LATCHED)
        subscribe(self, OutcomeMessage, "step_outcome", outcome_of, self._board.note_outcome, STREAM)

    def activate(self) -> None:
        """Begins to update the page."""
        self.create_rate_timer("rate", self._update)
        self.activated.callback(self._listen, False)  # the page stays, and so do its buttons
        if self._page is not None:
            self.about = f": {self._page.url}"

    def _close_page(self) -> None:
        if self._page is not None:
            self._page.close()
            self._page = None
            if not RunFile(self.block).held_by_other:  # else the page may be started again, and its browsers stay
                self._key.remove()

    def _update(self) -> None:
        """Shows the newest data if a client is connected."""
        watched = self._page is not None and self._page.watched
        self._listen(watched)
        if self._page is not None and (dropped := self._page.gate.dropped) > self._dropped:
            text = f"{dropped - self._dropped} messages or connections to the page were dropped, the last one: "
            self.get_logger().warning(text + self._page.gate.last, throttle_duration_sec=5.0)
            self._dropped = dropped
        if self._page is not None and self._feed is not None:
            self._feed.read()
            self._page.update(self._board.snapshot(time.monotonic()))

    def _listen(self, watched: bool) -> None:
        """Subscribes to the fast topics while a client is connected; as bytes, of which only the newest are decoded."""
        if watched and self._feed is None:
            self._feed = RobotFeed(self, self._board, self._parts)
        elif not watched and self._feed is not None:
            self._feed.close()
            self._feed = None

    def _ask(self, kind: Kind) -> bool:
        """Passes a stop, e-stop or reset to the robot; whether it succeeded. Called from the page's threads."""
        try:
            self._stops.ask(kind)
        except SkillStackError as error:
            self._board.note_event(PageEvent(str(error), "bad"))
            return False
        self._board.note_event(PageEvent(f"{kind} asked for on this page", "said"))
        return True

    def _keep(self) -> None:
        """Has the recorder keep the run; called from the page's threads."""
        if not self._recorder.service_is_ready():
            self._board.note_event(PageEvent("nothing is recorded: no recorder answers", "bad"))
            return

        def tell(done: Any) -> None:
            answer = done.result()
            text = "this run is kept" if answer.success else answer.message
            self._board.note_event(PageEvent(text, "said" if answer.success else "bad"))

        request = Record.Request(command=Record.Request.MARK, text="kept from the page")
        self._recorder.call_async(request).add_done_callback(tell)

    def _no_recordings(self, why: str) -> None:
        self._board.note_event(PageEvent(f"the recordings are not shown: {why}", "bad"))

    def _instruct(self, words: str) -> None:
        """Passes an instruction to the planner; called from the page's threads."""
        self._board.note_event(PageEvent(f"“{words}”", "said"))
        self._sender.send(words)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the node."""
    return run_node(MonitorNode, argv)


if __name__ == "__main__":
    raise SystemExit(main())
