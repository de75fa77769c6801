"""Joining: parts shared by the objects of a sentence: a noun that ``one`` stands for, a place before them."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.language.wording.order_form import LINKS, OrderForm, Tokens
from skill_stack.language.words.text import Token


@dataclass(slots=True)
class Joining:
    """Says with each thing what it shares with others of its sentence.

    Attributes:
        form: Finds nouns.
    """

    form: OrderForm

    def rewrite(self, tokens: Tokens) -> Tokens:
        """One sentence in which every thing is named, with its place behind it.

        Args:
            tokens: The sentence.
        """
        return self._placed(self._of_its_kind(tokens))

    def _placed(self, tokens: Tokens) -> Tokens:
        """``take the cup from the table`` for ``from the table take the cup``."""
        if len(tokens) < 5 or tokens[0].text not in self.form.wording.placing:
            return tokens
        where = self.form.noun(tokens, 1)
        verb = where[0] if where is not None else len(tokens)
        verb += verb < len(tokens) and tokens[verb].text == ","
        what = self.form.noun(tokens, verb + 1) if verb + 1 < len(tokens) and self.form.verb(tokens, verb) else None
        end = what[0] if what is not None else 0
        if where is None or not end or (end < len(tokens) and tokens[end].text not in LINKS):
            return tokens
        return (*tokens[verb:end], *tokens[: where[0]], *tokens[end:])

    def _of_its_kind(self, tokens: Tokens) -> Tokens:
        """``the red pen and the blue one`` with the noun that ``one`` stands for, where a thing is called so."""
        for at in range(3, len(tokens)):
            noun = self._noun(tokens, at) if tokens[at].text == "one" else None
            if noun is not None:
                tokens = (*tokens[:at], noun, *tokens[at + 1 :])
        return tokens

    def _noun(self, tokens: Tokens, at: int) -> Token | None:
        """The noun that ``one`` at a position stands for, or None."""
        told_apart = tokens[at - 1].text == "the"  # "close the one in the loft"
        named = not told_apart and self._known(tokens[at - 1 : at + 1])
        led = tokens[at - 2].text in self.form.wording.before_one and not _apposed(tokens, at)
        if named or not (told_apart or led):
            return None
        before = [token.text for token in reversed(tokens[: at - 1 - (not told_apart)]) if token.text.isalpha()]
        ways = (tokens[at].read_as(one) for word in before for one in (word.removesuffix("s"), word))
        if told_apart:
            return next((one for one in ways if self._named((one, *tokens[at + 1 :]))), None)
        return next((one for one in ways if self._known((tokens[at - 1], one))), None)

    def _named(self, tokens: Tokens) -> bool:
        """Whether words begin with the whole name of a thing in which it is said where it is."""
        found = self.form.noun(tokens, 0)
        if found is None or found[0] < 3 or tokens[1].text not in self.form.wording.behind_one:
            return False
        return any(end >= 3 and noun.ids and not noun.relations for end, noun in self.form.nouns().parse(tokens, 0))

    def _known(self, tokens: Tokens) -> bool:
        """Whether something here is called by just these words."""
        named = [noun for end, noun in self.form.nouns().parse(tokens, 0) if end == len(tokens) and noun.ids]
        return any(not (noun.colour or noun.pick or noun.other or self.form.person(noun)) for noun in named)


def _apposed(tokens: Tokens, at: int) -> bool:
    """Whether ``one`` at a position only tells more of what was named right before: ``the ball, the red one``."""
    after = tokens[at + 1].text if at + 1 < len(tokens) else "."
    ends = not after.isalpha() or after in ("and", "then", "please")
    return ends and tokens[at - 2].text == "the" and tokens[at - 3].text in (",", "(")
