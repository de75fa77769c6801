"""Each ROS distribution's constraint file: pip's requirements of a robot have wheels within it, on Intel and Arm."""

import dataclasses
import importlib
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILES = {path.stem: path for path in sorted((ROOT / "packaging" / "constraints").glob("*.txt"))}
REQUIREMENTS = ROOT / "packaging" / "requirements-colcon.txt"
GLIBC = {"22.04": "2_35", "24.04": "2_39", "26.04": "2_39"}  # of each Ubuntu; uv knows none newer than 2.40
CASES = [
    pytest.param(
        distribution, machine, marks=[pytest.mark.slow] if (distribution, machine) != ("jazzy", "aarch64") else []
    )
    for distribution in FILES
    for machine in ("x86_64", "aarch64")
]  # each asks the index for some seconds


@dataclasses.dataclass(frozen=True)
class Target:
    """A machine that is not here: its Python, C library and processor."""

    python: str
    glibc: str
    machine: str


def target(distribution: str, machine: str) -> Target:
    """The machine that the head of a constraint file names."""
    head = FILES[distribution].read_text("utf-8").splitlines()[0]
    ubuntu, python = re.search(r"Ubuntu ([\d.]+), Python ([\d.]+)", head).groups()
    return Target(python, GLIBC[ubuntu], machine)


def resolve(target: Target, *files: Path) -> subprocess.CompletedProcess[str]:
    """Resolves the first file's requirements for a machine within those after it; empy is source alone, pure Python."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--no-header", "--no-annotate", "--no-progress"]
    command += ["--system-certs"]  # those that pip trusts too
    command += ["--only-binary", ":all:", "--no-binary", "empy", "--python-version", target.python, str(files[0])]
    command += ["--python-platform", f"{target.machine}-manylinux_{target.glibc}"]
    command += [part for path in files[1:] for part in ("--constraint", str(path))]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=ROOT)


def versions(text: str) -> dict[str, str]:
    return dict(line.split("==") for line in text.split() if "==" in line)


@pytest.fixture(scope="module")
def index() -> None:
    """The package index, without which nothing can be resolved."""
    try:
        with urllib.request.urlopen("https://pypi.org/simple/numpy/", timeout=20):
            return
    except OSError as error:
        pytest.skip(f"the package index cannot be reached: {error}")


def test_every_distribution_in_use_has_its_file() -> None:
    assert set(FILES) == {"humble", "jazzy", "kilted", "lyrical"}
    python = {distribution: target(distribution, "x86_64").python for distribution in FILES}
    assert python == {"humble": "3.10", "jazzy": "3.12", "kilted": "3.12", "lyrical": "3.14"}


@pytest.mark.parametrize(("distribution", "machine"), CASES)
def test_requirements_have_wheels_within_the_constraints(index: None, distribution: str, machine: str) -> None:
    done = resolve(target(distribution, machine), REQUIREMENTS, FILES[distribution])
    assert done.returncode == 0, done.stderr
    found = versions(done.stdout)
    assert {"mujoco", "onnxruntime", "numba", "opencv-python-headless", "dynamixel-sdk"} <= found.keys()
    assert (int(found["numpy"].split(".")[0]) >= 2) == (distribution == "lyrical"), "what apt's modules are made for"
    assert "pin" not in found and not any(name.startswith("ros-") for name in found), "those come from apt"


@pytest.mark.slow
def test_constraints_that_contradict_the_requirements_are_found(index: None, tmp_path: Path) -> None:
    (tmp_path / "numpy.txt").write_text("numpy<1.26\n", encoding="utf-8")
    done = resolve(target("jazzy", "aarch64"), REQUIREMENTS, tmp_path / "numpy.txt")
    assert done.returncode != 0 and "numpy" in done.stderr


@pytest.mark.slow
def test_pinocchio_from_pip_is_not_for_the_numpy_of_apt(index: None, tmp_path: Path) -> None:
    """Why the list for a ROS install leaves it to ROS; where this ends, it may come back."""
    (tmp_path / "pin.txt").write_text("pin>=4,<5\n", encoding="utf-8")
    assert resolve(target("jazzy", "x86_64"), tmp_path / "pin.txt", FILES["jazzy"]).returncode != 0
    assert resolve(target("lyrical", "x86_64"), tmp_path / "pin.txt", FILES["lyrical"]).returncode == 0


@pytest.mark.slow
def test_a_machine_without_wheels_is_found(index: None, tmp_path: Path) -> None:
    """ROS 2 from pip is for x86-64: what `machine.unsupported` says of others."""
    (tmp_path / "ros.txt").write_text("ros-rclpy\n", encoding="utf-8")
    assert resolve(target("jazzy", "aarch64"), tmp_path / "ros.txt").returncode != 0


@pytest.mark.slow
@pytest.mark.parametrize("ros", ["jazzy", "kilted"])
def test_the_wheels_of_ros_that_set_up_chooses_are_there(
    index: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ros: str
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    builder = importlib.import_module("setup_env")
    assert ros in builder.ROS and builder.DEFAULT_ROS in builder.ROS
    file = tmp_path / "ros.txt"
    file.write_text("\n".join(need for need in builder.requirements(["ros"], ros) if need.startswith("ros-")))
    oldest, newest = builder.machine.OLDEST[1], builder.machine.TOO_NEW[1]
    for minor in (oldest, newest - 1):
        done = resolve(Target(f"3.{minor}", "2_28", "x86_64"), file)
        assert done.returncode == 0, done.stderr
        assert versions(done.stdout)["ros-rclpy"].split(".")[0] == {"jazzy": "7", "kilted": "9"}[ros]
