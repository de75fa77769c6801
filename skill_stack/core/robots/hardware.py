"""Hardware: the one interface of every bus, simulator and replay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from skill_stack.core.joint_command import JointCommand
from skill_stack.core.sensor_sample import SensorSample


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Capabilities of a driver and its device that other layers need.

    Attributes:
        commanded: Names of the joints that obey; commands for others have no effect.
        rate: Rate at which the device measures and takes commands, Hz.
        when_silent: What the device does when every program falls silent at once, in a sentence.
        start_up: What happens from opening the driver until it drives, in a sentence.
        shut_down: What happens when it is closed, in a sentence.
        foot_force: Whether the feet measure their load.
        odometry: Whether the device reports odometry.
        battery: Whether it reports its charge.
        temperature: Whether it reports the temperatures of its motors.
        remote: Whether a person's remote control stops the robot through this driver.
        imu: Whether the device measures its orientation.
    """

    commanded: tuple[str, ...]
    rate: float
    when_silent: str
    start_up: str
    shut_down: str
    foot_force: bool = False
    odometry: bool = False
    battery: bool = False
    temperature: bool = False
    remote: bool = False
    imu: bool = False


@dataclass(frozen=True, slots=True)
class DriverHealth:
    """State of a driver.

    Attributes:
        drives: Whether commands reach the device.
        reason: Why not, or what is wrong although they do, for people; empty when all is well.
        counts: What was noticed so far, by name, e.g. ``damaged`` messages.
    """

    drives: bool
    reason: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)


class Hardware(Protocol):
    """A device seen from the control process; ``test/hardware/contract.py`` holds every driver to this.

    A driver is made with a lease (:func:`skill_stack.core.robots.driver.open_driver`), which may take no longer than a
    few periods. What its device needs before it may be driven happens within ``read``, step by step; until then samples
    are not valid and commands are dropped.

    ``read`` and ``write`` are called at control rate and must not block longer than a fraction of a period. Arrays are
    ordered by ``RobotSpec.joints``, whatever the device's order, in SI units. ``damp`` works on an instance that has
    never read or written before (a fresh process, after the old one died) and may take as long as it takes to be sure.
    """

    @property
    def capabilities(self) -> Capabilities:
        """Capabilities of driver and device."""

    @property
    def health(self) -> DriverHealth:
        """State of the driver."""

    def read(self) -> SensorSample | None:
        """The newest measurement, or None when there has been none yet.

        The same measurement again, with the same sequence number, when nothing new came; ``valid`` is False while the
        robot must not be driven by it.
        """

    def write(self, command: JointCommand) -> None:
        """Sends one command.

        Raises:
            LeaseRefused: Another writer holds the device, in this stack or outside of it.
        """

    def damp(self) -> None:
        """Puts every joint into damping; raises LeaseRefused."""

    def close(self) -> None:
        """Leaves the device damped or standing by itself, and releases it; a second call does nothing."""
