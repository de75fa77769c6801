"""Done: what a plan does, as sets of skills, things, words and numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from skill_stack.core.plan import PlanNode
from skill_stack.core.scene import SceneGraph
from skill_stack.core.skill_library import SkillLibrary

FACTORS = (1.0, 60.0, 3600.0, 1 / 60, 0.01, 100.0, 0.001, math.pi / 180, 2 * math.pi, 0.3048, 0.0254, 0.3, 1000.0)
"""What a number may be multiplied by to be an argument: units."""

LONG = 4
"""Letters of a choice that is something said, and not ``on``."""

SMALL = frozenset("a an the of it its his her their my your our some any to for in on at and with about".split())
"""Words that tell nothing by themselves."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a plan does.

    Attributes:
        skills: Names of its skills.
        things: Things that they are done with, and that its conditions speak of.
        asked: Those of them that steps have which were asked for.
        choices: Their other arguments.
        words: Every word of these, and of the phrases and names of the skills.
        numbers: Their numbers.
        times: Numbers of repetitions and of steps of a kind.
    """

    skills: frozenset[str]
    things: frozenset[str]
    asked: frozenset[str]
    choices: frozenset[str]
    words: frozenset[str]
    numbers: frozenset[float]
    times: frozenset[float]

    @classmethod
    def of(
        cls, tree: PlanNode, library: SkillLibrary, scene: SceneGraph, split: Callable[[str], tuple[str, ...]]
    ) -> Done:
        """What a tree does.

        Args:
            tree: The plan.
            library: Its skills.
            scene: Its things.
            split: Divides names into words.
        """
        nodes = list(tree.every_skill())
        values = [value for node in nodes for value in node.arguments.values()]
        facts = [str(one) for node in _every(tree) for key, one in node.arguments.items() if key in ("fact", "until")]
        named = {part for fact in facts for part in fact.replace("(", " ").replace(")", " ").replace(",", " ").split()}
        known = frozenset(scene.objects)
        asked = {str(value) for node in nodes if node.why.startswith("asked") for value in node.arguments.values()}
        choices = {value for value in values if isinstance(value, str) and value not in known}
        specs = [library[name] for name in sorted({node.skill for node in nodes})]
        named_so = sorted(known & {str(value) for value in values})
        texts = [*choices, *facts, *named_so, *(text for spec in specs for text in (spec.name, *spec.phrases))]
        numbers = {abs(float(value)) for value in values if isinstance(value, int | float)}
        times = {float(node.arguments["count"]) for node in _every(tree) if "count" in node.arguments}
        times |= {float(sum(node.skill == spec.name for node in nodes)) for spec in specs}
        return cls(
            frozenset(node.skill for node in nodes), known & ({str(value) for value in values} | named),
            known & asked, frozenset(choices), frozenset(word for text in texts for word in split(text)),
            frozenset(numbers), frozenset(times),
        )  # fmt: skip

    def says(self, words: str) -> bool:
        """Whether all telling words of something are words of the plan."""
        telling = [word for word in words.split() if word not in SMALL]
        return bool(telling) and all(word in self.words or word.removesuffix("s") in self.words for word in telling)

    def tells(self, texts: Iterable[str]) -> bool:
        """Whether some words are those of a message or another choice, so that nouns among them are no things."""
        said = {form for text in texts for form in (text, text.removesuffix("s"))}
        return any({*one.casefold().split()} - SMALL <= said and len(one) >= LONG for one in self.choices)

    def counts(self, value: float) -> bool:
        """Whether a number is one of the plan, in some unit."""
        units = (math.isclose(value * factor, one, rel_tol=0.02) for one in self.numbers for factor in FACTORS)
        return value in self.times or any(units)


def _every(tree: PlanNode) -> Iterator[PlanNode]:
    """Every node."""
    yield tree
    for child in tree.children:
        yield from _every(child)
