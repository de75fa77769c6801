"""Seals on setpoints, so that the controller accepts only those of this run's connector.

Every participant of the ROS network can publish on any topic. The seal travels in ``source``, which is ``<who
drives>|<monotonic time, ns>|<mark>|<confirmation>`` on the wire: a keyed hash over everything in the setpoint and that
time, and the person's confirmation, for which the message has no other field. A recorded setpoint that is sent again is
older than the newest one, and is refused for that reason.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import replace

from skill_stack.core.errors import SkillStackError
from skill_stack.core.processes.run_key import KeySource, mark_of, same_mark
from skill_stack.core.setpoint import SkillSetpoint

SEPARATOR = "|"


def driver_of(source: str) -> str:
    """Who drives, as stated in the ``source`` of a setpoint on the wire."""
    return source.partition(SEPARATOR)[0]


class ForeignSetpoint(SkillStackError):
    """A setpoint that is not the connector's, or not new."""


class SetpointSealer:
    """Seals setpoints, in the connector."""

    def __init__(self, key: KeySource, clock: Callable[[], int]) -> None:
        """Takes the source of the key.

        Args:
            key: The run's secret.
            clock: Monotonic time, ns: the same clock in every process of this machine.
        """
        self._key, self._clock = key, clock
        self._last = 0

    def seal(self, setpoint: SkillSetpoint) -> SkillSetpoint:
        """The setpoint with its seal.

        Raises:
            DataError: There is no shared memory.
        """
        self._last = max(self._clock(), self._last + 1)
        mark = _mark(self._key(), setpoint, self._last)
        source = SEPARATOR.join((setpoint.source, str(self._last), mark, setpoint.confirmation))
        return replace(setpoint, source=source, confirmation="")


class SealCheck:
    """Accepts setpoints that are the connector's and newer than all before, in the controller's front end."""

    def __init__(self, key: KeySource, since: int) -> None:
        """Takes the source of the key.

        Args:
            key: The run's secret.
            since: Monotonic time from which on seals count, ns: none that was made before this process began.
        """
        self._key = key
        self._newest = since

    def open(self, sealed: SkillSetpoint) -> SkillSetpoint:
        """The setpoint without its seal.

        Raises:
            ForeignSetpoint: It has none, a wrong one, or that of a setpoint that is not newer than the last.
            DataError: There is no shared memory.
        """
        source, stamp, mark, confirmation = (*sealed.source.split(SEPARATOR, 3), "", "", "")[:4]
        plain = replace(sealed, source=source, confirmation=confirmation)
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 20):
            raise ForeignSetpoint("it carries no seal of this run's connector")
        if not same_mark(mark, _mark(self._key(), plain, int(stamp))):
            raise ForeignSetpoint("its seal is not one of this run's connector over this content")
        if int(stamp) <= self._newest:
            raise ForeignSetpoint("it was sent before one that was taken already")
        self._newest = int(stamp)
        return plain


def _mark(key: bytes, setpoint: SkillSetpoint, stamp: int) -> str:
    """The mark over numbers as the wire carries them: weights have 32 bits there."""
    skills = [[one.skill, struct.pack("<f", one.weight).hex(), list(one.joints)] for one in setpoint.skills]
    goals = {name: float(value).hex() for name, value in setpoint.goals.items()}
    whole = (setpoint.request_id, setpoint.sequence, float(setpoint.valid_until).hex(), setpoint.part, setpoint.source)
    return mark_of(key, "setpoint", *whole, skills, goals, setpoint.stop_count, setpoint.confirmation, stamp)
