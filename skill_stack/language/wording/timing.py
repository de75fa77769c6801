"""Timing: rewrites a delay as waiting before an order; refuses clock times, schedules and repetition without an end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from skill_stack.language.answers import Answer, question, refusal
from skill_stack.language.wording.order_form import OrderForm, Tokens
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.lexicon_files import Words
from skill_stack.language.words.phrase_table import PhraseTable
from skill_stack.language.words.text import LINKS, Token, past

Time = tuple[int, str, Tokens]
"""The end of a time, its kind (``delay`` or a list of ``wording.yaml``), and the length of a delay."""


@dataclass(slots=True)
class Timing:
    """Rewrites delays as waiting.

    Attributes:
        form: Finds orders, and parses durations.
    """

    form: OrderForm

    def rewrite(self, tokens: Tokens) -> Tokens | Answer:
        """Returns one sentence with its delays as waiting; the answer if a time is no delay."""
        links = [at for at in range(1, len(tokens)) if tokens[at].text in LINKS and self._links(tokens, at + 1)]
        for begin, end in zip((0, *(at + 1 for at in links)), (*links, len(tokens))):
            changed = self._clause(tokens, begin, end)
            if changed is not None:
                return changed if isinstance(changed, Answer) else self.rewrite(changed)
        return tokens

    def _links(self, tokens: Tokens, at: int) -> bool:
        """Whether an order or a delay begins at a position."""
        return at < len(tokens) and (self.form.begins(tokens, at) or self._delay(tokens, at) is not None)

    def _clause(self, tokens: Tokens, begin: int, end: int) -> Tokens | Answer | None:
        """The sentence with the first time in a clause as waiting; None if it has none."""
        ordered = self.form.begins(tokens[begin:end], 0) and not self._says(tokens[begin:end])
        for at in range(begin, end):
            time, before = self._delay(tokens, at) or self._beyond(tokens, at), tokens[max(at - 1, 0)].text
            if at > begin + 1 and (before in self.form.wording.telling_of_times or (before == "," and time is None)):
                ordered = False  # the rest is no part of the order
            if time is None:
                continue
            if after := self._before_order(tokens, at, time):
                return self._waited(tokens, (at, at, after), time)
            if ordered and at > begin + 1 and time[0] == end:
                return self._waited(tokens, (begin, at, end), time)
        return None

    def _before_order(self, tokens: Tokens, at: int, time: Time) -> int:
        """Where the order begins that a time stands before; 0 where it stands before none."""
        after = past(tokens, time[0], LINKS)
        first = (at == 0 or tokens[at - 1].text in LINKS) and self.form.begins(tokens, after)
        return after if first and (time[2] or not self._says(tokens[after:])) else 0

    def _delay(self, tokens: Tokens, at: int) -> Time | None:
        """The delay at a position, or None."""
        begin = self.form.at("delay_before", tokens, at)
        end = self.form.seconds(tokens, begin or at)
        after = self.form.at("delay_after", tokens, end) if end is not None else None
        return (after or end, "delay", tokens[begin or at : end]) if end is not None and (begin or after) else None

    def _beyond(self, tokens: Tokens, at: int) -> Time | None:
        """The clock time, schedule, event or repetition without an end at a position, or None."""
        numbers = self.form.lexicon.quantities.numbers
        plain = [one.read_as("number") if one.number is not None or one.text in numbers else one for one in tokens]
        found = self.form.lexicon.shared(_times).longest(plain, at)
        return (*found, ()) if found is not None else None

    def _says(self, tokens: Sequence[Token]) -> bool:
        """Whether an order contains speech, to which a time may belong."""
        return any(token.text in self.form.wording.saying for token in tokens)

    def _waited(self, tokens: Tokens, places: tuple[int, int, int], time: Time) -> Tokens | Answer:
        """The sentence with waiting in place of a time: where to wait, where the time is said, and where it goes on."""
        (begin, at, after), (end, kind, length) = places, time
        said = self.form.said(length or tokens[at:end])
        if kind == "endless":
            return question(f"How often? '{said}' has no end; say for example 'three times' or 'until …'.")
        if kind == "recurring":
            instead = "'three times', or 'again' when it is to be done once more"
            return refusal(f"I keep no timetable, so I cannot do anything '{said}'. What I understand is {instead}.")
        if kind == "clock":
            now = "Say 'in ten minutes', or the order" if self.form.spoken.waits else "Say the order"
            return refusal(f"I have no clock and no calendar, so I cannot do anything '{said}'. {now} itself then.")
        if not self.form.spoken.waits:
            return refusal(
                f"I have no skill that waits, so I cannot do anything in {said}; without the time I would do it now."
            )
        wait, then = (self.form.inserted(words, tokens[begin]) for words in ("wait", ", then"))
        return (*tokens[:begin], *wait, *length, *then, *tokens[begin:at], *tokens[after:])


def _times(lexicon: Lexicon) -> PhraseTable[str]:
    """Times that are no delay, with their kinds."""
    words = lexicon.wording
    events = (f"after {before}{event}" for before in ("", "the ", "your ", "my ") for event in words.events)
    return lexicon.grouped(
        {"clock": Words((*words.clock, *events)), "recurring": words.recurring, "endless": words.endless}
    )
