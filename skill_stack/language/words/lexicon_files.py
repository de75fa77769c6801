"""Files in ``words/data``. Each file explains its own keys; here are the models of entries that are no plain words."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import BeforeValidator, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from skill_stack.core.data_file import DataModel, parse_model


class Words(frozenset[str]):
    """Words or phrases: a set that keeps the order of the file."""

    _order: tuple[str, ...]

    def __new__(cls, said: Iterable[str] = ()) -> Words:
        order = tuple(dict.fromkeys(said))
        made = super().__new__(cls, order)
        made._order = order
        return made

    def __iter__(self) -> Iterator[str]:
        return iter(self._order)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        words = core_schema.list_schema(core_schema.str_schema())
        plain = core_schema.plain_serializer_function_ser_schema(list)
        return core_schema.no_info_after_validator_function(cls, words, serialization=plain)


Phrases = Annotated[
    tuple[tuple[str, ...], ...], BeforeValidator(lambda said: tuple(tuple(one.split()) for one in said))
]
"""Phrases, each split into words."""

_NUMBER = re.compile(r"-?\d+(\.\d+)?")


class WordFile(DataModel):
    """A file of words. A model declares only the keys whose entries have fields of their own.

    Of the other keys, lists are :class:`Words`, numbers are ``float``, also as keys of a table. A key that is a keyword
    of Python has an underscore behind it: ``if_``.
    """

    model_config = ConfigDict(extra="allow")

    if TYPE_CHECKING:

        def __getattr__(self, key: str) -> Any: ...


Parsed = TypeVar("Parsed", bound=DataModel)


def parse_words(model: type[Parsed], data: Any, origin: str) -> Parsed:
    """Reads the content of a file of words.

    Args:
        model: The model of the file.
        data: Its content, with every scalar as text.
        origin: The file in error messages.

    Raises:
        DataError: An entry that the model declares is missing or of the wrong type.
    """
    named = {f"{key}_" if keyword.iskeyword(key) else key: value for key, value in data.items()}
    declared = model.model_fields
    return parse_model(model, {key: one if key in declared else _plain(one) for key, one in named.items()}, origin)


def _plain(data: Any) -> Any:
    """Lists of words as :class:`Words`, numbers as ``float``."""
    if isinstance(data, dict):
        numbers = all(map(_NUMBER.fullmatch, data))
        return {float(key) if numbers else key: _plain(value) for key, value in data.items()}
    if isinstance(data, list):
        return Words(data) if all(isinstance(one, str) for one in data) else tuple(map(_plain, data))
    return float(data) if _NUMBER.fullmatch(data) else data


class ThingType(DataModel):
    """A type of parameter: names of such parameters, kinds of objects that fit, and verbs for these alone."""

    parameters: Words
    kinds: Words
    verbs: Words = Words()


class Things(WordFile):
    """``things.yaml``; the file explains its keys."""

    types: dict[str, ThingType]


class SenseLine(DataModel):
    """One way to express a sense.

    Attributes:
        verbs: Verbs that express it.
        thing: Prepositions between verb and object, or the name of a list of them; None without an object.
        second: The same for a second object.
        shape: What accompanies a verb without an object: ``angle``, ``distance``, ``duration``, ``home`` (nothing, but
            a place is meant) or ``plain``.
        only_widens: Whether a skill with these words does not have the sense for that reason alone.
        amount: Whether it needs an amount: "take two steps", but not "take a left".
        to: Prepositions before the second object, besides the skill's own.
    """

    verbs: Words
    thing: str | Words | None = None
    second: str | Words | None = None
    shape: str = ""
    only_widens: bool = False
    amount: bool = False
    to: Words = Words()


class Verbs(WordFile):
    """``verbs.yaml``; the file explains its keys."""

    senses: dict[str, tuple[SenseLine, ...]]

    def between(self, given: str | Words | None) -> Words:
        """Returns the prepositions between a verb and its object; empty without an object."""
        if given is None:
            return Words()
        return self.prepositions[given] if isinstance(given, str) else given

    def exactly(self, one: str, other: str) -> bool:
        """Whether two verbs are exact synonyms, or the same verb."""
        return one == other or any(one in group and other in group for group in self.exact)


class MannerKind(DataModel):
    """An adverb of manner: its words, the choices that express it, and the parameters and factor for numbers."""

    words: Words
    choices: Words
    parameters: Words
    factor: float


class Manner(WordFile):
    """``manner.yaml``; the file explains its keys."""

    manners: dict[str, MannerKind]


class VerbWords(DataModel):
    """Verbs, and words that accompany them."""

    verbs: Words
    words: Words


class ChoiceWording(DataModel):
    """Wordings of choices; ``skill_names.yaml`` explains the keys."""

    of: Words = Words()
    verb: str = ""
    last: Words = Words()
    say: Words


class SkillNames(WordFile):
    """``skill_names.yaml``; the file explains its keys."""

    bodily: VerbWords
    needless: VerbWords
    places: tuple[VerbWords, ...]
    choices: tuple[ChoiceWording, ...]

    @property
    def general(self) -> frozenset[str]:
        """Nouns of arguments that may be any object, or any object at a place."""
        return self.anything | (self.place_nouns - {"room"}) | self.loose_nouns


class FunctionWords(WordFile):
    """``function_words.yaml``; the file explains its keys."""

    any_place: Phrases
    filler_links: Phrases
    noun_links: Phrases
    subordinate_subjects: Phrases
    verb_links: Phrases
