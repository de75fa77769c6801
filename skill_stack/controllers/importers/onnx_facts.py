"""OnnxFacts: inputs, outputs and metadata of an ONNX file, read without running it."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skill_stack.controllers.importers.fields import fields
from skill_stack.core.errors import DataError

LARGEST = 512 * 2**20
"""Bytes of the largest file that is read."""
PICKLE = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
MEMORY = "memory"
"""Key of the metadata that names the inputs which take an output of the run before: JSON, output by input."""
SOURCE = "torchscript_sha256"
"""Key of the metadata that holds the hash of the TorchScript archive that a file was made of."""


@dataclass(frozen=True, slots=True)
class OnnxFacts:
    """Facts of one file.

    Attributes:
        path: The file.
        sha256: Its hash.
        inputs: Shape of each input by name, memory left out; 1 for a dimension that is only named.
        outputs: Shape of each output by name.
        metadata: Text by key.
        external: Hashes of the files beside it that hold weights, by name.
        memory: Inputs that take an output of the run before, where the metadata names them.
        rows: Rows of the constant table that an output is looked up in, by the output's name.
    """

    path: Path
    sha256: str
    inputs: dict[str, tuple[int, ...]]
    outputs: dict[str, tuple[int, ...]]
    metadata: dict[str, str]
    external: dict[str, str]
    memory: dict[str, str]
    rows: dict[str, int]

    @classmethod
    def read(cls, path: Path) -> OnnxFacts:
        """Reads a file.

        Raises:
            DataError: It is missing, too large, a pickle, or no ONNX; or a file with its weights is missing.
        """
        content = _content(path)
        import onnx

        try:
            model = onnx.load_model_from_string(content)
            both = (model.graph.input, model.graph.output)
            shapes = [{value.name: _shape(value) for value in values} for values in both]
        except Exception as error:  # protobuf raises bare exceptions of its own
            raise DataError(f"{path}: is no ONNX file: {error}") from error
        if not model.graph.node:
            raise DataError(f"{path}: is no ONNX file, or one without a network")
        wanted = _external(model.graph, path)
        weights = {value.name for value in model.graph.initializer}
        metadata = fields({entry.key: entry.value for entry in model.metadata_props}, path)
        memory = _memory(path, metadata)
        inputs = {name: shape for name, shape in shapes[0].items() if name not in weights and name not in memory}
        external = {name: _weights_hash(path, name, wanted[name]) for name in sorted(wanted)}
        rows = _rows(model.graph)
        return cls(path, hashlib.sha256(content).hexdigest(), inputs, shapes[1], metadata, external, memory, rows)

    def only_input(self) -> str:
        """Name of its one input; raises DataError where it has several."""
        if len(self.inputs) != 1:
            raise DataError(f"{self.path}: has the inputs {sorted(self.inputs)}, this format knows one")
        return next(iter(self.inputs))

    def first_output(self) -> str:
        """Name of its first output, which by custom is the action; raises DataError where it has none."""
        if not self.outputs:
            raise DataError(f"{self.path}: has no output")
        return next(iter(self.outputs))


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise DataError(f"there is no file {path}")
    if path.stat().st_size > LARGEST:
        raise DataError(f"{path}: has {path.stat().st_size / 2**20:.0f} MiB; a policy has at most {LARGEST >> 20}")
    content = path.read_bytes()
    if content.startswith(PICKLE):
        raise DataError(f"{path}: is a pickle, which runs code when it is read; export the policy as ONNX")
    if zipfile.is_zipfile(path):
        raise DataError(f"{path}: is an archive of torch, not ONNX; export the policy as ONNX, or TorchScript as .pt")
    return content


def _memory(path: Path, metadata: Mapping[str, str]) -> dict[str, str]:
    """Inputs that take an output of the run before; raises DataError where the metadata is none."""
    if SOURCE not in metadata:  # others may mean something else by such a key
        return {}
    try:
        named = json.loads(metadata.get(MEMORY, "{}"))
        return {str(name): str(output) for name, output in named.items()}
    except (ValueError, AttributeError) as error:
        raise DataError(f"{path}: its metadata '{MEMORY}' is no mapping of names") from error


def _shape(value: object) -> tuple[int, ...]:
    return tuple(size.dim_value or 1 for size in value.type.tensor_type.shape.dim)  # type: ignore[attr-defined]


def _rows(graph: Any) -> dict[str, int]:
    """How exporters put a motion into a network: an output gathers one row of a constant, by the time step."""
    tables = {value.name: value.dims for value in graph.initializer}
    tables |= {
        node.output[0]: attribute.t.dims
        for node in graph.node if node.op_type == "Constant"
        for attribute in node.attribute if attribute.name == "value"
    }  # fmt: skip
    axes = {node.output[0]: {one.name: one.i for one in node.attribute}.get("axis", 0) for node in graph.node}
    return {
        node.output[0]: tables[node.input[0]][0]
        for node in graph.node
        if node.op_type == "Gather" and axes[node.output[0]] == 0 and len(tables.get(node.input[0], ())) > 1
    }


def _tensors(graph: Any) -> Iterator[Any]:
    """All tensors of a graph: weights, constants of its nodes, and those of the graphs inside of nodes."""
    yield from graph.initializer
    for sparse in graph.sparse_initializer:
        yield from (sparse.values, sparse.indices)
    for attribute in (one for node in graph.node for one in node.attribute):
        yield from (attribute.t, *attribute.tensors)
        for sparse in (attribute.sparse_tensor, *attribute.sparse_tensors):
            yield from (sparse.values, sparse.indices)
        for inner in ([attribute.g] if attribute.HasField("g") else []) + list(attribute.graphs):
            yield from _tensors(inner)


def _external(graph: Any, path: Path) -> dict[str, int]:
    """Bytes that the tensors of a graph need of each file with weights, by its name."""
    wanted: dict[str, int] = {}
    for tensor in _tensors(graph):
        told = {entry.key: entry.value for entry in tensor.external_data}
        if "location" in told:
            try:
                end = int(told.get("offset", 0)) + int(told.get("length", 0))
            except ValueError as error:
                raise DataError(f"{path}: where the weights of '{tensor.name}' begin and end is no number") from error
            wanted[told["location"]] = max(wanted.get(told["location"], 0), end)
    return wanted


def _weights_hash(model: Path, name: str, size: int) -> str:
    """Hash of a file with weights; raises DataError unless it lies whole beside the network, and not by a link."""
    place = model.parent.resolve() / name if name and "\0" not in name else model.parent
    if place.resolve().parent != model.parent.resolve() or place.name != name:
        raise DataError(f"{model}: keeps weights in {name!r}, which is not beside it; only a file beside it is read")
    if not place.is_file():
        raise DataError(f"{model}: keeps its weights in {name}, which is missing beside it; the two travel together")
    content = place.read_bytes()
    if len(content) < size:
        raise DataError(f"{place}: has {len(content)} bytes where {model.name} needs {size}; copy it once more")
    return hashlib.sha256(content).hexdigest()
