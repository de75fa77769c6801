"""Settings of a robot behind ros2_control (``driver_settings``)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field

from skill_stack.core.data_file import DataModel, parse_model
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.hardware.ros2_control.urdf_tags import Tags, common_interfaces, contradiction, robot_tags

Kind = Literal["position", "velocity", "effort", "trajectory"]
NO_MANAGER = "none"


class Ros2ControlSettings(DataModel):
    """Topics and controller of the robot.

    Attributes:
        controller: Name of the controller that takes commands, as in the controller manager.
        kind: What that controller takes: positions, velocities or efforts of a forward command controller
            (``Float64MultiArray``), or a ``JointTrajectory``. None: the first of them that the
            ``<ros2_control>`` tags of the robot's URDF state for every joint, positions without such tags.
        manager: The controller manager, whose controllers are checked, watched, started and stopped; ``none``: the
            person who starts this has started the right controller, and nothing is checked but its joints.
        strictness: Whether a switch is refused unless all of it can be done (``strict``), or as in ``best_effort``.
        switch_timeout: Longest time that the manager may take for a switch, s.
        watch: Time between two checks of the controllers, s.
        manager_silence: Age of the last check from which the robot is not driven, s.
        joint_prefix: What ROS puts before the robot's joint names, e.g. ``right_hand_``.
        description: Topic of the robot's URDF as the controllers have it, whose tags are checked too; empty: none.
        joint_states: Topic of the joint state broadcaster; never the stack's own.
        rate: Rate at which commands are sent at most, Hz.
        others: Whether another publisher of commands keeps us from driving (``refuse``).
        ask_again: Time between two questions to the controller about its joints, s.
        damp_time: Time over which damping is sent at the end, s.
    """

    controller: str = Field(pattern=r"^[A-Za-z/][A-Za-z0-9_/]*$")
    kind: Kind | None = None
    manager: str = Field("controller_manager", pattern=r"^[A-Za-z/][A-Za-z0-9_/]*$")
    strictness: Literal["strict", "best_effort"] = "strict"
    switch_timeout: Annotated[float, Field(gt=0, le=60)] = 5.0
    watch: Annotated[float, Field(gt=0, le=1)] = 0.1
    manager_silence: Annotated[float, Field(gt=0, le=5)] = 0.5
    joint_prefix: str = Field("", pattern=r"^[A-Za-z0-9_/]*$")
    description: str = ""
    joint_states: str = "/joint_states"
    rate: Annotated[float, Field(gt=0, le=1000)] = 100.0
    others: Literal["refuse", "tolerate"] = "refuse"
    ask_again: Annotated[float, Field(gt=0)] = 1.0
    damp_time: float = Field(0.2, ge=0)

    @property
    def driven_kind(self) -> Kind:
        """What the controller takes."""
        return self.kind or "position"

    @property
    def interface(self) -> str:
        """Command interface that must be there; empty for a trajectory, which its controller turns into any."""
        return "" if self.kind == "trajectory" else self.driven_kind

    @property
    def managed(self) -> bool:
        """Whether a controller manager is used."""
        return self.manager != NO_MANAGER

    @property
    def controller_name(self) -> str:
        """The controller's name in the controller manager."""
        return self.controller.rpartition("/")[2]

    @property
    def command_topic(self) -> str:
        """Command topic of the controller."""
        return f"{self.controller}/{'joint_trajectory' if self.driven_kind == 'trajectory' else 'commands'}"


class ControlPlace:
    """A robot and its deployment's section, together with what its URDF states.

    Attributes:
        robot: The robot.
        settings: The section, ``kind`` known.
        tags: The ``<ros2_control>`` tags of the robot's own URDF, by the robot's joint names.
    """

    def __init__(self, robot: RobotSpec, settings: Mapping[str, Any]) -> None:
        """Reads both.

        Raises:
            DataError: The section is wrong, or contradicts the URDF.
            ResourceNotFound: The URDF is not there.
        """
        self.robot, self.tags = robot, robot_tags(robot)
        given = place_settings(settings)
        self.settings = given.model_copy(update={"kind": given.kind or _stated_kind(robot, self.tags)})
        if problem := contradiction(robot, self.tags, self.settings.interface):
            raise DataError(f"{robot.name}, driver 'ros2_control': {problem}")

    @cached_property
    def joints(self) -> tuple[str, ...]:
        """The robot's joints by their names in ROS."""
        return tuple(self.settings.joint_prefix + name for name in self.robot.joint_names)


def _stated_kind(robot: RobotSpec, tags: Tags) -> Kind:
    shared = common_interfaces(robot.joint_names, tags)
    kinds: tuple[Kind, ...] = ("position", "velocity", "effort")
    return next((kind for kind in kinds if kind in shared), "position")


def place_settings(settings: Mapping[str, Any]) -> Ros2ControlSettings:
    """The deployment's section; raises DataError."""
    if not settings.get("controller"):
        raise DataError(
            "driver_settings.controller is missing: name the one that takes commands ('ros2 control list_controllers')"
        )
    return parse_model(Ros2ControlSettings, dict(settings), "driver_settings")
