"""Goals: what a remark that only tells something asks for, as steps of the library, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from skill_stack.core.fact import Fact
from skill_stack.core.skill import SkillSpec
from skill_stack.core.skill_library import SkillLibrary
from skill_stack.language.grammar.scene_words import SceneWords
from skill_stack.language.implied.abilities import Abilities
from skill_stack.language.implied.acting import Acting
from skill_stack.language.implied.doing import Do, read_do
from skill_stack.language.implied.forms import Forms
from skill_stack.language.implied.hearing import Told, Way, read_way, worths
from skill_stack.language.implied.ontology import Ontology
from skill_stack.language.implied.remark import Remark
from skill_stack.language.implied.surroundings import Surroundings
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.text import Token

MOST_TRIED = 6
"""Actions that are tried for one remark; keeps the answer short of a second."""

MOST_SITUATIONS = 4
"""Situations of one remark that are looked at, the surest first."""


@dataclass(frozen=True, slots=True)
class Action:
    """One skill with what it is done with.

    Attributes:
        spec: The skill.
        arguments: Its arguments by name.
    """

    spec: SkillSpec
    arguments: Mapping[str, str]


class Goals:
    """Hears what remarks ask for without saying so."""

    def __init__(self, ontology: Ontology, library: SkillLibrary, lexicon: Lexicon) -> None:
        """Prepares situations and sorts the skills of the library.

        Args:
            ontology: What is known of implied goals.
            library: The skills.
            lexicon: The language.
        """
        self._ontology, self._lexicon = ontology, lexicon
        self._forms = Forms(ontology.forms)
        self._abilities = Abilities(library, ontology.deeds, lexicon, self._forms)
        self._ways: list[Way] = [
            read_way(text, one, ontology.functions) for one in ontology.situations for text in one.tell
        ]
        self._worth = worths(self._ways)
        told = frozenset(name for name, deed in ontology.deeds.items() if "topic" in deed.takes)
        self._does: dict[int, tuple[Do, ...]] = {
            id(one): tuple(read_do(do, ontology.deeds, ontology.functions, told) for do in one.do)
            for one in ontology.situations
        }

    def remark(self, tokens: Sequence[Token], words: SceneWords, facts: frozenset[Fact]) -> Remark:
        """What was said as a remark, with what it speaks of.

        Args:
            tokens: What was said.
            words: Names of the scene.
            facts: What is true now.
        """
        around = Surroundings(words.scene, facts, self._ontology.functions)
        return Remark(tokens, words, around, self._ontology, self._forms)

    def actions(self, remark: Remark, sure: bool = False) -> Iterator[Action]:
        """What a remark asks for, the likeliest first; nothing when it only tells something.

        Args:
            remark: The remark.
            sure: Whether only what is told in its own words counts.
        """
        if not self._ways or any(token.text == "?" for token in remark.tokens):
            return
        if not remark.said or remark.quiet():
            return
        acting = Acting(self._abilities, self._lexicon, remark, self._ontology)
        done: set[tuple[str, tuple[tuple[str, str], ...]]] = set()
        for told in self._told(remark, sure)[:MOST_SITUATIONS]:
            if acting.settled and not done:
                return  # the surest way to help is so already, and others would only be guessed
            for do in self._does[id(told.situation)]:
                for spec, arguments in acting.ways(do, told):
                    key = spec.name, tuple(sorted(arguments.items()))
                    if key not in done and len(done) < MOST_TRIED:
                        done.add(key)
                        yield Action(spec, arguments)

    def _told(self, remark: Remark, sure: bool) -> list[Told]:
        """Situations that are told, the surest first, each once."""
        _, here = remark.beneficiary()
        absent = remark.absent()
        found: dict[int, Told] = {}
        for told in remark.hearing(self._worth).told(self._ways):
            if told.situation.whose == "person" and (not here or absent):
                continue
            if remark.past(told.at) or (sure and told.situation.generic):
                continue
            had = found.get(id(told.situation))
            if had is None or had.score < told.score:
                found[id(told.situation)] = told
        return sorted(found.values(), key=lambda one: -one.score)
