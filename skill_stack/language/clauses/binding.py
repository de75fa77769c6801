"""Binding: a frame with its slots filled from a clause."""

from __future__ import annotations

from dataclasses import dataclass, field

from skill_stack.language.grammar.chunks import LocationChunk, Noun, WayLimit
from skill_stack.language.phrases.frames import PhraseFrame

UNKNOWN = 3
"""Misfit of an unknown noun: as bad as a missing one."""


@dataclass(slots=True)
class Binding:
    """A frame with its slots filled as far as a clause states.

    Attributes:
        frame: The frame.
        values: Arguments of the skill; a :class:`Noun` where an object is not yet resolved.
        missing: Required parameters that were not stated.
        beside: Objects to be next to, each with the free space to it in m, or None.
        facing: Objects to face.
        onward: Objects to go to afterwards.
        via: Objects to go to before.
        apart: Object to move away from, or None.
        limits: Constraints on the path.
        hold: Time to stay afterwards, s, or None.
        advance: Distance to walk towards the object instead of all the way, m, or None.
        times: Number of repetitions, or None.
        notes: Assumptions, for the user.
        assumed: Number of assumed values.
        usual: Parameters whose size is the skill's own, so that a manner may change it.
        misfit: How badly objects fit the types of their parameters.
        unlike: Number of objects without a noun that the library uses for their parameter.
        called: Number of objects with such a noun.
        awkward: Number of signs of a wrong reading: a missing object without a trace in the clause, a side as
            restriction.
        unmet: Number of objects whose stated location has no such object.
        unused: Number of noun phrases that the skill does not take.
        sources: Roles filled from a relation of another noun: that noun's role and the relation.
        lifted: Number of such roles: ``the cup from the table``.
    """

    frame: PhraseFrame
    values: dict[str, float | str | Noun] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    beside: list[tuple[Noun, float | None]] = field(default_factory=list)
    facing: list[Noun] = field(default_factory=list)
    onward: list[Noun] = field(default_factory=list)
    sources: dict[str, tuple[str, LocationChunk]] = field(default_factory=dict)
    via: list[Noun] = field(default_factory=list)
    apart: Noun | None = None
    limits: list[WayLimit] = field(default_factory=list)
    hold: float | None = None
    advance: float | None = None
    times: int | None = None
    notes: list[str] = field(default_factory=list)
    assumed: int = 0
    usual: set[str] = field(default_factory=set)
    awkward: int = 0
    misfit: int = 0
    unlike: int = 0
    called: int = 0
    lifted: int = 0
    unused: int = 0
    unmet: int = 0

    @property
    def guessed(self) -> bool:
        """Whether it rests on a guess: a guessed frame, or an object that does not fit."""
        return self.frame.guessed or bool(self.misfit or self.unlike or self.unmet or self.awkward)

    @property
    def rank(self) -> tuple[int, ...]:
        """Sort key of how badly the clause fits; smaller is better."""
        beside = len(self.beside) + len(self.facing) + len(self.via) + len(self.onward)
        extra = beside + (self.hold is not None) + self.unused - self.lifted
        missing = len(self.missing) + self.misfit // UNKNOWN
        far = 3 * self.frame.by_name + self.frame.remoteness
        strange = 2 * self.awkward + self.unlike
        return missing, self.misfit + self.unmet, self.frame.guessed, strange, extra, self.assumed, far, -self.called
