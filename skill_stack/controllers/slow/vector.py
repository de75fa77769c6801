"""Vector: an input of a slow network that takes the embedding of a sentence or goal."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np

from skill_stack.controllers.foreign.foreign_network import ForeignNetwork
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.skills.manifest_chunk import ManifestTable, ManifestVector
from skill_stack.core.skills.policy_manifest import PolicyManifest

Array = np.ndarray


class Vector:
    """One input.

    Attributes:
        name: Name of the input.
        array: What the network sees; written by :meth:`take`.
    """

    def __init__(self, entry: ManifestVector, manifest: PolicyManifest, folder: Path, network: ForeignNetwork) -> None:
        """Reads the constant values.

        Args:
            entry: The vector's entry in the manifest.
            manifest: All conventions of the policy.
            folder: Where the table lies.
            network: The network.

        Raises:
            DataError: The vector has another length than the input, or the table cannot be used.
            UnknownName: The table has no such name.
        """
        self.name = entry.name
        self.array: Array = np.zeros(network.shape(entry.name), network.dtype(entry.name))
        names = [command.name for command in manifest.commands]
        self._heard = [names.index(name) for name in entry.heard]
        self._rows: Array | None = None
        if entry.table is not None:
            known, rows = read_table(folder / entry.table.file, entry.table)
            if entry.table.name is None:
                self._rows = rows
            elif entry.table.name not in known:
                raise UnknownName(f"vector of {entry.table.file}", entry.table.name, known)
            constant = rows[known.index(entry.table.name)] if entry.table.name else rows[0]
        else:
            constant = np.array(entry.values if entry.values is not None else np.zeros(len(self._heard)))
        if constant.size != self.array.size:
            raise DataError(f"policy: vector '{entry.name}' has {constant.size} values, the input {self.array.size}")
        self.array.reshape(-1)[:] = constant
        self._constant = not self._heard

    def take(self, commands: Array) -> None:
        """Writes :attr:`array`; a number that the table does not have takes the nearest one."""
        if self._constant:
            return
        if self._rows is not None:
            place = int(np.clip(round(float(commands[self._heard[0]])), 0, len(self._rows) - 1))
            self.array.reshape(-1)[:] = self._rows[place]
        else:
            self.array.reshape(-1)[:] = commands[self._heard]


def read_table(path: Path, entry: ManifestTable) -> tuple[list[str], Array]:
    """Names and vectors of a table, shape (names, size).

    Raises:
        DataError: It is missing, another one than the skill states, or not such a table; it is never unpickled.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"policy: the table {path.name} is missing beside the model: {error}") from error
    found = hashlib.sha256(data).hexdigest()
    if found != entry.sha256:
        raise DataError(f"policy: {path.name} is not the table that the skill states (sha256 {found[:12]}…)")
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            names, vectors = [str(name) for name in arrays["names"]], np.asarray(arrays["vectors"], float)
    except (KeyError, ValueError, OSError) as error:
        raise DataError(f"policy: {path.name} must hold 'names' and 'vectors' without objects: {error}") from error
    if vectors.ndim != 2 or len(vectors) != len(names) or not names:
        raise DataError(f"policy: {path.name} has {len(names)} names for vectors of shape {list(vectors.shape)}")
    return names, vectors
