"""Constraints: prohibitions, limits and conditions in a text that a plan must keep."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

from skill_stack.core.plan import PlanNode
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.language.answers import Answer, refusal, shortened
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.lexicon_files import Words
from skill_stack.language.words.phrase_table import PhraseTable
from skill_stack.language.words.text import PAUSES, STOPS, Text, Token, ended

Kind = Literal["limit", "stays", "depends", "until", "together"]
Tokens = Sequence[Token]

BEGINNING = frozenset({*STOPS, ",", "and", "but", "or", "then", "please", "just", "you", "must", "always"})
"""Words before the beginning of an order; a prohibition after a subject is a statement."""

LONGEST_BETWEEN = 8
"""Words between ``keep`` and ``away`` at most: ``at least half a metre``."""

FoundConstraint = tuple[Kind, int, str]
"""A constraint in a text: its kind, the position of its first token, and the words that mark it. Kinds are ``limit``, a
prohibition or bound; ``stays``, keep away from something meanwhile; ``depends``, a condition; ``until``, an end;
``together``, two actions at once."""


class Constraints:
    """Finds constraints by a closed class of words, ``binding`` and others of ``words/data/clauses.yaml``.

    A constraint is kept where its words were read, since the grammar leaves no word out, or where the plan has a node
    for it: a condition, an ``until``, a parallel node. Others would be dropped silently.
    """

    def __init__(self, lexicon: Lexicon, library: SkillLibrary) -> None:
        """Takes the lexicon, and the library, which may have a skill of stepping away."""
        data = lexicon.clauses
        self._marks: PhraseTable[str] = lexicon.grouped({
            "limit": data.binding, "depends": Words((*data.if_, *data.unless)), "until": data.until,
            "together": data.while_,
        })  # fmt: skip
        said = {word for spec in library for phrase in spec.phrases for word in phrase.split()}
        self._steps_away, self._keeping = "away" in said, frozenset(lexicon.ways.keeping)
        self._grateful, self._after = frozenset(data.grateful), frozenset(data.polite_after)
        self._polite, self._needless = frozenset(data.polite_before), frozenset(data.not_forbidden)

    def refused(self, text: Text, read: Tokens, tree: PlanNode) -> Answer | None:
        """Returns the refusal of a plan that drops a constraint, which names it and an alternative; None for others."""
        found = self.dropped(text.tokens, read, tree)
        return self.refusal(_clause(text, found[1])) if found is not None else None

    @staticmethod
    def refusal(words: str) -> Answer:
        """Makes the answer to a constraint that cannot be kept."""
        return refusal(
            f"I cannot keep to '{shortened(words)}', so I do nothing of that. I do keep to 'do not sit', which leaves "
            "a skill out, to 'all boxes except the red one', and to 'if' and 'until' with facts that I know."
        )

    def dropped(self, said: Tokens, read: Tokens, tree: PlanNode) -> FoundConstraint | None:
        """Returns the first constraint that a plan drops, or None."""
        kept = Counter(words for _, _, words in self._found(read))
        there = frozenset(_kinds(tree))
        alone = sum(node.why.startswith("asked") for node in tree.every_skill()) == 1  # then it states a distance
        for one in (*(() if alone else self._staying(said)), *self._found(said)):
            if kept[one[2]]:
                kept[one[2]] -= 1
            elif one[0] not in there:
                return one
        return None

    def limits(self, tokens: Tokens) -> bool:
        """Whether words have a constraint or a negation."""
        denied = WORDS.negations & {token.text for token in tokens}
        return bool(denied) or any(True for _ in self._found(tokens)) or any(True for _ in self._staying(tokens))

    def _staying(self, tokens: Tokens) -> Iterator[FoundConstraint]:
        """Constraints to keep away meanwhile; as the only order it is a request to step away."""
        for at in range(1, len(tokens)):
            if tokens[at].text in self._keeping and tokens[at - 1].text != "not" and not self._steps_away:
                after = [token.text for token in tokens[at + 1 : at + 1 + LONGEST_BETWEEN]]
                marks = (k for k, word in enumerate(after) if word in (*STOPS, ",", "and", "but", "then"))
                if WORDS.out_of & set(after[: next(marks, len(after))]):
                    yield "stays", at, tokens[at].text

    def _found(self, tokens: Tokens) -> Iterator[FoundConstraint]:
        """The constraints in words, other than those of keeping away."""
        at = 0
        while at < len(tokens):
            found = self._marks.longest(tokens, at)
            if found is None:
                at += 1
                continue
            end, kind = found
            words = " ".join(token.text for token in tokens[at:end])
            if end < len(tokens) and not self._told(tokens, at, end, kind):
                yield kind, at, words  # type: ignore[misc]  # the table holds no other kinds
            at = end

    def _told(self, tokens: Tokens, at: int, end: int, kind: str) -> bool:
        """Whether words are a statement or politeness: ``they never come``, ``see if you can``, ``a while``."""
        before, after = tokens[at - 1].text if at else "", [token.text for token in tokens[end:]]
        if kind == "depends":
            return before in self._polite or self._wished(tokens[:at], after)
        if kind == "together":
            return before in WORDS.before_while or not (after[0] == "you" or after[0].endswith("ing"))
        if tokens[at].text == "without":  # "without his glasses" describes a person
            return not after[0].endswith("ing") or after[0].endswith("thing")
        beginning = not before or before in BEGINNING
        return tokens[at].text in ("do", "never") and (not beginning or after[0] in self._needless)

    def _wished(self, before: Tokens, after: Sequence[str]) -> bool:
        """Whether ``if`` is a form of politeness: ``it would help if it were shut``, ``if you can``."""
        if any(token.text in self._grateful for token in before):
            return True
        clause = itertools.takewhile(lambda word: word not in BEGINNING - {"you"}, after)
        return after[0] in ("you", "it", "possible") and not self._after.isdisjoint(clause)


def _kinds(node: PlanNode) -> Iterator[Kind]:
    """The kinds of constraints for which a plan has nodes."""
    if node.type == "condition":
        yield "depends"
    if node.type == "parallel":
        yield "together"
    if "until" in node.arguments:
        yield from ("until", "together")  # "wait while the door is open"
    for child in node.children:
        yield from _kinds(child)


def _clause(text: Text, begin: int) -> str:
    """The words from a position to the next punctuation mark."""
    end = ended(text.tokens, begin + 1, PAUSES)
    return " ".join(token.written or token.text for token in text.tokens[begin:end])
