"""LoggedLine: a line that keeps what a recording of it holds."""

from __future__ import annotations

from typing import Any

from skill_stack.controllers.tick import Tick
from skill_stack.core.setpoint import SkillSetpoint
from skill_stack.recording.made_run import START, MadeRun, stamp, tick, write_ticks
from skill_stack.runtime.line.line import Line


class LoggedLine(Line):
    """A line that keeps a row for every tick and for every setpoint, as messages of a recording.

    Attributes:
        rows: Ticks.
        setpoints: Time of each, s of task time, and the setpoint.
    """

    rows: list[dict[str, Any]]
    setpoints: list[tuple[float, dict[str, Any]]]
    _logged: SkillSetpoint | None

    def _tick(self) -> Tick:
        done = super()._tick()
        if not hasattr(self, "rows"):
            self.forget()
        sample, state, command = self.device.sample(), done.state, done.command
        status = done.status
        now = self.device.time
        self.rows.append(tick(
            START + now, len(self.rows), sample.position, command.q, sample_sequence=sample.sequence,
            monotonic=now, task_time=now, velocity=sample.velocity.tolist(), torque=sample.torque.tolist(),
            imu_orientation=sample.orientation.tolist(), imu_angular_velocity=sample.angular_velocity.tolist(),
            imu_linear_acceleration=sample.linear_acceleration.tolist(),
            base_orientation=status.orientation.tolist(), base_position=status.base_position.tolist(),
            base_velocity=status.base_velocity.tolist(), base_angular_velocity=state.angular_velocity.tolist(),
            kp=command.kp.tolist(), kd=command.kd.tolist(), skill=status.skill, phase=status.phase,
            mode=status.mode.value, reason=status.reason, request_id=status.request_id, progress=status.progress,
            command_mode=int(command.mode), sample_valid=bool(sample.valid),
        ))  # fmt: skip
        self._log_setpoint(now)
        return done

    def _log_setpoint(self, now: float) -> None:
        """Keeps the setpoint in force, if it is a new one."""
        one = self._setpoint
        if one is None or one is self._logged:
            return
        self._logged = one
        self.setpoints.append((now, {
            "header": {"stamp": stamp(START + now), "frame_id": "map"}, "request_id": one.request_id,
            "sequence": one.sequence, "valid_until": one.valid_until, "part": one.part, "source": one.source,
            "skills": [{"skill": s.skill, "weight": s.weight, "joints": list(s.joints)} for s in one.skills],
            "goals": [{"name": name, "value": float(value)} for name, value in one.goals.items()],
            "stop_count": one.stop_count,
        }))  # fmt: skip

    def forget(self) -> None:
        """Begins anew."""
        self.rows, self.setpoints, self._logged = [], [], None

    def write(self, run: MadeRun) -> None:
        """Writes what was kept into a run."""
        write_ticks(run, START, self.rows, self.robot.joint_names, self.robot.control_rate)
        for time, message in self.setpoints:
            run.write("skill_setpoint", "skill_stack_interfaces/SkillSetpoint", START + time, message)
