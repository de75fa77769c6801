"""This very thing: known again elsewhere among alike ones, absent where it is not, and networks that misbehave."""

import numpy as np
import pytest
from computed_looks import seen, thing

from skill_stack.core.errors import DataError
from skill_stack.evaluation.scenes.perception_scenes import Eye
from skill_stack.perception.recognition.appearance import NetworkEmbedding
from skill_stack.perception.recognition.instances import InstanceMemory
from skill_stack.perception.scene.look_observer import LookObserver
from skill_stack.perception.scene.object_map import ObjectMap

EYE = Eye((-0.9, 0.0, 0.6), (0.0, 0.0, 0.05))
SMALL, TALL = (0.09, 0.09, 0.09), (0.09, 0.09, 0.13)


def watched(memory, scene, *things, begin=0.0, wanted=()):
    for number in range(4):
        frame = seen(things, EYE, noise=0.001, stamp=begin + 0.6 * number, seed=number + int(begin))
        observation = LookObserver().look(frame)
        scene.update(observation)
        memory.look(observation, frame.colour, scene, wanted or ("none",))
    return scene


def test_a_known_thing_keeps_its_name_elsewhere_among_alike_ones() -> None:
    memory, scene = InstanceMemory(), ObjectMap()
    watched(memory, scene, thing("box", "red", 0.0, 0.0, TALL), wanted=("red_box",))
    assert set(memory.known) == {"red_box"}
    later = ObjectMap()
    watched(memory, later, thing("box", "red", 0.1, -0.2, SMALL), thing("box", "red", 0.0, 0.25, TALL), begin=9.0,
            wanted=("red_box",))  # fmt: skip
    assert later.tracks["red_box"].position[1] == pytest.approx(0.25, abs=0.02)
    assert len(later.tracks) == 2


def test_another_one_where_it_stood_is_not_it() -> None:
    memory, scene = InstanceMemory(), ObjectMap()
    watched(memory, scene, thing("box", "red", 0.0, 0.0, TALL), wanted=("red_box",))
    later = ObjectMap()
    watched(memory, later, thing("box", "red", 0.0, 0.0, SMALL), begin=9.0, wanted=("red_box",))
    assert "red_box" not in later.tracks and len(later.tracks) == 1
    assert memory.find(later.tracks.values())["red_box"].answer == "absent"


def test_two_that_look_the_same_cannot_be_told_apart() -> None:
    memory, scene = InstanceMemory(), ObjectMap()
    watched(memory, scene, thing("box", "red", 0.0, 0.0, TALL), wanted=("red_box",))
    later, both = ObjectMap(), [thing("box", "red", 0.0, y, TALL) for y in (-0.2, 0.2)]
    watched(memory, later, *both, begin=9.0, wanted=("red_box",))
    assert memory.find(later.tracks.values())["red_box"].answer == "cannot tell"


def test_what_no_look_showed_cannot_be_learnt() -> None:
    memory, scene = InstanceMemory(), ObjectMap()
    frame = seen([thing("box", "red", 0.0, 0.0, TALL)], EYE, stamp=1.0)
    scene.update(LookObserver().look(frame))
    with pytest.raises(DataError, match="nearer, and wholly in view"):
        memory.learn("mine", next(iter(scene.tracks.values())))


class Network:
    """One input, one output, as it is told."""

    path, inputs = "net.onnx", {"image": (1, 3, 32, 32)}

    def __init__(self, *given):
        self.given, self.seconds = list(given), 0.0

    def side(self, name, default):
        return 32, 32

    def says(self):
        return "takes image and gives a vector"

    def run(self, feeds):
        self.seconds += self.given[0][1]
        return {"out": np.array(self.given.pop(0)[0], np.float32)[None]}


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ((np.ones(4), 0.0), "gives 4 numbers"), ((np.full(16, np.nan), 0.0), "not finite"),
        ((np.zeros(16), 0.0), "zeros alone"), ((np.ones(16), 10.0), "took 10.0 s"),
    ],
)  # fmt: skip
def test_a_network_that_cannot_describe_things_is_refused_with_the_reason(given, reason) -> None:
    network = Network(given)
    with pytest.raises(DataError, match=reason):
        NetworkEmbedding(network, lambda: network.seconds)


def test_a_network_that_becomes_slow_pauses_and_costs_nothing_else() -> None:
    network = Network((np.ones(16), 0.0), *[(np.ones(16), 10.0)] * 3)
    memory, scene = InstanceMemory(NetworkEmbedding(network, lambda: network.seconds)), ObjectMap()
    watched(memory, scene, thing("box", "red", 0.0, 0.0, TALL), wanted=("red_box",))
    assert "took 10.0 s" in memory.trouble and network.seconds == 10.0, "not asked again for a while"
    assert set(scene.tracks) == {"red_box"}
