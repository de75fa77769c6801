"""BridgedRos2Control: the control process's side of a robot behind ros2_control."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.shared_memory.block_words import Lease
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.hardware.bridged_hardware import BridgedHardware
from skill_stack.hardware.ros2_control.facts import capabilities_of
from skill_stack.hardware.ros2_control.settings import ControlPlace


class BridgedRos2Control(BridgedHardware):
    """Named in ``robot.yaml`` as ``ros2_control``; the bridge process has the topics."""

    def __init__(
        self, robot: RobotSpec, channels: RobotChannels, lease: Lease, settings: Mapping[str, Any] | None = None
    ) -> None:
        """Takes a lease just granted to its holder; raises DataError for invalid settings."""
        super().__init__(robot, channels, lease, capabilities_of(robot, ControlPlace(robot, settings or {}).settings))

    @classmethod
    def check(cls, robot: RobotSpec, settings: Mapping[str, Any]) -> None:
        """Checks the settings, also against the URDF, before anything is started; raises DataError."""
        ControlPlace(robot, settings)
