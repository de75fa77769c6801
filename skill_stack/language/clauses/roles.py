"""Roles: which objects fit which parameters, by word order and by type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.world.fact import Literal
from skill_stack.core.world.scene import SceneGraph
from skill_stack.language.clauses.binding import UNKNOWN
from skill_stack.language.grammar.chunks import Noun
from skill_stack.language.phrases.parameter_kinds import own_nouns
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.text import name_words


def kinds_of(library: Iterable[SkillSpec]) -> dict[str, str]:
    """Returns the kind of each parameter name of a library, where all skills state the same."""
    said: dict[str, set[str]] = {}
    for parameter in (one for spec in library for one in spec.goal if one.type == "object"):
        said.setdefault(parameter.name, set()).add(parameter.kind.casefold())
    return {name: min(kinds) for name, kinds in said.items() if len(kinds) == 1 and kinds != {""}}


def nouns_of(library: Iterable[SkillSpec]) -> frozenset[str]:
    """Returns the nouns by which a library names what its parameters take."""
    return frozenset(noun for spec in library for one in spec.goal if one.type == "object" for noun in one.nouns)


@dataclass(frozen=True, slots=True)
class Types:
    """Which objects fit which parameters, by names of parameters and kinds of objects.

    Attributes:
        lexicon: The types.
        scene: The scene.
        heard: Earlier noun phrases of the instruction, as antecedents.
        kinds: Kinds that the library states, by name of parameter; see :func:`kinds_of`.
        named: Nouns by which the library names what its parameters take.
    """

    lexicon: Lexicon
    scene: SceneGraph
    heard: tuple[Noun, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)
    named: frozenset[str] = frozenset()
    _types: dict[str, set[str]] = field(default_factory=dict, repr=False, compare=False)
    _nouns_of: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict, repr=False, compare=False)
    _wanted: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def receiving(self) -> frozenset[str]:
        """Last words of the names of parameters that take destinations, among others."""
        return WORDS.receiving | self.lexicon.skill_names.place_nouns

    def misfit(self, parameter: str, noun: Noun) -> int:
        """Returns 0 if a noun may fit a parameter, else 1, 2 where a person is needed, or ``UNKNOWN`` for an unknown
        noun.
        """
        person = self.wanted(parameter) == "person"
        open_ = person or parameter.casefold() in WORDS.open_to_people
        if noun.role == "unknown":
            return UNKNOWN
        if noun.role == "list":
            return max(self.misfit(parameter, part) for part in noun.parts)
        if noun.role == "speaker":
            return int(not person)
        if noun.words in WORDS.him_or_her:
            return int(not open_)
        if noun.role in ("pronoun", "group"):
            return self._misfit_of_pronoun(noun, person, open_)
        return self.of_noun(noun, lambda name: self._misfit_of_thing(parameter, name, open_))

    def _misfit_of_pronoun(self, noun: Noun, person: bool, open_: bool) -> int:
        """The same for ``it``, ``there`` and ``them``, by what was named before."""
        if noun.role == "pronoun" and (noun.words == "it" or noun.adverb):
            return 2 * person
        if person and noun.role == "group" and self.heard:
            return 2 * (not any(self.is_person(one) for one in self.heard))
        group = noun.role == "group"
        things = (one for one in self.heard if one.ids is not None and not self.is_place(one))
        named = [one for one in self.heard if one.several] if group else list(things)
        return int(bool(named) and self.is_person(named[-1]) and not open_)

    def _misfit_of_thing(self, parameter: str, name: str, open_: bool) -> int:
        wanted, kinds = self.wanted(parameter), self.types_of(name)
        if wanted == "person":
            return 2 * ("person" not in kinds)  # a cupboard is a surface, no recipient
        if "person" in kinds:
            return int(not open_)
        known = bool(kinds) or self.scene.objects[name].kind == "place"
        return int(bool(wanted) and wanted not in kinds and known)

    def absurd(self, parameter: str, name: str) -> bool:
        """Whether an object clearly does not fit a parameter: nobody escorts an apple."""
        thing, wanted, last = self.scene.objects.get(name), self.wanted(parameter), self.words(parameter)[-1]
        if thing is None:
            return False
        if wanted in ("container", "surface"):
            return "person" in self.types_of(name)  # a person is no container
        if last in ("room", "rooms"):
            return thing.kind != "place"  # a desk is no room
        if wanted == "device":
            return thing.kind == "place" or "person" in self.types_of(name)
        if wanted != "person" or "person" in self.types_of(name):
            return False
        alive = frozenset(self.lexicon.things.types["alive"].kinds)
        return (thing.kind == "place" or not self._kinds(name) & alive) and any(
            "person" in self.types_of(one) for one in self.scene.objects
        )

    def unfit(self, parameter: str, name: str, free: bool) -> bool:
        """Whether a step that search adds would make no sense with an object.

        Args:
            parameter: Name of the parameter.
            name: Id of the object.
            free: Whether the object is not determined; then nothing is put down on small objects.
        """
        last, known = self.words(parameter)[-1], name in self.scene.objects
        receives = self.wanted(parameter) in ("surface", "container", "person") or last in self.receiving
        cramped = known and not self.roomy(name) and any(map(self.roomy, self.scene.objects))
        return self.absurd(parameter, name) or (free and receives and cramped)

    def roomy(self, name: str) -> bool:
        """Whether any object can be put down at this one."""
        thing = self.scene.objects[name]
        kinds = self._kinds(name)
        return thing.kind == "place" or bool(kinds & set(self.lexicon.things.types["support"].kinds))

    def likeness(self, spec: SkillSpec, parameter: str, name: str) -> int:
        """Returns 1 if an object has one of the nouns of a parameter, -1 if others here have one but it has none."""
        thing, nouns = self.scene.objects.get(name), self._nouns(spec, parameter)
        if thing is None or not nouns:
            return 0
        return -1 if nouns.isdisjoint(self.lexicon.kind_nouns.nouns_of(thing)) else 1

    def strange(self, spec: SkillSpec, parameter: str, name: str) -> int:
        """Returns 1 if an object is of a kind that other parameters name, and of none that this one names, else 0."""
        words, nouns = self.lexicon.skill_names, set(spec.parameter(parameter).nouns)
        vague = words.abstract | words.place_nouns
        nouns -= words.abstract  # "device: the sweeper"
        if not nouns or nouns & vague or name not in self.scene.objects:
            return 0
        own = self.lexicon.kind_nouns.nouns_of(self.scene.objects[name])
        of_this = not own.isdisjoint(nouns | self.lexicon.kind_nouns.shared(nouns))
        return int(not of_this and not own.isdisjoint(self.named - vague))

    def foreign(self, spec: SkillSpec, parameter: str, name: str) -> bool:
        """Whether an object is certainly not of the kind of a parameter, because its own kind is known."""
        if self.likeness(spec, parameter, name) >= 0:
            return False
        thing = self.scene.objects[name]
        if thing.kind != "place":
            return bool(self.lexicon.kind_nouns.general(thing))
        # If another room has one of the nouns, the parameter takes rooms, and may take this one.
        rooms = (one for one in self.scene.objects.values() if one.kind == "place" and one.id != name)
        return all(self.likeness(spec, parameter, one.id) < 0 for one in rooms)

    def usual(self, spec: SkillSpec, name: str) -> bool:
        """Returns whether an object is of a type that a skill's verb is for: a lamp is switched on, a drawer closed."""
        verbs = {f"{verb} " for kind in self.types_of(name) for verb in self.lexicon.things.types[kind].verbs}
        return any(phrase.startswith(tuple(verbs)) for phrase in spec.phrases)

    def _nouns(self, spec: SkillSpec, parameter: str) -> frozenset[str]:
        """The nouns of a parameter, if an object here has one of them; empty for generic nouns and rooms."""
        key = spec.name, parameter
        if key not in self._nouns_of:
            found = next((one for one in spec.goal if one.name == parameter and one.nouns), None)
            words = self.lexicon.skill_names
            own = own_nouns(found, words.small) if found is not None else set()
            own = set(found.nouns) if found is not None and own & (words.general | words.abstract) else own
            own = set() if own & (words.abstract | words.place_nouns) else own
            here = (self.lexicon.kind_nouns.nouns_of(one) for one in self.scene.objects.values())
            known = bool(own) and any(not one.isdisjoint(own) for one in here)
            said = frozenset(found.nouns) if known and found is not None else frozenset[str]()
            self._nouns_of[key] = said | self.lexicon.kind_nouns.shared(said)
        return self._nouns_of[key]

    def held(self, spec: SkillSpec) -> frozenset[str]:
        """Returns the parameters for objects that a skill holds or releases.

        They are arguments of facts of holding, ``holding(robot, $item)``.
        """
        facts = map(Literal.parse, (*spec.preconditions, *spec.effects))
        words = self.lexicon.clauses.held_facts
        named = [one.arguments[1:] or one.arguments for one in facts if one.predicate in words]
        return frozenset(p.name for p in spec.goal if p.type == "object" and any(f"${p.name}" in one for one in named))

    def unheld(self, spec: SkillSpec, parameter: str, name: str) -> int:
        """Returns 0 if a skill can hold an object, 1 for furniture, more for fixed objects."""
        thing = self.scene.objects.get(name)
        if thing is None or thing.movable:
            return 0
        if parameter not in self.held(spec):
            moved = any(text.replace(" ", "").partition("(")[2].startswith(f"${parameter},") for text in spec.effects)
            return 2 * (moved and thing.kind == "place")  # a room is not pushed into another one
        if self.is_person(Noun("", ids=frozenset({name}))):
            return UNKNOWN * (self.wanted(parameter) != "person")
        kinds = self._kinds(name)
        types = self.lexicon.things.types
        if thing.kind == "place" or kinds & {*types["fixed"].kinds, *types["person"].kinds}:
            return 2
        if kinds & set(types["furniture"].kinds):
            return 1
        if self.lexicon.kind_nouns.general(thing):
            return 0
        return int(any(one.movable for one in self.scene.objects.values()))  # the scene tells what can be carried

    def of_noun(self, noun: Noun, judged: Callable[[str], int]) -> int:
        """Returns how badly a noun fits by a judgement on ids: the least of its objects, the worst of a list."""
        if noun.role == "list":
            return max((self.of_noun(part, judged) for part in noun.parts), default=0)
        return min(map(judged, noun.ids), default=0) if noun.ids else 0

    def _kinds(self, name: str) -> set[str]:
        kind = self.scene.objects[name].kind.replace("_", " ")
        if name.replace("_", " ").casefold().split()[0] in self.lexicon.skill_names.like_another:
            return {name.replace("_", " ").casefold()}  # a toy car is no car, whatever its kind
        types, last = self.lexicon.things.types, kind.split()[-1]
        person = last in types["person"].kinds and any(kind in one.kinds for one in types.values())
        alone = person or kind.split()[0] in self.lexicon.skill_names.like_another
        return {kind} if alone else {kind, last}  # a vacuum cleaner is no cleaner

    def is_place(self, noun: Noun) -> bool:
        """Whether a noun means places only."""
        if noun.parts:
            return all(self.is_place(part) for part in noun.parts)
        return noun.ids is not None and all(self.scene.objects[name].kind == "place" for name in noun.ids)

    def is_person(self, noun: Noun) -> bool:
        """Whether a noun may mean a person: by its kind, or as a pronoun."""
        if noun.role == "list":
            return all(self.is_person(part) for part in noun.parts)
        if noun.ids is not None:
            return any("person" in self.types_of(name) for name in noun.ids)
        return noun.role in ("pronoun", "speaker")

    def receives(self, noun: Noun) -> bool:
        """Whether a noun before another one may mean who gets it: a pronoun, or what is neither moved nor a place."""
        things = [self.scene.objects[name] for name in noun.ids or ()]
        return not things or any(self.is_person(noun) or not (one.movable or one.kind == "place") for one in things)

    def wanted(self, parameter: str) -> str:
        """Returns the type of a parameter by its name, or an empty string."""
        if parameter not in self._wanted:
            types = self.lexicon.things.types.items()
            words = self.words(parameter)
            if words[-1] in self.lexicon.skill_names.place_nouns:
                words = []  # "person_place" is a place
            kinds = (name for name, one in types if any(word in one.parameters for word in words))
            self._wanted[parameter] = next(kinds, "")
        return self._wanted[parameter]

    def words(self, parameter: str) -> list[str]:
        """Returns the words of a parameter's name, and of its kind in the library."""
        return [*name_words(parameter), *self.kinds.get(parameter, "").split()]

    def types_of(self, name: str) -> set[str]:
        """Returns the types of an object by its kind."""
        if name not in self._types:
            types = self.lexicon.things.types.items()
            wanted = ((type_name, one.kinds) for type_name, one in types if one.parameters and type_name != "alive")
            kinds = self._kinds(name)
            self._types[name] = {type_name for type_name, some in wanted if not kinds.isdisjoint(some)}
        return self._types[name]
