"""Chunks of a clause besides its verb: amounts, directions, objects, repetitions."""

from __future__ import annotations

from dataclasses import dataclass, field

BEHIND = frozenset("on in at from under behind near beside with which that".split())
"""Words behind a noun that tell where it is."""

MAYBE = "?"
"""Behind the word of a state that is brought about where a skill can: ``a slice of bread``."""

COLLECTIVE = frozenset("family couple team group pair children people twins crew class".split())
"""Nouns for several people that have no ending of a plural."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity.

    Attributes:
        value: In SI, or a factor on the usual size when vague.
        unit: ``m``, ``rad``, ``s``; empty for a bare number and for a vague amount.
        vague: Whether it is one of the vague ones, e.g. ``a bit``.
        words: As it was written.
    """

    value: float
    unit: str
    vague: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class HeadingChunk:
    """A direction, by its name in the lexicon."""

    name: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Times:
    """How often."""

    count: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A word that is one of the choices of a skill's parameter."""

    parameter: str
    value: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Noun:
    """A description of something in the scene, not yet resolved.

    Attributes:
        words: As it was written.
        role: ``thing``, ``pronoun``, ``group`` (of several things spoken of), ``speaker``, ``robot``, ``list`` (of the
            nouns in ``parts``) or ``unknown`` (a noun that nothing here is called).
        ids: What the noun can mean by its name alone; None when it says nothing (``thing``, ``one``).
        colour: Colour in the words of the scene, or empty.
        pick: What singles it out: ``nearest``, ``biggest``, ``leftmost``, …
        side: Where it is as seen by the robot: ``left``, ``right``, ``front``, ``behind``, ….
        rank: 1 for the first in the order of ``pick``, 2 for the second, …
        many: ``one``, ``any``, ``all`` or ``both``.
        other: Whether it is another one than the one spoken of.
        count: How many are meant, or 0 when no number was said.
        again: Whether ``one`` stands for the kind last spoken of.
        relations: Where it is relative to other things.
        excluded: What is not meant: "any ball but the red one".
        parts: The nouns of a list: "the cup and the bowl".
        each: Whether what is said of several is said of each one: "every box".
        adverb: Whether it can stand without a preposition (``there``, ``home``).
        wanted: States that it should be in, by their words: ``a clean cup``; with ``MAYBE`` where a skill makes it so.
        bare: Whether there is no article, colour or the like before an unknown noun.
        owner: Whose it is: ``Anna's cup``.
        share: ``every other`` or ``half`` where not all of several are meant; empty otherwise.
        states: What it is, each by the facts that may say so: ``the gate that is closed``.
    """

    words: str
    role: str = "thing"
    ids: frozenset[str] | None = None
    colour: str = ""
    pick: str = ""
    side: str = ""
    rank: int = 1
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
    wanted: tuple[str, ...] = ()
    owner: Noun | None = None
    share: str = ""
    states: tuple[tuple[str, ...], ...] = ()

    @property
    def several(self) -> bool:
        """Whether ``them`` may mean it by its form: a list, a plural, or a word for several people."""
        words = self.words.split()
        behind = next((at for at, word in enumerate(words) if at and word in BEHIND), len(words))
        last = words[behind - 1] if words else ""  # "the pears on the table"
        plural = last in COLLECTIVE or (last.endswith("s") and not last.endswith("ss"))
        return self.role == "list" or self.count > 1 or self.many in ("all", "both", "some") or plural


@dataclass(frozen=True, slots=True)
class LocationChunk:
    """Where something is relative to other things.

    Attributes:
        kind: ``near``, ``nearest``, ``far``, ``left``, ``right``, ``behind``, ``front``, ``between``, ``on``, ``in``,
            ``under``, ``above`` or ``from`` (on it or in it).
        noun: The other thing, or the other things.
        positive: False for ``not …``.
        soft: Whether it counts only where something fits it, because the skill is told it as well.
    """

    kind: str
    noun: Noun
    positive: bool = True
    soft: bool = False


@dataclass(frozen=True, slots=True)
class Thing:
    """A noun with the word before it.

    Attributes:
        between: Preposition, or empty.
        noun: What it is about; None when the preposition stands alone (``go to``).
        words: The noun as it was written.
        gap: Free space to it, m, or None when none was said.
    """

    between: str
    noun: Noun | None
    words: str = ""
    gap: float | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """Free space to a thing that is named elsewhere, m."""

    value: float


@dataclass(frozen=True, slots=True)
class Particle:
    """A word that belongs to the verb but stands apart from it: ``pick the cup up``."""

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
    """One verb with what stands beside it.

    Attributes:
        words: As it was written.
        head: The verb in words; empty when the clause leaves it out (``…, then the blue box``).
        chunks: What stands beside it, in order.
        order: How it follows: ``then``, ``before`` (this comes after the one before it), ``after`` (this is done
            before the clause that it belongs to).
        together: Whether only ``and`` stands between it and the clause before.
    """

    words: str
    head: tuple[str, ...]
    chunks: tuple[Chunk, ...] = field(default=())
    order: str = "then"
    together: bool = False
