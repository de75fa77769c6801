"""Plausible: steps that make little sense with what they are done with, by what things are and what skills do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from skill_stack.core.fact import Literal
from skill_stack.core.skill import SkillSpec
from skill_stack.core.skill_library import SkillLibrary
from skill_stack.planner.language.chunks import Noun
from skill_stack.planner.language.geometry import places_of
from skill_stack.planner.language.reference import Resolver
from skill_stack.planner.roles import Types

RECEIVERS = ("support", "surface", "container", "furniture", "fixed", "device", "person")
"""Types of things on, in or with which something may come to be."""

SWITCHES = frozenset({"on", "off"})
"""Choices of skills that switch devices."""


@dataclass(frozen=True, slots=True)
class Plausible:
    """Judges steps.

    Attributes:
        library: Skills.
        types: What things and parameters are.
        resolver: Where things are.
    """

    library: SkillLibrary
    types: Types
    resolver: Resolver

    def odd(self, spec: SkillSpec, arguments: Mapping[str, object]) -> list[str]:
        """The things with which a step makes little sense.

        Args:
            spec: The skill.
            arguments: What it is done with.
        """
        held = self.types.held(spec)
        things = {name: str(one) for name, one in arguments.items() if str(one) in self.types.scene.objects}
        out = [one for name, one in things.items() if name in held and self.types.unheld(spec, name, one)]
        out += [one for name, one in things.items() if self.types.absurd(name, one)]
        for name, one in things.items():
            named = self.types.named.called(spec, name, Noun("", ids=frozenset({one})))
            if name not in held and not named and self._receives(spec, name, held) and not self._roomy(spec, name, one):
                out.append(one)
            if self._switches(spec, name) and not self.types.switched(one):
                out.append(one)
        return out

    def _receives(self, spec: SkillSpec, name: str, held: frozenset[str]) -> bool:
        """Whether a parameter is for where something, or somebody, comes to be."""
        moved = held | {p.name for p in spec.goal if self.types.wanted(p.name) == "person"}
        if name in moved and name not in held:
            return False
        made = (set(one.arguments) for one in map(Literal.parse, spec.effects) if one.positive)
        return any(f"${name}" in one and one & {f"${other}" for other in moved - {name}} for one in made)

    def _roomy(self, spec: SkillSpec, name: str, thing: str) -> bool:
        """Whether something or somebody may come to be on, in, at or with a thing."""
        if thing in self.resolver.people:
            gives = any(self.types.wanted(p.name) == "person" and self.types.held(one)
                        for one in self.library if one.name != spec.name for p in one.goal)  # fmt: skip
            return self.types.wanted(name) == "person" or not self.types.held(spec) or not gives
        if self.resolver.kind(thing) == "place" or self.types.any_of(thing, RECEIVERS):
            return True
        where = places_of(thing, self.resolver.facts)
        return not any(self.resolver.kind(one) != "place" for one in where if one in self.types.scene.objects)

    def _switches(self, spec: SkillSpec, name: str) -> bool:
        """Whether a skill switches what a parameter stands for."""
        return any(set(p.choices) >= SWITCHES for p in spec.goal) or self.types.wanted(name) == "device"
