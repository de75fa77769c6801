"""Installs skill_stack: as a colcon ament_python package and as an ordinary pip package."""

import os
import re
from pathlib import Path

from setuptools import find_namespace_packages, setup

NAME = "skill_stack"
ROOT = Path(__file__).resolve().parent
DATA_FOLDERS = ("launch", "config", "urdf", "models")

# packaging/setup_env.py reads the next two tables as literals.
REQUIREMENTS = [
    "numpy>=1.26",
    "numba>=0.61",
    "pydantic>=2,<3",
    "pyyaml>=6",
    "scipy>=1.11",
    "mujoco>=3.17,<5",  # 3.17: the last with wheels for Python 3.10
    "onnxruntime>=1.20",
    "onnx>=1.16",
    "pin>=4,<5",
    "py_trees>=2.2,<3",
    "viser>=1.1",
    "msgspec>=0.18",  # messages of the page, and as viser writes them
    "websockets>=15",
    "starlette>=0.40",
    "uvicorn>=0.35",  # the first that speaks to websockets without its old interface
    "pillow>=10",
    "trimesh>=4",
    "pycollada>=0.8",
    "fast-simplification>=0.1.7",
    "prompt_toolkit>=3",
    "argcomplete>=3",
    "rapidfuzz>=3",
    "example-robot-data>=6,<7",
    "urllib3>=2",
    "mcap>=1.6",
    "mcap-ros2-support>=0.6",
]
EXTRAS = {
    # A ROS install brings these itself; the wheels are for x86-64 without one.
    "ros": [
        "ros-rclpy[fastrtps]>=7.1,<10",  # 7 is Jazzy, 9 is Kilted; packaging/setup_env.py chooses
        "ros-action-msgs",
        "ros-builtin-interfaces",
        "ros-diagnostic-msgs",
        "ros-geometry-msgs",
        "ros-lifecycle-msgs",
        "ros-nav-msgs",
        "ros-rosgraph-msgs",
        "ros-sensor-msgs",
        "ros-std-msgs",
        "ros-std-srvs",
        "ros-trajectory-msgs",
        "ros-visualization-msgs",
    ],
    "motion": ["mink>=1"],
    "gpu": ["onnxruntime-gpu>=1.20"],
    "train-gpu": ["jax>=0.4.30", "mujoco-mjx>=3.3"],
    "train": ["torch>=2.5", "rsl-rl-lib>=5.4,<6", "tensordict", "tensorboard"],
    "unitree": ["cyclonedds==11.0.1"],
    "hands": ["dynamixel-sdk>=4,<5", "pyserial>=3.5", "python-can>=4"],
    "watch": ["textual>=1", "rich>=13"],
    "meshes": ["coacd>=1"],  # convex parts of mesh files; without it physics has their hull
    "share": ["cryptography>=42"],  # signatures of skill packages
    "voice": ["pocketsphinx>=5"],  # with a small model of English
    "vosk": ["vosk>=0.3.45"],
    "sherpa": ["sherpa-onnx>=1.10"],
    "whisper": ["faster-whisper>=1.1"],  # brings av, and with it x264
    "gamepad": ["evdev>=1.7"],  # is compiled: needs gcc and the headers of Linux
    "perception": ["opencv-python-headless>=4.10"],
    "video": ["av>=13"],  # its wheels bring x264, which is GPL: never installed unasked; else JPEG
    "rerun": ["rerun-sdk>=0.24"],
    "data": ["pyarrow>=15"],  # tables of episodes for pandas and polars
    "lerobot": ["lerobot>=0.4,<0.5"],  # its data sets, format v3; gigabytes, and torch below 2.11
    "words": ["tokenizers>=0.15"],  # networks that take words: OWLv2, Grounding-DINO, CLIP
    "realsense": ["pyrealsense2>=2.55", "opencv-python-headless>=4.10"],
    # mkdocs 2 has another configuration and no plugins; ruff lays signatures out. The tests build the site, too.
    "docs": [
        "mkdocs>=1.6,<2",
        "mkdocs-material>=9.5,<10",
        "mkdocstrings[python]>=1,<2",
        'pymdown-extensions>=10.2,<12;python_version<"3.11"',  # the last mkdocstrings for 3.10 fails with 12.3
        "ruff>=0.6",
    ],
    "dev": [
        "pytest>=9",
        "pytest-timeout",
        "pytest-xdist>=3.5",
        "hypothesis",
        "ruff>=0.6",
        "mypy>=1.11",
        "types-PyYAML",
        "selenium>=4",
        "axe-core-python>=0.1",  # brings axe-core (MPL-2.0), which finds what keeps people out of the page
        "zstandard",
        "gguf",  # a language model of random weights, and what runs it and compiles the schema of its answers
        "xllamacpp",
        "xgrammar",
        "unified-planning>=1.3",  # only to check plans of our own search against others
        'evdev-binary>=1.9;python_version>="3.11" and platform_machine=="x86_64"',  # the same as evdev, compiled
        "textual>=1",
        "cryptography>=42",
        "pocketsphinx>=5",
        "rosbags>=0.10",  # an independent reader of recordings
        "vermin",  # finds what the oldest Python does not have
        "uv",  # resolves for machines that are not here
        "up-pyperplan",  # GPL: an engine that the tests check our search against, never installed to run robots
    ],
}
SPECIAL = ("dev", "docs", "gamepad", "gpu", "train-gpu", "video", "lerobot", "vosk", "sherpa", "whisper")
EXTRAS["all"] = sorted({need for extra, needs in EXTRAS.items() if extra not in SPECIAL for need in needs})


def version() -> str:
    """Returns the version that `skill_stack/__init__.py` states."""
    text = (ROOT / NAME / "__init__.py").read_text(encoding="utf-8")
    return re.search(r'^__version__ = "([^"]+)"', text, re.MULTILINE).group(1)


def data_files() -> list:
    """Returns (target folder, files) pairs: the ament index, package.xml and the data folders as they are."""
    pairs = [
        ("share/ament_index/resource_index/packages", [f"resource/{NAME}"]),
        (f"share/{NAME}", ["package.xml"]),
    ]
    for top in DATA_FOLDERS:
        for folder, subfolders, names in os.walk(ROOT / top):
            subfolders[:] = sorted(name for name in subfolders if name != "__pycache__")
            relative = Path(folder).relative_to(ROOT).as_posix()
            files = [f"{relative}/{name}" for name in sorted(names) if not name.startswith(".")]
            if files:
                pairs.append((f"share/{NAME}/{relative}", files))
    return pairs


setup(
    name=NAME,
    version=version(),
    description="Robot skills from one sentence: planner, connector and controller on ROS 2",
    license="Apache-2.0",
    maintainer="Skill stack developers",
    maintainer_email="dev@example.com",
    python_requires=">=3.10",
    packages=find_namespace_packages(include=["skill_stack", "skill_stack.*"], exclude=["*.__pycache__"]),
    package_data={NAME: ["py.typed", "**/*.json", "**/*.yaml", "**/*.html", "**/*.js", "**/*.css", "**/*.svg"]},
    data_files=data_files(),
    zip_safe=False,
    install_requires=REQUIREMENTS,
    extras_require=EXTRAS,
    entry_points={
        "console_scripts": [
            "skill-stack = skill_stack.cli:main",
            "planner_node = skill_stack.nodes.planner_node:main",
            "connector_node = skill_stack.nodes.connector_node:main",
            "controller_node = skill_stack.nodes.controller_node:main",
            "scene_node = skill_stack.nodes.scene_node:main",
            "lifecycle_manager = skill_stack.nodes.lifecycle_manager:main",
            "prompt_node = skill_stack.nodes.prompt_node:main",
            "monitor_node = skill_stack.nodes.monitor_node:main",
            "control_process = skill_stack.controllers.processes.control_process:main",
            "policy_worker = skill_stack.controllers.slow.worker_process:main",
            "supervisor = skill_stack.controllers.processes.supervisor_process:main",
            "recorder_node = skill_stack.nodes.recorder.recorder_node:main",
            "perception_node = skill_stack.nodes.perception_node:main",
            "balls_node = skill_stack.nodes.balls.balls_node:main",
            "sim_camera = skill_stack.hardware.rendering.sim_camera:main",
            "simulator = skill_stack.hardware.mujoco.simulator_process:main",
            "unitree_bridge = skill_stack.nodes.bridges.unitree_bridge:main",
            "ros2_control_bridge = skill_stack.nodes.bridges.ros2_control_bridge:main",
        ],
    },
)
