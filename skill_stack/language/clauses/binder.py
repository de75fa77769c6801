"""Binder: fills the slots of a frame with a clause's chunks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from skill_stack.core.world.fact import Literal
from skill_stack.language.clauses.binding import Binding
from skill_stack.language.clauses.measures import Measures
from skill_stack.language.clauses.roles import Types, rearranged
from skill_stack.language.grammar.chunks import (
    FRAME,
    Amount,
    Choice,
    Chunk,
    Gap,
    HeadingChunk,
    Noun,
    Thing,
    Times,
    WayLimit,
)
from skill_stack.language.phrases.frames import PhraseFrame, Role, gap_parameter, numeric, way_parameter
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon import Lexicon

PASSING = frozenset({"pass", "go_along", "go_around"})
"""Senses of motion past an object that may have a destination: ``walk along the fence to the barn``."""


class Binder:
    """Fills the slots of frames."""

    def __init__(self, lexicon: Lexicon, types: Types) -> None:
        """Takes the lexicon, and the types of objects."""
        self._lexicon, self._types = lexicon, types
        self._measures = Measures(lexicon)
        self._beside = frozenset(lexicon.verbs.prepositions["beside"])
        groups = lexicon.verbs.prepositions
        self._via, self._onward, self._facing = (frozenset(groups[name]) for name in ("via", "onward", "facing"))
        self._sides = {**lexicon.things.relations, "in": (*lexicon.things.relations["in"], *groups["inside"])}
        self._goal = frozenset(groups["goal"])
        self._away = frozenset(lexicon.verbs.prepositions["away"])

    def bind(self, frame: PhraseFrame, chunks: Iterable[Chunk]) -> Binding | None:
        """Puts chunks into a frame.

        Returns:
            The binding, maybe incomplete; None if a chunk does not fit.
        """
        chunks = tuple(chunks)
        binding = Binding(frame)
        given = rearranged(frame, chunks)
        amounts = [chunk for chunk in given if isinstance(chunk, Amount)]
        if (frame.amount and not amounts) or not all(self._put(binding, chunk) for chunk in given):
            return None
        self._lift(binding)
        pointed = {chunk.between for chunk in given if isinstance(chunk, Thing)}
        fits = self._measures.fit(binding, amounts, _headings(frame, given)) and self._needs(binding, pointed)
        return binding if fits else None

    def _put(self, binding: Binding, chunk: Chunk) -> bool:
        """Puts a chunk into a binding; False if it does not fit."""
        if isinstance(chunk, Thing):
            return self._thing(binding, chunk)
        if isinstance(chunk, Gap):
            return self._gap(binding, chunk.value)
        if isinstance(chunk, Choice):
            known = any(parameter.name == chunk.parameter for parameter in binding.frame.skill.goal)
            return known and binding.values.setdefault(chunk.parameter, chunk.value) == chunk.value  # one value only
        if isinstance(chunk, WayLimit):
            binding.limits.append(chunk)
            return way_parameter(binding.frame.skill) is not None
        if isinstance(chunk, Times) and binding.times is None:
            binding.times = chunk.count
            return True
        return isinstance(chunk, Amount | HeadingChunk)

    def _thing(self, binding: Binding, chunk: Thing) -> bool:
        """Puts a noun phrase into the first free role with its preposition, or beside the roles."""
        noun = chunk.noun
        if binding.frame.named and noun is not None and noun.role == "unknown":
            return False
        taken = self._into_role(binding, chunk)
        if taken is not None:
            return taken
        if noun is None:
            return False
        if self._at_side(binding, chunk) or self._away_from(binding, chunk, noun):
            return True
        if self._on_the_way(binding, chunk, noun):
            return True
        if self._only_said(binding, chunk):
            binding.unused += 1
            return True
        return self._beside_it(binding, chunk, noun)

    def _into_role(self, binding: Binding, chunk: Thing) -> bool | None:
        """Whether a noun phrase fits its role; None if no free role takes it."""
        noun, role = chunk.noun, self._free_role(binding, chunk)
        if role is None:
            return None
        if noun is not None:
            if noun.role == "list" and role is not binding.frame.roles[0] and not self._people(noun):
                return False
            self._fill(binding, role.parameter, noun)
        return chunk.gap is None or self._gap(binding, chunk.gap)

    def _free_role(self, binding: Binding, chunk: Thing) -> Role | None:
        """The first free role with the preposition of a noun phrase, or None."""
        if binding.frame.shape == "home":
            return None
        adverb = chunk.noun is not None and chunk.noun.adverb and not chunk.between
        into = chunk.between in WORDS.inside and chunk.noun is not None and self._types.is_place(chunk.noun)
        for role in binding.frame.roles:
            takes = chunk.between in role.between or adverb or (into and "to" in role.between)
            if takes and role.parameter not in binding.values:
                return role
        return None

    def _fill(self, binding: Binding, parameter: str, noun: Noun) -> None:
        """Puts a noun into a role and adds how badly it fits."""
        spec, types = binding.frame.skill, self._types
        binding.values[parameter] = noun
        binding.misfit += types.misfit(parameter, noun)
        binding.misfit += types.unheld_noun(spec, parameter, noun)
        binding.misfit += types.named.foreign_noun(spec, parameter, noun)
        binding.unlike += types.named.unlike_noun(spec, parameter, noun)
        binding.called += types.named.called(spec, parameter, noun)
        binding.awkward += self._side_meant(binding.frame, noun)

    def _people(self, noun: Noun) -> bool:
        return all(bool(part.ids) and self._types.is_person(part) for part in noun.parts)

    def _away_from(self, binding: Binding, chunk: Thing, noun: Noun) -> bool:
        """Whether a noun phrase is the origin of a motion."""
        if chunk.gap is not None and binding.frame.sense == "get_away" and binding.frame.roles:
            metres = numeric(binding.frame.skill, "m")
            if metres is not None and binding.frame.roles[0].parameter not in binding.values:
                binding.values |= {binding.frame.roles[0].parameter: noun, metres.name: chunk.gap}
                return True
        if chunk.gap is None and chunk.between in self._away:
            if binding.frame.sense == "approach" and chunk.between == "from":
                binding.via.append(noun)
                return True
            if binding.frame.shape == "distance" and binding.apart is None:
                binding.apart = noun
                return True
        return False

    def _on_the_way(self, binding: Binding, chunk: Thing, noun: Noun) -> bool:
        """Whether a noun phrase is a waypoint, a next destination, or to be faced at the end."""
        if chunk.gap is not None:
            return False
        past = binding.frame.sense in PASSING and binding.frame.roles[0].parameter in binding.values
        for words, kept in (
            (self._goal if past else frozenset(), binding.onward),
            (self._via, binding.via),
            (self._onward, binding.onward),
            (self._facing, binding.facing),
        ):
            if chunk.between in words and (kept is binding.facing or binding.frame.roles):
                kept.append(noun)
                return True
        return False

    def _beside_it(self, binding: Binding, chunk: Thing, noun: Noun) -> bool:
        """Whether a noun phrase is the place of the action, for which the skill has no role."""
        frame = binding.frame
        if self._done_beside(binding, chunk, noun):
            binding.beside.append((noun, chunk.gap))
            return True
        if frame.shape != "plain" or any(parameter.type == "object" for parameter in frame.skill.goal):
            return False
        return self._to_somebody(binding, chunk, noun)

    def _done_beside(self, binding: Binding, chunk: Thing, noun: Noun) -> bool:
        """Whether a skill without an object is done beside one, or in a place."""
        frame = binding.frame
        if frame.roles or any(isinstance(value, Noun) for value in binding.values.values()):
            return False
        adverb = noun.adverb and not chunk.between
        inside = chunk.between in WORDS.inside | WORDS.onto and self._types.is_place(noun)
        leaves = any(text.replace(" ", "").startswith("notnear(") for text in frame.skill.effects)
        there = chunk.between in self._beside or adverb or inside
        return there and frame.shape in ("plain", "duration") and not leaves

    def _to_somebody(self, binding: Binding, chunk: Thing, noun: Noun) -> bool:
        """Whether the robot first goes to the hearer, or to where a person is called."""
        speaking = binding.frame.head[0] in self._lexicon.speech.speaking
        if chunk.between not in ("to", "for") and (chunk.between or not speaking):
            return False
        if noun.role == "speaker" and speaking:
            return True  # "tell me a joke": the speaker is there
        called = chunk.between == "to" and bool(noun.ids) and not speaking  # "call a nurse to room 14"
        spoken_of = noun.role == "group" and any(self._types.is_person(one) for one in self._types.heard)
        if called or spoken_of or self._types.is_person(noun):  # "tell a joke to Anna", "tell them a joke"
            binding.beside.append((noun, None))
            return True
        return False

    def _only_said(self, binding: Binding, chunk: Thing) -> bool:
        """Whether a place beside a pronoun, an instrument or an appliance needs no role."""
        themes = [value for value in binding.values.values() if isinstance(value, Noun)]
        noun = chunk.noun
        if noun is None or len(themes) != 1:
            return False
        if chunk.between in ("with", "using"):  # "cut it with the knife", "…, and water the fern with it"
            tool = not self._types.is_person(noun) if noun.ids else noun.words == "it"
            return tool and self._handled(binding.frame)
        if chunk.between not in (*WORDS.inside, *WORDS.onto, "at"):
            return False
        pronoun = themes[0].role in ("pronoun", "group") and self._types.is_place(noun)
        return (pronoun and "place" not in binding.frame.sense) or self._done_in(binding.frame, noun)

    def _handled(self, frame: PhraseFrame) -> bool:
        """Whether a skill acts on one object without carrying it: cutting, wiping, opening."""
        effects = [Literal.parse(text) for text in frame.skill.effects]
        held = set(self._lexicon.clauses.held_facts)
        return len(frame.roles) == 1 and bool(effects) and all(len(one.arguments) == 1 for one in effects) and not (
            held & {one.predicate for one in effects}
        )  # fmt: skip

    def _done_in(self, frame: PhraseFrame, noun: Noun) -> bool:
        """Whether a skill is done in an appliance: it takes one object and neither moves nor opens it."""
        effects = [Literal.parse(text) for text in frame.skill.effects]
        moves = any(len(one.arguments) > 1 or one.predicate in ("open", "closed", "on", "running") for one in effects)
        return len(frame.roles) == 1 and not moves and self._types.appliance(noun)

    def _side_meant(self, frame: PhraseFrame, noun: Noun) -> int:
        """1 if the side of a noun rather is a choice of the skill: ``pass the tree on the left``; else 0."""
        if frame.sense not in PASSING and not {"pass", "past"} & set(frame.head):
            return 0  # "go to the cone on your left"
        return int(bool(noun.side) and any(p.type == "choice" and noun.side in p.choices for p in frame.skill.goal))

    def _at_side(self, binding: Binding, chunk: Thing) -> bool:
        """Puts a noun phrase into the first role, and the side of its preposition into a choice."""
        roles = binding.frame.roles
        if len(roles) != 1 or roles[0].parameter in binding.values or chunk.noun is None or chunk.gap is not None:
            return False
        sides = [kind for kind, words in self._sides.items() if chunk.between in words]
        names = {name for kind in sides for name in self._lexicon.nouns.same_side.get(kind, (kind,))}
        free = [p for p in binding.frame.skill.goal if p.type == "choice" and p.name not in binding.values]
        found = next(((p.name, side) for p in free for side in p.choices if side in names), None)
        if found is None:
            return False
        if not self._framed(binding, chunk):
            return False
        binding.values[found[0]] = found[1]
        binding.values[roles[0].parameter] = chunk.noun
        binding.misfit += self._types.misfit(roles[0].parameter, chunk.noun)
        return True

    def _framed(self, binding: Binding, chunk: Thing) -> bool:
        """Puts the frame of a side into the skill's parameter for it; False where it has none."""
        if chunk.frame is None:
            return True
        binding.values[FRAME] = chunk.frame
        return any(parameter.name == FRAME for parameter in binding.frame.skill.goal)

    def _lift(self, binding: Binding) -> None:
        """Moves a relation of a noun into a free optional role: ``take the cup from the table``."""
        optional = {p.name for p in binding.frame.skill.goal if p.default is not None} - set(binding.values)
        for role in (one for one in binding.frame.roles if one.parameter in optional):
            for name, noun in list(binding.values.items()):
                if not isinstance(noun, Noun):
                    continue
                for at, where in enumerate(noun.relations):
                    words = self._lexicon.things.relations.get(where.kind, ())
                    fits = role.between & set(words) and not self._types.misfit(role.parameter, where.noun)
                    if fits and where.positive and role.parameter not in binding.values:
                        soft = (*noun.relations[:at], replace(where, soft=True), *noun.relations[at + 1 :])
                        binding.values[name] = replace(noun, relations=soft)
                        binding.values[role.parameter] = where.noun
                        binding.sources[role.parameter] = (name, where)
                        binding.lifted += 1

    def _gap(self, binding: Binding, size: float) -> bool:
        name = gap_parameter(binding.frame.skill, self._lexicon)
        if name is None or name in binding.values:
            return False
        binding.values[name] = size
        return True

    def _pointed(self, binding: Binding, parameter: str, pointed: set[str]) -> bool:
        """Whether a clause leaves room for an object: a lone preposition, or a verb without one."""
        role = next((role for role in binding.frame.roles if role.parameter == parameter), None)
        return role is None or "" in role.between or bool(role.between & pointed)

    def _needs(self, binding: Binding, pointed: set[str]) -> bool:
        """Adds missing parameters; a duration with a default is assumed. False if the clause is unfinished."""
        for parameter in binding.frame.skill.goal:
            if parameter.name in binding.values or parameter.name in binding.missing:
                continue
            if (
                binding.frame.shape == "home"
                and binding.frame.roles
                and parameter.name == binding.frame.roles[0].parameter
            ):
                continue
            if parameter.default is None:
                if parameter.type == "choice" and self._unfinished(binding.frame):
                    return False  # "walk in a": the choice is missing, and other words follow
                if not binding.missing:
                    binding.missing.append(parameter.name)
                    binding.awkward = int(
                        parameter.type == "object" and not self._pointed(binding, parameter.name, pointed)
                    )
            elif binding.frame.shape == "duration" and parameter.unit == "s":
                binding.assumed += 1
        return True

    def _unfinished(self, frame: PhraseFrame) -> bool:
        """Whether the words of a frame end with an article or preposition."""
        return frame.head[-1] in {*self._lexicon.small.articles, *WORDS.inside, *WORDS.onto}


def _headings(frame: PhraseFrame, chunks: tuple[Chunk, ...]) -> list[str]:
    """The directions of a frame and its chunks; a direction replaces ``sideways``."""
    out = [frame.heading] if frame.heading else []
    for chunk in chunks:
        if isinstance(chunk, HeadingChunk):
            out = [one for one in out if one != "sideways"] + ([chunk.name] if chunk.name not in out else [])
    return out
