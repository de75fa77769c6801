"""TorchScript policies become ONNX with their memory as inputs and outputs, or are refused with the reason."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="TorchScript needs the extra 'train'")

import onnxruntime  # noqa: E402

from skill_stack.controllers.importers.onnx_facts import OnnxFacts  # noqa: E402
from skill_stack.core.errors import DataError  # noqa: E402
from skill_stack.training.exporting.torchscript_export import export  # noqa: E402

from . import torchscript_modules as modules  # noqa: E402
from .test_torchscript import scripted  # noqa: E402


@pytest.mark.parametrize(
    ("module", "seen", "hidden", "memory"),
    [
        (modules.Plain, 15, 0, []),
        (modules.Remembering, 15, 8, ["hidden_state", "cell_state"]),
        (modules.Recurrent, 47, 64, ["hidden_state", "cell_state"]),
        (modules.Gated, 15, 8, ["hidden"]),
    ],
)
def test_it_answers_as_before_with_its_memory_outside(tmp_path, module, seen, hidden, memory) -> None:
    source, target = scripted(module, tmp_path / "policy.pt"), tmp_path / "policy.onnx"
    told = export(tmp_path, "0" * 64, None)
    facts = OnnxFacts.read(target)
    memory = {name: f"{name}_out" for name in memory}
    assert (told["observations"], told["actions"], told["memory"]) == (seen, 12, list(memory))
    assert told["difference"] <= 1e-5
    assert facts.memory == memory and facts.inputs == {"obs": (1, seen)} and facts.first_output() == "actions"
    theirs, session = torch.jit.load(str(source)), onnxruntime.InferenceSession(str(target))
    states = {name: np.zeros((1, 1, hidden), np.float32) for name in memory}
    for row in np.random.default_rng(7).normal(size=(20, 1, seen)).astype(np.float32):
        ours = dict(zip(["actions", *memory.values()], session.run(["actions", *memory.values()],
                                                                 {"obs": row, **states})))  # fmt: skip
        states = {name: ours[output] for name, output in memory.items()}
        with torch.no_grad():
            assert ours["actions"] == pytest.approx(theirs(torch.from_numpy(row)).numpy(), abs=1e-5)


@pytest.mark.parametrize(
    ("module", "text"),
    [
        (modules.Counting, "cannot export it|differs from it"),
        (modules.Random, "differs from it by"),
        (modules.Biased, r"its memory \['hidden'\] does not begin with zeros"),
        (modules.Two, "answers with tuple; a policy answers with its actions"),
        (modules.Asking, "takes 2 arguments; a policy takes one"),
        (modules.Folding, "say --observations NUMBER"),
    ],
)
def test_what_cannot_be_exported_says_why(tmp_path, module, text) -> None:
    scripted(module, tmp_path / "policy.pt")
    with pytest.raises(DataError, match=text):
        export(tmp_path, "0" * 64, None)


def test_the_number_of_observations_may_be_told(tmp_path) -> None:
    scripted(modules.Folding, tmp_path / "policy.pt")
    assert export(tmp_path, "0" * 64, 30)["observations"] == 30
    assert OnnxFacts.read(tmp_path / "policy.onnx").inputs == {"obs": (1, 30)}
