"""ForeignNetwork: an ONNX file with any number of inputs, checked against its manifest before it runs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from skill_stack.controllers.providers.provider import TENSORS, open_on_cpu
from skill_stack.core.errors import DataError
from skill_stack.core.skills.policy_manifest import PolicyManifest

Array = np.ndarray


class ForeignNetwork:
    """A loaded network described by a manifest; it runs on the CPU.

    Attributes:
        sha256: Hash of the file as its skill states it.
        manifest: Its conventions.
        folder: Where its file lies, and whatever belongs to it.
        session: The ONNX Runtime session, on one thread that does not spin between runs.
    """

    def __init__(self, path: Path, sha256: str, manifest: PolicyManifest) -> None:
        """Loads the file.

        Args:
            path: The ONNX file.
            sha256: Its hash.
            manifest: Its conventions.

        Raises:
            DataError: The file or one with its weights is missing or another one, is no ONNX, or has not the inputs
                and outputs that the manifest names; the message lists those that exist.
        """
        for name, expected in manifest.external.items():
            _check_weights(path.parent / name, expected)
        host = open_on_cpu(path)
        self.session, self.sha256, self.manifest, self.folder = host.session, sha256, manifest, path.parent
        self._inputs = {value.name: value for value in self.session.get_inputs()}
        self._outputs = {value.name: value for value in self.session.get_outputs()}
        self._check_names(path)

    def _check_names(self, path: Path) -> None:
        manifest, reference = self.manifest, self.manifest.reference
        named = [entry.name for entry in manifest.inputs] + list(manifest.memory)
        named += [image.name for image in manifest.images] + [vector.name for vector in manifest.vectors]
        named += [reference.time_step] if reference and reference.time_step else []
        wanted = [manifest.action.output, *manifest.memory.values()]
        wanted += [manifest.chunk.progress] if manifest.chunk and manifest.chunk.progress else []
        wanted += [name for name in self.reference_outputs if name not in wanted]
        for what, names, there in (("input", named, self._inputs), ("output", wanted, self._outputs)):
            missing = [name for name in names if name not in there]
            if missing:
                raise DataError(f"policy file {path} has no {what} {missing}; it has {sorted(there)}")
        unfed = sorted(set(self._inputs) - set(named))
        if unfed:
            raise DataError(f"policy file {path}: the manifest does not say what inputs {unfed} take")

    @property
    def reference_outputs(self) -> tuple[str, ...]:
        """Outputs that hold the tracked motion, where the network contains it."""
        reference = self.manifest.reference
        return reference.outputs if reference is not None and reference.file is None else ()

    def shape(self, name: str) -> tuple[int, ...]:
        """Shape of an input or output; symbolic dimensions count as 1."""
        value = self._inputs.get(name) or self._outputs[name]
        return tuple(size if isinstance(size, int) and size > 0 else 1 for size in value.shape)

    def dtype(self, name: str) -> type:
        """Type of an input or output.

        Raises:
            DataError: No policy of a type that is known has it.
        """
        value = self._inputs.get(name) or self._outputs[name]
        if value.type not in TENSORS:
            raise DataError(f"policy: '{name}' is {value.type}; known are {', '.join(TENSORS)}")
        return TENSORS[value.type]

    def size(self, name: str) -> int:
        """Number of values of an input or output."""
        return int(np.prod(self.shape(name)))

    def bind(self, inputs: Mapping[str, Array], outputs: Mapping[str, Array]) -> Callable[[], object]:
        """Binds arrays that every call of the result reads and writes in place.

        Args:
            inputs: Contiguous arrays by name; they must exist as long as the result.
            outputs: Likewise.

        Raises:
            DataError: An array has another number of values or type than the network; the message states which.
        """
        binding = self.session.io_binding()
        for arrays, bind in ((inputs, binding.bind_input), (outputs, binding.bind_output)):
            for name, array in arrays.items():
                if array.size != self.size(name) or array.dtype != self.dtype(name):
                    raise DataError(
                        f"policy: '{name}' of the network is {self.dtype(name).__name__} {list(self.shape(name))}, "
                        f"by the manifest it is {array.dtype} {list(array.shape)}"
                    )
                place = array.__array_interface__["data"][0]
                bind(name, "cpu", 0, self.dtype(name), self.shape(name), place)
        return lambda: self.session.run_with_iobinding(binding)


def _check_weights(path: Path, expected: str) -> None:
    """Raises DataError where a file with weights is missing or was replaced."""
    if not path.is_file():
        raise DataError(f"policy: the file {path.name} with its weights is missing beside the model")
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != expected:
        raise DataError(f"policy: {path.name} is not the file that was imported (sha256 {found[:12]}…)")
