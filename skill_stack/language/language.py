"""Language: readings of a text for one skill library, in a scene."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date

from skill_stack.core.errors import DataError
from skill_stack.core.plan import PlanNode
from skill_stack.core.resources import Resources
from skill_stack.core.rewards.reward_goals import takes_terms
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.steps import Step
from skill_stack.core.world.blueprint import Blueprint, blueprint_in
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph
from skill_stack.language.answers import Answer, refusal
from skill_stack.language.clauses.parallel import Togetherness
from skill_stack.language.clauses.roles import Types, kinds_of
from skill_stack.language.grammar.scene_words import SceneWords
from skill_stack.language.implied.knowledge import Knowledge
from skill_stack.language.implied.needs import Needs
from skill_stack.language.learnt.learnt_phrases import LearntPhrase, LearntPhrases
from skill_stack.language.learnt.learnt_wording import LearntWording
from skill_stack.language.phrases.spoken_library import SpokenLibrary
from skill_stack.language.readings import Reading, Readings, TakenAs, changed
from skill_stack.language.speech.utterances import Utterances
from skill_stack.language.speech.voices import Voices, quoted, stated
from skill_stack.language.structures.structure_reader import StructureReader
from skill_stack.language.text_reader import TextReader
from skill_stack.language.word_coverage import WordCoverage
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon import Lexicon, load_lexicon
from skill_stack.language.words.text import Text, tokenise

LONGEST_TEXT = 2000
"""Characters of an instruction at most."""


class Language:
    """Reads texts for one skill library. What does not depend on the scene is prepared at construction.

    Attributes:
        library: The skills. Where a skill says free text, its argument has placeholders as choices.
        knowledge: Needs, categories and properties of objects, hazards.
        lexicon: The lexicon.
        structures: Reads what is to be built, and which loose things are to be brought where.
        learnt: Phrases learnt from use, or None.
    """

    def __init__(
        self,
        library: SkillLibrary,
        lexicon: Lexicon | None = None,
        knowledge: Knowledge | None = None,
        learnt: LearntPhrases | None = None,
    ) -> None:
        """Compiles the phrases of the library.

        Args:
            library: Skills of the robot.
            lexicon: The lexicon; None for the one of the package.
            knowledge: Categories and properties of objects; None for ``config/knowledge``.
            learnt: Phrases learnt from use, or None.
        """
        if knowledge is None:
            knowledge = Knowledge.load(Resources.from_environment(os.environ).list("config/knowledge"))
        self.knowledge, self.lexicon = knowledge, lexicon or load_lexicon()
        self._voices = Voices(library, self.lexicon.speech)
        self.library = self._voices.library
        self._robot = library.robot
        self._spoken = SpokenLibrary(_worded(self.library), self.lexicon)
        self._coverage = WordCoverage(self.lexicon, self._spoken)
        self._needs = Needs(knowledge, self.lexicon)
        self.structures = self.lexicon.shared(StructureReader)
        self._words: SceneWords | None = None
        self.learn(learnt)

    def learn(self, phrases: LearntPhrases | None) -> None:
        """Replaces the phrases learnt from use; None for no phrases."""
        self.learnt = phrases
        self._learnt = LearntWording(self._spoken, phrases) if phrases is not None else None

    def readings(self, text: str, scene: SceneGraph, facts: frozenset[Fact]) -> Readings:
        """Yields the readings of a text, best first; returns the answer to the text where none gives a plan.

        Args:
            text: The text.
            scene: Objects, and the pose of the robot if known; *nearest* and sides need the pose.
            facts: Facts that hold now.
        """
        said = tokenise(text, self.lexicon.small.contractions).tokens

        def with_coverage(reading: Reading) -> Reading:
            unclaimed = self._coverage.unclaimed(said, reading.read) if reading.read else ()
            return replace(reading, unclaimed=unclaimed, notes=(*reading.notes, *self._coverage.guesses(reading)))

        return changed(self._voiced(text, scene, facts), with_coverage)

    def at_once(self, text: str) -> Iterator[tuple[str, str]]:
        """Yields the main and the other clause of a text that says that two things are done at the same time."""
        tokens = tokenise(text, self.lexicon.small.contractions).tokens
        for found in self.lexicon.shared(Togetherness).readings(tokens, lambda at: True):
            if not found.before and not found.after:
                main, other = (" ".join(token.text for token in part) for part in (found.main, found.other))
                yield main, other

    def learnt_reading(self, text: str, scene: SceneGraph, facts: frozenset[Fact]) -> Reading | None:
        """Returns the reading of a text that is a learnt phrase; None for any other text."""
        found = self._learnt.read(text, self._words_of(scene), facts) if self._learnt is not None else None
        if found is None:
            return None
        phrase, step = found
        return Reading((step,), () if phrase.used else (f"as you taught me: '{phrase.phrase}'",), learnt=phrase.phrase)

    def nearest(self, text: str, scene: SceneGraph, facts: frozenset[Fact]) -> Iterable[tuple[str, Reading]]:
        """Yields readings of an unread text by the most similar skills, each with the skill's name."""
        tokens = tokenise(text, self.lexicon.small.contractions).tokens
        if self._spoken.constraints.limits(tokens):
            return ()  # the nearest skill may be the forbidden one
        return self._reader(self._words_of(scene), facts).nearest(Text(text, tokens))

    def phrase_of(self, text: str, asked: PlanNode, scene: SceneGraph, facts: frozenset[Fact]) -> LearntPhrase | None:
        """Returns the phrase to learn from a text whose plan was confirmed; None where there is nothing to learn.

        Args:
            text: The text.
            asked: The plan that it requested, without the steps that search added.
            scene: The scene.
            facts: Facts that hold now.
        """
        if self._learnt is None:
            return None
        return self._learnt.phrase_of(text, asked, self._words_of(scene), facts, date.today())

    def structure(self, text: str) -> Blueprint | Answer | None:
        """Returns the structure that a text asks to build, in words or as a blueprint file; None for any other text.

        Returns:
            The structure; the answer where something is missing or contradictory; None for any other text.
        """
        try:
            given = blueprint_in(text)
        except DataError as error:
            return refusal(f"I cannot build that: {error}.")
        if given is not None:
            return given
        return self.structures.request(text) if len(text) <= LONGEST_TEXT else None

    def halts(self) -> list[Step]:
        """Returns the steps that keep the robot still."""
        return self._spoken.halts()

    def unfit(self, library: SkillLibrary, scene: SceneGraph) -> Callable[[str, str, bool], bool]:
        """Returns a predicate: whether an object is of the wrong kind for an argument.

        The predicate takes the argument's name, the id of the object, and whether only a certain mismatch counts.
        """
        return Types(self.lexicon, scene, kinds=kinds_of(library)).unfit

    def told(
        self, reading: Reading, tree: PlanNode, facts: tuple[str, ...], sentence: str
    ) -> tuple[PlanNode, tuple[str, ...], str]:
        """Puts the quoted texts in place of placeholders in a plan, its facts and its summary.

        Args:
            reading: The reading that the plan was made of.
            tree: The plan.
            facts: Facts after the plan, as text.
            sentence: The summary of the plan.
        """
        texts = dict(reading.texts)
        if not texts:
            return tree, facts, sentence
        return self._voices.unmasked(tree, texts), stated(facts, texts), quoted(sentence, texts)

    def _voiced(self, source: str, scene: SceneGraph, facts: frozenset[Fact]) -> Readings:
        """Readings that also cover free text for the robot to say."""
        if not self._voices.voices or len(source) > LONGEST_TEXT:
            return (yield from self._plain(source, scene, facts))
        answer = yield from self._with_texts(source, scene, facts)
        return _retold(answer, {})  # no list of skills shows a placeholder

    def _with_texts(self, source: str, scene: SceneGraph, facts: frozenset[Fact]) -> Readings:
        form = self._reader(self._words_of(scene), facts).wording().form
        utterances = Utterances(source, form, self._voices)
        masked = utterances.masked(tokenise(source, self.lexicon.small.contractions).tokens)
        texts = utterances.texts
        if not texts:
            return (yield from self._plain(source, scene, facts))
        if not utterances.given and self._voices.others:  # "tell Ben a joke" may be a skill of its own
            yield from self._plain(source, scene, facts)
        readings = self._plain(masked, scene, facts)
        guess = (TakenAs(),) if utterances.reported else ()
        answer = yield from changed(
            readings, lambda one: replace(one, texts=tuple(texts.items()), notes=one.notes + guess)
        )
        return _retold(answer, texts)

    def _plain(self, source: str, scene: SceneGraph, facts: frozenset[Fact]) -> Readings:
        """Readings of a text without free text, or with placeholders for it."""
        unreadable = _unreadable(source)
        if unreadable is not None:
            return unreadable
        text = unrepeated(tokenise(source, self.lexicon.small.contractions), frozenset(self.lexicon.small.noise))
        reader = self._reader(self._words_of(scene), facts)
        text = Text(text.source, self._spoken.preparation.unaddressed(text.tokens, reader.words, self._robot))
        played = source.strip()[:1] == "*" == source.strip()[-1:]  # "*turns around*" may only be told
        as_written = yield from reader.readings(text, [TakenAs()] if played else [])
        if as_written.facts:
            return as_written
        mended, slips = self._spoken.preparation.mended(text.tokens, reader.words)
        if slips and (as_written.status != "statement" or reader.wording().form.begins(mended, 0)):
            as_mended = yield from reader.readings(Text(text.source, mended), [*slips, TakenAs()])
            return as_mended if as_written.status == "refusal" else as_written
        return as_written

    def _reader(self, words: SceneWords, facts: frozenset[Fact]) -> TextReader:
        return TextReader(self._spoken, self._needs, words, facts)

    def _words_of(self, scene: SceneGraph) -> SceneWords:
        """The names of a scene; cached for the last scene."""
        if self._words is None or self._words.scene is not scene:
            self._words = SceneWords(scene, self.lexicon, self.knowledge.categories)
        return self._words


def _worded(library: SkillLibrary) -> SkillLibrary:
    """The skills that phrases ask for; for reward terms :mod:`skill_stack.motion.words` has the words."""
    told = {name for name, entry in library.entries.items() if entry.spec is not None and takes_terms(entry.spec)}
    return replace(library, entries={name: one for name, one in library.entries.items() if name not in told})


def _retold(answer: Answer, texts: dict[str, str]) -> Answer:
    """An answer with the quoted texts in place of placeholders."""
    facts = stated(answer.facts, texts) if texts else answer.facts
    told = quoted(str(answer), texts)
    return Answer(answer.status, told, facts, answer.skill, answer.missing, answer.unread, answer.about)


def _unreadable(source: str) -> Answer | None:
    """The answer to characters that are no text or too many; None for a text."""
    if len(source) > LONGEST_TEXT:
        return refusal(f"That is {len(source)} characters long; I read up to {LONGEST_TEXT}. Please say it shorter.")
    if any(unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn") and c not in "\n\r\t" for c in source):
        return refusal("That is not readable text. Please write a sentence, for example 'go to the red ball'.")
    return None


def unrepeated(text: Text, noise: frozenset[str]) -> Text:
    """Removes hesitation and repeated words from a text."""
    tokens = [token for token in text.tokens if token.text not in noise]
    before = ["", *(token.text for token in tokens)]
    tokens = [one for one, last in zip(tokens, before, strict=False) if one.text != last or one.text not in WORDS.twice]
    return Text(text.source, tuple(tokens))
