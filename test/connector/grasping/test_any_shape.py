"""Grasps of bodies of any shape: exact distances, fits that touch and go no deeper, and reasons where none does."""

import numpy as np
import pytest

from skill_stack.connector.grasping import grasp_plan
from skill_stack.connector.grasping.any_shape import DEEPEST, MISS, Aim
from skill_stack.connector.grasping.distance_grid import DistanceGrid
from skill_stack.connector.grasping.forces import holding_force, imbalance
from skill_stack.connector.grasping.grasp_plan import ANY, TILTS, GraspWish, plan_grasp
from skill_stack.connector.grasping.hand_kinematics import HandKinematics
from skill_stack.connector.grasping.shape import Shape
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.world.drawn_solids import CORNERS, FAMILIES
from skill_stack.core.world.object_body import solid_of
from skill_stack.core.world.scene import SceneObject
from skill_stack.core.world.solid import convex_solid

RESOURCES = Resources.from_environment({})
HAND = load_robot(RESOURCES.robot("allegro_right"), RESOURCES)


def body(mesh, size):
    return SceneObject("thing", "thing", (0.0, 0.0, size[2] / 2), 0.0, "mesh", size, mesh=mesh)


def test_the_grid_of_a_box_is_its_exact_distance_but_for_its_edges() -> None:
    half = np.array([0.03, 0.02, 0.05])
    grid, exact = DistanceGrid(convex_solid(CORNERS * half)), Shape("box", half)
    points = np.random.default_rng(3).uniform(-0.07, 0.07, (4000, 3))
    off = np.abs(grid(points) - exact.distance(points))
    assert np.median(off) < 5e-4 and off[np.abs(exact.distance(points)) < 0.01].max() < 0.6 * grid.cell
    assert np.abs(exact.distance(grid.skin)).max() < 1e-9
    far = np.array([[0.5, 0.0, 0.0]])
    assert grid(far)[0] == pytest.approx(0.47, rel=0.05)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_drawn_body_has_its_size_and_an_inside(family) -> None:
    solid = solid_of(body(f"drawn:{family}:5", (0.05, 0.06, 0.1)))
    assert solid.size == pytest.approx((0.05, 0.06, 0.1))
    grid = DistanceGrid(solid)
    corners = np.concatenate([vertices for vertices, _ in solid.surfaces])
    assert grid(corners).max() < grid.cell
    middles = np.array([part.mean(axis=0) for part in solid.parts])
    assert grid(middles).max() < -0.002


def test_forces_hold_in_every_direction_only_between_opposed_contacts() -> None:
    points = np.array([[0.02, 0.0, 0.0], [-0.02, 0.0, 0.0]])
    inward = np.array([[-1.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
    assert holding_force(points, inward, 10.0) == pytest.approx(4.0, rel=0.2), "friction 0.4 across, more along"
    assert np.linalg.norm(imbalance(points[None], inward[None], np.array([0.5, 0.5]))) < 1e-9
    one_side = np.array([[-1.0, 0.0, 0.0], [-1.0, 0.0, 0.0]])
    assert holding_force(points, one_side, 10.0) == 0.0
    assert np.linalg.norm(imbalance(points[None], one_side[None], np.array([0.5, 0.5]))) > 0.9


@pytest.mark.parametrize(("grasp", "family"), [("tripod", "turned"), ("lateral", "angle")])
def test_a_fit_touches_a_body_and_is_not_in_it(grasp, family) -> None:
    template = HAND.grasps.templates[grasp]
    across = 0.5 * (template.narrowest + template.widest)
    thing = body(f"drawn:{family}:11", (across, 1.2 * across, 0.1))
    fit = plan_grasp(HAND, GraspWish(grasp, approach=ANY), thing).fit
    assert fit.touching == 1.0 and fit.error <= MISS
    hand, shape = HandKinematics(HAND), Shape.from_object(thing)
    skin = shape.grid.skin @ fit.turn.T + fit.centre
    assert hand.distance(*hand.frames(fit.closed), skin).min() >= -DEEPEST
    assert hand.distance(*hand.frames(fit.shaped), skin).min() > 0.001, "the shaped hand touches nothing"
    assert 0.02 < np.abs(fit.efforts).max() < 0.7


def test_links_of_many_joint_positions_are_where_they_are_one_by_one() -> None:
    hand = HandKinematics(HAND)
    joints = np.random.default_rng(0).uniform(hand.lower, hand.upper, (3, len(hand.names)))
    for number, (turns, origins) in enumerate(zip(*hand.frames_of(joints))):
        for many, one in zip((turns, origins), hand.frames(joints[number])):
            assert many == pytest.approx(one, abs=1e-9)


def test_the_palm_and_the_fingers_point_where_they_are_asked_to() -> None:
    thing = body("drawn:superquadric:2", (0.05, 0.06, 0.09))
    palm, fingers = (0.0, 1.0, 0.0), (1.0, 0.0, 0.0)
    fit = plan_grasp(HAND, GraspWish("tripod", approach=ANY, palm=palm, fingers=fingers), thing).fit
    hand = HandKinematics(HAND)
    for axis, wanted in ((hand.palm, palm), (hand.fingers, fingers)):
        assert float((fit.turn.T @ axis) @ np.array(wanted)) > np.cos(np.radians(15))


def test_an_aim_turns_the_shortest_way_and_then_about_what_is_asked_for_already() -> None:
    first, second = Aim(np.array([1.0, 0, 0]), np.array([0, 0, 1.0])), Aim(np.array([0, 0, 1.0]), np.array([0, 1.0, 0]))
    turn = second.turned(first.turned(np.eye(3)), first.hand)
    assert turn @ first.body == pytest.approx(first.hand) and turn @ second.body == pytest.approx(second.hand)


@pytest.mark.parametrize(
    ("thing", "says"),
    [
        (body("drawn:hull:1", (0.3, 0.3, 0.3)), "nowhere so wide"),
        (body("drawn:hull", (0.05, 0.05, 0.05)), "drawn:<family>:<seed>"),
        (body("/no/such/file.stl", (0.05, 0.05, 0.05)), "cannot be read"),
    ],
)
def test_what_cannot_be_grasped_says_why(thing, says) -> None:
    with pytest.raises(DataError, match=says):
        plan_grasp(HAND, GraspWish("pinch", approach=ANY), thing)


@pytest.mark.parametrize(("asked", "tilts"), [({}, set(TILTS)), ({"palm": (1.0, 0.0, 0.0)}, {TILTS[0]})])
def test_a_hand_comes_further_aslant_only_where_nothing_holds_and_no_direction_is_asked_for(
    asked, tilts, monkeypatch
) -> None:
    tried = []

    def refused(hand, wish, thing, tilt):
        tried.append((tilt, wish.template))
        raise DataError(f"no {wish.template}")

    monkeypatch.setattr(grasp_plan, "_fitted", refused)
    with pytest.raises(DataError, match="no tripod") as error:
        plan_grasp(HAND, GraspWish("fitting", **asked), body("drawn:hull:5", (0.05, 0.06, 0.1)))
    assert {tilt for tilt, _ in tried} == tilts and tried == sorted(tried, key=lambda one: one[0])
    assert str(error.value).count("no tripod") == 1, "a reason is told once"
