import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # computed_looks.py


@pytest.fixture
def eye():
    """A camera at 1 m from the origin, looking down at it."""
    from skill_stack.evaluation.scenes.perception_scenes import Eye

    return Eye((-0.85, 0.0, 0.55), (0.0, 0.0, 0.0))
