"""A TorchScript policy as ONNX, its memory as inputs and outputs, compared with the original number for number."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch

from skill_stack.controllers.importers.onnx_facts import MEMORY, SOURCE
from skill_stack.core.errors import DataError

OPSET = 17
INPUT, OUTPUT = "obs", "actions"
RESETS = ("reset_memory", "reset")
"""Methods by which Isaac Lab, rsl_rl and legged_gym exports reset their memory."""
TOLERANCE = 1e-4
"""Largest difference between original and export; relative where an action is above 1. Networks of other widths round
otherwise: 3e-5 was seen, which is 1e-5 rad of a target."""
SEQUENCES, STEPS = 8, 50
SPREADS = (0.1, 1.0, 3.0)
"""Standard deviations of the observations that are tried, in turn."""
REFUSALS = (RuntimeError, torch.jit.Error)
"""What compiled code raises; its own kind of error is no RuntimeError."""
Module = Any  # torch.jit.ScriptModule, whose attributes are those of the policy


def export(folder: Path, sha256: str, observations: int | None) -> dict[str, Any]:
    """Exports ``policy.pt`` of a folder as ``policy.onnx``.

    Args:
        folder: The folder.
        sha256: SHA-256 of the archive, for the metadata.
        observations: Number of values that it sees; None finds it.

    Returns:
        What was found: ``observations``, ``actions``, ``memory``, ``steps``, ``difference``.

    Raises:
        DataError: It cannot be loaded or exported, or the export differs.
    """
    torch.manual_seed(0)
    source, target = folder / "policy.pt", folder / "policy.onnx"
    module = _load(source)
    seen = _observations(module, observations)
    actions = _answer(module, torch.zeros(1, seen)).shape[-1]
    memory = _memory(_load(source), seen)  # a fresh one: finding its size has already run the other
    _write(module, seen, memory, sha256, target)
    difference = _difference(_load(source), memory, seen, target)
    if not difference <= TOLERANCE:
        raise DataError(f"its export as ONNX differs from it by {difference:.1e}; at most {TOLERANCE:.0e} may")
    return {
        "observations": seen, "actions": actions, "memory": memory, "difference": difference,
        "steps": SEQUENCES * STEPS,
    }  # fmt: skip


def _load(path: Path) -> Module:
    try:
        module: Module = torch.jit.load(str(path), map_location="cpu")
    except (*REFUSALS, ValueError, OSError) as error:
        raise DataError(f"torch {torch.__version__} cannot load it: {_first_line(error)}") from error
    module.eval()
    count = len(module.forward.schema.arguments) - 1
    if count != 1:
        raise DataError(f"its forward takes {count} arguments; a policy takes one, its observations")
    return module


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0][:300] if lines else type(error).__name__


def _observations(module: Module, told: int | None) -> int:
    """Length of its observation: the given one, or the first size of a weight that it accepts."""
    tensors = [*module.parameters(), *module.buffers()]
    sizes = [told] if told is not None else list(dict.fromkeys(t.shape[-1] for t in tensors if t.dim() > 0))
    for size in sizes:
        try:
            with torch.no_grad():
                module(torch.zeros(1, size))
        except REFUSALS:
            continue
        return int(size)
    if told is not None:
        raise DataError(f"it does not take {told} observations")
    raise DataError("how many observations it takes cannot be told from its weights; say --observations NUMBER")


def _answer(module: Module, seen: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        answer = module(seen)
    if not isinstance(answer, torch.Tensor) or answer.dim() != 2 or answer.shape[0] != 1:
        what = list(answer.shape) if isinstance(answer, torch.Tensor) else type(answer).__name__
        raise DataError(f"it answers with {what}; a policy answers with its actions, [1, number]")
    return answer


def _floats(module: Module) -> dict[str, torch.Tensor]:
    return {name: buffer for name, buffer in module.named_buffers() if buffer.is_floating_point()}


def _memory(module: Module, seen: int) -> list[str]:
    """Names of the buffers that a run changes.

    Raises:
        DataError: It has memory that is no buffer, or whose initial value is not zero.
    """
    _forget(module, list(_floats(module)), by_method_alone=True)
    before = {name: buffer.clone() for name, buffer in _floats(module).items()}
    torch.manual_seed(1)
    for _ in range(2):
        _answer(module, torch.randn(1, seen))
    changed = [name for name, buffer in _floats(module).items() if not torch.equal(buffer, before[name])]
    begins = [name for name in changed if bool(before[name].any())]
    if begins:
        raise DataError(f"its memory {begins} does not begin with zeros, as that of policies does")
    return changed


def _forget(module: Module, memory: Sequence[str], by_method_alone: bool = False) -> None:
    """Resets the memory: by the module's own method where it has one, else with zeros."""
    for name in RESETS:
        method = getattr(module, name, None)
        if method is not None and len(method.schema.arguments) == 1:
            method()
            return
    if not by_method_alone:
        for name, buffer in _floats(module).items():
            if name in memory:
                buffer.zero_()


class _Open(torch.nn.Module):
    """The policy with its memory as arguments and results."""

    def __init__(self, module: Module, memory: Sequence[str]) -> None:
        super().__init__()
        self.module = module
        self._memory = list(memory)

    def forward(self, seen: torch.Tensor, *states: torch.Tensor) -> tuple[torch.Tensor, ...]:
        buffers = dict(self.module.named_buffers())
        for name, state in zip(self._memory, states):
            buffers[name].copy_(state)
        answer = self.module(seen)
        after = dict(self.module.named_buffers())
        return (answer, *(after[name] + 0.0 for name in self._memory))  # a result of its own, not the buffer


def _write(module: Module, seen: int, memory: Sequence[str], sha256: str, path: Path) -> None:
    buffers = dict(module.named_buffers())
    arguments = (torch.zeros(1, seen), *(torch.zeros_like(buffers[name]) for name in memory))
    ports = {_port(name): f"{_port(name)}_out" for name in memory}
    try:
        with torch.no_grad():
            traced = torch.jit.trace(_Open(module, memory), arguments, check_trace=False)
        torch.onnx.export(
            traced, arguments, str(path), dynamo=False, opset_version=OPSET,
            input_names=[INPUT, *ports], output_names=[OUTPUT, *ports.values()],
        )  # fmt: skip
    except Exception as error:  # the exporter raises whatever its many parts do
        raise DataError(f"torch {torch.__version__} cannot export it as ONNX: {_first_line(error)}") from error
    model = onnx.load(str(path))
    onnx.helper.set_model_props(model, {SOURCE: sha256, **({MEMORY: json.dumps(ports)} if ports else {})})
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, str(path))


def _port(name: str) -> str:
    return name.replace(".", "_")


def _difference(module: Module, memory: Sequence[str], seen: int, path: Path) -> float:
    """Largest difference over random sequences, each after a reset; relative where an action is above 1."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = [value.name for value in session.get_inputs()]
    buffers = dict(module.named_buffers())
    largest = 0.0
    for sequence in _sequences(seen):
        _forget(module, memory)
        states = {_port(name): np.zeros(tuple(buffers[name].shape), np.float32) for name in memory}
        for row in sequence:
            theirs = _answer(module, torch.from_numpy(row)).numpy()
            inputs = {INPUT: row, **states}
            ours, *after = session.run(None, {name: inputs[name] for name in names})
            states = dict(zip(states, after))
            apart = np.abs(ours - theirs) / np.maximum(1.0, np.abs(theirs))
            largest = max(largest, float(apart.max()) if np.isfinite(apart).all() else float("inf"))
    return largest


def _sequences(seen: int) -> Iterator[np.ndarray]:
    """Observations, each of shape (steps, 1, values)."""
    rng = np.random.default_rng(0)
    for number in range(SEQUENCES):
        spread = SPREADS[number % len(SPREADS)]
        yield rng.normal(0.0, spread, (STEPS, 1, seen)).astype(np.float32)
