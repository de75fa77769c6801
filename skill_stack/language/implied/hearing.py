"""Hearing: finds the ways of telling a situation in what is said."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from skill_stack.language.implied.forms import Forms
from skill_stack.language.implied.ontology import Function, Situation

NEGATING = frozenset("not no nobody never neither nothing without none hardly barely cannot nor".split())
"""Words by which what follows is denied."""

FARTHEST_DENIAL = 4
"""Words before one that may deny it."""

WIDEST = 16
"""Words over which one situation is told."""

LEAST, MOST = 0.3, 1.1
"""How much a word tells that is in very many situations, and one that is in a single one."""

SHORTLY = 5
"""Words between one that must follow another and that other."""

_PARTS = re.compile(r"([+>]) ((?:[^+>]|(?<! )[+>])*)")

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """What must be heard, one of several ways.

    Attributes:
        wanted: Whether it must be heard, else it must not be.
        words: Single words.
        phrases: Several words each.
        things: Functions of things of the scene of which one must be spoken of; ``*`` for any.
        denies: Whether it holds a word of denial itself.
        follows: Whether it must follow what stands before it shortly, in the same clause.
    """

    wanted: bool
    words: frozenset[str]
    phrases: tuple[Phrase, ...]
    things: frozenset[str]
    denies: bool
    follows: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """One way of telling a situation.

    Attributes:
        situation: The situation.
        groups: What must be heard.
    """

    situation: Situation
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A situation that was told.

    Attributes:
        situation: The situation.
        score: How surely; the greater the surer.
        at: Positions of the words that tell it.
        things: What the thing may be that is spoken of.
    """

    situation: Situation
    score: float
    at: tuple[int, ...]
    things: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """A thing of the scene that is spoken of.

    Attributes:
        at: Where it is named.
        length: Words of its name.
        names: What it may be, by id, the likeliest first, each with what it is good for.
        where: Whether it is named only to say where something is.
    """

    at: int
    length: int
    names: tuple[tuple[str, frozenset[str]], ...]
    where: bool = False

    @property
    def head(self) -> int:
        """Where the word stands that says what it is: the last one of its name, *tray* of *used tray*."""
        return self.at + self.length - 1

    def of(self, functions: frozenset[str]) -> tuple[str, ...]:
        """What of it is good for one of these; ``*`` for anything."""
        return tuple(name for name, own in self.names if "*" in functions or own & functions)


def read_way(text: str, situation: Situation, functions: Mapping[str, Function]) -> Way:
    """Reads ``@food|meal + go off|melt + !cook``.

    Args:
        text: The groups.
        situation: What is told so.
        functions: What things are good for.

    Raises:
        KeyError: A function is named that is not known.
    """
    groups = []
    for mark, part in _PARTS.findall(f"+ {text}"):
        part = part.strip()
        wanted = not part.startswith("!")
        ways = [one.strip() for one in part.lstrip("!").split("|")]
        things = {one[1:] or "*" for one in ways if one.startswith("#")}
        for name in things - {"*"}:
            functions[name]
        plain = [one for one in ways if one and one[0] not in "#@"]
        plain += [word for one in ways if one.startswith("@") for word in functions[one[1:]].words]
        split = [tuple(one.split()) for one in plain]
        singles = frozenset(one[0] for one in split if len(one) == 1)
        phrases = tuple(sorted({one for one in split if len(one) > 1}))
        denies = bool(singles & NEGATING) or any(set(one) & NEGATING for one in phrases)
        groups.append(Group(wanted, singles, phrases, frozenset(things), denies, mark == ">"))
    return Way(situation, tuple(groups))


def worths(ways: Sequence[Way]) -> dict[Phrase, float]:
    """How much words and phrases tell: less the more situations they are in.

    Args:
        ways: Ways of telling situations.
    """
    within: dict[Phrase, set[int]] = {}
    for way in (one for one in ways if not one.situation.exact):
        for group in (group for group in way.groups if group.wanted):
            for phrase in (*group.phrases, *((word,) for word in group.words)):
                within.setdefault(phrase, set()).add(id(way.situation))
    return {one: max(LEAST, min(MOST, MOST + 0.1 - 0.2 * math.log2(len(ids)))) for one, ids in within.items()}


class Hearing:
    """What was said in one remark, ready to be searched."""

    def __init__(
        self, said: Sequence[str], forms: Forms, mentions: Sequence[Mention], ends: Sequence[int],
        worth: Mapping[Phrase, float] | None = None,
    ) -> None:  # fmt: skip
        """Prepares a remark.

        Args:
            said: Its words without marks.
            forms: Forms of words.
            mentions: Things that are spoken of.
            ends: Positions before which a clause ends.
            worth: How much words and phrases tell; 1 for those that are not in it.
        """
        self._worth = worth or {}
        self.said, self.mentions = said, mentions
        self._forms = [forms.of(word) for word in said]
        self._every = frozenset().union(*self._forms) if said else frozenset()
        self._of, self._ends = forms, frozenset(ends)

    def told(self, ways: Sequence[Way]) -> Iterator[Told]:
        """Situations that are told."""
        for way in ways:
            if all(self._possible(group) for group in way.groups if group.wanted):
                found = self._heard(way)
                if found is not None:
                    yield found

    def _possible(self, group: Group) -> bool:
        """Whether a group may be heard, told quickly."""
        if not group.words.isdisjoint(self._every) or (group.things and self.mentions):
            return True
        return any(one[0] in self._every for one in group.phrases)

    def _heard(self, way: Way) -> Told | None:
        """What is told if every group is heard close enough; None where one is not."""
        denied_itself = any(group.denies for group in way.groups if group.wanted)
        at: list[int] = []
        last = 0
        score = way.situation.weight
        things: tuple[str, ...] = ()
        for group in way.groups:
            found = self._find(group, denied_itself, at, last)
            if (found is not None) != group.wanted:
                return None
            if found is None:
                continue
            place, length, mention = found
            at.append(place)
            last = place + length
            score += self._told_by(group, place, length)
            if mention is not None and group.things:
                things = things or mention.of(group.things)
                score += 0.5
        if not at or max(at) - min(at) > WIDEST:
            return None
        return Told(way.situation, score, tuple(at), things)

    def _told_by(self, group: Group, place: int, length: int) -> float:
        """How much is told by what is heard of a group."""
        here = [
            one for one in group.phrases if len(one) == length and self._of.at(self._forms, one, place)
        ] or [(word,) for word in self._forms[place] if length == 1 and word in group.words]  # fmt: skip
        return max((self._worth.get(one, 1.0) for one in here), default=1.0) * (1.0 + 0.4 * (length - 1))

    def _find(
        self, group: Group, denied_itself: bool, taken: Sequence[int], last: int
    ) -> tuple[int, int, Mention | None] | None:
        """Where a group is heard, over how many words, and the thing that is spoken of.

        Args:
            group: What must be heard.
            denied_itself: Whether the way speaks of what is denied.
            taken: Where other groups are heard.
            last: Where the group before ends.
        """
        near = [
            one for one in self.mentions
            if group.things and one.head not in taken and one.of(group.things) and self._follows(group, one.head, last)
        ]  # fmt: skip
        if near:

            def unlikely(one: Mention) -> tuple[bool, int]:
                return one.where and not group.follows, min((abs(one.at - k) for k in taken), default=0)

            best = min(near, key=unlikely)
            return best.at, best.length, best
        free = denied_itself or not group.wanted
        phrases = [
            (-len(phrase), at) for phrase in group.phrases for at in range(len(self.said))
            if self._of.at(self._forms, phrase, at) and self._counts(at, free) and self._follows(group, at, last)
        ]  # fmt: skip
        if phrases:
            length, at = min(phrases)
            return at, -length, None
        for at, known in enumerate(self._forms):
            if not group.words.isdisjoint(known) and at not in taken and self._counts(at, free):
                if self._follows(group, at, last):
                    return at, 1, None
        return None

    def _follows(self, group: Group, at: int, last: int) -> bool:
        """Whether a position is where a group may stand."""
        if not group.follows:
            return True
        return last <= at <= last + SHORTLY and not any(last < end <= at for end in self._ends)

    def _counts(self, at: int, free: bool) -> bool:
        """Whether a word is not denied by one shortly before it.

        Args:
            at: The word.
            free: Whether that makes no difference.
        """
        if free:
            return True
        begin = max((end for end in self._ends if end <= at), default=0)
        return not NEGATING & set(self.said[max(begin, at - FARTHEST_DENIAL) : at])
