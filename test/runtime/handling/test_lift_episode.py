"""A drawn body on a table is picked up as told; a hand that does not close leaves it there."""

from pathlib import Path

import numpy as np
import pytest

from skill_stack.commands.measure.evaluate_any_shape import lift_figures
from skill_stack.connector.grasping.grasp_plan import GraspWish
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.drawn_solids import FAMILIES, laid_solid
from skill_stack.core.world.object_body import solid_of
from skill_stack.core.world.scene import SceneObject
from skill_stack.evaluation.scores.any_shape_suite import THING, draw_lift, load_any_shape_suite
from skill_stack.runtime.episodes.hand_truth import HandTruth
from skill_stack.runtime.handling.lift_episode import (
    MOST_INSIDE,
    MOST_TURNED,
    LiftEpisodes,
    _as_asked,
    _setup,
    wished_for,
)
from skill_stack.runtime.line.parts_line import PartsLine

RESOURCES = Resources.from_environment({})
SUITE = load_any_shape_suite(Path(__file__).resolve().parents[3] / "config" / "scenarios" / "any_shape.yaml")
ROBOT = load_robot(RESOURCES.robot(SUITE.lift.robot), RESOURCES)

LIBRARY = load_library(RESOURCES, ROBOT)


@pytest.fixture(scope="module")
def episodes():
    return LiftEpisodes(ROBOT, LIBRARY, SUITE)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_laid_body_stands_over_a_side_that_is_wide_enough(family) -> None:
    made = laid_solid(family, 3)
    points = np.concatenate(made.parts)
    middle = np.average([part.mean(axis=0) for part in made.parts], axis=0, weights=made.volumes)
    under = points[points[:, 2] < made.bounds[0, 2] + 1e-3]
    assert len(under) >= 3 and (under[:, :2].min(axis=0) < middle[:2]).all() and (under.max(axis=0) > middle)[:2].all()


def test_a_seed_draws_one_body_within_the_ranges() -> None:
    one, same = draw_lift(SUITE, 5), draw_lift(SUITE, 5)
    assert one == same and one != draw_lift(SUITE, 12)
    assert min(one.world.thing.size[:2]) <= SUITE.lift.narrow[1] and max(one.world.thing.size) <= SUITE.lift.longest
    assert max(map(abs, one.off)) <= SUITE.lift.misplaced
    assert solid_of(one.world.thing).size == pytest.approx(one.world.thing.size)


@pytest.mark.parametrize(
    ("mesh", "error", "says"),
    [("laid:hull", DataError, "laid:<family>:<seed>"), ("laid:nothing:3", UnknownName, "family of shapes")],
)
def test_a_laid_body_that_is_none_is_refused(mesh, error, says) -> None:
    with pytest.raises(error, match=says):
        solid_of(SceneObject("toy", "toy", (0.0, 0.0, 0.0), 0.0, "mesh", (0.05, 0.05, 0.05), mesh=mesh))


def test_words_lift_a_body_and_a_hand_that_does_not_close_leaves_it(episodes) -> None:
    done = episodes.run("lift", 3)
    assert done.passed and done.lifted >= SUITE.lift.height, done.reason
    closing = LIBRARY["close_on"].guided
    assert closing is not None
    lazy = LIBRARY.changed("close_on", guided=closing.model_copy(update={"settings": {"close": 0.0}}))
    left = LiftEpisodes(ROBOT, lazy, SUITE).run("lift", 3)
    assert not left.passed and left.lifted is not None and left.lifted < 0.01, left.reason


def test_the_hand_comes_as_it_is_asked_to(episodes) -> None:
    done = episodes.run("heading", 30)
    assert done.passed and done.turned <= MOST_TURNED, done.reason
    other = GraspWish("fitting", palm=(-wished_for("heading", 30).palm[0], 0.0, 0.0), fingers=(0.0, 0.0, -1.0))
    line = PartsLine(ROBOT, LIBRARY, _setup(SUITE, draw_lift(SUITE, 30), 30))
    wrong = _as_asked(line, HandTruth(line, THING), other, np.eye(3))[1]
    assert "from what was asked" in wrong, "a hand that did not come is not as asked"


def test_the_asked_half_is_touched_and_nothing_counts_as_none(episodes) -> None:
    done = episodes.run("half", 30)
    assert done.passed and done.inside >= MOST_INSIDE, done.reason
    line = PartsLine(ROBOT, LIBRARY, _setup(SUITE, draw_lift(SUITE, 30), 30))
    assert _as_asked(line, HandTruth(line, THING), wished_for("half", 30), np.eye(3)) == (
        {"inside": 0.0},
        "0 % of contacts in the asked half",
    )


def test_what_no_hand_can_take_says_why(episodes) -> None:
    wide = SUITE.lift.model_copy(update={"narrow": (0.2, 0.2), "longest": 0.4})
    huge = LiftEpisodes(ROBOT, LIBRARY, SUITE.model_copy(update={"lift": wide}))
    said = huge.run("lift", 3)
    assert not said.passed and said.lifted is None and "nowhere so wide" in said.reason


def test_figures_count_and_keep_the_reasons() -> None:
    row = {"task": "lift", "seed": 1, "mesh": "laid:hull:1", "passed": True, "reason": "", "lifted": 0.12}
    figures = lift_figures([row, {**row, "seed": 2, "passed": False, "reason": "lost"}])
    assert figures["passed"]["count"] == 1 and figures["reasons"] == {2: "lost"} and figures["seeds"] == "1-2"
