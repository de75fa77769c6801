"""Roles: what may stand in which place of a frame, by order and by type."""

from __future__ import annotations

from dataclasses import dataclass, replace

from skill_stack.core.fact import Literal
from skill_stack.core.scene import SceneGraph
from skill_stack.core.skill import SkillSpec
from skill_stack.planner.binding import UNKNOWN
from skill_stack.planner.language.chunks import Chunk, Noun, Thing
from skill_stack.planner.language.frames import Frame
from skill_stack.planner.language.lexicon import Lexicon

RECIPIENT = frozenset({"to", "for"})
"""Words before the one who gets something; it stands without them before what he gets: "give Anna the cup"."""

SOURCE = frozenset({"from", "out of"})
"""Words before what something is taken from: "pour water from the jug"."""


def rearranged(frame: Frame, chunks: tuple[Chunk, ...]) -> tuple[Chunk, ...]:
    """Chunks as the frame's own words would put them: "give Anna the cup" as "give the cup to Anna".

    Args:
        frame: The frame that they are to be put into.
        chunks: The chunks in the order of the clause.
    """
    things = [chunk for chunk in chunks if isinstance(chunk, Thing)]
    second = frame.roles[1].between & RECIPIENT if len(frame.roles) > 1 else frozenset()
    bare = [thing for thing in things if not thing.between and thing.noun is not None]
    if second and len(bare) == 2 and things[:2] == bare:
        given = replace(bare[0], between=min(second))
        return tuple(given if chunk is bare[0] else chunk for chunk in chunks)
    # what is poured or taken may have no name of its own here, while what it is in has one
    unknown = next((thing for thing in bare if thing.noun is not None and thing.noun.role == "unknown"), None)
    source = next((thing for thing in things if thing.between in SOURCE), None)
    taken = any(role.between & SOURCE for role in frame.roles)
    if unknown is not None and source is not None and frame.roles and not taken:
        return tuple(replace(c, between="") if c is source else c for c in chunks if c is not unknown)
    return chunks


PLACES = frozenset({"place", "room", "location", "area", "spot", "position", "region", "zone"})
"""Last words of parameters that are places, whatever stands before."""


RECEIVING = frozenset({*PLACES, "receptacle", "target", "destination", "goal", "dest", "where"})
"""Last words of parameters for where something is laid down, among others."""

NO_ROOM = frozenset("dish dishes plant drink food fruit book cup bottle tool clothes garment button ingredient".split())
"""Last words of parameters that are never a room."""


@dataclass(frozen=True, slots=True)
class Types:
    """Which things fit which parameters, by the names of the parameters and the kinds of the things.

    Attributes:
        lexicon: The types.
        scene: The things.
        heard: Things named before in the same instruction, of which pronouns speak.
    """

    lexicon: Lexicon
    scene: SceneGraph
    heard: tuple[Noun, ...] = ()

    def misfit(self, parameter: str, noun: Noun) -> int:
        """1 or 2 when a noun means nothing that the parameter is for, 2 where it wants a person; else 0."""
        wanted = self.wanted(parameter)
        if noun.role == "unknown":
            return UNKNOWN
        if noun.role == "pronoun" and noun.words == "it":
            return 2 * (wanted == "person")
        if noun.role == "group" and wanted == "person" and self.heard:
            return 2 * (not any(self.is_person(one) for one in self.heard))
        if noun.role in ("pronoun", "group") and noun.words != "there":
            themes = [one for one in self.heard if one.ids is not None and not self.is_place(one)]
            return self.misfit(parameter, themes[-1]) if themes and self.is_person(themes[-1]) else 0
        if noun.role == "list":
            return max(self.misfit(parameter, part) for part in noun.parts)
        if noun.role == "speaker":
            return int(wanted != "person")
        if noun.ids is None or noun.role != "thing":
            return 0
        found = {self._of(name) for name in noun.ids}
        if parameter.split("_")[-1] == "room" and noun.ids and all(self.absurd(parameter, one) for one in noun.ids):
            return 1  # a table is wiped by what is for tables
        if wanted == "person" and wanted not in found:
            return 2  # a cupboard is sooner something to lay on than someone to give to
        if "person" in found:
            return int(wanted != "person" and not self._open(parameter))
        if not wanted:
            return 0
        return int(not any(wanted in self._all(name) for name in noun.ids) and bool(found - {""}))

    def absurd(self, parameter: str, name: str) -> bool:
        """Whether a parameter is for people and a thing is clearly none: nobody escorts an apple.

        Args:
            parameter: Name of the parameter.
            name: Id of the thing.
        """
        alive = frozenset(self.lexicon.things.types["alive"].kinds)
        thing = self.scene.objects.get(name)
        if thing is not None and self.wanted(parameter) in ("container", "surface"):
            return "person" in self._all(name)  # nobody puts a cup into Anna
        if thing is not None and thing.kind == "place" and parameter.split("_")[-1] in NO_ROOM:
            return True
        if thing is not None and parameter.split("_")[-1] in ("room", "rooms"):
            return thing.kind != "place" and bool(self._all(name))  # nobody mops a desk
        if thing is not None and self.wanted(parameter) == "device":
            return thing.kind == "place" or "person" in self._all(name)
        if thing is None or self.wanted(parameter) != "person":
            return False
        kinds = {thing.kind.replace("_", " "), thing.kind.replace("_", " ").split()[-1]}
        people = any("person" in self._all(other) for other in self.scene.objects)
        nobody = thing.kind == "place" or not kinds & alive
        return people and nobody and "person" not in self._all(name)

    def unfit(self, parameter: str, name: str, free: bool) -> bool:
        """Whether a put-in step would make no sense with a thing.

        Args:
            parameter: Name of the parameter.
            name: Id of the thing.
            free: Whether nothing says which thing it should be: then nothing is laid down on what is small.
        """
        return self.absurd(parameter, name) or (free and self._cramped(parameter, name))

    def _cramped(self, parameter: str, name: str) -> bool:
        """Whether a parameter is for what something is laid down on, and a thing has no room for that."""
        words = parameter.split("_")
        receives = self.wanted(parameter) in ("surface", "container", "person") or words[-1] in RECEIVING
        if not receives or name not in self.scene.objects or self._roomy(name):
            return False
        return any(self._roomy(other) for other in self.scene.objects)

    def _roomy(self, name: str) -> bool:
        """Whether something can be laid down at a thing that has nothing to do with it."""
        thing = self.scene.objects[name]
        kinds = {thing.kind.replace("_", " "), thing.kind.replace("_", " ").split()[-1]}
        return thing.kind == "place" or bool(kinds & set(self.lexicon.things.types["support"].kinds))

    def certain(self, parameter: str, name: str) -> bool:
        """Whether a thing is surely of the type that a parameter is for.

        Args:
            parameter: Name of the parameter.
            name: Id of the thing.
        """
        return self.wanted(parameter) in self._all(name)

    def loose(self, parameter: str, noun: Noun) -> int:
        """1 when a noun means people and the parameter is for things as well; a skill for people is meant before it."""
        return int(bool(noun.ids) and self.is_person(noun) and self.wanted(parameter) != "person")

    def unheld(self, spec: SkillSpec, parameter: str, name: str) -> int:
        """1 when a skill would hold what is seldom carried, a table, more for what never is, a door; else 0.

        Args:
            spec: The skill.
            parameter: Name of its parameter.
            name: Id of the thing.
        """
        thing = self.scene.objects.get(name)
        if thing is None or thing.movable:
            return 0
        literals = map(Literal.parse, (*spec.preconditions, *spec.effects))
        words = self.lexicon.clauses.held_facts
        held = (one.arguments[1:] or one.arguments for one in literals if one.predicate in words)
        if not any(f"${parameter}" in arguments for arguments in held):
            return 0
        if self.is_person(Noun("", ids=frozenset({name}))):
            return UNKNOWN * (self.wanted(parameter) != "person")
        kinds = {thing.kind.replace("_", " "), thing.kind.replace("_", " ").split()[-1]}
        types = self.lexicon.things.types
        if thing.kind == "place" or kinds & {*types["fixed"].kinds, *types["person"].kinds}:
            return 2
        return int(bool(kinds & set(types["furniture"].kinds)))

    def unheld_noun(self, spec: SkillSpec, parameter: str, noun: Noun) -> int:
        """The same for a noun: when nothing that it may mean is carried."""
        if noun.role == "list":
            return max((self.unheld_noun(spec, parameter, part) for part in noun.parts), default=0)
        return min((self.unheld(spec, parameter, name) for name in noun.ids), default=0) if noun.ids else 0

    def appliance(self, noun: Noun) -> bool:
        """Whether a noun means something in which things are done to others: a stove."""
        kinds = {self.scene.objects[name].kind.replace("_", " ") for name in noun.ids or ()}
        return bool(kinds) and kinds <= set(self.lexicon.things.appliances)

    def is_place(self, noun: Noun) -> bool:
        """Whether a noun means a place, such as a room."""
        return noun.ids is not None and all(self.scene.objects[name].kind == "place" for name in noun.ids)

    def is_person(self, noun: Noun) -> bool:
        """Whether a noun may well be a person: by its kind, or a pronoun."""
        if noun.ids is not None:
            return any(self._of(name) == "person" for name in noun.ids)
        return noun.role in ("pronoun", "speaker")

    def _open(self, parameter: str) -> bool:
        """Whether a parameter may well be a person: places to go to and things to look at."""
        return parameter in ("target", "place", "destination", "goal", "subject", "location", "thing", "to", "entity")

    def wanted(self, parameter: str) -> str:
        """The type that a parameter is for, or an empty string.

        Args:
            parameter: Name of the parameter.
        """
        types = self.lexicon.things.types.items()
        words = parameter.split("_")
        if words[-1] in PLACES:
            words = []  # "person_place" is where somebody is
        return next((name for name, one in types if any(word in one.parameters for word in words)), "")

    def _all(self, name: str) -> set[str]:
        """Every type of a thing."""
        thing = self.scene.objects[name]
        kinds = {thing.kind.replace("_", " "), thing.kind.replace("_", " ").split()[-1]}
        types = self.lexicon.things.types.items()
        wanted = ((name, one) for name, one in types if one.parameters and name != "alive")
        return {type_name for type_name, one in wanted if kinds & set(one.kinds)}

    def _of(self, name: str) -> str:
        """A type of a thing, ``place`` for places, or an empty string."""
        if self.scene.objects[name].kind == "place":
            return "place"
        return next(iter(sorted(self._all(name))), "")
