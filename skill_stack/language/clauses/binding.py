"""Binding: a frame with its slots filled from a clause."""

from __future__ import annotations

from dataclasses import dataclass, field

from skill_stack.language.grammar.chunks import Noun, WayLimit
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
        around: Objects that are no arguments: ``via`` to go to before, ``onward`` afterwards, ``apart`` to move away
            from, ``beside`` to be next to, ``facing`` to face; each with the free space to it in m, or None.
        limits: Constraints on the path.
        hold: Time to stay afterwards, s, or None.
        advance: Distance to walk towards the object instead of all the way, m, or None.
        times: Number of repetitions, or None.
        notes: Assumptions, for the user.
        assumed: Number of assumed values.
        usual: Parameters whose size is the skill's own, so that a manner may change it.
        misfit: How badly objects fit the types of their parameters.
        unlike: Number of objects without a noun that the library uses for their parameter.
        liked: Number of objects with such a noun.
        awkward: Number of signs of a wrong reading: a missing object without a trace, a side as restriction.
        unmet: Number of objects whose stated location has no such object.
        rivals: Whether another skill fits these objects as well.
        unused: Number of noun phrases that the skill does not take.
        lifted: Number of roles filled from a relation of another noun: ``the cup from the table``.
    """

    frame: PhraseFrame
    values: dict[str, float | str | Noun] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    around: list[tuple[str, Noun, float | None]] = field(default_factory=list)
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
    liked: int = 0
    lifted: int = 0
    unused: int = 0
    unmet: int = 0
    rivals: bool = False

    def of(self, kind: str) -> list[Noun]:
        """Returns the objects around the clause of a kind, without those that space is left to."""
        return [noun for name, noun, gap in self.around if name == kind and gap is None]

    @property
    def guessed(self) -> bool:
        """Whether it rests on a guess: a guessed frame, or an object that does not fit."""
        return self.frame.guessed or bool(self.misfit or self.unlike or self.unmet or self.awkward or self.rivals)

    @property
    def rank(self) -> tuple[int, ...]:
        """Sort key of how badly the clause fits; smaller is better."""
        extra = len(self.around) + (self.hold is not None) + self.unused - self.lifted
        missing = len(self.missing) + self.misfit // UNKNOWN
        far = self.frame.remoteness
        strange = 2 * self.awkward + self.unlike
        return missing, self.misfit + self.unmet, self.frame.guessed, strange, extra, self.assumed, far, -self.liked
