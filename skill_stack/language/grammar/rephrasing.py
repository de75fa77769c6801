"""Rephrasing: plainer paraphrases, tried where the words give no reading."""

from __future__ import annotations

from collections.abc import Iterator

from skill_stack.language.grammar.rewriting import Rewriter, Tokens, joined
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.text import STOPS

MOST_TOKENS = 90
"""Tokens of a paraphrased text at most; keeps nonsense below one second."""

MOST_WAYS = 16
"""Paraphrases of one text at most."""

MOST_STRIPPED = 8
"""Phrases that are removed from one text at most."""


class Rephraser:
    """Paraphrases tokens by the rules of the lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon, self._rewriter = lexicon, Rewriter(lexicon)
        self._rules = [self._rewriter.rule(one) for one in lexicon.rephrasings.rules]
        self._stripping = [self._rewriter.rule(one) for one in lexicon.rephrasings.strip]

    def ways(self, tokens: Tokens) -> Iterator[Tokens]:
        """Yields paraphrases, those with fewer changes first."""
        if len(tokens) > MOST_TOKENS:
            return
        said, tokens = tokens, self._stripped(_unpleaded(tokens))
        queue, seen, given = [tokens, said], {joined(tokens), joined(said)}, 0
        if joined(tokens) != joined(said):
            given += 1
            yield tokens
        while queue:
            current = queue.pop(0)
            words = {token.text for token in current}
            for rule in self._rules:
                if rule.needed and not rule.needed & words:
                    continue
                for changed in self._rewriter.applied(rule, current):
                    key = joined(changed)
                    if changed and key not in seen:
                        seen.add(key)
                        queue.append(changed)
                        yield changed
                        given += 1
                        if given >= MOST_WAYS:
                            return

    def _stripped(self, tokens: Tokens) -> Tokens:
        """The tokens without polite phrases and reasons, and with long-winded phrases shortened."""
        for _ in range(MOST_STRIPPED):
            words = {token.text for token in tokens}
            fitting = (rule for rule in self._stripping if not rule.needed or rule.needed & words)
            shorter = next((way for rule in fitting for way in self._rewriter.applied(rule, tokens) if way), tokens)
            if shorter is tokens or joined(shorter) == joined(tokens):
                break
            tokens = _unpleaded(shorter)
        return tokens


def _unpleaded(tokens: Tokens) -> Tokens:
    """The tokens without ``please`` and a comma that is left over."""
    left = [token for token in tokens if token.text != "please"]
    left = [one for one, after in zip(left, [*left[1:], None], strict=False)
            if one.text != "," or (after is not None and after.text not in STOPS)]  # fmt: skip
    while left and left[0].text == ",":
        del left[0]
    return tuple(left) or tokens
