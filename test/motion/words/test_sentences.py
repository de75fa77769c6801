"""Requests made from words and rules are read as what their rule means, for robots with feet and with fingers."""

import numpy as np
import pytest

from skill_stack.motion.words import MotionReader, SpokenBody, segments
from skill_stack.motion.words.sentences import MotionSentences

DOG = SpokenBody(("FL", "FR", "RL", "RR"), stand_height=0.3)
ARMS = SpokenBody(hands=("left", "right"), landmarks=(("head", (0.0, 1.28)),))
HAND = SpokenBody(fingers=("index", "middle", "ring", "thumb"))


@pytest.mark.parametrize(("body", "least"), [(DOG, 8), (HAND, 4), (ARMS, 6)])
def test_what_is_drawn_can_be_read_and_covers_many_terms(body, least):
    sentences, reader, rng = MotionSentences(body), MotionReader(body), np.random.default_rng(4)
    drawn = [sentences.draw(rng) for _ in range(60)]
    assert all(one is not None and reader.read(one[0]) == one[1] for one in drawn)
    assert len({term.term for one in drawn if one is not None for term in one[1].aims}) >= least


def test_the_same_seed_draws_the_same():
    first, again = (MotionSentences(DOG).draw(np.random.default_rng(9)) for _ in range(2))
    assert first == again


def test_parts_of_a_request():
    text = "turn left, raise your nose and lean right, and then sit"
    assert segments(text) == ["turn left", "raise your nose and lean right", "sit"]
    assert segments(text, at_once=True) == ["turn left", "raise your nose", "lean right", "sit"]
