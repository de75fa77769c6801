"""A drawn body is handed to a hand, which holds it against pushes; a hand that does not close loses it."""

from pathlib import Path

from skill_stack.commands.measure.evaluate_any_shape import any_shape_figures
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.evaluation.scores.any_shape_suite import draw_any_shape, load_any_shape_suite
from skill_stack.runtime.handling import any_shape_episode
from skill_stack.runtime.handling.any_shape_episode import run_any_shape

RESOURCES = Resources.from_environment({})
HAND = load_robot(RESOURCES.robot("allegro_right"), RESOURCES)
LIBRARY = load_library(RESOURCES, HAND)
SUITE = load_any_shape_suite(Path(__file__).resolve().parents[3] / "config" / "scenarios" / "any_shape.yaml")


def test_every_type_of_the_suite_is_one_of_the_taxonomy() -> None:
    numbers = [HAND.grasps.templates[name].taxonomy for name in SUITE.grasps]
    assert len(set(numbers)) == len(numbers) >= 20 and None not in numbers


def test_a_seed_draws_the_same_world_within_the_ranges() -> None:
    template = HAND.grasps.templates["tripod"]
    one, same = (draw_any_shape(SUITE, "tripod", template, 7) for _ in range(2))
    assert one == same and one != draw_any_shape(SUITE, "tripod", template, 8)
    assert template.narrowest <= one.thing.size[0] <= template.widest
    assert SUITE.mass[0] <= one.thing.mass <= SUITE.mass[1]


def test_a_body_is_held_and_falls_from_a_hand_that_does_not_close(monkeypatch) -> None:
    held = run_any_shape(HAND, LIBRARY, SUITE, "tripod", 3)
    assert held.passed and held.depth <= 0.001 and held.moved < 0.03, held.reason
    monkeypatch.setitem(any_shape_episode.LEFT_OUT, any_shape_episode.CLOSE, "close")
    dropped = run_any_shape(HAND, LIBRARY, SUITE, "tripod", 3)
    assert not dropped.passed and dropped.moved > 0.1


def test_figures_count_what_was_planned_and_held() -> None:
    row = {"robot": "a", "grasp": "b", "seed": 1, "mesh": "drawn:hull:1", "passed": True, "reason": "", "seconds": 4.0,
           "depth": 0.0005, "moved": 0.001, "touching": 1.0}  # fmt: skip
    figures = any_shape_figures([row, {**row, "passed": False, "depth": None, "seconds": 12.0, "seed": 2}])
    assert (figures["held"]["share"], figures["planned"]["share"], figures["fast"]["share"]) == (0.5, 0.5, 0.5)
    assert figures["seeds"] == "1-2" and len(figures["tasks"]) == 1
    assert figures["tasks"][0].items() >= {"task": "a/b", "successes": 1, "episodes": 2}.items()
    assert any_shape_figures([])["held"]["share"] is None


def test_the_mirror_image_of_a_hand_holds_too() -> None:
    left = load_robot(RESOURCES.robot("allegro_left"), RESOURCES)
    held = run_any_shape(left, LIBRARY, SUITE, "tripod", 3)
    assert held.passed and held.robot == "allegro_left", held.reason
