"""PolicyMemory: state that a policy keeps between runs of its network."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.skills.policy_manifest import ManifestMemory

Array = np.ndarray


class PolicyMemory:
    """Inputs of a network that take an output of the previous run.

    Attributes:
        inputs: Their arrays by name, which the network reads in place.
    """

    def __init__(self, outputs: Mapping[str, Array], start: Mapping[str, Array]) -> None:
        """Takes the outputs.

        Args:
            outputs: Array of the output that each input takes, by the input's name.
            start: What they take at the start, by the input's name; zeros where it is not named.

        Raises:
            DataError: What is taken at the start has another size, or is for no such input.
        """
        unknown = sorted(set(start) - set(outputs))
        if unknown:
            raise DataError(f"policy: values at the start are given for {unknown}; its memory is {sorted(outputs)}")
        for name, values in start.items():
            if values.size != outputs[name].size:
                raise DataError(
                    f"policy: '{name}' starts with {values.size} values, the network remembers {outputs[name].size}"
                )
        self._outputs = dict(outputs)
        self.inputs = {name: np.zeros(one.shape, one.dtype) for name, one in outputs.items()}
        self._start = {
            name: np.asarray(start.get(name, np.zeros(one.shape)), one.dtype).reshape(one.shape)
            for name, one in outputs.items()
        }

    def start(self) -> None:
        """Restarts."""
        for name, array in self.inputs.items():
            array[...] = self._start[name]

    def keep(self) -> None:
        """Stores the outputs of the last run."""
        for name, array in self.inputs.items():
            array[...] = self._outputs[name]

    def state(self) -> dict[str, Array]:
        """A copy of the memory."""
        return {name: array.copy() for name, array in self.inputs.items()}

    def restore(self, state: Mapping[str, Array]) -> None:
        """Restores a copy."""
        for name, array in self.inputs.items():
            array[...] = state[name]


def read_start(folder: Path, entry: ManifestMemory | None) -> dict[str, Array]:
    """Initial memory of a policy by the name of the input; nothing without a file.

    Raises:
        DataError: The file is missing, another one than the skill states, holds objects, or a value that is not finite.
    """
    if entry is None:
        return {}
    path = folder / entry.file
    if not path.is_file():
        raise DataError(f"policy: {entry.file}, which holds its memory at the start, is missing beside the model")
    content = path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != entry.sha256:
        raise DataError(f"policy: {entry.file} is not the file that was imported (sha256 {found[:12]}…)")
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            arrays = {name: np.asarray(archive[name]) for name in archive.files}
    except (ValueError, OSError, EOFError) as error:
        raise DataError(f"policy: {entry.file} is no archive of plain arrays: {error}") from error
    wrong = [name for name, values in arrays.items() if not np.isfinite(values).all()]
    if wrong:
        raise DataError(f"policy: {entry.file}: {wrong} hold a value that is not finite")
    return arrays
