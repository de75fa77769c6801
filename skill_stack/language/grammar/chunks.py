"""Chunks of a clause besides its verb: amounts, directions, noun phrases, repetitions."""

from __future__ import annotations

from dataclasses import dataclass, field

from skill_stack.core.spatial.relations import Frame
from skill_stack.language.words.function_words import WORDS

FRAME = "frame"
"""Parameter of skills that take a side: whose side it is."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity.

    Attributes:
        value: In SI units; a factor on the usual size if vague.
        unit: ``m``, ``rad``, ``s``; empty for a bare number and for a vague amount.
        vague: Whether it is vague, e.g. ``a bit``.
        words: As written.
    """

    value: float
    unit: str
    vague: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class HeadingChunk:
    """A direction, by its name in the lexicon."""

    name: str


@dataclass(frozen=True, slots=True)
class Times:
    """A number of repetitions."""

    count: int


@dataclass(frozen=True, slots=True)
class Choice:
    """A word that is one of the choices of a skill's parameter."""

    parameter: str
    value: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun phrase that is not yet resolved to objects.

    Attributes:
        words: As written.
        role: ``thing``, ``pronoun``, ``group`` (a plural pronoun), ``speaker``, ``robot``, ``list`` (of the nouns in
            ``parts``) or ``unknown`` (no object has this name).
        ids: Objects that the noun alone may mean; None for a noun without content (``thing``, ``one``).
        colour: Colour in the words of the scene, or empty.
        pick: Superlative: ``nearest``, ``biggest``, ``leftmost``, …; ``order`` for an ordinal alone.
        side: Side of the robot: ``left``, ``right``, ``front``, ``behind``, ….
        rank: 1 for the first in the order of ``pick``, 2 for the second, …
        untold: Whether it has an adjective that nothing in the scene tells: ``a round fruit``.
        part: Whether a part of it is named, which may stand for the whole: ``the fridge door``.
        many: ``one``, ``some`` (a plural), ``any``, ``all`` or ``both``.
        other: Whether the last mentioned objects are excluded: ``the other one``.
        count: Number of objects, or 0 if none was stated.
        again: Whether ``one`` stands for the last mentioned kind.
        relations: Locations relative to other objects.
        excluded: Excluded nouns: "any ball but the red one".
        parts: The nouns of a list: "the cup and the bowl".
        each: Whether it distributes over the objects: "every box".
        adverb: Whether it needs no preposition (``there``, ``home``).
        bare: Whether an unknown noun has no article, colour or superlative before it.
        owner: The possessor: ``Anna's cup``.
        states: Stated states, each as the facts that express it: ``the gate that is closed``.
    """

    words: str
    role: str = "thing"
    ids: frozenset[str] | None = None
    colour: str = ""
    pick: str = ""
    side: str = ""
    rank: int = 1
    untold: bool = False
    part: bool = False
    many: str = "one"
    other: bool = False
    count: int = 0
    again: bool = False
    relations: tuple[LocationChunk, ...] = ()
    excluded: tuple[Noun, ...] = ()
    parts: tuple[Noun, ...] = ()
    each: bool = False
    adverb: bool = False
    bare: bool = False
    owner: Noun | None = None
    states: tuple[tuple[str, ...], ...] = ()

    @property
    def several(self) -> bool:
        """Whether ``them`` may refer to it by its form: a list, a plural, or a collective noun for people."""
        words = self.words.split()
        behind = next((at for at, word in enumerate(words) if at and word in WORDS.before_modifier), len(words))
        last = words[behind - 1] if words else ""  # "the pears on the table"
        plural = last in WORDS.collective or (last.endswith("s") and not last.endswith("ss"))
        return self.role == "list" or self.count > 1 or self.many in ("all", "both", "some") or plural


@dataclass(frozen=True, slots=True)
class LocationChunk:
    """A location relative to other objects.

    Attributes:
        kind: ``near``, ``nearest``, ``far``, ``left``, ``right``, ``behind``, ``front``, ``between``, ``on``, ``in``,
            ``under``, ``above`` or ``from`` (on it or in it).
        noun: The other object or objects.
        positive: False for ``not …``.
        soft: Whether it is ignored where no object fits it, because it is also an argument of the skill or only likely.
        frame: Frame of a side, if one was said.
    """

    kind: str
    noun: Noun
    positive: bool = True
    soft: bool = False
    frame: Frame | None = None


@dataclass(frozen=True, slots=True)
class Thing:
    """A noun phrase with its preposition.

    Attributes:
        between: Preposition, or empty.
        noun: The noun phrase; None for a lone preposition (``go to``).
        words: The noun phrase as written.
        gap: Free space to the object, m; None if not stated.
        frame: Frame of the side that the preposition names, if one was said.
    """

    between: str
    noun: Noun | None
    words: str = ""
    gap: float | None = None
    frame: Frame | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """Free space to an object that another chunk names, m."""

    value: float


@dataclass(frozen=True, slots=True)
class Particle:
    """A particle that is separated from its verb: ``pick the cup up``."""

    word: str


@dataclass(frozen=True, slots=True)
class WayLimit:
    """A constraint on the path: ``without crossing the line``.

    Attributes:
        kind: As in :class:`skill_stack.core.skills.way_constraint.WayConstraint`.
        noun: The thing or things.
        distance: Distance to keep, m; 0 for kinds without one.
    """

    kind: str
    noun: Noun
    distance: float = 0.0


Chunk = Amount | HeadingChunk | Times | Choice | Thing | Gap | Particle | WayLimit


@dataclass(frozen=True, slots=True)
class Clause:
    """A verb with its chunks.

    Attributes:
        words: As written.
        head: The words of the verb; empty for an elliptical clause (``…, then the blue box``).
        chunks: Chunks beside the verb, in order.
        together: Whether only ``and`` separates it from the clause before.
    """

    words: str
    head: tuple[str, ...]
    chunks: tuple[Chunk, ...] = field(default=())
    together: bool = False
