"""Recorder node: records every run of a robot; see ``docs/recordings.md``."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import yaml
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from rclpy.serialization import deserialize_message

import skill_stack
from skill_stack.core.data_file import parse_model
from skill_stack.core.errors import DataError
from skill_stack.core.robots.deployment import Deployment
from skill_stack.core.robots.driver import SIMULATED
from skill_stack.core.shared_memory.block_name import domain_of, part_path
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.nodes.border import serve
from skill_stack.nodes.node_main import run_node
from skill_stack.nodes.recorder.cameras import Cameras
from skill_stack.nodes.recorder.topic_listener import IMAGE, TopicListener
from skill_stack.nodes.ros_compat import STREAM
from skill_stack.nodes.stack_node import StackNode
from skill_stack.nodes.wire.wire_diagnostics import TOPIC as DIAGNOSTICS
from skill_stack.nodes.wire.wire_diagnostics import diagnostic_array, diagnostic_status
from skill_stack.nodes.wire.wire_sight import SEEN, seen_of
from skill_stack.recording.format import DEPLOYMENT, ROBOT, SCENE, About, recordings_folder
from skill_stack.recording.recorder import EVERY, Clocks, RunRecorder
from skill_stack.recording.review.judges import TaskJudge
from skill_stack.recording.run_writer import RunContent
from skill_stack.recording.schemas import Schemas, installed_prefixes
from skill_stack.recording.shelf import DiskRoom, Shelf
from skill_stack_interfaces.msg import SeenOutcome as SeenMessage
from skill_stack_interfaces.srv import Record

LOOK = 1.0
"""Time between two looks for new topics, and between two reports, s."""
NICE = 10
"""Lower priority than everything that moves a robot."""
GB = 1e9
DAY = 86400.0


class RecorderNode(StackNode):
    """Records topics, control ticks, pictures and events from the start of a bring-up to its end; service ``record``.

    Parameters: ``robot``; ``settings`` (the deployment, JSON); ``autostart`` (whether it brings itself up: nothing
    depends on it, so no manager need).
    """

    def __init__(self) -> None:
        """Declares the parameters."""
        super().__init__("recorder")
        self._recorder: RunRecorder | None = None
        if self.value("autostart"):
            self.trigger_configure()
            self.trigger_activate()

    def configure(self) -> None:
        """Claims the robot, and prepares.

        Raises:
            OtherRecorder: Another process records this robot.
            DataError: The deployment or one of its files is wrong.
        """
        robot = self.load_robot()
        given = json.loads(str(self.value("settings")) or "{}")
        deployment = self._deployment = parse_model(Deployment, given, "parameter 'settings' of the recorder")
        wanted, folder = deployment.recording, recordings_folder(self.resources.overlay)
        try:
            shelf = Shelf(folder, DiskRoom(wanted.size_gb * GB, wanted.days * DAY, wanted.keep_free_gb * GB))
            shelf.claim(f"{domain_of(os.environ)}{self.get_namespace().replace('/', '-').rstrip('-')}")
        except OSError as error:
            raise DataError(f"nothing can be recorded into {folder}: {error.strerror or error}") from error
        self.configured.callback(shelf.release)
        channels = RobotChannels.open(self.block, robot)
        self.configured.callback(channels.close)
        blocks = {part: self.block if part == robot.main_part else part_path(self.block, part) for part in robot.parts}
        clocks = Clocks(time.time, time.monotonic, lambda: datetime.now().strftime("%Y%m%d-%H%M%S"))
        self._schemas, self._robot = Schemas(installed_prefixes()), robot
        world = set_up(load_scene(self.resources.scene(deployment.scene)), deployment.seed)
        self._judge = TaskJudge(self._effects, world.graph())
        self._recorder = RunRecorder(shelf, self._content, channels, blocks, clocks, judge=self._judge)
        self._cameras = Cameras(self._recorder, deployment, self.block, self.get_namespace())
        self._listener = TopicListener(self.get_namespace(), self._warn, self._cameras.instead_of)
        self.configured.callback(self._listener.close)
        self._diagnostics = self.create_publisher(DiagnosticArray, DIAGNOSTICS, STREAM)
        serve(self, Record, "record", self._answer, _refuse)

    def activate(self) -> None:
        """Begins to record."""
        assert self._recorder is not None
        why = self._recorder.start()
        if why:
            self._warn(f"nothing is recorded: {why}")
        self.activated.callback(self._recorder.stop, "the bring-up ended")
        self.create_timer(EVERY, self._turn)
        self.create_timer(LOOK, self._look)
        self.about = f": {why or self._recorder.state()['file']}"

    def _effects(self, skill: str) -> tuple[str, ...]:
        """Declared effects of a skill, as the library of the newest run has it."""
        return tuple(self._library[skill].effects) if skill in self._library else ()

    def _content(self, started: int) -> RunContent:
        """What a recording has beside its messages."""
        deployment, robot = self._deployment, self._robot
        library = self._library = self.load_library(robot)
        policies = {
            entry.name: entry.spec.policy.sha256
            for entry in library.entries.values()
            if entry.spec is not None and entry.spec.policy is not None
        }
        versions = {"skill_stack": skill_stack.__version__, "python": platform.python_version()}
        versions |= {"ros": os.environ.get("ROS_DISTRO", "")}
        rates = {part: robot.part(part).at_rate(deployment.control_rate).control_rate for part in robot.parts}
        system = {"host": platform.node(), "system": platform.platform(), "cpu": platform.machine()}
        about = About(
            robot.name, deployment.namespace, deployment.name, started, deployment.driver == SIMULATED, rates,
            robot.main_part, versions, policies, system,
        )  # fmt: skip
        files = {ROBOT: self.resources.robot(robot.name) / "robot.yaml"}
        files |= {SCENE: self.resources.scene(deployment.scene)}
        content = {name: path.read_bytes() for name, path in files.items() if path.is_file()}
        public = deployment.model_dump(mode="json", exclude={"security"})
        content[DEPLOYMENT] = yaml.safe_dump(public, sort_keys=False, allow_unicode=True).encode()
        return RunContent(about, self._schemas.definition, content)

    def _turn(self) -> None:
        """Takes what is new."""
        recorder = self._recorder
        assert recorder is not None
        was = recorder.writer
        for taken in self._listener.take():
            if taken.heard.kind == IMAGE:
                self._cameras.take(taken.topic, taken.data)
                continue
            if taken.topic.rpartition("/")[2] == SEEN:
                with contextlib.suppress(DataError):
                    self._judge.see(seen_of(deserialize_message(taken.data, SeenMessage)))
            with contextlib.suppress(DataError):  # a type without definition was reported
                recorder.take(
                    taken.topic, taken.heard.kind, taken.data, taken.received, taken.sent,
                    taken.heard.latched, taken.heard.qos,
                )  # fmt: skip
        self._cameras.look(time.monotonic())
        recorder.look()
        if was is not None and recorder.writer is None:
            self._warn(f"recording ended, the robot goes on: {recorder.reason}")

    def _look(self) -> None:
        """Looks for new topics, and reports."""
        self._listener.look()
        assert self._recorder is not None
        state = self._recorder.state()
        bad = state["lost_ticks"] or not state["recording"]
        text = state["trouble"] or f"records {state['file']}"
        level = DiagnosticStatus.WARN if bad else DiagnosticStatus.OK
        self._diagnostics.publish(diagnostic_array(self, [diagnostic_status(self, level, "recorder", text, state)]))

    def _answer(self, request: Any, response: Any) -> Any:
        """Does what a person asks for."""
        recorder = self._recorder
        assert recorder is not None
        why = ""
        if request.command == Record.Request.START:
            why = recorder.start()
        elif request.command == Record.Request.STOP:
            recorder.stop()
        elif request.command == Record.Request.MARK:
            why = recorder.mark(request.text, "service")
        elif request.command != Record.Request.STATUS:
            why = f"'{request.command}' is none of start, stop, mark, status"
        state = recorder.state()
        response.success, response.state = not why, json.dumps(state)
        response.message = why or (f"records {state['file']}" if state["recording"] else state["trouble"])
        return response

    def _warn(self, text: str) -> None:
        if self.alive:
            self.get_logger().warning(text)


def _refuse(response: Any, why: str) -> None:
    response.success, response.message = False, why


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the node."""
    os.nice(NICE)
    return run_node(RecorderNode, argv)


if __name__ == "__main__":
    raise SystemExit(main())
