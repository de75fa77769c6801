"""Binder: fills the slots of a frame with a clause's chunks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from skill_stack.language.clauses.binding import Binding
from skill_stack.language.clauses.measures import Measures
from skill_stack.language.clauses.roles import Types
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
from skill_stack.language.phrases.frames import PhraseFrame, Role, gap_parameter
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon import Lexicon

PASSING = frozenset({"pass", "go_along", "go_around"})
"""Senses of motion past an object that may have a destination: ``walk along the fence to the barn``."""


def rearranged(frame: PhraseFrame, chunks: tuple[Chunk, ...], receives: Callable[[Noun], bool]) -> tuple[Chunk, ...]:
    """Puts chunks into the order of a frame: "give Anna the cup" as "give the cup to Anna".

    Args:
        frame: The frame.
        chunks: The chunks in the order of the clause.
        receives: Whether a noun may mean who gets something.
    """
    words = frame.roles[1].between & WORDS.recipient if len(frame.roles) > 1 else frozenset()
    things = [chunk for chunk in chunks if isinstance(chunk, Thing)]
    bare = [one for one in things if not one.between and one.noun is not None and not one.noun.adverb]
    if not words or len(bare) != 2 or things[:2] != bare:
        return chunks
    first = bare[0].noun
    if chunks.index(bare[1]) != chunks.index(bare[0]) + 1 or first is None or not receives(first):
        return chunks  # "take the glass jar", "move the star above the moon"
    return tuple(replace(bare[0], between=min(words)) if chunk is bare[0] else chunk for chunk in chunks)


def _without_speaker(chunks: tuple[Chunk, ...]) -> tuple[Chunk, ...]:
    """Chunks without who something is made or got for, where a skill takes nobody: ``make me a table``."""
    for at, (one, after) in enumerate(zip(chunks, chunks[1:], strict=False)):
        speaks = isinstance(one, Thing) and one.noun is not None and one.noun.role == "speaker" and not one.between
        if speaks and (isinstance(after, Choice) or (isinstance(after, Thing) and not after.between)):
            return (*chunks[:at], *chunks[at + 1 :])
    return chunks


def _leaves(frame: PhraseFrame) -> bool:
    """Whether a skill takes the robot elsewhere."""
    return any(text.replace(" ", "").startswith("notnear(") for text in frame.skill.effects)


class Binder:
    """Fills the slots of frames."""

    def __init__(self, lexicon: Lexicon, types: Types) -> None:
        """Takes the lexicon, and the types of objects."""
        self._lexicon, self._types = lexicon, types
        self._measures = Measures(lexicon)
        self._beside = frozenset(lexicon.verbs.prepositions["beside"])
        groups = lexicon.verbs.prepositions
        self._via, self._through, self._onward, self._facing = (
            frozenset(groups[name]) for name in ("via", "through", "onward", "facing")
        )
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
        arranged = rearranged(frame, chunks, self._types.receives)
        given = _without_speaker(arranged)
        binding.misfit += len(given) < len(arranged)
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
            return True
        if isinstance(chunk, Times) and binding.times is None:
            binding.times = chunk.count
            return True
        if isinstance(chunk, HeadingChunk) and chunk.name == "forward" and binding.frame.roles:
            return any("to" in role.between for role in binding.frame.roles)  # not "lift the pan forward"
        return isinstance(chunk, Amount | HeadingChunk)

    def _thing(self, binding: Binding, chunk: Thing) -> bool:
        """Puts a noun phrase into the first free role with its preposition, or beside the roles."""
        noun, role = chunk.noun, self._free_role(binding, chunk)
        if role is not None:
            binding.awkward += chunk.between in ("in", "on") and self._carries(binding.frame)
            if noun is not None:
                self._fill(binding, role.parameter, noun)
            return chunk.gap is None or self._gap(binding, chunk.gap)
        beside = (
            self._at_side, self._away_from, self._on_the_way, self._only_said, self._done_beside, self._near_goal
        )  # fmt: skip
        return noun is not None and any(put(binding, chunk, noun) for put in beside)

    def _carries(self, frame: PhraseFrame) -> bool:
        """Whether a verb only tells that a thing is moved, so that a place may say where it is: ``get it in …``."""
        lines = self._lexicon.verbs.senses.get(frame.sense, ())
        return any(line.only_widens and " ".join(frame.head) in line.verbs for line in lines)

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
        binding.misfit += types.of_noun(noun, lambda name: types.unheld(spec, parameter, name))
        if noun.side and (binding.frame.sense in PASSING or {"pass", "past"} & set(binding.frame.head)):
            binding.awkward += 1  # "pass the tree on the left", but not "go to the cone on your left"
        binding.awkward += bool(noun.side) and " to " in noun.words and len(noun.ids or ()) == 1  # "turn … to the left"
        binding.awkward += noun.part and (len(binding.frame.roles) > 1 or parameter in types.held(spec))  # "lift a lid"
        like = -types.of_noun(noun, lambda name: -types.likeness(spec, parameter, name))
        binding.unlike += like < 0
        binding.liked += bool(noun.ids) and like > 0

    def _away_from(self, binding: Binding, chunk: Thing, noun: Noun) -> bool:
        """Whether a noun phrase is the origin of a motion."""
        if chunk.gap is not None or chunk.between not in self._away:
            return False
        origin = binding.frame.sense == "approach" and chunk.between == "from"
        if not origin and (binding.frame.shape != "distance" or binding.of("apart")):
            return False
        binding.around.append(("via" if origin else "apart", noun, None))
        return True

    def _on_the_way(self, binding: Binding, chunk: Thing, noun: Noun) -> bool:
        """Whether a noun phrase is a waypoint, a next destination, or to be faced at the end."""
        frame = binding.frame
        past = frame.sense in PASSING and frame.roles[0].parameter in binding.values
        via = self._via | (self._through if self._types.is_place(noun) else set())
        ways = {"via": via, "onward": self._onward | (self._goal if past else set()), "facing": self._facing}
        kind = next((name for name, words in ways.items() if chunk.between in words), "")
        if chunk.gap is not None or not kind or (kind != "facing" and not frame.roles):
            return False
        binding.around.append((kind, noun, None))
        return True

    def _done_beside(self, binding: Binding, chunk: Thing, noun: Noun) -> bool:
        """Whether a skill without an object is done beside one, in a place, or for somebody: ``tell Anna a joke``."""
        frame = binding.frame
        if frame.roles or any(isinstance(value, Noun) for value in binding.values.values()):
            return False
        speaking = frame.head[0] in self._lexicon.speech.speaking
        if noun.role == "speaker" and speaking and chunk.between in ("", "to", "for"):
            return True  # "tell me a joke": the speaker is there
        stays = frame.shape in ("plain", "duration") and not _leaves(frame)
        if not stays or not self._is_there(chunk, noun, speaking, frame):
            return False
        binding.around.append(("beside", noun, chunk.gap))
        return True

    def _is_there(self, chunk: Thing, noun: Noun, speaking: bool, frame: PhraseFrame) -> bool:
        """Whether a noun phrase states a place, or somebody who hears what is said."""
        adverb = noun.adverb and not chunk.between
        inside = chunk.between in WORDS.inside | WORDS.onto and self._types.is_place(noun)
        hears = chunk.between in ("to", "for") or (speaking and not chunk.between)
        plain = frame.shape == "plain" and not any(parameter.type == "object" for parameter in frame.skill.goal)
        somebody = plain and hears and self._types.is_person(noun) and noun.words != "it"
        return chunk.between in self._beside or adverb or inside or somebody

    def _only_said(self, binding: Binding, chunk: Thing, noun: Noun) -> bool:
        """Whether a place beside a pronoun or an instrument needs no role: ``water the fern with it``."""
        themes = [value for value in binding.values.values() if isinstance(value, Noun)]
        if len(themes) != 1 or noun.relations:  # "pour water with the jug on the fern" tells a goal besides
            return False
        place = themes[0].role in ("pronoun", "group") and self._types.is_place(noun)
        tool = not self._types.is_person(noun) if noun.ids else noun.words == "it"
        inside = place and "place" not in binding.frame.sense and not _leaves(binding.frame)  # "follow her into it"
        within = chunk.between in (*WORDS.inside, *WORDS.onto, "at")
        used = chunk.between in ("with", "using")
        known = tool if used else within and inside
        binding.unused += known
        binding.awkward += known and used and bool(noun.ids)  # a tool that is named, and that the skill does not take
        return known

    def _at_side(self, binding: Binding, chunk: Thing, noun: Noun) -> bool:
        """Puts a noun phrase into the first role, and the side of its preposition into a choice."""
        roles = binding.frame.roles
        if len(roles) != 1 or roles[0].parameter in binding.values or chunk.gap is not None:
            return False
        found = self._side_choice(binding, chunk.between)
        takes_frame = any(parameter.name == FRAME for parameter in binding.frame.skill.goal)
        if found is None or (chunk.frame is not None and not takes_frame):
            return False
        binding.values |= {found[0]: found[1], **({FRAME: chunk.frame} if chunk.frame is not None else {})}
        self._fill(binding, roles[0].parameter, noun)
        return True

    def _near_goal(self, binding: Binding, chunk: Thing, noun: Noun) -> bool:
        """Puts a noun phrase with a word for nearness into a free role of a destination; that is a guess."""
        free = [role for role in binding.frame.roles if role.parameter not in binding.values and "to" in role.between]
        if not free or chunk.gap is not None or chunk.between not in self._sides["near"]:
            return False
        self._fill(binding, free[0].parameter, noun)
        binding.awkward += 1
        return True

    def _side_choice(self, binding: Binding, between: str) -> tuple[str, str] | None:
        """The free choice of a skill that a preposition states, with its value."""
        sides = [kind for kind, words in self._sides.items() if between in words]
        names = {name for kind in sides for name in self._lexicon.nouns.same_side.get(kind, (kind,))}
        free = [p for p in binding.frame.skill.goal if p.type == "choice" and p.name not in binding.values]
        return next(((p.name, side) for p in free for side in p.choices if side in names), None)

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
                        binding.lifted += 1

    def _gap(self, binding: Binding, size: float) -> bool:
        name = gap_parameter(binding.frame.skill, self._lexicon)
        if name is None or name in binding.values:
            return False
        binding.values[name] = size
        return True

    def _needs(self, binding: Binding, pointed: set[str]) -> bool:
        """Adds missing parameters; a duration with a default is assumed. False where the destination is not stated."""
        frame = binding.frame
        between = {role.parameter: role.between for role in frame.roles}
        home = frame.roles[0].parameter if frame.shape == "home" and frame.roles else ""
        for parameter in frame.skill.goal:
            if parameter.name in (*binding.values, *binding.missing, home):
                continue
            if parameter.default is not None:
                binding.assumed += frame.shape == "duration" and parameter.unit == "s"
            elif parameter.type == "object" and binding.of("via"):
                return False  # "go through the hall": on to where?
            elif not binding.missing:
                binding.missing.append(parameter.name)
                room = between.get(parameter.name, {""})  # a lone preposition, or a verb without one
                binding.awkward = int(parameter.type == "object" and not room & {"", *pointed})
        return True


def _headings(frame: PhraseFrame, chunks: tuple[Chunk, ...]) -> list[str]:
    """The directions of a frame and its chunks; a direction replaces ``sideways``."""
    out = [frame.heading] if frame.heading else []
    for chunk in chunks:
        if isinstance(chunk, HeadingChunk):
            out = [one for one in out if one != "sideways"] + ([chunk.name] if chunk.name not in out else [])
    return out
