"""Abilities: which deeds the skills of a library do, told by their names, phrases, descriptions and effects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from skill_stack.core.fact import Literal
from skill_stack.core.skill import GoalParameter, SkillSpec
from skill_stack.language.implied.forms import Forms
from skill_stack.language.implied.ontology import Deed
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.name_words import name_words

PLACES = frozenset(
    "place room location area spot position region zone destination where to into onto target surface container "
    "receptacle shelf support goal site station ward aisle floor".split()
)
"""Last words of parameters for where something is or goes."""

CHOOSING = ("switch", "turn", "set", "power", "operate", "toggle", "control", "change", "move", "adjust")
"""Verbs of skills that do one of several deeds, by a choice."""

_SLOT = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True, slots=True)
class Ability:
    """A skill that does a deed.

    Attributes:
        spec: The skill.
        surely: How surely it does it; the greater the surer.
        person: Name of the parameter for somebody, or an empty string.
        topic: Name of the parameter for what is said or chosen, or an empty string.
        things: Names of the other parameters for things of the scene.
        chosen: Parameters whose choice makes the deed, with that choice.
    """

    spec: SkillSpec
    surely: int
    person: str
    topic: str
    things: tuple[str, ...]
    chosen: tuple[tuple[str, str], ...] = ()


class Abilities:
    """What a library can do, by deed."""

    def __init__(self, library: Iterable[SkillSpec], deeds: Mapping[str, Deed], lexicon: Lexicon, forms: Forms) -> None:
        """Sorts the skills.

        Args:
            library: The skills.
            deeds: What skills do.
            lexicon: Types of parameters.
            forms: Forms of words.
        """
        self._lexicon, self._forms = lexicon, forms
        self._by_deed: dict[str, list[Ability]] = {name: [] for name in deeds}
        for spec in library:
            if spec.realises:
                continue
            texts = list(self._texts(spec))
            for name, deed in deeds.items():
                surely = self._surely(spec, deed, texts)
                ability = self._ability(spec, surely, deed)
                if surely and self._takes(deed, ability):
                    self._by_deed[name].append(ability)
        for found in self._by_deed.values():
            found.sort(key=lambda one: -one.surely)

    def of(self, deed: str) -> Sequence[Ability]:
        """Skills that do a deed, the surest first."""
        return self._by_deed.get(deed, ())

    def _texts(self, spec: SkillSpec) -> Iterator[tuple[int, list[frozenset[str]]]]:
        """What a skill is told by, with how much it counts: its name, its phrases, its description."""
        name = " ".join(name_words(spec.name))
        for weight, text in [(4, name), *((3, _SLOT.sub(" _ ", one)) for one in spec.phrases), (2, spec.description)]:
            words = [word for word in re.split(r"[^a-z_']+", text.casefold()) if word]
            yield weight, [self._forms.of(word) for word in words]

    def _surely(self, spec: SkillSpec, deed: Deed, texts: list[tuple[int, list[frozenset[str]]]]) -> int:
        """How surely a skill does a deed; 0 for not at all."""
        choices = {word.casefold() for one in spec.goal for word in one.choices}
        if choices & set(deed.choice):
            return 3 * any(in_order([verb], words) for verb in CHOOSING for _, words in texts)
        if any(in_order(one.split(), words) for one in deed.never for _, words in texts):
            return 0
        told = 0
        for verb in (one.split() for one in deed.verbs):
            for weight, words in texts:
                if in_order(verb, words):
                    told = max(told, weight + in_order(verb, words[: len(verb)]))
        made = {(effect.positive, effect.predicate) for effect in map(Literal.parse, spec.effects)}
        wanted = {(not one.startswith("not "), one.removeprefix("not ")) for one in deed.effects}
        return told + 2 * bool(made & wanted) if told or made & wanted else 0

    def _ability(self, spec: SkillSpec, surely: int, deed: Deed) -> Ability:
        """A skill with the parts that its parameters play."""
        pairs = ((one.name, word) for one in spec.goal for word in one.choices if word.casefold() in deed.choice)
        chosen = next(pairs, None)
        needed = [one for one in spec.goal if one.default is None or one.type in ("object", "choice")]
        things = [one.name for one in needed if one.type == "object"]
        person = next((one.name for one in needed if one.type == "object" and self._is_person(one)), "")
        topic = next((one.name for one in needed if one.type in ("choice", "words")), "")
        topic = "" if chosen and chosen[0] == topic else topic
        others = tuple(name for name in things if name != person)
        return Ability(spec, surely, person, topic, others, (chosen,) if chosen else ())

    def _is_person(self, parameter: GoalParameter) -> bool:
        """Whether a parameter is for somebody, by its name, else by the first noun of its description."""
        people = set(self._lexicon.things.types["person"].parameters)
        words = name_words(parameter.name)
        stated = name_words(parameter.kind)
        if stated and (set(stated) & people or stated[-1] in PLACES):
            return bool(set(stated) & people)
        if words[-1] in PLACES:
            return False
        told = re.findall(r"[a-z]+", parameter.description.casefold())
        told = [word for word in told if word not in ("the", "a", "an", "name", "of")][:2]
        return bool({*words, *told[:1]} & people)

    @staticmethod
    def _takes(deed: Deed, ability: Ability) -> bool:
        """Whether a skill has the arguments that a deed needs."""
        numbers = [one for one in ability.spec.goal if one.type == "number" and one.default is None]
        wanted = deed.takes
        person, topic = "person" in wanted, "topic" in wanted
        count = sum(one in ("thing", "place") for one in wanted)
        fits = count == len(ability.things) or (count == 0 and not ability.things)
        kinds = {one.name: one.kind for one in ability.spec.goal}
        carried = "thing" in wanted and person  # somebody is brought along to a place, not a place to somebody
        fits = fits and not (carried and any(kinds[one] in PLACES for one in ability.things))
        return fits and person == bool(ability.person) and topic == bool(ability.topic) and not numbers


def in_order(wanted: Sequence[str], words: Sequence[frozenset[str]]) -> bool:
    """Whether words stand in this order, other ones between them."""
    at = 0
    for word in words:
        if at < len(wanted) and wanted[at] in word:
            at += 1
    return at == len(wanted)
