"""CalledFor: compares objects with the nouns that a library uses for a parameter."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.world.scene import SceneGraph
from skill_stack.language.grammar.chunks import Noun
from skill_stack.language.phrases.parameter_kinds import own_nouns
from skill_stack.language.words.kind_nouns import KindNouns
from skill_stack.language.words.lexicon_files import SkillNames

START = "start"
"""Id of the robot's start, which is no room."""


@dataclass(frozen=True, slots=True)
class CalledFor:
    """Judges objects by the nouns of parameters: no tray where drawers are opened.

    Attributes:
        kinds: Nouns of objects.
        scene: The scene.
        wanted: Cache by skill and parameter.
        data: Words in names of arguments.
    """

    kinds: KindNouns
    scene: SceneGraph
    wanted: dict[tuple[str, str], frozenset[str]]
    data: SkillNames

    def unlike(self, spec: SkillSpec, parameter: str, name: str) -> bool:
        """Whether an object has none of the nouns of a parameter, while other objects here have one.

        Args:
            spec: The skill.
            parameter: Name of its parameter.
            name: Id of the object.
        """
        nouns = self._nouns(spec, parameter)
        if not nouns or name not in self.scene.objects:
            return False
        return not nouns & self.kinds.nouns_of(self.scene.objects[name])

    def foreign(self, spec: SkillSpec, parameter: str, name: str) -> bool:
        """Whether an object is certainly not of the kind of a parameter, because its own kind is known.

        Args:
            spec: The skill.
            parameter: Name of its parameter.
            name: Id of the object.
        """
        if not self.unlike(spec, parameter, name):
            return False
        thing = self.scene.objects[name]
        if thing.kind != "place":
            return bool(self.kinds.general(thing))
        nouns = self._nouns(spec, parameter)
        rooms = (one for one in self.scene.objects.values() if one.kind == "place" and one.id != name)
        # If another room has one of the nouns, the parameter takes rooms, and may take this one.
        return name == START or all(nouns.isdisjoint(self.kinds.nouns_of(one)) for one in rooms)

    def unlike_noun(self, spec: SkillSpec, parameter: str, noun: Noun) -> int:
        """1 if :meth:`unlike` holds for everything that a noun may mean, else 0."""
        if noun.role == "list":
            return max((self.unlike_noun(spec, parameter, part) for part in noun.parts), default=0)
        return int(bool(noun.ids) and all(self.unlike(spec, parameter, name) for name in noun.ids or ()))

    def foreign_noun(self, spec: SkillSpec, parameter: str, noun: Noun) -> int:
        """1 if :meth:`foreign` holds for everything that a noun may mean, else 0."""
        if noun.role == "list":
            return max((self.foreign_noun(spec, parameter, part) for part in noun.parts), default=0)
        return int(bool(noun.ids) and all(self.foreign(spec, parameter, name) for name in noun.ids or ()))

    def called(self, spec: SkillSpec, parameter: str, noun: Noun) -> int:
        """1 if all objects that a noun may mean have a noun of the parameter, else 0."""
        known = bool(self._nouns(spec, parameter)) and bool(noun.ids)
        return int(known and not any(self.unlike(spec, parameter, name) for name in noun.ids or ()))

    def _nouns(self, spec: SkillSpec, parameter: str) -> frozenset[str]:
        """The nouns of a parameter, if an object here has one of them; empty for generic nouns and rooms."""
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
