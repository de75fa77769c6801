"""Every kind of network by a deployment's configuration alone: found, outlined, named by words, and pointed out."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))  # computed_looks.py
pytest.importorskip("cv2", reason="the extra perception is not installed")
pytest.importorskip("tokenizers", reason="the extra words is not installed")

from computed_looks import seen, thing
from small_networks import clip, grounding_dino, heat_map, owl, sam, yolo

from skill_stack.core.errors import DataError, ResourceNotFound
from skill_stack.evaluation.scenes.perception_scenes import Eye
from skill_stack.perception.networks.fitting import CLIP, IMAGENET
from skill_stack.perception.recognition.network_detection import detectors
from skill_stack.perception.scene.look_observer import LookObserver

EYE = Eye((-0.5, 0.0, 0.6), (0.0, 0.0, 0.0))


@pytest.fixture(scope="module")
def look():
    red = thing("box", "red", 0.0, 0.14, (0.10, 0.10, 0.08))
    frame = seen([red, thing("box", "blue", 0.0, -0.14, (0.10, 0.10, 0.08))], EYE)
    return frame, LookObserver().look(frame)


def configured(*networks):
    return detectors(json.dumps(networks, default=str))


def kinds(observation):
    """What the red and the blue box are called."""
    return {one.colour: one.kind for one in observation.things if one.colour in ("red", "blue")}


def test_words_that_fit_a_picture_name_the_thing(tmp_path, look):
    named = configured({"file": clip(tmp_path / "clip.onnx", CLIP), "words": ["red", "green"], "sure": 0.5})
    assert kinds(named(*look)) == {"red": "red", "blue": "box"}, "the blue one is none of the words"


def test_a_map_of_what_and_where_points_things_out(tmp_path, look):
    path = heat_map(tmp_path / "heat.onnx")
    named = configured({"file": path, "words": ["blue"], "sure": 0.05})
    assert kinds(named(*look)) == {"red": "box", "blue": "blue"}
    unsure = configured({"file": path, "words": ["green"], "sure": 0.9})
    assert kinds(unsure(*look)) == {"red": "box", "blue": "box"}


def test_what_a_map_points_at_beside_all_things_is_a_thing_of_its_own(tmp_path):
    frame = seen([thing("box", "blue", 0.0, -0.14, (0.10, 0.10, 0.08))], EYE)
    column, row = frame.intrinsics.project(frame.into_camera(np.array([0.0, 0.15, 0.0]))).round().astype(int)
    frame.colour[row - 6 : row + 7, column - 6 : column + 7] = (220, 20, 20)  # a flat red patch
    observation = LookObserver().look(frame)
    assert not any(one.colour == "red" for one in observation.things)
    named = configured({"file": heat_map(tmp_path / "heat.onnx"), "words": ["red"], "sure": 0.05})(frame, observation)
    (patch,) = [one for one in named.things if one.kind == "red"]
    assert patch.position[:2] == pytest.approx((0.0, 0.15), abs=0.03) and patch.shape == "box"


@pytest.mark.parametrize("make", [owl, grounding_dino])
def test_a_detector_of_words_looks_for_what_the_configuration_says(make, tmp_path):
    frame = seen([thing("box", "red", 0.0, 0.0, (0.3, 0.3, 0.2))], EYE)
    look = frame, LookObserver().look(frame)
    norm = CLIP if make is owl else IMAGENET
    named = configured({"file": make(tmp_path / "net.onnx", norm), "words": ["red"], "sure": 0.05})
    ((detector, words),) = named.detectors
    assert words == ("red",) and {one.name for one in detector.find(look[0].colour, words)} == {"red"}
    assert len(named(*look).things) >= len(look[1].things)


def test_a_segmenter_outlines_what_a_detector_boxes(tmp_path, look):
    encoder, decoder = sam(tmp_path, IMAGENET)
    boxes = yolo(tmp_path / "yolo.onnx", "columns")
    named = configured({"file": boxes, "sure": 0.2}, {"file": decoder, "encoder": encoder})
    asked = []
    outline = named.segmenter.outline

    class Noted:
        def outline(self, colour, box=None, points=()):
            asked.append((box, outline(colour, box)))
            return asked[-1][1]

    replace(named, segmenter=Noted())(*look)
    assert asked
    for box, mask in asked:
        assert mask.shape == look[0].colour.shape[:2] and mask.any() and box is not None


def test_several_work_together(tmp_path, look):
    networks = (
        {"file": yolo(tmp_path / "yolo.onnx", "columns"), "names": ["crate", "tank"], "sure": 0.2},
        {"file": clip(tmp_path / "c" / "clip.onnx", CLIP), "words": ["red", "green"], "sure": 0.5},
        {"file": heat_map(tmp_path / "h" / "heat.onnx"), "words": ["blue"], "sure": 0.05},
    )
    assert kinds(configured(*networks)(*look)) == {"red": "red", "blue": "blue"}


def test_what_cannot_work_is_refused(tmp_path):
    encoder, decoder = sam(tmp_path, IMAGENET)
    for networks, said in (
        ([{"file": decoder}], "half of a segmenter"),
        ([{"file": decoder, "encoder": encoder}], "there is no detector"),
        ([{"file": encoder, "encoder": decoder}], "not an encoder and a decoder"),
        ([{"file": clip(tmp_path / "c" / "clip.onnx", CLIP)}], "needs 'words'"),
        ([{"file": heat_map(tmp_path / "h" / "heat.onnx")}], "needs 'words'"),
        ([{"file": decoder, "encoder": encoder}] * 2, "a segmenter already"),
        ([{"file": yolo(tmp_path / "y.onnx", "columns"), "sure": 2.0}], "sure"),
    ):
        with pytest.raises(DataError, match=said):
            configured(*networks)
    with pytest.raises(ResourceNotFound, match="no network"):
        configured({"file": tmp_path / "none.onnx"})
    assert detectors("") is None
