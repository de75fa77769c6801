"""Settings of a robot behind ros2_control (``driver_settings``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from skill_stack.core.data_file import DataModel, parse_model
from skill_stack.core.errors import DataError

Kind = Literal["position", "velocity", "effort", "trajectory"]


class Ros2ControlSettings(DataModel):
    """Topics and controller of the robot.

    Attributes:
        controller: Name of the controller that takes commands, as the controller manager knows it.
        kind: What that controller takes: positions, velocities or efforts of a forward command controller
            (``Float64MultiArray``), or a ``JointTrajectory``.
        joint_states: Topic of the joint state broadcaster.
        rate: Rate at which commands are sent at most, Hz.
        others: Whether another publisher of commands keeps us from driving (``refuse``).
        ask_again: Time between two questions to the controller about its joints, s.
        damp_time: Time over which damping is sent at the end, s.
    """

    controller: str = Field(pattern=r"^[A-Za-z/][A-Za-z0-9_/]*$")
    kind: Kind = "position"
    joint_states: str = "joint_states"
    rate: Annotated[float, Field(gt=0, le=1000)] = 100.0
    others: Literal["refuse", "tolerate"] = "refuse"
    ask_again: Annotated[float, Field(gt=0)] = 1.0
    damp_time: float = Field(0.2, ge=0)

    @property
    def command_topic(self) -> str:
        """Command topic of the controller."""
        return f"{self.controller}/{'joint_trajectory' if self.kind == 'trajectory' else 'commands'}"


def place_settings(settings: Mapping[str, Any]) -> Ros2ControlSettings:
    """The deployment's section; raises DataError."""
    if not settings.get("controller"):
        raise DataError(
            "driver_settings.controller is missing: name the one that takes commands ('ros2 control list_controllers')"
        )
    return parse_model(Ros2ControlSettings, dict(settings), "driver_settings")
