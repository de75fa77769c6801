"""SafetyLimits: the limit of every guard of the safety layer, and how a deployment may change it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from skill_stack.core.data_file import DataModel, parse_model
from skill_stack.core.errors import DataError, UnknownName

Tighter = Literal["lower", "higher"]


def _limit(tighter: Tighter, **bounds: float) -> Any:
    """A field for a number of which the lower or the higher value is the safer one."""
    return Field(json_schema_extra={"tighter": tighter}, allow_inf_nan=False, **bounds)  # type: ignore[call-overload]


Low = Annotated[float, _limit("lower", gt=0)]
High = Annotated[float, _limit("higher", ge=0)]
Speed = Annotated[float, _limit("lower", gt=0, le=1e4)]
Gain = Annotated[float, _limit("lower", gt=0, le=1e5)]
Reaction = Annotated[float, _limit("lower", gt=0, le=60)]
"""Time after which a guard must have detected silence, s; at most a minute, since a robot falls much sooner."""

NEVER = 1e9
"""Value of a limit that disables its check on this robot."""
COMPARED = (
    "imu_silence", "gyro_error", "gravity_error", "joint_error", "drive_error", "leg_force", "ground_slope",
    "ground_step", "foot_load",
)  # fmt: skip
"""Limits of the consistency checks between sensors."""

ENVELOPE = ("tilt", "angular_speed", "base_speed", "joint_speed_margin")
"""Limits that a skill's envelope sets for itself; a deployment's value applies to every skill."""


class SafetyLimits(DataModel):
    """Limits of the safety layer that hold for every skill of this robot.

    Attributes:
        tilt: Angle between the base's z axis and up, rad; the envelope of a skill may allow more.
        angular_speed: Base angular speed, rad/s; as tilt.
        base_speed: Speed of the base, m/s; as tilt.
        base_speed_time: Time that the base may be faster, s.
        joint_speed_margin: Factor on the joints' rated speeds at which the robot is damped; as tilt, by the envelope's
            ``joint_speed``.
        effort_share: Share of the joints' torque limits that a command may request, 0 to 1.
        torque_margin: Factor on the joints' torque limits that a measured torque may reach.
        torque_time: Time that a measured torque may be beyond that, s.
        slew: Largest change of a joint target per second, rad/s.
        end_margin: Stretch before the end of a joint's range over which the torque towards it fades to zero, rad.
        beyond_range: How far outside its range a joint may be measured, rad.
        kp_max: Largest position gain of any command, N·m/rad.
        kd_max: Largest damping gain of any command, N·m·s/rad.
        sample_age: Age at which a sensor sample is stale, s.
        sensor_time: Time that a sensor on which control does not depend at once may give no numbers, s.
        joint_silence: Time that one joint's data may stand still while the others' change, s.
        stamp_ahead: How far a sample may be ahead of the clocks, s.
        imu_silence: Time that gyro or accelerometer may report identical values while the joints change, s.
        gyro_error: Angle by which the change of orientation and the integral of the gyro may differ, rad.
        gyro_ratio: Least change of orientation as a multiple of the integrated gyro rate, about each axis.
        gravity_error: Angle between gravity by the accelerometer and by the orientation at rest, rad.
        joint_error: By how much the change of a joint's position and the integral of its velocity may differ, rad.
        drive_error: Deflection that may be missing between a drive's target and its measured torque, rad.
        drive_share: Share of its measured torque that a drive may be off besides.
        leg_force: Angle between gravity and the force that the legs' torques give on the way up, rad.
        ground_slope: Angle between up by the orientation and by what the robot stands on with its feet, rad.
        ground_step: How far one foot may stand above or below what the others stand on, on the way up, m.
        foot_load: Share of the weight that the joint torques may show while the feet's sensors measure no load.
        setpoint_life: Time after which a setpoint that is not renewed has expired, whatever expiry it states, s.
        resume_within: Longest time of missing samples after which a skill may continue, s; after a longer one it
            restarts.
        deadline_misses: Control deadlines missed in a row at which the stance takes over, once they also last for
        deadline_time: This long, s: a loop ten times as fast may miss ten times as many.
        heartbeat_age: Silence of the control process after which the supervisor acts, s.
        supervisor_age: Silence of the supervisor after which the stance takes over, s.
        command_age: Age of a command at which the device's side of shared memory (simulator, bridge) and the thread
            that commands a built-in controller damp or stop by themselves, s. Four periods at 50 Hz: one missed
            command has no effect, and with a physics step and a scene's longest latency none is in force for 0.1 s.
        slow_look: Time between two checks of temperature and charge, s.
        motor_temperature: Winding temperature at which the robot is damped, °C.
        warm_margin: Distance from that temperature at which the stance takes over, °C.
        battery: Lowest state of charge, 0 to 1.
        stance_without_imu: Skill that holds the robot when its IMU is not to be believed; empty where none can, so that
            it is damped.
        imposed: Limits of :data:`ENVELOPE` that the deployment imposes on every skill; not for ``robot.yaml``.
        loosened: Those of them that it made looser; not for ``robot.yaml``.
    """

    tilt: Annotated[float, _limit("lower", gt=0, le=7)]
    angular_speed: Speed
    base_speed: Speed = 3.0
    base_speed_time: Low = 0.1
    joint_speed_margin: Low
    effort_share: Annotated[float, _limit("lower", gt=0, le=1)] = 1.0
    torque_margin: Low = 1.2
    torque_time: Low = 0.1
    slew: Speed
    end_margin: Annotated[float, _limit("higher", gt=0)] = 0.05
    beyond_range: Low = 0.5
    kp_max: Gain = 500.0
    kd_max: Gain = 50.0
    sample_age: Reaction
    sensor_time: Low = 0.2
    joint_silence: Low = 0.2
    stamp_ahead: Low = 0.1
    imu_silence: Low = NEVER
    gyro_error: Low = NEVER
    gyro_ratio: Annotated[float, _limit("higher", ge=-1, lt=1)] = 0.2
    gravity_error: Low = NEVER
    joint_error: Low = NEVER
    drive_error: Low = NEVER
    drive_share: Low = 0.25
    leg_force: Low = NEVER
    ground_slope: Low = NEVER
    ground_step: Low = NEVER
    foot_load: Low = NEVER
    setpoint_life: Reaction = 2.0
    resume_within: Annotated[float, _limit("lower", ge=0)] = 0.25
    deadline_misses: Annotated[int, _limit("lower", gt=0)]
    deadline_time: Low = 0.1
    heartbeat_age: Reaction
    supervisor_age: Reaction = 1.0
    command_age: Reaction = 0.08
    slow_look: Low = 0.5
    motor_temperature: Annotated[float, _limit("lower", gt=0, le=500)]
    warm_margin: High = 10.0
    battery: Annotated[float, _limit("higher", ge=0, le=1)]
    stance_without_imu: str = ""
    imposed: tuple[str, ...] = ()
    loosened: tuple[str, ...] = ()

    def heat(self, degrees: float) -> tuple[bool, str] | None:
        """Whether a motor is too hot rather than warm, with the message; None where it is neither.

        Args:
            degrees: Temperature of its winding, °C; what is no number counts as too hot.
        """
        limit = self.motor_temperature
        if degrees < limit - self.warm_margin:
            return None
        if degrees < limit:
            return False, f"has {degrees:.0f} °C, close to the limit of {limit:g} °C"
        return True, f"has {degrees:.0f} °C, limit {limit:g} °C"

    def within(self, name: str, envelope: float | None) -> float:
        """The limit in force for one of :data:`ENVELOPE`.

        Args:
            name: Which one.
            envelope: Limits of the skill that drives; None when it states none or none drives.
        """
        own: float = getattr(self, name)
        if envelope is None:
            return own
        if name not in self.imposed:
            return envelope
        return max(own, envelope) if name in self.loosened else min(own, envelope)


def limit_names() -> tuple[str, ...]:
    """Names of all limits that a deployment may change."""
    return tuple(name for name, field in SafetyLimits.model_fields.items() if field.json_schema_extra)


def is_tighter(name: str, new: float, old: float) -> bool:
    """Whether a value of a limit is at least as safe as another one."""
    extra = SafetyLimits.model_fields[name].json_schema_extra
    assert isinstance(extra, dict)
    return new <= old if extra["tighter"] == "lower" else new >= old


def override(limits: SafetyLimits, changes: Mapping[str, float], unsafe: bool, origin: str) -> SafetyLimits:
    """The robot's limits with a deployment's changes.

    Args:
        limits: The robot's limits.
        changes: New values by name, SI.
        unsafe: Whether a limit may be loosened.
        origin: What an error names as the source.

    Raises:
        UnknownName: There is no such limit.
        DataError: A value is no number or out of bounds, or looser than the robot's without ``unsafe``.
    """
    loose = []
    for name, value in changes.items():
        if name not in limit_names():
            raise UnknownName(f"safety limit in {origin}", name, limit_names())
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise DataError(f"{origin}: safety.{name} must be a number, not {value!r}")
        if not is_tighter(name, value, getattr(limits, name)):
            loose.append(name)
    if loose and not unsafe:
        told = ", ".join(f"{name} {changes[name]:g} (robot: {getattr(limits, name):g})" for name in loose)
        raise DataError(f"{origin}: looser than the robot's limits: {told}; tighten them, or say 'unsafe: true'")
    imposed = tuple(name for name in changes if name in ENVELOPE)
    loosened = tuple(name for name in loose if name in ENVELOPE)
    data = {**limits.model_dump(), **changes, "imposed": imposed, "loosened": loosened}
    return parse_model(SafetyLimits, data, f"{origin}: safety")
