"""Lying: how a thing came to lie somewhere, told beside it: ``the cup, which you will find on the rack``."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.planner.language.text import STOPS
from skill_stack.planner.wording.duty import Duty
from skill_stack.planner.wording.order_form import LINKS, OrderForm, Tokens
from skill_stack.planner.wording.participles import PARTICIPLES

BEGINNINGS = frozenset({"that", "which"})
"""Words with which such a clause begins; before a pronoun they may be left out."""

SOMEBODY = frozenset("somebody someone i you we he she they".split())
"""Subjects of one word; ``it`` is none of those who leave things."""

OWN = frozenset("a an the my our his her their some".split())
"""Words before a subject that is a noun."""

HELPING = frozenset("have has had will can could may might must just".split())
"""Verbs and words before the verb of the clause."""

BEEN = frozenset("was were got is are".split())
"""Verbs before a participle, of a clause that does not say who it was."""

FOUND = frozenset("find see keep keeps".split())
"""Verbs in the present that only say where a thing is."""

PLACING = frozenset("on in at under behind near by inside beside".split())
"""Words before the place of a thing."""

LONGEST = 8
"""Words of a clause in which a place or a duty is looked for."""


@dataclass(slots=True)
class Lying:
    """Leaves of clauses between commas, without ``that`` or without a place only where the thing is.

    Attributes:
        form: Finds nouns.
    """

    form: OrderForm

    def of(self, tokens: Tokens) -> Tokens:
        """A text in which it is only said where things are, and not who left them there.

        Args:
            tokens: The text.
        """
        for at in reversed(range(1, len(tokens) - 2)):
            tokens = self._apposed(self._being(tokens, at), at)
            if at + 2 >= len(tokens):
                continue
            begin = at + (tokens[at].text == ",")
            opened = tokens[begin].text in BEGINNINGS
            if not opened and (begin > at or tokens[at].text not in SOMEBODY or _asks(tokens, at)):
                continue
            verb = self._verb(tokens, begin + opened, opened)
            if verb and self._thing(tokens, at):
                tokens = self._shorter(tokens, at, begin, verb)
        return tokens

    def _being(self, tokens: Tokens, at: int) -> Tokens:
        """``the cup and the jug must be …`` for ``the cup and the jug are in the hall and must be …``."""
        begin = at + 1 + (tokens[at + 1].text in ("all", "both", "still", "now"))
        if tokens[at].text not in ("is", "are") or begin + 3 >= len(tokens) or tokens[begin].text not in PLACING:
            return tokens
        place = self.form.noun(tokens, begin + 1)
        after = place[0] + 1 if place is not None else len(tokens)
        joined = after < len(tokens) and tokens[after - 1].text == "and" and Duty(self.form).verb(tokens, after)
        return (*tokens[:at], *tokens[after:]) if joined and self._thing(tokens, at) else tokens

    def _apposed(self, tokens: Tokens, at: int) -> Tokens:
        """``the red cushion on the chair`` for ``the red cushion, the one on the chair,``."""
        said = self.form.said(tokens[at : at + 3])
        place = self.form.noun(tokens, at + 4) if said in (", the one", ", the ones") and at + 4 < len(tokens) else None
        if place is None or tokens[at + 3].text not in PLACING or not self._thing(tokens, at):
            return tokens
        end = place[0]
        if end < len(tokens) and tokens[end].text not in (",", *STOPS):
            return tokens
        after = end + (end < len(tokens) and tokens[end].text == ",")
        return (*tokens[:at], *tokens[at + 3 : end], *tokens[after:])

    def _shorter(self, tokens: Tokens, at: int, begin: int, verb: int) -> Tokens:
        """A text without a clause whose verb ends at a position; its place stays."""
        for k in range(verb, min(len(tokens) - 1, verb + LONGEST)):
            if tokens[k].text in LINKS:
                break
            if begin == at and Duty(self.form).verb(tokens, k):
                return (*tokens[:at], *tokens[k:])  # "the cup that I used this morning has to be washed"
            place = self.form.noun(tokens, k + 1) if tokens[k].text in PLACING else None
            if place is None or place[1].role != "thing" or self.form.person(place[1]):
                continue
            if begin == at:
                return (*tokens[:at], *tokens[k:])
            closed = place[0] == len(tokens) or tokens[place[0]].text in LINKS
            after = place[0] + (place[0] < len(tokens) and tokens[place[0]].text == ",")
            return (*tokens[:at], *tokens[k : place[0]], *tokens[after:]) if closed else tokens
        return tokens

    def _verb(self, tokens: Tokens, at: int, opened: bool) -> int:
        """Where the verb ends of a clause whose subject begins at a position; 0 where none does.

        Args:
            tokens: The text.
            at: The position.
            opened: Whether ``that`` or ``which`` stands before it.
        """
        if opened and tokens[at].text in BEEN:
            done = at + 1 < len(tokens) and self._past(tokens[at + 1].text)
            return at + 2 if done and (tokens[at].text not in ("is", "are") or tokens[at + 1].text == "left") else 0
        if opened and [one.text for one in tokens[at : at + 2]] in (["has", "been"], ["have", "been"]):
            return at + 3 if at + 2 < len(tokens) and self._past(tokens[at + 2].text) else 0
        end = self._subject(tokens, at)
        while end and end < len(tokens) and tokens[end].text in HELPING:
            end += 1
        if not end or end >= len(tokens):
            return 0
        found = tokens[end].text in FOUND
        return end + 1 if found or self._past(tokens[end].text) else 0

    def _subject(self, tokens: Tokens, at: int) -> int:
        """Where the subject of a clause ends: somebody, maybe one whom nobody here knows: ``a visitor``."""
        if tokens[at].text in SOMEBODY:
            return at + 1
        named = self.form.noun(tokens, at)
        if named is not None and self.form.person(named[1]):
            return named[0]
        return at + 2 if tokens[at].text in OWN else 0

    def _past(self, text: str) -> bool:
        """Whether a word is a verb in the past."""
        return text.endswith("ed") or text in PARTICIPLES or text in self.form.lexicon.english.past

    def _thing(self, tokens: Tokens, end: int) -> bool:
        """Whether words that name a thing end at a position."""
        return any(not self.form.person(noun) for noun in self.form.named_before(tokens, end, LONGEST))


def _asks(tokens: Tokens, at: int) -> bool:
    """Whether the word before a pronoun is a verb that asks and no thing: ``can you put the cup in the sink``."""
    led = at > 1 and tokens[at - 2].text in (*OWN, "this", "that")
    return tokens[at - 1].text in HELPING and not led
