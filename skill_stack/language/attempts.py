"""Attempts: the order in which readings are tried, from the literal one to inferred ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from skill_stack.language.answers import FORBIDDEN, NOTED, Answer, Noted
from skill_stack.language.grammar.preparation import Preparation
from skill_stack.language.grammar.scene_words import SceneWords
from skill_stack.language.implied.needs import Needs
from skill_stack.language.readings import Because, Inferred, Readings, TakenAs, Ways, following
from skill_stack.language.statements import Statements
from skill_stack.language.words.finite import Finite
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon import Lexicon
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
        needs: Finds requests for stated needs and wishes.
        preparation: Corrects spelling.
        lexicon: The lexicon.
        words: Names of the scene.
        statements: Tells statements from instructions.
    """

    understand: Understand
    needs: Needs
    preparation: Preparation
    lexicon: Lexicon
    words: SceneWords
    statements: Statements

    def readings(self, text: Text) -> Readings:
        """Yields the literal reading of a text, then what it implies."""
        if self.statements.thanks(text.tokens):
            return Answer("statement", "You are welcome.")
        if self.statements.remark(text.tokens):
            return (yield from self._stated(text, wished=False))
        if self.statements.plainly(text.tokens):
            yield from self._needed(text)
            return (yield from self._stated(text))
        failed = yield from self._as_said(text)
        return (yield from self._inferred(text, failed))

    def _inferred(self, text: Text, answer: Answer) -> Readings:
        """Tries words that gave no literal plan as a need, a wish or a remark.

        Args:
            text: The text.
            answer: The answer to its literal reading.
        """
        yield from self._after_told(text)
        yield from self._needed(text)
        if tuple(token.text for token in text.tokens[:2]) in WORDS.wish_beginnings:
            yield from self._served(self.needs.wished(text.tokens, self.words.scene), text)
        left_be = self._left_be(text, answer)
        if left_be is not None:
            return left_be
        if answer.status == "question":
            yield from self._answered(text, answer)
            if self.statements.states(text.tokens):
                return Noted()
        if answer.status != "refusal" and answer.about != "remark" and not _states_of_things(answer):
            return answer
        return (yield from self._otherwise(text, answer))

    def _needed(self, text: Text) -> Ways:
        """Requests for a stated need, if there is one."""
        return self._served(self.needs.requests(text.tokens, self.words.scene), text)

    def _answered(self, text: Text, answer: Answer) -> Ways:
        """Readings that make a question unnecessary, by the usual place of an object."""
        yield from self._served(self.needs.placed(text.tokens, self.words.scene), text)
        if answer.about != "what":
            yield from self._after_told(text)
        return None

    def _left_be(self, text: Text, answer: Answer) -> Answer | None:
        """The answer to a prohibition that gave no plan; None for other texts."""
        if answer.status == "statement":
            return None
        which = answer.about == "which" and text.tokens[0].text != "never"
        if not which and self.statements.forbids(text.tokens):
            return Answer("statement", FORBIDDEN, unread=True)
        return None

    def _stated(self, text: Text, wished: bool = True) -> Readings:
        """Reads a statement: the request of a wish if it is one, else the stated facts.

        Args:
            text: The text.
            wished: Whether it may be a wish.
        """
        learnt: Answer = Noted()
        answer = following(self.understand(text, tuple(self.statements.moods.bare(text.tokens)), (), []), None)
        if isinstance(answer, Answer) and answer.status != "refusal":
            learnt = answer if answer.status == "statement" else Noted(sentence=f"{NOTED} {answer}", about="")
        if wished and (not learnt.facts or _states_of_things(learnt)):
            yield from self._served(self.needs.wished(text.tokens, self.words.scene), text)
        return learnt

    def _otherwise(self, text: Text, answer: Answer) -> Readings:
        """Reads words that are no instruction as they stand; they may be a mere statement."""
        open_ones: list[Answer] = []
        yield from self._served(self.needs.wished(text.tokens, self.words.scene), text, open_ones)
        if answer.status == "refusal":
            yield from self._after_told(text)
        noted = answer.status == "statement" or self.statements.states(text.tokens)
        if open_ones and noted and not self.statements.plainly(text.tokens):
            return open_ones[0]
        asked_for, before = self._told_first(text)
        if asked_for and answer.about == "remark":
            return (yield from self.understand(text, asked_for, before, []))
        telling = self.statements.states(text.tokens)
        if answer.status == "refusal" and telling:
            return Noted()
        return answer

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
        if before[0].text in self.lexicon.english.opening:
            return None  # "after you have wiped the table, …" says what comes first
        yield from self.understand(text, asked_for, before, [])
        return None

    def _clause(self, tokens: Tokens) -> bool:
        """Whether words have a subject and a finite verb: ``the bowl needs washing``."""
        finite = Finite(self.lexicon, self.words).position(tokens, imperative=True) if tokens else None
        return finite is not None and not self.statements.acts(tokens[:1])

    def _served(self, requests: Iterable[str], text: Text, asked_about: list[Answer] | None = None) -> Ways:
        """Reads requests that follow from a need or a wish.

        Args:
            requests: The requests, the best first.
            text: The text.
            asked_about: Receives the questions that the requests leave open.
        """
        for request in requests:
            asked = tokenise(request, self.lexicon.small.contractions)
            why = f"because you say '{text.source.strip()}'"
            said = f" {_joined(asked.tokens)} " in f" {_joined(text.tokens)} "  # "it is cold, close the window"
            answer = yield from self.understand(asked, asked.tokens, (), [Because(why) if said else Inferred(why)])
            if asked_about is not None and answer.status == "question":
                asked_about.append(answer)
        return None

    def _as_said(self, text: Text) -> Readings:
        """Reads the words as written, then with corrected spelling."""
        mended, slips = self.preparation.mended(text.tokens, self.words)
        as_written = yield from self.understand(text, text.tokens, (), [])
        if as_written.status != "refusal" or not slips:
            return as_written
        as_mended = yield from self.understand(text, mended, (), [*slips, TakenAs()])
        return as_written if as_mended.status == "refusal" else as_mended


def _joined(tokens: Tokens) -> str:
    return " ".join(token.text for token in tokens)


def _states_of_things(answer: Answer) -> bool:
    """Whether all facts are states that a user may want changed: ``the bench is dirty``."""
    return bool(answer.facts) and all(fact.count(",") == 0 and not fact.startswith("place(") for fact in answer.facts)
