"""Monitor node: the web page of a running robot."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from typing import Any, Protocol

from geometry_msgs.msg import TransformStamped

from skill_stack.core.errors import SkillStackError
from skill_stack.core.plan import Plan
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.shared_memory.block_name import page_path
from skill_stack.monitor.page.access import ROLES
from skill_stack.monitor.page.actions import PageActions
from skill_stack.monitor.page.talk_log import TalkLog
from skill_stack.monitor.page_key import PageKey
from skill_stack.monitor.plan_view import PlanView
from skill_stack.monitor.robot_meshes import load_meshes
from skill_stack.monitor.status_board import PageEvent, StatusBoard
from skill_stack.monitor.web_monitor import PageOptions, WebMonitor
from skill_stack.nodes.border import subscribe
from skill_stack.nodes.clients.console_key import console_of
from skill_stack.nodes.clients.recordings_process import RecordingsProcess
from skill_stack.nodes.clients.task_sender import TaskSender
from skill_stack.nodes.node_main import run_node
from skill_stack.nodes.page.drive_port import DrivePort, drive_ranges
from skill_stack.nodes.page.other_robots import OtherRobots
from skill_stack.nodes.page.previews import Previews
from skill_stack.nodes.page.report_process import make_report
from skill_stack.nodes.page.sights import CAMERA, Sights
from skill_stack.nodes.page.signal_feed import SignalFeed, signal_section, signal_values
from skill_stack.nodes.page.skill_buttons import SkillButtons
from skill_stack.nodes.page.told_facts import ToldFacts
from skill_stack.nodes.ros_compat import LATCHED, STREAM
from skill_stack.nodes.stack_node import StackNode
from skill_stack.nodes.stop_line import Kind, StopLine
from skill_stack.nodes.views.markers import plan_view_of
from skill_stack.nodes.views.robot_description import describe_robot
from skill_stack.nodes.views.robot_feed import RobotFeed
from skill_stack.nodes.voice.page_voice import PageHearer, PageVoice
from skill_stack.nodes.wire.wire import outcome_of
from skill_stack.nodes.wire.wire_plan import plan_of
from skill_stack.nodes.wire.wire_scene import scene_of
from skill_stack.nodes.wire.wire_sensors import localization_of
from skill_stack.runtime.bringup.run_file import RunFile
from skill_stack.teleop.velocity_ramp import DriveLimits
from skill_stack_interfaces.msg import Plan as PlanMessage
from skill_stack_interfaces.msg import SceneGraph as SceneMessage
from skill_stack_interfaces.msg import StepOutcome as OutcomeMessage
from skill_stack_interfaces.srv import Record

_HERE = ("127.0.0.1", "localhost", "::1")
_SHOWN_ELSEWHERE = ("alive", "plan", "step_started", "step_ended")  # in the plan, or as outcomes for the client


class _Feed(Protocol):
    """What is subscribed to while somebody watches."""

    def close(self) -> None:
        """Ends the subscriptions."""


class MonitorNode(StackNode):
    """Shows a robot in the browser and passes requests from there to the stack.

    It listens to ``skill_status``, ``joint_states``, ``scene``, ``localization``, ``plan``, ``step_outcome``,
    ``skills`` and ``taught``; where they are there to ``battery_state``, ``temperature``, ``camera/image_raw``,
    ``perceived``, ``occupancy_grid``, ``map``, ``lookout``; and to ``skill_status`` of other robots. It sends words,
    and skills as plans of one step, as goals of ``do_task``, velocities on ``cmd_vel_local`` or ``cmd_vel_network``,
    and stops through :class:`skill_stack.nodes.stop_line.StopLine`. Without an open page it subscribes only to the
    topics with a low rate.

    Parameters: ``robot``; ``host`` and ``port`` (where the page is; the next free port when it is taken); ``names``
    (host names under which other machines reach it); ``recogniser`` and ``recogniser_model`` (what makes words of what
    people say into a browser; empty for nothing); ``wake`` (phrase that a page may wait for); ``rate`` (updates
    of the page, Hz); ``autostart`` (whether it
    brings itself up: nothing depends on it, so no manager need).
    """

    def __init__(self) -> None:
        """Declares the parameters."""
        super().__init__("monitor")
        self._page: WebMonitor | None = None
        self._board, self._talk = StatusBoard(), TalkLog()
        self._feed: RobotFeed | None = None
        self._sights: Sights | None = None
        self._feeds: list[_Feed] = []
        self._dropped = 0
        if self.value("autostart"):
            self.trigger_configure()
            self.trigger_activate()

    def configure(self) -> None:
        """Loads the robot, opens the page, subscribes; raises when robot, meshes or port are not there."""
        robot = self._robot = self.load_robot()
        library = self.load_library(robot)
        self._stops = StopLine(self)
        # A page that others reach is no console: an address with its key can be passed on.
        here = str(self.value("host")) in _HERE
        console = console_of(self.resources) if here else None
        self._sender = TaskSender(self, "web", self._board.note_event, _SHOWN_ELSEWHERE, console, self._talk.told)
        limits = DriveLimits()
        ranges = drive_ranges(library, limits)
        usual = {spec.name: {one.name: one.default for one in spec.goal} for spec in library}
        self._voice = self._make_voice(robot)
        self._recorder: Any = self.create_client(Record, "record")
        actions = PageActions(
            ask=self._ask,
            say=self._instruct,
            start=lambda name, arguments, sure: self._skills.start(name, arguments, sure),
            drive=DrivePort(self, ranges, limits) if ranges is not None else None,
            keep=self._keep,
            recordings=self._open_recordings if here else _elsewhere,
            forget=lambda number: self._facts.forget(number),
            preview=lambda: self._previews.start(self._board.snapshot(time.monotonic())),
            step_picture=lambda plan, step: self._previews.picture(plan, step),
            picture=lambda name: self._sights.picture if name == CAMERA and self._sights is not None else None,
            map=lambda: self._sights.map_picture if self._sights is not None else None,
            microphone=self._voice,
            report=partial(make_report, self.get_namespace().strip("/")),
        )
        page = self._open_page(
            robot, actions, {"drive": ranges, "voice": self._voice is not None, "wake": self.value("wake")}
        )
        self._skills = SkillButtons(self, robot, library, page.show, self._send)
        self._others = OtherRobots(self, page.show)
        self.configured.callback(self._others.close)
        self._facts = ToldFacts(self, page.show)
        self._previews = Previews(robot.name, library, self._board.note_event, not self.value("simulated"))
        page.show({"signals": signal_section(robot), "cameras": [], "map": None, "robots": []})
        subscribe(self, SceneMessage, "scene", scene_of, self._board.note_scene, LATCHED)
        subscribe(self, TransformStamped, "localization", localization_of, self._board.note_odom, LATCHED)
        subscribe(self, PlanMessage, "plan", lambda m: (plan_view_of(m, usual), plan_of(m)), self._take_plan, LATCHED)
        subscribe(self, OutcomeMessage, "step_outcome", outcome_of, self._board.note_outcome, STREAM)

    def _make_voice(self, robot: RobotSpec) -> PageVoice | None:
        """What hears people who speak into a browser; None where nothing shall."""
        recogniser, model = str(self.value("recogniser")), str(self.value("recogniser_model"))
        if not recogniser:
            return None
        hearing = ["--robot", robot.name, "--recogniser", recogniser, *(("--model", model) if model else ())]
        hearer = PageHearer(lambda kind: self._ask(kind, "all"), self._talk.heard, self._names_around)
        ear = ["--namespace", self.get_namespace(), "--wake", str(self.value("wake"))]
        voice = PageVoice(ear, hearing, hearer)
        self.configured.callback(voice.close)
        return voice

    def _names_around(self) -> list[str]:
        """What the things around are called."""
        things = self._board.snapshot(time.monotonic()).scene.objects.values()
        return [name for thing in things for name in (thing.label, *thing.names)]

    def _open_page(self, robot: RobotSpec, actions: PageActions, about: dict[str, Any]) -> WebMonitor:
        """Opens the page under the key of this run."""
        tree = describe_robot(robot).tree
        meshes, problems = load_meshes(tree)
        for problem in problems:
            self.get_logger().warning(problem)
        wanted, host = int(self.value("port")), str(self.value("host"))
        name = self.get_namespace().strip("/")
        self._key = PageKey(page_path(self.block))
        names = tuple(str(one) for one in self.value("names") if one)
        options = PageOptions(host, wanted, f"{robot.name} {name}".strip(), self._key.key, names)
        about = {"name": name or robot.name, "kind": robot.name, **about}
        page = self._page = WebMonitor(options, tree, meshes, actions, about)
        self.configured.callback(self._close_page)
        live = page.url.replace(f"{self._key.key}/", "")  # whoever follows that link may watch, and stop
        self._recordings = RecordingsProcess(live, page.link_recordings, self._no_recordings)
        self.configured.callback(self._recordings.close)
        self._key.keep(page.url, *(page.url_of(role) for role in ROLES[:-1]))
        if host not in _HERE and not names:
            self.get_logger().warning("other machines reach the page under the parameter names alone, which is empty")
        if page.moved:
            self.get_logger().warning(f"port {wanted} is taken; the page is on port {page.port}")
        return page

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
        page = self._page
        if page is None:
            return
        self._listen(page.watched)
        if (dropped := page.access.dropped) > self._dropped:
            text = f"{dropped - self._dropped} messages or connections to the page were dropped, the last one: "
            self.get_logger().warning(text + page.access.last, throttle_duration_sec=5.0)
            self._dropped = dropped
        if self._feed is None or self._sights is None:
            return
        self._feed.read()
        snapshot = self._board.snapshot(time.monotonic())
        task_time = snapshot.status.task_time if snapshot.status is not None else 0.0
        self._sights.note_pose(snapshot.base, task_time, snapshot.odom)
        page.update(snapshot, self._sights.looked, self._previews.addresses(snapshot.plan.id))
        page.show({"talk": self._talk.section()})
        self._others.update()
        if plotted := page.plotted:
            page.plot(task_time, signal_values(snapshot, plotted))

    def _listen(self, watched: bool) -> None:
        """Subscribes to the fast topics while a client is connected; as bytes, of which only the newest are decoded."""
        if watched and self._page is not None and not self._feeds:
            self._feed = RobotFeed(self, self._board, tuple(self._robot.parts))
            self._sights = Sights(self, self._robot, self._page.show)
            self._feeds = [self._feed, self._sights, SignalFeed(self, self._board)]
            self._others.watch(True)
        elif not watched and self._feeds:
            for feed in self._feeds:
                feed.close()
            self._feeds = []
            self._feed = self._sights = None
            self._others.watch(False)

    def _take_plan(self, both: tuple[PlanView, Plan]) -> None:
        """Takes a plan, as people read it and as it can be rehearsed."""
        shown, plan = both
        self._board.note_plan(shown)
        self._talk.planned(shown)
        self._previews.note_plan(plan)

    def _ask(self, kind: Kind, robot: str) -> str:
        """Passes a stop, e-stop or reset to the robots; why it did not. Called from the page's thread.

        This robot first: its own memory is the quickest way.
        """
        trouble = []
        own = robot in ("all", self.get_namespace().strip("/"), self._robot.name)
        if own:
            try:
                self._stops.ask(kind)
            except SkillStackError as error:
                trouble.append(str(error))
        if robot == "all" or not own:
            trouble += self._others.ask(kind, "" if robot == "all" else robot)
        why = "; ".join(trouble)
        asked = f"{kind} asked for on this page"
        self._board.note_event(PageEvent(why, "bad") if why else PageEvent(asked, "said"))
        return why

    def _keep(self) -> str:
        """Has the recorder keep the run; called from the page's thread."""
        if not self._recorder.service_is_ready():
            return "nothing is recorded: no recorder answers"

        def tell(done: Any) -> None:
            answer = done.result()
            text = "this run is kept" if answer.success else answer.message
            self._board.note_event(PageEvent(text, "said" if answer.success else "bad"))

        request = Record.Request(command=Record.Request.MARK, text="kept from the page")
        self._recorder.call_async(request).add_done_callback(tell)
        return ""

    def _open_recordings(self) -> str:
        self._recordings.open()
        return ""

    def _no_recordings(self, why: str) -> None:
        self._board.note_event(PageEvent(f"the recordings are not shown: {why}", "bad"))

    def _instruct(self, words: str, sure: bool) -> str:
        """Passes an instruction to the planner; called from the page's thread."""
        self._send(words, words, sure)
        return ""

    def _send(self, words: str, text: str, sure: bool) -> None:
        """Passes words, or a plan as text that they stand for, to the planner."""
        self._board.note_event(PageEvent(f"“{words}”", "said"))
        self._talk.said(words)
        self._sender.send(text, sure)


def _elsewhere() -> str:
    return "recordings open on the robot's own machine alone: skill-stack episodes view"


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the node."""
    return run_node(MonitorNode, argv)


if __name__ == "__main__":
    raise SystemExit(main())
