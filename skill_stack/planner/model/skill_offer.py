"""SkillOffer: the skills and objects shown to a model; if all fit, the same for all words of a scene."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from skill_stack.core.rewards.reward_goals import takes_terms
from skill_stack.core.skills.skill import SLOT, SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.planner.model.likeness import grams, held_by
from skill_stack.planner.model.motion_offer import MotionOffer

_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,39}")
_WORD = re.compile(r"[^\W_]+")
_EMPTY = frozenset("a an and at by for from in into is it me my of off on or out please the then to up with".split())
_ENDINGS = ("ing", "ed", "es", "s", "e")
_PROHIBITION = re.compile(
    r"\b(?:do\s*n[o'’]?t|dont|do\s+not|never|without|avoid|no|not)\b(.*?)(?=[,.;:!?\n]|\b(?:but|then|instead|just)\b|$)"
)
MOST_FACTS = 60
"""Facts that are shown."""


@dataclass(frozen=True, slots=True)
class SkillOffer:
    """What a proposal may be made of.

    Attributes:
        skills: Skills by name, in the order of the library.
        things: Things by the name under which they are shown: their id, or ``thing_3`` where the id is no plain name;
            first those that the words name, then the nearest.
        facts: The facts as text with those names.
        named: Names of the skills that the person's words name.
        motion: The reward terms, where no skill covers the words; else None.
        forbidden: Names of the skills that stand behind "don't", "without" and the like; no plan may hold them.
    """

    skills: Mapping[str, SkillSpec]
    things: Mapping[str, SceneObject]
    facts: tuple[str, ...]
    named: frozenset[str]
    forbidden: frozenset[str]
    motion: MotionOffer | None = None

    @classmethod
    def select(
        cls,
        words: str,
        library: SkillLibrary,
        scene: SceneGraph,
        facts: frozenset[Fact],
        skills: int,
        objects: int,
        used: Iterable[str] = (),
        motion: MotionOffer | None = None,
    ) -> SkillOffer:
        """Chooses. Names of objects do not influence which skills are offered.

        Args:
            words: The instruction.
            library: Skills.
            scene: Things.
            facts: What is true now.
            skills: Most skills.
            objects: Most things.
            used: Skills of the planner's own reading, which are always offered.
            motion: The reward terms where no skill covers the words; words with a prohibition get none.
        """
        said = stems(words)
        named = frozenset(spec.name for spec in library if _names(spec, said))
        ruled_out = [stems(words) for words in _PROHIBITION.findall(words.lower())]
        forbidden = frozenset(spec.name for spec in library if any(_names(spec, stem) for stem in ruled_out))
        things = _things(words, scene, objects)
        usable = [
            spec
            for spec in library
            if (things or all(p.type != "object" or p.default is not None for p in spec.goal))
            and not (takes_terms(spec) or spec.streamed)
        ]
        fit = _fitting(words, usable, skills, named | frozenset(used))
        shown = {thing.id: name for name, thing in things.items()}
        unseen = frozenset(scene.objects) - frozenset(shown)
        texts = sorted(filter(None, (_fact(fact, shown) for fact in facts if unseen.isdisjoint(fact.arguments))))
        free = motion if not ruled_out else None
        return cls({spec.name: spec for spec in fit}, things, tuple(texts[:MOST_FACTS]), named, forbidden, free)

    def fewer(self) -> SkillOffer:
        """The offer with half of the things and facts."""
        half = dict(list(self.things.items())[: (len(self.things) + 1) // 2])
        return replace(self, things=half, facts=self.facts[: len(self.facts) // 2])


def _fitting(words: str, usable: list[SkillSpec], most: int, first: frozenset[str]) -> list[SkillSpec]:
    """All skills; of too many, some that must be there and those that are most like the words, in the same order."""
    if len(usable) <= most:
        return usable
    said, spelt = grams(words), {spec.name: grams(_text(spec)) for spec in usable}
    skills_with = Counter(gram for one in spelt.values() for gram in one)

    def weight(found: frozenset[str]) -> float:
        """The inverse document frequency: letter sequences of few skills have a larger weight."""
        return sum(math.log((len(usable) + 1) / skills_with[gram]) for gram in found)

    def rank(spec: SkillSpec) -> tuple[bool, float]:
        own = spelt[spec.name]
        return spec.name not in first, -weight(said & own) / math.sqrt(weight(own) or 1.0)

    chosen = {spec.name for spec in sorted(usable, key=rank)[:most]}
    return [spec for spec in usable if spec.name in chosen]


def _text(spec: SkillSpec) -> str:
    """All texts of a skill."""
    choices = (choice for p in spec.goal for choice in p.choices)
    phrases = (SLOT.sub(" ", phrase) for phrase in spec.phrases)
    return " ".join([spec.name.replace("_", " "), *phrases, *choices, spec.description])


def stems(text: str) -> frozenset[str]:
    """Content words without their endings, lower case; for what the words name or rule out, never for what fits."""
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
    texts = (spec.name.replace("_", " "), *(SLOT.sub(" ", phrase) for phrase in spec.phrases))
    return any(wanted and wanted <= said for wanted in map(stems, texts))


def _things(words: str, scene: SceneGraph, most: int) -> dict[str, SceneObject]:
    """Things by shown name: those spoken of first, then the nearest; the names depend on the scene alone."""
    # an id that is a wildcard or a variable of facts would meet conditions that it does not meet
    known = (thing for thing in scene.objects.values() if thing.kind != "wall" and not _is_pattern(thing.id))
    listed = sorted(known, key=lambda thing: thing.id)
    taken = {thing.id for thing in listed}
    shown: dict[str, str] = {}
    for number, thing in enumerate(listed, start=1):
        name = thing.id
        while not _PLAIN_NAME.fullmatch(name) or (name != thing.id and name in taken):
            name, number = f"thing_{number}", number + len(listed)
        shown[thing.id] = name
    said, pose = grams(words), scene.robot

    def rank(thing: SceneObject) -> tuple[float, float, str]:
        names = (thing.id.replace("_", " "), thing.label, *thing.names)
        distance = pose.distance_to(*thing.position[:2]) if pose else 0.0
        called = max(held_by(said, grams(name)) for name in names)
        return -called, distance if math.isfinite(distance) else math.inf, thing.id

    return {shown[thing.id]: thing for thing in sorted(listed, key=rank)[:most]}


def _is_pattern(name: str) -> bool:
    """Whether a name would be read as a wildcard or a variable in facts."""
    return name.strip() == "*" or name.strip().startswith("$")


def _fact(fact: Fact, shown: Mapping[str, str]) -> str:
    """A fact with shown names; empty where something in it is no plain name."""
    names: Iterable[str] = [shown.get(argument, argument) for argument in fact.arguments]
    if not all(_PLAIN_NAME.fullmatch(name) for name in (fact.predicate, *names)):
        return ""
    return f"{fact.predicate}({', '.join(names)})"
