"""Readings: interpretations of a text, best first."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace

from skill_stack.core.plan import Certainty, PlanNode
from skill_stack.core.steps import Part
from skill_stack.language.answers import Answer
from skill_stack.language.words.text import Token


class TakenAs(str):
    """A note that the reading rests on a paraphrase or a corrected spelling; it may be empty."""


@dataclass(frozen=True, slots=True)
class Naming:
    """A name that is given to steps.

    Attributes:
        words: Words of the name.
        source: The steps in words; empty for the steps done or planned last.
        sure: Whether the words have no other meaning, even where they give no plan.
        thing: An object at the end of the name: the number of words before it, and its id.
        verbs: Which of the name, with and without that object, is already the verb of a skill.
    """

    words: tuple[str, ...]
    source: str = ""
    sure: bool = True
    thing: tuple[int, str] | None = None
    verbs: frozenset[tuple[str, ...]] = frozenset()


@dataclass(frozen=True, slots=True)
class Reading:
    """One interpretation of a text.

    Attributes:
        parts: The requested steps in order, without steps that only the present state makes necessary.
        notes: Assumptions, for the user.
        banned: Skills that the text prohibits.
        read: The tokens that were read; empty for an inferred reading.
        unclaimed: Content words of the text that were not read, and read ones that are not in the text.
        naming: The name that the steps get; they are not run then.
        learnt: The learnt phrase that the text matched; empty otherwise.
        texts: Placeholders in arguments, with the free text that they stand for.
        limits: Returns the answer to a plan that violates a constraint of the text, None for other plans.
    """

    parts: tuple[Part, ...]
    notes: tuple[str, ...] = ()
    banned: frozenset[str] = frozenset()
    read: tuple[Token, ...] = ()
    unclaimed: tuple[str, ...] = ()
    naming: Naming | None = None
    learnt: str = ""
    texts: tuple[tuple[str, str], ...] = ()
    limits: Callable[[PlanNode], Answer | None] = lambda tree: None

    @property
    def certainty(self) -> Certainty:
        """*inferred* if the reading rests on a guess or leaves out or adds content words, else *said*."""
        guessed = any(isinstance(note, TakenAs) for note in self.notes)
        return "inferred" if guessed or self.unclaimed else "said"


Readings = Generator[Reading, Answer, Answer]
"""Readings, best first. The planner takes the first that gives a plan and sends in the :class:`Answer` of each that
does not. After the last one the generator returns the answer to the text."""

Ways = Generator[Reading, Answer, Answer | None]
"""Possible readings; the generator returns the answer to the text, or None."""


def following(readings: Readings, given: Answer | None) -> Reading | Answer:
    """Returns the next reading, or the answer to the text after the last one.

    Args:
        readings: The readings.
        given: Why the last reading gave no plan; None at the beginning.
    """
    try:
        return next(readings) if given is None else readings.send(given)
    except StopIteration as end:
        answer: Answer = end.value
        return answer


def changed(readings: Readings, change: Callable[[Reading], Reading], ends: bool = False) -> Readings:
    """Applies a function to each reading.

    Args:
        readings: The readings.
        change: The function.
        ends: Whether a final answer ends the readings and is returned.
    """
    given: Answer | None = None
    while isinstance(reading := following(readings, given), Reading):
        given = yield change(reading)
        if ends and given.final:
            readings.close()
            return replace(given, final=False)
    return reading
