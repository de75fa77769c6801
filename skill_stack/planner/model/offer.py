"""Offer: which skills and things a model is shown, chosen by the person's words alone."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from skill_stack.core.fact import Fact
from skill_stack.core.scene import SceneGraph, SceneObject
from skill_stack.core.skill import SkillSpec
from skill_stack.core.skill_library import SkillLibrary

_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,39}")
_WORD = re.compile(r"[^\W_]+")
_SLOT = re.compile(r"\{[^{}]*\}")
_EMPTY = frozenset("a an and at by for from in into is it me my of off on or out please the then to up with".split())
_ENDINGS = ("ing", "ed", "es", "s", "e")
_PROHIBITION = re.compile(
    r"\b(?:do\s*n[o'’]?t|dont|do\s+not|never|without|avoid|no|not)\b(.*?)(?=[,.;:!?\n]|\b(?:but|then|instead|just)\b|$)"
)
MOST_FACTS = 60
"""Facts that are shown."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a proposal may be made of.

    Attributes:
        skills: Skills by name, the fitting ones first.
        things: Things by the name under which they are shown: their id, or ``thing_3`` where the id is no plain name.
        facts: What is true, as text with those names.
        named: Names of the skills that the person's words name.
        forbidden: Names of the skills that stand behind "don't", "without" and the like; no plan may hold them.
    """

    skills: Mapping[str, SkillSpec]
    things: Mapping[str, SceneObject]
    facts: tuple[str, ...]
    named: frozenset[str]
    forbidden: frozenset[str]

    @classmethod
    def of(
        cls, words: str, library: SkillLibrary, scene: SceneGraph, facts: frozenset[Fact], skills: int, objects: int
    ) -> Offer:
        """Chooses.

        A skill of high hazard is offered only when the words name it. What things are called never has a say in which
        skills are offered.

        Args:
            words: The instruction.
            library: Skills.
            scene: Things.
            facts: What is true now.
            skills: Most skills.
            objects: Most things.
        """
        said = stems(words)
        named = frozenset(spec.name for spec in library if _names(spec, said))
        ruled_out = [stems(words) for words in _PROHIBITION.findall(words.lower())]
        forbidden = frozenset(spec.name for spec in library if any(_names(spec, stem) for stem in ruled_out))
        things = _things(said, scene, objects)
        fit = [
            spec
            for spec in sorted(library, key=lambda spec: (spec.name not in named, -_score(spec, said)))
            if spec.name not in forbidden
            and (spec.hazard != "high" or spec.name in named)
            and (things or all(p.type != "object" or p.default is not None for p in spec.goal))
        ]
        shown = {thing.id: name for name, thing in things.items()}
        unseen = frozenset(scene.objects) - frozenset(shown)
        texts = sorted(filter(None, (_fact(fact, shown) for fact in facts if unseen.isdisjoint(fact.arguments))))
        return cls({spec.name: spec for spec in fit[:skills]}, things, tuple(texts[:MOST_FACTS]), named, forbidden)

    def fewer(self) -> Offer:
        """The offer with half of the things and facts."""
        half = dict(list(self.things.items())[: (len(self.things) + 1) // 2])
        return Offer(self.skills, half, self.facts[: len(self.facts) // 2], self.named, self.forbidden)


def stems(text: str) -> frozenset[str]:
    """Content words without their endings, lower case."""
    return frozenset(_stem(word) for word in _WORD.findall(text.lower()) if word not in _EMPTY)


def _stem(word: str) -> str:
    """A word without its ending, where something is left of it; *sitting* as *sit*."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            bare = word[: -len(ending)]
            return bare[:-1] if len(bare) > 3 and bare[-1] == bare[-2] else bare
    return word


def _names(spec: SkillSpec, said: frozenset[str]) -> bool:
    """Whether the words hold all words of the skill's name or of one of its phrases."""
    texts = (spec.name.replace("_", " "), *(_SLOT.sub(" ", phrase) for phrase in spec.phrases))
    return any(wanted and wanted <= said for wanted in map(stems, texts))


def _score(spec: SkillSpec, said: frozenset[str]) -> float:
    """How well the words fit a skill."""
    phrases = stems(" ".join(_SLOT.sub(" ", phrase) for phrase in spec.phrases) + " " + spec.name.replace("_", " "))
    about = stems(" ".join([spec.description, *(f"{p.name} {p.description} {p.unit}" for p in spec.goal)]))
    choices = stems(" ".join(choice for p in spec.goal for choice in p.choices))
    return 3 * len(said & phrases) + 2 * len(said & choices) + len(said & about)


def _things(said: frozenset[str], scene: SceneGraph, most: int) -> dict[str, SceneObject]:
    """Things by shown name: those spoken of first, then the nearest."""

    def rank(thing: SceneObject) -> tuple[float, float, str]:
        called = stems(" ".join([thing.id.replace("_", " "), thing.label, *thing.names]))
        pose = scene.robot
        distance = pose.distance_to(*thing.position[:2]) if pose else 0.0
        return -len(said & called), distance if math.isfinite(distance) else math.inf, thing.id

    # an id that is a wildcard or a variable of facts would meet conditions that it does not meet
    known = (thing for thing in scene.objects.values() if thing.kind != "wall" and not _is_pattern(thing.id))
    chosen = sorted(known, key=rank)[:most]
    taken = {thing.id for thing in chosen}
    shown: dict[str, SceneObject] = {}
    for number, thing in enumerate(chosen, start=1):
        name = thing.id
        while not _PLAIN_NAME.fullmatch(name) or (name != thing.id and name in taken):
            name, number = f"thing_{number}", number + len(chosen)
        shown[name] = thing
    return shown


def _is_pattern(name: str) -> bool:
    """Whether a name would be read as a wildcard or a variable in facts."""
    return name.strip() == "*" or name.strip().startswith("$")


def _fact(fact: Fact, shown: Mapping[str, str]) -> str:
    """A fact with shown names; empty where something in it is no plain name."""
    names: Iterable[str] = [shown.get(argument, argument) for argument in fact.arguments]
    if not all(_PLAIN_NAME.fullmatch(name) for name in (fact.predicate, *names)):
        return ""
    return f"{fact.predicate}({', '.join(names)})"
