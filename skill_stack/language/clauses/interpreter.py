"""Interpreter: makes steps of clauses, and predicts the state for the next clause."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from skill_stack.core.errors import DataError
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.skills.way_constraint import WayConstraint, way_text
from skill_stack.core.spatial.relations import SECTOR, SIDES, Viewing, framed, side_direction
from skill_stack.core.steps import Loop, Part, Step, spec_cost
from skill_stack.core.units import SCALES, si
from skill_stack.core.world.fact import Fact, Literal
from skill_stack.core.world.scene import Pose2, SceneGraph
from skill_stack.language.answers import Answer, every, listed, question, refusal, skills_known, things_known
from skill_stack.language.clauses.binder import Binder
from skill_stack.language.clauses.binding import Binding
from skill_stack.language.clauses.manners import Manners
from skill_stack.language.clauses.missing_arguments import missing, unfitting
from skill_stack.language.clauses.roles import Types, kinds_of, nouns_of
from skill_stack.language.grammar.chunks import FRAME, Chunk, Clause, LocationChunk, Noun, Particle, Thing, WayLimit
from skill_stack.language.grammar.picking import labels
from skill_stack.language.grammar.reference import Discourse, Resolver
from skill_stack.language.phrases.frames import PhraseFrame, angular, directional, gap_parameter, way_parameter
from skill_stack.language.readings import TakenAs
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon import Lexicon

Ids = tuple[str, ...]
Values = dict[str, float | str]
BODY = 0.5
"""Distance from the robot's centre to the outline of its destination, m: half a body and a gap."""

MOST_TIMES = 50
"""Repetitions at most."""


@dataclass(slots=True)
class BoundClause:
    """A clause with its frame."""

    clause: Clause
    binding: Binding


@dataclass(slots=True)
class Interpreter:
    """Makes steps of bound clauses in one scene.

    Attributes:
        library: The skills.
        scene: The scene.
        resolver: Resolves noun phrases.
        lexicon: The lexicon.
        frames: Frames by verb.
        discourse: Mentions, and the expected pose of the robot.
        manners: Adverbs of manner.
        notes: Assumptions and omissions, for the user.
        whole: Constraints on the path of every step.
        so: Facts expected after the steps so far.
        heard: Noun phrases of the clauses so far.
        objects: Ids of the direct objects of the clause before.
    """

    library: SkillLibrary
    scene: SceneGraph
    resolver: Resolver
    lexicon: Lexicon
    frames: dict[tuple[str, ...], list[PhraseFrame]]
    discourse: Discourse
    manners: Manners
    notes: list[str] = field(default_factory=list)
    whole: tuple[WayLimit, ...] = ()
    so: frozenset[Fact] = frozenset()
    heard: list[Noun] = field(default_factory=list)
    objects: frozenset[str] = frozenset()
    _types: Types = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._types = Types(self.lexicon, self.scene, kinds=kinds_of(self.library), named=nouns_of(self.library))

    def best(self, head: tuple[str, ...], chunks: tuple[Chunk, ...]) -> Binding | None:
        """Returns the best binding of chunks to the frames of a verb, or None."""
        binder = Binder(self.lexicon, replace(self._types, heard=tuple(self.heard)))
        apart = tuple(word for chunk in chunks if isinstance(chunk, Particle) for word in chunk.word.split())
        chunks = tuple(chunk for chunk in chunks if not isinstance(chunk, Particle))
        frames = self.frames.get(head + apart, ())
        bound = [b for frame in frames if (b := binder.bind(frame, chunks)) is not None]
        if not bound:
            return None
        aside = _beside_a_turn(frames, chunks)
        for one in bound:
            one.unmet = self._unmet(one)
            one.awkward += aside  # "turn right at the gap"

        def fit(one: Binding) -> tuple[int, ...]:
            return *one.rank, not one.frame.skill.phrases  # stated words go before those made of a name

        found = min(bound, key=lambda b: (fit(b), spec_cost(b.frame.skill), b.frame.skill.name))
        names = {one.frame.skill.name for one in bound if fit(one) == fit(found) and not one.missing}
        nouns = [value for value in found.values.values() if isinstance(value, Noun)]
        alike = len(names) > 1 and bool(nouns)
        found.rivals = alike or self._also_goal(frames, nouns) or self._strange(found)
        return found

    def _strange(self, one: Binding) -> bool:
        """Whether a thing is none of what a skill names, and of what others name: ``start {vacuum}`` with a fan."""
        spec, strange = one.frame.skill, self._types.strange
        given = [(functools.partial(strange, spec, at), n) for at, n in one.values.items() if isinstance(n, Noun)]
        return any(self._types.of_noun(noun, judged) for judged, noun in given)

    def _also_goal(self, frames: Sequence[PhraseFrame], given: Sequence[Noun]) -> bool:
        """Whether what is beside the one thing of a name may be the goal: ``park in the lot next to the red car``."""
        single = (one for one in given if len(one.ids or ()) == 1)
        beside = {where.kind for one in single for where in one.relations} - {"on", "in", "from"}
        words = {word for kind in beside for word in self.lexicon.things.relations.get(kind, ())}
        own = (role for one in frames if words and one.own for role in one.roles)
        return any(not words.isdisjoint(role.between) for role in own)

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
        made = {Literal.parse(effect).predicate for spec in self.library for effect in spec.effects}
        if not made & {one.predicate for one in wants}:  # then the robot goes there first, if it can
            goes = self.by_sense("approach") is not None
            yield from (self._reach(noun, None, clause, binding.limits) for noun in there if goes)
            self.notes += [TakenAs()] if there and not goes else []
            wants = []
        faced = every(self._fact("face", "facing", noun) for noun in binding.of("facing"))
        yield from [faced] if isinstance(faced, Answer) else self._done(binding, clause, (*wants, *faced))
        yield from (self._reach(noun, None, clause, binding.limits) for noun in binding.of("onward"))
        if binding.hold is not None:
            yield self._stay(binding.hold, binding.frame.skill, clause)

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
        spec, why = binding.frame.skill, _asked(clause)
        bare = {role.parameter for role in binding.frame.roles if "" in role.between}
        self.objects = frozenset(str(value) for one in resolved for name, value in one.items() if name in bare)
        self.notes += [*self._astray(binding.frame, resolved), *self._given(binding.frame, resolved)]
        for values in resolved:
            if binding.advance is not None:
                yield from self._advance(binding, values, why)
                continue
            given = self.manners.arguments(spec, values, clause.words, binding.usual)
            step = self._step(spec, given, why, wants)
            if isinstance(step, Answer) or len(resolved) == 1 or not self._so_already(step):
                yield step

    def _astray(self, frame: PhraseFrame, resolved: list[Values]) -> Iterator[TakenAs]:
        """Notes on things that are not where the words have them: ``take the cup from the shelf``."""
        sources = [role.parameter for role in frame.roles if "from" in role.between]
        held = [role.parameter for role in frame.roles if "" in role.between]
        for what, source in ((str(one.get(a)), str(one.get(b))) for one in resolved for a in held for b in sources):
            known = what in self.scene.objects and source in self.scene.objects.keys() - self.resolver.words.people
            there = replace(_thing(what), many="all", relations=(LocationChunk("from", _thing(source)),))
            if known and all(fact.arguments[:1] != (what,) for fact in self.so):  # it was not moved by steps before
                self.resolver.strays += [] if self.resolver.candidates(there, self.discourse) else [what]
        for name in dict.fromkeys(self.resolver.strays):
            yield TakenAs(f"although the {self.scene[name].label} is not there, as far as I know")
        self.resolver.strays.clear()

    def _given(self, frame: PhraseFrame, resolved: list[Values]) -> Iterator[TakenAs]:
        """A note where a thing that was handed over is used: ``fetch me the cup and put it on the table``."""
        owned = [fact.arguments for fact in self.so if fact.predicate in self.lexicon.clauses.held_facts]
        given = {thing for who, *rest in filter(None, owned) for thing in rest if who in self.resolver.words.people}
        used = {str(one.get(role.parameter)) for one in resolved for role in frame.roles if "" in role.between}
        if given & used and not any("from" in role.between for role in frame.roles):
            yield TakenAs("although it was handed over before")

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

    def _so_already(self, step: Step) -> bool:
        """Whether a step would only bring about what holds already: a cup that is on the table."""
        made = [effect for effect in step.effects if effect.positive]
        about_things = all(effect.arguments and effect.arguments[0] in self.scene.objects for effect in made)
        return bool(made) and about_things and all(effect.holds(self.resolver.facts) for effect in made)

    def repeated(self, parts: Sequence[Part], times: int | None, clause: Clause) -> list[Part] | Answer:
        """Repeats parts if a number is stated; a refusal if it is below 1 or above ``MOST_TIMES``."""
        if times is None:
            return list(parts)
        if not 1 <= times <= MOST_TIMES:
            return refusal(f"I can repeat something 1 to {MOST_TIMES} times, not {times} times.")
        return list(parts) if times == 1 else [Loop(tuple(parts), times, _asked(clause))]

    def _resolved(self, binding: Binding) -> list[Values] | Answer:
        out: list[Values] = [{}]
        spec = binding.frame.skill
        optional = {p.name for p in spec.goal if p.type == "object" and p.default is not None}
        used = optional | {role.parameter for role in binding.frame.roles if "with" in role.between}  # not the theme
        for name, value in sorted(binding.values.items(), key=lambda item: item[0] not in used):  # the theme last
            if not isinstance(value, Noun):
                out = [{**one, name: value} for one in out]
                continue
            ids = self._ids(binding, name, value, out)
            if isinstance(ids, Answer):
                return ids
            out = [{**one, name: thing} for one in out for thing in ids]
            if out and all(_upon_itself(spec, one) for one in out):
                return refusal(f"The {self.scene[ids[0]].label} is one thing, and '{spec.name}' needs two.")
        return _divided(spec, out, self._types) or self._at_home(binding, out)

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

    def _ids(self, binding: Binding, name: str, noun: Noun, others: list[Values]) -> Ids | Answer:
        """The ids that a noun means as an argument, given the other arguments so far."""
        spec = binding.frame.skill
        taken = {str(one) for values in others for one in values.values()}
        mentioned = list(dict.fromkeys(reversed(self.discourse.mentioned)))[::-1]  # the latest last
        spoken_of = [one for one in mentioned if one not in taken] or mentioned
        ids = self._meant(spec, name, self._narrowed(spec, name, noun), spoken_of)
        if isinstance(ids, Answer):
            return ids
        if noun.ids is None and any(self._types.unheld(spec, name, one) for one in ids):
            self.notes.append(TakenAs())  # "find the thing by the door and bring it": furniture
        return unfitting(spec, name, ids, self._types) or ids

    def _narrowed(self, spec: SkillSpec, name: str, noun: Noun) -> Noun:
        """A noun without content as what an argument may take: ``the thing by the door``, ``switch off everything``."""
        if noun.role != "thing" or noun.ids is not None or noun.again or noun.many not in ("one", "all"):
            return noun
        wanted, among = self._types.wanted(name), [one.id for one in self.scene.things]
        if noun.many == "all":
            fits = [one for one in among if not self._types.misfit(name, _thing(one))]
            usual = [one for one in fits if wanted in self._types.types_of(one)]
            return replace(noun, ids=frozenset(usual or fits or among))
        among = [one for one in among if wanted == "person" or one not in self.resolver.words.people]
        return replace(noun, ids=frozenset([one for one in among if not self._types.unheld(spec, name, one)] or among))

    def _meant(self, spec: SkillSpec, name: str, noun: Noun, spoken_of: list[str]) -> Ids | Answer:
        """The ids that a noun means, given what was spoken of, the latest last."""
        if noun.role == "pronoun" and spoken_of:
            likelihood = self._likelihood(noun, spec, name)
            likely = sorted(spoken_of, key=likelihood)
            tied = {one for one in likely if likelihood(one) == likelihood(likely[-1])}
            unclear = self._unclear(likely[-1], tied) if noun.words == "it" else None
            latest = next(one for one in spoken_of[::-1] if likelihood(one)[:-2] == likelihood(likely[-1])[:-2])
            other = latest not in tied and likelihood(latest)[-1] == likelihood(likely[-1])[-1]
            if other and not self.lexicon.kind_nouns.general(self.scene.objects[latest]):
                self.notes.append(TakenAs())  # "wipe the lamp, plug in the sifter and turn it on"
            return unclear or self._referred(noun, likely)
        if noun.role == "group" and spoken_of and self._single(name, spoken_of[-1]):
            return (spoken_of[-1],)  # "find the visitor and greet them"
        found = self.resolver.resolve(noun, self.discourse)
        return (self._held(spec, name, noun) if isinstance(found, Answer) else ()) or found

    def _held(self, spec: SkillSpec, name: str, noun: Noun) -> tuple[str, ...]:
        """What is held, where a skill needs that and a noun may mean it: ``put the block in the box``; or nothing."""
        needs = [one for one in map(Literal.parse, spec.preconditions) if f"${name}" in one.arguments]
        needs = [one for one in needs if one.predicate in self.lexicon.clauses.held_facts]
        if not needs or noun.many != "one" or not (noun.ids or noun.role == "pronoun"):
            return ()
        taken = any(fact.predicate == needs[0].predicate for fact in self.so)  # by the steps so far
        facts, among = self.so if taken else self.resolver.facts, noun.ids or self.scene.objects
        held = tuple(one for one in among if all(need.ground({name: one}).holds(facts) for need in needs))
        return held if len(held) == 1 else ()

    def _unclear(self, name: str, tied: set[str]) -> Answer | None:
        """The question which of a list ``it`` means; None where it means an object, maybe by a guess that is noted."""
        listed = [one for one in self.discourse.plural if one in tied]
        if name in listed[1:]:  # "take the cup and the jug and bring it to Anna"
            among = labels([self.scene.objects[one] for one in listed], "or")
            return question(f"Which one do you mean by 'it': {among}? For all of them say 'them'.", "which")
        if name not in self.objects and tied & self.objects:
            self.notes.append(TakenAs())  # "put the egg in the bowl and cook it": the bowl, or the egg
        return None

    def _referred(self, noun: Noun, likely: list[str]) -> tuple[str] | Answer:
        """The id to which a pronoun refers, of which the likeliest is last; it is mentioned again."""
        somebody = noun.words in WORDS.he_or_she
        name = self.resolver.somebody(noun, Discourse(likely)) if somebody else likely[-1]
        self.discourse.mentioned += [] if isinstance(name, Answer) else [name]
        return name if isinstance(name, Answer) else (name,)

    def _single(self, parameter: str, name: str) -> bool:
        """Whether ``them`` may refer to one person who fits."""
        person = name not in self.discourse.plural and self._types.is_person(_thing(name))
        return person and not self._types.misfit(parameter, _thing(name))

    def _likelihood(self, noun: Noun, spec: SkillSpec, role: str) -> Callable[[str], tuple[int, ...]]:
        """A sort key of how likely a pronoun refers to an object: by its kind, whether it fits, and its state."""
        needs = [one for one in map(Literal.parse, spec.preconditions) if f"${role}" in one.arguments]
        effects = [one for one in map(Literal.parse, spec.effects) if one.arguments == (f"${role}",)]
        undone = [replace(one, positive=True) for one in effects if not one.positive]  # "open …, then close it again"
        told = {fact.arguments[0] for fact in self.resolver.facts if len(fact.arguments) == 1} if effects else set()

        def likelihood(name: str) -> tuple[int, ...]:
            thing = _thing(name)
            somebody, kinds = self._types.is_person(thing), (False, False)
            if noun.words in WORDS.there:
                kinds = (self._types.roomy(name), not somebody)
            elif noun.words == "it":
                kinds = (not somebody, not self._types.is_place(thing))
            fits = not self._types.misfit(role, thing), not self._types.unheld(spec, role, name)
            so = sum(one.ground({role: name}).holds(self.so) for one in (*needs, *undone, *undone))
            ready = 2 * so + (name in told) if self.so else 0  # an object with a state is preferred
            return (*kinds, *fits, self._types.likeness(spec, role, name) >= 0, self._types.usual(spec, name), ready)

        return likelihood

    def _reach(
        self, noun: Noun, gap: float | None, clause: Clause, limits: Sequence[WayLimit] = (), sense: str = "approach"
    ) -> Step | Answer:
        """A step to an object, or one that faces it, with free space and constraints on the path if stated."""
        frame = self.by_sense(sense)
        name = gap_parameter(frame.skill, self.lexicon) if frame else None
        if frame is None or (gap is not None and name is None):
            return refusal(f"I have no skill for '{clause.words}'. I can: {skills_known(self.library)}.")
        thing = self.resolver.first(noun, self.discourse)
        if isinstance(thing, Answer):
            return thing
        values: Values = {frame.roles[0].parameter: thing, **({name: gap} if gap is not None and name else {})}
        limited = self._limited(frame.skill, values, limits)
        return limited if isinstance(limited, Answer) else self._step(frame.skill, limited, _asked(clause))

    def _step(self, spec: SkillSpec, values: Values, why: str, wants: tuple[Literal, ...] = ()) -> Step | Answer:
        """A step with complete arguments, after which the expected pose and facts are updated."""
        complete = self._whose_side(spec, values) or self._complete(spec, values)
        if isinstance(complete, Answer):
            return complete
        step = Step(spec, complete, why, wants)
        self.discourse.pose = pose_after(step, self.discourse.pose, self.scene, self.lexicon)
        self.so = step.after(self.so)
        return step

    def _whose_side(self, spec: SkillSpec, values: Values) -> Answer | None:
        """The question whose side is meant, where a thing has a front of its own, and that makes a difference."""
        if FRAME in values or all(parameter.name != FRAME for parameter in spec.goal):
            return None
        side = next((value for value in values.values() if value in SIDES), "")
        thing = next((self.scene.objects[str(v)] for v in values.values() if v in self.scene.objects), None)
        if not side or thing is None or self.discourse.pose is None or not framed(str(side), thing):
            return None
        seen, own = (side_direction(str(side), thing, Viewing(f, self.discourse.pose)) for f in ("viewer", "own"))
        if abs(math.remainder(seen - own, math.tau)) <= SECTOR:
            return None
        at = [(thing.position[0] + math.cos(way), thing.position[1] + math.sin(way)) for way in (seen, own)]
        return question(
            f"Which side of the {thing.label} do you mean: {side} as I see it (towards x = {at[0][0]:.1f} m, y = "
            f"{at[0][1]:.1f} m), or its own (towards x = {at[1][0]:.1f} m, y = {at[1][1]:.1f} m)? Say 'as you see it' "
            f"or 'to the {thing.label}'s own {side}'.", "which",
        )  # fmt: skip

    def _limited(self, spec: SkillSpec, values: Values, limits: Sequence[WayLimit]) -> Values | Answer:
        """Arguments with constraints on the path; the distance from the destination is the gap that it leaves."""
        mentioned, out = list(self.discourse.mentioned), dict(values)
        name = way_parameter(spec)
        left = [one.predicate for one in map(Literal.parse, spec.effects) if one.arguments == ("robot", "*")]
        goes = any(f.skill is spec and f.sense == "approach" for frames in self.frames.values() for f in frames)
        stays = name is None and not goes and (WORDS.near_facts | WORDS.inside).isdisjoint(left)
        kept = every(self._constraint(spec, out, limit) for limit in (*limits, *(() if stays else self.whole)))
        if isinstance(kept, Answer):
            return kept
        self.discourse.mentioned[:] = mentioned  # what is kept away from is not what "it" means next
        text = way_text(filter(None, kept))
        return {**out, name: text} if name is not None and text else out

    def _constraint(self, spec: SkillSpec, values: Values, limit: WayLimit) -> WayConstraint | Answer | None:
        """A constraint on things of the scene; None where it is the gap to what the robot goes to, which is set."""
        things, gap = self.resolver.resolve(limit.noun, self.discourse), gap_parameter(spec, self.lexicon)
        if isinstance(things, Answer):
            return things
        if limit.kind == "away" and gap is not None and gap not in values and set(things) & set(values.values()):
            values[gap] = limit.distance
            things = tuple(one for one in things if one not in values.values())
        if things and (way_parameter(spec) is None or (limit.kind == "between" and len(things) != 2)):
            return refusal(f"{spec.name} does not keep to a path that is '{limit.kind}' {limit.noun.words}.")
        return WayConstraint(limit.kind, things, limit.distance) if things else None  # type: ignore[arg-type]

    def _complete(self, spec: SkillSpec, values: Values) -> Values | Answer:
        """The arguments with defaults; a refusal if one is out of range."""
        try:
            return spec.complete(values)
        except DataError as error:
            return refusal(f"{spec.name} cannot do that: {error}.")

    def _advance(self, binding: Binding, values: Values, why: str) -> Iterator[Step | Answer]:
        """Steps of a part of the way to an object: face it, then walk."""
        face, walk = self.by_sense("face"), self.by_sense("displace")
        if face is None or walk is None or binding.advance is None:
            yield refusal("I can go to a thing, but not only part of the way.")
            return
        target = values[binding.frame.roles[0].parameter]
        yield self._step(face.skill, {face.roles[0].parameter: target}, why)
        forward, sign = directional(walk.skill, self.lexicon.directions.opposites)["forward"]
        yield self._step(walk.skill, {forward: sign * binding.advance}, why)

    def _stay(self, seconds: float, spec: SkillSpec, clause: Clause) -> Step | Answer:
        """A step of waiting; where the skill leaves nothing that is true of the robot, it does not last: ``nod``."""
        made = (one.arguments for one in map(Literal.parse, spec.effects) if one.positive)
        if all(names and all(name[0] == "$" for name in names) for names in made):
            self.notes.append(TakenAs("I do that once, and then wait"))
        wait = self.by_sense("wait")
        units = {unit: 1.0 if unit == "s" else SCALES[unit][1] for unit in ("s", *SCALES) if si(unit) == "s"}
        timed = [p for p in wait.skill.goal if p.type == "number" and p.unit in units] if wait else []
        parameter = timed[0] if timed else None
        if wait is None or parameter is None:
            return refusal(f"I have no skill that waits, so I cannot do '{clause.words}' for {seconds:g} s.")
        spoken_of = round(seconds / units[parameter.unit], 9)
        complete = self._complete(wait.skill, {parameter.name: spoken_of})
        return complete if isinstance(complete, Answer) else Step(wait.skill, complete, _asked(clause))

    def by_sense(self, sense: str) -> PhraseFrame | None:
        """Returns the cheapest frame of a sense, or None."""
        return next(iter(self._of_sense(sense)), None)

    def _of_sense(self, sense: str) -> list[PhraseFrame]:
        found = (f for frames in self.frames.values() for f in frames if f.sense == sense and f.shape != "home")
        return sorted(found, key=lambda f: (spec_cost(f.skill), f.skill.name))

    def _fact(self, sense: str, usual: str, noun: Noun) -> Literal | Answer:
        """The fact that the robot is near or faces an object, in the library's predicate."""
        name = self.resolver.first(noun, self.discourse)
        if isinstance(name, Answer):
            return name
        for frame in (one for one in self._of_sense(sense) if one.roles):
            for effect in map(Literal.parse, frame.skill.effects):
                if effect.positive and effect.arguments[-1:] == (f"${frame.roles[0].parameter}",):
                    return Literal(effect.predicate, (*effect.arguments[:-1], name))
        return Literal(usual, ("robot", name))


def _beside_a_turn(frames: Sequence[PhraseFrame], chunks: Sequence[Chunk]) -> bool:
    """Whether *right* before a preposition may be the side that a verb takes: ``turn right at the gap``."""
    aside = any(isinstance(one, Thing) and one.between.startswith("right ") for one in chunks)
    return aside and any(one.shape == "angle" or any("right" in p.choices for p in one.skill.goal) for one in frames)


def _thing(name: str) -> Noun:
    return Noun("", ids=frozenset({name}))


def _divided(spec: SkillSpec, ways: Sequence[Mapping[str, float | str]], types: Types) -> Answer | None:
    """Asks where an object that is moved is to go if it has several destinations; None if each object has one."""
    owned, people = types.lexicon.clauses.held_facts, {n for n in types.scene.objects if "person" in types.types_of(n)}
    made = [one for one in map(Literal.parse, spec.effects) if one.positive and one.predicate not in owned]
    moved = {one.arguments[0][1:] for one in made if [name[:1] for name in one.arguments] == ["$", "$"]}
    for name in sorted(types.held(spec) | moved) if len(ways) > 1 else ():
        for thing in sorted({str(one.get(name)) for one in ways} - people):
            among = [one for one in ways if one.get(name) == thing]
            goals = sorted({str(value) for one in among for key, value in one.items() if key != name})
            if len(among) > 1:
                return question(f"Which one is the {thing.replace('_', ' ')} for: {listed(goals, 'or')}?", "which")
    return None


def _upon_itself(spec: SkillSpec, values: Values) -> bool:
    """Whether a skill would relate an object to itself, such as putting a pot into itself."""
    things = [values[one.name] for one in spec.goal if one.type == "object" and one.name in values]
    return len(set(things)) < len(things)


def _asked(clause: Clause) -> str:
    return f'asked: "{clause.words}"'


def pose_after(step: Step, pose: Pose2 | None, scene: SceneGraph, lexicon: Lexicon) -> Pose2 | None:
    """Returns the pose after a step, by its effects and its distances.

    Args:
        step: The step.
        pose: The pose before in ``map``, or None if unknown.
        scene: The scene.
        lexicon: Opposites of directions.
    """
    if pose is None:
        return None
    for literal in (*step.wants, *step.effects):
        thing = scene.objects.get(literal.arguments[-1]) if literal.arguments else None
        if not literal.positive or len(literal.arguments) not in (1, 2) or thing is None:
            continue
        if literal.arguments[:-1] and literal.arguments[0] in scene.objects:  # about a thing, not about the robot
            continue
        x, y, _ = thing.position
        heading = pose.yaw + pose.bearing_to(x, y)
        if literal.predicate in WORDS.near_facts:
            gap = min(pose.distance_to(x, y), thing.radius + BODY)
            pose = Pose2(x - gap * math.cos(heading), y - gap * math.sin(heading), heading)
        elif literal.predicate == "facing":
            pose = replace(pose, yaw=heading)
    return pose.compose(_displacement(step, lexicon))


def _displacement(step: Step, lexicon: Lexicon) -> Pose2:
    """The displacement of a turn or a walk, in the frame of the robot."""
    sides = directional(step.spec, lexicon.directions.opposites)
    ahead, left = (float(step.arguments.get(sides[d][0], 0.0)) if d in sides else 0.0 for d in ("forward", "left"))
    angle = angular(step.spec)
    return Pose2(ahead, left, angle[1] * float(step.arguments.get(angle[0].name, 0.0)) if angle else 0.0)
