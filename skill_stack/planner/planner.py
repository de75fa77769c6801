"""Planner: words → checked plan, without a language model."""

from __future__ import annotations

import contextlib
import hashlib
import os
import unicodedata
from dataclasses import replace
from datetime import date

from skill_stack.core.fact import Fact
from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import Plan, PlanNode, PlanStatus
from skill_stack.core.resources import Resources
from skill_stack.core.scene import SceneGraph
from skill_stack.core.skill_library import SkillLibrary
from skill_stack.core.stop_words import heard_stop
from skill_stack.language.answers import Answer, refusal, shortened
from skill_stack.language.attempts import FORBIDDEN
from skill_stack.language.grammar.scene_words import SceneWords
from skill_stack.language.implied.goals import Goals
from skill_stack.language.implied.knowledge import Knowledge
from skill_stack.language.implied.needs import Needs
from skill_stack.language.learnt.learnt_phrases import LearntPhrase, LearntPhrases
from skill_stack.language.learnt.learnt_wording import LearntWording
from skill_stack.language.made import Made
from skill_stack.language.phrases.spoken_library import SpokenLibrary
from skill_stack.language.reading import Reading
from skill_stack.language.speech.utterances import Utterances
from skill_stack.language.speech.voices import Voices, quoted, stated
from skill_stack.language.word_coverage import WordCoverage
from skill_stack.language.words.lexicon import Lexicon, load_lexicon
from skill_stack.language.words.repeated_words import unrepeated
from skill_stack.language.words.text import Text, tokenise
from skill_stack.planner.completion import Completion
from skill_stack.planner.hazards.check import Hazards
from skill_stack.planner.summary import BEGIN, to_go_on

LONGEST_TEXT = 2000
"""Characters that an instruction may have."""


class Planner:
    """Plans over one library. Everything that does not depend on the scene is prepared at construction.

    Attributes:
        hazards: Checks plans for hazardous combinations; whoever runs a plan, or tells of it, asks this first.
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
            lexicon: The language; None for the one that comes with the package.
            knowledge: Needs and uses of things; None for those of ``config/knowledge``.
            learnt: Phrases that were learnt from use; None where nothing is.
        """
        if knowledge is None:
            knowledge = Knowledge.load(Resources.from_environment(os.environ).list("config/knowledge"))
        self.library, self.lexicon = library, lexicon or load_lexicon()
        self.voices = Voices(library)
        self.spoken = SpokenLibrary(self.voices.library, self.lexicon)
        self._completion = Completion(self.spoken)
        self._coverage = WordCoverage(self.lexicon, self.spoken.preparation.known)
        self._needs = Needs(knowledge, self.lexicon)
        self.hazards = Hazards(knowledge, self.lexicon)
        self._goals = Goals(knowledge.implied, self.voices.library, self.lexicon)
        self._categories, self._traits = knowledge.categories, knowledge.traits
        self._words: SceneWords | None = None
        self.learnt = learnt
        self._wording = LearntWording(self.spoken, learnt) if learnt is not None else None

    def is_stop(self, text: str) -> bool:
        """Whether a text asks for an immediate stop; see :func:`skill_stack.core.stop_words.heard_stop`."""
        return heard_stop(text) is not None

    def plan(
        self, instruction: Instruction, scene: SceneGraph, facts: frozenset[Fact], last: PlanNode | None = None
    ) -> Plan:
        """Answers an instruction; never raises for anything that people can type.

        Args:
            instruction: The words.
            scene: What there is; with the robot's pose, nearness and sides are understood.
            facts: What is true now, see :mod:`skill_stack.core.world_facts`.
            last: What was done before, for "call that the patrol"; None when nothing was.
        """
        plan = self._planned(instruction, scene, facts, last)
        told = plan.status == "statement" and (plan.facts or plan.skill is not None)
        if self._wording is None or plan.status == "plan" or told:
            return plan
        return self._as_learnt(self._wording, plan, scene, facts) or plan

    def wording(self, plan: Plan, scene: SceneGraph, facts: frozenset[Fact]) -> LearntPhrase | None:
        """The phrase that a sentence becomes whose plan a person confirmed; None where nothing is to be learnt.

        Args:
            plan: The plan.
            scene: What there is.
            facts: What is true now.
        """
        if self._wording is None or plan.tree is None:
            return None
        return self._wording.phrase_of(plan.instruction, plan.tree, self._words_of(scene), facts, date.today())

    def _as_learnt(
        self, wording: LearntWording, plan: Plan, scene: SceneGraph, facts: frozenset[Fact]
    ) -> Plan | None:
        """The answer to what was not read otherwise and is a phrase that was learnt; None where it is none."""
        found = wording.read(plan.instruction, self._words_of(scene), facts)
        if found is None:
            return None
        phrase, step = found
        notes = [] if phrase.used else [f"as you taught me: '{phrase.phrase}'"]
        try:
            made = self._completion.finish([step], scene, facts, notes)
        except Answer as answer:
            return Plan(plan.id, plan.instruction, answer.status, None, answer.facts, str(answer))
        return Plan(plan.id, plan.instruction, "plan", made.tree, made.facts, made.summary, learnt=phrase.phrase)

    def _planned(
        self, instruction: Instruction, scene: SceneGraph, facts: frozenset[Fact], last: PlanNode | None
    ) -> Plan:
        """The answer to an instruction without what was learnt from use."""
        name = f"{instruction.source}|{instruction.time}|{instruction.operator}|{instruction.text}"
        digest = hashlib.sha1(name.encode("utf-8", "replace")).hexdigest()[:10]
        plan_id = f"plan-{digest}"
        try:
            made = self._voiced(instruction.text, scene, facts, last)
        except Answer as answer:
            plain = Plan(plan_id, instruction.text, answer.status, None, answer.facts, str(answer), answer.skill,
                         answer.missing, unread=answer.unread)  # fmt: skip
            return self._nearest_to(plain, scene, facts) if answer.unread and answer.status == "refusal" else plain
        made = self._covered(instruction.text, made)
        sure = made.certainty == "said"
        status: PlanStatus = "plan" if sure else "question"
        said = made.summary if sure else _asked(made.summary)
        return Plan(plan_id, instruction.text, status, made.tree, made.facts, said, certainty=made.certainty)

    def _nearest_to(self, plain: Plan, scene: SceneGraph, facts: frozenset[Fact]) -> Plan:
        """The answer to words that were not read: plans of the nearest skills to pick from; the refusal for none."""
        reading = self.reading(self._words_of(scene), facts)
        tokens = tokenise(plain.instruction, self.lexicon.small.contractions).tokens
        if self.spoken.constraints.limits(tokens):
            return plain  # what is nearest may be just what is forbidden
        offers = reading.nearest(tokens, plain.instruction)
        if not offers:
            return plain
        plans = [Plan(f"{plain.id}~{number}", plain.instruction, "plan", made.tree, made.facts, made.summary)
                 for number, made in enumerate(offers, start=1)]  # fmt: skip
        listed = ", ".join(f"({number}) {to_go_on(made.summary)}" for number, made in enumerate(offers, start=1))
        told = f"I do not understand '{shortened(plain.instruction.strip())}'. The nearest that I can do: {listed}."
        first = plans[0]
        return replace(plain, status="question", tree=first.tree, facts=first.facts, reason=f"{told} Do you mean "
                       f"{'that' if len(plans) == 1 else 'one of these'}?", certainty="nearest",
                       others=tuple(plans[1:]))  # fmt: skip

    def _covered(self, source: str, made: Made) -> Made:
        """A plan that was read from all content words and no others; otherwise one that is asked about."""
        if made.certainty != "said" or not made.read:
            return made
        said = tokenise(source, self.lexicon.small.contractions).tokens
        return made if self._coverage.covers(said, made.read) else made._replace(certainty="inferred")

    def _voiced(self, source: str, scene: SceneGraph, facts: frozenset[Fact], last: PlanNode | None) -> Made:
        """Tree, facts afterwards and summary, with what the robot is to say in any words.

        Raises:
            Answer: There is no plan.
        """
        if not self.voices.voices or len(source) > LONGEST_TEXT:
            return self._answer(source, scene, facts, last)
        try:
            return self._with_texts(source, scene, facts, last)
        except Answer as answer:  # whoever lists what can be said lists no placeholders
            told = quoted(str(answer), {})
            raise Answer(answer.status, told, answer.facts, answer.skill, answer.missing) from None

    def _with_texts(self, source: str, scene: SceneGraph, facts: frozenset[Fact], last: PlanNode | None) -> Made:
        """Tree, facts afterwards and summary of an instruction to a robot that says any words.

        Raises:
            Answer: There is no plan.
        """
        form = self.reading(self._words_of(scene), facts).wording().form
        utterances = Utterances(form, self.voices, self.spoken.does, self.spoken.skills)
        masked, sure = utterances.of(source, tokenise(source, self.lexicon.small.contractions).tokens)
        texts = utterances.texts
        if not texts:
            return self._answer(source, scene, facts, last)
        if not sure and self.voices.others:  # "tell Ben a joke" may be a skill of its own
            with contextlib.suppress(Answer):
                return self._answer(source, scene, facts, last)
        try:
            made = self._answer(masked, scene, facts, last)
        except Answer as answer:
            told = quoted(str(answer), texts)
            raise Answer(answer.status, told, stated(answer.facts, texts), answer.skill, answer.missing) from None
        tree, sentence = self.voices.unmasked(made.tree, texts), quoted(made.summary, texts)
        return made._replace(tree=tree, facts=stated(made.facts, texts), summary=sentence)

    def _answer(self, source: str, scene: SceneGraph, facts: frozenset[Fact], last: PlanNode | None) -> Made:
        """Tree, facts afterwards and summary.

        Raises:
            Answer: There is no plan.
        """
        self._refuse_unreadable(source)
        if self.is_stop(source):
            return self._completion.finish(self._completion.stop(facts), scene, facts, [])
        text = unrepeated(tokenise(source, self.lexicon.small.contractions), frozenset(self.lexicon.small.noise))
        words = self._words_of(scene)
        reading = self.reading(words, facts)
        text = Text(text.source, self.spoken.preparation.unaddressed(text.tokens, words, self.library.robot))
        try:
            return reading.best(text, last, [])
        except Answer as as_written:
            if as_written.facts:
                raise
            made = self._mended(text, reading, last, as_written)
            if made is None and reading.forbids(text, as_written):
                raise Answer("statement", FORBIDDEN, unread=True) from None
            if made is None:
                raise
            return made

    def _mended(self, text: Text, reading: Reading, last: PlanNode | None, as_written: Answer) -> Made | None:
        """What is made of a text with its slips of spelling mended; None where nothing is."""
        mended, slips = self.spoken.preparation.mended(text.tokens, reading.words)
        if not slips:
            return None
        try:
            made = reading.best(Text(text.source, mended), last, slips)
        except Answer:
            return None
        begins = reading.wording().form.begins(mended, 0)
        return made if begins or as_written.status != "statement" else None

    def reading(self, words: SceneWords, facts: frozenset[Fact]) -> Reading:
        """What reads texts in a scene.

        Args:
            words: Names of the scene.
            facts: What is true now.
        """
        return Reading(self.spoken, self._completion, self._needs, self._goals, words, facts)

    def _words_of(self, scene: SceneGraph) -> SceneWords:
        """The names of a scene; those of the scene of before where it is the same."""
        if self._words is None or self._words.scene is not scene:
            self._words = SceneWords(scene, self.lexicon, self._categories, self._traits)
        return self._words

    def _refuse_unreadable(self, source: str) -> None:
        """Refuses what is no text."""
        if len(source) > LONGEST_TEXT:
            raise refusal(f"That is {len(source)} characters long; I read up to {LONGEST_TEXT}. Please say it shorter.")
        if any(unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn") and c not in "\n\r\t" for c in source):
            raise refusal("That is not readable text. Please write a sentence, for example 'go to the red ball'.")


def _asked(summary: str) -> str:
    """The summary of a plan as a question whose *yes* runs it."""
    return f"Shall I {to_go_on(summary)}?" if summary.startswith(BEGIN) else f"{summary} Shall I?"
