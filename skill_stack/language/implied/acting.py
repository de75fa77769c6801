"""Acting: with which skill and which things a deed is done for one remark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from skill_stack.core.skill import SkillSpec
from skill_stack.language.clauses.roles import Types
from skill_stack.language.implied.abilities import Abilities, Ability
from skill_stack.language.implied.doing import Do
from skill_stack.language.implied.hearing import Told
from skill_stack.language.implied.listening import listener
from skill_stack.language.implied.ontology import Ontology
from skill_stack.language.implied.remark import Remark
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.name_words import name_words

MOST_THINGS = 3
"""Things of one function that are tried, the best first."""

OPPOSITE = {"on": "on", "off": "off", "open": "open", "close": "closed", "lock": "locked"}
"""Deeds on things that are so already are not done."""

BEFORE = {"on": "off", "off": "on", "open": "closed", "close": "open"}
"""States from which deeds lead away."""

FIXED = frozenset(("on", "off", "open", "close", "wipe", "mop", "water", "adjust", "lock"))
"""Deeds that are done where a thing stands, so that it must be in the room that is spoken of."""

NO_ROOMS = frozenset(("open", "close", "on", "off", "wipe"))
"""Deeds on things that are never done with a whole room."""

ROOMS = frozenset("room rooms cabin ward hall area into section department".split())
"""Words of parameters for a room, so that who is led to a bed is led to its room."""

HANDLING = frozenset(("give", "pick", "put", "tidy", "throw"))
"""Deeds by which a thing is carried."""

FORBIDDING = "no *"
"""What is said to who does what is not allowed: the choice with ``no`` that speaks of it."""

SMALL = frozenset("a an the of in on at to and or with for is are be am has have it your you we please".split())
"""Words that tell no topic."""


@dataclass(slots=True)
class Acting:
    """Finds skills and things for deeds.

    Attributes:
        abilities: What the library can do.
        lexicon: Types of parameters and things.
        remark: What was said.
        ontology: What is known of implied goals.
        settled: Whether something that would have helped turned out to be so already.
    """

    abilities: Abilities
    lexicon: Lexicon
    remark: Remark
    ontology: Ontology
    types: Types = field(init=False)
    settled: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        """Makes what tells which things fit."""
        self.types = Types(self.lexicon, self.remark.around.scene)

    def ways(self, do: Do, told: Told) -> Iterator[tuple[SkillSpec, Mapping[str, str]]]:
        """Skills with arguments that do a deed, the best first.

        Args:
            do: The deed and what it is done with.
            told: The situation.
        """
        for ability in self.abilities.of(do.deed):
            yield from self._with(ability, do, told)

    def _with(self, ability: Ability, do: Do, told: Told) -> Iterator[tuple[SkillSpec, Mapping[str, str]]]:
        """Arguments for one skill."""
        given: dict[str, str] = dict(ability.chosen)
        if ability.person:
            person = self._person(do)
            if not person or not (person in self.remark.words.people or person == self.remark.around.speaker):
                return
            given[ability.person] = person
        if ability.topic:
            topic = self._topic(ability, do.topics)
            if not topic:
                return
            given[ability.topic] = topic
        if not ability.things:
            yield ability.spec, given
            return
        for name in self._candidates(do.deed, do.first or "x", told):
            name = self._place(ability, do.deed, name)
            found = given | {ability.things[0]: name}
            if not do.second:
                if len(ability.things) == 1 and self._fits(ability, found):
                    yield ability.spec, found
                continue
            for place in self._candidates("to", do.second, told, name) if len(ability.things) == 2 else ():
                both = found | {ability.things[1]: place}
                if place != name and self._fits(ability, both) and not self._stranger(ability, place):
                    yield ability.spec, both

    def _person(self, do: Do) -> str:
        """For whom a deed is; an empty string for nobody who is here."""
        if do.other:
            return self._other()
        return listener(self.remark) if do.deed == "notice" else self.remark.beneficiary()[0]

    def _place(self, ability: Ability, deed: str, name: str) -> str:
        """A thing, or its room where somebody is led to rooms."""
        parameter = next(one for one in ability.spec.goal if one.name == ability.things[0])
        rooms = ROOMS & {*name_words(parameter.name), *name_words(parameter.kind)}
        return (self.remark.around.room(name) or name) if deed == "escort" and rooms else name

    def _stranger(self, ability: Ability, place: str) -> bool:
        """Whether another skill is made for such a place: what is put *in* a freezer is not put *on* it."""
        own = self.types.certain(ability.things[1], place)
        others = (one for one in self.abilities.of("put") if len(one.things) == 2)
        return not own and any(self.types.certain(one.things[1], place) for one in others)

    def _candidates(self, deed: str, what: str, told: Told, moved: str = "") -> Sequence[str]:
        """Things that an argument may be, the best first."""
        around = self.remark.around
        if what == "x":
            return told.things if deed == "to" else self._usable(deed, self._doors(deed, told.things))
        if what == "other":
            return [one for one in (self._other(),) if one]
        if what == "room":
            return [room for room in (self._room(told),) if room]
        if what == "home":
            return self._homes(moved)[:MOST_THINGS]
        names = [name for name in around.serving(what) if name != moved]
        if deed == "to":
            return self._nearest(names, around.room(moved))[:MOST_THINGS]
        return self._usable(deed, names)[:MOST_THINGS]

    def _doors(self, deed: str, names: Sequence[str]) -> list[str]:
        """Things, with the doors of a room in its place where it is to be opened or closed."""
        around, out = self.remark.around, []
        for name in names:
            out.append(name)
            if deed in ("open", "close") and around.scene.objects[name].kind == "place":
                out += [one for one in around.serving("entrance") if around.room(one) == name]
        return out

    def _other(self) -> str:
        """Somebody who is named beside the one who needs something, or an empty string."""
        first, _ = self.remark.beneficiary()
        people = [one for _, one in self.remark.people if one not in (first, self.remark.around.speaker)]
        return people[-1] if people else ""

    def _homes(self, moved: str) -> list[str]:
        """Where a thing belongs, the best first."""
        around = self.remark.around
        pairs = [(one, f"home {one[9:]}") for one in self.ontology.functions if one.startswith("kept in ")]
        homes = [home for own, home in pairs if around.rank(moved, own) is not None and home in self.ontology.functions]
        found = [name for home in homes for name in around.serving(home) if name not in (moved, around.under(moved))]
        return list(dict.fromkeys(found))

    def _nearest(self, names: Sequence[str], room: str) -> list[str]:
        """Things, those in a room first among those that are as good."""
        return sorted(names, key=lambda name: (self.remark.around.room(name) != room,))

    def _usable(self, deed: str, names: Sequence[str]) -> list[str]:
        """Things with which a deed makes sense now, the best first."""
        around = self.remark.around
        person, _ = self.remark.beneficiary()
        named, near = self.remark.room, around.room(person)
        spoken = set(self.remark.said)
        meant = {one.names[0][0] for one in self.remark.mentions if len(one.names) == 1}
        ranked = []
        for order, name in enumerate(names):
            room = around.room(name)
            elsewhere = bool(named) and room not in ("", named) and name not in meant
            if deed in FIXED and elsewhere:
                continue
            if not self._sensible(deed, name):
                self.settled |= OPPOSITE.get(deed) in around.state(name) and room in ("", named or near)
                continue
            overlap = max(len(set(word.split()) & spoken) for word in around.names(name))
            where = 0 if room == named and named else 1 if room == near else 2
            fixed = (where, BEFORE.get(deed, "") not in around.state(name)) if deed in FIXED else (0, False)
            ranked.append((name not in meant, *fixed, -overlap, order, where, name))
        return [one[-1] for one in sorted(ranked)]

    def _sensible(self, deed: str, name: str) -> bool:
        """Whether a deed can be done with a thing and is not done already."""
        state = self.remark.around.state(name)
        done = OPPOSITE.get(deed) in state
        if deed in NO_ROOMS and self.remark.around.scene.objects[name].kind == "place":
            return False
        return not done and (deed not in HANDLING or self._carried(name))

    def _carried(self, name: str) -> bool:
        """Whether somebody carries such a thing."""
        thing = self.remark.around.scene.objects[name]
        kinds = {thing.kind.replace("_", " "), thing.kind.replace("_", " ").split()[-1]}
        types = self.lexicon.things.types
        living = frozenset(types["alive"].kinds) - {"robot"}
        return thing.kind != "place" and not kinds & {*types["fixed"].kinds, *types["person"].kinds, *living}

    def _room(self, told: Told) -> str:
        """The room that is spoken of, or where what is spoken of is."""
        around = self.remark.around
        if self.remark.room:
            return self.remark.room
        for name in (*told.things, *(name for one in self.remark.mentions for name, _ in one.names[:1])):
            if around.room(name):
                return around.room(name)
        return around.room(self.remark.beneficiary()[0])

    def _fits(self, ability: Ability, given: Mapping[str, str]) -> bool:
        """Whether arguments make sense."""
        held = ability.things[:1] if ability.person or len(ability.things) == 2 else ability.things
        if any(self.types.unheld(ability.spec, name, given[name]) > 1 for name in held):
            return False
        stands = self.types.unheld(ability.spec, ability.things[0], given[ability.things[0]]) if ability.things else 0
        if stands and not ability.person:
            return False
        return not any(self.types.absurd(name, value) for name, value in given.items())

    def _topic(self, ability: Ability, topics: Sequence[str]) -> str:
        """The choice that a deed is about, or an empty string."""
        parameter = next(one for one in ability.spec.goal if one.name == ability.topic)
        said = self.remark.said
        ranked: list[tuple[int, int, str]] = []
        forbidding = list(topics) == [FORBIDDING]
        for choice in parameter.choices:
            words = set(choice.replace("_", " ").casefold().split())
            if forbidding and not words & {"no", "not"}:
                continue
            spoken = self._spoken(words - SMALL, said)
            found = self._covered(words, topics) if topics and not forbidding else spoken
            if found:
                ranked.append((found, spoken, choice))
        best = max(ranked, key=lambda one: one[:2], default=(0, 0, ""))
        return best[2]

    def _covered(self, words: set[str], topics: Sequence[str]) -> int:
        """Of how many words the longest topic is that a choice has all words of, in any form; 0 for none."""
        forms = self.remark.forms
        known = frozenset().union(*(forms.of(word) for word in words)) if words else frozenset()
        return max((len(one.split()) for one in topics if set(one.split()) <= known), default=0)

    def _spoken(self, words: set[str], said: Sequence[str]) -> int:
        """How much of a topic is spoken of, by its own words or others for it."""
        forms = self.remark.forms
        known = frozenset().union(*(forms.of(word) for word in said)) if said else frozenset()
        found = 2 * len(words & known)
        for name, function in self.ontology.functions.items():
            if name.startswith("topic ") and words & {word for one in function.words for word in one.split()}:
                found += any(set(one.split()) <= known for one in function.words)
        return found
