"""ActionPort: what the connector sees of action servers outside of the stack."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

from skill_stack.core.errors import DataError
from skill_stack.core.skills.action_part import ActionPart
from skill_stack.core.skills.skill_library import SkillLibrary

ANSWERS, ACCEPTED, SUCCEEDS = "the action server answers", "the goal is accepted", "the action succeeds"
"""Violated conditions of a step that an action server does not carry out."""


@dataclass(frozen=True, slots=True)
class ActionReport:
    """How far a goal is.

    Attributes:
        state: ``sent`` (not answered yet), ``working``, ``succeeded`` or ``failed``.
        signals: Numbers of the newest feedback by the skill's own names, SI.
        violated: Where it failed, the violated condition.
        text: Where it failed, why; else what the server said; for people.
    """

    state: Literal["sent", "working", "succeeded", "failed"]
    signals: Mapping[str, float] = field(default_factory=dict)
    violated: str = ""
    text: str = ""


class ActionCall(Protocol):
    """One goal at one server."""

    def report(self) -> ActionReport:
        """How far it is; a server that is gone or silent for too long has failed. Never waits."""

    def cancel(self) -> None:
        """Cancels the goal, if it has not ended; never waits."""


class ActionPort(Protocol):
    """Sends goals to action servers."""

    def lack(self, part: ActionPart) -> str:
        """Why an action cannot be used now, for people; empty when its server is there."""

    def send(self, part: ActionPart, goal: Mapping[str, Any]) -> ActionCall:
        """Sends a goal.

        Args:
            part: The action.
            goal: Values by field path or nested: numbers, texts, and poses in ``map`` as ``position`` and
                ``orientation``.

        Raises:
            SkillStackError: The goal does not fit the action's type, or the type is not installed.
        """


class NoActions:
    """Where there is no ROS."""

    def lack(self, part: ActionPart) -> str:
        """See :class:`ActionPort`."""
        return f"there is no ROS here, so no action server '{part.name}'"

    def send(self, part: ActionPart, goal: Mapping[str, Any]) -> ActionCall:
        """See :class:`ActionPort`."""
        raise DataError(self.lack(part))


def within_reach(library: SkillLibrary, lack: Callable[[ActionPart], str]) -> SkillLibrary:
    """The library; an ``action`` skill that cannot be carried out now has the reason.

    Args:
        library: Skills of the robot.
        lack: Returns why an action cannot be used; empty when it can.
    """
    lacking = {
        name: replace(entry, reason=why)
        for name, entry in library.entries.items()
        if entry.usable and entry.spec and entry.spec.action and (why := lack(entry.spec.action))
    }
    return replace(library, entries={**library.entries, **lacking}) if lacking else library
