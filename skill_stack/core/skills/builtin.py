"""BuiltInSpec: the motions of a robot's own controller as data, and the commands to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

from pydantic import Field, model_validator

from skill_stack.core.data_file import DataModel
from skill_stack.core.errors import UnknownName
from skill_stack.core.quantity import Positive

Control = Literal["joints", "vendor"]
"""Who moves the joints: the stack's skills, or the vendor's controller on the robot, commanded by the stack."""

STOP = "stop"
"""Motion that every robot with built-in motions has: stop moving and keep balance."""
DAMP = "damp"
"""Motion that every robot with built-in motions has: sink, damped."""


class BuiltInMotion(DataModel):
    """One motion of the robot's service.

    Attributes:
        api: Number of the call.
        parameter: Its argument; a text ``$name`` stands for the goal value of that name.
        repeat: Time after which the call is made again while the motion lasts, s; None: it is made once.
        reply: Whether the service answers this call.
        leave: Motion that is called once when this one is left for another, or None.
    """

    api: int = Field(gt=0)
    parameter: dict[str, Any] = {}
    repeat: Positive | None = None
    reply: bool = True
    leave: str | None = None

    def fill(self, goals: Mapping[str, float]) -> dict[str, Any]:
        """The argument with names replaced by goal values; a missing value is zero."""
        filled: dict[str, Any] = _fill(self.parameter, goals)
        return filled


class BuiltInSpec(DataModel):
    """The built-in controller of a robot.

    Attributes:
        service: Name of its service.
        mode: Name of the mode that is selected when the robot is given back to it.
        motions: What it can do; ``stop`` and ``damp`` are always among it.
        safe_poses: Poses near one of which control may change hands: the robot carries itself without power there.
            Empty where there is none: then a person changes it, with the robot hung up.
        tolerance: Largest distance of any joint from such a pose, rad.
        network: Addresses of the network inside the robot, e.g. ``192.168.123.0/24``; empty where there is none.
    """

    service: str
    mode: str
    motions: dict[str, BuiltInMotion]
    safe_poses: tuple[str, ...] = ()
    tolerance: Positive = 0.35
    network: str = Field("", pattern=r"^([0-9]+(\.[0-9]+){3}/[0-9]+)?$")

    @model_validator(mode="after")
    def _complete(self) -> BuiltInSpec:
        named = {STOP, DAMP} | {motion.leave for motion in self.motions.values() if motion.leave}
        missing = sorted(named - set(self.motions))
        if missing:
            raise ValueError(f"motions: {', '.join(missing)} missing")
        return self

    def motion(self, name: str) -> BuiltInMotion:
        """A motion by name; raises UnknownName."""
        if name not in self.motions:
            raise UnknownName("built-in motion", name, self.motions)
        return self.motions[name]


@dataclass(frozen=True, slots=True)
class MotionCommand:
    """Command to the built-in controller.

    Attributes:
        motion: Name of the motion; empty: whatever it does is left as it is.
        goals: Goal values by name, SI.
    """

    motion: str = ""
    goals: Mapping[str, float] = field(default_factory=dict)


@runtime_checkable
class MotionDriver(Protocol):
    """Methods of a driver of a built-in controller beyond :class:`skill_stack.core.robots.hardware.Hardware`.

    Attributes:
        trouble: Why the built-in controller does not follow its last command, for people; empty when it does.
    """

    trouble: str

    def motion(self, command: MotionCommand) -> None:
        """Commands a motion; never waits. Raises LeaseRefused when another writer holds the device."""


def _fill(value: Any, goals: Mapping[str, float]) -> Any:
    if isinstance(value, str) and value.startswith("$"):
        return float(goals.get(value[1:], 0.0))
    if isinstance(value, dict):
        return {key: _fill(inner, goals) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_fill(inner, goals) for inner in value]
    return value
