"""BridgedHardware: the control process's side of a robot that a bridge process reaches over ROS."""

from __future__ import annotations

from skill_stack.core.robots.hardware import Capabilities, DriverHealth
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.shared_memory.block_words import Lease
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.hardware.shared_memory_driver import SharedMemoryDriver


class BridgedHardware(SharedMemoryDriver):
    """The shared-memory side; the bridge has the settings, the start-up and the robot."""

    def __init__(self, robot: RobotSpec, channels: RobotChannels, lease: Lease, capabilities: Capabilities) -> None:
        """Takes a lease just granted to its holder.

        Args:
            robot: The robot.
            channels: Its shared block.
            lease: The lease under which this driver writes.
            capabilities: What the robot and the driver in the bridge can do.
        """
        super().__init__(robot, channels, lease)
        self._capabilities = capabilities

    @property
    def capabilities(self) -> Capabilities:
        """See :class:`skill_stack.core.robots.hardware.Hardware`."""
        return self._capabilities

    @property
    def health(self) -> DriverHealth:
        """See :class:`skill_stack.core.robots.hardware.Hardware`."""
        health = super().health
        if not health.drives and "simulator" in health.reason:
            return DriverHealth(False, "the bridge to the robot does not run")
        sample = self.read()
        if sample is None:
            return DriverHealth(False, "the bridge has not measured anything yet")
        if not sample.valid:
            return DriverHealth(False, "the bridge does not drive yet; its log says why")
        return health
