import numpy as np
import pytest

pytest.importorskip("cv2", reason="the extra perception is not installed")

from small_networks import yolo

from skill_stack.core.errors import DataError
from skill_stack.perception.networks.opening import open_detector

HEADS = ["columns", "anchors", "grid", "ready", "listed"]


@pytest.mark.parametrize("head", HEADS)
def test_every_head_is_recognised_and_finds_what_is_there(head, tmp_path, picture):
    detector = open_detector(yolo(tmp_path / "net.onnx", head))
    assert detector.head == head
    found = detector.find(picture(("red", 16, 32, 16), ("blue", 32, 0, 32)))
    boxes = {one.name: one.box for one in found if one.confidence > 0.5}
    assert boxes["red"] == pytest.approx((16, 32, 32, 48), abs=8.1)
    assert boxes["blue"][0] >= 31 and boxes["blue"][3] <= 33


@pytest.mark.parametrize("head", HEADS)
def test_boxes_come_back_into_a_picture_of_another_shape(head, tmp_path, picture):
    detector = open_detector(yolo(tmp_path / "net.onnx", head))
    found = detector.find(picture(("red", 64, 32, 32), width=128, height=64))
    assert found[0].name == "red"
    middle = (np.array(found[0].box[:2]) + found[0].box[2:]) / 2
    assert middle == pytest.approx((80, 48), abs=9)


def test_words_choose_among_the_classes(tmp_path, picture):
    detector = open_detector(yolo(tmp_path / "net.onnx", "columns"))
    found = detector.find(picture(("red", 0, 0, 16), ("blue", 32, 32, 16)), ["Blue"])
    assert {one.name for one in found} == {"blue"}


def test_a_grey_picture_holds_nothing(tmp_path, picture):
    assert open_detector(yolo(tmp_path / "net.onnx", "columns")).find(picture()) == []


def test_masks_are_those_of_the_thing_within_its_box(tmp_path, picture):
    detector = open_detector(yolo(tmp_path / "net.onnx", "columns", masks=True))
    image = picture(("red", 16, 16, 16))
    found = next(one for one in detector.find(image) if one.name == "red")
    true = np.zeros((64, 64), bool)
    true[16:32, 16:32] = True
    shared = (found.mask & true).sum() / (found.mask | true).sum()
    assert shared > 0.7 or found.mask.sum() < true.sum()  # a cell may be smaller than the square
    assert not (found.mask & ~true).sum() > 40


def test_names_that_nobody_knows_are_asked_for(tmp_path):
    path = yolo(tmp_path / "net.onnx", "columns", names=False)
    with pytest.raises(DataError, match="say the names"):
        open_detector(path)
    assert open_detector(path, names=("red", "blue")).head == "columns"


def test_a_head_that_does_not_fit_its_names_is_refused(tmp_path):
    path = yolo(tmp_path / "net.onnx", "columns", names=False)
    with pytest.raises(DataError, match="3 classes its boxes would have 7 rows"):
        open_detector(path, names=("a", "b", "c"))
