"""Makes the peers importable, which are no packages: ``unitree`` is the folder beside this file."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))


@pytest.fixture(scope="session")
def domains():
    """DDS domains that neither ROS nodes nor robots of any other test have."""
    return [int(domain) for domain in os.environ["SKILL_STACK_TEST_PEER_DOMAINS"].split()]


@pytest.fixture(scope="session")
def domain(domains):
    """The first of them."""
    return domains[0]
