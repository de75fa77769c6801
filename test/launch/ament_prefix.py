"""What ``ros2 launch`` needs to find this repository as a package, and whether it is there at all."""

import importlib
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NEEDED = ("rclpy", "launch_ros.actions", "ros2launch.command.launch")


def launch_missing() -> str:
    """Why ``ros2 launch`` cannot run here; empty when it can. No package index carries it."""
    for module in NEEDED:
        try:
            importlib.import_module(module)
        except ImportError as error:
            return f"ros2 launch is not there: {error}"
    return ""


def make_prefix(folder: Path) -> Path:
    """Lays out an install space with the files of this repository, as ``colcon build --symlink-install`` does."""
    index = folder / "share/ament_index/resource_index/packages/skill_stack"
    programs, share = folder / "lib/skill_stack", folder / "share/skill_stack"
    for made in (index.parent, programs, share / "launch"):
        made.mkdir(parents=True)
    index.touch()
    for name in ("package.xml", "config", "urdf", "models"):
        (share / name).symlink_to(ROOT / name)
    for file in (ROOT / "launch").glob("*.py"):
        (share / "launch" / file.name).symlink_to(file)
    scripts = re.findall(r'"([\w-]+) = (skill_stack[\w.]*):main"', (ROOT / "setup.py").read_text())
    for name, module in scripts:
        script = programs / name
        script.write_text(
            f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(ROOT)!r})\n"
            f"from {module} import main\nsys.exit(main())\n"
        )
        script.chmod(0o755)
    return folder
