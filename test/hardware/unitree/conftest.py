import sys
from pathlib import Path

import pytest

pytest.importorskip("cyclonedds", reason="the extra 'unitree' is not installed")
sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2] / "peers")]  # the peer is `unitree`
