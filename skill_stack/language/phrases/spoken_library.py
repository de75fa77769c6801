"""SpokenLibrary: a library with all of its phrases, compiled once."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain

from skill_stack.core.skills.skill import SLOT, SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.steps import Step
from skill_stack.language.clauses.outline import Outliner
from skill_stack.language.conditions.constraints import Constraints
from skill_stack.language.grammar.chunks import FRAME, Choice
from skill_stack.language.grammar.noun_phrase import NounParser
from skill_stack.language.grammar.preparation import Preparation
from skill_stack.language.grammar.quantity import QuantityParser
from skill_stack.language.grammar.scene_words import SceneWords
from skill_stack.language.phrases.frame_compiler import FrameCompiler, choice_words
from skill_stack.language.phrases.frames import Head, PhraseFrame
from skill_stack.language.words.endings import bases
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.lexicon_files import ChoiceWording, Words
from skill_stack.language.words.phrase_table import PhraseTable
from skill_stack.language.words.text import Token

YIELDING = frozenset({"approach", "face", "rotate", "sit", "stand"})
"""Senses whose words are another skill's where that has them as its own."""

_WORD = re.compile(r"[a-z]+")
_CHOICE = re.compile(r"\(([^()]*)\)")


class SpokenLibrary:
    """The words of a library: everything that does not depend on the scene.

    Attributes:
        library: Skills of the robot.
        lexicon: The lexicon.
        quantities: Parses amounts.
        frames: Frames by the words of their verb.
        waits: Whether a skill waits.
        between: Prepositions.
        again: Phrases that request a repetition.
        owned: Final words of phrases.
        tails: Particles that may be separated from their verb.
        heads: Verbs.
        choices: Words of choices.
        preparation: Corrects spelling and removes fillers.
        outliner: Splits a text into requests, prohibitions and conditions.
        constraints: Finds constraints that a plan drops.
        verbs: First words of all verbs of the lexicon.
    """

    def __init__(self, library: SkillLibrary, lexicon: Lexicon) -> None:
        self.library, self.lexicon = library, lexicon
        self.quantities = QuantityParser(self.lexicon, [p.unit for spec in library for p in spec.goal])
        self.frames: dict[tuple[str, ...], list[PhraseFrame]] = {}
        for frame in _unclaimed(FrameCompiler(self.lexicon, self.quantities).library(library)):
            self.frames.setdefault(frame.head, []).append(frame)
        frames = tuple(chain.from_iterable(self.frames.values()))
        self.waits = any(frame.sense == "wait" for frame in frames)
        self.between = self.lexicon.table(sorted(_between(frames, lexicon)))
        self.again = frozenset(self.lexicon.split(phrase) for phrase in self.lexicon.manner.again)
        tails = {frame.tail for frame in frames if frame.tail}
        self.owned = sorted(" ".join(tail) for tail in tails)
        self.tails = self.lexicon.table(sorted({*self.lexicon.verbs.particles, *self.owned}))
        self.heads = PhraseTable((head, head) for head in {*self.frames, *self.again, *self._apart(tails)})
        self.choices = self._said_choices()
        data = self.lexicon.statements
        talk = sorted({*data.copulas, *data.pronouns, *data.asking_first, "where"})
        self.preparation = Preparation(self.lexicon, self.heads, self.choices, [talk])
        self.outliner = lexicon.shared(Outliner)
        self.constraints = Constraints(self.lexicon, library)
        self.verbs = _first_words(lexicon)
        self._nouns: NounParser | None = None

    @functools.cached_property
    def about(self) -> dict[str, frozenset[str]]:
        """The words of each skill, by its name: its verbs, name, phrases and description, also in base form."""
        out: dict[str, set[str]] = {}
        for frame in chain.from_iterable(self.frames.values()):
            out.setdefault(frame.skill.name, set()).update((*frame.head, *frame.tail))
        for spec in (one for one in self.library if one.name in out):
            said = SLOT.sub(" ", " ".join((spec.name.replace("_", " "), *spec.phrases, spec.description)))
            out[spec.name].update(_WORD.findall(said.casefold()))
        return {name: frozenset(form for word in words for form in (word, *bases(word))) for name, words in out.items()}

    def _apart(self, tails: Collection[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
        """Verbs without final words that may be separated from them."""
        ends = {*tails, *((particle,) for particle in self.lexicon.verbs.particles)}
        for head in self.frames:
            for at in range(1, len(head)):
                if head[at:] in ends and head[at - 1] not in self.lexicon.small.articles:
                    yield head[:at]

    def _said_choices(self) -> PhraseTable[Choice]:
        data = self.lexicon.skill_names
        choices = PhraseTable(
            (self.lexicon.split(phrase), Choice(parameter.name, word, word))
            for spec in self.library
            for parameter in spec.goal
            if parameter.name != FRAME
            for word in parameter.choices
            for name in parameter.words_of(word)
            for phrase in choice_phrases(name, parameter.name, data.choices)
        )
        ways = self.lexicon.directions.directions
        for parameter in (one for spec in self.library for one in spec.goal if one.type == "choice"):
            for word in parameter.choices:
                for phrase in direction_phrases(word, ways, data.ways):
                    choices.add(self.lexicon.split(phrase), Choice(parameter.name, word, word))
        self._add_frames(choices)
        for spec in self.library:
            for phrase in spec.phrases:
                self._add_slots(choices, spec, phrase)
        return choices

    def _add_frames(self, choices: PhraseTable[Choice]) -> None:
        """Adds the words for whose side is meant, where a skill takes them."""
        if not any(parameter.name == FRAME for spec in self.library for parameter in spec.goal):
            return
        for frame, phrases in self.lexicon.spatial.frames.items():
            for phrase in phrases:
                choices.add(self.lexicon.split(phrase), Choice(FRAME, frame, phrase))

    def _add_slots(self, choices: PhraseTable[Choice], spec: SkillSpec, phrase: str) -> None:
        """Adds the choices of a skill together with the words before them in a phrase."""
        for slot, before in choice_words(phrase, self.lexicon.split):
            words = {name: w for p in spec.goal if p.name == slot for w in p.choices for name in p.words_of(w)}
            for name, word in words.items():
                for said in (name, *(f"{name} {noun}" for noun in self.lexicon.skill_names.levels)):
                    choices.add((*before, *self.lexicon.split(said)), Choice(slot, word, word))

    def nouns(self, words: SceneWords) -> NounParser:
        """Returns a parser of noun phrases for a scene; its tables are kept for the last scene."""
        if self._nouns is None or self._nouns.words is not words:
            self._nouns = NounParser(self.lexicon, words, self.preparation.known)
        return self._nouns.fresh()

    def verb_at(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether a verb of the library or of the lexicon stands at a position."""
        return self.heads.longest(tokens, at) is not None or tokens[at].text in self.verbs

    def skill_end(self, tokens: Sequence[Token], at: int) -> int | None:
        """Returns the end of the longest verb of the library at a position, or None."""
        found = self.heads.longest(tokens, at)
        return found[0] if found is not None else None

    def skills(self, head: tuple[str, ...]) -> set[str]:
        """Returns the names of the skills of a verb."""
        return {frame.skill.name for frame in self.frames.get(head, ())}

    def halts(self) -> list[Step]:
        """Returns the steps that keep the robot still."""
        halting = [frame.skill for frames in self.frames.values() for frame in frames if frame.sense == "halt"]
        return [Step(spec, spec.complete({}), "keeps still") for spec in halting]


def _unclaimed(frames: list[PhraseFrame]) -> list[PhraseFrame]:
    """Removes frames of a wide sense whose words another skill has: pointing is no facing where one points."""
    claimed: dict[tuple[Head, bool], set[str]] = {}
    for one in frames:
        for words in one.surfaces if one.own else ():
            claimed.setdefault((words, bool(one.roles)), set()).add(one.skill.name)

    def yields(frame: PhraseFrame) -> bool:
        wide = frame.remoteness == 2 and frame.sense in YIELDING and frame.head in frame.surfaces
        return wide and bool(claimed.get((frame.head, bool(frame.roles)), set()) - {frame.skill.name})

    return [frame for frame in frames if not yields(frame)]


def _between(frames: Iterable[PhraseFrame], lexicon: Lexicon) -> set[str]:
    groups = lexicon.verbs.prepositions.values()
    sides = [words for kind, words in lexicon.things.relations.items() if kind != "from"]
    own = (role.between for frame in frames for role in frame.roles)
    return {"with", "using"}.union(*own, *groups, *sides) - {""}


def _first_words(lexicon: Lexicon) -> frozenset[str]:
    lines = [line for sense in lexicon.verbs.senses.values() for line in sense]
    verbs = [verb for words in (*(line.verbs for line in lines), *lexicon.verbs.same) for verb in words]
    firsts = {split[0] for verb in verbs if (split := lexicon.split(verb))}
    return frozenset(firsts - {"on", "up"})  # "on your feet" has no verb


def choice_phrases(word: str, name: str, wordings: tuple[ChoiceWording, ...]) -> Iterator[str]:
    """Yields wordings of a choice: ``left``, ``with your left hand``, ``in a friendly style``, ``what time it is``.

    Args:
        word: The choice.
        name: Name of its parameter.
        wordings: Patterns of wordings.
    """
    word, name = word.replace("_", " "), name.replace("_", " ")
    verb, _, rest = word.partition(" ")
    for one in wordings:
        named = not one.of or bool(set(one.of) & set(name.split()))
        if named and verb.endswith(one.verb) and (not one.last or rest.split()[-1:] and rest.split()[-1] in one.last):
            for said in (way for pattern in one.say for way in _ways(pattern)):
                yield said.format(choice=word, name=name, verb=verb, rest=rest)


def _ways(pattern: str) -> Iterator[str]:
    """The texts of a pattern with choices: ``(a|b|)``."""
    parts = (part.split("|") if at % 2 else [part] for at, part in enumerate(_CHOICE.split(pattern)))
    return ("".join(way) for way in itertools.product(*parts))


def direction_phrases(word: str, directions: Mapping[str, Words], ways: Mapping[str, Words]) -> Iterator[str]:
    """Yields wordings of a choice that is a direction: ``to the left`` for ``left``, ``a bit forward`` for
    ``forwards``.

    Args:
        word: The choice.
        directions: Phrases of each direction.
        ways: Words that libraries use for each direction.
    """
    names = [name for name, words in ways.items() if word.casefold().replace("_", " ") in words]
    for phrase in (phrase for name in names for phrase in directions[name]):
        yield from (phrase, f"a bit {phrase}", f"a little {phrase}", f"slightly {phrase}")
