"""BridgedDriver: the control process's side of a robot that a bridge process reaches over ROS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from skill_stack.core.block_words import Lease
from skill_stack.core.channels import RobotChannels
from skill_stack.core.hardware import Capabilities, DriverHealth
from skill_stack.core.robot import RobotSpec
from skill_stack.hardware.shared_memory_driver import SharedMemoryDriver
from skill_stack.hardware.unitree.command_sender import joints_of
from skill_stack.hardware.unitree.facts import capabilities_of
from skill_stack.hardware.unitree.settings import place_settings, robot_data


class BridgedDriver(SharedMemoryDriver):
    """Shared memory on this side; the bridge has the settings, the start-up and the robot."""

    def __init__(
        self, robot: RobotSpec, channels: RobotChannels, lease: Lease, settings: Mapping[str, Any] | None = None
    ) -> None:
        """Arguments and errors as for :class:`skill_stack.hardware.unitree.driver.UnitreeDriver`."""
        super().__init__(robot, channels, lease)
        data = robot_data(robot)
        place = place_settings(settings or {}, data, robot)
        self._capabilities = capabilities_of(data, place, joints_of(robot, data, place))

    @property
    def capabilities(self) -> Capabilities:
        """See :class:`skill_stack.core.hardware.Hardware`."""
        return self._capabilities

    @property
    def health(self) -> DriverHealth:
        """See :class:`skill_stack.core.hardware.Hardware`."""
        health = super().health
        if not health.drives and "simulator" in health.reason:
            return DriverHealth(False, "the bridge to the robot does not run")
        sample = self.read()
        if sample is not None and not sample.valid:
            return DriverHealth(False, "the bridge does not drive yet; its log says why")
        return health
