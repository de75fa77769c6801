"""Mood: whether a sentence states something, asks something, or asks for something to be done, by its form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from skill_stack.planner.language.finite import Finite
from skill_stack.planner.language.lexicon import Lexicon
from skill_stack.planner.language.request_form import NEEDING, OUGHT, RequestForm
from skill_stack.planner.language.scene_words import SceneWords
from skill_stack.planner.language.text import STOPS, Token
from skill_stack.planner.language.verb_forms import bases

Tokens = Sequence[Token]
Mood = Literal["states", "asks", "directs", "unsure"]

OFFERS = (["how", "about"], ["what", "about"], ["why", "not"], ["why", "do"], ["what", "i"], ["what", "we"])
"""Beginnings of questions that ask for something to be done."""

FRONTED = frozenset(
    "on in at during since by last next every this for because after before despite until back above below over across "
    "to like unlike among besides".split()
)
"""Words with which a time or a place begins that stands before a statement."""

LONGEST_LEAD = 24
"""Words among which a clause is looked for that states something after words of time or place."""

FEELING = frozenset("tired bored excited scared worried surprised pleased annoyed exhausted disappointed mixed".split())
"""Participles that say how somebody is, not what is to be done."""

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

LIKING = frozenset("love like hate enjoy know understand believe see hear feel regret".split())
"""Verbs by which somebody is spoken of, whatever stands before them."""

AT_EASE = frozenset("relax calm bet imagine trust count forget thank guess congratulate".split())
"""Verbs after ``you can`` that ask for nothing: ``you can relax``."""

LOOKING = frozenset("for into towards up around after".split())
"""Words after ``you look`` with which it asks for a look."""

OWN_ACTS = frozenset(
    "introduce tell explain think say put check be guess finish remind help do try handle start assure go show".split()
)
"""What somebody does himself who says ``let me``."""

ORDERING = frozenset("first firstly next then finally lastly now also afterwards secondly".split())
"""Words before an instruction that say when in a row it comes."""

ASKING_BACK = frozenset("is are was were have has had did does do".split())
"""Verbs with which a question begins that expects a yes: ``isn't it late``."""

HELPING = frozenset("be go get have come stay stand lie hang not move sit end look to remain return also".split())
"""Verbs after ``should`` by which something ought to be done with a thing."""

PAST_TIMES = frozenset("yesterday ago earlier".split())
"""Words that put what somebody did into the past."""

STATIVE = frozenset("belong belongs contain contains consist consists cost costs exist exists deserve deserves".split())
"""Verbs that say how things are, and ask for nothing."""

POINTING = frozenset("where it they that which who what".split())
"""Words before such a verb that belong to a clause within another one: ``put it where it belongs``."""

PAST_ALONE = frozenset(
    "came went saw did ate gave took began drank ran sang flew grew knew threw wore broke spoke fell rose "
    "drove wrote chose froze shook stole woke became".split()
)
"""Forms of the past that are no participles: no order has one as its second word."""

OUGHT_TO_KNOW = frozenset("try hear know think taste smell".split())
"""What somebody should do to whom something is told."""

SOMEBODY = (["someone"], ["somebody"], ["anyone"], ["anybody"])
"""Whom one asks who asks nobody by name."""


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

    def of(self, tokens: Tokens, asked: bool = False) -> Mood:
        """The mood of one sentence.

        Args:
            tokens: The sentence without the mark at its end.
            asked: Whether that mark asks.
        """
        rest = self.bare(tokens)
        texts = [token.text for token in rest]
        if not texts:
            return "states"
        if texts[:2] == ["let", "me"] and set(texts[2:3]) & OWN_ACTS and not self._instructs(rest):
            return "states"  # "let me introduce my wife"
        if "please" in texts or self._wishes(texts) or self._instructs(rest):
            return "directs"
        if texts[:3] == ["allow", "me", "to"] or (texts[0] == "welcome" and texts[1:2] in (["to"], ["back"], ["home"])):
            return "states"
        if texts[0] == "you" and any(texts[at : at + 2] == ["call", "me"] for at in range(1, 4)):
            return "states"  # "you can call me Lou"
        if self._no_order(texts):
            return "states"
        no_need = [token.text for token in tokens[:2]] == ["no", "need"]
        if no_need or (texts[0] == "you" and PAST_TIMES & set(texts)):
            return "states"
        if texts[:3] == ["you", "can", "not"] and len(rest) < len(tokens):
            return "states"  # "I know that you can't climb stairs"
        if (texts[0] in ORDERING or texts[0] == "either") and self.imperative(rest, 1):
            return "unsure"  # "first water the roses and afterwards …"
        question = self._question(texts, asked)
        if question is not None:
            return question
        polite = self.lexicon.table(self.lexicon.small.at_start).longest(rest, 0)
        if polite and 1 < polite[0] < len(rest) and self._bids(rest, polite[0]):
            return "directs"
        if texts[0] in self.lexicon.english.opening:
            at = next((k for k, text in enumerate(texts) if text == ","), None)
            if at is not None:
                return self.of(rest[at + 1 :], asked)
            return "states" if self._states_later(rest) else "unsure"
        if texts[0] in FRONTED and self._states_later(rest):
            return "states"
        if self._remarks(rest):
            return "states"
        return self._of_someone(rest[1:] if texts[0] in FOCUS and len(rest) > 2 else rest)

    def _no_order(self, texts: list[str]) -> bool:
        """Whether a verb stands near the beginning that no order has: ``empty bottles belong``, ``spring came``."""
        stative = any(texts[at] in STATIVE and texts[at - 1] not in POINTING for at in range(1, min(4, len(texts))))
        return stative or texts[1:2] != [] and texts[1] in PAST_ALONE

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
        return any(token.text in english.other_times or table.longest(tokens, at) for at, token in enumerate(tokens)
                   if tokens[max(0, at - 1)].text != "since")  # fmt: skip

    def imperative(self, tokens: Tokens, at: int = 0) -> bool:
        """Whether a clause that asks for something may begin here: a verb in its base form."""
        if at >= len(tokens):
            return False
        return self.verb(tokens, at) or tokens[at].text in self.lexicon.english.base

    def request(self, tokens: Tokens) -> bool:
        """Whether one sentence that gave no plan may be a request; all others state something."""
        told = [token.text for token in tokens[:3]]
        if (
            told[:1] == ["no"]
            and not self._instructs(list(tokens))
            and not self.imperative(tokens, 1)
            and "," not in told
        ):
            return False  # "no milk today"
        if (
            told[:1] in (["i"], ["we"])
            and set(told[1:]) & self.lexicon.english.past
            and not self._instructs(list(tokens))
        ):
            return told[1] == "said" and self.imperative(tokens, 2)  # "I heard the door slam"
        nature = [token.text for token in tokens[:3]] == ["do", "you", "have"]
        if nature and not any(self.words.nouns.longest(tokens, at) for at in range(3, len(tokens))):
            return False  # "do you have any siblings"
        if told[:1] == ["either"] and self.imperative(tokens, 1):
            return True
        rest = self.bare(tokens)
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
            if self._of_someone(clause) != "states":
                continue
            verbs = (k for k in range(at + 2, len(tokens)) if self.verb(tokens, k))
            led = {*self.lexicon.english.before_noun, *self.lexicon.english.finite, "not", "have", "been"}
            return all(tokens[k - 1].text in led for k in verbs)
        return False

    def _of_someone(self, tokens: list[Token]) -> Mood:
        """The mood of a clause by its subject."""
        if tokens[0].text == "you":
            return self._of_you(tokens)
        return self._of_me([one.text for one in tokens]) if tokens[0].text in ("i", "we") else self._of_others(tokens)

    def _question(self, texts: list[str], asked: bool) -> Mood | None:
        """Whether a sentence asks something; None when it is no question by its form."""
        data = self.lexicon.statements
        if texts[0] in data.questions and (texts[0] != "when" or texts[1:2] in (["does"], ["did"], ["will"], ["is"])):
            return "unsure" if texts[:2] in OFFERS and len(texts) > 2 else "asks"
        if texts[0] in ("will", "would") and texts[1:4] in (["not", "you", "miss"], ["not", "you", "regret"]):
            return "asks"
        if texts[:5] in (["do", "you", "happen", "to", "know"], ["do", "you", "happen", "to", "remember"]):
            return "asks"
        if texts[0] in ("can", "could", "do", "will", "would", "did", "have") and texts[1:2] == ["you"]:
            return self._of_nature(texts)
        if texts[0] in ("can", "could", "may") and "have" in texts[2:4]:
            return "unsure"  # "can Anna have the book"
        if texts[0] in ("can", "could", "may", "might", "would", "will"):
            if texts[1:2] in SOMEBODY and set(texts[2:3]) & LIKING:
                return "asks"  # "can anyone hear us"
            return "unsure" if texts[1:2] in (["i"], ["we"], ["not"], [], *SOMEBODY) else "asks"
        if texts[:4] == ["should", "not", "you", "be"]:
            return "asks"
        if texts[1:2] == ["not"] and texts[0] in ASKING_BACK and texts[2:3] != ["you"] and texts[2:3] != ["be"]:
            return "asks" if set(texts[2:3]) & {*data.subjects} else None  # "haven't we met before"
        if texts[:3] == ["do", "not", "you"]:
            return "asks" if texts[3:4] in (["think"], ["like"], ["find"], ["agree"], ["know"], ["love"]) else "unsure"
        inverted = texts[0] in data.inverted and len(texts) > 1 and (asked or texts[0] != "do") and texts[1] != "not"
        if not inverted or texts[:2] == ["may", "i"]:
            return None
        if texts[0] in ("should", "must", "shall"):
            return "unsure" if texts[1] in ("i", "we", "you") else "asks"
        if texts[0] in ("have", "had", "has") and not any(self._participle(text) for text in texts[2:]):
            return None if texts[0] == "have" else "asks"
        return "asks"

    def _participle(self, text: str) -> bool:
        """Whether a word may be a participle."""
        return text in self.lexicon.english.past or (text.endswith("ed") and len(text) > 3)

    def _of_nature(self, texts: list[str]) -> Mood:
        """The mood of what begins with ``can you``, ``do you``: a question only where nothing is to be done."""
        english = self.lexicon.english
        later = [text for text in texts[2:] if text not in (*english.adverbs, "not")]
        if texts[0] == "did" or (texts[0] == "have" and later and self._participle(later[0])):
            return "asks"
        fetches = later[:1] == ["get"] and not set(later[1:2]) & (FEELING | {*english.state})
        if texts[0] != "do" and (fetches or (later[:1] == ["come"] and later[1:2] != ["from"])):
            return "unsure"  # "can you get me the cup"
        offered = later[:1] in (["have"], ["want"]) and later[1:2] in (["a"], ["the"], ["any"], ["some"], ["to"])
        return "asks" if later and later[0] in english.of_nature and not offered else "unsure"

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
        if self._high_time(texts):
            return True
        refusing = texts[1:3] == ["not", "you"] and texts[0] in ("can", "could", "will", "would")
        return texts[0] == "let" or (refusing and texts[3:4] not in (["miss"], ["regret"], ["be"], ["get"], ["need"]))

    def _high_time(self, texts: list[str]) -> bool:
        """Whether it is time that something is done: ``it is about time you watered the roses``."""
        begun = texts[:2] == ["it", "is"] and "time" in texts[2:4]
        return begun and texts[texts.index("time") + 1 : texts.index("time") + 2] == ["you"]

    def _instructs(self, tokens: list[Token]) -> bool:
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

    def _of_you(self, tokens: list[Token]) -> Mood:
        """The mood of a sentence about the robot: ``you look great``, ``you should go``."""
        english, data = self.lexicon.english, self.lexicon.statements
        texts = [token.text for token in tokens if token.text not in english.adverbs]
        if len(texts) < 2:
            return "unsure"
        if len(tokens) > 2 and tokens[1].text in ("always", "never", "often", "usually", "sometimes", "almost"):
            return "states"
        later = [text for text in texts[2:] if text != "not"]
        second, third = texts[1], later[0] if later else ""
        if (second == "got" and third != "to") or (second == "should" and third in OUGHT_TO_KNOW):
            return "states"
        if second in ("are", "were"):
            return "unsure" if third in ("to", "going", *OUGHT) else "states"
        if second in ("have", "had"):
            return "unsure" if third in ("to", "better") else "states"
        if second in english.finite or second in data.modal:
            past = third == "have" or texts[2:4] == ["not", "have"] or texts[2:4] == ["not", "be"]
            named = self.lexicon.prepositions.longest(tokens, 3) or self.words.nouns.longest(tokens, 3)
            guess = third == "be" and len(texts) > 3 and not named
            likes = third in LIKING | AT_EASE and later[1:2] != ["to"]
            likes = likes or (third == "tell" and later[1:2] in (["it"], ["that"], ["he"], ["she"], ["they"], ["by"]))
            plain = second == "did" or (second == "do" and "not" in texts[2:3])
            return "states" if past or guess or likes or plain else "unsure"
        if self._participle(second) and not (second in english.base and self.verb(tokens, 1)):
            return "states"
        looks = second == "look" and (not third or third in english.before_noun | LOOKING)
        return "states" if second in english.of_you and not looks else "unsure"

    def _of_me(self, texts: list[str]) -> Mood:
        """The mood of a sentence about the speaker: ``I am a teacher``, ``I would like a cup``."""
        english, asking = self.lexicon.english, self.lexicon.statements.asking
        at = 1
        while at < len(texts) and texts[at] in english.adverbs:
            at += 1
        if at >= len(texts):
            return "states" if at > 1 else "unsure"  # "well I never"
        after = texts[at + 1 : at + 2]
        if texts[at] in ("do", "did", "would", "can", "could", "will") and after == ["not"]:
            return "unsure" if ["you", "to"] in (texts[k : k + 2] for k in range(at + 2, at + 5)) else "states"
        if (texts[at], after) in (("would", ["better"]), ("would", ["sooner"]), ("need", ["not"])):
            return "states"
        missed = (k for k in range(at, len(texts) - 2) if texts[k : k + 2] == ["to", "have"])
        if any(self._participle(texts[k + 2]) for k in missed):
            return "states"  # "I'd love to have met her"
        if texts[at] == "could" and after in (["see"], ["hear"], ["feel"], ["smell"], ["afford"], ["tell"]):
            return "states"
        if texts[at] == "wish" and after and after[0] not in ("to", "you", "for", "that"):
            return "states"
        if texts[at : at + 2] == ["would", "rather"] and texts[at + 2 : at + 3] not in (["you"], ["have"]):
            return "states"
        if texts[at] == "would" and after in (["say"], ["guess"], ["have"], ["never"], ["bet"]):
            return "states"
        if texts[at] in ("could", "should", "must") and after == ["have"]:
            return "states"
        if texts[at] == "would" and after and self._participle(after[0]):
            return "states"  # "I'd forgotten how loud it is"
        if texts[at] in ("said", "say") and set(after) & english.base:
            return "directs"
        told = texts[at] in english.past and after == ["you"] and texts[at + 2 : at + 3] == ["to"]
        return "unsure" if told or texts[at] in asking or texts[at] in ("should", "must") else "states"

    def _of_others(self, tokens: list[Token]) -> Mood:
        """The mood of a sentence about someone or something else, by its finite verb."""
        data, english = self.lexicon.statements, self.lexicon.english
        texts = [token.text for token in tokens]
        named = self.words.nouns.longest(tokens, 0)
        at = Finite(self.lexicon, self.words).position(tokens, self.imperative(tokens))
        if at is None:
            return "unsure"
        known = bool(named) or (texts[0] in english.before_noun and self.words.nouns.longest(tokens, 1) is not None)
        if texts[at] in NEEDING and known and texts[at + 1 : at + 2] != ["no"]:
            return "unsure"
        if set(texts[1 : at + 1]) & set(data.modal) or texts[at : at + 2] in (["has", "to"], ["have", "to"]):
            return self._ought(tokens, at, known)
        if texts[at] in english.finite and OUGHT & set(texts[at + 1 : at + 4]) and "to" in texts[at + 2 : at + 6]:
            return "unsure"
        if self.imperative(tokens) and not named and texts[0] not in data.persons:
            return "states" if self._noun_first(tokens, at) else "unsure"
        return "states"

    def _ought(self, tokens: list[Token], at: int, known: bool) -> Mood:
        """The mood of a sentence about what should be: a guess or a regret states, the rest may ask for something."""
        after = [token.text for token in tokens[at + 1 : at + 4]]
        if "have" in after and "to" not in after:
            return "states"  # "he should not have said that"
        if known and after and after[0] not in HELPING and not self.verb(tokens, at + 1):
            return "states"  # "the juice should last until Friday"
        if known or tokens[0].text in ("someone", "somebody", "anyone", "anybody", "one", "robots"):
            return "unsure"
        place = self.lexicon.prepositions.longest(tokens, at + 2) if len(tokens) > at + 2 else None
        done = after[:1] == ["be"] and len(after) > 1 and self._participle(after[1]) and after[1] not in FEELING
        return "unsure" if place or done else "states"  # "the lawn must be mowed" asks for it

    def _noun_first(self, tokens: list[Token], at: int) -> bool:
        """Whether the first word, which may be a verb, is the noun before the finite verb: ``dock two is full``."""
        english = self.lexicon.english
        copula = tokens[at].text in english.finite
        if at == 1:
            after = tokens[2].text if len(tokens) > 2 else ""
            return copula or (not self.verb(tokens, 0) and after not in self.lexicon.small.articles)
        between = {token.text for token in tokens[1:at]}
        small = between & (english.before_noun | english.relative | {"it", "them", "him", "if", "what", "how"})
        return copula and at == 2 and not small and tokens[0].text not in english.with_clause
