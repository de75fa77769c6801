"""Attempts: the order in which readings are tried, from the literal one on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from skill_stack.language.answers import FORBIDDEN, NOTED, Answer, Noted
from skill_stack.language.grammar.preparation import Preparation
from skill_stack.language.implied.needs import Needs
from skill_stack.language.readings import Readings, TakenAs, Ways, following
from skill_stack.language.statements import Statements
from skill_stack.language.words.finite import finite_verb
from skill_stack.language.words.text import LINKS, Text, Token, tokenise, unlinked

Tokens = tuple[Token, ...]
Understand = Callable[[Text, Tokens, Tokens, list[str]], Readings]
"""Reads words. Arguments: the text, the tokens to read, tokens that were stated before and give antecedents only,
notes."""


@dataclass(slots=True)
class Attempts:
    """The ways to understand one instruction, in the order in which they are tried.

    A generator continues after a reading only when the planner sends in the :class:`Answer` that says why the reading
    gave no plan.

    Attributes:
        understand: Reads words as they stand.
        needs: Finds requests for stated needs.
        preparation: Corrects spelling.
        statements: Tells statements from instructions.
    """

    understand: Understand
    needs: Needs
    preparation: Preparation
    statements: Statements

    def readings(self, text: Text) -> Readings:
        """Yields the literal reading of a text, then those of an order beside a statement."""
        if self.statements.thanks(text.tokens):
            return Answer("statement", "You are welcome.")
        if self.statements.remark(text.tokens) or self.statements.plainly(text.tokens):
            yield from self._needed(text)
            return self._stated(text)
        answer = yield from self._as_said(text)
        yield from self._after_told(text)
        yield from self._needed(text)
        if answer.status != "statement" and self._forbids(text, answer):
            return Answer("statement", FORBIDDEN, unread=True)
        if answer.status == "question" and self.statements.states(text.tokens):
            return Noted()
        if answer.status != "refusal" and answer.about != "remark":
            return answer
        asked_for, before = self._told_first(text)
        if asked_for and answer.about == "remark":
            return (yield from self.understand(text, asked_for, before, []))
        return Noted() if answer.status == "refusal" and self.statements.states(text.tokens) else answer

    def _needed(self, text: Text) -> Ways:
        """Requests that follow from a stated need."""
        for request in self.needs.requests(text.tokens, self.statements.words.scene):
            asked = tokenise(request, self.statements.lexicon.small.contractions)
            yield from self.understand(asked, asked.tokens, (), [TakenAs(f"because you say '{text.source.strip()}'")])
        return None

    def _forbids(self, text: Text, answer: Answer) -> bool:
        which = answer.about == "which" and text.tokens[0].text != "never"
        return not which and self.statements.forbids(text.tokens)

    def _stated(self, text: Text) -> Answer:
        answer = following(self.understand(text, tuple(self.statements.bare(text.tokens)), (), []), None)
        if not isinstance(answer, Answer) or answer.status == "refusal":
            return Noted()
        return answer if answer.status == "statement" else Noted(sentence=f"{NOTED} {answer}", about="")

    def _told_first(self, text: Text) -> tuple[Tokens, Tokens]:
        """The instruction at the end, and the words stated before it; both empty where there is none."""
        asked_for = self.statements.instruction(text.tokens)
        return asked_for, tuple(one for one in text.tokens if asked_for and one.end <= asked_for[0].start)

    def _after_told(self, text: Text) -> Ways:
        """Readings of an instruction whose pronouns refer to a statement before it."""
        asked_for, before = self._told_first(text)
        refers = bool({"it", "them", "him", "her"} & {token.text for token in asked_for})
        if not asked_for or not (
            self.statements.plainly(unlinked(before, LINKS | {"so", "please"})) or (refers and self._clause(before))
        ):
            return None
        if before[0].text in self.statements.lexicon.english.opening:
            return None  # "after you have wiped the table, …" says what comes first
        yield from self.understand(text, asked_for, before, [])
        return None

    def _clause(self, tokens: Tokens) -> bool:
        """Whether words have a subject and a finite verb: ``the bowl needs washing``."""
        finite = finite_verb(tokens, self.statements.lexicon, self.statements.words) if tokens else None
        return finite is not None and not self.statements.acts(tokens[:1])

    def _as_said(self, text: Text) -> Readings:
        mended, slips = self.preparation.mended(text.tokens, self.statements.words)
        as_written = yield from self.understand(text, text.tokens, (), [])
        if as_written.status != "refusal" or not slips:
            return as_written
        as_mended = yield from self.understand(text, mended, (), [*slips, TakenAs()])
        return as_written if as_mended.status == "refusal" else as_mended
