"""The exported controller, run for many hands."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime

from skill_stack.training.chunks.export import ACTIONS, INPUT
from skill_stack.training.coarse.hands import CommandedHands
from skill_stack.training.coarse.judge import Controller

Array = np.ndarray


def follower(path: Path, obey: float) -> Controller:
    """What follows commands as the file does, with the dial at one place, 0 to 1."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def follow(hands: CommandedHands) -> Array:
        seen = hands.seen(np.full(len(hands.lost), obey))
        answers = [session.run([ACTIONS], {INPUT: one[None]})[0][0, 0] for one in seen]
        return np.array(answers, float)

    return follow
