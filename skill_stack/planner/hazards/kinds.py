"""Kinds: hazardous kinds of an object, by its names and stated facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneObject
from skill_stack.language import Kind, Lexicon, contains, endings, expanded, named


class Kinds:
    """Looks up the hazardous kinds of objects, with a cache."""

    def __init__(
        self, kinds: Mapping[str, Kind], categories: Iterable[tuple[str, tuple[str, ...]]], lexicon: Lexicon
    ) -> None:
        """Builds the tables of words.

        Args:
            kinds: The kinds.
            categories: Kinds and names of objects by category.
            lexicon: Types of objects, and words in names.
        """
        groups = {name: frozenset(words) for name, words in categories}
        types = lexicon.things.types
        self._kinds, self._words = kinds, lexicon.nouns
        self._of: dict[str, frozenset[str]] = {}
        self._typed: dict[str, frozenset[str]] = {}
        for name, kind in kinds.items():
            self._of[name] = expanded(kind.of, groups)
            self._typed[name] = frozenset(word for one in kind.types for word in types[one].kinds)
        self._known: dict[tuple[SceneObject, bool], frozenset[str]] = {}

    def kinds_of(self, thing: SceneObject, facts: Iterable[Fact] = (), *, wary: bool = False) -> frozenset[str]:
        """Returns the kinds of an object; empty if nothing is known of it.

        Args:
            thing: An object or place.
            facts: Facts that hold now; ``corrosive(flask)`` states a kind.
            wary: Also kinds that the last word of a name alone tells: what may be dangerous, not what surely is safe.
        """
        if (thing, wary) not in self._known:
            self._known[thing, wary] = frozenset(name for name in self._kinds if self._called(name, thing, wary))
        stated = {fact.predicate.replace("_", " ") for fact in facts if fact.arguments == (thing.id,)}
        return self._wider(self._known[thing, wary] | (stated & set(self._kinds)))

    def _called(self, name: str, thing: SceneObject, wary: bool) -> bool:
        """Whether an object is of a kind by its names."""
        kind, names, ends = self._kinds[name], named(thing), endings(thing, self._words, wary=wary)
        if not ends.isdisjoint(kind.but) or any(contains(one, word) for one in names for word in kind.never):
            return False
        typed = thing.kind.replace("_", " ").casefold() in self._typed[name]  # a drain cleaner is no person
        called = bool(ends & self._of[name]) or any(contains(one, word) for one in names for word in kind.by)
        return typed or called

    def _wider(self, found: frozenset[str]) -> frozenset[str]:
        while more := {name for name, kind in self._kinds.items() if found & set(kind.kinds)} - found:
            found |= more
        return found
