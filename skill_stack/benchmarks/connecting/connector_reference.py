"""A sequence without switching: its requests one after the other, each until its end, with the same faults.

A fall or drop counts against switching only if this keeps the robot up, or the object in the hand, every time. The
outcome of a push is sensitive to details, so a single successful run would prove nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from skill_stack.core.errors import SkillStackError
from skill_stack.core.setpoint import SkillRequest
from skill_stack.runtime.line.event_line import EventLine

Happening = tuple[float, str, Any]
"""Time, kind and data of an event."""

PAUSES = (0.5, 0.65, 0.8, 0.95, 1.1)
"""Pauses between two requests, s: one run for each."""
PATIENCE = 20.0  # s after which a request is taken to have ended


@dataclass(frozen=True, slots=True)
class Turn:
    """One request of a sequence.

    Attributes:
        number: Its index among the events.
        what: The request.
        lasts: Time until the next request, or the end of the sequence, s; a grasped object is held as long.
        faults: Faults until then, with the time since this one, s.
    """

    number: int
    what: Any
    lasts: float
    faults: list[Happening] = field(default_factory=list)


def turns(happenings: Sequence[Happening], faults: Sequence[str], end: float) -> list[Turn]:
    """The requests of a sequence, each with its faults.

    Args:
        happenings: The sequence, in order; it begins with a request.
        faults: Kinds of happening that are no switching; empty for the requests alone.
        end: When the sequence ends, s.
    """
    asked = [number for number, (_, kind, _) in enumerate(happenings) if kind == "ask"]
    out = list[Turn]()
    for number, following in zip(asked, [*asked[1:], len(happenings)]):
        since, _, what = happenings[number]
        until = happenings[following][0] if following < len(happenings) else end
        met = [(when - since, kind, how) for when, kind, how in happenings[number:following] if kind in faults]
        out.append(Turn(number, what, until - since, met))
    return out


def lost_one_by_one(
    line: EventLine,
    requests: Sequence[Turn],
    happen: Callable[[str, Any, str], None],
    lost: Callable[[], bool],
    pause: float,
    after: float,
) -> bool:
    """Runs requests one after the other without interruption; none starts earlier than in the sequence.

    Args:
        line: The robot, at rest.
        requests: The requests, in turn.
        happen: Causes an event: its kind, its data, and the id of a request.
        lost: Whether the robot has fallen, or has lost its object.
        pause: Time without a request between two requests, s.
        after: Time to record after the last one, s.

    Returns:
        Whether that came.
    """
    for turn in requests:
        name, began, waiting = f"turn{turn.number}/1", line.now, list(turn.faults)
        happen("ask", turn.what, name)
        quiet: float | None = None
        while quiet is None or line.now - quiet < (after if turn is requests[-1] else pause):
            while waiting and waiting[0][0] <= line.now - began:
                _, kind, what = waiting.pop(0)
                happen(kind, what, name)
            line.step()
            line.truths = line.truths[-1:]
            if lost():
                return True
            passed = line.now - began
            if quiet is None and not waiting and passed >= turn.lasts and (name in line.ended or passed > PATIENCE):
                quiet = line.now
    return False


def happened(line: EventLine, what: Any, request: SkillRequest | None) -> None:
    """Triggers one event on a line; a change that the running skill refuses leaves it as it was."""
    if request is not None:
        line.ask(request)
        return
    try:
        line.happen(what)
    except SkillStackError:
        return
