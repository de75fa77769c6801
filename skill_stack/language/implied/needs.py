"""Needs: detects needs and wishes by the sayings of ``config/knowledge``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from skill_stack.core.world.scene import SceneGraph
from skill_stack.language.implied.knowledge import Knowledge, Need
from skill_stack.language.implied.need_requests import NeedRequests
from skill_stack.language.implied.speakers import plain, speakers, unhedged, without_where
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.saying import Saying
from skill_stack.language.words.text import STOPS, Token


class Needs:
    """Finds needs and wishes in a text."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon) -> None:
        """Parses the sayings.

        Args:
            knowledge: Needs, wishes and uses.
            lexicon: The lexicon.
        """
        self._knowledge, self._lexicon = knowledge, lexicon
        self._serving = NeedRequests(knowledge, lexicon)
        said = (saying for need in (*knowledge.needs, *knowledge.wishes) for saying in need.say)
        self._sayings = {saying: Saying.parse(saying, self._plain_words) for saying in said}
        ignored = lexicon.speech.ignored
        split = [[word for word in lexicon.split(one) if word not in ignored] for one in knowledge.lead_ins]
        self._lead_ins = sorted(filter(None, split), key=len, reverse=True)

    def requests(self, tokens: Sequence[Token], scene: SceneGraph) -> list[str]:
        """Returns the requests of a stated need, best first; empty if there is none."""
        return self._asked(self._knowledge.needs, tokens, scene)

    def wished(self, tokens: Sequence[Token], scene: SceneGraph) -> list[str]:
        """Returns the requests of a wish, best first: ``the cup belongs on the shelf``; empty if there is none."""
        return self._asked(self._knowledge.wishes, tokens, scene, anywhere=False)

    def placed(self, tokens: Sequence[Token], scene: SceneGraph) -> list[str]:
        """Returns the requests of a wish that uses the usual place of an object; empty if there is none."""
        return self._asked((one for one in self._knowledge.wishes if "{place}" in "".join(one.ask)), tokens, scene)

    def _asked(
        self, needs: Iterable[Need], tokens: Sequence[Token], scene: SceneGraph, anywhere: bool = True
    ) -> list[str]:
        """Requests of the needs that the words state for the speaker or another person."""
        speech = self._lexicon.speech
        tokens = plain([t.read_as(speech.same.get(t.text, t.text)) for t in tokens])
        whole, hedged = self._telling(tokens), self._telling(unhedged(tokens, speech.hedges))
        said = self._without_lead_in(whole)
        out: list[str] = []
        ways = [said, *([without_where(said, scene)] if anywhere else []), whole, self._without_lead_in(hedged)]
        heard_of = [one for k, way in enumerate(ways) if way not in ways[:k]
                    for one in speakers(way, scene, self._lexicon)]  # fmt: skip
        known = list(needs)
        for speaker, words in heard_of:
            for need in known:
                heard = (self._sayings[saying].heard(words) for saying in need.say)
                parts = next((one for one in heard if one is not None), None)
                if parts is not None and all(self._unbroken(part, tokens) for part in parts.values()):
                    out += self._serving.worded(need, parts, speaker, said, scene)
        return list(dict.fromkeys(out))

    def _without_lead_in(self, said: list[str]) -> list[str]:
        """The words without introductory phrases such as ``I think that``."""
        for lead_in in self._lead_ins:
            if said[: len(lead_in)] == lead_in and len(said) > len(lead_in):
                return self._without_lead_in(said[len(lead_in) :])
        return said

    def _unbroken(self, part: str, tokens: Sequence[Token]) -> bool:
        """Whether no instruction begins within an open part, as in ``nobody is watching tv, turn it off``."""
        words = set(part.split())
        marks = (at for at, one in enumerate(tokens[:-1]) if one.text == "," or one.text in STOPS)
        base = self._lexicon.english.base & words
        begun = (at for at in marks if tokens[at + 1].text in base or tokens[at + 3 : at + 4] and "do" in words
                 and tokens[at + 2].text == "you" and tokens[at + 3].text == "do")  # fmt: skip
        return not any(at > 0 and tokens[at - 1].text in words for at in begun)

    def _plain_words(self, text: str) -> list[str]:
        """The words of a text that are compared: synonyms replaced, ignored words removed."""
        speech = self._lexicon.speech
        return [speech.same.get(word, word) for word in self._lexicon.split(text) if word not in speech.ignored]

    def _telling(self, tokens: Iterable[Token]) -> list[str]:
        """The words that are compared, without punctuation marks."""
        aside = self._lexicon.speech.ignored | STOPS | {","}
        return [t.text for t in tokens if t.text not in aside]
