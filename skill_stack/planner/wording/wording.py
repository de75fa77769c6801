"""Wording: an instruction with when, if, how often and without what in the form that the grammar reads."""

from __future__ import annotations

from dataclasses import dataclass, field

from skill_stack.core.plan import PlanNode
from skill_stack.planner.answers import refusal
from skill_stack.planner.language.text import STOPS, Text, Token, tokenise
from skill_stack.planner.wording.apposition import Apposition
from skill_stack.planner.wording.aside import Aside
from skill_stack.planner.wording.belonging import Belonging
from skill_stack.planner.wording.contained import Contained
from skill_stack.planner.wording.contrast import Contrast
from skill_stack.planner.wording.correcting import Correcting
from skill_stack.planner.wording.destined import Destined
from skill_stack.planner.wording.ellipsis import Ellipsis
from skill_stack.planner.wording.ensuring import Ensuring
from skill_stack.planner.wording.exclusion import Exclusion
from skill_stack.planner.wording.floors import Floors
from skill_stack.planner.wording.fronted import Fronted
from skill_stack.planner.wording.guiding import Guiding
from skill_stack.planner.wording.headed import Headed
from skill_stack.planner.wording.in_hand import InHand
from skill_stack.planner.wording.joining import Joining
from skill_stack.planner.wording.kin import Kin
from skill_stack.planner.wording.leaving import Leaving
from skill_stack.planner.wording.lying import Lying
from skill_stack.planner.wording.means import Means
from skill_stack.planner.wording.messages import Messages
from skill_stack.planner.wording.obliged import Obliged
from skill_stack.planner.wording.ones import Ones
from skill_stack.planner.wording.order_form import OrderForm, Tokens
from skill_stack.planner.wording.ordering import Ordering
from skill_stack.planner.wording.pairs import Pairs
from skill_stack.planner.wording.placing import Placing
from skill_stack.planner.wording.polygon import Polygon
from skill_stack.planner.wording.purpose import Purpose
from skill_stack.planner.wording.reasons import Reasons
from skill_stack.planner.wording.relative import Relative
from skill_stack.planner.wording.repeating import Repeating
from skill_stack.planner.wording.route import Route
from skill_stack.planner.wording.sharing import Sharing
from skill_stack.planner.wording.shunning import Shunning
from skill_stack.planner.wording.sorting import Sorting
from skill_stack.planner.wording.sparing import Sparing
from skill_stack.planner.wording.terse import Terse
from skill_stack.planner.wording.timing import Timing
from skill_stack.planner.wording.undone import Undone
from skill_stack.planner.wording.whereabouts import Whereabouts
from skill_stack.planner.wording.wished import Wished
from skill_stack.planner.wording.wishing import Wishing

ONCE_MORE = frozenset(
    "do it,do that,do this,do it now,do that now,do it for her,do it for him,see to it,do so".split(",")
)
"""Sentences that only ask for what somebody was said to want."""

MOST_TOKENS = 80
"""Words of an instruction that is put in another form."""


@dataclass(slots=True)
class Wording:
    """Puts instructions in one form.

    Attributes:
        form: Finds orders.
        notes: What was left out, for people.
    """

    form: OrderForm
    notes: list[str] = field(default_factory=list)

    def of(self, text: Text) -> Text:
        """An instruction in the form that the grammar reads; the same text where nothing is to be changed.

        Args:
            text: What was said.

        Raises:
            Answer: It asks for a time, a watch or a repetition that is beyond the robot.
        """
        if len(text.tokens) > MOST_TOKENS:
            return text
        out: list[Token] = []
        before: Tokens = ()
        plain = self._plainly_put(Floors(self.form).of(Shunning(self.form).of(text.tokens)))
        said = Lying(self.form).of(Relative(self.form).of(plain))
        said = Correcting(self.form).of(Belonging(self.form).of(said))
        said = Contrast(self.form).of(Aside(self.form).of(Sparing(self.form).of(said)))
        said = Ordering(self.form).retold(said)
        said = Ordering(self.form).first(Leaving(self.form).of(self._named_once(said)))
        sentences = Undone(self.form).of(_sentences(Messages(self.form).of(said)))
        wished = False
        for sentence, stop in Ones(self.form).of(self._told(sentences)):
            sentence = Ensuring(self.form).of(Ellipsis(self.form).of(Sorting(self.form).of(sentence), before))
            sentence = Route(self.form, self.notes).of(sentence)
            bare = self.form.said([one for one in sentence if one.text not in ("please", ",", "and", "so")])
            if wished and bare in ONCE_MORE:
                continue  # "Ana wants the door closed. Do it, please."
            order = Obliged(self.form).of(Wishing(self.form).of(Wished(self.form).of(sentence, before)), before)
            wished = bool(order) and order != sentence and not self.form.begins(sentence, 0)
            out += [*self._sentence(order, before), *stop] if order or not sentence else []
            before = sentence
        done = Ordering(self.form).last(tuple(out))
        if done == text.tokens:
            return text
        return tokenise(_written(text, list(done)), self.form.lexicon.small.contractions)

    def _told(self, sentences: list[tuple[Tokens, Tokens]]) -> list[tuple[Tokens, Tokens]]:
        """Sentences of which those that say where something is only tell it, and those that wonder how many ask it."""
        whereabouts = Whereabouts(self.form)
        others = [[one for k, (one, _) in enumerate(sentences) if k != at] for at in range(len(sentences))]
        told = [(whereabouts.of(one, rest), mark) for (one, mark), rest in zip(sentences, others, strict=True)]
        return [(whereabouts.counted(tokens), mark) for tokens, mark in told]

    def _plainly_put(self, tokens: Tokens) -> Tokens:
        """A text with headings as orders, and with what is in something or in the hand said by itself."""
        headed, contained, in_hand = Headed(self.form), Contained(self.form), InHand(self.form)
        polygon = Polygon(self.form)
        orders = [(headed.of(polygon.of(one)), stop) for one, stop in _sentences(tokens)]
        named = Terse(self.form).of(tuple(token for one, stop in orders for token in (*one, *stop)))
        put = [(contained.of(in_hand.of(one)), stop) for one, stop in _sentences(named)]
        return tuple(token for one, stop in put for token in (*one, *stop))

    def _named_once(self, tokens: Tokens) -> Tokens:
        """A text in which everybody and everything is named once in each sentence."""
        once, joining = Apposition(self.form), Joining(self.form)
        paired = Pairs(self.form).of(_sentences(Kin(self.form).of(tokens)))
        named = [(joining.of(once.of(one)), stop) for one, stop in paired]
        return tuple(token for one, stop in Destined(self.form).of(named) for token in (*one, *stop))

    def refuse_kept(self, tree: PlanNode, text: Text) -> None:
        """Refuses a plan that does something with what was to be left out.

        Args:
            tree: The plan.
            text: What was said.

        Raises:
            Answer: It does.
        """
        kept: dict[str, str] = {}
        for sentence, _ in _sentences(text.tokens):
            kept |= Exclusion(self.form).kept(sentence, self.form.meant)
        asked = (node for node in tree.every_skill() if kept and node.why.startswith("asked"))
        done = (str(value) for node in asked for value in node.arguments.values())
        words = next((kept[name] for name in done if name in kept), "")
        if words:
            right = "all the cups except the red one"
            raise refusal(f"I do not understand what '{words}' leaves out. Say it as in '{right}'.")

    def _sentence(self, tokens: Tokens, before: Tokens) -> Tokens:
        """One sentence in that form, after another one."""
        tokens = Ordering(self.form).of(Reasons(self.form).of(tokens))
        tokens = Means(self.form).of(Guiding(self.form).of(tokens, before))
        tokens = Placing(self.form).of(Purpose(self.form).of(tokens, before))
        Placing(self.form).check(tokens)
        if len(tokens) < 4:
            return tokens
        fronted, repeating = Fronted(self.form), Repeating(self.form)
        tokens = Timing(self.form).of(fronted.of(tokens), self.notes)
        return Exclusion(self.form).of(repeating.of(Sharing(self.form).of(tokens, before)))


def _sentences(tokens: Tokens) -> list[tuple[Tokens, Tokens]]:
    """Sentences and the marks that end them; a colon between digits or after ``this`` ends none."""
    out: list[tuple[Tokens, Tokens]] = []
    begin = 0
    for at, token in enumerate(tokens):
        if token.text in STOPS and token.text != ":":
            out.append((tokens[begin:at], tokens[at : at + 1]))
            begin = at + 1
    return [*out, (tokens[begin:], ())]


def _written(text: Text, tokens: list[Token]) -> str:
    """Tokens as text, each as it was written where it was not changed."""
    out = []
    for token in tokens:
        source = text.source[token.start : token.end]
        out.append(source if source.casefold() == token.text or token.owner else token.text)
    return " ".join(out)
