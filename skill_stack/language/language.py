"""Language: words over one library → their readings in a scene."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date

from skill_stack.core.plan import PlanNode
from skill_stack.core.resources import Resources
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.steps import Step
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph
from skill_stack.language.answers import Answer, refusal
from skill_stack.language.attempts import FORBIDDEN
from skill_stack.language.clauses.roles import Types, kinds_of
from skill_stack.language.grammar.scene_words import SceneWords
from skill_stack.language.implied.knowledge import Knowledge
from skill_stack.language.implied.needs import Needs
from skill_stack.language.learnt.learnt_phrases import LearntPhrase, LearntPhrases
from skill_stack.language.learnt.learnt_wording import LearntWording
from skill_stack.language.phrases.spoken_library import SpokenLibrary
from skill_stack.language.readings import Reading, Readings, changed
from skill_stack.language.speech.utterances import Utterances
from skill_stack.language.speech.voices import Voices, quoted, stated
from skill_stack.language.text_reader import TextReader
from skill_stack.language.word_coverage import WordCoverage
from skill_stack.language.words.lexicon import Lexicon, load_lexicon
from skill_stack.language.words.repeated_words import unrepeated
from skill_stack.language.words.text import Text, tokenise

LONGEST_TEXT = 2000
"""Characters that an instruction may have."""


class Language:
    """Reads what is said to one library. Everything that does not depend on the scene is prepared at construction.

    Attributes:
        library: The skills; one that says any words has placeholders as choices of what it says.
        knowledge: Needs, uses of things, and what else is known of the world.
        lexicon: The words.
        learnt: Phrases that were learnt from use; None where nothing is.
    """

    def __init__(
        self,
        library: SkillLibrary,
        lexicon: Lexicon | None = None,
        knowledge: Knowledge | None = None,
        learnt: LearntPhrases | None = None,
    ) -> None:
        """Compiles the library's phrases.

        Args:
            library: Skills of the robot.
            lexicon: The words; None for those that come with the package.
            knowledge: Needs and uses of things; None for those of ``config/knowledge``.
            learnt: Phrases that were learnt from use; None where nothing is.
        """
        if knowledge is None:
            knowledge = Knowledge.load(Resources.from_environment(os.environ).list("config/knowledge"))
        self.knowledge, self.lexicon = knowledge, lexicon or load_lexicon()
        self._voices = Voices(library, self.lexicon.speech)
        self.library = self._voices.library
        self._robot = library.robot
        self._spoken = SpokenLibrary(self.library, self.lexicon)
        self._coverage = WordCoverage(self.lexicon, self._spoken.preparation.known)
        self._needs = Needs(knowledge, self.lexicon)
        self._words: SceneWords | None = None
        self.learn(learnt)

    def learn(self, phrases: LearntPhrases | None) -> None:
        """Takes phrases that were learnt from use; None for none."""
        self.learnt = phrases
        self._learnt = LearntWording(self._spoken, phrases) if phrases is not None else None

    def readings(self, text: str, scene: SceneGraph, facts: frozenset[Fact]) -> Readings:
        """The ways to read a text, the best first.

        Args:
            text: What was said.
            scene: What there is; with the robot's pose, nearness and sides are understood.
            facts: What is true now.
        """
        said = tokenise(text, self.lexicon.small.contractions).tokens

        def with_coverage(reading: Reading) -> Reading:
            unclaimed = self._coverage.unclaimed(said, reading.read) if reading.read else ()
            return replace(reading, unclaimed=unclaimed)

        return changed(self._voiced(text, scene, facts), with_coverage)

    def learnt_reading(self, text: str, scene: SceneGraph, facts: frozenset[Fact]) -> Reading | None:
        """The reading of a text that is a phrase which was learnt; None for any other.

        Args:
            text: What was said.
            scene: What there is.
            facts: What is true now.
        """
        found = self._learnt.read(text, self._words_of(scene), facts) if self._learnt is not None else None
        if found is None:
            return None
        phrase, step = found
        return Reading((step,), () if phrase.used else (f"as you taught me: '{phrase.phrase}'",), learnt=phrase.phrase)

    def nearest(self, text: str, scene: SceneGraph, facts: frozenset[Fact]) -> Iterable[tuple[str, Reading]]:
        """Readings of words that were not read, by the skills that come closest, each with the name of its skill.

        Args:
            text: What was said.
            scene: What there is.
            facts: What is true now.
        """
        tokens = tokenise(text, self.lexicon.small.contractions).tokens
        if self._spoken.constraints.limits(tokens):
            return ()  # what is nearest may be just what is forbidden
        return self._reader(self._words_of(scene), facts).nearest(tokens, text)

    def phrase_of(self, text: str, asked: PlanNode, scene: SceneGraph, facts: frozenset[Fact]) -> LearntPhrase | None:
        """The phrase that a sentence becomes whose plan a person confirmed; None where nothing is to be learnt.

        Args:
            text: What was said.
            asked: What was asked for by it, without what the state added.
            scene: What there is.
            facts: What is true now.
        """
        if self._learnt is None:
            return None
        return self._learnt.phrase_of(text, asked, self._words_of(scene), facts, date.today())

    def halts(self) -> list[Step]:
        """Steps that keep the robot still."""
        return self._spoken.halts()

    def unfit(self, library: SkillLibrary, scene: SceneGraph) -> Callable[[str, str, bool], bool]:
        """Whether a thing is of the wrong kind for an argument: its name, the thing, and whether that has to be sure.

        Args:
            library: The skills.
            scene: What there is.
        """
        return Types(self.lexicon, scene, kinds=kinds_of(library)).unfit

    def told(
        self, reading: Reading, tree: PlanNode, facts: tuple[str, ...], sentence: str
    ) -> tuple[PlanNode, tuple[str, ...], str]:
        """A plan, its facts and its summary with what is said in place of placeholders.

        Args:
            reading: What the plan was made of.
            tree: The plan.
            facts: What is true afterwards, as text.
            sentence: The plan in words.
        """
        texts = dict(reading.texts)
        if not texts:
            return tree, facts, sentence
        return self._voices.unmasked(tree, texts), stated(facts, texts), quoted(sentence, texts)

    def _voiced(self, source: str, scene: SceneGraph, facts: frozenset[Fact]) -> Readings:
        """Readings, with what the robot is to say in any words."""
        if not self._voices.voices or len(source) > LONGEST_TEXT:
            return (yield from self._plain(source, scene, facts))
        answer = yield from self._with_texts(source, scene, facts)
        return _retold(answer, {})  # whoever lists what can be said lists no placeholders

    def _with_texts(self, source: str, scene: SceneGraph, facts: frozenset[Fact]) -> Readings:
        """Readings of an instruction to a robot that says any words."""
        form = self._reader(self._words_of(scene), facts).wording().form
        utterances = Utterances(form, self._voices, self._spoken.does, self._spoken.skills)
        masked, sure = utterances.masked(source, tokenise(source, self.lexicon.small.contractions).tokens)
        texts = utterances.texts
        if not texts:
            return (yield from self._plain(source, scene, facts))
        if not sure and self._voices.others:  # "tell Ben a joke" may be a skill of its own
            yield from self._plain(source, scene, facts)
        readings = self._plain(masked, scene, facts)
        answer = yield from changed(readings, lambda one: replace(one, texts=tuple(texts.items())))
        return _retold(answer, texts)

    def _plain(self, source: str, scene: SceneGraph, facts: frozenset[Fact]) -> Readings:
        """Readings of words that ask for nothing to be said, or with placeholders for that."""
        unreadable = _unreadable(source)
        if unreadable is not None:
            return unreadable
        text = unrepeated(tokenise(source, self.lexicon.small.contractions), frozenset(self.lexicon.small.noise))
        reader = self._reader(self._words_of(scene), facts)
        text = Text(text.source, self._spoken.preparation.unaddressed(text.tokens, reader.words, self._robot))
        as_written = yield from reader.readings(text, [])
        if as_written.facts:
            return as_written
        mended, slips = self._spoken.preparation.mended(text.tokens, reader.words)
        if slips and (as_written.status != "statement" or reader.wording().form.begins(mended, 0)):
            yield from reader.readings(Text(text.source, mended), slips)
        forbids = reader.forbids(text, as_written)
        return Answer("statement", FORBIDDEN, unread=True) if forbids else as_written

    def _reader(self, words: SceneWords, facts: frozenset[Fact]) -> TextReader:
        """What reads texts in a scene."""
        return TextReader(self._spoken, self._needs, words, facts)

    def _words_of(self, scene: SceneGraph) -> SceneWords:
        """The names of a scene; those of the scene of before where it is the same."""
        if self._words is None or self._words.scene is not scene:
            self._words = SceneWords(scene, self.lexicon, self.knowledge.categories, self.knowledge.traits)
        return self._words


def _retold(answer: Answer, texts: dict[str, str]) -> Answer:
    """An answer with what is said in place of placeholders."""
    facts = stated(answer.facts, texts) if texts else answer.facts
    told = quoted(str(answer), texts)
    return Answer(answer.status, told, facts, answer.skill, answer.missing, answer.unread, answer.about)


def _unreadable(source: str) -> Answer | None:
    """The answer to what is no text; None for a text."""
    if len(source) > LONGEST_TEXT:
        return refusal(f"That is {len(source)} characters long; I read up to {LONGEST_TEXT}. Please say it shorter.")
    if any(unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn") and c not in "\n\r\t" for c in source):
        return refusal("That is not readable text. Please write a sentence, for example 'go to the red ball'.")
    return None
