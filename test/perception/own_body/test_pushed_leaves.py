"""A leaf that the body goes through was turned by it; one that is beside it stays, and is freed behind when seen."""

import math
from dataclasses import replace

import numpy as np
import pytest

from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.perception.own_body.pushed_leaves import PushedLeaves
from skill_stack.perception.scene.floor_map import FloorMap
from skill_stack.perception.scene.hinged_panels import HingedPanels

BODY = np.array([(-0.3, -0.15), (0.25, 0.15)])
HIGH = 0.45
AJAR = math.radians(30)
TAKEN = [(x, y) for x in np.arange(1.0, 4.0, 0.05) + 0.025 for y in np.arange(-1.0, 1.0, 0.05) + 0.025]


def ajar(away, angle=AJAR):
    """A door across the x axis at 2 m, hinged at y = -0.5, that swings away from the robot or towards it."""
    shut = SceneObject("door", "door", (2.0, 0.0, 0.3), math.pi / 2, "box", (1.0, 0.04, 0.6), "brown", movable=True,
                       hinge=(-0.5, 0.0), swing=(math.pi / 2, math.pi / 2 + (-1 if away else 1) * math.pi * 0.9))
    return shut.opened_by(angle)


class Doorway:
    def __init__(self, leaf):
        self.leaves, self.floor, self.panels = PushedLeaves(), FloorMap(), HingedPanels((leaf,))
        self.panels.seen["door"] = leaf
        self.floor.add_points(np.array(TAKEN), np.zeros((0, 2)), np.zeros(2), 0.0, 1)
        self.at = Pose2(0.0, 0.1, 0.0)
        self.to(0.0)

    def to(self, x, y=0.1):
        for along in np.linspace(self.at.x, x, 30):
            base = Pose2(float(along), y, 0.0)
            way = (base.x - self.at.x, base.y - self.at.y)
            self.leaves.take(base, way, BODY, HIGH, self.panels, self.floor)
            self.at = base
        return self

    @property
    def leaf(self):
        return self.panels.seen["door"]


def test_a_body_that_goes_through_turns_the_leaf_out_of_its_way() -> None:
    doorway = Doorway(ajar(away=True)).to(2.8)
    tip = np.array(doorway.leaf.position[:2]) * 2 - (2.0, -0.5)
    assert doorway.leaf.opened > 2 * AJAR and tip[1] < 0.1, "the end is beside the body"
    assert doorway.floor.grid().at(np.array([[2.6, 0.1]])).tolist() == [0], "the leaf went over it"
    assert doorway.floor.grid().at(np.array([[2.1, 0.9], [1.5, 0.1]])).tolist() == [100, 100], "it did not go there"


def test_a_leaf_stays_that_the_body_does_not_reach() -> None:
    leaf = ajar(away=True)
    assert Doorway(leaf).to(1.2).leaf == leaf
    assert Doorway(leaf).to(2.4, y=0.9).leaf == leaf


def test_a_leaf_above_the_body_stays() -> None:
    leaf = replace(ajar(away=True), position=(*ajar(away=True).position[:2], 1.0))
    assert Doorway(leaf).to(2.8).leaf == leaf


def test_a_body_pushes_a_leaf_shut_that_is_open_towards_it() -> None:
    leaf = ajar(away=False)
    assert Doorway(leaf).to(1.6, y=0.0).leaf.opened < leaf.opened


def test_a_body_that_stands_turns_nothing() -> None:
    doorway = Doorway(ajar(away=True))
    doorway.leaves.take(Pose2(2.2, 0.1, 0.0), (0.0, 0.0), BODY, HIGH, doorway.panels, doorway.floor)
    assert doorway.leaf.opened == pytest.approx(AJAR)


def test_the_floor_is_free_between_two_angles_that_were_seen() -> None:
    doorway = Doorway(ajar(away=True, angle=math.radians(20)))
    doorway.panels.seen["door"] = ajar(away=True, angle=math.radians(80))
    doorway.to(0.5)
    turned = 2.0 + 0.8 * np.sin(np.radians([30, 60])), -0.5 + 0.8 * np.cos(np.radians([30, 60]))
    assert (doorway.floor.grid().at(np.stack(turned, axis=-1)) == 0).all()
