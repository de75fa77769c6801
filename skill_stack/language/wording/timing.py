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
        links = [at for at in range(1, len(tokens)) if tokens[at].text in LINKS and self._links(tokens, at)]
        for begin, end in zip((0, *(at + 1 for at in links)), (*links, len(tokens))):
            changed = self._clause(tokens, begin, end, notes)
            if changed is not None:
                return changed if isinstance(changed, Answer) else self.rewrite(changed, notes)
        return tokens

    def _clause(self, tokens: Tokens, begin: int, end: int, notes: list[str]) -> Tokens | Answer | None:
        """The sentence with the first time in a clause as waiting; None if it has none."""
        ordered = self.form.begins(tokens[begin:end], 0) and not self._says(tokens[begin:end])
        for at in range(begin, end):
            time = self._time(tokens, at)
            if at > begin + 1 and self._tells(tokens, at, time):
                ordered = False  # the rest is no part of the order
            last = ordered and at > begin + 1
            if last and self._promised(tokens, at) == end:
                notes.append(f"I promise no time, so '{self.form.said(tokens[at:end])}' makes no difference")
                return (*tokens[:at], *tokens[end:])
            after = self._before_order(tokens, at, time) if time is not None else 0
            if time is not None and (after or (last and time[0] == end)):
                return self._waited(tokens, (at, at, after) if after else (begin, at, end), time)
        return None

    def _promised(self, tokens: Tokens, at: int) -> int | None:
        """The end of a deadline at a position, ``within ten minutes``, or None."""
        limit = self.form.at("deadline", tokens, at)
        return self.form.seconds(tokens, limit) if limit is not None else None

    def _before_order(self, tokens: Tokens, at: int, time: tuple[int, Tokens]) -> int:
        """Where the order begins that a time stands before; 0 where it stands before none."""
        after = past(tokens, time[0], LINKS)
        first = (at == 0 or tokens[at - 1].text in LINKS) and self.form.begins(tokens, after)
        return after if first and (time[1] or not self._says(tokens[after:])) else 0

    def _waited(self, tokens: Tokens, places: tuple[int, int, int], time: tuple[int, Tokens]) -> Tokens | Answer:
        """The sentence with waiting in place of a time: where to wait, where the time is said, and where it goes on."""
        begin, at, after = places
        wait = self._wait(time[1], tokens[begin]) if time[1] else self._refused(tokens[at : time[0]])
        if isinstance(wait, Answer):
            return wait
        return (*tokens[:begin], *wait, *tokens[begin:at], *tokens[after:])

    def _links(self, tokens: Tokens, at: int) -> bool:
        """Whether an order or a delay follows a conjunction."""
        return at + 1 < len(tokens) and (self.form.begins(tokens, at + 1) or self._delay(tokens, at + 1) is not None)

    def _tells(self, tokens: Tokens, at: int, time: tuple[int, Tokens] | None) -> bool:
        """Whether a statement begins at a position: after a comma, unless a time does."""
        before = tokens[at - 1].text
        return before in self.form.wording.telling_of_times or (before == "," and time is None)

    def _time(self, tokens: Tokens, at: int) -> tuple[int, Tokens] | None:
        """The end of a time at a position, with the length of a delay; without one it is no delay."""
        found = self._delay(tokens, at)
        if found is not None:
            return found[1], tokens[found[0] : found[2]]
        late = self._beyond(tokens, at)
        return None if late is None else (late, ())

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
