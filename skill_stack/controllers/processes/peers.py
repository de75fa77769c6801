"""Peers: exchange between the parts of one robot through the words of the whole robot."""

from __future__ import annotations

from skill_stack.core.shared_memory.block_words import CONDITIONS, Condition, Flags
from skill_stack.core.shared_memory.channels import RobotChannels

_DAMPED, _LOST, _LATCHED = (CONDITIONS.index(name) for name in ("damped", "lost", "latched"))


class Peers:
    """The other parts, seen from the control process of one.

    A part that is damped by a guard, or whose control process is gone, has the others take their stance as long as
    that lasts; an error that latches one latches all. A robot of one part has none of this, and pays nothing for it.
    """

    def __init__(self, channels: RobotChannels) -> None:
        """Takes the channels of a part."""
        self._common = channels.common
        self._names, self._place = channels.parts, channels.place
        self._alone = len(channels.parts) == 1
        self._told = ""
        self._seen: tuple[int, ...] = ()
        self._peer = self._cause = ""

    def flags(self) -> Flags:
        """How often stop, emergency stop and reset were requested, and the demands of the other parts."""
        flags = self._common.flags()
        if self._alone:
            return flags
        conditions = self._common.conditions()
        if conditions != self._seen:
            self._seen = conditions
            self._peer = self._find(conditions, (_DAMPED, _LOST), own=False)
            self._cause = self._find(conditions, (_LATCHED,), own=True)
        if not (self._peer or self._cause):
            return flags
        return Flags(flags.stop, flags.estop, flags.reset, self._peer, self._cause)

    def _find(self, conditions: tuple[int, ...], wanted: tuple[int, ...], own: bool) -> str:
        """The first part that is in one of some conditions, with its reason, or an empty string."""
        for place, name in enumerate(self._names):
            if conditions[place] in wanted and (own or place != self._place):
                reason = self._common.condition_reason(place)
                return reason if place == self._place else f"{name}: {reason}"
        return ""

    def tell(self, condition: Condition, reason: str = "") -> None:
        """Reports this part's condition to the others; an unchanged one costs nothing."""
        if not self._alone and condition != self._told:
            self._common.set_condition(self._place, condition, reason)
            self._told = condition

    def latch(self, reason: str) -> None:
        """Latches all parts, because this one met an error."""
        if not self._alone:
            self.tell("latched", reason)
            self._common.latch_part(self._place)

    def forget(self) -> None:
        """Clears the last report: another process reports for this part now."""
        self._told = ""
