"""Loads a TorchScript policy and exports it; run by :mod:`skill_stack.training.exporting.torchscript` as a separate
process.
"""

from __future__ import annotations

import json
import resource
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from skill_stack.core.errors import DataError

LIMITS = {
    resource.RLIMIT_CPU: 150,  # s
    resource.RLIMIT_AS: 24 * 2**30,  # bytes; CUDA builds of torch map much and use little
    resource.RLIMIT_FSIZE: 2**30,  # bytes
    resource.RLIMIT_CORE: 0,
}
"""What the process may use."""


def main(argv: Sequence[str]) -> int:
    """Exports ``policy.pt`` of a folder as ``policy.onnx`` and leaves ``answer.json`` beside it.

    Args:
        argv: The folder, the archive's SHA-256, and perhaps the number of observations.

    Returns:
        0 when it is exported, 1 when not; ``answer.json`` states why.
    """
    for what, most in LIMITS.items():
        hard = resource.getrlimit(what)[1]
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (least, least))
    folder = Path(argv[0])
    warnings.simplefilter("ignore")
    from skill_stack.training.exporting.torchscript_export import export

    answer: dict[str, Any]
    try:
        answer = export(folder, argv[1], int(argv[2]) if len(argv) > 2 else None)
    except DataError as error:
        answer = {"error": str(error)}
    (folder / "answer.json").write_text(json.dumps(answer), encoding="utf-8")
    return 1 if "error" in answer else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
