"""Carried objects: an object is not put down before the next clause uses it."""

from __future__ import annotations

from collections.abc import Sequence

from skill_stack.core.steps import Part, Step
from skill_stack.language.clauses.interpreter import BoundClause, Interpreter
from skill_stack.language.grammar.chunks import Thing
from skill_stack.language.words.function_words import WORDS


def carried_along(done: list[Part], new: Sequence[Part], reading: BoundClause, interpreter: Interpreter) -> list[Part]:
    """Removes steps that put an object down in a room before new steps need it: ``take it to the lab and give it …``.

    Args:
        done: The steps so far.
        new: The steps of one more clause.
        reading: That clause.
        interpreter: Knows the scene.
    """
    spoken_of = [one.noun for one in reading.clause.chunks if isinstance(one, Thing) and one.noun is not None]
    again = any(noun.role in ("pronoun", "group") and not noun.adverb for noun in spoken_of)
    if not again or reading.clause.head[:1] and reading.clause.head[0] in WORDS.transporting:
        return done
    last = done[-len(new) :]
    left = [one for one in last if not any(_laid_for(one, other, interpreter) for other in new)]
    return done if left or len(last) < len(new) else done[: -len(new)]


def _laid_for(one: Part, other: Part, interpreter: Interpreter) -> bool:
    """Whether a step puts down in a room what another step needs in the hand."""
    if not isinstance(one, Step) or not isinstance(other, Step):
        return False
    gone = {(effect.predicate, effect.arguments) for effect in one.effects if not effect.positive}
    needed = any(need.positive and len(need.arguments) and (need.predicate, need.arguments) in gone
                 and set(need.arguments) & set(map(str, other.arguments.values())) for need in other.needs)  # fmt: skip
    rooms = [str(value) for value in one.arguments.values() if str(value) in interpreter.scene.objects]
    return needed and any(interpreter.scene.objects[name].kind == "place" for name in rooms)
