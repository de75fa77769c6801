"""Makes the peers importable, which are no packages: ``unitree`` is the folder beside this file."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))


@pytest.fixture(scope="module")
def domain():
    """A DDS domain that is not that of the ROS nodes of this session."""
    return 101 + int(os.environ["ROS_DOMAIN_ID"])
