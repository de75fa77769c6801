"""The space that hands share, and postures that go through it."""

import numpy as np
import pytest
from pydantic import ValidationError

from skill_stack.connector.retargeting.hand_shape import HandShape
from skill_stack.connector.retargeting.postures import drawn_postures, known_postures
from skill_stack.connector.retargeting.retargeter import Retargeter
from skill_stack.connector.retargeting.shared_space import SIZE, computed_space, shared_space
from skill_stack.connector.retargeting.synergy_space import SynergySpace, fit


def test_postures_are_within_the_ranges_and_the_same_for_the_same_seed(hands):
    robot = hands["leap"]
    shape = HandShape(robot)
    first, again = (drawn_postures(robot, shape, 50, np.random.default_rng(3)) for _ in range(2))
    assert (first == again).all() and (first >= shape.lower).all() and (first <= shape.upper).all()
    assert np.ptp(first, axis=0).min() > 0.1 and len(known_postures(robot)) == 3


def test_the_space_that_comes_along_explains_what_the_hands_of_today_do(hands):
    space, rng = shared_space(), np.random.default_rng(17)
    assert space.size == SIZE and "leap" in space.source
    tips = []
    for robot in hands.values():
        shape = HandShape(robot)
        tips += [shape.tips(posture) for posture in drawn_postures(robot, shape, 200, rng)]
    tips = np.array(tips)
    left = np.array([space.decode(space.encode(one, space.fingers)) - one for one in tips])
    assert 1.0 - (left**2).sum() / ((tips - tips.mean(axis=0)) ** 2).sum() > 0.97
    rows = np.array(space.components)
    assert rows @ rows.T == pytest.approx(np.eye(SIZE), abs=1e-4)


def test_more_synergies_lose_less_and_all_lose_nothing(hands):
    shape = HandShape(hands["leap"])
    tips = np.array(
        [shape.tips(posture) for posture in drawn_postures(hands["leap"], shape, 200, np.random.default_rng(1))]
    )
    lost = []
    for size in (2, 4, 8, 12):
        space = fit(tips, shape.which, size, "here")
        lost.append(np.mean([np.abs(space.decode(space.encode(one, shape.which)) - one).max() for one in tips]))
    assert lost == sorted(lost, reverse=True) and lost[-1] < 1e-4
    assert space.first(2).size == 2
    assert space.first(2).decode([1.0, 0.5]) == pytest.approx(space.decode([1.0, 0.5]))


def test_computing_it_again_gives_the_same(hands):
    robots = [hands["leap"]]
    assert computed_space(robots) == computed_space(robots)


@pytest.mark.parametrize(("source", "target"), [("allegro_right", "allegro_left"), ("allegro_right", "leap")])
def test_a_posture_comes_out_on_another_hand(hands, source, target):
    shown, taking = HandShape(hands[source]), Retargeter(hands[target], shared_space())
    off = []
    for posture in drawn_postures(hands[source], shown, 40, np.random.default_rng(5)):
        taking.forget()
        wanted = shown.tips(posture)
        found = taking.joints(shared_space().encode(wanted, shown.which))
        off.append(np.linalg.norm(taking.shape.tips(found) - wanted, axis=1).mean() * taking.shape.finger_length)
    assert np.mean(off) < 0.01, "one centimetre"


def test_fingers_that_are_not_seen_are_the_most_likely_ones(hands):
    space, shape, rng = shared_space(), HandShape(hands["leap"]), np.random.default_rng(8)
    tips = np.array([shape.tips(posture) for posture in drawn_postures(hands["leap"], shape, 60, rng)])
    found = np.array([space.decode(space.encode(one[[0, 1, 3]], ("index", "middle", "thumb"))) for one in tips])
    ring = np.linalg.norm(found[:, 2] - tips[:, 2], axis=1).mean()
    blind = np.linalg.norm(np.array(space.mean).reshape(4, 3)[2] - tips[:, 2], axis=1).mean()
    assert ring < 0.6 * blind
    assert np.linalg.norm(found[:, [0, 1, 3]] - tips[:, [0, 1, 3]], axis=2).mean() < 0.15
    more = space.encode(np.vstack([tips[0], [9.0, 9.0, 9.0]]), (*shape.which, "little"))
    assert (more == space.encode(tips[0], shape.which)).all(), "what it does not know counts for nothing"
    every = fit(tips, shape.which, 12, "here")
    assert every.explained == 1.0 and np.isfinite(every.encode(tips[0][[0, 3]], ("index", "thumb"))).all()


def test_hands_of_different_fingers_are_fitted_by_those_that_all_have(every_hand):
    space = computed_space([every_hand["leap"], every_hand["dex3_right"]], size=4)
    assert space.fingers == ("index", "middle", "thumb") and len(space.mean) == 9


def test_a_hand_that_is_led_moves_without_jumps(hands):
    taking = Retargeter(hands["allegro_left"], shared_space())
    shown = HandShape(hands["leap"])
    begin, end = hands["leap"].pose("open"), hands["leap"].pose("fist")
    before = None
    for share in np.linspace(0.0, 1.0, 41):
        now = taking.joints(shared_space().encode(shown.tips(begin + share * (end - begin)), shown.which))
        if before is not None:
            assert np.abs(now - before).max() < 0.35
        before = now


def test_a_space_that_does_not_fit_together_is_refused():
    good = shared_space().model_dump()
    for wrong in (
        {"spread": good["spread"][:-1]}, {"mean": good["mean"][:-1]}, {"components": [[1.0]]}, {"fingers": ["index"]},
        {"fingers": ["index", "middle", "ring", "pinky"]},
    ):
        with pytest.raises(ValidationError):
            SynergySpace.model_validate({**good, **wrong})
