"""Answers of a controller manager, and which controllers to start and stop; without ROS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from skill_stack.hardware.ros2_control.settings import Kind

ANY = "forward_command_controller/ForwardCommandController"
TRAJECTORY = "joint_trajectory_controller/JointTrajectoryController"
TYPES: dict[str, tuple[Kind, ...]] = {
    ANY: ("position", "velocity", "effort"),
    "position_controllers/JointGroupPositionController": ("position",),
    "velocity_controllers/JointGroupVelocityController": ("velocity",),
    "effort_controllers/JointGroupEffortController": ("effort",),
    TRAJECTORY: ("trajectory",),
}
"""Known types of controllers, and the kinds of commands that they take."""


@dataclass(frozen=True, slots=True)
class ControllerState:
    """One loaded controller, as ``list_controllers`` reports it.

    Attributes:
        name: Its name.
        state: ``unconfigured``, ``inactive``, ``active`` or ``finalized``.
        type: Its class, e.g. ``forward_command_controller/ForwardCommandController``.
        claimed: Command interfaces that it has now, ``<joint>/<interface>``.
        required: Command interfaces that it takes when it is active, in the order of its commands.
        chained_to: Controllers that it commands.
    """

    name: str
    state: str
    type: str
    claimed: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    chained_to: tuple[str, ...] = ()

    @property
    def active(self) -> bool:
        """Whether it drives its joints."""
        return self.state == "active"


@dataclass(frozen=True, slots=True)
class ControllerList:
    """One answer of ``list_controllers``.

    Attributes:
        stamp: Monotonic time of the request, s.
        controllers: All loaded controllers.
    """

    stamp: float
    controllers: tuple[ControllerState, ...]


@dataclass(frozen=True, slots=True)
class SwitchAnswer:
    """Answer of ``switch_controller``.

    Attributes:
        ok: Whether the controllers were switched.
        message: Its message; empty in older releases.
    """

    ok: bool
    message: str = ""


class ControllerManager(Protocol):
    """Services of a controller manager; answers arrive later. Implemented in ``nodes``."""

    def ask(self) -> None:
        """Requests the list of controllers, unless an answer is still awaited from a manager that is there."""

    def controllers(self) -> ControllerList | None:
        """The newest list; None before the first."""

    def switch(self, activate: Sequence[str], deactivate: Sequence[str], strict: bool, timeout: float) -> None:
        """Requests a switch in one step of the control loop; the last answer is discarded.

        Args:
            activate: Controllers to start.
            deactivate: Controllers to stop.
            strict: Whether nothing changes unless all of them can be.
            timeout: Longest time that the manager may take, s.
        """

    def answer(self) -> SwitchAnswer | None:
        """The answer to the last :meth:`switch`; None before it."""

    def wait(self, seconds: float) -> None:
        """Lets messages arrive for that long at most; for the end of the process alone."""


@dataclass(frozen=True, slots=True)
class ControllerSwitch:
    """What has to change before a controller drives the robot.

    Attributes:
        activate: Controllers to start.
        deactivate: Controllers to stop.
        refusal: Why none of it may be done; empty when it may.
    """

    activate: tuple[str, ...] = ()
    deactivate: tuple[str, ...] = ()
    refusal: str = ""


def plan_switch(
    controllers: Sequence[ControllerState], wanted: str, kind: Kind, joints: Sequence[str]
) -> ControllerSwitch:
    """Which controllers to start and stop so that one of them, and no other, drives these joints.

    Args:
        controllers: All loaded controllers.
        wanted: Name of the controller that is to drive.
        kind: The type of its commands.
        joints: Joints that it must claim, exactly these.

    Returns:
        The switch, empty when nothing has to change, or a refusal. A controller that also moves other joints is never
        stopped, since nothing would hold those.
    """
    loaded = {each.name: each for each in controllers}
    if wanted not in loaded:
        return ControllerSwitch(refusal=f"no controller '{wanted}' is loaded; there are {', '.join(loaded) or 'none'}")
    if refusal := _unfit(loaded[wanted], kind, joints):
        return ControllerSwitch(refusal=refusal)
    stop = _in_the_way([each for each in controllers if each.active], wanted, set(joints))
    for one in stop:
        if more := sorted(_joints(one.claimed) - set(joints) - set(loaded)):
            return ControllerSwitch(
                refusal=f"controller '{one.name}' has {', '.join(more)} besides, which nobody would hold; stop it first"
            )
    start = () if loaded[wanted].active else (wanted,)
    return ControllerSwitch(start, tuple(one.name for one in stop))


def _in_the_way(active: Sequence[ControllerState], wanted: str, joints: set[str]) -> list[ControllerState]:
    stop = [each for each in active if each.name != wanted and _joints(each.claimed) & joints]
    for one in stop:  # grows while it is walked through: what commands a stopped controller stops too
        stop += [each for each in active if one.name in each.chained_to and each not in stop]
    return stop


def order_of(controllers: Sequence[ControllerState], wanted: str) -> tuple[str, ...]:
    """Joints of a controller in the order of its commands, as it claims them; empty when it is not loaded."""
    required = next((each.required for each in controllers if each.name == wanted), ())
    return tuple(dict.fromkeys(name.rpartition("/")[0] for name in required))


def _joints(interfaces: Sequence[str]) -> set[str]:
    return {name.rpartition("/")[0] for name in interfaces}


def _unfit(controller: ControllerState, kind: Kind, joints: Sequence[str]) -> str:
    """Why a controller cannot drive these joints by that kind of command; empty when it can."""
    told = f"controller '{controller.name}'"
    if controller.state not in ("active", "inactive"):
        return f"{told} is {controller.state}; configure it first"
    if kind not in TYPES.get(controller.type, ()):
        fit = " or ".join(name for name, kinds in TYPES.items() if kind in kinds)
        return f"{told} is a {controller.type}; commands of kind '{kind}' need {fit}"
    if controller.active and sorted(controller.claimed) != sorted(controller.required):
        return f"{told} is active without the interfaces that it requires"
    if kind == "trajectory":
        found, needed = sorted(_joints(controller.required)), sorted(joints)
    else:
        found, needed = sorted(controller.required), sorted(f"{joint}/{kind}" for joint in joints)
    if found != needed:
        few, many = ", ".join(sorted(set(needed) - set(found))), ", ".join(sorted(set(found) - set(needed)))
        return f"{told} claims {many or 'nothing'} instead of {few}" if few else f"{told} claims {many} besides"
    return ""
