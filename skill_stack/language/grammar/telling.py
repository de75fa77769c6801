"""Telling: statements that request nothing: counterfactuals, rules, memories, prohibitions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from skill_stack.language.grammar.scene_words import SceneWords
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.text import Token

Tokens = Sequence[Token]

KEEPING = (["leave"], ["keep"])
"""Verbs with which something is left as it is: ``leave the vase where it is``."""


@dataclass(slots=True)
class Telling:
    """Tells what is surely only told.

    Attributes:
        lexicon: The language.
        words: Names of the scene.
    """

    lexicon: Lexicon
    words: SceneWords

    def stripped(self, tokens: Tokens) -> list[Token]:
        """One sentence without ends such as ``if you ask me`` and ``don't they``."""
        left = list(tokens)
        for _ in range(2):
            at = max((k for k, one in enumerate(left) if one.text == ","), default=0)
            end = [one.text for one in left[at + 1 :]]
            if at > 1 and (" ".join(end) in self.lexicon.moods.tails or self._tag(end)):
                left = left[:at]
        return left

    def _tag(self, end: list[str]) -> bool:
        """Whether words are such a question."""
        moods = self.lexicon.moods
        if not 2 <= len(end) <= 3 or end[0] not in moods.tagging:
            return False
        return end[-1] in moods.tags or (end[1:] == ["not", "you"] and end[0] in ("do", "are", "did", "have"))

    def elsewhen(self, tokens: Tokens) -> bool:
        """Whether the form of the verb puts what is told out of this moment: ``would have seen``."""
        return self._perfect([one.text for one in tokens])

    def surely(self, tokens: Tokens) -> bool:
        """Whether one sentence surely asks for nothing, whatever words it has.

        Args:
            tokens: The sentence without the mark at its end; nothing in it is asked for after a comma or a link.
        """
        texts = [one.text for one in tokens]
        if not texts or "please" in texts:
            return False
        if self._perfect(texts) or self._rule(tokens, texts):
            return True
        if texts[:2] == ["let", "us"] and set(texts[2:3]) & self.lexicon.moods.own_mind:
            return True
        return (texts[0] in self.lexicon.moods.nobody or texts[:2] == ["no", "one"]) and self._duty(texts)

    def _duty(self, texts: Sequence[str]) -> bool:
        """Whether it tells what its subject is to do, or what it does to ``you``: ``nobody has to go``."""
        duty = self.lexicon.moods.duty
        return "you" in texts[1:5] or any(one in duty and two == "to" for one, two in zip(texts, texts[1:5]))

    def forbids(self, tokens: Tokens) -> bool:
        """Whether one sentence forbids something, or wants something left as it is, and asks for nothing else."""
        texts = [one.text for one in tokens if one.text != "please"]
        while texts and texts[-1] in self.lexicon.moods.emphasis:
            texts.pop()
        said = " ".join(texts)
        left = texts[:1] in KEEPING and any(said.endswith(f" {end}") for end in self.lexicon.moods.as_it_is)
        begun = next((one for one in self.lexicon.moods.forbidding if said.startswith(f"{one} ")), "")
        after = texts[len(begun.split()) :]
        if not left and (not begun or not after or after[0] in self.lexicon.moods.still_asking):
            return False
        joining = self.lexicon.moods.joining
        return not (joining - {"and"} if begun.endswith("never") else joining) & set(after)

    def idle(self, tokens: Tokens, refused: bool) -> bool:
        """Whether a sentence that gave no plan begins as nothing does that is to be done: ``let us be friends``.

        Args:
            tokens: The sentence.
            refused: Whether it cannot be done, and it is not only unclear what is meant.
        """
        texts = [one.text for one in tokens]
        if texts[:2] == ["let", "us"]:
            return bool(set(texts[2:3]) & self.lexicon.moods.own_mind)
        if texts[:1] == ["you"] and len(texts) > 2 and texts[1] in self.lexicon.moods.your_way:
            after = [one for one in texts[2:] if one not in ("to", "not", "never", "always")]
            return bool(set(after[:1]) & self.lexicon.moods.your_mind) or after[:2] == ["get", "used"]
        if not refused:
            return False
        return texts[:1] == ["always"] or texts[:2] == ["i", "should"]

    def _perfect(self, texts: Sequence[str]) -> bool:
        """Whether what did not happen is told: ``you should have seen her``."""
        for at, text in enumerate(texts):
            if text in self.lexicon.moods.modal or (text == "must" and texts[at - 1 : at] == ["you"]):
                between = {*self.lexicon.english.adverbs, "not", "i", "you", "we", "he", "she", "they", "it", "to"}
                rest = [one for one in texts[at + 1 : at + 6] if one not in between]
                if rest[:1] == ["have"] and rest[1:] and self._participle(rest[1]):
                    return True
        return False

    def _rule(self, tokens: Tokens, texts: Sequence[str]) -> bool:
        """Whether it is a rule for a whole group, or something that is allowed."""
        named = self.words.nouns.longest(tokens, 0)
        moods, first = self.lexicon.moods, texts[0]
        group = first in moods.groups or (first.endswith("s") and named is None and first not in moods.pronouns)
        ruling = next((one for one in texts[1:4] if one in moods.ruling), "")
        if group and ruling and (first in moods.groups or texts[1] == ruling):
            return ruling in ("must", "may", "shall") or not {"not", "can"} & set(texts[1:5])
        return "may" in texts[1:6] and texts[0] not in ("you", "i", "we") and texts[:1] != ["if"]

    def _past(self, text: str) -> bool:
        """Whether a word is a form of the past."""
        return text in self.lexicon.english.past or (text.endswith("ed") and len(text) > 4)

    def _participle(self, text: str) -> bool:
        """Whether a word may be a participle."""
        base = text in ("put", "shut", "cut", "let", "set", "hit", "hurt", "cost", "read", "come", "run", "become")
        return base or self._past(text)
