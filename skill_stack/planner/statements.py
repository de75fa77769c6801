"""Statements: whether words that gave no plan state or ask something instead of asking for something to be done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from skill_stack.planner.language.lexicon import Lexicon
from skill_stack.planner.language.scene_words import SceneWords
from skill_stack.planner.language.text import STOPS, Token

Tokens = Sequence[Token]

LONGEST_SUBJECT = 12
"""Words that may stand before the verb of a statement."""


@dataclass(slots=True)
class Statements:
    """Tells statements from instructions.

    Attributes:
        lexicon: The language.
        words: Names of the scene.
        verb: Whether one of the library's verbs stands at a position.
    """

    lexicon: Lexicon
    words: SceneWords
    verb: Callable[[Tokens, int], bool]

    def states(self, tokens: Tokens) -> bool:
        """Whether every sentence only states or asks something.

        Args:
            tokens: What was said.
        """
        sentences = _sentences(tokens)
        return bool(sentences) and all(self._one(sentence, asked) for sentence, asked in sentences)

    def thanks(self, tokens: Tokens) -> bool:
        """Whether somebody is thanked for something, and nothing else is said."""
        found = self.lexicon.table(self.lexicon.statements.exclamations).longest(tokens, 0)
        told = found is not None and found[0] > 1 and tokens[0].text in ("thanks", "thank")
        return told and not self._instructs(list(tokens))

    def _one(self, tokens: list[Token], asked: bool) -> bool:
        """Whether one sentence states or asks something."""
        remark = self.lexicon.table(self.lexicon.statements.exclamations)
        if remark.longest(tokens, 0) and not self._instructs(tokens) and not self.verb(tokens, 0):
            return True
        tokens = self._without_lead_in(tokens)
        if not tokens:
            return True
        data, first = self.lexicon.statements, tokens[0].text
        if first in data.questions:
            return True
        if first in data.inverted and len(tokens) > 1 and (asked or first != "do"):
            return tokens[1].text != "not"
        if remark.longest(tokens, 0) and not self._instructs(tokens):
            return True
        return self._declares(tokens)

    def _declares(self, tokens: list[Token]) -> bool:
        """Whether a sentence has a subject and after it a verb in a form that states."""
        data, texts = self.lexicon.statements, [token.text for token in tokens]
        asking = self._asks(texts)
        if asking or set(data.modal) & set(texts[:LONGEST_SUBJECT]):
            return False
        named = self.words.nouns.longest(tokens, 0)
        name = bool(named) and not self.verb(tokens, 0)
        if texts[0] == "you":
            return len(texts) > 1 and not self.verb(tokens, 1)
        if texts[0] in data.persons and len(texts) > 1:
            return True
        if texts[0] not in data.subjects and not name:
            gerund = texts[0].endswith("ing") and len(texts) > 2
            strange = not self.verb(tokens, 0) and len(texts) > 2 and texts[1] in data.copulas
            return (gerund or strange) and any(self._states(text) for text in texts[1:LONGEST_SUBJECT])
        begin = named[0] if named and name else 1
        if not name:
            inner = self.words.nouns.longest(tokens, 1)
            begin = inner[0] if inner else 2
            if any(text.endswith("s") and not text.endswith("ss") for text in texts[begin : begin + 2]):
                return True
            begin = 1
        return any(self._states(text) for text in texts[begin:LONGEST_SUBJECT]) or (
            name and begin < len(texts) and texts[begin].endswith("s") and not self.verb(tokens, begin)
        )

    def _states(self, text: str) -> bool:
        """Whether a word is a verb in a form that states something."""
        data = self.lexicon.statements
        return text in data.copulas or text in data.verbs or (text.endswith("ed") and len(text) > 3)

    def _asks(self, texts: list[str]) -> bool:
        """Whether the speaker asks for something: ``I want you to …``."""
        return texts[0] in ("i", "we") and len(texts) > 1 and texts[1] in self.lexicon.statements.asking

    def _instructs(self, tokens: list[Token]) -> bool:
        """Whether an instruction follows a remark after a comma."""
        marks = [k for k, token in enumerate(tokens) if token.text == ","]
        rest = [tokens[k + 1 :] for k in marks]
        return any(piece and self.verb(piece, 0) for piece in rest)

    def _without_lead_in(self, tokens: list[Token]) -> list[Token]:
        """The sentence without ``by the way`` and the like."""
        table = self.lexicon.table(self.lexicon.statements.lead_ins)
        while True:
            while tokens and tokens[0].text == ",":
                tokens = tokens[1:]
            found = table.longest(tokens, 0)
            if found is None or found[0] >= len(tokens):
                return tokens
            tokens = tokens[found[0] :]


def _sentences(tokens: Tokens) -> list[tuple[list[Token], bool]]:
    """The sentences, and whether each one is asked."""
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
