"""Settings of the driver of a built-in controller (``driver_settings``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from skill_stack.core.data_file import parse_model
from skill_stack.hardware.unitree.controller_restore import Policy
from skill_stack.hardware.unitree.network import NetworkSettings


class SportSettings(NetworkSettings):
    """How a deployment uses the built-in controller.

    Attributes:
        select: What happens where no built-in controller runs: ``lying``: it is switched on once the robot lies at
            rest. ``never``: driving is refused.
        packed: Whether states are unpacked by hand; else they go through the serializer, ten times as slowly.
    """

    select: Policy = "lying"
    packed: bool = True


def sport_settings(settings: Mapping[str, Any] | None) -> SportSettings:
    """The deployment's section; raises DataError."""
    return parse_model(SportSettings, dict(settings or {}), "driver_settings")
