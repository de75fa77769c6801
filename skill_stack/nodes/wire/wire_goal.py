"""Goals of actions outside of the stack: messages filled by field path, and fields read by path."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from builtin_interfaces.msg import Duration
from geometry_msgs.msg import PoseStamped
from rclpy.type_support import check_for_type_support

from skill_stack.core.errors import DataError, SkillStackError, UnknownName
from skill_stack.core.skills.action_part import ActionPart

_PLACE = re.compile(r"\.[0-9]+(?:\.|$)")
Frame = Callable[[str], str]
"""Name of a frame with the robot's namespace in front."""


def interface_type(name: str) -> Any:
    """The type of a message or an action of a package that need not be installed.

    Args:
        name: ``package/action/Name`` or ``package/msg/Name``.

    Raises:
        DataError: Its package is not installed, or not for this ROS; the message states how to install it.
        UnknownName: The package has no such type.
    """
    package, folder, kind = name.split("/")
    try:
        module = import_module(f"{package}.{folder}")
    except ImportError as error:
        distro = os.environ.get("ROS_DISTRO") or "<distro>"
        hint = f"apt install ros-{distro}-{package.replace('_', '-')}"
        raise DataError(f"package {package} is not installed: {hint}") from error
    if not hasattr(module, kind):
        raise UnknownName(f"{folder} of {package}", kind, [one for one in dir(module) if one[0].isupper()])
    found = getattr(module, kind)
    try:
        check_for_type_support(found)
    except Exception as error:  # of generated code: a library that is missing, or of another ROS
        raise DataError(f"package {package} does not fit this ROS: {error}") from error
    return found


def fill(message: Any, values: Mapping[str, Any], frame: Frame = str) -> Any:
    """Sets fields of a message.

    Args:
        message: The message.
        values: By field path (``pose.header.frame_id``) or nested, with lists for sequences. A pose fits a PoseStamped,
            which is then in ``map``; seconds fit a Duration.
        frame: Gives a frame its prefix.

    Returns:
        The message.

    Raises:
        UnknownName: There is no such field.
        DataError: A value does not fit its field.
    """
    if isinstance(message, PoseStamped) and "position" in values:
        message.header.frame_id = frame("map")
        fill(message.pose, values)
        return message
    for path, value in values.items():
        first, _, rest = str(path).partition(".")
        kind = _kind(message, first)
        value = {rest: value} if rest else frame(value) if first == "frame_id" and isinstance(value, str) else value
        setattr(message, first, _fitted(getattr(message, first), kind, value, str(path), frame))
    return message


def field(message: Any, path: str) -> Any:
    """A field by its path; numbers are places in a list.

    Raises:
        UnknownName: There is no such field.
        DataError: A list is too short.
    """
    for name in path.split("."):
        if not name.isdigit():
            _kind(message, name)
            message = getattr(message, name)
        elif int(name) < len(message):
            message = message[int(name)]
        else:
            raise DataError(f"{path}: the list has {len(message)} parts only")
    return message


def number(message: Any, path: str) -> float:
    """A field as a number, SI; times and durations in s.

    Raises:
        UnknownName: There is no such field.
        DataError: It is no number.
    """
    value = field(message, path)
    if hasattr(value, "nanosec"):
        return float(value.sec + value.nanosec * 1e-9)
    if not isinstance(value, bool | int | float):
        raise DataError(f"{path} is no number but {type(value).__name__}")
    return float(value)


def _kind(message: Any, name: str) -> str:
    """Type of a field as the interface states it."""
    fields: dict[str, str] = getattr(message, "get_fields_and_field_types", dict)()
    if name not in fields:
        raise UnknownName(f"field of {type(message).__name__}", name, fields)
    return fields[name]


def _fitted(now: Any, kind: str, value: Any, path: str, frame: Frame) -> Any:
    """A value in the type of its field, of which ``now`` is the present value."""
    if hasattr(now, "get_fields_and_field_types"):
        if isinstance(now, Duration) and isinstance(value, int | float):
            value = {"sec": int(value), "nanosec": int(value % 1 * 1e9)}
        if not isinstance(value, Mapping):
            raise DataError(f"{path}: {value!r} is no {kind}")
        return fill(now, value, frame)
    if "[" in kind or kind.startswith("sequence<"):
        if not isinstance(value, list):
            raise DataError(f"{path}: {value!r} is no list, as {kind} wants")
        inner = kind.removeprefix("sequence<").partition(">")[0].partition(",")[0].partition("[")[0]
        return [_fitted(_new(inner), inner, one, f"{path}.{place}", frame) for place, one in enumerate(value)]
    if isinstance(now, bool) != isinstance(value, bool) or isinstance(now, str) != isinstance(value, str):
        raise DataError(f"{path}: {value!r} is no {kind}")
    if isinstance(now, int) and float(value) != int(value):
        raise DataError(f"{path}: {value!r} is no whole number, as {kind} wants")
    return type(now)(value)


def _new(kind: str) -> Any:
    """An empty element of a list."""
    if "/" in kind:
        package, name = kind.split("/")
        return getattr(import_module(f"{package}.msg"), name)()
    return "" if "string" in kind else False if kind == "boolean" else 0.0 if kind in ("double", "float") else 0


def wrong_type(part: ActionPart) -> str:
    """Why an action's type cannot be used: not installed, or without a field that is named; or an empty string."""
    try:
        kind = interface_type(part.type)
        for path in part.feedback.values():
            before = _PLACE.split(path)[0]  # what a list holds is known when it comes
            (number if before == path else field)(kind.Feedback(), before)
        for path in filter(None, (part.result.code, part.result.text)):
            field(kind.Result(), _PLACE.split(path)[0])
    except SkillStackError as error:
        return str(error)
    return ""
