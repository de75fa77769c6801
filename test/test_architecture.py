"""Who may import whom: the layers of the stack, kept by reading every import."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from test.syntax import tree_of, trees_of_one_module  # noqa: F401

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "skill_stack"
TESTS = ROOT / "test"

CORE_ALONE = {"core"}
LAYERS = {
    *("language", "planner", "connector", "controllers", "hardware"),
    *("perception", "teleop", "monitor", "motion", "recording", "evaluation", "practice", "sharing", "voice"),
}
MAY_IMPORT = {
    "core": set(),
    **dict.fromkeys(LAYERS, CORE_ALONE),
    "motion": CORE_ALONE | {"language"},
    "planner": CORE_ALONE | {"language", "motion"},
    "runtime": CORE_ALONE | LAYERS,
    "training": CORE_ALONE | LAYERS | {"runtime"},
    "benchmarks": CORE_ALONE | LAYERS | {"runtime"},
    "nodes": CORE_ALONE | LAYERS | {"runtime"},
    "commands": CORE_ALONE | LAYERS | {"runtime", "training", "benchmarks", "nodes"},  # the verbs of the command line
    "cli": CORE_ALONE | LAYERS | {"runtime", "training", "benchmarks", "nodes", "commands"},
}
# Parts that others import by their name alone: what is not in their ``__init__`` is theirs.
DOORS = {"language"}
ROS_MODULES = {
    *("rclpy", "ament_index_python", "launch", "launch_ros", "tf2_ros", "rosidl_runtime_py", "sros2"),
    *("builtin_interfaces", "rcl_interfaces", "skill_stack_interfaces", "std_srvs"),
}
# Heavy or vendor modules, and the parts of the stack that may hold them.
HEAVY = {
    "torch": ("training/",),
    "rsl_rl": ("training/",),
    "tensordict": ("training/",),
    "mujoco": ("hardware/", "motion/sampling/", "training/", "benchmarks/", "runtime/viewer"),
    "onnxruntime": ("controllers/", "training/", "benchmarks/", "perception/networks/"),
    "tokenizers": ("perception/networks/",),
    "pinocchio": ("controllers/", "connector/", "monitor/", "perception/own_body/robot_mask"),
    "cv2": ("perception/", "recording/", "hardware/rendering/tag_geometry"),
    "viser": ("monitor/",),
    "pyrealsense2": ("perception/",),
    "cyclonedds": ("hardware/",),
    "dynamixel_sdk": ("hardware/",),
    "can": ("hardware/",),
    "py_trees": ("planner/",),
    "prompt_toolkit": ("teleop/",),
    "selenium": (),
}
# What `import skill_stack.cli` must not draw in: it answers --help at once.
SLOW_TO_IMPORT = set(HEAVY) | {"scipy", "onnx", "trimesh", "rclpy"}


def part_of(path: Path) -> str:
    """Returns the part of the stack that a file belongs to: its first folder, or its own name at the top."""
    relative = path.relative_to(PACKAGE)
    return relative.parts[0] if len(relative.parts) > 1 else relative.stem


def absolute(path: Path, node: ast.ImportFrom) -> str:
    """Returns the full name of the module that a `from` import names, relative ones resolved."""
    if node.level == 0:
        return node.module or ""
    package = path.relative_to(ROOT).parts[:-1]
    base = package[: len(package) - (node.level - 1)]
    return ".".join([*base, *([node.module] if node.module else [])])


def imports(path: Path, tree: ast.AST) -> Iterator[str]:
    """Yields the full dotted name of everything that a file imports, also inside functions and by name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = absolute(path, node)
            yield from (f"{module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ("import_module", "__import__"):
            if node.args and isinstance(node.args[0], ast.Constant):
                yield str(node.args[0].value)


def is_ros(name: str) -> bool:
    """Tells whether a module comes with ROS."""
    top = name.split(".")[0]
    return top in ROS_MODULES or top.endswith("_msgs")


def violations(path: Path, source: str) -> list[str]:
    """Returns what a file imports against the rules, in words."""
    part = part_of(path)
    relative = path.relative_to(PACKAGE).as_posix()
    found = []
    for name in imports(path, tree_of(source)):
        pieces = name.split(".")
        if pieces[0] == "skill_stack" and len(pieces) > 1:
            target = pieces[1]
            known = target in MAY_IMPORT
            if known and target != part and target not in MAY_IMPORT.get(part, set()):
                allowed = ", ".join(sorted(MAY_IMPORT.get(part, set()))) or "no sibling"
                found.append(f"{relative} imports {name}; {part} may import {allowed}")
            elif target in DOORS - {part} and file_of(name) != PACKAGE / target / "__init__.py":
                found.append(f"{relative} imports {name}; of {target} others import skill_stack.{target} alone")
        elif is_ros(name) and part != "nodes":
            found.append(f"{relative} imports {name}; only nodes may import ROS")
        elif pieces[0] in HEAVY and not relative.startswith(HEAVY[pieces[0]]):
            found.append(f"{relative} imports {name}; only {', '.join(HEAVY[pieces[0]])} may")
    return found


def bare_threads(source: str) -> list[str]:
    """Returns the threads that a file makes itself, which would die silently."""
    made = {"Thread", "Timer", "start_new_thread"}
    tree = tree_of(source)
    calls = [ast.unparse(one.func) for one in ast.walk(tree) if isinstance(one, ast.Call)]
    bases = [ast.unparse(base) for one in ast.walk(tree) if isinstance(one, ast.ClassDef) for base in one.bases]
    return [name for name in (*calls, *bases) if name.split(".")[-1] in made and not name.startswith("self.")]


def sources() -> list[Path]:
    """Returns every Python file of the package."""
    return sorted(path for path in PACKAGE.rglob("*.py") if "__pycache__" not in path.parts)


def test_every_file_keeps_to_its_layer() -> None:
    files = sources()
    assert files
    found = [line for path in files for line in violations(path, path.read_text(encoding="utf-8"))]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("core/x.py", "from skill_stack.planner import lexicon"),
        ("core/x.py", "from .. import planner"),
        ("language/x.py", "from skill_stack.planner.symbolic.search import GapSearch"),
        ("planner/x.py", "from skill_stack.language.words.lexicon import Lexicon"),
        ("runtime/x.py", "from skill_stack.language.answers import Answer"),
        ("motion/x.py", "from skill_stack.planner.planner import Planner"),
        ("core/x.py", "from ..planner.lexicon import Lexicon"),
        ("planner/x.py", "def f():\n    import skill_stack.connector.statistics"),
        ("planner/deep/x.py", "from ...connector import arbiter"),
        ("controllers/x.py", "import rclpy"),
        ("runtime/x.py", "from sensor_msgs.msg import JointState"),
        ("runtime/x.py", "from skill_stack.nodes.wire.wire import to_message"),
        ("training/x.py", "from skill_stack.nodes import wire"),
        ("cli.py", "from std_srvs.srv import Trigger"),
        ("commands/talk/say.py", "import rclpy"),
        ("runtime/x.py", "from skill_stack.commands import say"),
        ("controllers/x.py", "import torch.nn"),
        ("planner/x.py", "import importlib\nimportlib.import_module('mujoco')"),
        ("runtime/x.py", "import onnxruntime"),
    ],
)
def test_the_rules_catch(file: str, source: str) -> None:
    assert len(violations(PACKAGE / file, source)) == 1


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("planner/x.py", "from skill_stack.core.plan import Plan\nfrom . import lexicon"),
        ("planner/x.py", "from skill_stack.language import Language"),
        ("planner/x.py", "from skill_stack.motion.words import MotionReader"),
        ("language/x.py", "from skill_stack.language.words.text import Token"),
        ("nodes/x.py", "import rclpy\nfrom skill_stack.runtime.line.line import Line"),
        ("runtime/x.py", "from ..hardware.mujoco_device import MujocoDevice"),
        ("hardware/x.py", "import mujoco"),
        ("cli.py", "def f():\n    from skill_stack.nodes.prompt_node import main"),
        ("core/x.py", "from skill_stack import __version__"),
    ],
)
def test_the_rules_allow(file: str, source: str) -> None:
    assert violations(PACKAGE / file, source) == []


def test_every_thread_is_one_whose_death_is_heard() -> None:
    helper = PACKAGE / "core" / "processes" / "worker_thread.py"
    found = {path.relative_to(PACKAGE).as_posix(): bare_threads(path.read_text(encoding="utf-8")) for path in sources()}
    assert found.pop(helper.relative_to(PACKAGE).as_posix()) == ["threading.Thread"]
    assert not {path: made for path, made in found.items() if made}, "use core.processes.worker_thread.WorkerThread"
    assert bare_threads("import threading\nthreading.Thread(target=f).start()") == ["threading.Thread"]
    assert bare_threads("class A(Thread): pass") == ["Thread"]


def sleeps(source: str) -> int:
    """Counts the waits for a fixed time, but for those of a fake device that keeps its rate in ``step``."""

    def count(tree: ast.AST) -> int:
        calls = [ast.unparse(one.func) for one in ast.walk(tree) if isinstance(one, ast.Call)]
        return sum(call.split(".")[-1] == "sleep" and not call.startswith("self.") for call in calls)

    tree = tree_of(source)
    steps = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and one.name == "step"]
    return count(tree) - sum(map(count, steps))


def test_no_test_hopes_that_something_has_happened_after_a_while() -> None:
    """They wait with ``eventually``; what is also run by itself, without pytest, has loops of its own."""
    alone = {
        TESTS / "eventually.py", TESTS / "planner/model/babbler.py", TESTS / "ros_tools/measure_lost_controller.py",
        *(TESTS / "peers/unitree").iterdir(), *(TESTS / "peers/dex3").iterdir(),
    }  # fmt: skip
    tests = set(TESTS.rglob("*.py")) - alone
    assert {path.relative_to(TESTS).as_posix() for path in tests if sleeps(path.read_text("utf-8"))} == set()
    fake = "class Hand:\n    def step(self):\n        time.sleep(0.1)\n"
    assert (sleeps(fake), sleeps(fake + "time.sleep(1)\nsleep(2)\n")) == (0, 2)


def test_every_part_is_known() -> None:
    parts = {part_of(path) for path in sources()} - {"__init__", "__main__"}
    assert parts <= set(MAY_IMPORT), f"name the imports of {sorted(parts - set(MAY_IMPORT))} here"


def test_every_folder_of_modules_is_a_package() -> None:
    folders = {path.parent for path in sources()}
    assert [folder for folder in sorted(folders) if not (folder / "__init__.py").is_file()] == []


def top_level_imports(path: Path) -> set[str]:
    """Returns the modules that importing a file imports at once, at its top level."""
    body = tree_of(path.read_text(encoding="utf-8")).body
    top = ast.Module([node for node in body if isinstance(node, ast.Import | ast.ImportFrom)], [])
    return set(imports(path, top))


def file_of(name: str) -> Path | None:
    """Returns the file of a module of the stack, or of the module that holds the imported name."""
    pieces = name.split(".")
    while len(pieces) > 1:
        folder = ROOT.joinpath(*pieces)
        for candidate in (folder.with_suffix(".py"), folder / "__init__.py"):
            if candidate.is_file():
                return candidate
        pieces.pop()
    return None


def test_the_command_line_imports_nothing_heavy() -> None:
    cli = file_of("skill_stack.cli")
    assert cli is not None, "skill_stack/cli.py is missing"
    seen, todo = set(), [cli]
    while todo:
        path = todo.pop()
        seen.add(path)
        for name in top_level_imports(path):
            heavy = name.split(".")[0] in SLOW_TO_IMPORT
            assert not heavy, f"{path.relative_to(ROOT)} imports {name} at its top; import it where it is used"
            target = file_of(name) if name.startswith("skill_stack.") else None
            if target is not None and target not in seen:
                todo.append(target)


BORDER = ("create_subscription", "create_service")


def test_every_message_and_request_enters_through_the_border():
    """A bare subscription ends its process with the first message that it cannot read."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = tree_of(path.read_text(encoding="utf-8"))
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            name = ast.unparse(call.func).rpartition(".")[2]
            bare = name in BORDER and path.relative_to(PACKAGE).as_posix() != "nodes/border.py"
            unchecked = name == "ActionServer" and "goal_callback" not in {word.arg for word in call.keywords}
            if bare or unchecked:
                found.append(f"{path.relative_to(ROOT)}:{call.lineno}: {name}")
    assert found == [], "use subscribe, subscribe_raw, serve and sound of skill_stack/nodes/border.py"


FILES = 25
"""Most Python files of one folder: what lives there is seen at one glance."""
COMPLEXITY = 15
"""Most decisions of one function, counted as radon counts them."""
TWICE = {"BmsState", "IMUState", "LowCmd", "LowState", "MotorCmd", "MotorState"}
"""Messages that both families of Unitree's robots have, by the vendor's own names."""
DECISIONS = (
    *(ast.If, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.IfExp, ast.Assert),
    *(ast.comprehension, ast.match_case),
)


def complexity(function: ast.AST) -> int:
    """One, one for each decision, and one for each further operand of ``and`` and ``or``."""
    return 1 + sum(
        isinstance(node, DECISIONS) + (len(node.values) - 1 if isinstance(node, ast.BoolOp) else 0)
        for node in ast.walk(function)
    )


def modules() -> dict[str, Path]:
    """Every module of the package by its dotted name."""
    names = {path: ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in sources()}
    return {name.removesuffix(".__init__"): path for path, name in names.items()}


def circles(graph: dict[str, set[str]]) -> list[set[str]]:
    """Groups of modules that need one another, from what each needs."""
    reached: dict[str, set[str]] = {}
    for start in graph:
        seen: set[str] = set()
        todo = list(graph[start])
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                todo.extend(graph[name])
        reached[start] = seen
    found = {frozenset(other for other in reached[name] if name in reached[other]) for name in graph}
    return [set(group) for group in found if group]


def test_a_folder_holds_what_one_glance_takes_in() -> None:
    folders = {path.parent for root in (PACKAGE, ROOT / "test") for path in root.rglob("*.py")}
    crowded = {str(one.relative_to(ROOT)): len(list(one.glob("*.py"))) for one in folders}
    assert {name: count for name, count in crowded.items() if count > FILES} == {}


def test_every_folder_says_what_lives_there() -> None:
    doors = {path: tree_of(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("__init__.py")}
    assert [path for path, tree in doors.items() if not ast.get_docstring(tree)] == []


def test_no_files_need_one_another() -> None:
    known = modules()
    graph = {name: set[str]() for name in known}
    for name, path in known.items():
        for imported in imports(path, tree_of(path.read_text(encoding="utf-8"))):
            target = imported if imported in known else imported.rpartition(".")[0]
            if target in known and target != name:
                graph[name].add(target)
    assert circles(graph) == []


def test_circles_are_found() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [{"a", "b", "c"}]
    assert circles({"a": {"b"}, "b": set()}) == []


def test_functions_decide_little() -> None:
    found = {}
    for path in sources():
        for node in ast.walk(tree_of(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and complexity(node) > COMPLEXITY:
                found[f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"] = complexity(node)
    assert found == {}


def test_decisions_are_counted() -> None:
    assert complexity(ast.parse("def f(): return 1").body[0]) == 1
    assert complexity(ast.parse("def f(x): return [y for y in x if y and y > 1 or x]").body[0]) == 4


def test_a_class_name_has_one_meaning() -> None:
    places: dict[str, list[str]] = {}
    for path in sources():
        for node in tree_of(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(str(path.relative_to(PACKAGE)))
    assert {name: there for name, there in places.items() if len(there) > 1 and name not in TWICE} == {}
