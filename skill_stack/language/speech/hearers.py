"""Hearers: finds the person who is spoken to, by name, pronoun or description."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.language.wording.order_form import OrderForm, Tokens


@dataclass(frozen=True, slots=True)
class Hearers:
    """Finds who is spoken to.

    Attributes:
        form: Finds noun phrases.
    """

    form: OrderForm

    def end(self, tokens: Tokens, at: int) -> int | None:
        """Returns the end of a phrase for a person at a position, or None."""
        for words in self.form.lexicon.speech.somebody:
            parts = words.split()
            if [one.text for one in tokens[at : at + len(parts)]] == parts:
                if parts[-1] != "in":
                    return at + len(parts)
                place = self.form.noun(tokens, at + len(parts))
                return place[0] if place is not None else None
        found = self.form.nouns().parse(tokens, at) if at < len(tokens) else []
        ends = [end for end, noun in found if all(self.form.person(one) for one in noun.parts or (noun,))]
        end = max(ends) if ends else self._described(tokens, at)
        return end + 1 if end is not None and end < len(tokens) and tokens[end].text in ("there", "here") else end

    def _described(self, tokens: Tokens, at: int) -> int | None:
        """The end of a description of a person outside of the scene: ``the person in the kitchen``, ``our guests``."""
        if at >= len(tokens) or tokens[at].text not in (*self.form.lexicon.small.articles, "my", "our"):
            return None
        named = self.form.at("persons", tokens, at + 1)
        while named is not None and named < len(tokens) and tokens[named].text in self.form.lexicon.speech.placing:
            place = self.form.noun(tokens, named + 1) if named + 1 < len(tokens) else None
            if place is None:
                break
            named = place[0]
        return named
