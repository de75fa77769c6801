"""Tick: result of one control tick."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from skill_stack.controllers.estimation.fast_estimate import FastEstimate
from skill_stack.controllers.processes.loop_timing import LoopTiming
from skill_stack.core.dataclass_factory import fast_constructor
from skill_stack.core.joint_command import JointCommand
from skill_stack.core.robot_state import RobotState
from skill_stack.core.setpoint import ControlMode, Felt, Shortfall, SkillSetpoint, SkillStatus
from skill_stack.core.skills.skill import SkillSpec

_quick_status = fast_constructor(SkillStatus)
_NONE = np.zeros(0)


class TickReport(NamedTuple):
    """Content of a status at the end of the tick.

    Attributes:
        task_time: Task time, s.
        part: Actuated part.
        skill: Skill that drives, or None.
        progress: Its progress.
        mode: What the controller is doing.
        reason: Why it does not follow the setpoint.
        obeyed: The setpoint in force, or None.
        sample_sequence: Number of the sample.
        timing: How the loop keeps its deadlines.
        stop_count: Stops so far.
        felt: What carries the robot, by the measurement before.
        load: How hard the joints of a hand press, by it.
        lacks: What a motion by reward terms cannot reach.
    """

    task_time: float
    part: str
    skill: SkillSpec | None
    progress: float
    mode: ControlMode
    reason: str
    obeyed: SkillSetpoint | None
    sample_sequence: int
    timing: LoopTiming
    stop_count: int
    felt: Felt = ""
    load: float = math.nan
    lacks: Shortfall = Shortfall()


class Tick:
    """Result of one tick; state and status are built on request, so that the command need not wait for them.

    Attributes:
        command: For the device.
    """

    __slots__ = ("_complete", "_reading", "_report", "_state", "_status", "command")

    def __init__(
        self,
        command: JointCommand,
        reading: FastEstimate,
        complete: Callable[[FastEstimate], RobotState],
        report: TickReport,
    ) -> None:
        """Stores references, which never change later.

        Args:
            command: For the device.
            reading: What the command was made from.
            complete: Makes the whole estimate of it.
            report: What the status is made of.
        """
        self.command = command
        self._reading = reading
        self._complete = complete
        self._report = report
        self._state: RobotState | None = None
        self._status: SkillStatus | None = None

    @property
    def state(self) -> RobotState:
        """The estimate that the command was made from."""
        if self._state is None:
            self._state = self._complete(self._reading)
        return self._state

    @property
    def status(self) -> SkillStatus:
        """The status for the connector."""
        if self._status is None:
            self._status = _status(self._report, self.state)
        return self._status


def _status(report: TickReport, state: RobotState) -> SkillStatus:
    obeyed, timing, skill = report.obeyed, report.timing, report.skill
    return _quick_status(
        task_time=report.task_time,
        part=report.part,
        skill=skill.name if skill else "",
        phase=skill.phase_at(report.progress).name if skill else "",
        mode=report.mode,
        reason=report.reason,
        progress=report.progress,
        request_id=obeyed.request_id if obeyed else "",
        setpoint_sequence=obeyed.sequence if obeyed else 0,
        sample_sequence=report.sample_sequence,
        base_position=state.base_position,
        orientation=state.orientation,
        base_velocity=state.base_velocity,
        yaw_rate=float(state.angular_velocity[2]),
        tilt=math.acos(max(-1.0, min(1.0, -float(state.projected_gravity[2])))),
        tick_ms=timing.tick_ms,
        lateness_ms=timing.lateness_ms,
        deadline_misses=timing.misses,
        stop_count=report.stop_count,
        base=state.base,
        felt=report.felt,
        load=report.load,
        joints=state.position if skill is not None and (skill.kind == "servo" or skill.hold) else _NONE,
        lacks=report.lacks,
    )
