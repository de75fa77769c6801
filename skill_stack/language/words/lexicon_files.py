"""Schema of the files in ``words/data``. Each file explains its own keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeVar

from pydantic import BeforeValidator, Field, create_model

from skill_stack.core.data_file import DataModel, parse_model

Words = tuple[str, ...]
Phrases = Annotated[
    tuple[tuple[str, ...], ...], BeforeValidator(lambda said: tuple(tuple(one.split()) for one in said))
]
"""Phrases, each split into words."""


class WordFile(DataModel):
    """A file of words. A model declares only the keys of another type than ``kind_of_key``."""

    kind_of_key: ClassVar[Any] = Words


class WordLists(WordFile):
    """A file whose keys are lists of phrases."""

    if TYPE_CHECKING:

        def __getattr__(self, key: str) -> Words: ...


class WordSets(WordFile):
    """A file whose keys are sets of words."""

    kind_of_key: ClassVar[Any] = frozenset[str]

    if TYPE_CHECKING:

        def __getattr__(self, key: str) -> frozenset[str]: ...


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
        others: dict[str, Any] = {key: (model.kind_of_key, ...) for key in data if key not in names}
        model = create_model(model.__name__, __base__=model, **others)
    return parse_model(model, data, origin)


class SmallWords(WordLists):
    """``small_words.yaml``; the file explains its keys."""

    contractions: dict[str, str]
    pronouns: dict[str, Words]
    unsupported: dict[str, str]


class Quantities(WordLists):
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
    directions: dict[str, Words]
    implied: dict[str, str]
    turns: dict[str, int]
    turn_size: dict[str, float]


class WayWords(WordLists):
    """``ways.yaml``; the file explains its keys."""

    from_: Words = Field(alias="from")
    sides: dict[str, Words]
    kept_on: dict[str, Words]
    usual: float


class StructureWords(WordLists):
    """``structures.yaml``; the file explains its keys."""

    building: dict[str, str]
    structures: dict[str, Words]
    arranged: dict[str, Words]
    ends: dict[str, Words]
    end_words: dict[str, Words]
    usual: dict[str, int]


class ThingType(DataModel):
    """A type of parameter: names of such parameters, and kinds of objects that fit."""

    parameters: Words
    kinds: Words


class Things(WordLists):
    """``things.yaml``; the file explains its keys."""

    colours: dict[str, Words]
    kinds: dict[str, Words]
    places: dict[str, Words]
    sides: dict[str, Words]
    relations: dict[str, Words]
    prepared: dict[str, Words]
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
        half_turn: Whether half a turn follows: "turn your back to the box".
        amount: Whether it needs an amount: "take two steps", but not "take a left".
        to: Prepositions before the second object, besides the skill's own.
    """

    verbs: Words
    thing: str | Words | None = None
    second: str | Words | None = None
    shape: str = ""
    only_widens: bool = False
    named: bool = False
    half_turn: bool = False
    amount: bool = False
    to: Words = ()


class Verbs(WordLists):
    """``verbs.yaml``; the file explains its keys."""

    prepositions: dict[str, Words]
    senses: dict[str, tuple[SenseLine, ...]]
    exact: tuple[Words, ...]
    same: tuple[Words, ...]
    same_nouns: tuple[Words, ...]
    verbless: dict[str, str]
    after_going: dict[str, str]

    def between(self, given: str | Words | None) -> Words:
        """Returns the prepositions between a verb and its object; empty without an object."""
        if given is None:
            return ()
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


class Manner(DataModel):
    """``manner.yaml``; the file explains its keys."""

    manners: dict[str, MannerKind]

    ignored: Words
    again: Words
    remarks: dict[str, Words]


class Clauses(WordLists):
    """``clauses.yaml``; the file explains its keys."""

    if_: Words = Field(alias="if")
    states: dict[str, Words]
    between: dict[str, Words]
    between_facts: dict[str, Words]
    while_: Words = Field(alias="while")
    as_: Words = Field(alias="as")


class Confused(DataModel):
    """A word that is read as another one, after or before certain words, or everywhere if none are listed."""

    word: str
    meant: str
    after: Words = ()
    before: Words = ()


class RealWords(DataModel):
    """``real_words.yaml``; the file explains its keys."""

    words: Words
    confused: tuple[Confused, ...] = ()


class RephrasingRule(DataModel):
    """A wording, and plainer paraphrases of it."""

    say: str
    plain: Words = Field(alias="as")


class Rephrasings(DataModel):
    """``rephrasings.yaml``; the file explains its keys."""

    strip: tuple[RephrasingRule, ...] = ()
    rules: tuple[RephrasingRule, ...]


class StatementWords(WordLists):
    """``statements.yaml``; the file explains its keys."""

    quantifiers: dict[str, str]


class VerbWords(DataModel):
    """Verbs, and words that accompany them."""

    verbs: Words
    words: Words


class ChoiceWording(DataModel):
    """Wordings of choices; ``skill_names.yaml`` explains the keys."""

    of: Words = ()
    verb: str = ""
    last: Words = ()
    say: Words


class SkillNames(WordSets):
    """``skill_names.yaml``; the file explains its keys."""

    joined: dict[str, Words]
    switching: dict[str, Words]
    bodily: VerbWords
    needless: VerbWords
    telling: Words
    nouns: dict[str, Words]
    arguments: dict[str, Words]
    before: dict[str, Words]
    places: tuple[VerbWords, ...]
    single: dict[str, Words]
    counting: Words
    choices: tuple[ChoiceWording, ...]
    ways: dict[str, Words]
    levels: Words
    measuring: Words
    informing: Words
    before_made: Words
    giving: Words

    @property
    def general(self) -> frozenset[str]:
        """Nouns of arguments that may be any object, or any object at a place."""
        return self.anything | (self.place_nouns - {"room"}) | self.loose_nouns


class English(WordSets):
    """``english_verbs.yaml``; the file explains its keys."""


class PeopleWords(DataModel):
    """``people.yaml``; the file explains its keys."""

    him: frozenset[str]
    her: frozenset[str]
    animals: frozenset[str]


class FunctionWords(WordSets):
    """``function_words.yaml``; the file explains its keys."""

    any_place: Phrases
    before_naming: Words
    filler_links: Phrases
    forms_of_be: Words
    he_or_she: Words
    his_or_her: Words
    list_joints: Words
    meaning: Phrases
    noun_links: Phrases
    posed: Words
    question_nouns: Words
    speaker_ids: Words
    subordinate_subjects: Phrases
    there: Words
    verb_links: Phrases
    wish_beginnings: Phrases


class MoodWords(WordSets):
    """``moods.yaml``; the file explains its keys."""

    forbidding: Words
    as_it_is: Words
    offers: Words
    only_asking: Words


class NounWords(WordSets):
    """``nouns.yaml``; the file explains its keys."""

    ordinals: dict[str, int]
    counts: dict[str, int]
    having: Words
    lacking: Words
    inside: Words
    same_side: dict[str, Words]


class SpeechWords(WordSets):
    """``speech.yaml``; the file explains its keys."""

    turned: dict[str, str]
    beside_you: dict[str, str]
    own: dict[str, str]
    somebody: Words
    placing: Words
    linking: Words
    later: Words
    same: dict[str, str]
    own_of: dict[str, str]
    first_person: dict[str, str]


class SpatialWords(DataModel):
    """``spatial.yaml``; the file explains its keys."""

    frames: dict[str, Words]
    own_sides: dict[str, Words]
    strict: dict[str, Words]
    compass: dict[str, Words]
    shapes: Words
    compared: dict[str, tuple[Words, Words]]
    extremes: dict[str, tuple[Words, Words]]


class WordingWords(WordLists):
    """``wording.yaml``; the file explains its keys."""

    leading: frozenset[str]
    no_verb_after: frozenset[str]
    no_order_after: frozenset[str]
    soft: frozenset[str]
    polite_end: frozenset[str]
    whereabouts: frozenset[str]
    opposite: dict[str, str]
    before_times: frozenset[str]
    corners: dict[str, int]
    beside_sides: frozenset[str]
    telling_of_times: frozenset[str]
    before_exclusion: frozenset[str]
    said_again: frozenset[str]
    goals: frozenset[str]
    before_verbs: frozenset[str]
    little: frozenset[str]
