"""KindNouns: nouns for an object, from its own names to its general kind."""

from __future__ import annotations

from collections.abc import Iterable

from skill_stack.core.world.scene import SceneObject
from skill_stack.language.words.endings import named, single
from skill_stack.language.words.lexicon_files import Things, WordFile

STEPS = 3
"""Levels of general kinds that are followed: a pear is a fruit, a fruit is food."""

ALIVE = "alive"
"""The type whose kinds include people besides animals."""


class KindNouns:
    """Looks up the nouns of objects, with a cache."""

    def __init__(self, things: Things, broader: WordFile) -> None:
        """Inverts the tables: from each noun to its general kinds.

        Args:
            things: Synonyms and types.
            broader: Members of each general kind.
        """
        self._same: dict[str, set[str]] = {}
        for main, words in things.kinds.items():
            for word in (main, *words):
                self._same.setdefault(word, set()).update((main, *words))
        self._above: dict[str, set[str]] = {}
        for broad, members in broader.broader.items():
            for member in members:
                self._above.setdefault(member, set()).add(broad)
        concrete = {*things.kinds, *(member for words in broader.broader.values() for member in words)}
        for name, kind in things.types.items():
            for member in kind.kinds if kind.parameters and name != ALIVE else ():
                self._above.setdefault(member, set()).update({name, *kind.parameters} - concrete)
        self._words = frozenset((*self._same, *self._above, *broader.broader))
        self._known: dict[tuple[str, str, tuple[str, ...]], frozenset[str]] = {}

    def nouns_of(self, thing: SceneObject) -> frozenset[str]:
        """Returns every noun by which an object may be called."""
        key = (thing.id, thing.kind, thing.names)
        if key not in self._known:
            self._known[key] = self._nouns(thing)
        return self._known[key]

    def general(self, thing: SceneObject) -> frozenset[str]:
        """Returns the general kinds of an object; empty where they are unknown."""
        return self._upward(self._own(thing)) - self._own(thing)

    def shared(self, nouns: Iterable[str]) -> frozenset[str]:
        """Returns the general kinds that two or more nouns share: a door and a drawer are openings."""
        above = [self._above.get(noun, set()) for noun in nouns]
        every = {broad for some in above for broad in some}
        return frozenset(broad for broad in every if sum(broad in some for some in above) > 1)

    def _nouns(self, thing: SceneObject) -> frozenset[str]:
        """An object's own nouns, their synonyms, and their general kinds."""
        own = self._own(thing)
        own |= {other for noun in own for other in self._same.get(noun, ())}
        return self._upward(own)

    def _upward(self, nouns: frozenset[str]) -> frozenset[str]:
        for _ in range(STEPS):
            nouns |= {broad for noun in nouns for broad in self._above.get(noun, ())}
        return nouns

    def _own(self, thing: SceneObject) -> frozenset[str]:
        """The last words of an object's names, and its full kind, also in the singular."""
        kind = thing.kind.replace("_", " ").casefold()
        words = {kind, *(word for name in named(thing) for word in name.split()[-1:])}
        return frozenset(words | {single(word) for word in words})
