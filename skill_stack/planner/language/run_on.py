"""Run-on: the stops that nobody speaks, as text of a speech recogniser lacks them.

``there is a jacket in the hall can you bring it to me``, ``I am tired switch off the light``, ``take the cup it is on
the table``: sentences that follow one another without a mark. A stop is put only where a clause of its own surely
begins and what stands before is whole.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from skill_stack.planner.language.finite import Finite
from skill_stack.planner.language.mood import Moods
from skill_stack.planner.language.text import STOPS, Token

Tokens = tuple[Token, ...]

SHORTEST = 3
"""Words that a sentence has at least, on either side of a stop."""

POLITE = frozenset("please kindly just also maybe perhaps now quickly".split())
"""Words between ``can you`` and its verb, and before an order."""

WANTING = frozenset("want wants need needs like love prefer wish".split())
"""Verbs of wishes, after which a clause is whole with a thing."""

OPEN = frozenset(
    "to not will would can could shall should must may might do does did let and or but so then if when where while "
    "until unless because since although though as that which who whose what how why whether than like i we you he she "
    "they it's is are am was were be been being has have had of very too quite rather really more less no some any "
    "always never usually often sometimes please also just never think say said know hope guess wonder sure make makes "
    "made help helps see saw hear heard watch watched many much got get gets want wants need needs".split()
)
"""Words after which a clause goes on: no verb after them begins another one."""

CAUSING = frozenset("help helped let make made watched saw heard had".split())
"""Verbs after which somebody does something: ``I saw Ana take the cup``."""

TELLING = frozenset("tell say ask remind show explain inform report announce check see make ensure know wait".split())
"""Verbs after which a clause says what: ``tell Ana it is late``, ``wait it is late``."""

TOWARDS = frozenset("to into onto towards".split())
"""Prepositions that follow verbs of going, and hardly a noun."""

PARTICLES = frozenset("on off up down out away over back".split())
"""Little words that belong to a verb: ``switch off``."""

WHOM = frozenset("it them him me us there here".split())
"""Pronouns that only a verb has after it."""

PASSIVE = frozenset(
    "be been being has have had gets got and want wants need needs like likes love prefer prefers".split()
)
"""Words of clauses in which a form that is base and participle alike is a participle."""

PRONOUNS = frozenset("it them him her me us".split())
"""Pronouns after which a verb of any kind is one that is to be done."""

PRONOUNS_ABOUT = frozenset("it they he she there".split())
"""Pronouns with which a clause begins that tells more about what was named."""

THINKING = frozenset(
    "says said say tell tells told know knows think thinks hope hopes hear heard afraid sure glad sorry time how what "
    "way many much wonder wonders".split()
)
"""Words after which a clause says what is thought or said."""

TIMES = frozenset("time moment minute second instant soon long case".split())
"""Words near the beginning of clauses that say when something is to be done."""

STATING = frozenset("is are was should must might may will has have needs need goes go belongs belong".split())
"""Verbs with which a clause says where or how something is."""


@dataclass(slots=True)
class RunOn:
    """Puts stops where sentences follow one another without any.

    Attributes:
        moods: Tells the mood of sentences.
        verb: Whether one of the library's verbs stands at a position.
    """

    moods: Moods
    verb: Callable[[Sequence[Token], int], bool]
    _finite: Finite = field(init=False)

    def __post_init__(self) -> None:
        """Makes what finds verbs."""
        self._finite = Finite(self.moods.lexicon, self.moods.words)

    def marked(self, tokens: Tokens) -> Tokens:
        """The text with a stop before each sentence that begins without one; the same text where none does.

        Args:
            tokens: What was said.
        """
        if any(token.text in STOPS for token in tokens[:-1]):
            return tokens  # whoever writes stops writes all of them
        out: list[Token] = []
        begin = 0
        for at, token in enumerate(tokens):
            piece = tokens[begin:at]
            if len(piece) >= SHORTEST and len(tokens) - at >= 2 and self._begins(tokens, at, piece):
                out.append(Token(".", token.start, token.start))
                begin = at
            elif token.text == ",":
                begin = at + 1
            out.append(token)
        return tuple(out) if len(out) > len(tokens) else tokens

    def _begins(self, tokens: Tokens, at: int, piece: Tokens) -> bool:
        """Whether a sentence begins at a position, after a whole one."""
        if piece[-1].text == "please":
            return self._told(tokens, at) and self._orders(piece)
        if self._goes_on(piece[-1].text):
            return False
        if self._asked(tokens, at):
            return self._tells(piece) or self._orders(piece)
        if self._ordered(tokens, at):
            pronoun = tokens[self._after_polite(tokens, at) + 1].text in PRONOUNS
            if pronoun and self._orders(piece, telling=True):
                return True
            barred = CAUSING if pronoun else CAUSING | self._passive(tokens[at])
            return self._tells(piece) and not barred & {one.text for one in piece}
        if not self._told(tokens, at):
            return False
        more = tokens[at].text in PRONOUNS_ABOUT and not THINKING & {one.text for one in piece}
        return self._orders(piece) or (more and self._tells(piece))

    def _goes_on(self, last: str) -> bool:
        """Whether a clause surely goes on after a word."""
        english = self.moods.lexicon.english
        return last in OPEN or last in english.before_noun or last in english.adverbs or last.endswith("ing")

    def _asked(self, tokens: Tokens, at: int) -> bool:
        """Whether a polite request begins: ``could you please bring``."""
        at += tokens[at].text == "please"
        texts = [token.text for token in tokens[at : at + 2]]
        if len(texts) < 2 or texts[0] not in ("can", "could", "would", "will") or texts[1] != "you":
            return False
        begin = self._after_polite(tokens, at + 2)
        return begin < len(tokens) and self.verb(tokens, begin)

    def _ordered(self, tokens: Tokens, at: int) -> bool:
        """Whether an order begins: a verb with what it is done with."""
        begin = self._after_polite(tokens, at)
        if begin + 1 >= len(tokens) or not self._verb(tokens, begin):
            return False
        lexicon, nouns = self.moods.lexicon, self.moods.words.nouns
        after = begin + 1 + (begin + 2 < len(tokens) and tokens[begin + 1].text in PARTICLES)
        whom = tokens[after].text in WHOM or tokens[after].text in lexicon.small.articles
        if nouns.longest(tokens, begin) is not None:
            return whom  # "switch off the light", but not "water in the morning"
        return whom or begin > at or after > begin + 1 or tokens[begin + 1].text in TOWARDS

    def _verb(self, tokens: Tokens, at: int) -> bool:
        """Whether an order may begin with a word: a verb of the library, or any other before a pronoun."""
        text = tokens[at].text
        if text not in self.moods.lexicon.english.base or text in PARTICLES:
            return False
        if tokens[at + 1].text in PRONOUNS and text not in self.moods.lexicon.english.inner:
            return True
        return self.verb(tokens, at) and self.moods.imperative(tokens, at)

    def _passive(self, token: Token) -> frozenset[str]:
        """Words after which a verb may be a participle: ``the cream must be put``."""
        return PASSIVE if token.text in ("put", "set", "cut", "shut", "let") else frozenset()

    def _told(self, tokens: Tokens, at: int) -> bool:
        """Whether something is told, such as where it is: ``it is on the table``, ``you can find them there``."""
        texts = [token.text for token in tokens[at : at + 4]]
        if texts[:1] == ["you"] and texts[1:2] and texts[1] in ("can", "will", "should", "may", "might"):
            return texts[2:3] in (["find"], ["see"]) and texts[3:4] in (["it"], ["them"], ["him"], ["her"])
        if len(texts) < 3:
            return False
        if texts[0] in PRONOUNS_ABOUT:
            return texts[1] in STATING
        named = self.moods.words.nouns.longest(tokens, at + (texts[0] in self.moods.lexicon.small.articles))
        if named is None or named[0] >= len(tokens) or tokens[named[0]].text not in STATING:
            return False
        return named[1] <= self.moods.words.people or tokens[at - 1].text == "please"

    def _after_polite(self, tokens: Tokens, at: int) -> int:
        """The position after words that are only polite."""
        while at < len(tokens) - 1 and tokens[at].text in POLITE:
            at += 1
        return at

    def _tells(self, piece: Tokens) -> bool:
        """Whether words are a clause that tells something, maybe what somebody would like."""
        rest = tuple(self.moods.bare(piece))
        texts = [token.text for token in rest]
        data, english = self.moods.lexicon.statements, self.moods.lexicon.english
        if len(texts) < SHORTEST or texts[0] in data.questions or set(texts) & (english.opening - {"as"}):
            return False
        if TIMES & set(texts[:3]):
            return False  # "every time the door is open, close it"
        if texts[0] not in data.subjects and self.moods.words.nouns.longest(rest, 0) is None:
            return False
        if texts[0] in ("i", "we") and WANTING & set(texts[1:4]):
            return not any(texts[k : k + 2] == ["you", "to"] for k in range(len(texts)))
        return self._finite.position(rest, imperative=False) is not None

    def _orders(self, piece: Tokens, telling: bool = False) -> bool:
        """Whether words are an order, and no clause that goes on belongs to it: ``tell Ana it is late``.

        Args:
            piece: The words.
            telling: Whether the order may be one to tell something.
        """
        texts = {token.text for token in piece}
        if (texts & TELLING and not telling) or texts & self.moods.lexicon.english.opening:
            return False
        begins = (k for k in range(len(piece)) if k == 0 or piece[k - 1].text in (*POLITE, "you", "to", "robot", ","))
        return any(self.verb(piece, at) for at in begins) or self.moods.of(piece) == "directs"
