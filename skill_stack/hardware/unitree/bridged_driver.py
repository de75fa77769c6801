"""BridgedDriver: a Unitree robot that a bridge process reaches over ROS, and the driver in that bridge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.shared_memory.block_words import Lease
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.hardware.bridged_hardware import BridgedHardware
from skill_stack.hardware.unitree.command_sender import joints_of
from skill_stack.hardware.unitree.driver import UnitreeDriver
from skill_stack.hardware.unitree.facts import capabilities_of
from skill_stack.hardware.unitree.settings import place_settings, robot_data


class AdmittedDriver(UnitreeDriver):
    """The driver in the bridge: it takes no lease."""

    def _check_lease(self) -> None:
        pass


class BridgedDriver(BridgedHardware):
    """The control process's side."""

    def __init__(
        self, robot: RobotSpec, channels: RobotChannels, lease: Lease, settings: Mapping[str, Any] | None = None
    ) -> None:
        """Arguments and errors as for :class:`skill_stack.hardware.unitree.driver.UnitreeDriver`."""
        data = robot_data(robot)
        place = place_settings(settings or {}, data, robot)
        super().__init__(robot, channels, lease, capabilities_of(data, place, joints_of(robot, data, place)))
