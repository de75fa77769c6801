"""Leaving: what is to stay as it is, said beside an order: ``leave the novel where it is, but …``."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.planner.language.text import STOPS
from skill_stack.planner.wording.exclusion import Exclusion
from skill_stack.planner.wording.order_form import LINKS, OrderForm, Tokens

FOLLOWING = frozenset({"for", "now", "please", "though", "the", "moment", "too", "as", "well", "today", "just"})
"""Words after a state that change nothing in it."""


@dataclass(slots=True)
class Leaving:
    """Leaves out what moves nothing.

    Attributes:
        form: Finds orders and nouns.
    """

    form: OrderForm

    def of(self, tokens: Tokens) -> Tokens:
        """A text without clauses by which something stays as it is, where another order is beside them.

        Args:
            tokens: The text.
        """
        if not any(self.form.at("leaving_be", tokens, at) for at in range(len(tokens))):
            return tokens
        clauses = self._clauses(tokens)
        kept = [(begin, end) for begin, end in clauses if not self._stays(tokens[begin:end])]
        if len(kept) == len(clauses) or not any(self.form.begins(tokens, begin) for begin, _ in kept):
            return tokens
        if self._leaves_out(tokens):
            return tokens
        out: list[Tokens] = []
        for begin, end in kept:
            after = end + 1 if end < len(tokens) and tokens[end].text in STOPS else end
            linked = begin
            while out and linked and tokens[linked - 1].text in LINKS:
                linked -= 1
            out.append(tokens[linked:after])
        return tuple(token for one in out for token in one)

    def _clauses(self, tokens: Tokens) -> list[tuple[int, int]]:
        """Where clauses begin and end: at marks, and where words stand after a link that leave something."""
        out: list[tuple[int, int]] = []
        begin = 0
        for at in range(len(tokens) + 1):
            ends = at == len(tokens) or tokens[at].text in STOPS
            links = not ends and tokens[at].text in LINKS
            if not ends and not (links and self._parts(tokens, begin, at)):
                continue
            if at > begin:
                out.append((begin, at))
            begin = at + 1
            while begin < len(tokens) and tokens[begin].text in LINKS | STOPS:
                begin += 1
        return [(one, two) for one, two in out if one < two]

    def _parts(self, tokens: Tokens, begin: int, at: int) -> bool:
        """Whether a link parts a clause that leaves something from another one."""
        after = at
        while after < len(tokens) and tokens[after].text in LINKS:
            after += 1
        return self._leaves(tokens, after) is not None or self._stays(tokens[begin:at])

    def _leaves(self, tokens: Tokens, at: int) -> int | None:
        """Where words of leaving end that begin at a position, maybe politely."""
        at += at < len(tokens) and tokens[at].text in ("please", "just", "also")
        return self.form.at("leaving_be", tokens, at) if at < len(tokens) else None

    def _stays(self, tokens: Tokens) -> bool:
        """Whether a clause says no more than that something stays as it is."""
        begin = self._leaves(tokens, 0)
        if begin is None:
            return False
        for end, noun in self.form.nouns().parse(tokens, begin):
            if noun.role not in ("thing", "list", "pronoun"):
                continue
            if noun.relations and self._over(tokens, end):
                return bool(list(self.form.meant(noun)))
            if end < len(tokens) and self._over(tokens, end) and {"now", "moment"} & {one.text for one in tokens[end:]}:
                return True  # "leave the second table for now"
            for name in ("where_it_is", "state_kept"):
                state = self.form.at(name, tokens, end)
                if state is not None and self._over(tokens, state):
                    return True
        return False

    def _over(self, tokens: Tokens, at: int) -> bool:
        """Whether nothing more is said from a position on."""
        return all(token.text in FOLLOWING for token in tokens[at:])

    def _leaves_out(self, tokens: Tokens) -> bool:
        """Whether something is left out of several things that are named before it."""
        begin = 0
        for at in range(len(tokens) + 1):
            if at == len(tokens) or tokens[at].text in STOPS:
                if Exclusion(self.form).of(tokens[begin:at]) != tokens[begin:at]:
                    return True
                begin = at + 1
        return False
