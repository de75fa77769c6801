"""Telling: what is surely only told: what might have been, rules, memories, what is forbidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from skill_stack.language.grammar.scene_words import SceneWords
from skill_stack.language.words.generic import habitual, of_a_kind
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.text import Token

Tokens = Sequence[Token]

MODAL = frozenset("should could would might may ought".split())
"""Verbs after which ``have`` and a participle tell what did not happen, or may have."""

RULING = frozenset("must may shall should will can".split())
"""Verbs by which something is a rule for a whole group: ``visitors must sign in``."""

GROUPS = frozenset(
    "visitors customers guests students pupils members residents patients employees children kids people "
    "dogs pets cats adults women men passengers drivers readers tourists staff everyone everybody nobody robots "
    "animals".split()
)
"""Groups of people for whom rules are."""

NOBODY = frozenset("nobody none neither".split())
"""Words for no one."""

DUTY = frozenset("needs has wants is need have ought".split())
"""Verbs with ``to`` by which something is to be done; nobody is to do it."""

PRONOUNS = frozenset("i we he she they it you".split())
"""Subjects that are no names."""

TAGS = frozenset("they he she it we i there".split())
"""Pronouns of questions at the end that only want a yes: ``they grow up fast, don't they``."""

TAGGING = frozenset("do does did is are was were has have had can could would will should".split())
"""Verbs of such questions."""

TAILS = (
    "if you ask me", "i think", "i guess", "i suppose", "i believe", "as you know", "you know", "by the way",
    "to be honest", "in my opinion", "i must say", "i am afraid", "little robot", "my friend", "my dear", "dear",
    "if you must know", "as far as i know", "for what it is worth", "or so i heard", "or so they say", "they say",
)  # fmt: skip
"""Ends of remarks that change nothing in them."""

FORBIDDING = (
    "do not", "never", "you must not", "you must never", "you should not", "you should never", "you may not",
    "you are not to", "you are not allowed to", "you are never to", "you shall not", "you can not", "please do not",
    "please never", "you had better not", "nobody may", "no one may", "under no circumstances",
)  # fmt: skip
"""Beginnings of what forbids something."""

KEEPING = (["leave"], ["keep"])
"""Verbs with which something is left as it is: ``leave the vase where it is``."""

AS_IT_IS = tuple(
    one.split()
    for one in (
        "where it is", "where they are", "as it is", "as they are", "alone", "in peace", "to me", "to us", "to him",
        "to her", "where he is", "where she is", "for now",
    )
)  # fmt: skip
"""Ends of such words."""

EMPHASIS = frozenset((",", "ever", "ok", "okay", "thanks"))
"""Ends of what forbids something that change nothing in it."""

STILL_ASKING = frozenset("forget hesitate mind fail wait just".split())
"""Verbs after ``do not`` where something is asked for all the same."""

JOINING = frozenset("and but then instead until unless so , before if".split())
"""Words after which something else may be asked for beside what is forbidden."""

YOUR_WAY = frozenset("will can could may might ought should".split())
"""Verbs after ``you`` by which something is asked for or thought."""

YOUR_MIND = frozenset(
    "be say guess know imagine understand regret love like enjoy think believe notice survive manage hate feel".split()
)
"""Verbs after them by which nothing is done."""

OWN_MIND = frozenset("be hope agree see say face assume pretend imagine call forget".split())
"""Verbs after ``let us`` by which nothing is done."""


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
            if at > 1 and (" ".join(end) in TAILS or self._tag(end)):
                left = left[:at]
        return left

    @staticmethod
    def _tag(end: list[str]) -> bool:
        """Whether words are such a question."""
        if not 2 <= len(end) <= 3 or end[0] not in TAGGING:
            return False
        return end[-1] in TAGS or (end[1:] == ["not", "you"] and end[0] in ("do", "are", "did", "have"))

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
        if self._perfect(texts) or self._rule(tokens, texts) or habitual(texts):
            return True
        if not self._by_name(tokens) and of_a_kind(texts, self.lexicon.english.base):
            return True
        if texts[:2] == ["let", "us"] and set(texts[2:3]) & OWN_MIND:
            return True
        return (texts[0] in NOBODY or texts[:2] == ["no", "one"]) and self._duty(texts)

    @staticmethod
    def _duty(texts: Sequence[str]) -> bool:
        """Whether it tells what its subject is to do, or what it does to ``you``: ``nobody has to go``."""
        return "you" in texts[1:5] or any(one in DUTY and two == "to" for one, two in zip(texts, texts[1:5]))

    def forbids(self, tokens: Tokens) -> bool:
        """Whether one sentence forbids something, or wants something left as it is, and asks for nothing else."""
        texts = [one.text for one in tokens if one.text != "please"]
        while texts and texts[-1] in EMPHASIS:
            texts.pop()
        said = " ".join(texts)
        left = texts[:1] in KEEPING and any(texts[-len(end) :] == end for end in AS_IT_IS)
        begun = next((one for one in FORBIDDING if said.startswith(f"{one} ")), "")
        after = texts[len(begun.split()) :]
        if not left and (not begun or not after or after[0] in STILL_ASKING):
            return False
        return not (JOINING - {"and"} if begun.endswith("never") else JOINING) & set(after)

    def idle(self, tokens: Tokens, refused: bool) -> bool:
        """Whether a sentence that gave no plan begins as nothing does that is to be done: ``let us be friends``.

        Args:
            tokens: The sentence.
            refused: Whether it cannot be done, and it is not only unclear what is meant.
        """
        texts = [one.text for one in tokens]
        if texts[:2] == ["let", "us"]:
            return bool(set(texts[2:3]) & OWN_MIND)
        if texts[:1] == ["you"] and len(texts) > 2 and texts[1] in YOUR_WAY:
            after = [one for one in texts[2:] if one not in ("to", "not", "never", "always")]
            return bool(set(after[:1]) & YOUR_MIND) or after[:2] == ["get", "used"]
        if not refused:
            return False
        return texts[:1] == ["always"] or texts[:2] == ["i", "should"]

    def _perfect(self, texts: Sequence[str]) -> bool:
        """Whether what did not happen is told: ``you should have seen her``."""
        for at, text in enumerate(texts):
            if text in MODAL or (text == "must" and texts[at - 1 : at] == ["you"]):
                between = {*self.lexicon.english.adverbs, "not", "i", "you", "we", "he", "she", "they", "it", "to"}
                rest = [one for one in texts[at + 1 : at + 6] if one not in between]
                if rest[:1] == ["have"] and rest[1:] and self._participle(rest[1]):
                    return True
        return False

    def _rule(self, tokens: Tokens, texts: Sequence[str]) -> bool:
        """Whether it is a rule for a whole group, or something that is allowed."""
        named = self.words.nouns.longest(tokens, 0)
        group = texts[0] in GROUPS or (texts[0].endswith("s") and named is None and texts[0] not in PRONOUNS)
        ruling = next((one for one in texts[1:4] if one in RULING), "")
        if group and ruling and (texts[0] in GROUPS or texts[1] == ruling):
            return ruling in ("must", "may", "shall") or not {"not", "can"} & set(texts[1:5])
        return "may" in texts[1:6] and texts[0] not in ("you", "i", "we") and texts[:1] != ["if"]

    def _by_name(self, tokens: Tokens) -> bool:
        """Whether it begins with the name of somebody, and not with what several are: ``Tomas``, not ``nurses``."""
        named = self.words.nouns.longest(tokens, 0)
        if named is None or not named[1] <= self.words.people or len(named[1]) > 1:
            return False
        person = self.words.scene.objects[next(iter(named[1]))]
        own = {word for name in (person.id, *person.names) for word in name.casefold().replace("_", " ").split()}
        return tokens[0].text in own

    def _past(self, text: str) -> bool:
        """Whether a word is a form of the past."""
        return text in self.lexicon.english.past or (text.endswith("ed") and len(text) > 4)

    def _participle(self, text: str) -> bool:
        """Whether a word may be a participle."""
        base = text in ("put", "shut", "cut", "let", "set", "hit", "hurt", "cost", "read", "come", "run", "become")
        return base or self._past(text)
