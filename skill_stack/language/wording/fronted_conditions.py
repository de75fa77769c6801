"""FrontedConditions: rewrites all conditions to ``if …, …`` or ``wait until …, then …``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from skill_stack.language.answers import Answer, refusal
from skill_stack.language.wording.order_form import OrderForm, Tokens
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.text import LINKS, Token, past, unlinked


@dataclass(slots=True)
class FrontedConditions:
    """Rewrites conditions to one form.

    Attributes:
        form: Finds orders, and tells what facts can express.
    """

    form: OrderForm

    def rewrite(self, tokens: Tokens) -> Tokens | Answer:
        """Returns one sentence with its conditions in the form that the grammar reads.

        Returns:
            The sentence; a refusal if it asks to watch for an event.
        """
        for change in (self._regardless, self._supposed, self._separated, self._marked):
            tokens = change(tokens)
        awaited = self._awaited(tokens)
        return awaited if isinstance(awaited, Answer) else self._trailing(self._lasting(awaited))

    def _regardless(self, tokens: Tokens) -> Tokens:
        """Removes a condition without effect: ``even if the door is open, go``."""
        for at in range(len(tokens)):
            begin = self.form.at("regardless", tokens, at) if self._begins(tokens, at) or at > 1 else None
            if begin is None:
                continue
            end = self.condition_end(tokens, begin)
            if end is not None and unlinked(tokens[end:]):
                return (*tokens[:at], *unlinked(tokens[end:]))
            if at > 1 and self.form.begins(tokens, 0):
                return unlinked(tokens[:at])
        return tokens

    def _begins(self, tokens: Tokens, at: int) -> bool:
        return at == 0 or tokens[at - 1].text in LINKS | WORDS.before_condition

    def _marks(self, tokens: Tokens, at: int) -> int | None:
        """The end of ``if``, ``unless`` or ``until`` at a position, or None."""
        words = self.form.lexicon.clauses
        found = self.form.lexicon.table((*words.if_, *words.unless, *words.until)).longest(tokens, at)
        return found[0] if found is not None else None

    def condition_end(self, tokens: Tokens, begin: int) -> int | None:
        """Returns the end of a condition before the order that follows it; None if no order follows.

        Args:
            tokens: The sentence.
            begin: Where the condition begins.
        """
        ends = [at for at in range(begin + 2, len(tokens)) if self._order_follows(tokens, at)]
        known = [at for at in ends if self.form.tells(unlinked(tokens[begin:at]))]
        if known:
            return known[0]
        marked = [at for at in ends if tokens[at].text == "," or tokens[at].text == "then"]
        if marked:
            return marked[0]
        clause = [at for at in ends if _has_verb(tokens[begin:at]) and not _announces(tokens[at:])]
        return clause[0] if clause else None

    def _order_follows(self, tokens: Tokens, at: int) -> bool:
        """Whether an order begins at a position, or after a comma there."""
        if tokens[at].text in (",", "then", ":"):
            return self.form.begins(tokens, past(tokens, at + 1, LINKS))
        return self.form.inside(tokens, at) and tokens[at - 1].text not in LINKS

    def _marked(self, tokens: Tokens) -> Tokens:
        """Adds a comma between a condition and its order: ``unless the lamp is on turn it on``."""
        for at in range(len(tokens)):
            begin = self._marks(tokens, at) if self._begins(tokens, at) else None
            end = self.condition_end(tokens, begin) if begin is not None else None
            if end is not None and tokens[end].text not in (",", "then", ":"):
                return self._marked((*tokens[:end], *self.form.words(",", tokens[end]), *tokens[end:]))
        return tokens

    def _supposed(self, tokens: Tokens) -> Tokens:
        """Replaces conjunctions of condition such as ``assuming that`` by ``if``."""
        for at in range(len(tokens)):
            end = self.form.at("supposing", tokens, at)
            if end is None or not (self._begins(tokens, at) or self.form.begins(tokens, 0)):
                continue
            if self.form.tells(unlinked(tokens[end:])) or self.condition_end(tokens, end) is not None:
                return (*tokens[:at], *self.form.words("if", tokens[at]), *tokens[end:])
        return tokens

    def _awaited(self, tokens: Tokens) -> Tokens | Answer:
        """Rewrites ``once the door is open, go`` as waiting; a refusal to repeat it whenever the door is open."""
        for at in range(len(tokens)):
            each = self.form.at("each_time", tokens, at)
            begin = each or self.form.at("by_then", tokens, at)
            if begin is None or begin >= len(tokens) or tokens[begin].text in WORDS.robot:
                continue
            end = self.condition_end(tokens, begin) if self._begins(tokens, at) else None
            behind = at > 1 and self.form.begins(tokens, 0)
            if each is not None and (end is not None or behind):
                return self._watching(tokens[at:end])
            if end is not None and self.form.tells(unlinked(tokens[begin:end])):
                order = tokens[end + (tokens[end].text in (",", "then", ":")) :]
                return (*tokens[:at], *self._until(tokens[begin:end]), *order)
            if behind and self.form.tells(unlinked(tokens[begin:])):
                start = _last_clause(tokens[:at])
                return (*tokens[:start], *self._until(unlinked(tokens[begin:])), *unlinked(tokens[start:at]))
        return tokens

    def _until(self, condition: Tokens) -> Tokens:
        """Words that wait for a condition; the condition itself if no skill waits."""
        said = "wait until" if self.form.waits else "if"
        then = ", then" if self.form.waits else ","
        return (*self.form.words(said, condition[0]), *condition, *self.form.words(then, condition[0]))

    def _watching(self, words: Tokens) -> Answer:
        """The refusal to watch for an event, with an alternative."""
        said = self.form.said(unlinked(words))
        right = "'if …' for now, or 'wait until …, then …'"
        return refusal(f"I do not watch for things, so I cannot act '{said}'. Say {right}.")

    def _lasting(self, tokens: Tokens) -> Tokens:
        """Replaces ``as long as`` by ``while`` for a durative verb: ``wait as long as the door is open``."""
        verbs = self.form.wording.lasting_verbs
        for at in range(len(tokens)):
            end = self.form.at("lasting", tokens, at)
            if end is None:
                continue
            fronted = self.condition_end(tokens, end) if at == 0 else None
            order = tokens[fronted:] if fronted is not None else tokens[:at]
            if any(token.text in verbs for token in order[:4]):
                mark = self.form.words(",", tokens[0])
                lasts = (tokens[at].read_as("while"), *tokens[end : fronted or len(tokens)])
                return (*lasts, *mark, *unlinked(order)) if fronted is not None else (*tokens[:at], *lasts)
        return tokens

    def _separated(self, tokens: Tokens) -> Tokens:
        """Splits off a condition with its order as a sentence: ``sit, and if the door is open close it``."""
        for at in range(2, len(tokens) - 2):
            if tokens[at - 1].text not in ("and", "but", "then", ",") or self._marks(tokens, at) is None:
                continue
            end = self.condition_end(tokens, self._marks(tokens, at) or at)
            before = unlinked(tokens[:at])
            if end is None or not before or not self._ordered(before):
                continue
            order = unlinked(tokens[end:])
            if order and order[-1].text in WORDS.first:
                return (*tokens[at:end], *self.form.words(",", tokens[at]), *order[:-1],
                        *self.form.words(".", tokens[at]), *before)  # fmt: skip
            return (*before, *self.form.words(".", tokens[at]), *tokens[at:])
        return tokens

    def _ordered(self, tokens: Tokens) -> bool:
        """Whether words have a complete order, alone or after a condition."""
        begin = self._marks(tokens, 0)
        return self.form.begins(tokens, 0) if begin is None else self.condition_end(tokens, begin) is not None

    def _trailing(self, tokens: Tokens) -> Tokens:
        """Removes the comma before a final condition: ``close the door, if it is open``."""
        for at in range(2, len(tokens) - 1):
            begin = self._marks(tokens, at)
            comma = tokens[at - 1].text == "," and begin is not None and self.form.begins(tokens, 0)
            if comma and begin is not None and self.condition_end(tokens, begin) is None:
                return (*tokens[: at - 1], *tokens[at:])
        return tokens


def _last_clause(tokens: Tokens) -> int:
    """Where the last clause begins."""
    return max([k + 1 for k, token in enumerate(tokens) if token.text in (",", "then")], default=0)


def _has_verb(tokens: Sequence[Token]) -> bool:
    """Whether words have a verb with a complement, or end in an intransitive verb: ``it rains``."""
    texts = [token.text for token in tokens]
    copula = next((at for at, text in enumerate(texts) if text in WORDS.condition_verbs), None)
    if copula is not None:
        return copula < len(texts) - 1 and texts[-1] not in WORDS.condition_verbs | WORDS.no_condition_end
    return len(texts) > 1 and (texts[-1].endswith("s") or texts[0] in WORDS.plural_subjects)


def _announces(tokens: Sequence[Token]) -> bool:
    """Whether words announce what people will do: ``if it stays dry we will open the terrace``."""
    pairs = zip(tokens, tokens[1:], strict=False)
    return any(one.text in WORDS.announcing_subjects and two.text in ("will", "would", "can") for one, two in pairs)
