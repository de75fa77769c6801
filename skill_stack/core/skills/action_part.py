"""ActionPart: how an ``action`` skill is carried out by a ROS 2 action server outside of the stack."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field, field_validator

from skill_stack.core.data_file import DataModel
from skill_stack.core.quantity import Seconds

NAMED = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)(?:\.([a-z]+))?")
"""An expression in a goal: ``$argument`` or ``$argument.attribute``."""
HERE = "here"
"""Name of the robot itself in an expression."""
ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "object": ("", "x", "y", "z", "yaw", "pose", "approach"),
    "number": ("", "duration"),
    "choice": ("",),
    "words": ("",),
    HERE: ("x", "y", "yaw", "pose"),
}
"""What may stand behind the dot, by the type of the argument; empty: nothing, the argument itself."""
DONE = "done"
"""Signal that is 1 once the server has reported success."""
TAKEN = frozenset(
    (DONE, "elapsed", "speed", "tilt", "yaw_rate", "stalled_for", "time_left", "distance_error", "heading_error")
)
"""Signals that no field of feedback can have as their name."""
PEOPLE = ("remote", "local", "network")
"""Ways on which a person drives, strongest first, each on its topic ``cmd_vel_<way>``: no server's."""
_PATH = r"^[A-Za-z][A-Za-z0-9_]*(\.([A-Za-z][A-Za-z0-9_]*|[0-9]+))*$"
_TOPIC = r"^[~/]?[A-Za-z_][A-Za-z0-9_]*(/[A-Za-z_][A-Za-z0-9_]*)*$"


class ActionResult(DataModel):
    """How to evaluate the result of the action.

    Attributes:
        code: Field of the result with a result code; empty where the action's status is sufficient.
        good: Values of it that are success.
        text: Field of the result with a sentence for people; empty where there is none.
        meanings: What other values of the code mean, for people.
    """

    code: str = Field("", pattern=rf"{_PATH}|^$")
    good: tuple[int, ...] = Field((0,), min_length=1)
    text: str = Field("", pattern=rf"{_PATH}|^$")
    meanings: dict[int, str] = {}


class ActionPatience(DataModel):
    """How long the server may be silent, s of the clock on the wall.

    Attributes:
        answer: Until it accepts or rejects the goal.
        feedback: Between two feedback messages; None for a server that sends none, or seldom.
    """

    answer: Seconds = 5.0
    feedback: Seconds | None = None


class ActionPart(DataModel):
    """An action and how it is filled and read. A stop, or any other end of the skill, cancels its goal.

    Attributes:
        type: Type of the action, ``package/action/Name``.
        name: Name of the action, within the robot's namespace unless it begins with a slash.
        goal: Values of the goal's fields, by field path or nested; a text with ``$argument`` is filled in, see
            :data:`ATTRIBUTES`.
        feedback: Signals of the skill by name, each with the field of the feedback that gives it. ``progress`` (0 to 1)
            or else ``remaining`` (counting down) is shown as the progress.
        result: How the result is read.
        patience: How long the server may be silent.
        base: Skill with the goals vx, vy and wz that the server drives by velocities; None where it moves nothing that
            belongs to the stack, which then holds its stance.
        velocity: Topic of these velocities.
        preferred: Whether it is taken before other ways of what it realises, whenever its server is there.
    """

    type: str = Field(pattern=r"^[a-z][a-z0-9_]*/action/[A-Z][A-Za-z0-9]*$")
    name: str = Field(pattern=_TOPIC)
    goal: dict[str, Any] = {}
    feedback: dict[str, str] = {}
    result: ActionResult = ActionResult()
    patience: ActionPatience = ActionPatience()
    base: str | None = None
    velocity: str = Field("cmd_vel", pattern=_TOPIC)
    preferred: bool = False

    @field_validator("velocity")
    @classmethod
    def _no_persons(cls, topic: str) -> str:
        if topic.rpartition("/")[2] in {f"cmd_vel_{name}" for name in PEOPLE}:
            raise ValueError(f"{topic} is for people; take cmd_vel, or a name of its own such as cmd_vel_nav")
        return topic

    @field_validator("feedback")
    @classmethod
    def _signals(cls, fields: dict[str, str]) -> dict[str, str]:
        for name, path in fields.items():
            if name in TAKEN or not re.fullmatch(r"[a-z_][a-z0-9_]*", name):
                raise ValueError(f"'{name}' cannot be the name of a signal; taken are {', '.join(sorted(TAKEN))}")
            if not re.match(_PATH, path):
                raise ValueError(f"{name}: '{path}' is no path of a field, such as actual.time_from_start")
        return fields

    @field_validator("goal")
    @classmethod
    def _plain(cls, goal: dict[str, Any]) -> dict[str, Any]:
        for path, value in leaves(goal):
            if not re.match(_PATH, path):
                raise ValueError(f"'{path}' is no path of a field, such as pose.header.frame_id")
            if not isinstance(value, bool | int | float | str):
                raise ValueError(f"{path}: {value!r} is no number, text or truth value")
        return goal

    def expressions(self) -> Iterator[tuple[str, str, str]]:
        """Yields field path, argument and attribute of every expression in the goal."""
        for path, value in leaves(self.goal):
            if isinstance(value, str):
                yield from ((path, found[1], found[2] or "") for found in NAMED.finditer(value))

    @property
    def needs_place(self) -> bool:
        """Whether the goal cannot be filled without knowing where the robot is."""
        return any(name == HERE or attribute == "approach" for _, name, attribute in self.expressions())

    def problem(self, arguments: Mapping[str, str]) -> str:
        """Which expression cannot be filled, or an empty string.

        Args:
            arguments: Types of the skill's arguments by name.
        """
        known = {HERE: HERE, **arguments}
        for path, name, attribute in self.expressions():
            if name not in known:
                return f"action.goal: {path}: ${name} is none of {', '.join('$' + one for one in known)}"
            allowed = ATTRIBUTES[known[name]]
            if attribute not in allowed:
                forms = ", ".join(f"${name}.{one}" if one else f"${name}" for one in allowed)
                return f"action.goal: {path}: '${name}{'.' + attribute if attribute else ''}' is none of {forms}"
        return ""


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yields path and value of everything that contains nothing else."""
    inner = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else None
    if inner is None:
        yield path, value
    else:
        for key, one in inner:
            yield from leaves(one, f"{path}.{key}" if path else str(key))
