"""Schema of the lexicon's files. Each file explains its own keys."""

from __future__ import annotations

from pydantic import Field

from skill_stack.core.data_file import DataModel

Words = tuple[str, ...]


class SmallWords(DataModel):
    """``small_words.yaml``; the file explains its keys."""

    contractions: dict[str, str]
    anywhere: Words
    noise: Words
    addressee: Words
    not_filler: Words
    at_start: Words
    then: Words
    before: Words
    after: Words
    instead: Words
    but_first: Words
    articles: Words
    pronouns: dict[str, Words]
    everyone: Words
    pair: Words
    some_one: Words
    other: Words
    unsupported: dict[str, str]


class Quantities(DataModel):
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
    gap_before: Words
    gap_between: Words
    gap_alone: Words
    gap_nouns: Words
    repeats: dict[str, int]
    repeat_nouns: Words
    amount_before: Words
    amount_after: Words


class Directions(DataModel):
    """``directions.yaml``; the file explains its keys."""

    opposites: dict[str, str]
    directions: dict[str, Words]
    implied: dict[str, str]
    turns: dict[str, int]
    turn_size: dict[str, float]


class WayWords(DataModel):
    """``ways.yaml``; the file explains its keys."""

    joining: Words
    keeping: Words
    passing: Words
    least: Words
    away: Words
    from_: Words = Field(alias="from")
    on_the_way: Words
    near: Words
    closer: Words
    closer_to: Words
    out: Words
    sides: dict[str, Words]
    kept_on: dict[str, Words]
    between: Words
    usual: float


class StructureWords(DataModel):
    """``structures.yaml``; the file explains its keys."""

    building: dict[str, str]
    arranging: Words
    structures: dict[str, Words]
    arranged: dict[str, Words]
    made_of: Words
    into: Words
    high: Words
    ends: dict[str, Words]
    end_words: dict[str, Words]
    being: Words
    joining: Words
    block: Words
    ground: Words
    usual: dict[str, int]


class ThingType(DataModel):
    """A type of parameter: names of such parameters, and kinds of objects that fit."""

    parameters: Words
    kinds: Words


class Things(DataModel):
    """``things.yaml``; the file explains its keys."""

    colours: dict[str, Words]
    kinds: dict[str, Words]
    places: dict[str, Words]
    anything: Words
    nearest: Words
    farthest: Words
    biggest: Words
    smallest: Words
    tallest: Words
    shortest: Words
    longest: Words
    leftmost: Words
    rightmost: Words
    middle: Words
    plain: Words
    sides: dict[str, Words]
    relations: dict[str, Words]
    exclusions: Words
    exclusions_of_many: Words
    everything: Words
    everybody: Words
    each: Words
    parts: Words
    parts_of: Words
    tops: Words
    placed: Words
    gathered: Words
    prepared: dict[str, Words]
    appliances: Words
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


class Verbs(DataModel):
    """``verbs.yaml``; the file explains its keys."""

    prepositions: dict[str, Words]
    senses: dict[str, tuple[SenseLine, ...]]
    exact: tuple[Words, ...]
    same: tuple[Words, ...]
    same_nouns: tuple[Words, ...]
    counting: Words
    counting_ends: Words
    anything: Words
    particles: Words
    serial: Words
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


class Clauses(DataModel):
    """``clauses.yaml``; the file explains its keys."""

    if_: Words = Field(alias="if")
    unless: Words
    until: Words
    otherwise: Words
    polite_before: Words
    polite_after: Words
    grateful: Words
    forbid: Words
    binding: Words
    not_forbidden: Words
    states: dict[str, Words]
    held: Words
    held_facts: Words
    empty_handed: Words
    hands: Words
    between: dict[str, Words]
    between_facts: dict[str, Words]
    while_: Words = Field(alias="while")
    as_: Words = Field(alias="as")
    meanwhile: Words
    at_once: Words
    not_while: Words
    call_that: Words
    this_is_how: Words
    when_i_say: Words
    means: Words


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


class StatementWords(DataModel):
    """``statements.yaml``; the file explains its keys."""

    lead_ins: Words
    subjects: Words
    persons: Words
    asking: Words
    modal: Words
    exclamations: Words
    questions: Words
    inverted: Words
    copulas: Words
    pronouns: Words
    asking_first: Words
    where: Words
    unnamed: Words
    quantifiers: dict[str, str]
    idle: Words


class VerbWords(DataModel):
    """Verbs, and words that accompany them."""

    verbs: Words
    words: Words


class SkillNames(DataModel):
    """``skill_names.yaml``; the file explains its keys."""

    joined: dict[str, Words]
    particles: frozenset[str]
    switching: dict[str, Words]
    links: frozenset[str]
    bodily: VerbWords
    needless: VerbWords
    telling: Words
    laying: frozenset[str]
    nouns: dict[str, Words]
    arguments: dict[str, Words]
    before: dict[str, Words]
    places: tuple[VerbWords, ...]
    single: dict[str, Words]
    counting: Words
    selves: frozenset[str]
    limbs: Words
    about: Words
    happening: Words
    ways: dict[str, Words]
    worn: Words
    levels: Words
    occasions: frozenset[str]
    told: frozenset[str]
    leading: frozenset[str]
    parts: frozenset[str]
    no_nouns: frozenset[str]
    determiners: frozenset[str]
    alone: frozenset[str]
    pronouns: frozenset[str]
    portions: frozenset[str]
    moving: frozenset[str]
    phrasal: Words
    anything: frozenset[str]
    place_nouns: frozenset[str]
    loose_nouns: frozenset[str]
    abstract: frozenset[str]
    small: frozenset[str]
    measuring: Words
    informing: Words
    before_made: Words
    switching_verbs: frozenset[str]
    giving: Words
    never_several: frozenset[str]
    no_room: frozenset[str]
    like_another: frozenset[str]

    @property
    def general(self) -> frozenset[str]:
        """Nouns of arguments that may be any object, or any object at a place."""
        return self.anything | (self.place_nouns - {"room"}) | self.loose_nouns


class English(DataModel):
    """``english_verbs.yaml``; the file explains its keys."""

    base: frozenset[str]
    past: frozenset[str]
    finite: frozenset[str]
    of_you: frozenset[str]
    of_nature: frozenset[str]
    relative: frozenset[str]
    opening: frozenset[str]
    before_noun: frozenset[str]
    links: frozenset[str]
    adverbs: frozenset[str]
    plural: frozenset[str]
    state: frozenset[str]
    remarks: frozenset[str]
    singular: frozenset[str]
    no_plural: frozenset[str]
    auxiliaries: frozenset[str]


class PeopleWords(DataModel):
    """``people.yaml``; the file explains its keys."""

    him: frozenset[str]
    her: frozenset[str]
    animals: frozenset[str]
