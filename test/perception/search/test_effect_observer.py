import numpy as np
import pytest

from skill_stack.core.world.fact import Literal
from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.core.world.world_facts import VISIBLE
from skill_stack.perception.search.effect_observer import AGAIN, LONGEST, LOOKS, EffectObserver
from skill_stack.perception.search.visual_success import SceneSnapshot, visible

SPOT = SceneObject("spot", "place", (1.0, 0.0, 0.0), 0.0, "point")
AT = [Literal.parse("at(red_box, spot)")]


def _shot(x, stamp, seen=None):
    box = SceneObject("red_box", "box", (x, 0.0, 0.05), 0.0, "box", (0.1, 0.1, 0.1), "red")
    graph = SceneGraph({"red_box": box, "spot": SPOT})
    return SceneSnapshot(graph, stamp, {"red_box": stamp if seen is None else seen}, frozenset(), np.zeros((2, 2, 3)))


@pytest.fixture
def witness():
    made = EffectObserver()
    made.begin("p/1", AT, _shot(0.0, 0.0))
    return made


@pytest.mark.parametrize(("x", "answer"), [(1.0, "succeeded"), (0.4, "failed")])
def test_a_step_is_judged_some_looks_after_its_end(witness, x, answer):
    assert not witness.look(1.0, lambda: _shot(x, 1.0)), "it still runs"
    assert witness.end("p/1", 1.0) and witness.watching
    said = [witness.look(1.0 + 0.1 * n, lambda: _shot(x, 1.5)) for n in range(LOOKS)]
    assert not any(said[:-1])
    ((request, verdict),) = said[-1]
    assert (request, verdict.answer) == ("p/1", answer)
    assert not witness.watching


def test_it_looks_again_while_it_cannot_tell(witness):
    witness.end("p/1", 1.0)
    for _ in range(LOOKS):
        assert not witness.look(1.2, lambda: _shot(0.0, 1.2, seen=0.0))
    said = [witness.look(1.5, lambda: _shot(1.0, 1.5)) for _ in range(LOOKS)]
    ((_, verdict),) = said[-1]
    assert verdict.answer == "succeeded" and verdict.looks == 2


def test_what_nobody_can_see_is_said_so_after_some_tries(witness):
    witness.end("p/1", 1.0)
    said = [witness.look(1.5, lambda: _shot(0.0, 1.5, seen=0.0)) for _ in range(LOOKS * AGAIN)]
    ((_, verdict),) = said[-1]
    assert verdict.answer == "cannot tell" and verdict.looks == AGAIN


def test_a_camera_that_disappears_is_not_waited_for(witness):
    witness.end("p/1", 1.0)
    assert not witness.look(1.5, lambda: _shot(0.0, 0.0), fresh=False)
    ((_, verdict),) = witness.look(1.0 + LONGEST, lambda: _shot(0.0, 0.0), fresh=False)
    assert verdict.answer == "cannot tell"


def test_what_was_given_up_is_not_judged_and_what_was_never_begun_neither(witness):
    witness.forget("p/1")
    assert not witness.end("p/1", 1.0)
    assert not witness.end("p/7", 1.0)


def test_what_has_ended_is_judged_though_it_no_longer_runs(witness):
    witness.end("p/1", 1.0)
    witness.forget("p/1")
    assert witness.watching


def test_only_effects_that_show_are_watched():
    texts = ("not near(robot, *)", "near(robot, red_box)", "posture(robot, standing)", "clean(red_box, now)")
    assert [str(one) for one in visible(map(Literal.parse, texts))] == ["near(robot, red_box)"]
    assert "near" in VISIBLE
