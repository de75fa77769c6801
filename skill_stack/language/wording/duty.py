"""Duty: the thing of which is said what has to be done with it, and the words that say so."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.language.wording.order_form import OrderForm, Tokens
from skill_stack.language.wording.participles import PARTICIPLES
from skill_stack.language.words.verb_forms import bases

DUTIES = (
    "must", "has to", "have to", "needs to", "need to", "should", "ought to", "is to", "are to", "will have to",
    "shall", "are both to", "are all to", "is also to", "are also to", "is supposed to", "are supposed to",
    "had better",
)  # fmt: skip
"""Verbs by which something has to be done now."""

WOULD = ("could", "would", "can", "were to", "was to", "might")
"""Verbs of such a clause."""

BETWEEN = frozenset("now also really still please then first just both all urgently quickly again soon too".split())
"""Words between verbs that change nothing."""

WANTING = frozenset("needs need wants want requires require".split())
"""Verbs after which a verb in -ing says what is to be done: ``the window wants closing``."""

MAY = frozenset("can may should must could might".split())
"""Verbs by which a thing may stay as it is."""

PRONOUNS = frozenset("he she it they them this that these those both".split())
"""Subjects that were named before."""

UNDOABLE = frozenset("be have see do know say think keep leave feel stay let suppose mean be allow".split())
"""Verbs that are nothing a robot does with a thing."""


GREETING = frozenset("hello hi goodbye welcome good".split())
"""Words after ``say`` by which somebody is greeted."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The thing of which something is said.

    Attributes:
        begin: Where its words begin.
        end: Where its words end, with a clause about it.
        pronoun: Whether it was only named before.
        person: Whether it is somebody.
        placed: Whether it is said where it is.
    """

    begin: int
    end: int
    pronoun: bool = False
    person: bool = False
    placed: bool = False


@dataclass(slots=True)
class Duty:
    """Finds things and what is said to have to be done with them.

    Attributes:
        form: Finds nouns and verbs.
    """

    form: OrderForm

    def subject(self, tokens: Tokens, at: int) -> Subject | None:
        """The thing that a clause begins with, where a verb follows that says something of it."""
        if at >= len(tokens) or self.form.verb(tokens, at):
            return None
        goes = tokens[at].text in ("they", "both", "these", "those") and self._goes(tokens, at + 1)
        if tokens[at].text in PRONOUNS and (goes or self._tells(tokens, at + 1)):
            return Subject(at, at + 1, pronoun=True, person=tokens[at].text in ("he", "she"))
        if self.form.said(tokens[at : at + 2]) == "the floor" or self._of(tokens, at + 2) > at + 2:
            end = self._relative(tokens, self._of(tokens, at + 2))
            return Subject(at, end) if self._tells(tokens, end) else None
        found = self.form.noun(tokens, at)
        if found is None:
            end = self._owned(tokens, at)
            return Subject(at, end) if end and self._tells(tokens, end) else None
        if found[1].role == "pronoun":
            return None
        end, noun = found
        bare = end == at + 1 and tokens[at].text.endswith("s") and not self.form.person(noun)
        if bare:
            return None  # "shoes must be taken off": a rule
        relative = self._relative(tokens, end)
        placed = relative > end or any(where.kind in ("on", "in", "under") for where in noun.relations)
        person = self.form.person(noun)
        return Subject(at, relative, person=person, placed=placed) if self._tells(tokens, relative) else None

    def _owned(self, tokens: Tokens, at: int) -> int:
        """Where words end for something of somebody that nothing here is called: ``Leo's pulse``; 0 for none."""
        whose = next((k for k in range(at, min(at + 3, len(tokens) - 1)) if tokens[k].owner), None)
        found = self.form.noun(self.form.plain(tokens[: whose + 1]), at) if whose is not None else None
        somebody = found is not None and whose is not None and found[0] == whose + 1 and self.form.person(found[1])
        return whose + 2 if somebody and whose is not None else 0

    def _relative(self, tokens: Tokens, at: int) -> int:
        """Where a clause about a thing ends that begins behind it: ``that are lying in the staffroom``."""
        after = at
        if after < len(tokens) and tokens[after].text in ("that", "which"):
            after += 1
        while after > at and after < len(tokens) and tokens[after].text in ("is", "are"):
            after += 1
        if after < len(tokens) and tokens[after].text in ("lying", "standing", "sitting", "hanging"):
            after += 1
        place = after + 1 < len(tokens) and tokens[after].text in ("in", "on", "under", "at", "from", "beside", "by")
        if place and self.form.said(tokens[after + 1 : after + 3]) in ("the floor", "the ground"):
            return after + 3
        found = self.form.noun(tokens, after + 1) if place else None
        return found[0] if found else at

    def _of(self, tokens: Tokens, at: int) -> int:
        """Where the words end that say of what something is: ``of the kitchen``."""
        part = at + 1 < len(tokens) and tokens[at].text == "of" and tokens[at - 2].text == "the"
        found = self.form.noun(tokens, at + 1) if part else None
        return found[0] if found else at

    def _tells(self, tokens: Tokens, at: int) -> bool:
        """Whether words at a position say what has to be done with the thing before them, or that it may stay."""
        if at >= len(tokens):
            return False
        text = tokens[at].text
        after = tokens[at + 1].text if at + 1 < len(tokens) else ""
        return bool(
            self.verb(tokens, at)
            or self.longest(WOULD, tokens, at)
            or text in {*WANTING, *MAY, "to", "belongs", "belong", "goes", "wants"}
            or self._goes(tokens, at)
            or (self.base(tokens, at) and after != "by")
            or (text in ("were", "was") and self.base(tokens, at + 1))
        )

    def _goes(self, tokens: Tokens, at: int) -> bool:
        """Whether it is said where things go that were named before: ``they go in the drawer``, and not to school."""
        return [one.text for one in tokens[at : at + 1]] == ["go"] and (
            at + 1 < len(tokens) and tokens[at + 1].text in ("in", "on", "into", "onto", "under", "inside", "back")
        )

    def verb(self, tokens: Tokens, at: int) -> int:
        """Where a verb of duty ends that stands at a position, with small words around it; 0 for none."""
        begin = self.past(tokens, at, ())
        length = self.longest(DUTIES, tokens, begin)
        return self.past(tokens, begin + length, ()) if length else 0

    def past(self, tokens: Tokens, at: int, more: tuple[str, ...]) -> int:
        """The position behind words that change nothing, and some more."""
        while at < len(tokens) and (tokens[at].text in BETWEEN or tokens[at].text in more):
            at += 1
        return at

    def longest(self, phrases: tuple[str, ...], tokens: Tokens, at: int) -> int:
        """How many words of one of some phrases stand at a position."""
        found = self.form.lexicon.table(phrases).longest(tokens, at)
        return found[0] - at if found else 0

    def base(self, tokens: Tokens, at: int) -> str:
        """The verb of the robot of which a participle stands at a position, or empty."""
        if at >= len(tokens):
            return ""
        token = tokens[at]
        regular = bases(token.text) if token.text.endswith(("ed", "ing")) else ()
        for base in (PARTICIPLES.get(token.text, ""), *regular):
            greets = base == "say" and at + 1 < len(tokens) and tokens[at + 1].text in GREETING
            undoable = base in UNDOABLE and not greets
            if base and not undoable and self.form.verb((token.read_as(base), *tokens[at + 1 :]), 0):
                return base
        return ""
