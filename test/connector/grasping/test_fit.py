"""Grasp templates fitted to bodies: exact where they say that they fit, refused with a reason where they do not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.connector.grasping.fit import ACCURACY
from skill_stack.connector.grasping.forces import FRICTION, balanced_forces
from skill_stack.connector.grasping.grasp_plan import KEPT, GraspWish, plan_grasp
from skill_stack.connector.grasping.shape import Shape
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.world.scene import SceneObject

RESOURCES = Resources.from_environment({})
HAND = load_robot(RESOURCES.robot("allegro_right"), RESOURCES)


def thing(shape="cylinder", size=(0.05, 0.05, 0.1)):
    return SceneObject("thing", "thing", (0.0, 0.0, size[2] / 2), 0.0, shape, size)


@settings(max_examples=60, deadline=None)
@given(kind=st.sampled_from(("box", "cylinder", "sphere")), seed=st.integers(0, 2**31))
def test_a_ray_from_within_ends_on_the_surface(kind, seed) -> None:
    rng = np.random.default_rng(seed)
    half = rng.uniform(0.01, 0.05, 3)
    half = np.full(3, half[0]) if kind == "sphere" else half
    half[1] = half[0] if kind == "cylinder" else half[1]
    shape, direction = Shape(kind, half), rng.normal(size=3)
    point = shape.surface(np.zeros(3), direction)
    assert shape.distance(point[None])[0] == pytest.approx(0.0, abs=1e-6)
    assert shape.distance(1.1 * point[None])[0] > 0.0
    assert float(shape.normals(1.001 * point[None])[0] @ direction) > 0.0


def test_forces_of_opposed_contacts_balance_within_friction() -> None:
    points = np.array([[0.02, 0.01, 0.0], [0.02, -0.01, 0.0], [-0.02, 0.0, 0.0]])
    inward = np.array([[-1.0, 0, 0], [-1.0, 0, 0], [1.0, 0, 0]])
    forces = balanced_forces(points, inward, np.array([1.0, 1.0, 2.0]), 12.0)
    normal = np.einsum("ij,ij->i", forces, inward)
    assert forces.sum(axis=0) == pytest.approx(np.zeros(3), abs=0.05)
    assert normal.sum() == pytest.approx(12.0, rel=0.02)
    tangent = np.linalg.norm(forces - normal[:, None] * inward, axis=1)
    assert (tangent <= FRICTION * normal + 1e-6).all()


@pytest.mark.parametrize("grasp", ["pinch", "tripod", "power"])
def test_a_fit_touches_the_object_and_nothing_else_of_it(grasp) -> None:
    body = thing(size=(0.05, 0.05, 0.12))
    plan = plan_grasp(HAND, GraspWish(grasp), body)
    fit = plan.fit
    assert fit.error <= ACCURACY
    assert (fit.closed >= HAND.column("lower")).all() and (fit.closed <= HAND.column("upper")).all()
    assert (np.abs(fit.shaped - fit.closed) > 0.03).any()
    assert fit.turn @ fit.turn.T == pytest.approx(np.eye(3), abs=1e-9)
    assert (np.abs(fit.efforts) <= HAND.column("effort")).all()
    assert np.abs(fit.efforts).max() > 0.02


def test_the_same_wish_is_fitted_once_and_another_hand_that_is_alike_gives_the_same() -> None:
    one, two = (plan_grasp(HAND, GraspWish("tripod"), thing()) for _ in range(2))
    assert one is two
    alike = plan_grasp(load_robot(RESOURCES.robot("allegro_right"), RESOURCES), GraspWish("tripod"), thing())
    assert alike is not one and (alike.fit.closed == one.fit.closed).all()
    for wish, body in ((GraspWish("tripod", force=1.2), thing()), (GraspWish("tripod"), thing(size=(0.04, 0.04, 0.1)))):
        assert plan_grasp(HAND, wish, body) is not one


def test_only_so_many_plans_are_kept() -> None:
    first = plan_grasp(HAND, GraspWish("pinch"), thing(size=(0.03, 0.03, 0.08)))
    for number in range(KEPT):
        plan_grasp(HAND, GraspWish("pinch", force=1.0 + 0.01 * number), thing(size=(0.031, 0.031, 0.08)))
    again = plan_grasp(HAND, GraspWish("pinch"), thing(size=(0.03, 0.03, 0.08)))
    assert again is not first and (again.fit.closed == first.fit.closed).all()


def test_force_and_area_change_what_they_are_about() -> None:
    usual, firm = (plan_grasp(HAND, GraspWish("pinch", force=f), thing("box", (0.03, 0.04, 0.09))) for f in (1.0, 1.5))
    assert np.abs(firm.fit.efforts).max() == pytest.approx(1.5 * np.abs(usual.fit.efforts).max(), rel=0.1)
    low = plan_grasp(HAND, GraspWish("power", area="bottom"), thing(size=(0.06, 0.06, 0.2)))
    high = plan_grasp(HAND, GraspWish("power", area="top"), thing(size=(0.06, 0.06, 0.2)))
    height = {area: plan.hand_in(np.zeros(3), 0.0).position[2] for area, plan in (("low", low), ("high", high))}
    assert height["high"] > height["low"] + 0.1


@pytest.mark.parametrize(
    ("wish", "body", "says"),
    [
        (GraspWish("power"), thing(size=(0.2, 0.2, 0.2)), "not 200 mm"),
        (GraspWish("bear_hug"), thing(), "power"),
        (GraspWish("power", area="handle"), thing(), "middle"),
        (GraspWish("power", approach="behind"), thing(), "side"),
        (GraspWish("power"), thing("point"), "sphere"),
    ],
)
def test_what_cannot_be_grasped_so_is_refused_with_what_would_do(wish, body, says) -> None:
    with pytest.raises((DataError, UnknownName), match=says):
        plan_grasp(HAND, wish, body)
