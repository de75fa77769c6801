"""Listening: who of those that are named has to hear what was told."""

from __future__ import annotations

from collections.abc import Iterator

from skill_stack.language.implied.remark import OWN, Remark

UNAWARE = frozenset(
    "know knows knew idea clue heard hear hears noticed notice notices told aware unaware realise realised realize "
    "realized forgotten forgot forgets remember remembers oblivious informed suspect".split()
)
"""Words of what somebody does or does not know."""

WAITING = frozenset("still yet waiting waits wait impatient bent playing reading upstairs sitting".split())
"""Words of somebody who is elsewhere or goes on with something."""

BACK = frozenset("he she him her his they them".split())
"""Words for somebody who was named before."""

TOWARDS = frozenset("for see expecting expects talk_to speak_to talk_with speak_with word_with".split())
"""Words before whom something is for, or somebody else wants to see."""

CROWD = frozenset("they them everyone everybody nobody others all girls boys children guests people".split())
"""Words for several who are not named."""


def listener(remark: Remark) -> str:
    """Who has to hear what was told, or an empty string where nobody is named who does not say it himself.

    Args:
        remark: What was told.
    """
    for marks in (UNAWARE, WAITING):
        for begin, end in reversed(list(_clauses(remark))):
            if marks & set(remark.said[begin:end]):
                found = _named(remark, begin, end)
                if found:
                    return found
                if CROWD & set(remark.said[begin:end]):
                    return ""
    meant = [name for at, name in remark.people if TOWARDS & _before(remark, at)]
    meant = meant or [name for at, name in remark.people if at in remark.owners and remark.said[at] not in OWN]
    meant = meant or [name for at, name in remark.people if remark.said[at] not in OWN]
    return meant[0] if meant else ""


def _before(remark: Remark, at: int) -> set[str]:
    """The word before a position, and the two words before it as one."""
    return {*remark.said[max(0, at - 1) : at], "_".join(remark.said[max(0, at - 2) : at])}


def _clauses(remark: Remark) -> Iterator[tuple[int, int]]:
    """Where clauses begin and end."""
    marks = sorted({0, *remark.ends, len(remark.said)})
    yield from zip(marks, marks[1:], strict=False)


def _named(remark: Remark, begin: int, end: int) -> str:
    """Who is named in a clause, or before it where it only says *she*; an empty string where nobody is."""
    others = [(at, name) for at, name in remark.people if remark.said[at] not in OWN]
    within = [name for at, name in others if begin <= at < end]
    if within:
        return within[0]
    back = [name for at, name in others if at < begin]
    return back[-1] if back and BACK & set(remark.said[begin:end]) else ""
