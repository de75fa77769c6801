"""The floor: free where it is seen, taken where something stands, unknown behind it; steps by their height."""

from computed_looks import seen, thing

from skill_stack.core.world.occupancy_grid import REMEMBERED
from skill_stack.evaluation.scenes.perception_scenes import Eye
from skill_stack.perception.scene.floor_map import FloorMap
from skill_stack.perception.scene.look_observer import LookObserver

EYE = Eye((0.0, 0.0, 0.5), (1.0, 0.0, 0.1))


def floor_of(*things, looks=2, eye=EYE):
    made = FloorMap()
    for number in range(looks):
        made.add(LookObserver().look(seen(things, eye, noise=0.002, stamp=float(number), seed=number)))
    return made


def test_nothing_is_known_before_the_first_look() -> None:
    assert FloorMap().grid() is None


def test_free_taken_and_hidden() -> None:
    grid = floor_of(thing("box", "red", 1.5, 0.0, (0.4, 0.5, 0.4))).grid()
    free, taken, behind, beside = grid.at([[1.0, 0.0], [1.32, 0.0], [2.2, 0.0], [-1.0, 0.0]]).tolist()
    assert (free, taken, behind, beside) == (0, 100, -1, -1)
    assert grid.frame == "map" and grid.stamp == 1.0


def test_what_is_taken_away_becomes_free() -> None:
    made = floor_of(thing("box", "red", 1.5, 0.0, (0.4, 0.5, 0.4)), looks=3)
    for number in range(12):
        made.add(LookObserver().look(seen([], EYE, noise=0.002, stamp=3.0 + number)))
    assert made.grid().at([[1.32, 0.0]]).tolist() == [0]


def test_the_grid_follows_the_robot() -> None:
    made = floor_of(thing("box", "red", 1.5, 0.0, (0.4, 0.5, 0.4)))
    made.add(LookObserver().look(seen([], Eye((4.0, 0.0, 0.5), (5.0, 0.0, 0.1)), noise=0.002, stamp=9.0)))
    assert made.grid().at([[1.32, 0.0], [5.0, 0.0]]).tolist() == [REMEMBERED, 0]
