"""Samples and states as standard messages: joint states, IMU, odometry, transforms."""

from __future__ import annotations

import math

import numpy as np
from builtin_interfaces.msg import Time
from geometry_msgs.msg import Transform, TransformStamped, WrenchStamped
from nav_msgs.msg import Odometry
from sensor_msgs.msg import BatteryState, Imu, JointState, Temperature

from skill_stack.core.robot_state import RobotState
from skill_stack.core.rotation import from_yaw
from skill_stack.core.sensor_sample import SensorSample
from skill_stack.core.world.scene import Pose2
from skill_stack.nodes.views.robot_link import JointReport
from skill_stack.nodes.wire.wire_basics import header, metres, pose_message, quaternion_message, vector_message, yaw_in


def joint_states_message(joints: JointReport, stamp: Time) -> JointState:
    """Positions, velocities and torques of all joints, by name."""
    return JointState(
        header=header(stamp),
        name=list(joints.names),
        position=joints.position.tolist(),
        velocity=joints.velocity.tolist(),
        effort=joints.torque.tolist(),
    )


def imu_message(sample: SensorSample, stamp: Time, frame: str) -> Imu:
    """The IMU's report; covariances are unknown, which zeros mean in this message."""
    return Imu(
        header=header(stamp, frame),
        orientation=quaternion_message(sample.orientation),
        angular_velocity=vector_message(sample.angular_velocity),
        linear_acceleration=vector_message(sample.linear_acceleration),
    )


def touch_message(said: float, stamp: Time, frame: str) -> WrenchStamped:
    """What a touch sensor on the link ``frame`` reports, N or 1, as ``force.z``; its direction is not measured."""
    message = WrenchStamped(header=header(stamp, frame))
    message.wrench.force.z = said
    return message


def battery_message(charge: float, stamp: Time) -> BatteryState:
    """State of charge, 0 to 1; values that are not measured are NaN, as the message requires."""
    return BatteryState(
        header=header(stamp),
        percentage=charge,
        present=True,
        voltage=math.nan,
        temperature=math.nan,
        current=math.nan,
        charge=math.nan,
        capacity=math.nan,
        design_capacity=math.nan,
        power_supply_status=BatteryState.POWER_SUPPLY_STATUS_UNKNOWN,
        power_supply_health=BatteryState.POWER_SUPPLY_HEALTH_UNKNOWN,
        power_supply_technology=BatteryState.POWER_SUPPLY_TECHNOLOGY_UNKNOWN,
    )


def temperature_message(degrees: float, stamp: Time, frame: str) -> Temperature:
    """A temperature, °C; its variance is unknown, which the message says by 0."""
    return Temperature(header=header(stamp, frame), temperature=degrees)


def odometry_message(state: RobotState, stamp: Time, frame: str, child: str) -> Odometry:
    """The estimated base pose in ``frame`` (odom) and the velocity in ``child`` (the base)."""
    message = Odometry(header=header(stamp, frame), child_frame_id=child)
    message.pose.pose = pose_message(state.base_position, state.orientation)
    place, heading, speed = state.base.position**2, state.base.heading**2, state.base.velocity**2
    # Row by row over x, y, z, roll, pitch, yaw; zeros where it is not stated.
    message.pose.covariance[0] = message.pose.covariance[7] = place
    message.pose.covariance[35] = heading
    message.twist.covariance[0] = message.twist.covariance[7] = speed
    message.twist.twist.linear = vector_message(state.base_velocity)
    message.twist.twist.angular = vector_message(state.angular_velocity)
    return message


def transform_message(position: np.ndarray, wxyz: np.ndarray, stamp: Time, parent: str, child: str) -> TransformStamped:
    """The pose of ``child`` in ``parent``: position in m, shape (3,), and w-x-y-z, shape (4,)."""
    transform = Transform(translation=vector_message(position), rotation=quaternion_message(wxyz))
    return TransformStamped(header=header(stamp, parent), child_frame_id=child, transform=transform)


def localization_message(origin: Pose2, stamp: Time, parent: str, child: str) -> TransformStamped:
    """Where the origin of ``child`` (odom) lies in ``parent`` (map)."""
    return transform_message(np.array([origin.x, origin.y, 0.0]), from_yaw(origin.yaw), stamp, parent, child)


def localization_of(message: TransformStamped) -> Pose2:
    """The pose in the plane that a transform states; raises DataError where it is none."""
    x, y = metres(message.transform.translation.x, message.transform.translation.y)
    return Pose2(x, y, yaw_in(message.transform.rotation))
