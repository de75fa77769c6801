import json

import numpy as np
import pytest
from computed_looks import seen, thing
from hypothesis import given
from hypothesis import strategies as st

from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.perception.recognition.pointing_answers import CONVENTIONS, Pointer, combined, point, points_of

WIDE, HIGH = 640, 480


@pytest.mark.parametrize(
    ("answer", "convention"),
    [
        ('<point x="50.0" y="25.0" alt="mug">mug</point>', "percent"),
        ('<points x1="50.0" y1="25.0" x2="9" y2="9" alt="mugs">mugs</points>', "percent"),
        ('[{"point": [250, 500], "label": "mug"}]', "thousand_yx"),
        ('```json\n[{"point_2d": [500, 250], "label": "mug"}]\n```', "thousand"),
        ('{"points": [[320, 120]]}', "pixels"),
        ('{"bbox_2d": [300, 100, 340, 140]}', "pixels"),
        ("It is at (0.5, 0.25).", "unit"),
        ('{"x": 0.5, "y": 0.25}', "unit"),
        ("[[400, 150, 600, 350]]", "thousand"),
    ],
)
def test_every_way_of_answering_means_the_same_place(answer, convention):
    assert points_of(answer, convention, WIDE, HIGH)[0] == pytest.approx((320, 120))


def test_nothing_there_is_an_answer():
    assert points_of('{"points": []}', "pixels", WIDE, HIGH) == []


@pytest.mark.parametrize("answer", ["", "I cannot see it.", "{}", '{"points": "left"}'])
def test_an_answer_without_a_point_is_refused(answer):
    with pytest.raises(DataError, match="holds no point"):
        points_of(answer, "pixels", WIDE, HIGH)


def test_numbers_outside_of_the_picture_name_the_convention():
    with pytest.raises(DataError, match="is the convention 'unit'"):
        points_of("(320, 120)", "unit", WIDE, HIGH)


@given(st.text(max_size=200), st.sampled_from(sorted(CONVENTIONS)))
def test_whatever_a_model_says_is_read_or_refused(answer, convention):
    try:
        found = points_of(answer, convention, WIDE, HIGH)
    except DataError:
        return
    assert all(0 <= x < WIDE and 0 <= y < HIGH for x, y in found)


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from(sorted(CONVENTIONS)))
def test_a_place_said_by_a_convention_is_that_place(x, y, convention):
    side, row_first = CONVENTIONS[convention]
    pair = [x * (side or WIDE), y * (side or HIGH)]
    answer = json.dumps([pair[::-1] if row_first else pair])
    found = points_of(answer, convention, WIDE, HIGH)[0]
    assert found == pytest.approx((min(x * WIDE, WIDE - 1), min(y * HIGH, HIGH - 1)))


def test_agreement_is_confidence():
    found = combined([(100, 100), (104, 98), (500, 300), None], WIDE, HIGH)
    assert found.pixel == pytest.approx((102, 99))
    assert found.confidence == 0.5
    assert combined([None, None], WIDE, HIGH) is None


def _says(text):
    def ask(picture, question):
        assert picture == b"jpeg" and "red ball" in question
        return text

    return ask


def test_several_pointers_give_one_place_in_the_map(eye):
    ball = thing("ball", "red", 0.2, 0.1, (0.2, 0.2, 0.2))
    frame = seen([ball], eye)
    column, row = frame.intrinsics.project(frame.into_camera(np.array(ball.position))).tolist()
    unit = (column / frame.intrinsics.width, row / frame.intrinsics.height)

    def fails(picture, question):
        raise SkillStackError("is away")

    pointers = [
        Pointer(_says(json.dumps([unit])), "unit", "one"),
        Pointer(_says(f'<point x="{100 * unit[0]}" y="{100 * unit[1]}">'), "percent", "two"),
        Pointer(fails, "unit", "three"),
    ]
    found, wrong = point(pointers, frame, b"jpeg", "the red ball")
    assert found.confidence == pytest.approx(2 / 3)
    assert wrong == "three: is away"
    near = np.array(found.position)
    assert np.linalg.norm(near - ball.position) == pytest.approx(0.1, abs=0.01)  # its surface, towards the camera


def test_nobody_sees_it(eye):
    found, wrong = point([Pointer(_says("[]"), "unit")], seen([], eye), b"jpeg", "the red ball")
    assert found is None and wrong == "nobody sees the red ball"
