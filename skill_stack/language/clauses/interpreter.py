"""Interpreter: makes steps of clauses, and predicts the state for the next clause."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.steps import Loop, Part, Step, spec_cost
from skill_stack.core.world.fact import Literal
from skill_stack.language.answers import Answer, each, every, question, refusal, things_known
from skill_stack.language.clauses.binder import Binder
from skill_stack.language.clauses.binding import Binding
from skill_stack.language.clauses.meaning import Place, divided
from skill_stack.language.clauses.missing_arguments import missing, unfitting
from skill_stack.language.clauses.roles import Types, kinds_of
from skill_stack.language.clauses.step_maker import StepMaker, Values
from skill_stack.language.grammar.chunks import Chunk, Clause, Noun, Particle
from skill_stack.language.readings import TakenAs

MOST_TIMES = 50
"""Repetitions at most."""


@dataclass(slots=True)
class BoundClause:
    """A clause with its frame."""

    clause: Clause
    binding: Binding


@dataclass(slots=True)
class Interpreter(StepMaker):
    """Makes steps of bound clauses in one scene.

    Attributes:
        heard: Noun phrases of the clauses so far.
    """

    heard: list[Noun] = field(default_factory=list)

    def best(self, head: tuple[str, ...], chunks: tuple[Chunk, ...]) -> Binding | None:
        """Returns the best binding of chunks to the frames of a verb, or None."""
        binder = Binder(self.lexicon, Types(self.lexicon, self.scene, tuple(self.heard), kinds_of(self.library)))
        apart = tuple(word for chunk in chunks if isinstance(chunk, Particle) for word in chunk.word.split())
        chunks = tuple(chunk for chunk in chunks if not isinstance(chunk, Particle))
        frames = self.frames.get(head + apart, ())
        bound = [b for frame in frames if (b := binder.bind(frame, chunks)) is not None]
        if not bound:
            return None
        for one in bound:
            one.unmet = self._unmet(one)
        return min(bound, key=lambda b: (b.rank, spec_cost(b.frame.skill), b.frame.skill.name))

    def is_person(self, noun: Noun) -> bool:
        """Whether a noun certainly means a person."""
        return noun.role == "speaker" or (bool(noun.ids) and Types(self.lexicon, self.scene).is_person(noun))

    def parts(self, reading: BoundClause) -> list[Part] | Answer:
        """Returns the steps of one clause.

        Returns:
            The steps; the answer if something is missing, not in the scene, out of range or not possible.
        """
        binding, clause = reading.binding, reading.clause
        if binding.missing:
            return missing(binding, clause, self.scene)
        self.notes += [*binding.notes, *([TakenAs()] if binding.guessed else [])]
        parts: list[Part] | Answer = every(self._all_parts(binding, clause))
        return parts if isinstance(parts, Answer) else self.repeated(parts, binding.times, clause)

    def _all_parts(self, binding: Binding, clause: Clause) -> Iterator[Part | Answer]:
        """The steps of one clause once; ends with an answer if one is not possible."""
        yield from self._on_the_way(binding, clause)
        there = binding.of("beside")
        wants = every(self._fact("approach", "near", noun) for noun in there)
        if isinstance(wants, Answer):
            yield wants
            return
        if not any(e.positive and e.predicate == one.predicate for one in wants for e in self._effects):
            yield from (self._reach(noun, None, clause, binding.limits) for noun in there if self._goes)
            wants = []  # no skill has that effect
        faced = every(self._fact("face", "facing", noun) for noun in binding.of("facing"))
        yield from [faced] if isinstance(faced, Answer) else self._done(binding, clause, (*wants, *faced))
        yield from (self._reach(noun, None, clause, binding.limits) for noun in binding.of("onward"))
        if binding.hold is not None:
            yield self._stay(binding.hold, clause)

    def _on_the_way(self, binding: Binding, clause: Clause) -> Iterator[Part | Answer]:
        for kind, noun, gap in binding.around:
            if kind == "via" or gap is not None:
                yield self._reach(noun, gap, clause, binding.limits)
            elif kind == "apart":
                yield self._reach(noun, None, clause, sense="face")

    def _done(self, binding: Binding, clause: Clause, wants: tuple[Literal, ...]) -> Iterator[Part | Answer]:
        """The steps of a clause at its place, for each set of arguments."""
        resolved = self._resolved(binding)
        if not isinstance(resolved, Answer):
            resolved = every(self._limited(binding.frame.skill, values, binding.limits) for values in resolved)
        if isinstance(resolved, Answer):
            yield resolved
            return
        for values in resolved:
            steps: list[Part] | Answer = every(self._steps(binding, values, clause, wants))
            if not isinstance(steps, Answer) and len(resolved) > 1 and all(self._so_already(step) for step in steps):
                continue
            yield from each(steps)

    def _unmet(self, binding: Binding) -> int:
        """Number of nouns whose stated location has no such object: ``the apple in the fridge``."""
        nouns = [value for value in binding.values.values() if isinstance(value, Noun)]
        count = 0
        for noun in (part for one in nouns for part in one.parts or (one,)):
            places = any(one.kind in ("on", "in", "from") and not one.soft for one in noun.relations)
            if noun.role == "thing" and noun.ids and places and not noun.ids <= self.resolver.words.people:
                there = self.resolver.candidates(replace(noun, many="all", pick="", count=0), self.discourse)
                count += not there  # what is ambiguous is asked about later
        return count

    def _so_already(self, part: Part) -> bool:
        """Whether a step would only bring about what holds already: a cup that is on the table."""
        made = [effect for effect in part.effects if effect.positive] if isinstance(part, Step) else []
        about_things = all(effect.arguments and effect.arguments[0] in self.scene.objects for effect in made)
        return bool(made) and about_things and all(effect.holds(self.resolver.facts) for effect in made)

    def repeated(self, parts: Sequence[Part], times: int | None, clause: Clause) -> list[Part] | Answer:
        """Repeats parts if a number is stated; a refusal if it is below 1 or above ``MOST_TIMES``."""
        if times is None:
            return list(parts)
        if not 1 <= times <= MOST_TIMES:
            return refusal(f"I can repeat something 1 to {MOST_TIMES} times, not {times} times.")
        return list(parts) if times == 1 else [Loop(tuple(parts), times, f'asked: "{clause.words}"')]

    def _resolved(self, binding: Binding) -> list[Values] | Answer:
        out: list[Values] = [{}]
        spec = binding.frame.skill
        types = Types(self.lexicon, self.scene, kinds=kinds_of(self.library))
        optional = {p.name for p in spec.goal if p.type == "object" and p.default is not None}
        for name, value in sorted(binding.values.items(), key=lambda item: item[0] not in optional):  # the theme last
            if not isinstance(value, Noun):
                out = [{**one, name: value} for one in out]
                continue
            ids = self._ids(binding, name, value, out, types)
            if isinstance(ids, Answer):
                return ids
            out = [{**one, name: thing} for one in out for thing in ids]
            if out and all(_upon_itself(spec, one, self.resolver.words.people) for one in out):
                return refusal(f"The {self.scene[ids[0]].label} is one thing, and '{spec.name}' needs two.")
        return divided(spec, out, types) or self._at_home(binding, out)

    def _at_home(self, binding: Binding, ways: list[Values]) -> list[Values] | Answer:
        """Arguments with the home place where a frame means it; a question if there is none."""
        if binding.frame.shape != "home" or not binding.frame.roles:
            return ways
        places = [thing.id for thing in self.scene.objects.values() if thing.kind == "place"]
        home = "start" if "start" in places else (places[0] if len(places) == 1 else "")
        if not home:
            head = " ".join(binding.frame.head).capitalize()
            return question(f"{head} to what? I know: {things_known(self.scene)}.", "what")
        self.discourse.mentioned.append(home)
        return [{**one, binding.frame.roles[0].parameter: home} for one in ways]

    def _ids(
        self, binding: Binding, name: str, value: Noun, others: list[Values], types: Types
    ) -> tuple[str, ...] | Answer:
        """The ids that a noun means as an argument, given the other arguments so far."""
        spec = binding.frame.skill
        taken = frozenset(str(one) for values in others for one in values.values() if one in self.scene.objects)
        ids = Place(spec, name, self.resolver, self.discourse, types, self.so, taken).meant(value)
        return ids if isinstance(ids, Answer) else unfitting(spec, name, ids, types, self.resolver.words.people) or ids

    def _steps(
        self, binding: Binding, values: Values, clause: Clause, wants: tuple[Literal, ...]
    ) -> Iterator[Part | Answer]:
        why = f'asked: "{clause.words}"'
        spec = binding.frame.skill
        if binding.advance is not None:
            yield from self._advance(binding, values, why)
            return
        yield self._step(spec, self.manners.arguments(spec, values, clause.words, binding.usual), why, wants)


def _upon_itself(spec: SkillSpec, values: Values, people: frozenset[str]) -> bool:
    """Whether a skill would relate an object to itself, such as putting a pot into itself."""
    somebody = [one for one in values.values() if one in people]
    if len(set(somebody)) < len(somebody):
        return True
    for effect in map(Literal.parse, spec.effects):
        named = [values[one[1:]] for one in effect.arguments if one.startswith("$") and one[1:] in values]
        if effect.positive and len(named) > len(set(named)):
            return True
    return False
