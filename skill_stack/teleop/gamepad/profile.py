"""GamepadProfile: which control of a gamepad requests what."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.resources import Resources

DeviceApi = Literal["evdev", "joy"]
"""Where the state of a gamepad comes from: the Linux input subsystem, or ``sensor_msgs/Joy``."""


class Stick(DataModel):
    """One axis.

    Attributes:
        evdev: Its name in the Linux input subsystem.
        joy: Its index in ``sensor_msgs/Joy``.
        sign: For each device interface 1 where left and up are positive, else -1.
    """

    evdev: Annotated[str, Field(pattern="^ABS_[A-Z0-9_]+$")]
    joy: Annotated[int, Field(ge=0, lt=64)]
    sign: dict[DeviceApi, Literal[-1, 1]]


class Button(DataModel):
    """One button.

    Attributes:
        evdev: Its name in the Linux input subsystem.
        joy: Its index in ``sensor_msgs/Joy``.
    """

    evdev: Annotated[str, Field(pattern="^BTN_[A-Z0-9_]+$")]
    joy: Annotated[int, Field(ge=0, lt=64)]


class DriveSticks(DataModel):
    """Driving the base. The held button is the dead-man switch.

    Attributes:
        hold: Button without which nothing is driven.
        forward: Stick of vx.
        left: Stick of vy.
        turn: Stick of wz.
    """

    hold: str
    forward: str
    left: str
    turn: str


class SkillButton(DataModel):
    """A button that requests a skill.

    Attributes:
        hold: Button that has to be held meanwhile, against touching by chance.
        press: The button.
        skill: Name of the skill.
        arguments: Its arguments by name.
    """

    hold: str
    press: str
    skill: str
    arguments: dict[str, Any] = {}


class StickRange(DataModel):
    """A goal value by a stick, linear on either side of the middle.

    Attributes:
        stick: The stick.
        low: Value at -1, in the unit of the skill's argument; the middle is 0.
        high: Value at 1.
    """

    stick: str
    low: float
    high: float


class Pose(DataModel):
    """Goal values of a skill that follow the sticks while a button is held.

    Attributes:
        hold: The button.
        skill: Name of the skill.
        goal: A stick for each argument.
    """

    hold: str
    skill: str
    goal: dict[str, StickRange]


class GamepadProfile(DataModel):
    """A profile of ``config/gamepads``.

    Attributes:
        description: What the hand does, for people.
        sticks: The axes that are used, by name.
        buttons: The buttons that are used, by name.
        dead_zone: Share of a stick's way around its middle that counts as the middle.
        stop: Buttons that together end what runs.
        estop: Buttons that together damp the robot.
        reset: Buttons that together clear an emergency stop.
        drive: How the base is driven; None for a robot without one.
        skills: Buttons of skills.
        poses: Goal values by sticks.
    """

    description: str
    sticks: dict[str, Stick]
    buttons: dict[str, Button]
    dead_zone: Annotated[float, Field(ge=0.0, lt=0.5)]
    stop: Annotated[tuple[str, ...], Field(min_length=1)]
    estop: Annotated[tuple[str, ...], Field(min_length=1)]
    reset: Annotated[tuple[str, ...], Field(min_length=1)]
    drive: DriveSticks | None = None
    skills: tuple[SkillButton, ...] = ()
    poses: tuple[Pose, ...] = ()

    @model_validator(mode="after")
    def _known(self) -> GamepadProfile:
        """Every control that is used is declared."""
        drive = self.drive
        sticks = {one.stick for pose in self.poses for one in pose.goal.values()}
        sticks |= {drive.forward, drive.left, drive.turn} if drive is not None else set()
        holds = {one.hold for one in self.poses} | {one.hold for one in self.skills}
        holds |= {drive.hold} if drive is not None else set()
        presses = {one.press for one in self.skills} | {*self.stop, *self.estop, *self.reset}
        for kind, used, known in (("stick", sticks, self.sticks), ("button", holds | presses, self.buttons)):
            if missing := sorted(used - known.keys()):
                raise ValueError(f"there is no {kind} '{missing[0]}'; there are {', '.join(sorted(known))}")
        return self


def load_profile(resources: Resources, name: str) -> GamepadProfile:
    """Reads a profile.

    Args:
        resources: Where data is found.
        name: Name of a file in ``config/gamepads`` without its ending, or the path of a file.

    Raises:
        DataError: The file is wrong, with the key and the reason.
        ResourceNotFound: There is none of that name; lists those that there are.
    """
    path = Path(name)
    return load_model(
        GamepadProfile, path if path.suffix == ".yaml" else resources.find(f"config/gamepads/{name}.yaml", "gamepad")
    )
