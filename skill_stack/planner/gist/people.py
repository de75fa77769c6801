"""People: who is meant by a part of a name, or by what somebody is and where: ``Okafor``, ``the lady outside``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from skill_stack.planner.gist.words import Tables
from skill_stack.planner.language.geometry import places_of
from skill_stack.planner.language.reference import Resolver
from skill_stack.planner.language.text import Token

BEFORE = frozenset("the our that this young old little poor good dear my your".split())
"""Words before somebody who is called by what he is."""

SMALL = frozenset({"of", "the", "and", "a", "me", "in", "at", "s", "family", "room"})
"""Words of names by which nobody is called alone."""


@dataclass(slots=True)
class People:
    """Finds people whom words do not name in full.

    Attributes:
        tables: The words.
        resolver: The scene.
        names: Words of names by who is called so.
        sorts: Sorts of people by who is of that sort.
    """

    tables: Tables
    resolver: Resolver
    names: dict[str, set[str]]
    sorts: dict[str, set[str]]

    def at(self, tokens: Sequence[Token], at: int) -> tuple[int, tuple[str, ...]] | None:
        """Where somebody's name or sort ends that begins at a position, and who that may be; None for nobody."""
        begin = at
        while begin < len(tokens) and tokens[begin].text in BEFORE:
            begin += 1
        if begin >= len(tokens):
            return None
        end, sort = self._sort(tokens, begin)
        if end < len(tokens) and (end > begin or begin > at or at == begin) and (name := self._name(tokens[end])):
            return end + 1, name
        titled = self.names.get(tokens[end].text, set()) & sort if begin < end < len(tokens) else set[str]()
        if len(titled) == 1:
            return end + 1, tuple(titled)  # "senora Castillo" where there is a Mr Castillo too
        if end == begin or begin == at:
            return None  # neither "lady" alone nor "poor"
        return self._where(tokens, end, sort)

    def _name(self, token: Token) -> tuple[str, ...]:
        """Who has a word in his name, where it is one person."""
        found = self.names.get(token.text, set())
        return tuple(found) if len(found) == 1 else ()

    def _sort(self, tokens: Sequence[Token], at: int) -> tuple[int, set[str]]:
        """Where words for a sort of people end, and who is of that sort."""
        end, found = at, set(self.resolver.people)
        while end < len(tokens) and (sorts := self.tables.data.people.get(tokens[end].text)) is not None:
            found = {name for name in found if sorts & self._sorts(name)}
            end += 1
        return end, found if end > at else set()

    def _sorts(self, name: str) -> frozenset[str]:
        """The sorts that somebody is of."""
        return frozenset(sort for sort, names in self.sorts.items() if name in names)

    def _where(self, tokens: Sequence[Token], at: int, found: set[str]) -> tuple[int, tuple[str, ...]] | None:
        """Who of some people is where words say, else the only one of them."""
        place = tokens[at].text if at < len(tokens) else ""
        if place in ("outside", "outdoors"):
            there = {one for one in found if self._outdoors(one)}
            if len(there) == 1:
                return at + 1, tuple(there)
        return (at, tuple(found)) if found else None

    def _outdoors(self, name: str) -> bool:
        """Whether somebody is in a place under the sky."""
        return any(set(place.split("_")) & self.tables.data.outdoors for place in places_of(name, self.resolver.facts))


def people_of(tables: Tables, resolver: Resolver, names: Iterable[tuple[str, Sequence[str]]]) -> People:
    """The people of a scene by the words of their names.

    Args:
        tables: The words.
        resolver: The scene.
        names: Ids of people with what they are called.
    """
    by_name: dict[str, set[str]] = {}
    sorts: dict[str, set[str]] = {}
    for person, called in names:
        words = {word for one in (person.replace("_", " "), *called) for word in tables.lexicon.split(one.casefold())}
        for word in words:
            for sort in tables.data.people.get(word, ()):
                sorts.setdefault(sort, set()).add(person)
        said = set(tables.lexicon.split(person.replace("_", " ").casefold()))
        for word in said - SMALL - set(tables.data.people):
            by_name.setdefault(word, set()).add(person)
    return People(tables, resolver, by_name, sorts)
