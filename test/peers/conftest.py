"""Makes the peers importable, which are no packages: ``unitree`` is the folder beside this file."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))


@pytest.fixture(scope="module")
def domain():
    """A DDS domain that neither ROS nodes nor robots of other tests of this process have."""
    return int(os.environ["SKILL_STACK_TEST_PEER_DOMAIN"])
