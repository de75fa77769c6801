"""RobotHealth: the controller's state as diagnostics."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus

from skill_stack.core.errors import StaleData
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.setpoint import ControlMode, SkillStatus
from skill_stack.core.shared_memory.block_words import Process
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.loop_summary import LoopSpread, LoopSummary, read_summary
from skill_stack.core.shared_memory.provider_note import read_notes, summary
from skill_stack.core.shared_memory.slow_report import slow_reports
from skill_stack.monitor.robot_tree import RobotTree
from skill_stack.nodes.ros_compat import STREAM
from skill_stack.nodes.stack_node import StackNode
from skill_stack.nodes.views.device_condition import DeviceCondition
from skill_stack.nodes.wire.wire_diagnostics import TOPIC, diagnostic_array, diagnostic_status

HEARTBEAT_AGE = 0.5  # s of silence after which a process is reported as silent
_WORRYING = (ControlMode.DAMPED, ControlMode.ESTOP)


class RobotHealth:
    """Publishes one status for the controller, each process behind it, the battery and each joint, on ``/diagnostics``.

    Attributes:
        localization: Source of the pose of ``odom`` in ``map``.
        refused: How many setpoints of other senders than the connector were refused, by sender.
    """

    def __init__(self, node: StackNode, robot: RobotSpec, tree: RobotTree) -> None:
        """Makes the publishers.

        Args:
            node: The node to publish with.
            robot: The whole robot.
            tree: Its links and joints.
        """
        links = {joint.name: joint.origin.child for joint in tree.joints}
        self._node, self._condition = node, DeviceCondition(node, robot, links)
        self.localization = ""
        self.refused: Mapping[str, int] = {}
        self._publisher = node.create_publisher(DiagnosticArray, TOPIC, STREAM)

    def publish(self, parts: Sequence[RobotChannels]) -> None:
        """Reports the present shared memory.

        Args:
            parts: The channels of every part, the main one first; empty while there is no shared memory.
        """
        if not parts:
            statuses = [self._status(DiagnosticStatus.ERROR, "controller", "there is no shared memory")]
        else:
            statuses = [self._controller(parts[0]), *self._processes(parts[0])]
        for part in parts[1:]:
            statuses += [self._controller(part), *self._processes(part, ("control",))]
        statuses += [status for part in parts for status in self._slow_policies(part)]
        if self.refused:
            text = f"refused, since they are not of this run's connector: {', '.join(self.refused)}"
            statuses.append(self._status(DiagnosticStatus.WARN, "foreign setpoints", text, **self.refused))
        statuses += self._condition.look(parts)
        self._publisher.publish(diagnostic_array(self._node, statuses))

    def _controller(self, channels: RobotChannels) -> DiagnosticStatus:
        name = _named("controller", channels)
        try:
            status, loop = channels.read_status(), read_summary(channels.block.records["loop"])
        except StaleData as error:
            return self._status(DiagnosticStatus.ERROR, name, str(error))
        if status is None:
            return self._status(DiagnosticStatus.STALE, name, "the control process has not reported yet")
        tripped = channels.words.tripped
        text = " ".join(filter(None, [f"{status.mode.value} {status.skill}".strip(), status.reason, tripped]))
        bad = bool(tripped) or status.mode in _WORRYING
        level = DiagnosticStatus.ERROR if bad else DiagnosticStatus.WARN if status.reason else DiagnosticStatus.OK
        return self._status(
            level, name, text, **_values(status), **_punctuality(loop), localization=self.localization,
            limited_commands=channels.words.get("control.limited"), networks=summary(read_notes(channels.block.path)),
        )  # fmt: skip

    def _processes(
        self, channels: RobotChannels, roles: tuple[Process, ...] = ("control", "simulator", "supervisor")
    ) -> list[DiagnosticStatus]:
        out = []
        for process in roles:
            identity = channels.words.registered(process)
            if not identity.pid:
                continue
            age = time.monotonic() - channels.words.heartbeat(process)
            good = identity.alive and age < HEARTBEAT_AGE
            text = "running" if good else f"silent for {age:.1f} s" if identity.alive else "dead"
            level = DiagnosticStatus.OK if good else DiagnosticStatus.ERROR
            name = _named(process, channels)
            out.append(self._status(level, name, text, pid=identity.pid, heartbeat_age=f"{age:.3f} s"))
        return out

    def _slow_policies(self, channels: RobotChannels) -> list[DiagnosticStatus]:
        """One for each policy that runs beside the loop."""
        out = []
        for report in slow_reports(channels.block.path):
            level = DiagnosticStatus.OK if report.ok else DiagnosticStatus.WARN
            out.append(self._status(level, f"slow policy {report.skill}", report.text, **report.values))
        return out

    def _status(self, level: bytes, name: str, text: str, **values: object) -> DiagnosticStatus:
        return diagnostic_status(self._node, level, name, text, values)


def _named(what: str, channels: RobotChannels) -> str:
    """A name for something of one part; without the part where it is the main one."""
    return what if channels.place == 0 else f"{what} {channels.part}"


def _values(status: SkillStatus) -> dict[str, object]:
    return {
        "mode": status.mode.value,
        "skill": status.skill,
        "phase": status.phase,
        "request": status.request_id,
        "task_time": f"{status.task_time:.2f} s",
        "tick": f"{status.tick_ms:.2f} ms",
        "lateness": f"{status.lateness_ms:.2f} ms",
        "deadline_misses": status.deadline_misses,
        "stops": status.stop_count,
        "tilt": f"{status.tilt:.2f} rad",
    }


def _punctuality(loop: LoopSummary | None) -> dict[str, object]:
    """Timing of the loop; nothing in lock-step, where there are no deadlines."""
    if loop is None:
        return {}
    out: dict[str, object] = {}
    for name, part in (("since start", loop.since_start), ("last minute", loop.last_minute)):
        out[f"misses, {name}"] = f"{part.misses} of {part.ticks + part.misses}"
        out[f"lateness, {name}"] = _spread(part.lateness)
        out[f"tick time, {name}"] = _spread(part.duration)
    return out


def _spread(spread: LoopSpread) -> str:
    return f"p50 {spread.p50:.3f} ms, p99 {spread.p99:.3f} ms, worst {spread.worst:.3f} ms"
