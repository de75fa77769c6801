"""What a body runs into goes along with it; what it steps over, and what stands beside it, stays."""

import os

import numpy as np
import pytest
from computed_looks import seen, thing

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.world.scene import Pose2
from skill_stack.evaluation.scenes.perception_scenes import Eye
from skill_stack.perception.own_body.body_contact import LEAN, BodyContact
from skill_stack.perception.scene.floor_map import FloorMap
from skill_stack.perception.scene.hinged_panels import HingedPanels
from skill_stack.perception.scene.look_observer import LookObserver
from skill_stack.perception.scene.object_map import ObjectMap

CRATE = thing("box", "blue", 1.2, 0.0, (0.4, 0.5, 0.3))


@pytest.fixture(scope="module")
def dog():
    resources = Resources.from_environment(os.environ)
    return load_robot(resources.robot("go2"), resources)


class Walk:
    """A robot that has seen things, and walks straight ahead without seeing any more."""

    def __init__(self, robot, *things):
        self.panels = HingedPanels(())
        self.scene, self.floor, self.contact = ObjectMap(), FloorMap(), BodyContact(robot)
        for number in range(3):
            frame = seen(things, Eye((0.0, 0.0, 0.5), (1.0, 0.0, 0.1)), noise=0.002, stamp=0.2 * number, seed=number)
            look = LookObserver().look(frame)
            self.scene.update(look)
            self.floor.add(look)
        self.start = {one.id: one.position.copy() for one in self.scene.standing}

    def to(self, end, turn=0.0, step=0.05):
        for along in np.arange(0.0, end + step / 2, step):
            base = Pose2(along * np.cos(turn), along * np.sin(turn), turn)
            self.contact.take(base, self.scene.standing, self.panels, self.floor)
        return self

    def moved(self, name):
        return self.scene.tracks[name].position - self.start[name]


def test_a_crate_goes_along_with_the_chest_and_the_floor_behind_it_is_free(dog) -> None:
    walk = Walk(dog, CRATE).to(1.5)
    ahead, aside, _ = walk.moved("blue_box")
    assert ahead == pytest.approx(1.5 + dog.footprint.front - LEAN - 1.0, abs=0.05) and abs(aside) < 0.01
    over = walk.floor.grid().at(np.array([[x, y] for x in (1.02, 1.2, 1.5) for y in (-0.22, 0.0, 0.22)]))
    assert (over == 0).all(), "the crate and the body went over it"


def test_before_it_is_met_nothing_moves_and_its_floor_is_taken(dog) -> None:
    walk = Walk(dog, CRATE).to(0.6)
    assert np.allclose(walk.moved("blue_box"), 0.0)
    assert walk.floor.grid().at(np.array([[1.02, 0.0]])).tolist() == [100]


def test_what_a_crate_meets_goes_along_too(dog) -> None:
    walk = Walk(dog, CRATE, thing("cylinder", "red", 2.0, 0.1, (0.3, 0.3, 0.6))).to(1.5)
    crate, other = (walk.scene.tracks[name].position[0] for name in ("blue_box", "red_cylinder"))
    assert other - crate == pytest.approx(0.2 + 0.15, abs=0.05)


def test_what_is_beside_the_way_stays(dog) -> None:
    walk = Walk(dog, thing("box", "blue", 1.2, 0.6, (0.4, 0.4, 0.3))).to(2.0)
    assert np.allclose(walk.moved("blue_box"), 0.0)


@pytest.mark.parametrize("size", [(0.4, 0.5, 0.1), (0.4, 1.2, 0.4)], ids=["a step", "furniture"])
def test_what_is_stepped_over_or_is_too_large_stays(dog, size) -> None:
    walk = Walk(dog, thing("box", "blue", 1.2, 0.0, size)).to(1.5)
    assert np.allclose(walk.moved("blue_box"), 0.0)


def test_a_place_that_jumps_into_a_thing_pushes_nothing(dog) -> None:
    walk = Walk(dog, CRATE)
    walk.contact.take(Pose2(1.0, 0.0, 0.0), walk.scene.standing, walk.panels, walk.floor)
    walk.contact.take(Pose2(1.05, 0.0, 0.0), walk.scene.standing, walk.panels, walk.floor)
    assert np.allclose(walk.moved("blue_box"), 0.0), "it was in the middle of it before it went"


def test_nothing_is_known_of_a_floor_that_was_never_seen(dog) -> None:
    floor = FloorMap()
    BodyContact(dog).take(Pose2(0.0, 0.0, 0.0), (), HingedPanels(()), floor)
    assert floor.grid() is None
