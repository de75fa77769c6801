"""Readings: interpretations of a text, the best first, for planners."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass

from skill_stack.core.plan import Certainty, PlanNode
from skill_stack.core.steps import Part
from skill_stack.language.answers import Answer
from skill_stack.language.words.text import Token


class Because(str):
    """A note that a reading was made of what somebody told beside what he asked for."""

    __slots__ = ()


class Inferred(Because):
    """A note that a reading was made of what somebody told, and nobody asked for it in words."""

    __slots__ = ()


class TakenAs(str):
    """A note that a reading was made of words that are only guessed to mean it; it may say nothing."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Naming:
    """A name that somebody gives to steps.

    Attributes:
        words: The words of the name.
        source: The steps in words; empty where the name is for what was done or planned last.
        sure: Whether the words can mean nothing else, whatever comes of them.
        thing: A thing that the name ends with: how many words stand before it, and its id.
        verbs: Which of the words, with and without that thing, are a verb of a skill already.
    """

    words: tuple[str, ...]
    source: str = ""
    sure: bool = True
    thing: tuple[int, str] | None = None
    verbs: frozenset[tuple[str, ...]] = frozenset()


def _no_limits(tree: PlanNode) -> None:
    """Lets every plan pass."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way in which a text can be understood.

    Attributes:
        parts: The steps that it asks for, in order; nothing that only the present state makes necessary.
        notes: What was assumed, for people.
        banned: Skills that it forbids.
        read: The words that were read one by one for it; nothing where it was inferred.
        unclaimed: Content words that were said and have no part in it, or have one and were not said.
        naming: The name that the steps get instead of being done.
        learnt: The phrase that it was read by, which a person confirmed before.
        texts: What placeholders in arguments stand for: what is to be said in any words.
        limits: Raises :class:`Answer` for a plan of these steps that does not keep to what was said.
    """

    parts: tuple[Part, ...]
    notes: tuple[str, ...] = ()
    banned: frozenset[str] = frozenset()
    read: tuple[Token, ...] = ()
    unclaimed: tuple[str, ...] = ()
    naming: Naming | None = None
    learnt: str = ""
    texts: tuple[tuple[str, str], ...] = ()
    limits: Callable[[PlanNode], None] = _no_limits

    @property
    def implied(self) -> bool:
        """Whether what was told had a part in it."""
        return any(isinstance(note, Because) for note in self.notes)

    @property
    def certainty(self) -> Certainty:
        """How surely it is what was meant."""
        guessed = any(isinstance(note, Inferred | TakenAs) for note in self.notes)
        return "inferred" if guessed or self.unclaimed else "said"


Readings = Generator[Reading, Answer, Answer]
"""Readings, the best first. Whoever plans takes the first of which a plan can be made, and sends in the
:class:`Answer` for each of which none can; when there are no more, the answer to the text is returned."""

Ways = Generator[Reading, Answer, Answer | None]
"""Readings of which one may come; what is returned, if anything, is the answer to the text."""


class Overruled(Exception):
    """Thrown into readings: a plan can be made, but the answer to the text is another one, and no further way helps.

    Attributes:
        answer: The answer.
    """

    def __init__(self, answer: Answer) -> None:
        """Takes the answer."""
        super().__init__(str(answer))
        self.answer = answer


def following(readings: Readings, given: Answer | Overruled | None) -> Reading | Answer:
    """The next reading; the answer to the text where there are no more.

    Args:
        readings: The readings.
        given: What came of the reading before; None at the beginning.
    """
    try:
        if given is None:
            return next(readings)
        return readings.send(given) if isinstance(given, Answer) else readings.throw(given)
    except StopIteration as end:
        answer: Answer = end.value
        return answer


def changed(readings: Readings, change: Callable[[Reading], Reading]) -> Readings:
    """Readings with something changed in each.

    Args:
        readings: The readings.
        change: What is made of one.
    """
    given: Answer | Overruled | None = None
    while isinstance(reading := following(readings, given), Reading):
        try:
            given = yield change(reading)
        except Overruled as overruled:
            given = overruled
    return reading
