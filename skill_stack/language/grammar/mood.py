"""Mood: whether a sentence states something, asks something, or asks for something to be done, by its form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from skill_stack.language.grammar.question_form import LIKING, Mood, QuestionForm
from skill_stack.language.grammar.request_form import RequestForm
from skill_stack.language.grammar.scene_words import SceneWords
from skill_stack.language.grammar.subject_mood import SubjectMoods
from skill_stack.language.words.finite import Finite
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.text import STOPS, Token
from skill_stack.language.words.verb_forms import bases

Tokens = Sequence[Token]

FRONTED = frozenset(
    "on in at during since by last next every this for because after before despite until back above below over across "
    "to like unlike among besides".split()
)
"""Words with which a time or a place begins that stands before a statement."""

LONGEST_LEAD = 24
"""Words among which a clause is looked for that states something after words of time or place."""

FOCUS = frozenset("only even".split())
"""Words before a subject that only stress it."""

SAYING = frozenset("says said that wants wanted asked asks told thinks".split())
"""Words after which somebody's request to the robot is told."""

WISHING = frozenset("if whether that hope wish rather because".split())
"""Words after which ``you`` would do what somebody asks for."""

THOUGHT = frozenset(
    "think guess sure afraid suppose remember noticed doubt aware said heard impressed surprised".split()
)
"""Words before ``that`` by which somebody only thinks something of the robot."""

OWN_ACTS = frozenset(
    "introduce tell explain think say put check be guess finish remind help do try handle start assure go show".split()
)
"""What somebody does himself who says ``let me``."""

ORDERING = frozenset("first firstly next then finally lastly now also afterwards secondly".split())
"""Words before an instruction that say when in a row it comes."""

PAST_TIMES = frozenset("yesterday ago earlier".split())
"""Words that put what somebody did into the past."""


@dataclass(slots=True)
class Moods:
    """Tells the mood of sentences.

    Attributes:
        lexicon: The language.
        words: Names of the scene.
        verb: Whether one of the library's verbs stands at a position.
    """

    lexicon: Lexicon
    words: SceneWords
    verb: Callable[[Tokens, int], bool]
    _asking: QuestionForm = field(init=False)
    _subjects: SubjectMoods = field(init=False)

    def __post_init__(self) -> None:
        """Makes what tells questions, and clauses by their subject."""
        self._asking = QuestionForm(self.lexicon, self.verb)
        self._subjects = SubjectMoods(self.lexicon, self.words, self.verb)

    def mood_of(self, tokens: Tokens, asked: bool = False) -> Mood:
        """The mood of one sentence.

        Args:
            tokens: The sentence without the mark at its end.
            asked: Whether that mark asks.
        """
        rest = self.bare(tokens)
        texts = [token.text for token in rest]
        if not texts:
            return "states"
        if texts[:2] == ["let", "me"] and set(texts[2:3]) & OWN_ACTS and not self.instructs(rest):
            return "states"  # "let me introduce my wife"
        if "please" in texts or self._wishes(texts) or self.instructs(rest):
            return "directs"
        if texts[:3] == ["allow", "me", "to"] or (texts[0] == "welcome" and texts[1:2] in (["to"], ["back"], ["home"])):
            return "states"
        if texts[0] == "you" and any(texts[at : at + 2] == ["call", "me"] for at in range(1, 4)):
            return "states"  # "you can call me Lou"
        no_need = [token.text for token in tokens[:2]] == ["no", "need"]
        if no_need or (texts[0] == "you" and PAST_TIMES & set(texts)):
            return "states"
        if texts[:3] == ["you", "can", "not"] and len(rest) < len(tokens):
            return "states"  # "I know that you can't climb stairs"
        if (texts[0] in ORDERING or texts[0] == "either") and self.imperative(rest, 1):
            return "unsure"  # "first water the roses and afterwards …"
        question = self._asking.question(texts, asked)
        if question is not None:
            return question
        polite = self.lexicon.table(self.lexicon.small.at_start).longest(rest, 0)
        if polite and 1 < polite[0] < len(rest) and self._bids(rest, polite[0]):
            return "directs"
        if texts[0] in self.lexicon.english.opening:
            at = next((k for k, text in enumerate(texts) if text == ","), None)
            if at is not None:
                return self.mood_of(rest[at + 1 :], asked)
            return "states" if self._states_later(rest) else "unsure"
        if texts[0] in FRONTED and self._states_later(rest):
            return "states"
        if self._remarks(rest):
            return "states"
        return self._subjects.mood_of(rest[1:] if texts[0] in FOCUS and len(rest) > 2 else rest)

    def _remarks(self, tokens: list[Token]) -> bool:
        """Whether it is a remark without a verb that names nothing here: ``all good here``, ``pretty hot today``."""
        if tokens[0].text not in self.lexicon.english.remarks or len(tokens) < 2 or self._numbered(tokens):
            return False
        return not any(
            self.verb(tokens, at) or self.words.nouns.longest(tokens, at) or self.lexicon.directed.longest(tokens, at)
            for at in range(1, len(tokens))
            if tokens[at].text not in ("here", "there")
        )

    def _numbered(self, tokens: list[Token]) -> bool:
        """Whether a number is said."""
        return any(one.number is not None or one.text in self.lexicon.quantities.numbers for one in tokens)

    def bare(self, tokens: Tokens) -> list[Token]:
        """The sentence without ``by the way``, ``don't forget that`` and the like at its beginning."""
        table, left = self.lexicon.table(self.lexicon.statements.lead_ins), list(tokens)
        while True:
            while left and (left[0].text == "," or left[0].text in STOPS):
                left = left[1:]
            found = table.longest(left, 0)
            if found is None or found[0] >= len(left) or not self._goes_on(left, found[0]):
                return left
            left = left[found[0] :]

    def _goes_on(self, tokens: list[Token], at: int) -> bool:
        """Whether a clause follows words that end in ``that``: not in ``I read that book twice``."""
        if tokens[at - 1].text != "that" or tokens[0].text not in ("i", "we"):
            return True
        rest = tokens[at:]
        begun = rest[0].text in {*self.lexicon.statements.subjects, *self.lexicon.statements.questions, "you"}
        return begun or Finite(self.lexicon, self.words).position(rest, imperative=True) is not None

    def elsewhen(self, tokens: Tokens) -> bool:
        """Whether a sentence speaks of another time than now, or of what is usually so."""
        english = self.lexicon.english
        table = self.lexicon.table(english.elsewhen)
        return any(
            (token.text in english.other_times and not token.owner) or table.longest(tokens, at)
            for at, token in enumerate(tokens)
            if tokens[max(0, at - 1)].text != "since"
        )

    def imperative(self, tokens: Tokens, at: int = 0) -> bool:
        """Whether a clause that asks for something may begin here: a verb in its base form."""
        return self._subjects.imperative(tokens, at)

    def request(self, tokens: Tokens) -> bool:
        """Whether one sentence that gave no plan may be a request; all others state something."""
        told = [token.text for token in tokens[:3]]
        if (
            told[:1] == ["no"]
            and not self.instructs(list(tokens))
            and not self.imperative(tokens, 1)
            and "," not in told
        ):
            return False  # "no milk today"
        if (
            told[:1] in (["i"], ["we"])
            and set(told[1:]) & self.lexicon.english.past
            and not self.instructs(list(tokens))
        ):
            return told[1] == "said" and self.imperative(tokens, 2)  # "I heard the door slam"
        nature = [token.text for token in tokens[:3]] == ["do", "you", "have"]
        if nature and not any(self.words.nouns.longest(tokens, at) for at in range(3, len(tokens))):
            return False  # "do you have any siblings"
        if told[:1] == ["either"] and self.imperative(tokens, 1):
            return True
        rest = self.bare(tokens)
        if self._asking.wonders([token.text for token in rest], rest):
            return False
        if len(rest) < len(tokens) and self.verb(tokens, 0):
            return True  # "look at the sky"
        return RequestForm(self.lexicon, self.words, self.verb).possible(rest)

    def _states_later(self, tokens: list[Token]) -> bool:
        """Whether a clause that states something follows words of time or place: ``on Fridays the shop closes``."""
        subjects = {*self.lexicon.statements.persons, "this", "that"} - {"who knows"}
        fronted = tokens[0].text in FRONTED or tokens[0].text in self.lexicon.english.opening
        subjects |= {"the", "my", "our", "you"} if fronted else set()
        for at in range(min(len(tokens), LONGEST_LEAD) - 2, 0, -1):
            named = self.words.nouns.longest(tokens, at)
            person = named is not None and named[1] <= self.words.people and named[0] < len(tokens)
            if tokens[at].text not in subjects and not person:
                continue
            clause = tokens[at:]
            if self._subjects.mood_of(clause) != "states":
                continue
            verbs = (k for k in range(at + 2, len(tokens)) if self.verb(tokens, k))
            led = {*self.lexicon.english.before_noun, *self.lexicon.english.finite, *self.lexicon.english.adverbs}
            led |= {"not", "have", "been"}
            return all(tokens[k - 1].text in led for k in verbs)
        return False

    def _bids(self, tokens: list[Token], end: int) -> bool:
        """Whether what stands after politeness is to be done: ``your job is to go``, ``I suggest you go``."""
        chance = tokens[end - 1].text in ("could", "can") and tokens[0].text not in ("you", "we", "i")
        wished = tokens[end - 1].text in ("could", "can", "would", "will") and tokens[end - 2].text == "you"
        wished = wished and end > 2
        if tokens[end - 1].text in ("to", "and") or chance or wished:
            return self.imperative(tokens, end)
        if tokens[end].text == "have":
            return False  # "we should have left earlier"
        if tokens[end - 1].text in ("someone", "somebody"):
            return any(base in self.lexicon.english.base for base in (tokens[end].text, *bases(tokens[end].text)))
        return tokens[end - 1].text in ("you", "should") and tokens[0].text != "you" and self.verb(tokens, end)

    def _wishes(self, texts: list[str]) -> bool:
        """Whether something is asked for in the form of a wish: ``I wonder if you could …``."""
        for at in range(len(texts) - 2):
            thought = texts[at] == "that" and (texts[at - 1] in LIKING | THOUGHT or texts[at + 3 : at + 4] == ["not"])
            if texts[at] in WISHING and texts[at + 1] == "you" and not thought:
                wish = texts[at] == "rather" or (texts[at] == "if" and at > 0)
                if wish or texts[at + 2] in ("could", "can", "would", "will", "might", "may"):
                    return texts[0] not in self.lexicon.statements.questions
        for at in range(1, len(texts) - 2):
            if texts[at - 1] in SAYING and texts[at] == "you" and texts[at + 1] in ("should", "must", "to"):
                return texts[0] not in self.lexicon.statements.questions  # "Anna says you should …"
        if texts[0] in ("somebody", "someone", "anybody", "anyone") and set(texts[1:2]) & self.lexicon.english.base:
            return True  # "somebody close the door"
        refusing = texts[1:3] == ["not", "you"] and texts[0] in ("can", "could", "will", "would")
        return texts[0] == "let" or (refusing and texts[3:4] not in (["miss"], ["regret"], ["be"], ["get"], ["need"]))

    def instructs(self, tokens: list[Token]) -> bool:
        """Whether a later clause asks for something: ``the cup is dirty, wash it``."""
        table, links = self.lexicon.table(self.lexicon.small.at_start), self.lexicon.english.links
        for at, token in enumerate(tokens[:-1]):
            if token.text != "," and token.text not in links:
                continue
            begin = at + 1
            while begin < len(tokens) and (tokens[begin].text in links or tokens[begin].text in (",", "now", "just")):
                begin += 1
            polite = table.longest(tokens, begin)
            if polite and polite[0] > begin + 1 and self.imperative(tokens, polite[0]):
                return True
            if begin < len(tokens) and self.verb(tokens, begin) and not self._noun_at(tokens, begin):
                if token.text == "," or self._complement(tokens, begin):
                    return True
        return False

    def _noun_at(self, tokens: list[Token], at: int) -> bool:
        """Whether a word that may be a verb is a noun here: a finite verb follows it."""
        after = tokens[at + 1].text if at + 1 < len(tokens) else ""
        return after in self.lexicon.english.finite or after in self.lexicon.english.links

    def _complement(self, tokens: list[Token], at: int) -> bool:
        """Whether something follows a verb that it is done with: an article, a pronoun, a thing or a direction."""
        if at + 1 >= len(tokens):
            return False
        following = tokens[at + 1].text
        known = following in self.lexicon.small.articles or following in ("it", "them", "me", "him", "to", "up", "down")
        return known or self.words.nouns.longest(tokens, at + 1) is not None

