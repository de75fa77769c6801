import numpy as np
import pytest
from computed_looks import seen, thing

from skill_stack.perception.networks.found import Found
from skill_stack.perception.recognition.label_fusion import name_things
from skill_stack.perception.recognition.network_detection import NetworkDetection, detectors
from skill_stack.perception.scene.look_observer import LookObserver

MUG = thing("cylinder", "red", 0.0, 0.0, (0.12, 0.12, 0.14))
BOX = thing("box", "blue", 0.2, 0.35, (0.2, 0.2, 0.2))


@pytest.fixture
def look(eye):
    """A look and where its things are in the picture."""
    frame = seen([MUG, BOX], eye)
    observation = LookObserver().look(frame)
    boxes = {one.colour: tuple(float(v) for v in one.box) for one in observation.things}
    return frame, observation, boxes


def test_a_thing_gets_the_name_of_the_box_that_covers_it(look):
    frame, observation, boxes = look
    named = name_things(observation, [Found("Coffee mug", 0.9, boxes["red"])], frame.colour.shape[1])
    kinds = {one.colour: one.kind for one in named.things}
    assert kinds == {"red": "coffee_mug", "blue": "box"}
    before = next(one for one in observation.things if one.colour == "red")
    after = next(one for one in named.things if one.colour == "red")
    assert after.confidence > before.confidence and after.shape == before.shape


def test_a_mask_names_as_a_box_does(look):
    frame, observation, _ = look
    number = next(one.label for one in observation.things if one.colour == "blue")
    mask = observation.labels == number
    rows, columns = np.nonzero(mask)
    box = (columns.min(), rows.min(), columns.max(), rows.max())
    named = name_things(observation, [Found("crate", 0.8, box, mask)], frame.colour.shape[1])
    assert next(one for one in named.things if one.colour == "blue").kind == "crate"


def test_what_is_flat_becomes_a_thing_where_the_detector_sees_it(look):
    frame, observation, _ = look
    place = np.array([0.1, -0.3, 0.0])
    column, row = frame.intrinsics.project(frame.into_camera(place)).tolist()
    found = Found("paper", 0.7, (column - 12, row - 8, column + 12, row + 8))
    named = name_things(observation, [found], frame.colour.shape[1])
    paper = next(one for one in named.things if one.kind == "paper")
    assert paper.position[:2] == pytest.approx(place[:2], abs=0.03)
    assert len(named.things) == len(observation.things) + 1


def test_one_segment_gets_one_name(look):
    frame, observation, boxes = look
    both = [Found("mug", 0.9, boxes["red"]), Found("cup", 0.5, boxes["red"])]
    named = name_things(observation, both, frame.colour.shape[1])
    assert sorted(one.kind for one in named.things) == ["box", "mug"]


def test_detectors_are_shown_every_look(look):
    frame, observation, boxes = look

    class Finds:
        def find(self, colour, words=()):
            assert colour is frame.colour
            return [Found(words[0], 0.9, boxes["red"])]

    named = NetworkDetection(((Finds(), ("mug",)),))(frame, observation)
    assert "mug" in {one.kind for one in named.things}


def test_no_detectors_are_none():
    assert detectors("") is None
