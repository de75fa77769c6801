"""VisionNetwork: an ONNX file that is run unchanged; its own metadata decide how it is used."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from skill_stack.core.errors import DataError, ResourceNotFound

Array = np.ndarray
Shape = tuple[int | None, ...]
LARGEST = 2 * 2**30
"""Bytes of the largest file that is read."""
_TYPES: dict[str, Any] = {
    "tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(int64)": np.int64,
    "tensor(int32)": np.int32, "tensor(bool)": np.bool_, "tensor(uint8)": np.uint8,
}  # fmt: skip


class VisionNetwork:
    """One file, ready to run on one core.

    Attributes:
        path: The file.
        inputs: Shape of each input by name; None for a length that is open.
        outputs: Shape of each output by name.
        metadata: What the exporter wrote into it.
    """

    def __init__(self, path: Path, sha256: str = "", threads: int = 1) -> None:
        """Opens a file.

        Args:
            path: The file; weights beside it are read by the runtime, never unpickled.
            sha256: What its hash must be; empty: any.
            threads: Cores that it may use.

        Raises:
            ResourceNotFound: There is no such file.
            DataError: Its hash is another one, it is too large, or it is no ONNX.
        """
        if not path.is_file():
            raise ResourceNotFound(f"there is no network {path}")
        if path.stat().st_size > LARGEST:
            raise DataError(f"{path}: is larger than {LARGEST} bytes")
        if sha256 and (found := _hash(path)) != sha256.lower():
            raise DataError(f"{path}: its sha256 is {found}, not {sha256}")
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.log_severity_level = 3
        try:
            self._session: Any = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # the runtime raises exceptions of its own without a common base
            raise DataError(f"{path}: cannot be run: {str(error).splitlines()[0][:300]}") from error
        self.path = path
        self.inputs = {one.name: _shape(one.shape) for one in self._session.get_inputs()}
        self.outputs = {one.name: _shape(one.shape) for one in self._session.get_outputs()}
        self._types = {one.name: _TYPES.get(one.type) for one in self._session.get_inputs()}
        self.metadata: dict[str, str] = dict(self._session.get_modelmeta().custom_metadata_map)

    def run(self, feeds: Mapping[str, Array]) -> dict[str, Array]:
        """Outputs by name.

        Args:
            feeds: Inputs by name; their types are made those of the network.

        Raises:
            DataError: It does not take them, or gives numbers that are none.
        """
        ready = {name: np.ascontiguousarray(value, self._types[name]) for name, value in feeds.items()}
        try:
            out = dict(zip(self.outputs, self._session.run(None, ready), strict=True))
        except Exception as error:
            raise DataError(f"{self.path}: does not run: {str(error).splitlines()[0][:300]}") from error
        for name, value in out.items():
            if np.issubdtype(value.dtype, np.floating) and np.isnan(value).any():
                raise DataError(f"{self.path}: its output '{name}' has values that are no numbers (NaN)")
        return out

    @property
    def names(self) -> dict[int, str]:
        """Names of classes by number, from the metadata ``names``; empty where the file has none."""
        try:
            listed = ast.literal_eval(self.metadata.get("names", "{}"))
            pairs = listed.items() if isinstance(listed, dict) else enumerate(listed)
            return {int(number): str(name) for number, name in pairs}
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            return {}

    def side(self, name: str, default: int) -> tuple[int, int]:
        """Height and width of a picture that an input takes; the default where they are open."""
        height, width = self.inputs[name][-2:]
        return height or default, width or default

    def says(self) -> str:
        """Its inputs and outputs in words."""
        listed = [
            ", ".join(f"{name}{['?' if n is None else n for n in shape]}" for name, shape in one.items())
            for one in (self.inputs, self.outputs)
        ]
        return f"takes {listed[0]} and gives {listed[1]}".replace("'", "")


def _shape(given: list[Any]) -> Shape:
    return tuple(one if isinstance(one, int) and one > 0 else None for one in given)


def _hash(path: Path) -> str:
    sha = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            sha.update(block)
    return sha.hexdigest()
