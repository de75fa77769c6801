"""Tolerance: when the gist of a text counts before what the grammar and the knowledge make of it as a whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from skill_stack.core.plan import PlanNode
from skill_stack.planner.accounting import Account
from skill_stack.planner.answers import NOTED, Answer, Noted, refusal
from skill_stack.planner.language.text import Text, Token
from skill_stack.planner.made import Made
from skill_stack.planner.statements import Statements

Tokens = tuple[Token, ...]
LACKING = " what? I know:"
"""How a question begins to end that asks for a thing that was left out."""

WHICH = " with which "
"""What stands in a question for one of the words that a skill may be given."""

SHORT = 8
"""Words of an instruction that can hardly be read wrongly."""

OPEN = ("What shall I do with", "Repeat what", "What do you mean", "Whom do you mean")
"""How questions begin that come of words which were not read."""

NOWHERE = "I do not know where you are"
"""How a question begins that is only asked where who speaks was taken for a place."""

UNREAD = ("I do not understand", "I cannot do '", "There is no ", "I cannot tell whether", "I did not hear")
"""How refusals begin that come of words which were not read."""

SHRUGS = (NOTED, "I cannot answer that", "Understood, I will leave that be")
"""How answers begin to what may not have been a remark, a question or a prohibition."""

SEEING = ("see that", "see to it", "make sure", "ensure", "make certain", "be sure")
"""Words before a state that somebody is to care for."""

PRONOUNS = frozenset("it them him her there".split())
"""Words for what was said before."""

MARKS = frozenset({",", ".", ";", ":", "?", "!", "and", "so"})
"""Marks and words between two clauses."""

STARTED = frozenset({"going", "running", "started"})
"""Words for something that is switched on, which a robot that walks may take for its own."""

GETTING = frozenset({"get", "have", "set", "keep", "leave", "i", "we", "let", "want", "could", "can", "please"})
"""First words of sentences in which something is to be got going."""

WHITHER = frozenset("to for on into past out home back down up away over through by around along".split())
"""Words after ``going`` that say where somebody goes."""

STATES = frozenset({"on", "off", "open", "shut", "closed", "up", "down"})
"""States that are asked for without a verb."""

BEGINNINGS = frozenset("could can would will please first then next kindly do you after before once when as".split())
"""Words other than verbs with which instructions begin."""

ASKING = frozenset(
    "do you have|do you like|do you know|do you sell|do you often|do you ever|do you want|did you|have you|are you|are "
    "there|is there|does the|does it|does she|does he|did she|did he|is it|what is|what are|who is|who are|why is|why "
    "are|why do|why did|how does|how do|how is|how many|how much|when is|when does|when do|which is".split("|")
)
"""How questions begin that only want to know something."""

PLAIN_ONLY = frozenset("if unless until every each all both while".split())
"""Words of sentences of which only the grammar makes sense."""

ORDER, WISH = 3, 2
"""Strength of what is asked for in so many words, and of a wish that something be so."""


@dataclass(slots=True)
class Tolerance:
    """Chooses between a text as a whole and its gist.

    Attributes:
        whole: Plans the text as a whole; raises Answer.
        gist: Plans its gist: tree, facts and summary, how clearly it asks, words of things; None for none.
        mixed: Plans it piece by piece; None where that gives nothing.
        account: How a plan accounts for a text.
        statements: Tells statements from instructions.
        articles: Words with which no instruction begins.
    """

    whole: Callable[[Text], Made]
    gist: Callable[[Text], tuple[Made, int, frozenset[str]] | None]
    mixed: Callable[[Text], Made | None]
    account: Callable[[Text, Made], Account]
    statements: Statements
    articles: tuple[str, ...]

    def best(self, text: Text) -> Made:
        """What is made of a text: by the first way that accounts for all of it, else by the one that does best.

        Args:
            text: What was said.

        Raises:
            Answer: There is no plan.
        """
        made: Made | None = None
        answer: Answer | None = None
        try:
            made = self.whole(text)
        except Answer as raised:
            answer = raised
        if made is None and answer is not None:
            first = self._instead(text, answer)
            others: tuple[Callable[[Text], Made | None], ...] = (self._mixed,) if self._worth(text, answer) else ()
        else:
            doubtful = made is None or made.implied or _again(made.tree) or self._doubtful(text.tokens)
            doubtful = doubtful and not _asks(text.tokens)
            before = self._before(text) if doubtful else None
            first = before or made
            others = (lambda _: made, self._mixed) if before else (self._before, self._mixed)
        found = self._best(text, first, others)
        if found is None and answer is not None:
            raise answer
        assert found is not None
        return self._sensible(text, found)

    def _sensible(self, text: Text, made: Made) -> Made:
        """A plan that leaves out nothing that was said for certain, and does nothing absurd that nobody asked for.

        Raises:
            Answer: It does.
        """
        account = self.account(text, made)
        if account.odd and made.implied:
            raise Noted()
        left_out = (*account.missing, *account.exact)
        if left_out:
            words = " and ".join(f"'{one}'" for one in left_out)
            raise refusal(f"I do not understand all of that: I would leave out {words}.")
        if account.odd:
            raise refusal(f"I do not understand that: it would make no sense with {' and '.join(account.odd)}.")
        return made

    def _best(self, text: Text, first: Made | None, others: Sequence[Callable[[Text], Made | None]]) -> Made | None:
        """Of several readings the first that leaves out least and adds least."""
        best, account = first, self.account(text, first) if first is not None else None
        for way in others:
            if account is not None and not account.gap:
                break
            found = way(text)
            if found is None or (best is not None and found.implied and not best.implied):
                continue
            other = self.account(text, found)
            if best is None or account is None:
                better = other.gap == 0
            else:
                steps, before = asked_for(found.tree), asked_for(best.tree)
                fewer = len(steps) < len(before) and not account.missing and not account.exact and not account.odd
                better = other.gap < account.gap and not fewer and steps != before
            if better:
                best, account = found, other
        return best

    def _mixed(self, text: Text) -> Made | None:
        """What is made of a text piece by piece."""
        try:
            return self.mixed(text)
        except Answer:
            return None

    def _worth(self, text: Text, answer: Answer) -> bool:
        """Whether a text that was not read as a whole may be read piece by piece."""
        if answer.status == "statement":
            return False
        return _of_words(answer) and not _asks(text.tokens) and not self.statements.elsewhen(text.tokens)

    def _instead(self, text: Text, answer: Answer) -> Made | None:
        """What is made of the gist where the text as a whole gave no plan; None where that says nothing better.

        Raises:
            Answer: It is not clear what is meant.
        """
        if answer.status == "statement" and (answer.facts or self.statements.of_nature(text.tokens)):
            return None
        if self.statements.forbids(text.tokens):
            return None  # what is left out would be that it is forbidden
        which = answer.status == "question" and str(answer).startswith("Which")
        if not which and not _of_words(answer):
            return None
        lacking = answer.status == "question" and not str(answer).startswith(OPEN[0])
        if (lacking and not which and len(text.tokens) <= SHORT) or _asks(text.tokens):
            return None  # "push the box" lacks where to
        try:
            found = self.gist(text)
        except Answer as other:
            if answer.status == "refusal" and other.status == "question" and len(text.tokens) > SHORT:
                raise other from None
            return None
        if found is None or (which and any(f"'{words}'" in str(answer) for words in found[2])):
            return None
        return found[0] if found[1] >= ORDER or not self.statements.elsewhen(text.tokens) else None

    def _before(self, text: Text) -> Made | None:
        """What is made of the gist where the text as a whole gave a plan that may not be what was asked for."""
        try:
            found = self.gist(text)
        except Answer:
            return None
        clear = found is not None and (found[1] >= ORDER or not self.statements.elsewhen(text.tokens))
        return found[0] if found is not None and clear and found[1] >= WISH else None

    def _doubtful(self, tokens: Tokens) -> bool:
        """Whether words may well ask for something else than they gave as they stand: a state, or no verb at all."""
        said = " ".join(token.text for token in tokens)
        if not tokens:
            return False
        texts = {token.text for token in tokens}
        begun = self.statements.verb(tokens, 0) or tokens[0].text in BEGINNINGS
        if (tokens[0].text in GETTING and _started(tokens)) or (
            "not" in texts and texts & MARKS and not begun and not texts & PLAIN_ONLY
        ):
            return True
        if texts & PRONOUNS and texts & MARKS and not begun and not texts & PLAIN_ONLY:
            return True  # of what is told first it is not said what "it" means
        if self._named(tokens) or any(f" {one} " in f" {said} " for one in SEEING) or tokens[0].text in self.articles:
            return True
        return not any(self.statements.verb(tokens, at) for at in range(len(tokens)))

    def _named(self, tokens: Tokens) -> bool:
        """Whether words begin with nothing but a thing and a mark or a state: ``soup, table one``, ``lamp on``."""
        found = self.statements.words.nouns.longest(tokens, 0)
        after = tokens[found[0]].text if found is not None and found[0] < len(tokens) else ""
        return after in MARKS or after in STATES


def _started(tokens: Tokens) -> bool:
    """Whether something is to be got going, and nobody is going anywhere."""
    after = [token.text for token in (*tokens[1:], tokens[-1])]
    return any(token.text in STARTED and next_ not in WHITHER for token, next_ in zip(tokens, after, strict=True))


def _asks(tokens: Tokens) -> bool:
    """Whether one question is all that was said, and one that only wants to know something."""
    said = " ".join(token.text for token in tokens)
    begins = any(said.startswith(f"{one} ") for one in ASKING)
    return begins and tokens[-1].text == "?" and not {token.text for token in tokens[:-1]} & MARKS


def _again(tree: PlanNode) -> bool:
    """Whether one thing is put or handed somewhere twice, where it may only have been said more exactly where to."""
    done = [
        (node.skill, str(next(iter(node.arguments.values()), ""))) for node in tree.children if len(node.arguments) > 1
    ]
    return len(done) > len(set(done))


def _of_words(answer: Answer) -> bool:
    """Whether an answer comes of words that were not read, and not of what can be done or is ambiguous."""
    said = str(answer)
    if answer.status == "question":
        return LACKING in said or WHICH in said or said.startswith((*OPEN, NOWHERE))
    if answer.status == "statement":
        return said.startswith(SHRUGS)
    return said.startswith(UNREAD) or " is for " in said


def asked_for(tree: PlanNode) -> list[str]:
    """The steps of a plan that were asked for, whatever their order."""
    nodes = (node for node in tree.every_skill() if node.why.startswith("asked"))
    return sorted(f"{node.skill} {node.arguments}" for node in nodes)
