"""Rewriting: applies rules that replace a wording by a plainer one."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from skill_stack.core.errors import DataError
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.lexicon_files import RephrasingRule, Words
from skill_stack.language.words.text import Token
from skill_stack.language.words.verb_forms import bases

Tokens = tuple[Token, ...]

MARKS = frozenset(",.?!;:")
"""Punctuation marks that a rule may name."""

LONGEST_PART = 9
"""Words of an open part at most."""

_PARTS = re.compile(r"\{([xyzw])\}|\(([^()]*)\)|(\^|\$)|([,.?!])")
_compiled = functools.cache(re.compile)  # shared by all planners: over a thousand rules, more than ``re`` caches
_GROUP = re.compile(r"\(\?P<(\w+)>")
_SLOT = re.compile(r"\{(do )?([xyzw1-9])\}")
_OPEN = rf"(?P<%s>(?: [^ .,;!?:]+){{1,{LONGEST_PART}}}?)(?<! the)(?<! an)"


@dataclass(frozen=True, slots=True)
class RewritingRule:
    """A wording, and its plainer replacements.

    Attributes:
        patterns: Regular expressions with a blank before each word; an open part at the end is tried long, then short.
            They are compiled at first use, since there are hundreds.
        plain: Replacements with ``{x}`` for open parts and ``{1}`` for choices.
        needed: Words of which the text must have one; empty for no such test.
    """

    patterns: tuple[str, ...]
    plain: Words
    needed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Rewriter:
    """Compiles rules and applies them."""

    lexicon: Lexicon

    def applied(self, rule: RewritingRule, tokens: Tokens) -> Iterator[Tokens]:
        """Yields the tokens with the first match of a rule replaced, for each pattern and replacement."""
        text = joined(tokens)
        for pattern in rule.patterns:
            found = _compiled(pattern).search(text)
            if found is not None:
                yield from self._put(rule, found, tokens, text)

    def _put(self, rule: RewritingRule, found: re.Match[str], tokens: Tokens, text: str) -> Iterator[Tokens]:
        """The tokens with a match replaced, by each of the rule's replacements."""
        begin, end = text.count(" ", 0, found.start()), text.count(" ", 0, found.end())
        for plain in rule.plain:
            yield (*tokens[:begin], *self._worded(plain, found, tokens, text), *tokens[end:])

    def _worded(self, plain: str, found: re.Match[str], tokens: Tokens, text: str) -> Iterator[Token]:
        """A replacement as tokens that refer to the source of the match."""
        here = tokens[min(text.count(" ", 0, found.start()), len(tokens) - 1)]
        at = 0
        for slot in [*_SLOT.finditer(plain), None]:
            for word in plain[at : slot.start() if slot else len(plain)].split():
                yield Token(word, here.start, here.end)
            if slot is not None:
                name = _group(slot)
                begin, end = text.count(" ", 0, found.start(name)), text.count(" ", 0, found.end(name))
                yield from self._based(tokens[begin:end]) if slot[1] else tokens[begin:end]
                at = slot.end()

    def _based(self, tokens: Tokens) -> Tokens:
        """The tokens with their first verb in its base form."""
        base = next((one for one in bases(tokens[0].text) if one in self.lexicon.english.base), None)
        return (tokens[0].read_as(base), *tokens[1:]) if base else tokens

    def rule(self, one: RephrasingRule) -> RewritingRule:
        """Compiles a rule.

        Raises:
            DataError: A replacement names an open part or a choice that the rule does not have.
        """
        pattern, at, chosen, needed = "", 0, 0, set[str]()
        for part in _PARTS.finditer(one.say):
            pattern += self._literal(one.say[at : part.start()], needed)
            if part[1]:
                pattern += _OPEN % part[1]
            elif part[2] is not None:
                chosen += 1
                ways = sorted({self._literal(way, None) for way in part[2].split("|")}, key=len, reverse=True)
                pattern += f"(?P<c{chosen}>{'|'.join(ways)})"
                if not needed and "" not in ways:
                    needed |= {way.replace("\\", "").split()[0] for way in ways}
            else:
                pattern += {"^": r"\A", "$": r"(?: [.?!;])*\Z"}.get(part[3], f" {re.escape(part[4] or '')}")
            at = part.end()
        pattern += self._literal(one.say[at:], needed)
        known = set(_GROUP.findall(pattern))
        used = {_group(slot) for plain in one.plain for slot in _SLOT.finditer(plain)}
        if used - known:
            raise DataError(f"rephrasings.yaml: '{one.say}' has no {', '.join(sorted(used - known))} to be put plainly")
        open_end = one.say.rstrip().endswith("}")  # a final open part extends to a mark or the next clause
        far, near = r"(?= [.,;:!?]| then(?= )|\Z)", r"(?= [.,;:!?]| and(?= )| then(?= )|\Z)"
        ends = (far, near) if open_end else (r"(?= |\Z)",)
        return RewritingRule(tuple(pattern + end for end in ends), one.plain, frozenset(needed))

    def _literal(self, text: str, needed: set[str] | None) -> str:
        """A regular expression for words; the first words of a rule are those that a text must have."""
        words = [word for piece in text.split() for word in ([piece] if piece in MARKS else self.lexicon.split(piece))]
        if needed is not None and words and not needed:
            needed.add(words[0])
        return "".join(f" {re.escape(word)}" for word in words)


def _group(slot: re.Match[str]) -> str:
    """The group of a pattern that fills a slot of a replacement."""
    return slot[2] if slot[2].isalpha() else f"c{slot[2]}"


def joined(tokens: Sequence[Token]) -> str:
    """Joins tokens with a blank before each; line breaks become full stops."""
    return "".join(f" {'.' if token.text.isspace() else token.text}" for token in tokens)
