"""Verbs that no skill has: which template motion they mean, by words and by how motions look."""

from pathlib import Path

import numpy as np
import pytest

from skill_stack.core.templates.template_motion import TemplateMotion, template_motions
from skill_stack.evaluation.verb_suite import load_verb_suite
from skill_stack.motion.templates.motion_look import look_of
from skill_stack.motion.templates.template_verbs import own_looks
from skill_stack.motion.templates.verb_choice import by_motion, by_words, chosen, manner_words, together

SUITE = load_verb_suite(Path(__file__).parents[3] / "config" / "scenarios" / "verbs.yaml")


def right(choose):
    return set(SUITE.right({verb: chosen(choose(verb)) for verb in SUITE.verbs}))


def test_words_and_motion_together_are_right_most_often():
    """The motions as they are stated; `skill-stack eval verbs` takes those that a robot makes."""
    words = right(by_words)
    motion = right(lambda verb: by_motion(verb, own_looks()))
    both = right(lambda verb: together(by_words(verb), by_motion(verb, own_looks())))
    assert len(both) >= 0.75 * len(SUITE.verbs)
    assert len(both) > len(words) and len(both) > len(motion)


def test_unknown_verbs_mean_nothing():
    assert by_words("blorp") == {} and by_motion("blorp", own_looks()) == {} and chosen(together({}, {})) == ""


def test_each_alone_counts_where_the_other_says_nothing():
    assert chosen(together({"circling": 0.1, "tapping": 0.2}, {})) == "tapping"
    assert chosen(together({}, {"circling": 0.3, "tapping": 0.2})) == "circling"


def test_qualities_are_those_that_words_speak_of():
    assert all(set(look) == set(manner_words()) for look in own_looks().values())
    assert all(0.0 <= value <= 1.0 for look in own_looks().values() for value in look.values())


@pytest.mark.parametrize(
    ("name", "quality"),
    [("circling", "round"), ("stroking", "straight"), ("shaking", "quick"), ("tapping", "upright"),
     ("rapping", "ahead"), ("dragging", "level"), ("twisting", "turning"), ("stroking", "long"), ("tapping", "rest")],
)  # fmt: skip
def test_a_path_looks_as_it_is(name, quality):
    assert own_looks()[name][quality] > 0.7


def test_noise_and_place_make_little_difference():
    """What a camera or joints say of a path is shifted, and not quite smooth."""
    draw = np.random.default_rng(3)
    for name, motion in template_motions().items():
        rows = [motion.at(time) for time in np.arange(0.0, motion.seconds, 0.02)]
        path = np.array([place for place, _ in rows]) + [0.3, -0.1, 0.9] + draw.normal(0.0, 0.001, (len(rows), 3))
        look = look_of(path, np.array([turn for _, turn in rows]), 0.02)
        assert {one: value for one, value in look.items() if abs(value - own_looks()[name][one]) > 0.15} == {}, name


def test_a_template_ends_where_it_began_and_never_jumps():
    for name, motion in template_motions().items():
        places = np.array([motion.at(time)[0] for time in np.arange(-0.1, motion.seconds + 0.1, 0.005)])
        assert np.linalg.norm(np.diff(places, axis=0), axis=1).max() < 0.01, name
        assert places[0] == pytest.approx(places[-1]) and np.abs(places).max() <= motion.size + 1e-9


def test_shares_must_rise():
    row = {"description": "x", "size": 0.1, "period": 1.0, "times": 1, "contact": "none"}
    with pytest.raises(ValueError, match="begin at 0 and rise"):
        TemplateMotion(**row, points=((0.0, 0, 0, 0, 0), (0.5, 1, 0, 0, 0), (0.4, 0, 0, 0, 0)))
