"""The loop beside a soak: it tells lateness and duration of every turn, and ends with whoever reads it."""

import subprocess
import sys

import numpy as np

from skill_stack.benchmarks.control.reference_loop import ReferenceLoop
from test.eventually import eventually

RATE = 400.0
PATIENCE = 60.0  # s, on a busy machine


def test_tells_every_turn():
    with ReferenceLoop(RATE) as loop:
        parts = []
        eventually(lambda: parts.append(loop.read()) or sum(part.shape[1] for part in parts) >= 2 * RATE, PATIENCE)
        process = loop._process
    found = np.concatenate(parts, axis=1)
    assert found.shape[1] % RATE == 0, "a second at a time"
    assert np.isfinite(found).all() and (found[1] > 0.0).all()
    assert process.poll() is not None


def test_ends_when_nobody_reads_any_more():
    command = [sys.executable, "-m", "skill_stack.benchmarks.control.reference_loop", "--rate", "200"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    process.stdout.read(1)
    process.stdout.close()
    assert process.wait(PATIENCE) == 0
