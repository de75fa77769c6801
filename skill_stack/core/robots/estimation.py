"""EstimationSpec: how base motion, contacts and joint velocities are estimated (``estimation`` in ``robot.yaml``)."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from skill_stack.core.data_file import DataModel
from skill_stack.core.quantity import NonNegative, Positive

PERIOD = 0.02
"""Time between two samples for which noise figures are stated, s."""


class EstimationSpec(DataModel):
    """Inputs of the estimate and the noise assumed for each.

    Standard deviations are those that the filters assume for samples :data:`PERIOD` apart; a real sensor's are its
    datasheet's or are measured on a robot that stands still.

    Attributes:
        base: Where position, heading and velocity of the base come from: ``odometry`` (a declared odometry sensor),
            ``legs`` (IMU and leg kinematics), ``auto`` (odometry where the sample carries one, else legs).
        contact: Source of foot contacts: ``foot_force`` (its sensor), ``joint_torque`` (inverse
            dynamics), ``both`` (a contact begins when both report it, and ends when either does not).
        joint_velocity: Velocities that the state carries: ``measured`` or ``filtered`` (a Kalman filter per joint).
            Policies and guards always see the measured ones.
        rate: Samples per second that the filters take, Hz; 0 for every one. Between them estimates stay, and age.
        contact_on: Vertical force from joint torques at which a contact begins, N.
        contact_off: Vertical force from joint torques at which it ends, N.
        joint_acceleration: Accelerations of joints that move evenly, rad/s².
        joint_jump: Change of a joint's velocity between two samples beyond which the measured one counts, rad/s.
        encoder_noise: Of joint positions, rad.
        velocity_noise: Of joint velocities, rad/s.
        gyro_noise: Of the angular velocity, what happens between two samples included, rad/s.
        tilt_noise: Of the orientation that the IMU reports, rad.
        acceleration_noise: Of the base's acceleration, what happens between two samples included, m/s².
        foot_velocity_noise: Of a standing foot's velocity by kinematics, m/s.
        foot_position_noise: Of a foot's position by kinematics, m.
        heading_drift: How fast the heading that the IMU reports drifts, rad/s.
        drift: How far the position is off, as a share of the distance from where it was known.
        gap_noise: How far a damped robot may have come while nothing was measured, m; a restart of the control process
            is such a gap.
        gap_speed: The same for every second that it lasted, m/s.
        age_limit: Age of an estimate of base motion beyond which conditions reject it, s.
        position_limit: Standard deviation beyond which the position counts as unknown, m.
        heading_limit: The same for the heading, rad.
        velocity_limit: The same for the velocity, m/s.
        flight: Longest time without ground contact that counts as a jump or a fall (5 m in 1 s), s. Beyond it the
            robot hangs or is carried: integrated accelerations are useless then, and the velocity counts as unknown.
        foot_slip: How much a foot that stands creeps, m per square root of s.
        gate: Squared Mahalanobis distance in the plane beyond which a foot is taken to slip and is left out.
        rest_speed: Angular speed below which, with the joints at rest, the robot is taken to rest, rad/s.
        rest_time: How long it must have been so, s.
        ground_noise: How uneven the ground is, and how far feet sink into it, m.
    """

    base: Literal["odometry", "legs", "auto"] = "odometry"
    contact: Literal["foot_force", "joint_torque", "both"] = "foot_force"
    joint_velocity: Literal["measured", "filtered"] = "measured"
    rate: NonNegative = 0.0
    contact_on: Positive = 25.0
    contact_off: Positive = 15.0
    joint_acceleration: Positive = 20.0
    joint_jump: Positive = 0.8
    encoder_noise: Positive = 0.003
    velocity_noise: Positive = 0.15
    gyro_noise: Positive = 0.1
    tilt_noise: Positive = 0.008
    acceleration_noise: Positive = 2.0
    foot_velocity_noise: Positive = 0.12
    foot_position_noise: Positive = 0.004
    heading_drift: Positive = 0.001
    drift: Positive = 0.01
    gap_noise: NonNegative = 0.3
    gap_speed: NonNegative = 0.02
    age_limit: Positive = 0.5
    position_limit: Positive = 2.0
    heading_limit: Positive = 0.6
    velocity_limit: Positive = 0.8
    flight: Positive = 1.0
    foot_slip: Positive = 0.01
    gate: Positive = 13.8
    rest_speed: Positive = 0.15
    rest_time: Positive = 0.3
    ground_noise: Positive = 0.01

    @model_validator(mode="after")
    def _hysteresis(self) -> EstimationSpec:
        if self.contact_off >= self.contact_on:
            raise ValueError(f"contact_off {self.contact_off} is not below contact_on {self.contact_on}")
        return self
