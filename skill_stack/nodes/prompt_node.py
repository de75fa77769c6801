"""Prompt node: instructions typed on this terminal."""

from __future__ import annotations

import os
import queue
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions

from skill_stack.core.errors import SkillStackError
from skill_stack.core.processes.operator_callbacks import OperatorCallbacks
from skill_stack.core.processes.worker_thread import WorkerThread
from skill_stack.core.resources import Resources
from skill_stack.core.skills.skill import load_skill
from skill_stack.core.world.scene import SceneGraph
from skill_stack.monitor.status_board import PageEvent
from skill_stack.nodes.border import subscribe
from skill_stack.nodes.clients.console_key import console_of
from skill_stack.nodes.clients.task_sender import TaskSender
from skill_stack.nodes.ros_compat import LATCHED, ExternalShutdownException, shut_down
from skill_stack.nodes.stop_line import Kind, StopLine
from skill_stack.nodes.wire.wire_scene import scene_of
from skill_stack.planner.dialogue.console import Console
from skill_stack.teleop.prompt_session import PromptSession
from skill_stack_interfaces.msg import SceneGraph as SceneMessage

_COLOURS = {"good": "\x1b[32m", "bad": "\x1b[31m", "said": "", "note": ""}
_PLAIN = "\x1b[0m"
_NAP = 0.05  # s


class PromptNode(Node):
    """Sends instructions to the planner and stops to the robot, and collects output meanwhile.

    Attributes:
        events: Lines for the person.
        failed: Whether a request was not carried out.
        on_names: Called with the names of the objects whenever the scene changes.
        on_event: Called with everything that the person is told.
    """

    def __init__(self, colour: bool, console: Console | None = None) -> None:
        """Prepares clients and subscriptions.

        Args:
            colour: Whether events are coloured.
            console: Signs what a person types here; None where no person does.
        """
        super().__init__("prompt")
        self._colour = colour
        self.failed = self.lost = False
        self.events: queue.Queue[str | None] = queue.Queue()
        self.on_names: Callable[[list[str]], None] = lambda names: None
        self.on_event: Callable[[PageEvent], object] = lambda event: None
        self._stops = StopLine(self)
        self._sender = TaskSender(self, "prompt", self._tell, console=console)
        subscribe(self, SceneMessage, "scene", scene_of, self._take_scene, LATCHED)

    def callbacks(self, patient: bool) -> OperatorCallbacks:
        """What the prompt calls.

        Args:
            patient: Whether words wait until those before are done, as lines of a script should; a person's newer
                words replace what runs.
        """
        return OperatorCallbacks(
            self._send_and_wait if patient else self._sender.send,
            lambda: self.ask("stop"),
            lambda: self.ask("estop"),
            lambda: self.ask("reset"),
        )

    def _send_and_wait(self, words: str) -> None:
        self._sender.send(words)
        while self._sender.busy and self.context.ok():
            time.sleep(_NAP)

    def _tell(self, event: PageEvent) -> None:
        self.failed = self.failed or event.kind == "bad"
        self.on_event(event)
        colour = _COLOURS[event.kind] if self._colour else ""
        self.events.put(f"  {colour}{event.text}{_PLAIN if colour else ''}")

    def ask(self, kind: Kind) -> None:
        """Requests a stop, an emergency stop or a reset; tells the person where it reached nobody."""
        try:
            self._stops.ask(kind)
        except SkillStackError as error:
            self._tell(PageEvent(str(error), "bad"))

    def _take_scene(self, scene: SceneGraph) -> None:
        self.on_names([name for thing in scene.objects.values() for name in (thing.label, *thing.names)])


def phrases(resources: Resources) -> Iterator[str]:
    """Example phrasings of all skills of all robots; skills that cannot be read offer none."""
    for robot in resources.list("models"):
        for folder in resources.skills(robot.name):
            try:
                yield from load_skill(folder).phrases
            except SkillStackError:
                continue


def start_ros(argv: Sequence[str] | None) -> None:
    """Begins ROS for a prompt: Ctrl-C is a key of it and means stop, and not the end of the process."""
    rclpy.init(
        args=None if argv is None else [sys.argv[0], *argv],
        signal_handler_options=SignalHandlerOptions.SIGTERM,  # type: ignore[attr-defined]  # the stubs lack it
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the prompt until the person leaves it; the robot goes on.

    Returns:
        0; 1 when the link to ROS broke, and for lines that come from no terminal when any of them was not done.
    """
    start_ros(argv)
    colour = not os.environ.get("NO_COLOR") and sys.stdout.isatty()
    resources = Resources.from_environment(os.environ)
    patient = not sys.stdin.isatty()
    # Lines of a script are no person's word: what is hazardous is confirmed by somebody who sees the robot.
    node = PromptNode(colour, None if patient else console_of(resources))
    known = list(phrases(resources))
    session = PromptSession(node.callbacks(patient), known, node.events, Path(resources.overlay), colour)
    node.on_names = lambda names: session.complete_with([*known, *names])
    converse(node, session)
    return 1 if node.lost or (patient and node.failed) else 0


def converse(node: PromptNode, session: PromptSession) -> None:
    """Runs a session beside its node, and ends ROS.

    Args:
        node: Sends what the person says.
        session: Reads it.
    """
    spinner = WorkerThread("ros", _spin, node)
    spinner.start()
    try:
        session.run()
        _wait_until_empty(node.events)
    finally:
        shut_down()
        spinner.join(timeout=2.0)


def _wait_until_empty(events: queue.Queue[str | None]) -> None:
    """Lets the last lines be printed before the process ends."""
    deadline = time.monotonic() + 1.0
    while not events.empty() and time.monotonic() < deadline:
        time.sleep(_NAP)


def _spin(node: PromptNode) -> None:
    """Runs the node's callbacks until ROS ends, which ends the prompt too."""
    executor = SingleThreadedExecutor()
    executor.add_node(node)
    try:
        executor.spin()
    except ExternalShutdownException:
        pass
    except Exception as error:  # noqa: BLE001 - the terminal is put in order before the process ends
        node.lost = True
        node.events.put(f"the prompt hears nothing of the robot any more: {error!r}")
    finally:
        node.events.put(None)


if __name__ == "__main__":
    raise SystemExit(main())
