"""Tolerance: when the gist of a text counts before what the grammar and the knowledge make of it as a whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from skill_stack.core.plan import PlanNode
from skill_stack.planner.answers import NOTED, Answer
from skill_stack.planner.language.text import Text, Token
from skill_stack.planner.statements import Statements

Tokens = tuple[Token, ...]
Made = tuple[PlanNode, tuple[str, ...], str]
"""Tree, facts afterwards and summary."""

LACKING = " what? I know:"
"""How a question begins to end that asks for a thing that was left out."""

SHORT = 8
"""Words of an instruction that can hardly be read wrongly."""

OPEN = ("What shall I do with", "Repeat what", "What do you mean")
"""How questions begin that come of words which were not read."""

NOWHERE = "I do not know where you are"
"""How a question begins that is only asked where who speaks was taken for a place."""

UNREAD = ("I do not understand", "I cannot do '", "There is no ", "I cannot tell whether", "I did not hear")
"""How refusals begin that come of words which were not read."""

SHRUGS = (NOTED, "I cannot answer that", "Understood, I will leave that be")
"""How answers begin to what may not have been a remark, a question or a prohibition."""

SEEING = ("see that", "see to it", "make sure", "ensure", "make certain", "be sure")
"""Words before a state that somebody is to care for."""

IMPLIED = "because you say"
"""Words in the summary of a plan that knowledge made of what was said."""

PRONOUNS = frozenset("it them him her there".split())
"""Words for what was said before."""

MARKS = frozenset({",", ".", ";", ":", "?", "!", "and", "so"})
"""Marks and words between two clauses."""

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
        statements: Tells statements from instructions.
        articles: Words with which no instruction begins.
    """

    whole: Callable[[Text], Made]
    gist: Callable[[Text], tuple[Made, int, frozenset[str]] | None]
    statements: Statements
    articles: tuple[str, ...]

    def best(self, text: Text) -> Made:
        """What is made of a text: as it is read whole, else by its gist.

        Args:
            text: What was said.

        Raises:
            Answer: There is no plan.
        """
        try:
            made = self.whole(text)
        except Answer as answer:
            found = self._instead(text, answer)
            if found is None:
                raise
            return found
        doubtful = IMPLIED in made[2] or _again(made[0]) or self._doubtful(text.tokens)
        doubtful = doubtful and not _asks(text.tokens)
        return (self._before(text) if doubtful else None) or made

    def _instead(self, text: Text, answer: Answer) -> Made | None:
        """What is made of the gist where the text as a whole gave no plan; None where that says nothing better.

        Raises:
            Answer: It is not clear what is meant.
        """
        if answer.status == "statement" and (answer.facts or self.statements.of_nature(text.tokens)):
            return None
        which = answer.status == "question" and str(answer).startswith("Which")
        if not which and not _of_words(answer):
            return None
        if (answer.status == "question" and len(text.tokens) <= SHORT) or _asks(text.tokens):
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
        if texts & PRONOUNS and texts & MARKS and not begun and not texts & PLAIN_ONLY:
            return True  # of what is told first it is not said what "it" means
        if any(f" {one} " in f" {said} " for one in SEEING) or tokens[0].text in self.articles:
            return True
        return not any(self.statements.verb(tokens, at) for at in range(len(tokens)))


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
        return LACKING in said or said.startswith((*OPEN, NOWHERE))
    if answer.status == "statement":
        return said.startswith(SHRUGS)
    return said.startswith(UNREAD) or " is for " in said
