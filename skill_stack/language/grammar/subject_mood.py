"""Subject mood: the mood of a clause by its subject: the robot, the speaker, or another."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from skill_stack.language.grammar.question_form import Mood
from skill_stack.language.grammar.scene_words import SceneWords
from skill_stack.language.words.finite import Finite
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.text import Token
from skill_stack.language.words.verb_forms import participle

Tokens = Sequence[Token]

LONGEST_AMOUNT = 6
"""Words of an amount of time or quantity at most."""


@dataclass(slots=True)
class SubjectMoods:
    """Tells the mood of clauses that begin with their subject.

    Attributes:
        lexicon: The lexicon.
        words: Names of the scene.
        verb: Whether a verb of the library stands at a position.
    """

    lexicon: Lexicon
    words: SceneWords
    verb: Callable[[Tokens, int], bool]

    def imperative(self, tokens: Tokens, at: int = 0) -> bool:
        """Whether an imperative clause may begin at a position: a verb in its base form."""
        if at >= len(tokens):
            return False
        return self.verb(tokens, at) or tokens[at].text in self.lexicon.english.base

    def mood_of(self, tokens: list[Token]) -> Mood:
        """Returns the mood of a clause by its subject."""
        if tokens[0].text == "you":
            return self._of_you(tokens)
        return self._of_me([one.text for one in tokens]) if tokens[0].text in ("i", "we") else self._of_others(tokens)

    def _of_you(self, tokens: list[Token]) -> Mood:
        """The mood of a clause about the robot: ``you look great``, ``you should go``."""
        english, moods = self.lexicon.english, self.lexicon.moods
        texts = [token.text for token in tokens if token.text not in {*english.adverbs, "once"}]
        if len(texts) < 2:
            return "unsure"
        later = [text for text in texts[2:] if text != "not"]
        second, third = texts[1], later[0] if later else ""
        if (len(tokens) > 2 and tokens[1].text in moods.usually) or (second == "got" and third != "to"):
            return "states"
        if second == "should" and third in moods.ought_to_know:
            return "states"
        meant, due = {"to", "going", *moods.ought}, {"to", "better"}
        to_do = {"are": meant, "were": meant, "have": due, "had": due}
        if second in to_do:
            return "unsure" if third in to_do[second] else "states"
        if second in english.finite or second in self.lexicon.statements.modal:
            return self._of_you_helped(tokens, texts, later)
        return self._of_you_acting(tokens, second, third)

    def _of_you_helped(self, tokens: list[Token], texts: list[str], later: list[str]) -> Mood:
        """The mood of ``you`` with an auxiliary: ``you could have told me``, ``you can go``.

        Args:
            tokens: The clause.
            texts: Its words without adverbs.
            later: Those after the auxiliary and ``not``.
        """
        second, third = texts[1], later[0] if later else ""
        past = third == "have" or texts[2:4] in (["not", "have"], ["not", "be"])
        named = self.lexicon.prepositions.longest(tokens, 3) or self.words.nouns.longest(tokens, 3)
        guess = third == "be" and len(texts) > 3 and not named
        likes = third in self.lexicon.moods.liking | self.lexicon.moods.at_ease and later[1:2] != ["to"]
        likes = likes or (third == "tell" and later[1:2] in (["it"], ["that"], ["he"], ["she"], ["they"], ["by"]))
        plain = second == "did" or (second == "do" and "not" in texts[2:3])
        return "states" if past or guess or likes or plain else "unsure"

    def _of_you_acting(self, tokens: list[Token], second: str, third: str) -> Mood:
        """The mood of ``you`` with a main verb and the next word: ``you forgot it``, ``you look up``."""
        english = self.lexicon.english
        if participle(second, english.past) and not (second in english.base and self.verb(tokens, 1)):
            return "states"
        looks = second == "look" and (not third or third in english.before_noun | self.lexicon.moods.looking)
        return "states" if second in english.of_you and not looks else "unsure"

    def _of_me(self, texts: list[str]) -> Mood:
        """The mood of a clause about the speaker: ``I am a teacher``, ``I would like a cup``."""
        english, asking = self.lexicon.english, self.lexicon.statements.asking
        said = list(itertools.dropwhile(lambda text: text in english.adverbs, texts[1:]))
        if not said:
            return "states" if len(texts) > 1 else "unsure"  # "well I never"
        verb, after = said[0], said[1:2]
        if verb in ("do", "did", "would", "can", "could", "will") and after == ["not"]:
            return "unsure" if ["you", "to"] in (said[k : k + 2] for k in range(2, 5)) else "states"
        if verb in ("could", "should", "must", "would") and after == ["have"]:
            return "states"
        if verb in ("said", "say") and set(after) & english.base:
            return "directs"
        told = verb in english.past and said[1:3] == ["you", "to"]
        return "unsure" if told or verb in asking or verb in ("should", "must") else "states"

    def _of_others(self, tokens: list[Token]) -> Mood:
        """The mood of a clause about another subject, by its finite verb."""
        data, english = self.lexicon.statements, self.lexicon.english
        texts = [token.text for token in tokens]
        named = self.words.nouns.longest(tokens, 0)
        at = Finite(self.lexicon, self.words).position(tokens, self.imperative(tokens))
        if at is None:
            return "unsure"
        known = bool(named) or (texts[0] in english.before_noun and self.words.nouns.longest(tokens, 1) is not None)
        if known and self._needs(texts[at:]):
            return "unsure"
        if set(texts[1 : at + 1]) & set(data.modal) or texts[at : at + 2] in (["has", "to"], ["have", "to"]):
            return self._ought(tokens, at, known)
        meant = self.lexicon.moods.ought & set(texts[at + 1 : at + 4])
        if texts[at] in english.finite and meant and "to" in texts[at + 2 : at + 6]:
            return "unsure"
        if self.imperative(tokens) and not named and texts[0] not in data.persons:
            return "unsure"
        return "states"

    def _needs(self, texts: list[str]) -> bool:
        """Whether an action is needed, not a time or amount: not ``the cake needs about an hour``."""
        if texts[0] not in self.lexicon.moods.needing or texts[1:2] == ["no"]:
            return False
        return not set(texts[1:6]) & self.lexicon.moods.times_taken or len(texts) - 1 > LONGEST_AMOUNT

    def _ought(self, tokens: list[Token], at: int, known: bool) -> Mood:
        """The mood of a clause about an obligation: a guess or a regret states, others may request."""
        after = [token.text for token in tokens[at + 1 : at + 4]]
        if "have" in after and "to" not in after:
            return "states"  # "he should not have said that"
        if known and after and after[0] not in self.lexicon.moods.helping and not self.verb(tokens, at + 1):
            return "states"  # "the juice should last until Friday"
        if known or tokens[0].text in WORDS.anybody | {"one", "robots"}:
            return "unsure"
        place = self.lexicon.prepositions.longest(tokens, at + 2)
        past, feeling = self.lexicon.english.past, self.lexicon.moods.feeling
        done = after[:1] == ["be"] and len(after) > 1 and participle(after[1], past) and after[1] not in feeling
        return "unsure" if place or done else "states"  # "the lawn must be mowed" may be a request
