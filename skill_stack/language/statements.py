"""Statements: whether a text is a statement or question instead of a request."""

from __future__ import annotations

from collections.abc import Sequence

from skill_stack.language.grammar.mood import Moods
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.text import STOPS, Token

Tokens = Sequence[Token]


class Statements(Moods):
    """Tells statements from instructions, by the mood of each sentence."""

    def plainly(self, tokens: Tokens) -> bool:
        """Whether every sentence is a statement or a remark by its form alone."""
        found = sentences(tokens)
        return bool(found) and all(
            self._exclaims(one) or self.mood_of(one, asked) == "states" for one, asked in found
        )

    def orders(self, tokens: Tokens) -> bool:
        """Whether a sentence has the form of an order: it begins with a base form and is no fixed remark."""
        return any(self._order(one, asked) for one, asked in sentences(tokens))

    def _order(self, tokens: list[Token], asked: bool) -> bool:
        """Whether one sentence is an order: ``keep going round the sofa``, but not ``keep going``."""
        rest = self.bare(tokens)
        told = tokens[0].text in self.lexicon.statements.subjects or _introduces(tokens)
        if asked or told or not rest or not self.imperative(rest) or self._exclaims(tokens):
            return False
        return self.mood_of(tokens, asked) in ("directs", "unsure")

    def forbids(self, tokens: Tokens) -> bool:
        """Whether every sentence prohibits something or asks to leave something as it is."""
        found = sentences(tokens)
        return bool(found) and all(self._forbids(one) or self._forbids(self.bare(one)) for one, _ in found)

    def _forbids(self, tokens: Tokens) -> bool:
        """Whether one sentence only prohibits something or asks to leave something as it is."""
        moods = self.lexicon.moods
        texts = [one.text for one in tokens if one.text != "please"]
        while texts and texts[-1] in moods.emphasis:
            texts.pop()
        said = " ".join(texts)
        kept = bool(texts) and texts[0] in WORDS.keeping
        left = kept and any(said.endswith(f" {end}") for end in moods.as_it_is)
        begun = next((one for one in moods.forbidding if said.startswith(f"{one} ")), "")
        after = texts[len(begun.split()) :]
        if not left and (not begun or not after or after[0] in moods.still_asking):
            return False
        return not (moods.joining - {"and"} if begun.endswith("never") else moods.joining) & set(after)

    def states(self, tokens: Tokens) -> bool:
        """Whether every sentence is a statement or a question; for texts that gave no plan."""
        found = sentences(tokens)
        return bool(found) and all(self._one(one, asked) for one, asked in found)

    def instruction(self, tokens: Tokens) -> tuple[Token, ...]:
        """Returns the tokens of an instruction after a statement: ``that was good, now go home``; empty if none."""
        for at, token in enumerate(tokens[:-1]):
            if token.text not in STOPS and token.text not in (",", "so", "and"):
                continue
            rest = self.bare(tokens[at + 1 :])
            polite = self.lexicon.table(self.lexicon.small.at_start).longest(rest, 0)
            begin = polite[0] if polite else 0
            while begin < len(rest) and rest[begin].text in ("please", "now", "just"):
                begin += 1
            if begin < len(rest) and self.verb(rest, begin):
                return tuple(rest)
        return ()

    def acts(self, tokens: Tokens) -> bool:
        """Whether words have a verb of the library or a ``please``."""
        return any(token.text == "please" or self.verb(tokens, at) for at, token in enumerate(tokens))

    def _one(self, tokens: list[Token], asked: bool) -> bool:
        mood = self.mood_of(tokens, asked)
        if mood == "directs":
            return False
        return mood in ("states", "asks") or self._exclaims(tokens) or _introduces(tokens)

    def thanks(self, tokens: Tokens) -> bool:
        """Whether the text thanks for something and requests nothing."""
        found = self.lexicon.table(self.lexicon.statements.exclamations).longest(tokens, 0)
        begun = bool(tokens) and tokens[0].text in ("thanks", "thank", "cheers")
        told = begun and ((found is not None and found[0] > 1) or not self.acts(tokens[1:]))
        return told and not self.instructs(list(tokens))

    def remark(self, tokens: Tokens) -> bool:
        """Whether every sentence is a remark such as ``well done``."""
        found = sentences(tokens)
        return bool(found) and all(self._exclaims(one) for one, _ in found)

    def _exclaims(self, tokens: list[Token]) -> bool:
        table = self.lexicon.table(self.lexicon.statements.exclamations)
        found = ((one, table.longest(one, 0)) for one in (tokens, self.bare(tokens)))
        return any(match is not None and match[0] == len(one) for one, match in found)


def _introduces(tokens: Tokens) -> bool:
    """Whether somebody is introduced: ``call me Al``, ``meet my wife``."""
    texts = [token.text for token in tokens]
    return (texts[:2] == ["call", "me"] and len(texts) == 3) or texts[:2] in (["meet", "my"], ["meet", "our"])


def sentences(tokens: Tokens) -> list[tuple[list[Token], bool]]:
    """Splits tokens into sentences, each with whether it ends with a question mark."""
    out: list[tuple[list[Token], bool]] = []
    current: list[Token] = []
    for token in tokens:
        if token.text in STOPS and token.text != ":":
            if current:
                out.append((current, token.text == "?"))
            current = []
        else:
            current.append(token)
    return [*out, (current, False)] if current else out
