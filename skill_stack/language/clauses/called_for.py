"""CalledFor: what parameters are for, by the nouns of the library that also name objects of the scene."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.world.scene import SceneGraph
from skill_stack.language.grammar.chunks import Noun
from skill_stack.language.phrases.parameter_kinds import own_nouns
from skill_stack.language.words.kind_nouns import KindNouns
from skill_stack.language.words.lexicon_files import SkillNames

START = "start"
"""Where the robot began: no room of any kind."""


@dataclass(frozen=True, slots=True)
class CalledFor:
    """Judges things by what the library calls what a parameter is for: no tray where drawers are opened.

    Attributes:
        kinds: By which nouns things are spoken of.
        scene: The things.
        wanted: What was found out before, by skill and parameter.
        data: Words of what arguments are for.
    """

    kinds: KindNouns
    scene: SceneGraph
    wanted: dict[tuple[str, str], frozenset[str]]
    data: SkillNames

    def unlike(self, spec: SkillSpec, parameter: str, name: str) -> bool:
        """Whether a thing is not called what a parameter is for, while others here are.

        Args:
            spec: The skill.
            parameter: Name of its parameter.
            name: Id of the thing.
        """
        nouns = self._nouns(spec, parameter)
        if not nouns or name not in self.scene.objects:
            return False
        return not nouns & self.kinds.nouns_of(self.scene.objects[name])

    def foreign(self, spec: SkillSpec, parameter: str, name: str) -> bool:
        """Whether a thing is surely nothing that a parameter is for, as it is known what it is.

        Args:
            spec: The skill.
            parameter: Name of its parameter.
            name: Id of the thing.
        """
        if not self.unlike(spec, parameter, name):
            return False
        thing = self.scene.objects[name]
        if thing.kind != "place":
            return bool(self.kinds.general(thing))
        nouns = self._nouns(spec, parameter)
        rooms = (one for one in self.scene.objects.values() if one.kind == "place" and one.id != name)
        return name == START or all(nouns.isdisjoint(self.kinds.nouns_of(one)) for one in rooms)  # a galley will do

    def unlike_noun(self, spec: SkillSpec, parameter: str, noun: Noun) -> int:
        """1 when nothing that a noun may mean is called what a parameter is for."""
        if noun.role == "list":
            return max((self.unlike_noun(spec, parameter, part) for part in noun.parts), default=0)
        return int(bool(noun.ids) and all(self.unlike(spec, parameter, name) for name in noun.ids or ()))

    def foreign_noun(self, spec: SkillSpec, parameter: str, noun: Noun) -> int:
        """1 when everything that a noun may mean is surely nothing that a parameter is for."""
        if noun.role == "list":
            return max((self.foreign_noun(spec, parameter, part) for part in noun.parts), default=0)
        return int(bool(noun.ids) and all(self.foreign(spec, parameter, name) for name in noun.ids or ()))

    def called(self, spec: SkillSpec, parameter: str, noun: Noun) -> int:
        """1 when a noun means something that the library names as what a parameter is for."""
        known = bool(self._nouns(spec, parameter)) and bool(noun.ids)
        return int(known and not any(self.unlike(spec, parameter, name) for name in noun.ids or ()))

    def _nouns(self, spec: SkillSpec, parameter: str) -> frozenset[str]:
        """What a parameter is for by name, where something here is called so; not people, rooms and devices."""
        key = spec.name, parameter
        if key not in self.wanted:
            found = next((one for one in spec.goal if one.name == parameter and one.nouns), None)
            own = own_nouns(found, self.data.small) if found is not None else set()
            own = set(found.nouns) if found is not None and own & self.data.general else own
            own = set() if own & (self.data.abstract | self.data.place_nouns) else own
            here = (self.kinds.nouns_of(one) for one in self.scene.objects.values())
            known = bool(own) and any(not one.isdisjoint(own) for one in here)
            wanted = frozenset(found.nouns) if known and found is not None else frozenset[str]()
            self.wanted[key] = wanted | self.kinds.shared(wanted)
        return self.wanted[key]
