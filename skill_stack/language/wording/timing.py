"""Timing: rewrites a delay as waiting before an order; refuses clock times and schedules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from skill_stack.language.answers import Answer, refusal
from skill_stack.language.wording.order_form import OrderForm, Tokens
from skill_stack.language.words.text import LINKS, Token, past


@dataclass(slots=True)
class Timing:
    """Rewrites delays as waiting.

    Attributes:
        form: Finds orders, and parses durations.
    """

    form: OrderForm

    def rewrite(self, tokens: Tokens, notes: list[str]) -> Tokens | Answer:
        """Returns one sentence with its delays as waiting.

        Args:
            tokens: The sentence.
            notes: Receives what was dropped.

        Returns:
            The sentence; a refusal if the time is no delay.
        """
        fronted = self._fronted(tokens)
        if isinstance(fronted, Answer):
            return fronted
        begin = 0
        for end in self._clause_ends(fronted):
            clause = fronted[begin:end]
            changed = self._clause(clause, notes)
            if isinstance(changed, Answer):
                return changed
            if changed != clause:
                return self.rewrite((*fronted[:begin], *changed, *fronted[end:]), notes)
            begin = end + 1
        return fronted

    def _clause_ends(self, tokens: Tokens) -> list[int]:
        """The ends of clauses before an order, and of the sentence."""
        links = [at for at in range(1, len(tokens)) if tokens[at].text in LINKS and self._links(tokens, at)]
        return [*links, len(tokens)]

    def _links(self, tokens: Tokens, at: int) -> bool:
        """Whether an order or a delay follows a conjunction."""
        return at + 1 < len(tokens) and (self.form.begins(tokens, at + 1) or self._delay(tokens, at + 1) is not None)

    def _fronted(self, tokens: Tokens) -> Tokens | Answer:
        """Rewrites a delay before an order as waiting, anywhere in the sentence."""
        for at in range(len(tokens)):
            if at and tokens[at - 1].text not in LINKS:
                continue
            found = self._delay(tokens, at)
            if found is not None:
                end = past(tokens, found[1], LINKS)
                if self.form.begins(tokens, end):
                    wait = self._wait(tokens[found[0] : found[2]], tokens[at])
                    return wait if isinstance(wait, Answer) else (*tokens[:at], *wait, *tokens[end:])
            late = self._beyond(tokens, at)
            if late is not None:
                end = late + 1 if late < len(tokens) and tokens[late].text == "," else late
                if self.form.begins(tokens, end) and not self._says(tokens[end:]):
                    return self._refused(tokens[at:late])
        return tokens

    def _clause(self, clause: Tokens, notes: list[str]) -> Tokens | Answer:
        """Rewrites a delay at the end of a clause as waiting before it."""
        if not self.form.begins(clause, 0) or self._says(clause):
            return clause
        for at in range(2, len(clause)):
            before = clause[at - 1].text
            if before in self.form.wording.telling_of_times or (before == "," and self._tells(clause, at)):
                break  # the rest is no part of the order
            limit = self.form.at("deadline", clause, at)
            if limit is not None and self.form.seconds(clause, limit) == len(clause):
                notes.append(f"I promise no time, so '{self.form.said(clause[at:])}' makes no difference")
                return clause[:at]
            found = self._delay(clause, at)
            if found is not None and found[1] == len(clause):
                wait = self._wait(clause[found[0] : found[2]], clause[0])
                return wait if isinstance(wait, Answer) else (*wait, *clause[:at])
            late = self._beyond(clause, at)
            if late == len(clause):
                return self._refused(clause[at:])
        return clause

    def _tells(self, clause: Tokens, at: int) -> bool:
        """Whether a statement and no time begins after a comma."""
        return self._delay(clause, at) is None and self._beyond(clause, at) is None

    def _delay(self, tokens: Sequence[Token], at: int) -> tuple[int, int, int] | None:
        """The delay at a position: begin of its duration, end of its words, end of its duration; or None."""
        for name in ("delay_before", "delay_giving"):
            begin = self.form.at(name, tokens, at)
            end = self.form.seconds(tokens, begin) if begin is not None else None
            if begin is not None and end is not None:
                return begin, self.form.at("delay_after", tokens, end) or end, end
        end = self.form.seconds(tokens, at)
        after = self.form.at("delay_after", tokens, end) if end is not None else None
        return (at, after, end) if end is not None and after is not None else None

    def _beyond(self, tokens: Sequence[Token], at: int) -> int | None:
        """The end of a clock time, schedule or event at a position, or None."""
        plain = tuple(self._counted(tokens))
        ends = [self.form.at(name, plain, at) for name in ("clock", "recurring")]
        if tokens[at].text == "after":
            begin = at + 2 if [one.text for one in tokens[at + 1 : at + 2]] in (["the"], ["your"], ["my"]) else at + 1
            ends += [self.form.at("events", tokens, one) for one in (at + 1, begin)]
        found = [end for end in ends if end is not None]
        if not found:
            return None
        end = max(found)
        more = self._beyond(tokens, end) if end < len(tokens) else None  # "tomorrow at six"
        return more or end

    def _counted(self, tokens: Sequence[Token]) -> list[Token]:
        """Tokens with every number replaced by ``number``."""
        numbers = self.form.lexicon.quantities.numbers
        return [one.read_as("number") if one.number is not None or one.text in numbers else one for one in tokens]

    def _says(self, tokens: Sequence[Token]) -> bool:
        """Whether an order contains speech, to which a time may belong."""
        return any(token.text in self.form.wording.saying for token in tokens)

    def _wait(self, length: Tokens, like: Token) -> Tokens | Answer:
        """Words of waiting; a refusal if no skill waits."""
        if not self.form.waits:
            said = self.form.said(length)
            return refusal(
                f"I have no skill that waits, so I cannot do anything in {said}; without the time I would do it now."
            )
        return (*self.form.words("wait", like), *length, *self.form.words(", then", like))

    def _refused(self, words: Sequence[Token]) -> Answer:
        said = self.form.said(words)
        if any(self.form.at("recurring", tuple(self._counted(words)), at) for at in range(len(words))):
            instead = "'three times', or 'again' when it is to be done once more"
            return refusal(f"I keep no timetable, so I cannot do anything '{said}'. What I understand is {instead}.")
        instead = "'in ten minutes', or " if self.form.waits else ""
        return refusal(
            f"I have no clock and no calendar, so I cannot do anything '{said}'. Say {instead}the order itself then."
        )
