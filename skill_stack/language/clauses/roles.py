"""Roles: which objects fit which parameters, by word order and by type."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.world.fact import Literal
from skill_stack.core.world.scene import SceneGraph
from skill_stack.language.clauses.binding import UNKNOWN
from skill_stack.language.clauses.called_for import CalledFor
from skill_stack.language.grammar.chunks import Chunk, Noun, Thing
from skill_stack.language.phrases.frames import PhraseFrame
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.name_words import name_words


def rearranged(frame: PhraseFrame, chunks: tuple[Chunk, ...]) -> tuple[Chunk, ...]:
    """Puts chunks into the order of a frame: "give Anna the cup" as "give the cup to Anna".

    Args:
        frame: The frame.
        chunks: The chunks in the order of the clause.
    """
    things = [chunk for chunk in chunks if isinstance(chunk, Thing)]
    bare = [thing for thing in things if not thing.between and thing.noun is not None]
    if len(bare) == 3 and _adverb(bare[2]):
        bare = bare[:2]  # "give him the book there"
    given = _given(frame, things, bare)
    if given is not None:
        return tuple(given if chunk is bare[0] else chunk for chunk in chunks)
    return chunks


def _given(frame: PhraseFrame, things: list[Thing], bare: list[Thing]) -> Thing | None:
    """The recipient of two noun phrases without prepositions, with the frame's preposition; or None."""
    words = frame.roles[1].between & WORDS.recipient if len(frame.roles) > 1 else frozenset()
    if not words or len(bare) != 2 or things[:2] != bare or _adverb(bare[1]):  # "bring it here"
        return None
    return replace(bare[0], between=min(words))


def _adverb(thing: Thing) -> bool:
    """Whether an object is named by an adverb: ``here``."""
    return thing.noun is not None and thing.noun.adverb


def kinds_of(library: Iterable[SkillSpec]) -> dict[str, str]:
    """Returns the kind of each parameter name of a library, where all skills state the same."""
    said: dict[str, set[str]] = {}
    for parameter in (one for spec in library for one in spec.goal if one.type == "object"):
        said.setdefault(parameter.name, set()).add(parameter.kind.casefold())
    return {name: min(kinds) for name, kinds in said.items() if len(kinds) == 1 and kinds != {""}}


_TAKES = re.compile(
    r"(take|grab|grasp|pick|lift|collect|retrieve|get|fetch|seize|clutch|hold)"
    r"\s?(up|hold of|item|object|thing|product)?\s*\{"
)
"""Phrases of skills that take an object into the hand."""


@dataclass(frozen=True, slots=True)
class Types:
    """Which objects fit which parameters, by names of parameters and kinds of objects.

    Attributes:
        lexicon: The types.
        scene: The scene.
        heard: Earlier noun phrases of the instruction, as antecedents.
        kinds: Kinds that the library states, by name of parameter; see :func:`kinds_of`.
    """

    lexicon: Lexicon
    scene: SceneGraph
    heard: tuple[Noun, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)
    _types: dict[str, set[str]] = field(default_factory=dict, repr=False, compare=False)
    _wanted: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def receiving(self) -> frozenset[str]:
        """Last words of the names of parameters that take destinations, among others."""
        return WORDS.receiving | self.lexicon.skill_names.place_nouns

    def misfit(self, parameter: str, noun: Noun) -> int:
        """Returns 0 if a noun may fit a parameter, else 1, 2 where a person is needed, or ``UNKNOWN`` for an unknown
        noun.
        """
        if noun.role == "unknown":
            return UNKNOWN
        if noun.role in ("pronoun", "group"):
            return self._misfit_of_pronoun(parameter, noun)
        wanted = self.wanted(parameter)
        if noun.words in WORDS.him_or_her:
            return int(wanted != "person" and not self._open(parameter))
        if noun.role == "list":
            return max(self.misfit(parameter, part) for part in noun.parts)
        if noun.role == "speaker":
            return int(wanted != "person")
        if noun.ids is None or noun.role != "thing":
            return 0
        return self._misfit_of_things(parameter, noun.ids)

    def _misfit_of_pronoun(self, parameter: str, noun: Noun) -> int:
        person = self.wanted(parameter) == "person"
        if noun.role == "pronoun" and (noun.words == "it" or noun.adverb):  # "it", "there"
            return 2 * person
        if noun.role == "group" and self.heard:
            return self._misfit_of_group(parameter)
        if noun.words in WORDS.him_or_her:
            return int(not person and not self._open(parameter))
        themes = [one for one in self.heard if one.ids is not None and not self.is_place(one)]
        meant = noun.words != "there" and bool(themes) and self.is_person(themes[-1])
        return self.misfit(parameter, themes[-1]) if meant else 0

    def _misfit_of_group(self, parameter: str) -> int:
        """The same for ``them`` with earlier noun phrases."""
        if self.wanted(parameter) == "person":
            return 2 * (not any(self.is_person(one) for one in self.heard))
        several = next((one for one in reversed(self.heard) if one.several), None)
        return int(several is not None and self.is_person(several) and not self._open(parameter))

    def _misfit_of_things(self, parameter: str, ids: frozenset[str]) -> int:
        wanted = self.wanted(parameter)
        found = {self._of(name) for name in ids}
        if self.words(parameter)[-1] == "room" and ids and all(self.absurd(parameter, one) for one in ids):
            return 1  # a skill for rooms does not wipe a table
        if wanted == "person" and wanted not in found:
            return 2  # a cupboard is a surface, no recipient
        if "person" in found:
            return int(wanted != "person" and not self._open(parameter))
        fits = not wanted or any(wanted in self._all(name) for name in ids)
        return int(not fits and bool(found - {""}))

    def absurd(self, parameter: str, name: str) -> bool:
        """Whether an object clearly does not fit a parameter: nobody escorts an apple.

        Args:
            parameter: Name of the parameter.
            name: Id of the object.
        """
        thing, wanted, last = self.scene.objects.get(name), self.wanted(parameter), self.words(parameter)[-1]
        if thing is None:
            return False
        if wanted in ("container", "surface"):
            return "person" in self._all(name)  # a person is no container
        if thing.kind == "place" and last in self.lexicon.skill_names.no_room:
            return True
        if last in ("room", "rooms"):
            return thing.kind != "place" and (bool(self._all(name)) or self._placed())  # a desk is no room
        if wanted == "device":
            return thing.kind == "place" or "person" in self._all(name)
        if wanted != "person" or "person" in self._all(name):
            return False
        alive = frozenset(self.lexicon.things.types["alive"].kinds)
        return (thing.kind == "place" or not self._kinds(name) & alive) and self._peopled()

    def _placed(self) -> bool:
        return any(one.kind == "place" and one.id != "start" for one in self.scene.objects.values())

    def _peopled(self) -> bool:
        if "" not in self._types:
            self._types[""] = {"person"} if any("person" in self._all(name) for name in self.scene.objects) else set()
        return bool(self._types[""])

    def certain(self, parameter: str, name: str) -> bool:
        """Whether an object certainly has the type of a parameter.

        Args:
            parameter: Name of the parameter.
            name: Id of the object.
        """
        return self.wanted(parameter) in self._all(name)

    def unfit(self, parameter: str, name: str, free: bool) -> bool:
        """Whether a step that search adds would make no sense with an object.

        Args:
            parameter: Name of the parameter.
            name: Id of the object.
            free: Whether the object is not determined; then nothing is put down on small objects.
        """
        return self.absurd(parameter, name) or (free and self._cramped(parameter, name))

    def _cramped(self, parameter: str, name: str) -> bool:
        """Whether a parameter takes supports, and an object has no room for others."""
        words = self.words(parameter)
        receives = self.wanted(parameter) in ("surface", "container", "person") or words[-1] in self.receiving
        if not receives or name not in self.scene.objects or self.roomy(name):
            return False
        return any(self.roomy(other) for other in self.scene.objects)

    def roomy(self, name: str) -> bool:
        """Whether any object can be put down at this one."""
        thing = self.scene.objects[name]
        kinds = self._kinds(name)
        return thing.kind == "place" or bool(kinds & set(self.lexicon.things.types["support"].kinds))

    @property
    def named(self) -> CalledFor:
        """The check by nouns of the library."""
        return CalledFor(self.lexicon.kind_nouns, self.scene, self._wanted, self.lexicon.skill_names)

    def held(self, spec: SkillSpec) -> frozenset[str]:
        """Returns the parameters for objects that a skill holds or releases.

        They are arguments of facts of holding, ``holding(robot, $item)``, or of the effects of a taking skill that
        needs a free hand and fills it.
        """
        before, effects = list(map(Literal.parse, spec.preconditions)), list(map(Literal.parse, spec.effects))
        words = self.lexicon.clauses.held_facts
        named = [one.arguments[1:] or one.arguments for one in (*before, *effects) if one.predicate in words]
        if self.takes(spec) and _fills_the_hand(before, effects):
            named += [one.arguments for one in effects if one.positive]
        return frozenset(p.name for p in spec.goal if p.type == "object" and any(f"${p.name}" in one for one in named))

    def takes(self, spec: SkillSpec) -> bool:
        """Whether a skill takes objects, by its phrases or its name."""
        said = spec.phrases or (f"{spec.name} {{}}",)
        return any(_TAKES.match(text.casefold().replace("_", " ")) for text in said)

    def unheld(self, spec: SkillSpec, parameter: str, name: str) -> int:
        """Returns 0 if a skill can hold an object, 1 for furniture, more for fixed objects.

        Args:
            spec: The skill.
            parameter: Name of its parameter.
            name: Id of the object.
        """
        thing = self.scene.objects.get(name)
        if thing is None or thing.movable:
            return 0
        if parameter not in self.held(spec):
            return 0
        if self.is_person(Noun("", ids=frozenset({name}))):
            return UNKNOWN * (self.wanted(parameter) != "person")
        kinds = self._kinds(name)
        types = self.lexicon.things.types
        if thing.kind == "place" or kinds & {*types["fixed"].kinds, *types["person"].kinds}:
            return 2
        return int(bool(kinds & set(types["furniture"].kinds)))

    def unheld_noun(self, spec: SkillSpec, parameter: str, noun: Noun) -> int:
        """The same for a noun: the least of its objects, the worst of a list."""
        if noun.role == "list":
            return max((self.unheld_noun(spec, parameter, part) for part in noun.parts), default=0)
        return min((self.unheld(spec, parameter, name) for name in noun.ids), default=0) if noun.ids else 0

    def _kinds(self, name: str) -> set[str]:
        kind = self.scene.objects[name].kind.replace("_", " ")
        if name.replace("_", " ").casefold().split()[0] in self.lexicon.skill_names.like_another:
            return {name.replace("_", " ").casefold()}  # a toy car is no car, whatever its kind
        return {kind} if kind.split()[0] in self.lexicon.skill_names.like_another else {kind, kind.split()[-1]}

    def appliance(self, noun: Noun) -> bool:
        """Whether a noun means an appliance for other objects, such as a stove."""
        kinds = {self.scene.objects[name].kind.replace("_", " ") for name in noun.ids or ()}
        return bool(kinds) and kinds <= set(self.lexicon.things.appliances)

    def is_place(self, noun: Noun) -> bool:
        """Whether a noun means places only."""
        return noun.ids is not None and all(self.scene.objects[name].kind == "place" for name in noun.ids)

    def is_person(self, noun: Noun) -> bool:
        """Whether a noun may mean a person: by its kind, or as a pronoun."""
        if noun.role == "list":
            return all(self.is_person(part) for part in noun.parts)
        if noun.ids is not None:
            return any(self._of(name) == "person" for name in noun.ids)
        return noun.role in ("pronoun", "speaker")

    def _open(self, parameter: str) -> bool:
        return parameter.casefold() in WORDS.open_to_people

    def wanted(self, parameter: str) -> str:
        """Returns the type of a parameter by its name, or an empty string."""
        types = self.lexicon.things.types.items()
        words = self.words(parameter)
        if words[-1] in self.lexicon.skill_names.place_nouns:
            words = []  # "person_place" is a place
        return next((name for name, one in types if any(word in one.parameters for word in words)), "")

    def words(self, parameter: str) -> list[str]:
        """Returns the words of a parameter's name, and of its kind in the library."""
        return [*name_words(parameter), *self.kinds.get(parameter, "").split()]

    def _all(self, name: str) -> set[str]:
        if name not in self._types:
            types = self.lexicon.things.types.items()
            wanted = ((type_name, one.kinds) for type_name, one in types if one.parameters and type_name != "alive")
            kinds = self._kinds(name)
            self._types[name] = {type_name for type_name, some in wanted if not kinds.isdisjoint(some)}
        return self._types[name]

    def _of(self, name: str) -> str:
        """One type of an object, ``place`` for places, or an empty string."""
        if self.scene.objects[name].kind == "place":
            return "place"
        return next(iter(sorted(self._all(name))), "")


def _fills_the_hand(before: list[Literal], effects: list[Literal]) -> bool:
    """Whether a skill needs a free hand and fills it: ``hand_empty(robot)``, ``not bears(robot, *)``."""
    made = {one.predicate for one in effects if one.positive}
    gone = {(one.predicate, one.arguments) for one in effects if not one.positive}
    plain = [one for one in before if one.positive and not any("$" in a for a in one.arguments)]
    nothing = [one for one in before if not one.positive and "*" in one.arguments]
    return any((one.predicate, one.arguments) in gone for one in plain) or any(one.predicate in made for one in nothing)
