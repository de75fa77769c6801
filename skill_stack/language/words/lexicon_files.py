"""Schema of the files in ``words/data``. Each file explains its own keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field, GetCoreSchemaHandler, create_model
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


class WordFile(DataModel):
    """A file of words. A model declares only the keys that are no :class:`Words`."""

    if TYPE_CHECKING:

        def __getattr__(self, key: str) -> Words: ...


Parsed = TypeVar("Parsed", bound=DataModel)


def parse_words(model: type[Parsed], data: Any, origin: str) -> Parsed:
    """Checks the content of a file of words.

    Args:
        model: The model of the file.
        data: Its content.
        origin: The file in error messages.

    Raises:
        DataError: A key is missing or of the wrong type.
    """
    if issubclass(model, WordFile):
        names = {field.alias or name for name, field in model.model_fields.items()}
        others: dict[str, Any] = {key: (Words, ...) for key in data if key not in names}
        model = create_model(model.__name__, __base__=model, **others)
    return parse_model(model, data, origin)


class SmallWords(WordFile):
    """``small_words.yaml``; the file explains its keys."""

    contractions: dict[str, str]
    pronouns: dict[str, Words]
    unsupported: dict[str, str]


class Quantities(WordFile):
    """``quantities.yaml``; the file explains its keys."""

    numbers: dict[str, float]
    scales: dict[str, float]
    fractions: dict[str, float]
    loose_numbers: dict[str, float]
    and_fractions: dict[str, float]
    units: dict[str, dict[float, Words]]
    named: dict[str, dict[float, Words]]
    vague: dict[str, float]
    vague_size: dict[str, float]
    default_size: dict[str, float]
    default_by_head: dict[str, float]
    turn_by_head: dict[str, float]
    repeats: dict[str, int]


class Directions(DataModel):
    """``directions.yaml``; the file explains its keys."""

    opposites: dict[str, str]
    axes: dict[str, str]
    directions: dict[str, Words]
    implied: dict[str, str]
    turns: dict[str, int]
    turn_size: dict[str, float]


class WayWords(WordFile):
    """``ways.yaml``; the file explains its keys."""

    from_: Words = Field(alias="from")
    sides: dict[str, Words]
    kept_on: dict[str, Words]
    usual: float


class StructureWords(WordFile):
    """``structures.yaml``; the file explains its keys."""

    building: dict[str, str]
    structures: dict[str, Words]
    arranged: dict[str, Words]
    ends: dict[str, Words]
    end_words: dict[str, Words]
    usual: dict[str, int]
    holders: tuple[str, ...]


class ThingType(DataModel):
    """A type of parameter: names of such parameters, and kinds of objects that fit."""

    parameters: Words
    kinds: Words


class Things(WordFile):
    """``things.yaml``; the file explains its keys."""

    colours: dict[str, Words]
    kinds: dict[str, Words]
    places: dict[str, Words]
    sides: dict[str, Words]
    relations: dict[str, Words]
    types: dict[str, ThingType]


class Broader(DataModel):
    """``broader.yaml``: general kinds of objects. Its words are not part of the vocabulary."""

    broader: dict[str, Words]


class SenseLine(DataModel):
    """One way to express a sense.

    Attributes:
        verbs: Verbs that express it.
        thing: Prepositions between verb and object, or the name of a list of them; None without an object.
        second: The same for a second object.
        shape: What accompanies a verb without an object: ``angle``, ``distance``, ``duration``, ``home`` (nothing, but
            a place is meant) or ``plain``.
        only_widens: Whether a skill with these words does not have the sense for that reason alone.
        named: Whether the object must be known: "go red ball", but not "go fishing".
        amount: Whether it needs an amount: "take two steps", but not "take a left".
        to: Prepositions before the second object, besides the skill's own.
    """

    verbs: Words
    thing: str | Words | None = None
    second: str | Words | None = None
    shape: str = ""
    only_widens: bool = False
    named: bool = False
    amount: bool = False
    to: Words = Words()


class Verbs(WordFile):
    """``verbs.yaml``; the file explains its keys."""

    prepositions: dict[str, Words]
    senses: dict[str, tuple[SenseLine, ...]]
    exact: tuple[Words, ...]
    same: tuple[Words, ...]
    verbless: dict[str, str]
    after_going: dict[str, str]

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
    remarks: dict[str, Words]


class Clauses(WordFile):
    """``clauses.yaml``; the file explains its keys."""

    if_: Words = Field(alias="if")
    states: dict[str, Words]
    between: dict[str, Words]
    between_facts: dict[str, Words]
    while_: Words = Field(alias="while")
    as_: Words = Field(alias="as")


class StatementWords(WordFile):
    """``statements.yaml``; the file explains its keys."""

    quantifiers: dict[str, str]


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

    joined: dict[str, Words]
    switching: dict[str, Words]
    bodily: VerbWords
    needless: VerbWords
    nouns: dict[str, Words]
    arguments: dict[str, Words]
    before: dict[str, Words]
    places: tuple[VerbWords, ...]
    single: dict[str, Words]
    choices: tuple[ChoiceWording, ...]
    ways: dict[str, Words]

    @property
    def general(self) -> frozenset[str]:
        """Nouns of arguments that may be any object, or any object at a place."""
        return self.anything | (self.place_nouns - {"room"}) | self.loose_nouns


class FunctionWords(WordFile):
    """``function_words.yaml``; the file explains its keys."""

    any_place: Phrases
    filler_links: Phrases
    meaning: Phrases
    noun_links: Phrases
    subordinate_subjects: Phrases
    verb_links: Phrases


class NounWords(WordFile):
    """``nouns.yaml``; the file explains its keys."""

    ordinals: dict[str, int]
    counts: dict[str, int]
    same_side: dict[str, Words]


class SpeechWords(WordFile):
    """``speech.yaml``; the file explains its keys."""

    turned: dict[str, str]


class SpatialWords(WordFile):
    """``spatial.yaml``; the file explains its keys."""

    frames: dict[str, Words]
    own_sides: dict[str, Words]
    strict: dict[str, Words]
    compass: dict[str, Words]
    compared: dict[str, tuple[Words, Words]]
    extremes: dict[str, tuple[Words, Words]]


class WordingWords(WordFile):
    """``wording.yaml``; the file explains its keys."""

    opposite: dict[str, str]
