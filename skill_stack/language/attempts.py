"""Attempts: the ways in which words are tried, from what they say to what they imply."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from skill_stack.language.answers import NOTED, Answer, Noted
from skill_stack.language.grammar.preparation import Preparation
from skill_stack.language.grammar.rephrasing import Rephraser
from skill_stack.language.grammar.scene_words import SceneWords
from skill_stack.language.implied.goals import Action
from skill_stack.language.implied.needs import Needs
from skill_stack.language.made import Because, Inferred, Made, TakenAs
from skill_stack.language.statements import Statements
from skill_stack.language.words.finite import Finite
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.text import STOPS, Text, Token, tokenise

Tokens = tuple[Token, ...]
Understand = Callable[[Text, Tokens, Tokens, list[str]], Made]
"""Text, tokens to understand, tokens that were only told, notes → what is made of it; raises Answer."""

Imply = Callable[[Tokens, bool], Iterable[Action]]
"""Tokens, whether only what is sure counts → what they ask for without saying so, the likeliest first."""

Enact = Callable[[Action, list[str]], Made]
"""Action, notes → what is made of it; raises Answer."""

NAMING = (["what", "i"], ["what", "we"], ["all", "i"], ["all", "we"])
"""Beginnings of wishes that look like questions: ``what I need is the cup``."""

LACKING = " what? I know:"
"""How a question begins to end that asks for a thing that was left out."""

UNDONE = "What shall I do with"
"""How a question begins where no verb was understood."""

TOLD = "Noted. Nothing of that is for me to do."
"""The answer to what is surely only told."""

FORBIDDEN = "Understood, I will leave that be."
"""The answer to what is forbidden."""


@dataclass(slots=True)
class Attempts:
    """Tries to understand one instruction.

    Attributes:
        understand: Plans one reading.
        needs: Hears needs and wishes.
        preparation: Mends spelling.
        lexicon: The language.
        words: Names of the scene.
        rephraser: Puts things more plainly.
        statements: Tells statements from instructions.
        imply: Hears what remarks ask for without saying so.
        enact: Plans one action.
    """

    understand: Understand
    needs: Needs
    preparation: Preparation
    lexicon: Lexicon
    words: SceneWords
    rephraser: Rephraser
    statements: Statements
    imply: Imply = lambda tokens, sure: ()
    enact: Enact | None = None

    def best(self, text: Text) -> Made:
        """What is made of the first way that works: the words themselves, else what they imply.

        Args:
            text: What was said.

        Raises:
            Answer: There is no plan.
        """
        if self.statements.thanks(text.tokens):
            raise Answer("statement", "You are welcome.")
        if self.statements.remark(text.tokens):
            return self._stated(text, elsewhen=True)
        if self.statements.surely(text.tokens):
            raise Noted(TOLD)
        elsewhen = self.statements.elsewhen(text.tokens)
        if self.statements.plainly(text.tokens) or self.statements.of_nature(text.tokens):
            return self._told(text, elsewhen)
        try:
            return self._as_said(text)
        except Answer as answer:
            return self._inferred(text, answer, elsewhen)

    def _told(self, text: Text, elsewhen: bool) -> Made:
        """What is made of words that tell something and ask for nothing by their form."""
        made = None if elsewhen else self._implied(text) or self._needed(text)
        return made if made is not None else self._stated(text, elsewhen)

    def _inferred(self, text: Text, answer: Answer, elsewhen: bool) -> Made:
        """What is made of words that gave no plan as they stand: by a need, plainer words, a wish, a remark.

        Args:
            text: What was said.
            answer: The answer to the words as they stand.
            elsewhen: Whether another time than now is spoken of.

        Raises:
            Answer: There is no plan.
        """
        made = self._after_told(text) or (None if elsewhen else self._needed(text))
        if made is None and [token.text for token in text.tokens[:2]] in NAMING:
            made = self._served(self.needs.wished(text.tokens, self.words.scene), text)
        made = made or self._left_be(text, answer)
        if made is None and answer.status == "question":
            made = self._answered(text, answer)
            if made is None and self.statements.states(text.tokens):
                raise Noted() from None
        if made is not None:
            return made
        if answer.status != "refusal" and str(answer) != NOTED and not _states_of_things(answer):
            raise answer
        return self._otherwise(text, answer)

    def _needed(self, text: Text) -> Made | None:
        """What is made of a stated need; None where none is stated."""
        return self._served(self.needs.requests(text.tokens, self.words.scene), text)

    def _answered(self, text: Text, answer: Answer) -> Made | None:
        """What answers a question without asking it: the usual place of things, plainer words; None for nothing."""
        made = self._served(self.needs.placed(text.tokens, self.words.scene), text)
        if made is not None:
            return made
        made = self._plainer(text) if LACKING in str(answer) else self._after_told(text)
        return self._plainer(text) if made is None and str(answer).startswith(UNDONE) else made

    def _left_be(self, text: Text, answer: Answer) -> Made | None:
        """What words imply that gave no plan and forbid something or are only said in thought; None for other words.

        Raises:
            Answer: They imply nothing.
        """
        if answer.status == "statement":
            return None
        which = str(answer).startswith("Which") and text.tokens[0].text != "never"
        if not which and self.statements.forbids(text.tokens):
            raise Answer("statement", FORBIDDEN, unread=True) from None
        if not self.statements.idle(text.tokens, answer.status == "refusal"):
            return None
        made = None if self.statements.elsewhen(text.tokens) else self._implied(text)
        if made is None:
            raise Noted(TOLD) from None
        return made

    def _stated(self, text: Text, elsewhen: bool) -> Made:
        """What is made of words that state something: what a wish asks for, else nothing.

        Args:
            text: What was said.
            elsewhen: Whether another time than now is spoken of.

        Raises:
            Answer: What was learnt.
        """
        learnt: Answer = Noted()
        try:
            self.understand(text, tuple(self.statements.moods.bare(text.tokens)), (), [])
        except Answer as answer:
            learnt = answer if answer.status == "statement" else learnt
            learnt = Noted(f"{NOTED} {answer}") if answer.status == "question" else learnt
        if elsewhen or (learnt.facts and not _states_of_things(learnt)):
            raise learnt
        made = self._served(self.needs.wished(text.tokens, self.words.scene), text)
        if made is None:
            raise learnt
        return made

    def _implied(self, text: Text, sure: bool = False) -> Made | None:
        """What is made of what a remark asks for without saying so; None where it asks for nothing.

        Args:
            text: What was said.
            sure: Whether only what is told in its own words counts.
        """
        for action in self.imply(text.tokens, sure):
            if self.enact is not None:
                with contextlib.suppress(Answer):
                    return self.enact(action, [Inferred(f"because you say '{text.source.strip()}'")])
        return None

    def _otherwise(self, text: Text, answer: Answer) -> Made:
        """What is made of words that are no instruction as they stand.

        Raises:
            Answer: The answer to the words as they stand, or that they only state something.
        """
        open_ones: list[Answer] = []
        made = self._served(self.needs.wished(text.tokens, self.words.scene), text, open_ones)
        if made is None and answer.status == "refusal":
            made = self._after_told(text) or self._rephrased(text)
        if made is not None:
            return made
        noted = answer.status == "statement" or self.statements.states(text.tokens)
        if (noted or self.statements.told(text.tokens)) and not self.statements.elsewhen(text.tokens):
            made = self._implied(text)
            if made is not None:
                return made
        if open_ones and noted and not self.statements.plainly(text.tokens):
            raise open_ones[0]
        asked_for, before = self._told_first(text)
        if asked_for and str(answer) == NOTED:
            told = tuple(token for token in text.tokens if token.end <= asked_for[0].start)
            return self.understand(text, asked_for, told, [])
        telling = self.statements.states(text.tokens) or self.statements.aimless(text.tokens)
        if answer.status == "refusal" and telling:
            raise Noted()
        raise answer

    def _told_first(self, text: Text) -> tuple[Tokens, Tokens]:
        """What is asked for at the end, and what was only told before it; nothing where there is no such."""
        asked_for = self.statements.instruction(text.tokens)
        return asked_for, tuple(one for one in text.tokens if asked_for and one.end <= asked_for[0].start)

    def _after_told(self, text: Text) -> Made | None:
        """What is made of an instruction that speaks of what was told before it; None where there is no such."""
        asked_for, before = self._told_first(text)
        refers = bool({"it", "them", "him", "her"} & {token.text for token in asked_for})
        if not asked_for or not (self.statements.plainly(_unlinked(before)) or (refers and self._clause(before))):
            return None
        if before[0].text in self.lexicon.english.opening:
            return None  # "after you have wiped the table, …" says what comes first
        try:
            return self.understand(text, asked_for, before, [])
        except Answer:
            return None

    def _clause(self, tokens: Tokens) -> bool:
        """Whether words have a subject and a verb of their own: ``the bowl needs washing``."""
        finite = Finite(self.lexicon, self.words).position(tokens, imperative=True) if tokens else None
        return finite is not None and not self.statements.acts(tokens[:1])

    def _plainer(self, text: Text) -> Made | None:
        """What is made of plainer words where the words as said leave something out; None where nothing is."""
        try:
            return self._rephrased(text)
        except Answer:
            return None

    def _rephrased(self, text: Text) -> Made | None:
        """What is made of plainer words for the same; None when they give nothing either.

        Raises:
            Answer: Plainer words leave something open.
        """
        asked: Answer | None = None
        for tokens in self.rephraser.ways(text.tokens):
            try:
                return self.understand(text, tokens, (), [TakenAs()])
            except Answer as answer:
                told = answer.status == "statement" and str(answer) != NOTED
                asked = asked or (answer if answer.status == "question" or told else None)
            made = self._served(self.needs.wished(tokens, self.words.scene), text)
            if made is not None:
                return made
        if asked is not None:
            raise asked
        return None

    def _served(self, requests: Iterable[str], text: Text, asked_about: list[Answer] | None = None) -> Made | None:
        """The first of some requests that can be planned, as what a need or a wish asks for.

        Args:
            requests: The requests, the best first.
            text: What was said.
            asked_about: Takes the questions that the requests leave open.
        """
        for request in requests:
            asked = tokenise(request, self.lexicon.small.contractions)
            why = f"because you say '{text.source.strip()}'"
            said = f" {_joined(asked.tokens)} " in f" {_joined(text.tokens)} "  # "it is cold, close the window"
            try:
                return self.understand(asked, asked.tokens, (), [Because(why) if said else Inferred(why)])
            except Answer as answer:
                if asked_about is not None and answer.status == "question":
                    asked_about.append(answer)
                continue  # the next way to serve it
        return None

    def _as_said(self, text: Text) -> Made:
        """The words as they are, or with slips of spelling mended.

        Raises:
            Answer: There is no plan.
        """
        mended, slips = self.preparation.mended(text.tokens, self.words)
        try:
            return self.understand(text, text.tokens, (), [])
        except Answer as as_written:
            if as_written.status != "refusal" or not slips:
                raise
            try:
                return self.understand(text, mended, (), [*slips, TakenAs()])
            except Answer as as_mended:
                raise (as_written if as_mended.status == "refusal" else as_mended) from None


def _joined(tokens: Tokens) -> str:
    """The words of tokens."""
    return " ".join(token.text for token in tokens)


def _unlinked(tokens: Tokens) -> Tokens:
    """Tokens without a mark or a link at their end."""
    end = len(tokens)
    while end and (tokens[end - 1].text in STOPS or tokens[end - 1].text in (",", "and", "so", "please")):
        end -= 1
    return tokens[:end]


def _states_of_things(answer: Answer) -> bool:
    """Whether what was told is a state that somebody may want changed: ``the bench is dirty``, not whose it is."""
    return bool(answer.facts) and all(fact.count(",") == 0 and not fact.startswith("place(") for fact in answer.facts)
