"""Transfer: which of the things of a piece are moved, from where, and where to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from skill_stack.planner.gist.mention import Mention
from skill_stack.planner.gist.spoken import Spoken
from skill_stack.planner.gist.words import gist_words
from skill_stack.planner.roles import Types

WHOSE = frozenset({"his", "her", "their"})
"""Words for somebody to whom something belongs."""


@dataclass(slots=True)
class Transfer:
    """Things and where they go.

    Attributes:
        themes: What is moved.
        goals: Where to, or to whom, in order.
        dropped: What was said beside it.
        lost: Whether something is named as theme or goal that nothing here is called.
        whole: The last theme before it was told apart by where it is.
    """

    themes: list[Mention] = field(default_factory=list)
    goals: list[Mention] = field(default_factory=list)
    dropped: list[Mention] = field(default_factory=list)
    lost: bool = False
    whole: Mention | None = None


def transfers(mentions: Iterable[Mention], spoken: Spoken, types: Types) -> list[Transfer]:
    """The transfers that mentions in a row speak of: ``the book to Anna and the cards to Ben`` are two.

    Args:
        mentions: What a piece speaks of, in order.
        spoken: What was spoken of before.
        types: Kinds of things.
    """
    out = [Transfer()]
    held: list[Mention] = []
    for one in mentions:
        now = out[-1]
        way = _way(one, now, spoken)
        if one.kind == "unknown" and way == "source" and one.words.split()[0] in WHOSE:
            continue  # "from his office": where he is
        if one.kind == "unknown":
            now.lost |= (
                way in ("", "goal", "place", "source") and not set(one.words.split()) & gist_words().circumstances
            )
            continue
        if way in ("source", "held"):
            if now.themes:
                held = [*held, one] if held and held[0].begin > now.themes[-1].begin else [one]
                whole = now.whole if len(held) > 1 and now.whole is not None else now.themes[-1]
                now.whole = whole
                now.themes[-1] = narrowed(whole, held, spoken)
            else:
                now.dropped.append(one)
        elif way == "with" and not now.themes:
            now.themes.append(replace(one, before=""))
        elif way in ("with", "beside"):
            now.dropped.append(one)
        elif way == "goal":
            now.goals.append(one)
        else:
            if now.themes and now.goals and now.goals[-1].end > now.themes[-1].end and one.kind != "person":
                out.append(Transfer())
            out[-1].themes.append(one)
    return out


def narrowed(theme: Mention, holders: list[Mention], spoken: Spoken) -> Mention:
    """A theme as those of several that are in or on something; of several such things, in all of them or in any."""
    named = [tuple(name for ids in spoken.options(one) for name in ids) for one in holders]
    there = [{name for name in theme.ids if spoken.inside(name, one)} for one in named]
    ids = set.intersection(*there) or set.union(*there)
    return replace(theme, ids=tuple(name for name in theme.ids if name in ids)) if ids else theme


AROUND = frozenset({"under", "underneath", "beneath", "below", "above", "over", "behind", "in front of", "between"})
"""Prepositions that only tell which place is meant."""


def _way(one: Mention, now: Transfer, spoken: Spoken) -> str:
    """What a mention is to a transfer so far: a theme (empty), ``goal``, ``source``, ``held``, ``with``, ``beside``."""
    if one.before in ("for", "of"):
        if one.before == "of" and now.themes:
            return "held"
        return "goal" if one.kind == "person" or one.words in ("him", "her", "them") else "beside"
    if one.way == "beside":
        return "with" if one.before == "with" and one.kind in ("thing", "pronoun") else "beside"
    if one.way == "source":
        return "source"
    if one.before in AROUND:
        return "beside"  # things are put on and into others, not under them
    if one.way in ("goal", "place"):
        theme = now.themes[-1] if now.themes else None
        adjacent = theme is not None and theme.end == one.begin
        known = (now.whole or theme).ids if theme is not None else ()
        if one.way == "place" and theme is not None and one.ids and any(spoken.inside(name, one.ids) for name in known):
            return "held"
        if one.way == "place" and theme is not None and adjacent and not one.many and one.kind == "person":
            return "held"
        return "goal"
    if one.kind == "person" and not now.themes and one.words != "i":
        return ""
    return ""


def goal_of(transfer: Transfer, spoken: Spoken) -> Mention | None:
    """Where it goes in the end: to a person before a place, to furniture before the room that it is in."""
    people = [one for one in transfer.goals if one.kind == "person" or one.words in ("him", "her")]
    placed = any(one.kind != "person" and one.words not in ("him", "her") for one in transfer.goals)
    people = [one for one in people if not (placed and (one.words in ("me", "us", "here") or len(one.ids) > 1))]
    if people:
        return people[-1]
    goals = [one for one in transfer.goals if one.ids or one.kind == "pronoun"]
    small = [one for one in goals if one.kind == "thing"]
    kept = small or goals
    return kept[-1] if kept else None
