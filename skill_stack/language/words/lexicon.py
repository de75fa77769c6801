"""Lexicon: the known English words, read from ``words/data/*.yaml``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from skill_stack.language.words import lexicon_files as files
from skill_stack.language.words.function_words import FOLDER, read_words
from skill_stack.language.words.kind_nouns import KindNouns
from skill_stack.language.words.lexicon_files import Words, parse_words
from skill_stack.language.words.phrase_table import PhraseTable
from skill_stack.language.words.text import plain_words

FILES = {"small": "small_words", "real": "real_words", "english": "english_verbs"}
"""Files that are not called as their attribute of :class:`Lexicon`."""

Made = TypeVar("Made")

MOST_REMEMBERED = 20000
"""Phrases in the cache of :meth:`Lexicon.split`. The lexicon has some four thousand; scenes add names."""


@dataclass(frozen=True)
class Lexicon:
    """The known English words, with cached lookup tables for the parser.

    Attributes:
        small: Politeness, connectives, articles, pronouns.
        quantities: Numbers and units.
        directions: Directions.
        things: Colours, kinds, places, superlatives.
        verbs: Senses of verbs.
        manner: Adverbs of manner.
        real: Words that are no typing errors.
        clauses: Words of conditions and prohibitions.
        statements: Words that tell a statement from an instruction.
        english: Forms of common verbs.
        skill_names: Words for skills without phrases.
        wording: Words for times, exceptions, corrections and other forms of orders.
        people: Words in names that tell the gender of a person, and animals.
        broader: General kinds of objects.
        moods: Words of prohibitions.
        nouns: Words in noun phrases and in names of objects.
        speech: Words for speech: verbs, speakers and hearers.
        ways: Words for constraints on a path.
        structures: Words for what is built of blocks.
        spatial: Words for frames of reference, and relations that hold strictly.
    """

    small: files.WordFile
    quantities: files.WordFile
    directions: files.WordFile
    things: files.Things
    verbs: files.Verbs
    manner: files.Manner
    real: files.WordFile
    clauses: files.WordFile
    statements: files.WordFile
    english: files.WordFile
    skill_names: files.SkillNames
    wording: files.WordFile
    people: files.WordFile
    broader: files.WordFile
    moods: files.WordFile
    nouns: files.WordFile
    speech: files.WordFile
    ways: files.WordFile
    structures: files.WordFile
    spatial: files.WordFile
    _tables: dict[Any, Any] = field(default_factory=dict, repr=False)
    _split: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    def split(self, phrase: str) -> tuple[str, ...]:
        """Splits a phrase of lexicon, library or scene into words, as the tokeniser would."""
        known = self._split.get(phrase)
        if known is None:
            if len(self._split) > MOST_REMEMBERED:
                self._split.clear()
            known = self._split[phrase] = plain_words(phrase, self.small.contractions)
        return known

    def shared(self, make: Callable[[Lexicon], Made]) -> Made:
        """Returns what depends on the lexicon alone, made once; read only."""
        if make not in self._tables:
            self._tables[make] = make(self)
        made: Made = self._tables[make]
        return made

    def table(self, phrases: Iterable[str]) -> PhraseTable[str]:
        """Returns the shared table from phrases to themselves; read only."""
        key = ("table", tuple(phrases))
        if key not in self._tables:
            self._tables[key] = PhraseTable((self.split(phrase), phrase) for phrase in key[1])
        return self._tables[key]

    def grouped(self, groups: dict[str, Words]) -> PhraseTable[str]:
        """Returns the shared table from the phrases of each group to the group's name; read only."""
        key = ("grouped", tuple(groups.items()))
        if key not in self._tables:
            self._tables[key] = PhraseTable(
                (self.split(phrase), name) for name, phrases in groups.items() for phrase in phrases
            )
        return self._tables[key]

    def firsts(self, phrases: Words) -> frozenset[str]:
        """Returns the first words of phrases."""
        key = ("firsts", phrases)
        if key not in self._tables:
            self._tables[key] = frozenset(split[0] for phrase in phrases if (split := self.split(phrase)))
        found: frozenset[str] = self._tables[key]
        return found

    def words(self) -> Iterator[str]:
        """Yields every word that the lexicon gives a meaning to."""
        for model in (
            self.small, self.quantities, self.directions, self.things, self.verbs, self.manner, self.clauses,
        ):  # fmt: skip
            for phrase in _strings(model.model_dump()):
                yield from self.split(phrase)

    @cached_property
    def prepositions(self) -> PhraseTable[str]:
        """Every preposition, of one word or several."""
        return self.table(sorted({p for group in self.verbs.prepositions.values() for p in group if p}))

    @cached_property
    def kind_nouns(self) -> KindNouns:
        """The nouns by which objects are called."""
        return KindNouns(self.things, self.broader)

    @cached_property
    def directed(self) -> PhraseTable[str]:
        """Phrases of directions, with their names."""
        return self.grouped(self.directions.directions)


def _strings(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _strings(key)
            yield from _strings(value)
    elif isinstance(data, list | tuple | frozenset):
        for value in data:
            yield from _strings(value)


@cache
def load_lexicon(folder: Path = FOLDER) -> Lexicon:
    """Reads the lexicon from a folder, once for each process.

    Raises:
        DataError: A file is missing or invalid.
    """
    parts: dict[str, Any] = {}
    for name, model in get_type_hints(Lexicon).items():
        if not name.startswith("_"):
            file = f"{FILES.get(name, name)}.yaml"
            parts[name] = parse_words(model, read_words(folder / file), file)
    return Lexicon(**parts)
