"""Attempts: the order in which readings are tried, from the literal one on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from skill_stack.language.answers import NOTED, Answer, Noted, shortened
from skill_stack.language.implied.needs import Needs
from skill_stack.language.readings import Readings, TakenAs, Ways, following
from skill_stack.language.statements import Statements
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.text import LINKS, STOPS, Text, Token, sentences, tokenise, unlinked

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
        statements: Tells statements from instructions.
    """

    understand: Understand
    needs: Needs
    statements: Statements

    def readings(self, text: Text) -> Readings:
        """Yields the literal reading of a text, then those of an order beside a statement."""
        if self.statements.thanks(text.tokens):
            return Answer("statement", "You are welcome.")
        if self.statements.plainly(text.tokens):
            needed = yield from self._needed(text)
            return needed if needed and needed.status == "question" else self._stated(text)
        answer = yield from self.understand(text, text.tokens, (), [])
        yield from self._after_told(text)
        needed = yield from self._needed(text)
        if answer.status == "refusal":
            yield from self._purpose(text)
            yield from self._closed_up(text)
            answer = (yield from self._among_remarks(text)) or answer
        return needed if needed and answer.status == "refusal" else (yield from self._answered(text, answer))

    def _answered(self, text: Text, answer: Answer) -> Readings:
        """The answer to a text whose readings gave no plan, and readings of an order behind a remark."""
        if answer.status == "question" and self.statements.states(text.tokens):
            return Noted()
        if answer.status != "refusal" and answer.about != "remark":
            return answer
        asked_for, before = self._told_first(text)
        if asked_for and answer.about == "remark":
            return (yield from self.understand(text, asked_for, before, []))
        states = answer.status == "refusal" and self.statements.states(text.tokens) and not self._wishes(text)
        return Noted() if states else answer

    def _wishes(self, text: Text) -> bool:
        """Whether a question asks for a thing: ``can I get a taxi``."""
        asks = text.tokens[0].text in WORDS.wished_verbs and bool({"i", "we"} & {one.text for one in text.tokens[1:2]})
        return asks and any(self.needs.requests(text.tokens, self.statements.words.scene))

    def _needed(self, text: Text) -> Ways:
        """Requests that follow from a stated need or wish; the first answer that says what they lack."""
        lacking: Answer | None = None
        wished = {"i", "we", "me", "us"} & {token.text for token in text.tokens[:2]}
        for request in self.needs.requests(text.tokens, self.statements.words.scene):
            asked, said = tokenise(request, self.statements.lexicon.small.contractions), text.source.strip()
            answer = yield from self.understand(asked, asked.tokens, (), [TakenAs(f"because you say '{said}'")])
            named = any(self.statements.words.nouns.longest(asked.tokens, at) for at in range(len(asked.tokens)))
            asks = answer.status == "question" and (named or answer.about != "what")
            lacking = lacking or (answer if wished and (asks or answer.missing) else None)
        return lacking

    def _purpose(self, text: Text) -> Ways:
        """The request at the end that says what is reached by another one: ``press the switch to turn on the lamp``."""
        tokens, verb = text.tokens, self.statements.verb
        ends = [at for at in range(3, len(tokens)) if tokens[at - 1].text == "to" and verb(tokens, at)]
        acts = ends and (tokens[0].text in self.statements.lexicon.english.base or verb(tokens, 0))
        if acts and not WORDS.negations & {token.text for token in tokens}:
            said = TakenAs(f"because you say '{text.source.strip()}'")
            yield from self.understand(text, tokens[ends[-1] :], tokens[: ends[-1]], [said])
        return None

    def _closed_up(self, text: Text) -> Ways:
        """The order with a particle beside its verb again: ``switch the lights off in the hall``."""
        tokens, verb, lexicon = text.tokens, self.statements.verb, self.statements.lexicon
        ends = (k for k in range(2, len(tokens)) if tokens[k].text in lexicon.verbs.particles)
        at = next((k for k in ends if k + 1 >= len(tokens) or lexicon.prepositions.longest(tokens, k + 1)), 0)
        begin = next((k for k in range(at - 1) if verb(tokens, k)), None)
        if begin is not None and not (LINKS | STOPS) & {token.text for token in tokens[:-1]}:
            closed = (*tokens[: begin + 1], tokens[at], *tokens[begin + 1 : at], *tokens[at + 1 :])
            yield from self.understand(text, closed, (), [])
        return None

    def _among_remarks(self, text: Text) -> Ways:
        """Readings of the sentences that order, which stand together among others that only state; asked about."""
        found, begin = list[tuple[int, int, bool]](), 0
        for one, stop in sentences(text.tokens):
            end = begin + len(one) + len(stop)
            found += [(begin, end, self.statements.aside(one))] if one else []
            begin = end
        asked = [at for at, (_, _, told) in enumerate(found) if not told]
        if not asked or len(asked) == len(found) or asked != list(range(asked[0], asked[-1] + 1)):
            return None
        begin, end = found[asked[0]][0], found[asked[-1]][1]
        left = [text.said(text.tokens[first:last]) for first, last, told in found if told]
        note = TakenAs(f"leaving out '{shortened(' '.join(left))}'")
        return (yield from self.understand(text, text.tokens[begin:end], text.tokens[:begin], [note]))

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
        told = unlinked(before, LINKS | {"so", "please"})
        if not asked_for or not (self.statements.plainly(told) or (refers and self.statements.states(told))):
            return None
        if before[0].text in self.statements.lexicon.english.opening:
            return None  # "after you have wiped the table, …" says what comes first
        yield from self.understand(text, asked_for, before, [])
        return None
