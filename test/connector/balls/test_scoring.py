"""The guide that scores: what it has the network play, when the ball is in, and when it gives up in words."""

import math
from dataclasses import replace

import pytest

from skill_stack.connector.balls.ball_guides import OLDEST
from skill_stack.connector.balls.ball_play import LABELS
from skill_stack.connector.balls.scoring import WEDGED, ScoringGuide
from skill_stack.connector.guides.guide import GuideContext, GuideFailure, GuideView
from skill_stack.connector.paths.object_outline import Outlines
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill import load_skill
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from test.connector.conftest import ROOT

BEGIN = Pose2(0.0, 0.0, 0.0)
NOTHING = Outlines.from_objects(())
NUMBERS = load_skill(ROOT / "models" / "go2" / "score_goal").guided.settings
FOOTPRINT = load_robot(ROOT / "urdf" / "go2").footprint
GOAL = SceneObject("goal", "place", (5.0, 0.0, 0.0), 0.0, "point", (0.0, 1.0, 0.0))


def guide(target: str = "ball", place: str = "goal", numbers=NUMBERS) -> ScoringGuide:
    arguments = {"target": target, "place": place}
    return ScoringGuide(GuideContext(arguments, ConnectorSettings(), numbers, FOOTPRINT))


def ball(x: float, y: float, now: float, name: str = "ball") -> SceneObject:
    return SceneObject(name, "ball", (x, y, 0.15), last_seen=now)


def view(x: float, y: float = 0.0, now: float = 1.0, seen: float | None = None, things=(GOAL,)) -> GuideView:
    scene = SceneGraph({thing.id: thing for thing in (ball(x, y, now if seen is None else seen), *things)})
    return GuideView(BEGIN, scene, NOTHING, now, 0.0)


def test_it_plays_with_one_label_at_a_time_until_the_ball_is_in_and_then_stands() -> None:
    one = guide()
    for number in range(40):
        step = one.step(view(1.0 + 0.1 * number, now=1.0 + 0.1 * number))
        assert sum(step.goals[label] for label in LABELS) == 1.0 and step.remaining > 0.0
    steps = [one.step(view(5.0 + 0.1 * number, now=5.0 + 0.1 * number)) for number in range(4)]
    assert steps[-1].remaining == 0.0 and not steps[-1].moving
    assert one.step(view(2.0, now=6.0)).remaining == 0.0, "what is in is in"


@pytest.mark.parametrize("aside", [0.6, 0.45])
def test_a_ball_past_the_post_or_not_surely_inside_of_it_is_played_again(aside) -> None:
    one = guide()
    steps = [one.step(view(4.0 + 0.1 * number, aside, now=1.0 + 0.1 * number)) for number in range(20)]
    assert all(step.remaining > 0.0 and step.moving for step in steps)


def test_without_names_the_only_ball_and_the_place_called_goal_are_meant() -> None:
    one = guide("", "")
    assert one.step(view(1.0)).near[0] == "ball"
    assert guide("", "").step(view(1.0)).remaining == pytest.approx(4.0)
    net = replace(GOAL, id="net", kind="goal")
    assert guide("ball", "").step(view(1.0, things=(net,))).remaining == pytest.approx(4.0)


def test_no_ball_no_goal_or_several_of_them_are_said() -> None:
    empty = GuideView(BEGIN, SceneGraph({"goal": GOAL}), NOTHING, 1.0, 0.0)
    for target, place, seen, said in (
        ("", "goal", empty, "I know of no ball"),
        ("ball", "goal", empty, "'ball' is no longer in the scene"),
        ("ball", "", view(1.0, things=()), "I know of no goal"),
        ("ball", "moon", view(1.0), "'moon' is not in the scene"),
        ("", "goal", view(1.0, things=(GOAL, ball(2.0, 0.0, 1.0, "other"))), "2 of the kind ball: say which"),
    ):
        with pytest.raises(GuideFailure, match=said):
            guide(target, place).step(seen)


def test_a_ball_that_does_not_move_is_taken_to_be_wedged() -> None:
    one = guide()
    for now in range(int(WEDGED) + 1):
        one.step(view(1.0 if now < 5 else 1.5, now=1.0 + now))
    one.step(view(1.5, now=4.0 + WEDGED))
    with pytest.raises(GuideFailure, match="'ball' has not moved for .* it may be wedged"):
        one.step(view(1.5, now=8.0 + WEDGED))


def test_a_ball_that_is_lost_is_turned_to_and_given_up_in_words() -> None:
    one = guide()
    one.step(view(0.0, 2.0, now=1.0))
    lost = one.step(view(0.0, 2.0, now=6.0, seen=1.0)).goals
    assert lost["ball_aside"] > 0.0 and lost["stop"] == 1.0
    with pytest.raises(GuideFailure, match="was last seen"):
        one.step(view(0.0, 2.0, now=1.5 + OLDEST, seen=1.0))


def test_a_camera_that_shows_nothing_is_said() -> None:
    seen = view(1.0)
    blind = replace(seen, scene=replace(seen.scene, facts=frozenset({Fact("stale", ("ball",))})))
    with pytest.raises(GuideFailure, match="shows me nothing"):
        guide().step(blind)


def test_a_choice_holds_for_half_a_second() -> None:
    one, told = guide(), []
    for number in range(4):
        told.append(one.step(view(1.0, 0.01 * (-1) ** number, now=1.0 + 0.1 * number)).goals)
    assert len({tuple(goals[label] for label in LABELS) for goals in told}) == 1
    assert all(math.isfinite(goals["goal_ahead"]) for goals in told)


def test_numbers_of_another_player_are_refused() -> None:
    with pytest.raises(DataError, match="numbers"):
        guide(numbers={"front": 1.0})
