"""Undone: what has not been done or should be, told in one sentence and asked for in the next: ``please see to it``."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.planner.wording.duty import DUTIES, Duty
from skill_stack.planner.wording.order_form import OrderForm, Tokens

Sentence = tuple[Tokens, Tokens]
"""A sentence and the mark that ends it."""

DO_IT = frozenset(
    f"{verb} {what}"
    for verb in ("do", "see to", "take care of", "deal with", "attend to", "handle", "get", "sort out")
    for what in ("it", "that", "this", "so", "them", "both", "those", "both of them", "it done", "that done")
)
"""Sentences that only ask for what was said before them."""

AROUND = frozenset(", so please and then now could can would will you kindly just therefore also for me us".split())
"""Words around such a request."""

TAILS = frozenset(
    "yet since for every each this tonight once when whenever before after until by while today because as so again "
    "lately".split()
)
"""Words with which begins when or how often something is done, or not yet."""

BEEN = ("has not been", "have not been", "has not yet been", "have not yet been", "has still not been", "was not",
        "have still not been", "were not", "still has not been", "still have not been", "has never been")  # fmt: skip
"""Verbs of what nobody has done."""

BE = tuple(f"{must} be" for must in (*DUTIES, "can", "may", "could"))
"""Verbs of what is to be done."""

WITHOUT = ("has not had any", "have not had any", "has had no", "have had no", "has not had", "has not got any")
"""Verbs of what somebody or something has not got."""


@dataclass(slots=True)
class Undone:
    """Puts what was told as what has to be done, where the next sentence asks for it.

    Attributes:
        form: Finds nouns and verbs.
    """

    form: OrderForm

    def of(self, sentences: list[Sentence]) -> list[Sentence]:
        """Sentences of which those that are asked for afterwards say what has to be done.

        Args:
            sentences: The sentences with their marks.
        """
        out: list[Sentence] = []
        for tokens, mark in (part for one in sentences for part in self._parts(*one)):
            must = self._must(out[-1][0]) if out and self._asks(tokens) else ()
            if must:
                out[-1] = (must, mark)
            else:
                out.append((tokens, mark))
        return out if len(out) < sum(1 for one in sentences for _ in self._parts(*one)) else sentences

    def _parts(self, tokens: Tokens, mark: Tokens) -> list[Sentence]:
        """A sentence, in two where its end only asks for what it says: ``…, so please do it``."""
        for at in range(4, len(tokens) - 1):
            if tokens[at].text in (",", "so") and self._asks(tokens[at:]):
                return [(tokens[:at], tokens[at : at + 1]), (tokens[at:], mark)]
        return [(tokens, mark)]

    def _asks(self, tokens: Tokens) -> bool:
        """Whether a sentence only asks for what was said before it."""
        return self.form.said([one for one in tokens if one.text not in AROUND]) in DO_IT

    def _must(self, tokens: Tokens) -> Tokens:
        """``the hall must be swept`` for ``the hall has not been swept since Monday``; nothing for other words."""
        neither = tokens[:1] != () and tokens[0].text == "neither"
        if neither:
            tokens = tuple(one.read_as("and") if one.text == "nor" else one for one in tokens[1:])
        for at in range(1, len(tokens) - 2):
            if not any(end == at for end, _ in self.form.nouns().parse(tokens[:at], 0)):
                continue
            for verbs in (BE, BEEN, ("has been", "have been") if neither else ()):
                length = self.form.lexicon.table(verbs).longest(tokens, at) if verbs else None
                verb = self._past(tokens, length[0]) if length is not None else len(tokens)
                if verb < len(tokens) and Duty(self.form).base(tokens, verb):
                    end = next((k for k in range(verb + 1, len(tokens)) if tokens[k].text in TAILS), len(tokens))
                    return (*tokens[:at], *self.form.words("must be", tokens[at]), *tokens[verb:end])
            without = self.form.lexicon.table(WITHOUT).longest(tokens, at)
            if without is not None and without[0] < len(tokens):
                end = next((k for k in range(without[0], len(tokens)) if tokens[k].text in TAILS), len(tokens))
                return (*tokens[:at], *self.form.words("needs", tokens[at]), *tokens[without[0] : end])
        return ()

    def _past(self, tokens: Tokens, at: int) -> int:
        """The position behind small words before a participle."""
        while at < len(tokens) and tokens[at].text in ("yet", "properly", "still", "really", "all", "both"):
            at += 1
        return at
