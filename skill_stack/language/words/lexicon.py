"""Lexicon: the known English words, read from ``words/data/*.yaml``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints

from skill_stack.language.words.function_words import FOLDER, read_words
from skill_stack.language.words.kind_nouns import KindNouns
from skill_stack.language.words.lexicon_files import Manner, SkillNames, Things, Verbs, WordFile, Words, parse_words
from skill_stack.language.words.phrase_table import PhraseTable
from skill_stack.language.words.text import plain_words

Made = TypeVar("Made")

MOST_REMEMBERED = 20000
"""Phrases in the cache of :meth:`Lexicon.split`. The lexicon has some four thousand; scenes add names."""


class Lexicon:
    """The known English words, with cached lookup tables for the parser.

    Each file of ``words/data`` is an attribute of the same name, for example ``verbs``; it explains its keys.
    """

    things: Things
    verbs: Verbs
    manner: Manner
    skill_names: SkillNames

    def __init__(self, files: Mapping[str, WordFile]) -> None:
        """Takes the files by name."""
        vars(self).update(files)
        self._tables: dict[Any, Any] = {}
        self._split = lru_cache(MOST_REMEMBERED)(lambda phrase: plain_words(phrase, self.small.contractions))

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> WordFile: ...

    def split(self, phrase: str) -> tuple[str, ...]:
        """Splits a phrase of lexicon, library or scene into words, as the tokeniser would."""
        return self._split(phrase)

    def shared(self, make: Callable[[Lexicon], Made]) -> Made:
        """Returns what depends on the lexicon alone, made once; read only."""
        return self._once(make, lambda: make(self))

    def table(self, phrases: Iterable[str]) -> PhraseTable[str]:
        """Returns the shared table from phrases to themselves; read only."""
        same = tuple(phrases)
        return self._once(same, lambda: PhraseTable((self.split(phrase), phrase) for phrase in same))

    def grouped(self, groups: dict[str, Words]) -> PhraseTable[str]:
        """Returns the shared table from the phrases of each group to the group's name; read only."""
        pairs = ((phrase, name) for name, phrases in groups.items() for phrase in phrases)
        return self._once(tuple(groups.items()), lambda: PhraseTable((self.split(one), name) for one, name in pairs))

    def _once(self, key: Any, make: Callable[[], Made]) -> Made:
        if key not in self._tables:
            self._tables[key] = make()
        made: Made = self._tables[key]
        return made

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
    models = get_type_hints(Lexicon)
    return Lexicon({path.stem: parse_words(models.get(path.stem, WordFile), read_words(path), path.name)
                    for path in sorted(folder.glob("*.yaml"))})  # fmt: skip
