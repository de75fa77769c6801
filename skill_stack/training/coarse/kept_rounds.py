"""KeptRounds: what was recorded and learnt so far, so that a run that was ended goes on where it was."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import numpy as np
import torch

from skill_stack.training.chunks.learn import ChunkNetwork, Rows
from skill_stack.training.coarse.settings import CoarseSettings

_ROWS, _NETWORK, _CHANCE = ("seen", "wanted", "weight"), "network.", "chance"


class KeptRounds:
    """Files of rounds, in a folder of their settings."""

    def __init__(self, folder: Path, settings: CoarseSettings) -> None:
        """Makes the folder.

        Args:
            folder: Of the run.
            settings: Of which other ones have other rounds.
        """
        key = hashlib.sha256(settings.model_dump_json().encode()).hexdigest()[:16]
        self.folder, self._hidden = folder / f"rounds-{key}", settings.learn.hidden
        self.folder.mkdir(parents=True, exist_ok=True)

    def load(self, rng: np.random.Generator) -> tuple[list[Rows], ChunkNetwork | None]:
        """The rows of all rounds that are there, and the last network; the source of chance goes on from there."""
        parts, network = list[Rows](), None
        while (path := self._file(len(parts))).exists():
            with np.load(path, allow_pickle=False) as file:
                parts.append(Rows(*(file[name] for name in _ROWS)))
                weights = {key.removeprefix(_NETWORK): file[key] for key in file.files if key.startswith(_NETWORK)}
                rng.bit_generator.state = json.loads(str(file[_CHANCE]))
        if parts:
            network = ChunkNetwork(parts[0].seen, parts[0].wanted.shape[1], self._hidden)
            network.load_state_dict({key: torch.from_numpy(value) for key, value in weights.items()})
        return parts, network

    def save(self, number: int, part: Rows, network: ChunkNetwork, rng: np.random.Generator) -> None:
        """Keeps a round, whole or not at all; ``number`` counts from 0."""
        path = self._file(number)
        partial = path.with_suffix(".partial.npz")
        weights = {_NETWORK + key: value.numpy() for key, value in network.state_dict().items()}
        rows = {name: getattr(part, name) for name in _ROWS}
        np.savez(partial, allow_pickle=False, **rows, **weights, **{_CHANCE: json.dumps(rng.bit_generator.state)})
        os.replace(partial, path)

    def _file(self, number: int) -> Path:
        return self.folder / f"{number}.npz"
