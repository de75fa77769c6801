"""Lexicon: the known English words, read from ``words/data/*.yaml``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from skill_stack.core.data_file import DataModel, parse_model
from skill_stack.core.errors import DataError
from skill_stack.language.words.kind_nouns import KindNouns
from skill_stack.language.words.lexicon_files import (
    Broader,
    Clauses,
    Directions,
    English,
    Manner,
    PeopleWords,
    Quantities,
    RealWords,
    Rephrasings,
    SkillNames,
    SmallWords,
    StatementWords,
    Things,
    Verbs,
    WayWords,
)
from skill_stack.language.words.mood_words import MoodWords
from skill_stack.language.words.noun_words import NounWords
from skill_stack.language.words.phrase_table import PhraseTable
from skill_stack.language.words.speech_words import SpeechWords
from skill_stack.language.words.text import plain_words
from skill_stack.language.words.wording_words import WordingWords

FOLDER = Path(__file__).resolve().parent / "data"
Words = tuple[str, ...]

MOST_REMEMBERED = 20000
"""Phrases whose words are remembered: the lexicon's own are some four thousand, names of scenes add to them."""


@dataclass(frozen=True)
class Lexicon:
    """Everything that is known of the language, and the tables that the parser looks it up in.

    Attributes:
        small: Politeness, connectives, articles, pronouns.
        quantities: Numbers and units.
        directions: Directions.
        things: Colours, kinds, places, superlatives.
        verbs: Senses of verbs.
        manner: Words about how.
        real: Words that are no slips.
        clauses: Words of conditions and prohibitions.
        rephrasings: Plainer ways of putting things.
        statements: What tells a statement from an instruction.
        english: Forms of everyday verbs.
        skill_names: How a skill without phrases is said.
        wording: How orders are put that say when, if, how often and without what.
        people: Who somebody is by the words of their name.
        broader: What kinds of things are in general.
        moods: What tells the mood of a sentence.
        nouns: Words in noun phrases and in names of things.
        speech: What is said, told and felt, by whom and to whom.
        ways: Constraints on a path.
    """

    small: SmallWords
    quantities: Quantities
    directions: Directions
    things: Things
    verbs: Verbs
    manner: Manner
    real: RealWords
    clauses: Clauses
    rephrasings: Rephrasings
    statements: StatementWords
    english: English
    skill_names: SkillNames
    wording: WordingWords
    people: PeopleWords
    broader: Broader
    moods: MoodWords
    nouns: NounWords
    speech: SpeechWords
    ways: WayWords
    _tables: dict[Any, Any] = field(default_factory=dict, repr=False)
    _split: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    def split(self, phrase: str) -> tuple[str, ...]:
        """A phrase of lexicon, library or scene in words, as the tokeniser would give them."""
        if phrase not in self._split:
            if len(self._split) > MOST_REMEMBERED:
                self._split.clear()
            self._split[phrase] = plain_words(phrase, self.small.contractions)
        return self._split[phrase]

    def table(self, phrases: Iterable[str]) -> PhraseTable[str]:
        """A table from phrases to themselves; made once, not to be changed."""
        key = ("table", tuple(phrases))
        if key not in self._tables:
            self._tables[key] = PhraseTable((self.split(phrase), phrase) for phrase in key[1])
        return self._tables[key]

    def grouped(self, groups: dict[str, Words]) -> PhraseTable[str]:
        """A table from the phrases of each group to the group's name; made once, not to be changed."""
        key = ("grouped", tuple(groups.items()))
        if key not in self._tables:
            self._tables[key] = PhraseTable(
                (self.split(phrase), name) for name, phrases in groups.items() for phrase in phrases
            )
        return self._tables[key]

    def firsts(self, phrases: Words) -> frozenset[str]:
        """The first words of some phrases; made once."""
        key = ("firsts", phrases)
        if key not in self._tables:
            self._tables[key] = frozenset(split[0] for phrase in phrases if (split := self.split(phrase)))
        found: frozenset[str] = self._tables[key]
        return found

    def words(self) -> Iterator[str]:
        """Every word that the lexicon knows."""
        for model in (
            self.small, self.quantities, self.directions, self.things, self.verbs, self.manner, self.clauses,
        ):  # fmt: skip
            for phrase in _strings(model.model_dump()):
                yield from self.split(phrase)

    @cached_property
    def meaning(self) -> frozenset[str]:
        """Every word of which the lexicon knows what it means."""
        return frozenset(self.words())

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every word that the lexicon knows, and words that lie one slip away from them."""
        return self.meaning | frozenset(self.real.words)

    @cached_property
    def prepositions(self) -> PhraseTable[str]:
        """Every word or phrase that may stand before a thing."""
        return self.table(sorted({p for group in self.verbs.prepositions.values() for p in group if p}))

    @cached_property
    def kind_nouns(self) -> KindNouns:
        """By which nouns things are spoken of."""
        return KindNouns(self.things, self.broader)

    @cached_property
    def directed(self) -> PhraseTable[str]:
        """Phrases of directions to their names."""
        return self.grouped(self.directions.directions)


def _strings(data: Any) -> Iterator[str]:
    """Every string inside plain data, keys included."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _strings(key)
            yield from _strings(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _strings(value)


def load_lexicon(folder: Path = FOLDER) -> Lexicon:
    """Reads the lexicon.

    Raises:
        DataError: A file is missing or wrong.
    """
    models: dict[str, type[DataModel]] = {
        "small_words": SmallWords, "quantities": Quantities, "directions": Directions,
        "things": Things, "verbs": Verbs, "manner": Manner, "real_words": RealWords,
        "clauses": Clauses, "rephrasings": Rephrasings, "statements": StatementWords, "english_verbs": English,
        "skill_names": SkillNames, "wording": WordingWords, "people": PeopleWords,
        "broader": Broader, "moods": MoodWords,
        "nouns": NounWords, "speech": SpeechWords, "ways": WayWords,
    }  # fmt: skip
    parts: list[Any] = []
    for name, model in models.items():
        parts.append(parse_model(model, _read(folder / f"{name}.yaml"), f"{name}.yaml"))
    return Lexicon(*parts)


def _read(path: Path) -> Any:
    """A lexicon file with every scalar as text: in YAML 1.1 ``on`` and ``no`` would be truth values."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    except (OSError, yaml.YAMLError) as error:
        raise DataError(f"{path}: {error}") from error
