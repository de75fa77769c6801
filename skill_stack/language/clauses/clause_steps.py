"""Clause steps: makes steps of clauses in order, with repetitions and distribution over objects."""

from __future__ import annotations

from collections.abc import Iterable

from skill_stack.core.steps import Loop, Part, Step, endless
from skill_stack.language.answers import question
from skill_stack.language.clauses.carried_objects import carried_along
from skill_stack.language.clauses.interpreter import BoundClause, Interpreter
from skill_stack.language.clauses.one_at_a_time import one_at_a_time
from skill_stack.language.clauses.repetition import once_more, settled
from skill_stack.language.grammar.chunks import Noun, Thing


def clause_parts(interpreter: Interpreter, readings: Iterable[BoundClause | int]) -> list[Part]:
    """Returns the steps of all clauses of one segment.

    Args:
        interpreter: Makes steps of one clause.
        readings: The clauses in order of execution; a number repeats everything before it.

    Raises:
        Answer: A clause cannot be done, or does not end though others follow.
    """
    out: list[Part] = []
    groups: list[int] = []
    last: BoundClause | None = None
    each: list[Part] = []
    for reading in readings:
        if isinstance(reading, int):
            out, groups = [_again(out, reading)], [0]
            continue
        if out:
            _refuse_endless(last)
        start, last = len(out), reading
        times, reading.binding.times = reading.binding.times, None
        if _distributes(out, reading, each):
            out[start - len(each) :] = _distributed(interpreter, each, reading)
            groups.append(start - len(each))
            continue
        new = interpreter.parts(reading)
        each = new if _each(reading) and len(new) > 1 else []
        if new and groups[-1:] == [len(out) - len(new)]:
            out = carried_along(out, new, reading, interpreter)
            groups, start = (groups, start) if len(out) == start else (groups[:-1], len(out))
        if groups and _said_of_both(reading, times, new):
            start = groups[-1]
            new = out[start:] + new
        if once_more(out, new, groups):
            out.pop()
            start -= 1
        if times is not None:
            new = interpreter.repeated(new, times, reading.clause)
        out[start:] = new
        groups.append(start)
    return one_at_a_time(out)


def _said_of_both(reading: BoundClause, times: int | None, new: list[Part]) -> bool:
    """Whether a number of repetitions includes the clause before: ``sit down and stand up twice``."""
    return (times or 1) > 1 and reading.clause.together and settled(new)


def _again(out: list[Part], times: int) -> Loop:
    """Repeats everything so far.

    Raises:
        Answer: There is nothing so far.
    """
    if not out:
        raise question("Repeat what? I do not remember earlier instructions.")
    return Loop(tuple(out), times, f"asked: {times} times")


def _refuse_endless(last: BoundClause | None) -> None:
    """Asks how far a clause without an end goes, if another one follows.

    Raises:
        Answer: The clause has no end.
    """
    if last is not None and endless(last.binding.frame.skill):
        raise question(f"How far, or where to, in '{last.clause.words}'? It has no end, and more is to follow.")


def _distributes(out: list[Part], reading: BoundClause, each: list[Part]) -> bool:
    """Whether a clause is done at each of the objects before: ``go to every box and bark``."""
    things = [chunk for chunk in reading.clause.chunks if isinstance(chunk, Thing) and chunk.noun is not None]
    pronouns = any(thing.noun is not None and thing.noun.role == "pronoun" and not thing.between for thing in things)
    pronouns = pronouns or all(thing.noun is not None and thing.noun.role == "pronoun" for thing in things)
    return bool(each) and out[-len(each) :] == each and reading.clause.together and pronouns


def _distributed(interpreter: Interpreter, each: list[Part], reading: BoundClause) -> list[Part]:
    """Each step, followed by the steps at its object."""
    out: list[Part] = []
    objects = interpreter.scene.objects
    for part in each:
        things = [str(v) for v in part.arguments.values() if str(v) in objects] if isinstance(part, Step) else []
        for name in things[:1]:
            interpreter.discourse.mention(name)
        out += [part, *interpreter.parts(reading)]
    return out


def _each(reading: BoundClause) -> bool:
    """Whether a clause has a distributive noun phrase: ``go to every box``."""
    nouns = [value for value in reading.binding.values.values() if isinstance(value, Noun)]
    return any(noun.each for noun in nouns)
