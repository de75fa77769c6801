import hashlib

import numpy as np
import pytest

pytest.importorskip("cv2", reason="the extra perception is not installed")
pytest.importorskip("tokenizers", reason="the extra words is not installed")

from small_networks import FLOAT, Graph, clip, heat_map, sam, yolo

from skill_stack.core.errors import DataError, ResourceNotFound
from skill_stack.perception.networks.fitting import CLIP, IMAGENET
from skill_stack.perception.networks.heat_map import TopView
from skill_stack.perception.networks.opening import (
    open_detector,
    open_heat_map,
    open_scorer,
    open_segmenter,
)


def test_a_network_of_no_known_form_is_refused_with_what_would_be_known(tmp_path):
    graph = Graph()
    graph("Relu", "observation", out="action")
    path = graph.save(tmp_path / "policy.onnx", {"observation": ([1, 48], FLOAT)}, {"action": ([1, 48], FLOAT)})
    with pytest.raises(DataError, match=r"takes observation\[1, 48\] and gives action.*Known are yolo.*clip"):
        open_detector(path)


def test_what_is_no_network_is_refused(tmp_path):
    path = tmp_path / "weights.onnx"
    path.write_bytes(b"\x80\x02}q\x00.")
    with pytest.raises(DataError, match="cannot be run"):
        open_detector(path)
    with pytest.raises(ResourceNotFound, match="no network"):
        open_detector(tmp_path / "none.onnx")


def test_another_hash_is_refused(tmp_path):
    path = yolo(tmp_path / "net.onnx", "columns")
    right = hashlib.sha256(path.read_bytes()).hexdigest()
    open_detector(path, right)
    with pytest.raises(DataError, match="its sha256 is"):
        open_detector(path, "0" * 64)


def test_forms_are_not_taken_for_one_another(tmp_path):
    path = clip(tmp_path / "net.onnx", CLIP)
    with pytest.raises(DataError, match="'clip', which finds no things"):
        open_detector(path)
    with pytest.raises(DataError, match="not one that compares"):
        open_scorer(yolo(tmp_path / "yolo.onnx", "columns"))
    with pytest.raises(DataError, match="not an encoder and a decoder"):
        open_segmenter(path, path)


def test_words_are_scored_against_pictures(tmp_path, picture):
    scorer = open_scorer(clip(tmp_path / "net.onnx", CLIP))
    red, blue = picture(("red", 0, 0, 64)), picture(("blue", 0, 0, 64))
    likely = scorer.score([red, blue], ["blue", "red"])
    assert likely.sum(axis=1) == pytest.approx(1)
    assert likely[0, 1] > 0.9 and likely[1, 0] > 0.9


@pytest.mark.parametrize("name", ["image_embeddings", "image_embed"])
def test_a_box_or_a_point_gives_an_outline(name, tmp_path, picture):
    segmenter = open_segmenter(*sam(tmp_path, IMAGENET, name))
    image = picture(("red", 32, 16, 32), width=128, height=64)
    true = (image[..., 0] > 200) & (image[..., 1] < 100)
    for asked in ({"box": (32, 16, 64, 48)}, {"points": [(50, 30)]}):
        mask = segmenter.outline(image, **asked)
        assert mask.shape == image.shape[:2]
        assert (mask & true).sum() / (mask | true).sum() > 0.7
    with pytest.raises(DataError, match="a box or a point"):
        segmenter.outline(image)


def _view(**squares):
    colour = np.full((40, 30, 3), 110, np.uint8)
    for name, (row, column) in squares.items():
        colour[row, column] = {"red": (220, 20, 20), "blue": (20, 20, 220)}[name]
    return TopView(colour, np.full((40, 30), 0.4, np.float32), (1.0, -0.3), 0.02)


@pytest.mark.parametrize("channels", [4, 6])
def test_a_heat_map_says_what_and_where_in_the_map(channels, tmp_path):
    model = open_heat_map(heat_map(tmp_path / "net.onnx", channels=channels))
    view = _view(red=(10, 5), blue=(30, 20))
    where = model.where(view, "blue")
    assert where.position == pytest.approx((1.0 + 30.5 * 0.02, -0.3 + 20.5 * 0.02, 0.4))
    assert model.where(view, "red").position[0] == pytest.approx(1.0 + 10.5 * 0.02)
    assert where.heat.sum() == pytest.approx(1)


def test_turns_of_a_heat_map_are_angles(tmp_path):
    where = open_heat_map(heat_map(tmp_path / "net.onnx", turns=4, words=False)).where(_view(red=(3, 3)))
    assert where.yaw == pytest.approx(1.5 * np.pi)
