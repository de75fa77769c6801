"""Completion of an instruction from phrases of several words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

_WORD = re.compile(r"\S+")
_SLOT = re.compile(r"\{[^}]*\}")


class PhraseCompleter(Completer):
    """Completes the end of a sentence.

    Of ``walk to the re`` it is ``re`` that becomes ``red ball``, although ``walk to {target}`` is a phrase as well: the
    longest ending that begins a phrase counts.
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        """Takes the phrases.

        Args:
            phrases: What may be said: names of objects, example phrasings. What stands in braces is left to the
                person, so a phrase ends before its first brace.
        """
        self.replace(phrases)

    def replace(self, phrases: Iterable[str]) -> None:
        """Replaces the phrases; from any thread."""
        ready = {" ".join(_SLOT.split(phrase)[0].split()) for phrase in phrases}
        self._phrases = sorted(phrase for phrase in ready if phrase)

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        """Phrases that begin with the text before the cursor, or with the longest part of its end."""
        text = document.text_before_cursor
        for start in [found.start() for found in _WORD.finditer(text)]:
            ending = text[start:].lower()
            matches = [phrase for phrase in self._phrases if phrase.lower().startswith(ending)]
            matches = [phrase for phrase in matches if phrase.lower() != ending]
            if matches:
                yield from (Completion(phrase, start_position=start - len(text)) for phrase in matches)
                return
