"""From question to answer: terms, pictures and vectors, and what does not fit."""

import hashlib

import numpy as np
import onnxruntime
import pytest
from onnx import TensorProto

from skill_stack.controllers.providers.free_selector import FreeSelector
from skill_stack.controllers.slow.slow_link import DirectLink
from skill_stack.controllers.slow.slow_network import SlowNetwork
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.shared_memory.frame_ring import Frame
from skill_stack.core.shared_memory.slow_channel import SlowQuestion

from .conftest import SLOPE, STEPS, chunk_manifest, chunks

SEEN = np.array([0.1, 0.2, 0.3, 0.4])
COMMAND = {"name": "word", "unit": "1", "lower": 0.0, "upper": 9.0}


class Pictures:
    """One grey frame, taken at a known time."""

    def __init__(self, task_time=0.9, grey=51, shape=(6, 8)):
        self.frame = Frame(task_time, np.full((*shape, 3), grey, np.uint8))

    def newest(self, camera, until):
        return self.frame if camera == "front" and self.frame.task_time <= until else None


def ask(network, values=SEEN, sequence=1, task_time=1.0):
    return network.answer(SlowQuestion(sequence, 0, task_time, np.asarray(values, float)))


def test_the_answer_is_that_of_the_network(robot, tmp_path) -> None:
    network = SlowNetwork(chunks(tmp_path / "p.onnx"), "0" * 64, chunk_manifest(robot))
    answer = ask(network)
    assert network.values == 4
    assert answer.actions == pytest.approx(SEEN + SLOPE * np.arange(STEPS)[:, None], abs=1e-6)
    assert answer.progress == pytest.approx(np.arange(STEPS) / STEPS) and answer.seconds > 0.0


@pytest.mark.parametrize(("layout", "shape"), [("nchw", (1, 3, 3, 4)), ("nhwc", (1, 3, 4, 3))])
@pytest.mark.parametrize("frame", [(3, 4), (6, 8)])
def test_a_picture_is_scaled_and_normalised(robot, tmp_path, layout, shape, frame) -> None:
    image = {
        "name": "image",
        "camera": "front",
        "width": 4,
        "height": 3,
        "layout": layout,
        "mean": [0.1] * 3,
        "std": [0.5] * 3,
    }
    path = chunks(tmp_path / "p.onnx", extra=[("image", shape, TensorProto.FLOAT)])
    network = SlowNetwork(path, "0" * 64, chunk_manifest(robot, images=[image]), Pictures(shape=frame))
    assert ask(network).actions[0] == pytest.approx(SEEN + 36 * (0.2 - 0.1) / 0.5, abs=1e-4)


def test_colours_have_the_order_that_the_network_was_trained_with(robot, tmp_path) -> None:
    pictures = Pictures()
    pictures.frame.pixels[:, :, 0] = 255
    path = chunks(tmp_path / "p.onnx", extra=[("image", (1, 3, 3, 4), TensorProto.UINT8)])
    image = {"name": "image", "camera": "front", "width": 4, "height": 3, "scale": 1.0}
    for channels, first in (("rgb", 255), ("bgr", 51)):
        manifest = chunk_manifest(robot, images=[image | {"channels": channels}])
        network = SlowNetwork(path, "0" * 64, manifest, pictures)
        ask(network)
        assert network._pictures[0].array[0, 0].mean() == first


def test_without_a_fresh_picture_there_is_no_answer_and_a_reason(robot, tmp_path) -> None:
    image = {"name": "image", "camera": "front", "width": 4, "height": 3, "max_age": 0.2}
    path = chunks(tmp_path / "p.onnx", extra=[("image", (1, 3, 3, 4), TensorProto.FLOAT)])
    manifest = chunk_manifest(robot, images=[image])
    network = SlowNetwork(path, "0" * 64, manifest, Pictures(task_time=0.9))
    assert ask(network, task_time=1.2) is None and "0.30 s old, limit 0.2 s" in network.problem
    assert ask(network, task_time=0.8) is None and "has no picture" in network.problem
    assert ask(network, task_time=1.0) is not None and network.problem == ""
    with pytest.raises(DataError, match=r"cameras \(front\), of which nobody has pictures here"):
        SlowNetwork(path, "0" * 64, manifest)


class Cameras:
    """A frame of one grey for each camera, or none."""

    def __init__(self, **greys):
        self.greys = greys

    def newest(self, camera, until):
        grey = self.greys.get(camera)
        return None if grey is None else Frame(until, np.full((6, 8, 3), grey, np.uint8))


def test_several_cameras_a_sentence_and_a_goal_are_inputs_side_by_side(robot, tmp_path) -> None:
    sizes = {"front": (4, 3), "wrist_left": (2, 2), "wrist_right": (5, 4)}
    images = [
        {"name": f"image_{name}", "camera": name, "width": width, "height": height, "scale": 0.01 * (number + 1)}
        for number, (name, (width, height)) in enumerate(sizes.items())
    ]
    vectors = [{"name": "words", "values": [0.5, 0.25]}, {"name": "goal", "commands": ["word"]}]
    extra = [(f"image_{name}", (1, 3, height, width), TensorProto.FLOAT) for name, (width, height) in sizes.items()]
    extra += [("words", (1, 2), TensorProto.FLOAT), ("goal", (1, 1), TensorProto.FLOAT)]
    path = chunks(tmp_path / "p.onnx", extra=extra)
    manifest = chunk_manifest(robot, images=images, vectors=vectors, commands=[COMMAND])
    cameras = Cameras(front=10, wrist_left=20, wrist_right=30)
    network = SlowNetwork(path, "0" * 64, manifest, cameras)
    pictures = 3 * (12 * 10 * 0.01 + 4 * 20 * 0.02 + 20 * 30 * 0.03)
    answer = ask(network, [*SEEN, 3.0])
    assert answer.actions[0] == pytest.approx(SEEN + pictures + 0.75 + 3.0, abs=1e-3)
    del cameras.greys["wrist_right"]  # one that is gone is enough
    assert ask(network, [*SEEN, 3.0]) is None and network.problem == "camera 'wrist_right' has no picture"


def test_who_evaluates_it_is_chosen_and_said(robot, tmp_path) -> None:
    path = chunks(tmp_path / "p.onnx")
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    opened = []

    def opener(place, name):
        opened.append((place.model, name))
        return session

    selector = FreeSelector("cuda", ("cpu", "cuda"), opener)
    network = SlowNetwork(path, "0" * 64, chunk_manifest(robot), selector=selector)
    assert network.choice.provider == "cuda" and network.choice.why == "forced by configuration"
    assert opened == [(path, "cuda")] and network._network.session is session
    assert ask(network).actions[0] == pytest.approx(SEEN, abs=1e-6)


def table(folder, names=("push", "pull"), vectors=((1.0, 2.0), (3.0, 4.0)), **arrays):
    path = folder / "words.npz"
    np.savez(path, **({"names": np.array(names), "vectors": np.array(vectors)} | arrays))
    return {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


@pytest.mark.parametrize(
    ("vector", "commands", "expected"),
    [
        ({"values": [1.0, 2.0]}, (), 3.0),
        ({"commands": ["word", "word"]}, (2.0,), 4.0),
        ({"table": {"name": "pull"}}, (), 7.0),
        ({"table": {"command": "word"}}, (1.0,), 7.0),
        ({"table": {"command": "word"}}, (8.0,), 7.0),
    ],
)
def test_a_vector_comes_from_the_skill_the_commands_or_a_table(robot, tmp_path, vector, commands, expected) -> None:
    if "table" in vector:
        vector = {"table": vector["table"] | table(tmp_path)}
    path = chunks(tmp_path / "p.onnx", extra=[("goal", (1, 2), TensorProto.FLOAT)])
    told = [COMMAND] if commands else []
    manifest = chunk_manifest(robot, vectors=[{"name": "goal"} | vector], commands=told)
    network = SlowNetwork(path, "0" * 64, manifest)
    answer = ask(network, [*SEEN, *commands])
    assert answer.actions[0] == pytest.approx(SEEN + expected, abs=1e-5)


@pytest.mark.parametrize(
    ("change", "error", "text"),
    [
        ({"name": "lift"}, UnknownName, "'lift'.*pull, push"),
        ({"name": "pull", "sha256": "1" * 64}, DataError, "not the table that the skill states"),
        ({"name": "pull", "file": "other.npz"}, DataError, "missing beside the model"),
    ],
)
def test_a_table_that_cannot_be_used_is_named(robot, tmp_path, change, error, text) -> None:
    path = chunks(tmp_path / "p.onnx", extra=[("goal", (1, 2), TensorProto.FLOAT)])
    vector = {"name": "goal", "table": table(tmp_path) | change}
    with pytest.raises(error, match=text):
        SlowNetwork(path, "0" * 64, chunk_manifest(robot, vectors=[vector]))


def test_a_table_with_objects_is_never_unpickled(robot, tmp_path) -> None:
    class Trap:
        def __reduce__(self):
            return (pytest.fail, ("it was unpickled",))

    path = chunks(tmp_path / "p.onnx", extra=[("goal", (1, 2), TensorProto.FLOAT)])
    vector = {"name": "goal", "table": table(tmp_path, vectors=np.array([Trap(), Trap()], object)) | {"name": "pull"}}
    with pytest.raises(DataError, match="without objects"):
        SlowNetwork(path, "0" * 64, chunk_manifest(robot, vectors=[vector]))


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"chunk": {"steps": 5, "max_age": 0.5}}, r"'actions' has the shape \[1, 10, 4\].* 20 values: 5 steps of 4"),
        ({"chunk": {"progress": "done"}}, r"no output \['done'\]; it has \['actions', 'progress'\]"),
        ({"vectors": [{"name": "goal", "values": [1.0]}]}, r"no input \['goal'\]"),
    ],
)
def test_what_does_not_fit_is_named(robot, tmp_path, changes, text) -> None:
    manifest = chunk_manifest(robot, changes.pop("chunk", None), **changes)
    with pytest.raises(DataError, match=text):
        SlowNetwork(chunks(tmp_path / "p.onnx"), "0" * 64, manifest)


def test_in_one_process_the_declared_time_passes_and_only_the_newest_question_waits(robot, tmp_path) -> None:
    link = DirectLink(SlowNetwork(chunks(tmp_path / "p.onnx"), "0" * 64, chunk_manifest(robot)), 0.3)
    came = {}
    for tick in range(60):
        now = 0.02 * tick
        if tick % 5 == 0:
            link.ask(SlowQuestion(tick // 5 + 1, tick, now, SEEN), now)
        for answer in link.answers(now)[0]:
            came[answer.sequence] = tick
    assert came == {1: 15, 4: 30, 7: 45}
