"""The grasp that suits an object, where nobody names one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_stack.connector.grasping.choice import fitting_grasps
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.world.scene import SceneObject

FOUND = Resources.from_environment({})


@pytest.fixture(scope="module")
def book():
    return load_robot(FOUND.robot("allegro_right"), FOUND).grasps


def thing(across, other=0.2):
    return SceneObject("thing", "box", (0.3, 0.0, 0.4), shape="box", size=(other, across, 0.1))


@pytest.mark.parametrize(
    ("across", "grasp"), [(0.02, "pinch"), (0.045, "tripod"), (0.06, "quadpod"), (0.085, "precision_disk")]
)
def test_the_shorter_side_decides(book, across, grasp) -> None:
    assert fitting_grasps(book, thing(across)) == (grasp,)


@given(st.floats(0.01, 0.1))
def test_whatever_is_chosen_spans_the_thing(across) -> None:
    book = load_robot(FOUND.robot("allegro_right"), FOUND).grasps
    template = book.templates[fitting_grasps(book, thing(across))[0]]
    assert template.narrowest <= across <= template.widest


def test_what_no_hand_spans_is_refused_with_what_would_do(book) -> None:
    with pytest.raises(DataError, match=r"0.150 m across; usual grasps span pinch 0.01 to 0.06 m"):
        fitting_grasps(book, thing(0.15))


def test_a_hand_without_usual_grasps_says_so(book) -> None:
    with pytest.raises(DataError, match="usual grasps span nothing"):
        fitting_grasps(book.model_copy(update={"usual": ()}), thing(0.05))


def test_the_other_hand_has_the_same_usual_grasps(book) -> None:
    assert load_robot(FOUND.robot("allegro_left"), FOUND).grasps.usual == book.usual
