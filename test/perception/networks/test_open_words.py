import pytest

pytest.importorskip("cv2", reason="the extra perception is not installed")
pytest.importorskip("tokenizers", reason="the extra words is not installed")

from small_networks import grounding_dino, owl

from skill_stack.core.errors import DataError, ResourceNotFound
from skill_stack.perception.networks.fitting import CLIP, IMAGENET
from skill_stack.perception.networks.opening import open_detector


@pytest.fixture(params=["owl", "dino", "dino_other_names"])
def detector(request, tmp_path):
    """A detector that takes words."""
    if request.param == "owl":
        return open_detector(owl(tmp_path / "net.onnx", CLIP))
    names = ("pixel_values", "pred_boxes") if request.param == "dino" else ("img", "boxes")
    return open_detector(grounding_dino(tmp_path / "net.onnx", IMAGENET, names))


def test_what_words_name_is_found_where_it_is(detector, picture):
    found = detector.find(picture(("red", 16, 32, 16), ("green", 48, 0, 16)), ["green", "red", "blue"])
    boxes = {one.name: one.box for one in found}
    assert set(boxes) == {"red", "green"}
    assert boxes["red"] == pytest.approx((16, 32, 32, 48), abs=1)
    assert boxes["green"] == pytest.approx((48, 0, 64, 16), abs=1)


def test_without_words_it_says_what_is_missing(detector, picture):
    with pytest.raises(DataError, match="say 'words'"):
        detector.find(picture())


def test_a_network_without_its_words_is_refused(tmp_path):
    path = owl(tmp_path / "net.onnx", CLIP)
    (tmp_path / "tokenizer.json").unlink()
    with pytest.raises(ResourceNotFound, match="tokenizer.json beside it"):
        open_detector(path)


def test_words_that_cannot_be_read_are_refused(tmp_path):
    path = owl(tmp_path / "net.onnx", CLIP)
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(DataError, match="tokenizer.json"):
        open_detector(path)
