"""UnitreeRobotLink: all connections of one process to the robot's network."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.hardware.unitree import topics
from skill_stack.hardware.unitree.battery import Battery
from skill_stack.hardware.unitree.controller_release import SERVICE
from skill_stack.hardware.unitree.family import FAMILIES
from skill_stack.hardware.unitree.link import Inlet, Outlet, ends
from skill_stack.hardware.unitree.network import join
from skill_stack.hardware.unitree.settings import UnitreeRobot, UnitreeSettings
from skill_stack.hardware.unitree.sport.rpc import Service, ServiceClient
from skill_stack.hardware.unitree.writer_watch import Watch, WriterWatch

_BOOT = Path("/proc/sys/kernel/random/boot_id")


class NetworkLink(Protocol):
    """All connections of a process to the robot, over any transport; see :class:`UnitreeRobotLink`."""

    inlet: Inlet
    outlet: Outlet
    watch: Watch
    switcher: Service
    sport: Service | None

    def battery(self) -> float:
        """Last reported state of charge, 0 to 1; 1 before the first report."""


class UnitreeRobotLink:
    """Reader, writer, services and the watch over other writers; commands nothing by itself.

    Attributes:
        inlet: States of the robot.
        outlet: Commands to it.
        watch: Other writers of the same commands.
        switcher: The service that switches built-in controllers.
        sport: The built-in controller's own service, or None where it is not known.
    """

    def __init__(self, data: UnitreeRobot, settings: UnitreeSettings, mark: bytes, sport: str | None) -> None:
        """Joins the network.

        Args:
            data: The robot as its firmware sees it.
            settings: Where it is.
            mark: What marks writers of this stack.
            sport: Name of the built-in controller's service.

        Raises:
            DataError: The network cannot be joined, or ``cyclonedds`` cannot pack.
        """
        inlet, outlet = ends(settings.packed)
        family = FAMILIES[data.messages]
        participant = join(settings)
        topic = topics.ARM_COMMAND if settings.mode == "arms" else topics.LOW_COMMAND
        self.inlet: Inlet = inlet(participant, topics.LOW_STATE, family.state)
        self.watch: Watch = WriterWatch(participant, topic, family.command, mark)
        self.outlet: Outlet = outlet(participant, topic, family.command, mark)
        self.switcher: Service = ServiceClient(participant, SERVICE)
        self.sport: Service | None = ServiceClient(participant, sport) if sport else None
        self._battery = Battery(data, lambda message: inlet(participant, topics.BATTERY_STATE, message))

    def battery(self) -> float:
        """Last reported state of charge, 0 to 1; 1 before the first report."""
        return self._battery.charge()


def mark_of(channels: RobotChannels) -> bytes:
    """Mark of the writers of all processes that share a block, on this machine only."""
    return f"skill-stack {_BOOT.read_text().strip()} {channels.block.path}".encode()
