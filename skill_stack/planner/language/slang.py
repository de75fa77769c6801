"""Slang: colloquial words put plainly, ``lexicon/slang.yaml``."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import yaml

from skill_stack.core.data_file import DataModel, parse_model
from skill_stack.planner.language.lexicon import FOLDER, Lexicon
from skill_stack.planner.language.lexicon_files import RephrasingRule
from skill_stack.planner.language.phrase_table import PhraseTable
from skill_stack.planner.language.rewriting import Rewriter, Tokens, joined
from skill_stack.planner.language.scene_words import SceneWords
from skill_stack.planner.language.text import Token

MOST_TOKENS = 60
"""Longest text that is put plainly."""

MOST_WAYS = 10
"""Plainer ways of saying one text that are tried."""


class SlangWords(DataModel):
    """``slang.yaml``; the file explains its keys."""

    words: dict[str, tuple[str, ...]]
    titles: dict[str, str]
    is_: frozenset[str]
    first: tuple[RephrasingRule, ...]
    rules: tuple[RephrasingRule, ...]
    known: frozenset[str]

    def spoken(self) -> frozenset[str]:
        """Words that are no slips of others."""
        return self.known | {word for said in self.words for word in said.split()}


@cache
def slang_words() -> SlangWords:
    """The words that come with the package.

    Raises:
        DataError: The file is missing or wrong.
    """
    text = (FOLDER / "slang.yaml").read_text(encoding="utf-8")
    return parse_model(SlangWords, yaml.load(text, Loader=yaml.BaseLoader), "slang.yaml")


@dataclass(frozen=True, slots=True)
class Nouns:
    """Colloquial nouns as the plain ones that a scene has things for.

    Attributes:
        plain: Colloquial nouns and the words of the plain one.
        words: Names of the scene.
        titles: Titles in other words, and those that names may have here.
    """

    plain: PhraseTable[tuple[str, ...]]
    words: SceneWords
    titles: Mapping[str, str]

    def of(self, tokens: Tokens) -> Tokens:
        """The tokens with colloquial nouns put plainly."""
        out: list[Token] = []
        at = 0
        while at < len(tokens):
            found = self.plain.longest(tokens, at)
            named = self.words.nouns.longest(tokens, at)
            before = self.words.nouns.longest(tokens, at - 1) if at else None
            if found is None or (named and named[0] >= found[0]) or (before and before[0] > at):
                out.append(self._titled(tokens, at))
                at += 1
                continue
            last = tokens[found[0] - 1]
            owner = last.written if last.owner else ""
            words = [Token(word, tokens[at].start, last.end) for word in found[1]]
            out += [*words[:-1], Token(words[-1].text, words[-1].start, last.end, owner)]
            at = found[0]
        return tuple(out)

    def _titled(self, tokens: Tokens, at: int) -> Token:
        """The token at a position, or the title that somebody has here for it: ``senora`` before Castillo."""
        title = self.titles.get(tokens[at].text, "")
        if not title or self.words.nouns.longest(tokens[at:], 0) is not None:
            return tokens[at]
        named = self.words.nouns.longest([tokens[at].read_as(title), *tokens[at + 1 : at + 3]], 0)
        return tokens[at].read_as(title) if named is not None and named[0] > 1 else tokens[at]


class Slang:
    """Puts colloquial words plainly."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Prepares the rules."""
        self._lexicon, self._data = lexicon, slang_words()
        self._rewriter = Rewriter(lexicon)
        self._rules = [self._rewriter.rule(one) for one in self._data.rules]
        self._first = [self._rewriter.rule(one) for one in self._data.first]

    def nouns(self, words: SceneWords, verbs: Container[str]) -> Nouns:
        """What colloquial nouns mean in a scene.

        Args:
            words: Names of the scene; they mean what they name.
            verbs: Words with which skills are said; they are no nouns.
        """
        table: PhraseTable[tuple[str, ...]] = PhraseTable()
        for said, plainer in self._data.words.items():
            phrase = self._lexicon.split(said)
            own = phrase[0] in verbs or words.nouns.longest([Token(one, 0, 0) for one in phrase], 0) is not None
            if own:
                continue
            for one in plainer:
                meant = self._lexicon.split(one)
                found = words.nouns.longest([Token(word, 0, 0) for word in meant], 0)
                if found is not None and found[0] == len(meant):
                    table.add(phrase, meant)
                    break
        return Nouns(table, words, self._data.titles)

    def firsts(self, tokens: Tokens) -> Iterator[Tokens]:
        """Plainer ways of saying it that come before the words themselves.

        Args:
            tokens: What was said.
        """
        words = {token.text for token in tokens} if len(tokens) <= MOST_TOKENS else set()
        for rule in self._first:
            if words and (not rule.needed or rule.needed & words):
                yield from self._rewriter.applied(rule, tokens)

    def ways(self, tokens: Tokens) -> Iterator[Tokens]:
        """Plainer ways of saying it, those with fewer changes first.

        Args:
            tokens: What was said.
        """
        if len(tokens) > MOST_TOKENS:
            return
        plain = self.written_out(tokens)
        seen, queue, given = {joined(tokens), joined(plain)}, [plain], 0
        if joined(plain) != joined(tokens):
            given += 1
            yield plain
        while queue:
            current = queue.pop(0)
            words = {token.text for token in current}
            for rule in self._rules:
                if rule.needed and not rule.needed & words:
                    continue
                for changed in self._rewriter.applied(rule, current):
                    if not changed or joined(changed) in seen:
                        continue
                    seen.add(joined(changed))
                    queue.append(changed)
                    yield changed
                    given += 1
                    if given >= MOST_WAYS:
                        return

    def written_out(self, tokens: Tokens) -> Tokens:
        """The tokens with ``'s`` as ``is`` where no thing follows that could be owned.

        Args:
            tokens: What was said.
        """
        out: list[Token] = []
        for at, token in enumerate(tokens):
            out.append(token)
            after = tokens[at + 1].text if at + 1 < len(tokens) else ""
            if token.owner and token.written.endswith("'s") and after in self._data.is_:
                out[-1] = Token(token.text, token.start, token.end)
                out.append(Token("is", token.start, token.end))
        return tuple(out)
