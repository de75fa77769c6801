"""Reported words are said to somebody as people say them."""

import pytest

from skill_stack.language.speech.direct import DirectSpeech
from skill_stack.language.words.lexicon import load_lexicon

DIRECT = DirectSpeech(load_lexicon())


@pytest.mark.parametrize(
    ("form", "words", "said"),
    [
        ("told", "her sister has called", "your sister has called"),
        ("told", "he has won", "you have won"),
        ("told", "she looks tired", "you look tired"),
        ("told", "we are waiting for them", "we are waiting for you"),
        ("bidden", "close his window", "please close your window"),
        ("bidden", "not wait for her", "please don't wait for you"),
        ("requested", "lend me his pen", "could you please lend me your pen?"),
        ("asked", "whether he can swim", "can you swim?"),
        ("asked", "if she carries her bag", "do you carry your bag?"),
        ("asked", "where she was born", "where were you born?"),
        ("asked", "how many chairs they need", "how many chairs do you need?"),
        ("asked", "if the shop is open", "is the shop open?"),
        ("asked", "for her name", "what is your name?"),
        ("asked", "for the salt", "could I have the salt?"),
    ],
)
def test_direct_speech(form, words, said):
    assert getattr(DIRECT, form)(words) == said
