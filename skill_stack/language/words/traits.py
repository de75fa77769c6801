"""Traits: properties of objects in words: a salty snack, something without sugar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from skill_stack.core.data_file import DataModel
from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.language.grammar.chunks import Noun
from skill_stack.language.words.endings import contains, endings, expanded, named
from skill_stack.language.words.kind_nouns import single
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.phrase_table import PhraseTable
from skill_stack.language.words.text import Token


class Trait(DataModel):
    """A property of objects; ``config/knowledge/traits.yaml`` explains the keys."""

    said: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    having: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    among: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A property in a noun phrase.

    Attributes:
        trait: Its name.
        positive: False for objects without it.
    """

    trait: str
    positive: bool = True


class Traits:
    """Finds the objects of one scene that have a property."""

    def __init__(
        self,
        traits: Mapping[str, Trait],
        categories: Iterable[tuple[str, tuple[str, ...]]],
        scene: SceneGraph,
        lexicon: Lexicon,
    ) -> None:
        """Builds the tables of words.

        Args:
            traits: Properties by name.
            categories: Kinds and names of objects by category.
            scene: The scene.
            lexicon: Splits phrases.
        """
        self._traits, self._scene, self._words = traits, scene, lexicon.nouns
        self._categories = {name: frozenset(kinds) for name, kinds in categories}
        self._members: dict[str, frozenset[str]] = {}
        self._ends: dict[str, set[str]] = {}
        self._before: PhraseTable[Told] = PhraseTable()
        self._behind: PhraseTable[Told] = PhraseTable()
        for name, trait in traits.items():
            for positive, words in ((True, trait.said), (False, trait.lacking)):
                for word in words:
                    self._before.add(lexicon.split(word), Told(name, positive))
            for positive, links in ((True, self._words.having), (False, self._words.lacking)):
                for phrase in (f"{link} {what}" for link in links for what in trait.having):
                    self._behind.add(lexicon.split(phrase), Told(name, positive))

    def before(self, tokens: Sequence[Token], at: int) -> Iterator[tuple[int, Told]]:
        """Yields adjectives of a property at a position, each with its end: before a noun or after ``something``."""
        denied = at < len(tokens) and tokens[at].text in ("not", "non")
        for end, told in self._before.match(tokens, at + 1 if denied else at):
            yield end, replace(told, positive=told.positive != denied)

    def behind(self, tokens: Sequence[Token], at: int) -> Iterator[tuple[int, Told]]:
        """Yields phrases of contents at a position, each with its end: ``with caffeine``, ``without sugar in it``."""
        for end, told in self._behind.match(tokens, at):
            texts = [token.text for token in tokens[end : end + 2]]
            yield end, told
            inside = self._words.inside
            yield from ((end + n, told) for n in (1, 2) if " ".join(texts[:n]) in inside and len(texts) >= n)

    def words(self) -> Iterator[str]:
        """Yields every word of an adjective."""
        yield from self._before.words()

    def narrowed(self, noun: Noun, told: Told, called: str = "") -> Noun | None:
        """Restricts a noun to objects with a property; None if there is no such object.

        Args:
            noun: The noun.
            told: The property.
            called: The noun in words. If no object of that name has the property, others of the category may.
        """
        members = self._of(told.trait)
        if noun.ids is None:
            return self._any_so(noun, members, told, called)
        ids = self._so(noun.ids, members, told) or self._so(self._group(called), members, told)
        if not ids and (noun.many == "one" and not noun.count):
            return noun  # "the salty crackers": a description without restriction
        ids = self._surest(ids, told) if noun.many == "any" and told.positive and not noun.count else ids
        return replace(noun, ids=ids) if ids else None

    def _any_so(self, noun: Noun, members: frozenset[str], told: Told, called: str) -> Noun | None:
        """A noun without a kind, such as ``something`` or ``items``, for the objects with the property, or None."""
        several = called.endswith("s") or called == "stuff"  # "plastic items", and not "something plastic"
        if told.positive:
            ids = members if several else self._surest(members, told)
        else:
            ids = self._among(told.trait) - members
        many = noun.many if noun.many != "one" else "some" if several else "any"
        return replace(noun, ids=ids, many=many) if ids else None

    def _surest(self, ids: frozenset[str], told: Told) -> frozenset[str]:
        """Objects whose names state the property, if any, else all: sea salt chips before other chips."""
        words = self._traits[told.trait].by
        called = {name: named(self._scene.objects[name]) for name in ids}
        sure = {one for one, names in called.items() if any(contains(name, word) for name in names for word in words)}
        return frozenset(sure) or ids

    def _of(self, name: str) -> frozenset[str]:
        """Ids of the objects with a property."""
        if name not in self._members:
            trait = self._traits[name]
            kinds = self._kinds(trait.of)
            has = (thing.id for thing in self._scene.things if self._has(thing, trait, kinds))
            stated = (fact.arguments[0] for fact in self._scene.facts
                      if fact.predicate in trait.said and len(fact.arguments) == 1)  # fmt: skip
            self._members[name] = frozenset((*has, *stated))
        return self._members[name]

    def _so(self, ids: frozenset[str], members: frozenset[str], told: Told) -> frozenset[str]:
        """Those of some objects that have, or do not have, a property."""
        return ids & members if told.positive else ids - members

    def _group(self, called: str) -> frozenset[str]:
        """Ids of the objects of a category, named in the singular or plural."""
        name = called if called in self._categories else single(called)
        return self._in((name,)) if name in self._categories else frozenset()

    def _has(self, thing: SceneObject, trait: Trait, kinds: frozenset[str]) -> bool:
        """Whether an object has a property, by its names."""
        ends = self._endings(thing)
        if ends & {*trait.but, *trait.lacking}:
            return False
        names = {*named(thing), thing.colour}
        if any(contains(name, word) for name in names for word in trait.lacking):
            return False
        if trait.among:  # a fruit bowl is not edible
            names = {name for name in names if name.split()[-1:] and name.split()[-1] not in self._words.vessels}
        return bool(ends & kinds) or any(contains(name, word) for name in names for word in trait.by)

    def _among(self, name: str) -> frozenset[str]:
        """Ids of the objects from which one without the property is chosen."""
        return self._in((self._traits[name].among,))

    def _in(self, words: Iterable[str]) -> frozenset[str]:
        """Ids of the objects of some kinds and categories."""
        kinds = self._kinds(words)
        return frozenset(thing.id for thing in self._scene.things if self._endings(thing) & kinds)

    def _kinds(self, words: Iterable[str]) -> frozenset[str]:
        return expanded(words, self._categories)

    def _endings(self, thing: SceneObject) -> set[str]:
        if thing.id not in self._ends:
            self._ends[thing.id] = endings(thing, self._words)
        return self._ends[thing.id]
