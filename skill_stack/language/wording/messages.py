"""Messages: what a person is to be told in words other than the robot's own messages."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.language.speech.voices import placeholder
from skill_stack.language.wording.order_form import LINKS, OrderForm, Tokens
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.text import STOPS, Token, tokenise
from skill_stack.language.words.verb_forms import bases


def messages_of(library: SkillLibrary, lexicon: Lexicon) -> tuple[str, ...]:
    """What a robot can tell somebody: choices of skills that are done with something or somebody.

    Args:
        library: The robot's skills.
        lexicon: The language.
    """
    some = (p for spec in library if len(spec.goal) > 1 for p in spec.goal if p.type == "choice")
    words = (name.replace("_", " ") for p in some for word in p.choices for name in p.words_of(word))
    return tuple(dict.fromkeys(word for word in words if word not in lexicon.speech.switches and not placeholder(word)))


@dataclass(slots=True)
class Messages:
    """Puts what somebody is to be told in the words that the robot has for it.

    Attributes:
        form: Finds orders and people, and knows the robot's messages.
    """

    form: OrderForm

    def rewrite(self, tokens: Tokens) -> Tokens:
        """A text in which messages are said as the robot's skills have them; the same where there are none.

        Args:
            tokens: The text.
        """
        if not self.form.messages:
            return tokens
        out: list[Token] = []
        at = 0
        while at < len(tokens):
            first = at == 0 or tokens[at - 1].text in LINKS | STOPS
            found = self._told(tokens, at) if first else None
            out += found[1] if found is not None else tokens[at : at + 1]
            at = found[0] if found is not None else at + 1
        return tuple(out)

    def _told(self, tokens: Tokens, at: int) -> tuple[int, Tokens] | None:
        """``[please] let Ana know that her bus has come``: where it ends, and the order in the robot's words."""
        verb = self.form.past_polite(tokens, at)
        after = self.form.at("telling", tokens, verb)
        who = self.form.noun(tokens, after) if after is not None and after < len(tokens) else None
        if after is None or who is None or not all(self.form.person(one) for one in who[1].parts or (who[1],)):
            return None
        begin = who[0]
        while begin < len(tokens) and tokens[begin].text in self.form.lexicon.speech.leads:
            begin += 1
        stop = next((k for k in range(begin, len(tokens)) if tokens[k].text in STOPS), len(tokens))
        for end in (stop, *(k for k in range(stop - 1, begin, -1) if tokens[k].text in LINKS)):
            message = self._meant(tokens[begin:end])
            if message:
                tell = tokens[verb:after] if self.form.does(tokens, verb) else self.form.words("tell", tokens[verb])
                return end, (*tokens[at:verb], *tell, *tokens[after : who[0]], *self.form.words(message, tokens[begin]))
        return None

    def _meant(self, tokens: Tokens) -> str:
        """The one message of the robot that has the sense of some words; empty where none or several have."""
        if not tokens or tokens[0].text in self.form.lexicon.speech.asking_of:
            return ""
        said = self._sense(tokens)
        fits = [one for one in self.form.messages if said and said == self._sense(tokenise(one, {}).tokens)]
        return fits[0] if len(fits) == 1 else ""

    def _sense(self, tokens: Tokens) -> frozenset[str]:
        """What words say: the base forms of those that are no small words, and whether they forbid."""
        wording = self.form.lexicon.wording
        words = ("not" if one.text in wording.message_negations else one.text for one in tokens)
        aside = {*wording.message_words, *LINKS}
        return frozenset(min((one, *bases(one)), key=len).removesuffix("e") for one in words if one not in aside)
