"""Namings: texts that give a plan a name: ``call that the patrol``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from skill_stack.language.readings import Naming
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.text import PAUSES, STOPS, Text, Token, begun, ended, past, past_end

MOST_WORDS = 6
"""Words of a name at most."""
DOING = ("do {}", "do the {}", "do a {}", "go on {}", "go on the {}", "go on a {}", "run the {}", "perform the {}",
         "start the {}", "carry out the {}", "make the {}", "the {}")  # fmt: skip
"""Ways to request a named plan, besides the name alone."""

Tokens = tuple[Token, ...]
Named = tuple[Tokens, str, bool]
"""Words of a name, the steps in words (empty for the last plan), and whether the words have no other meaning."""


def naming_in(
    text: Text, lexicon: Lexicon, is_verb: Callable[[tuple[str, ...]], bool],
    thing_at_end: Callable[[Tokens], tuple[int, str] | None],
) -> Naming | None:  # fmt: skip
    """Returns the name and its steps, or None where the text gives no name.

    Args:
        text: The text.
        lexicon: The lexicon.
        is_verb: Whether words are already the verb of a skill.
        thing_at_end: Finds an object at the end of a name: its position and its id.
    """
    named = _named(text, lexicon)
    if named is None:
        return None
    name, steps, sure = named
    tokens = _bare(name, lexicon.small.articles)
    words, thing = tuple(token.text for token in tokens), thing_at_end(tokens)
    thing = thing if thing and thing[0] > 0 else None
    verbs = {one for one in (words, words[: thing[0]] if thing else words) if is_verb(one)}
    return Naming(words, steps, sure, thing, frozenset(verbs))


def _named(text: Text, lexicon: Lexicon) -> Named | None:
    tokens = text.tokens[: past_end(text.tokens, STOPS)]
    start = past(tokens, 0, WORDS.before_naming)
    polite = lexicon.table(lexicon.small.at_start).match(tokens, start)
    for begin in dict.fromkeys((start, *(end for end, _ in polite))):
        if found := _from(text, tokens, begin, lexicon):
            return found
    stop = begun(tokens, len(tokens), STOPS)
    found = _from(text, tokens, stop, lexicon) if stop > 1 else None  # "go to the door. That is how you leave"
    return (found[0], text.source[: tokens[stop - 1].start], found[2]) if found and not found[1] else None


def _from(text: Text, tokens: Tokens, begin: int, lexicon: Lexicon) -> Named | None:
    words, table = lexicon.clauses, lexicon.table
    called = table(words.call_that).longest(tokens, begin)
    if called and called[0] < len(tokens) <= called[0] + MOST_WORDS:
        thing = tokens[called[0]].text in lexicon.small.articles
        if thing or not called[1].endswith("this"):  # "call this number" gives no name
            return tokens[called[0] :], "", thing
    for phrases in (words.this_is_how, words.when_i_say):
        told = table(phrases).longest(tokens, begin)
        if told:
            end = ended(tokens, told[0], PAUSES)
            steps = text.source[tokens[end].end :] if end < len(tokens) else ""
            named = 0 < end - told[0] <= MOST_WORDS and (bool(steps.strip()) or phrases is words.this_is_how)
            return (tokens[told[0] : end], steps.strip(), True) if named else None
    for at in range(begin + 1, min(len(tokens), begin + MOST_WORDS + 1)):
        meant = table(words.means).longest(tokens, at)
        if meant and meant[0] < len(tokens):
            first = begin + (tokens[begin].text == "by")
            return tokens[first:at], text.source[tokens[meant[0]].start :].strip(), False
    return None


def _bare(tokens: Iterable[Token], articles: Collection[str]) -> Tokens:
    """A name without articles and verbs of doing: ``patrol`` for ``do the patrol``."""
    out = tuple(token for token in tokens if token.text not in (":", ",", '"', "'", *STOPS))
    heads = [tuple(form.replace("{}", "").split()) for form in DOING]
    for head in sorted(heads, key=len, reverse=True):
        if tuple(t.text for t in out[: len(head)]) == head and len(out) > len(head):
            out = out[len(head) :]
            break
    return out[1:] if len(out) > 1 and out[0].text in articles else out
