"""The network: what each word says of each place, added up, so that new pairs of known words fit too.

Words of colour are compared with features of the colours alone, the others with features of the heights alone: else
what is never shown together is learnt as a part of what the words mean, as that nothing red is a ball.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn

from skill_stack.core.errors import DataError
from skill_stack.training.learners.divergence import descend
from skill_stack.training.what_where.demonstrations import Demonstration
from skill_stack.training.what_where.settings import WhatWhereSettings

Array = np.ndarray
FILE, TOKENIZER = "heat.onnx", "tokenizer.json"
LENGTH, UNKNOWN = 2, 1
"""Words that go in, and the number of those that are not known."""
ARTICLES = r"\b(the|a|an)\b"
"""Words that are left out."""
OPSET, TOLERANCE = 17, 1e-3
SHIFT = 8
"""Cells by which examples are shifted at most."""
BRIGHT = (0.75, 1.25)
"""Range of factors on colours."""
STRENGTH = 10.0
"""Factor on heights over the table, 1/m, so that they are about as large as colours."""


class WhatWhere(nn.Module):
    """``image`` (1, 4, rows, columns) and ``input_ids`` (1, 2) to ``heat`` (1, 1, rows, columns)."""

    coloured: torch.Tensor
    formed: torch.Tensor

    def __init__(self, settings: WhatWhereSettings) -> None:
        """Makes the layers; weights come from torch's generator."""
        super().__init__()
        self._floor, width = settings.floor, settings.channels
        self.look, self.form = _layers(3, settings), _layers(1, settings)
        self.words = nn.Embedding(len(settings.vocabulary), width, padding_idx=0)
        coloured = torch.tensor([[float(word in settings.colours)] for word in settings.vocabulary])
        known = torch.tensor([[float(number > UNKNOWN)] for number in settings.vocabulary.values()])
        self.register_buffer("coloured", coloured)
        self.register_buffer("formed", known - coloured)  # unknown words say nothing of any place

    def forward(self, image: torch.Tensor, input_ids: torch.Tensor) -> torch.Tensor:
        """Heat of every place; unbounded, a softmax over all places makes it a share."""
        height = torch.clamp(image[:, 3:] - self._floor, 0.0, 0.3) * STRENGTH
        words = self.words(input_ids)
        heat = _compared(self.look(image[:, :3] - 0.5), words * self.coloured[input_ids])
        return heat + _compared(self.form(height), words * self.formed[input_ids])


def _layers(before: int, settings: WhatWhereSettings) -> nn.Sequential:
    """Layers from channels of a view to features of each place."""
    width, layers = settings.channels, []
    for dilation in settings.dilations:
        layers += [nn.Conv2d(before, width, 3, padding=dilation, dilation=dilation), nn.ReLU()]
        before = width
    return nn.Sequential(*layers, nn.Conv2d(width, width, 1))


def _compared(seen: torch.Tensor, words: torch.Tensor) -> torch.Tensor:
    """How far each place has what all words say, shape (batch, 1, rows, columns)."""
    return (seen * words.sum(dim=1)[:, :, None, None]).sum(dim=1, keepdim=True)


def numbers(words: str, settings: WhatWhereSettings) -> list[int]:
    """Words as numbers, filled up to :data:`LENGTH`."""
    known = settings.vocabulary
    found = [known.get(word, UNKNOWN) for word in words.split()][:LENGTH]
    return found + [0] * (LENGTH - len(found))


def learn(
    some: Sequence[Demonstration], settings: WhatWhereSettings, seed: int, report: Callable[[str], object]
) -> WhatWhere:
    """Learns from demonstrations; each is two examples, what was taken and where it was put.

    Args:
        some: The demonstrations.
        settings: How.
        seed: Of first weights and batches; the same gives the same network.
        report: Takes lines on the progress.
    """
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    rng, network = np.random.default_rng(seed), WhatWhere(settings)
    examples = [(one, part) for one in some for part in (0, 1)]
    optimiser = torch.optim.Adam(network.parameters(), settings.rate)
    falling = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, settings.steps)
    for step in range(1, settings.steps + 1):
        rows = [
            _example(examples[n][0], examples[n][1], settings, rng)
            for n in rng.integers(len(examples), size=settings.batch)
        ]
        images, ids, wanted = (np.stack(column) for column in zip(*rows))
        heat = network(torch.tensor(images), torch.tensor(ids)).flatten(1)
        loss = -(torch.tensor(wanted).flatten(1) * torch.log_softmax(heat, dim=1)).sum(dim=1).mean()
        descend(optimiser, loss, f"step {step} of {settings.steps}")
        falling.step()
        if step % 50 == 0 or step == settings.steps:
            report(f"step {step} of {settings.steps}, {loss.item():.3f} nat")
    return network.eval()


def _example(
    one: Demonstration, part: int, settings: WhatWhereSettings, rng: np.random.Generator
) -> tuple[Array, Array, Array]:
    """A view, shifted, mirrored and brightened at random, its words, and the share of each place."""
    image = np.concatenate([one.colour / np.float32(255), one.height[..., None]], axis=2).astype(np.float32)
    cell = [(at - low) / settings.step - 0.5 for at, low in zip(one.places[part], settings.low)]
    image[..., :3] = np.clip(image[..., :3] * rng.uniform(*BRIGHT), 0, 1)
    for axis in (0, 1):
        moved = int(rng.integers(-SHIFT, SHIFT + 1))
        image, cell[axis] = np.roll(image, moved, axis), cell[axis] + moved
        if rng.random() < 0.5:
            image, cell[axis] = np.flip(image, axis), image.shape[axis] - 1 - cell[axis]
    rows, columns = np.indices(image.shape[:2])
    share = np.exp(-((rows - cell[0]) ** 2 + (columns - cell[1]) ** 2) / (2 * settings.spread**2))
    share = (share / max(float(share.sum()), 1e-9)).astype(np.float32)
    return np.ascontiguousarray(image.transpose(2, 0, 1)), np.array(numbers(one.words[part], settings)), share


def export(network: WhatWhere, settings: WhatWhereSettings, folder: Path) -> str:
    """Writes network and tokenizer; returns the SHA-256 of the network's file.

    Raises:
        DataError: The file disagrees with torch.
    """
    path = folder / FILE
    size = [round((high - low) / settings.step) for low, high in zip(settings.low, settings.high)]
    image, ids = torch.rand(1, 4, *size), torch.tensor([[2, len(settings.colours) + 2]])
    torch.onnx.export(
        network, (image, ids), str(path), input_names=["image", "input_ids"], output_names=["heat"],
        opset_version=OPSET, dynamo=False,
    )  # fmt: skip
    onnx.checker.check_model(onnx.load(path), full_check=True)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    found = session.run(None, {"image": image.numpy(), "input_ids": ids.numpy()})[0]
    with torch.inference_mode():
        off = float(np.abs(found - network(image, ids).numpy()).max())
    if not off <= TOLERANCE:
        raise DataError(f"{path}: ONNX and torch differ by {off:g}, allowed is {TOLERANCE:g}")
    model = {"type": "WordLevel", "vocab": settings.vocabulary, "unk_token": "[UNK]"}
    text: dict[str, Any] = {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": [],
        "normalizer": {"type": "Sequence", "normalizers": [
            {"type": "Lowercase"}, {"type": "Replace", "pattern": {"Regex": ARTICLES}, "content": " "},
        ]},
        "pre_tokenizer": {"type": "Whitespace"}, "post_processor": None,
        "decoder": None, "model": model,
    }  # fmt: skip
    (folder / TOKENIZER).write_text(json.dumps(text, indent=1) + "\n", encoding="utf-8")
    return hashlib.sha256(path.read_bytes()).hexdigest()
