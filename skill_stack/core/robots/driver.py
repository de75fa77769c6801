"""Finding a hardware driver by the name in ``robot.yaml``."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.robots.hardware import Hardware
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.shared_memory.block_words import Lease
from skill_stack.core.shared_memory.channels import RobotChannels

EXTRAS = {"cyclonedds": "unitree", "dynamixel_sdk": "hands", "serial": "hands", "can": "hands"}
"""What to install for a package that a driver needs."""

EVERY_ROBOT = {"replay": "skill_stack.hardware.replay.driver:ReplayDriver"}
"""Drivers that every robot has, since they need no device."""
SIMULATED = "mujoco"
"""Driver of a robot that the deployment simulates itself."""


def reaches_device(name: str) -> bool:
    """Whether something other than our own simulator or a recording may be behind a driver.

    Args:
        name: Name of the driver.
    """
    return name != SIMULATED and name not in EVERY_ROBOT


def open_driver(
    robot: RobotSpec, name: str, channels: RobotChannels, lease: Lease, settings: Mapping[str, Any] | None = None
) -> Hardware:
    """Creates a driver.

    Args:
        robot: The robot.
        name: Name of the driver among ``robot.drivers``, or one of :data:`EVERY_ROBOT`.
        channels: The robot's shared block, for drivers that are processes of their own.
        lease: The lease under which it writes.
        settings: Settings of the deployment for the driver (``driver_settings``).

    Raises:
        UnknownName: The robot has no such driver.
        DataError: The driver cannot be imported, or its settings are wrong; the message states what is missing.
    """
    return DriverSource(robot, name, channels, settings)(lease)


class DriverSource:
    """Creates drivers: ``Class(robot, channels, lease, settings)`` of the ``module:Class`` that the robot states."""

    def __init__(
        self, robot: RobotSpec, name: str, channels: RobotChannels, settings: Mapping[str, Any] | None = None
    ) -> None:
        """Finds the class; arguments and errors are those of :func:`open_driver`."""
        self._class = _class_of(robot, name)
        self._arguments = (robot, channels)
        self._settings = dict(settings or {})
        self._prepared: tuple[Any, ...] = ()

    def __call__(self, lease: Lease) -> Hardware:
        """A driver that writes under a lease; raises DataError."""
        made: Hardware = self._class(*self._arguments, lease, self._settings, *self._prepared)
        return made

    def prepare(self) -> None:
        """Calls the driver's ``prepare``, if it has one, for slow work that commands nothing.

        Raises:
            DataError: The settings are wrong.
        """
        prepare = getattr(self._class, "prepare", None)
        if prepare is not None:
            self._prepared = (prepare(*self._arguments, self._settings),)


def as_driven(robot: RobotSpec, name: str, settings: Mapping[str, Any]) -> RobotSpec:
    """The robot as the driver serves it: sensors that its settings leave out are not used by the estimate.

    Arguments and errors are those of :func:`open_driver`.
    """
    adapt = getattr(_class_of(robot, name), "adapt", None)
    return robot if adapt is None else adapt(robot, settings)


def check_driver(robot: RobotSpec, name: str, settings: Mapping[str, Any]) -> None:
    """Checks whether a driver can be created on this machine, without starting anything.

    Args:
        robot: The robot.
        name: Name of the driver among ``robot.drivers``.
        settings: Settings of the deployment for the driver.

    Raises:
        UnknownName: The robot has no such driver.
        DataError: It cannot be imported, or its settings are wrong.
    """
    check = getattr(_class_of(robot, name), "check", None)
    if check is not None:
        check(robot, settings)


def _class_of(robot: RobotSpec, name: str) -> Any:
    drivers = {**EVERY_ROBOT, **robot.drivers}
    if name not in drivers:
        raise UnknownName(f"driver of {robot.name}", name, drivers)
    if robot.unknown and reaches_device(name):
        numbers = ", ".join(robot.unknown)
        raise DataError(
            f"driver '{name}' of {robot.name}: nobody has stated {numbers}, and hardware needs to know; write them "
            "into its robot.yaml with their source, and take them out of 'unknown'"
        )
    place = drivers[name]
    module, _, attribute = place.partition(":")
    try:
        return getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        missing = EXTRAS.get((getattr(error, "name", "") or "").partition(".")[0])
        hint = f"; install the extra '{missing}': make setup EXTRAS={missing}" if missing else ""
        raise DataError(f"driver '{name}' of {robot.name} ({place}) cannot be loaded: {error}{hint}") from error
