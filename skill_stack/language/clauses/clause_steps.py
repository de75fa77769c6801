"""Clause steps: makes steps of clauses in order, with repetitions and distribution over objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from skill_stack.core.steps import Loop, Part, Step, endless
from skill_stack.core.world.fact import Fact
from skill_stack.language.answers import Answer, each, every, question
from skill_stack.language.clauses.interpreter import BoundClause, Interpreter
from skill_stack.language.grammar.chunks import Noun, Thing


def clause_parts(interpreter: Interpreter, readings: Iterable[BoundClause | int]) -> list[Part] | Answer:
    """Returns the steps of all clauses of one segment.

    Args:
        interpreter: Makes steps of one clause.
        readings: The clauses in order of execution; a number repeats everything before it.

    Returns:
        The steps; the answer if a clause cannot be done, or does not end though others follow.
    """
    out: list[Part] = []
    groups: list[int] = []
    last: BoundClause | None = None
    shared: list[Part] = []
    for reading in readings:
        asked = _open_question(out, last, reading)
        if asked is not None:
            return asked
        if isinstance(reading, int):
            out, groups = [Loop(tuple(out), reading, f"asked: {reading} times")], [0]
            continue
        start, last = len(out), reading
        times, reading.binding.times = reading.binding.times, None
        if _distributes(out, reading, shared):
            distributed: list[Part] | Answer = every(_distributed(interpreter, shared, reading))
            if isinstance(distributed, Answer):
                return distributed
            out[start - len(shared) :] = distributed
            groups.append(start - len(shared))
            continue
        new = interpreter.parts(reading)
        if isinstance(new, Answer):
            return new
        shared = new if _each(reading, new) else []
        if groups and _said_of_both(reading, times, new):
            start = groups[-1]
            new = out[start:] + new
        if once_more(out, new, groups):
            out.pop()
            start -= 1
        several = interpreter.repeated(new, times, reading.clause)
        if isinstance(several, Answer):
            return several
        out[start:] = several
        groups.append(start)
    return one_at_a_time(out)


def _open_question(out: list[Part], last: BoundClause | None, reading: BoundClause | int) -> Answer | None:
    """The question for what a clause leaves open if nothing is to be repeated, or it has no end and another follows."""
    if isinstance(reading, int):
        return None if out else question("Repeat what? I do not remember earlier instructions.")
    if not out or last is None or not endless(last.binding.frame.skill):
        return None
    return question(f"How far, or where to, in '{last.clause.words}'? It has no end, and more is to follow.")


def _said_of_both(reading: BoundClause, times: int | None, new: list[Part]) -> bool:
    """Whether a number of repetitions includes the clause before: ``sit down and stand up twice``."""
    return (times or 1) > 1 and reading.clause.together and settled(new)


def _distributes(out: list[Part], reading: BoundClause, steps: list[Part]) -> bool:
    """Whether a clause is done at each of the objects before: ``go to every box and bark``."""
    things = [chunk for chunk in reading.clause.chunks if isinstance(chunk, Thing) and chunk.noun is not None]
    pronouns = any(thing.noun is not None and thing.noun.role == "pronoun" and not thing.between for thing in things)
    pronouns = pronouns or all(thing.noun is not None and thing.noun.role == "pronoun" for thing in things)
    return bool(steps) and out[-len(steps) :] == steps and reading.clause.together and pronouns


def _distributed(interpreter: Interpreter, steps: list[Part], reading: BoundClause) -> Iterator[Part | Answer]:
    objects = interpreter.scene.objects
    for part in steps:
        things = [str(v) for v in part.arguments.values() if str(v) in objects] if isinstance(part, Step) else []
        for name in things[:1]:
            interpreter.discourse.mentioned.append(name)
        yield part
        yield from each(interpreter.parts(reading))


def _each(reading: BoundClause, steps: list[Part]) -> bool:
    """Whether a clause of several steps has a distributive noun phrase: ``go to every box``."""
    return len(steps) > 1 and any(isinstance(one, Noun) and one.each for one in reading.binding.values.values())


def settled(parts: list[Part]) -> bool:
    """Whether repeating the parts at once would change nothing."""
    return all(
        isinstance(part, Step) and any(e.positive for e in part.effects)
        and not any(p.type == "number" and p.default is None for p in part.spec.goal)
        for part in parts
    )  # fmt: skip


def once_more(before: list[Part], new: list[Part], groups: list[int]) -> bool:
    """Whether the new step only restates the last one with another number: "go there, but stop 1 m before"."""
    if len(new) != 1 or not before or not groups or groups[-1] != len(before) - 1:
        return False
    one, other = before[-1], new[0]
    if not isinstance(one, Step) or not isinstance(other, Step) or one.spec is not other.spec or not other.spec.goal:
        return False
    things = [p.name for p in one.spec.goal if p.type == "object"]
    same = [*things, *(p.name for p in one.spec.goal if p.type == "choice")]  # "a joke and the time" are two
    return bool(things) and settled(new) and all(one.arguments[name] == other.arguments[name] for name in same)


def one_at_a_time(parts: list[Part]) -> list[Part]:
    """Moves the taking of each object right before its use: ``fetch both cups and bring them to Anna``.

    Args:
        parts: Steps in text order.
    """
    begin = next((at for at in range(len(parts) - 1) if _hindered(parts[at], parts[at + 1])), None)
    if begin is None:
        return parts
    end = next((at for at in range(begin + 1, len(parts)) if not _hindered(parts[at - 1], parts[at])), len(parts))
    before: dict[int, Part] = {}
    for part in parts[begin:end]:
        brought = {(e.predicate, e.arguments) for e in part.effects if e.positive} if isinstance(part, Step) else set()
        uses = (at for at in range(end, len(parts)) if at not in before and isinstance(step := parts[at], Step)
                and any(n.positive and (n.predicate, n.arguments) in brought for n in step.needs))  # fmt: skip
        if (first := next(uses, None)) is None:
            return parts
        before[first] = part
    rest = (one for at in range(end, len(parts)) for one in (before.get(at), parts[at]) if one is not None)
    return [*parts[:begin], *one_at_a_time(list(rest))]


def _hindered(one: Part, other: Part) -> bool:
    """Whether a step prevents the next one of the same skill: the hand is full."""
    if not isinstance(one, Step) or not isinstance(other, Step) or one.spec is not other.spec:
        return False
    gone = {(effect.predicate, effect.arguments) for effect in one.effects if not effect.positive}
    made = frozenset(Fact(effect.predicate, effect.arguments) for effect in one.effects if effect.positive)
    full = any(
        (need.predicate, need.arguments) in gone if need.positive else not need.holds(made) for need in other.needs
    )
    return one.arguments != other.arguments and full
