"""Binding: a frame with its slots filled as far as a clause states."""

from __future__ import annotations

from dataclasses import dataclass, field

from skill_stack.language.grammar.chunks import LocationChunk, Noun, WayLimit
from skill_stack.language.phrases.frames import PhraseFrame

UNKNOWN = 3
"""Misfit of a noun that nothing here is called: as good as missing."""


@dataclass(slots=True)
class Binding:
    """A frame with its places filled as far as the clause says.

    Attributes:
        frame: The frame.
        values: Arguments of the skill; a :class:`Noun` where a thing is still to be found.
        missing: Parameters that are needed and were not said.
        beside: Things that the skill is to be done next to, each with the free space to it or None.
        facing: Things that the skill is to be done facing.
        onward: Things to go to afterwards.
        via: Things to go to before.
        apart: What to get away from, or None.
        limits: Constraints on the path.
        hold: How long to stay afterwards, s, or None.
        advance: Distance to walk towards the thing instead of all the way, m, or None.
        times: How often.
        notes: What was assumed, for people.
        assumed: How many sizes were assumed.
        misfit: Things that are not of the kind that their place is for.
        unlike: How many things are not what the library calls what their place is for.
        called: How many things are what the library calls what their place is for.
        awkward: Whether a thing is missing that nothing in the clause points to.
        unmet: How many things are described by where nothing of their kind is now.
        unused: How many places are said that the skill is not told.
        sources: For places filled by what is said of another thing, that thing's place and what is said.
        lifted: How many places are filled by what is said of another thing: ``the cup from the table``.
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
    awkward: int = 0
    misfit: int = 0
    unlike: int = 0
    called: int = 0
    lifted: int = 0
    unused: int = 0
    unmet: int = 0

    @property
    def guessed(self) -> bool:
        """Whether it rests on a guess: other words than the skill's own, or a thing of another kind than it is for."""
        return self.frame.guessed or bool(self.misfit or self.unlike or self.unmet or self.awkward)

    @property
    def rank(self) -> tuple[int, ...]:
        """How well the clause fits; smaller is better."""
        beside = len(self.beside) + len(self.facing) + len(self.via) + len(self.onward)
        extra = beside + (self.hold is not None) + self.unused - self.lifted
        missing = len(self.missing) + self.misfit // UNKNOWN
        far = 3 * self.frame.by_name + self.frame.remoteness
        strange = 2 * self.awkward + self.unlike
        return missing, self.misfit + self.unmet, self.frame.guessed, strange, extra, self.assumed, far, -self.called
