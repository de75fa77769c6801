"""Puts faults into a copy of the code, one at a time, and counts how many of them the tests notice.

The faults are data: `mutants.yaml` beside this file. The checkout itself is never changed.

Example: make mutants ARGS="--only 'upside down is upright'"
"""

import argparse
import ast
import dataclasses
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(__file__).with_suffix(".yaml")
COPIED = ("skill_stack", "test")
"""Folders of which the copy has its own; to all others it has links."""
MARKS = "not e2e and not browser and not slow"
MOST_SURVIVORS = 2
LONGEST = 240.0
"""Time that tests may take, s; a fault for which they take longer has been noticed, as they hang."""
GRACE = 10.0
"""Time that tests which are to end get for it, s."""
PASSED, FAILED = 0, 1
"""Exit codes of pytest; with any other one the tests have not judged."""

KILLED, SURVIVED, STALE, UNJUDGED = "killed", "SURVIVED", "STALE", "NOT JUDGED"


class Unusable(Exception):
    """The check cannot judge; the text says why."""


@dataclasses.dataclass(frozen=True)
class Mutant:
    """One fault.

    Attributes:
        area: Part of the stack.
        name: What is wrong then.
        file: File of the code, from the root of the checkout.
        before: Text that occurs once in it.
        after: Text that stands there instead.
        tests: Files or folders of tests that are expected to notice.
        why: What it would do to a robot.
        marks: Which of them run, as pytest's ``-m`` takes it.
    """

    area: str
    name: str
    file: str
    before: str
    after: str
    tests: tuple[str, ...]
    why: str
    marks: str = MARKS

    def applied(self, code: str) -> str:
        """The code with this fault; raises Unusable where the text is not there once, or what comes out is no code."""
        found = code.count(self.before)
        if found != 1:
            raise Unusable(f"the text to replace occurs {found} times in {self.file}")
        faulty = code.replace(self.before, self.after)
        try:
            changed = ast.dump(ast.parse(faulty)) != ast.dump(ast.parse(code))
        except SyntaxError as error:
            raise Unusable(f"{self.file} cannot be compiled with it: {error}") from error
        if not changed:
            raise Unusable("it changes nothing but the layout")
        return faulty


def read_mutants() -> list[Mutant]:
    """All faults, in the order of the file."""
    areas = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return [
        Mutant(area=area, **{**entry, "tests": tuple(entry["tests"])}) for area, rows in areas.items() for entry in rows
    ]


class Copy:
    """A copy of the checkout in which faults are put and tests run.

    Attributes:
        root: Its root.
    """

    def __init__(self, root: Path) -> None:
        """Copies the code, and links everything else."""
        self.root = root
        for entry in ROOT.iterdir():
            if entry.name in COPIED:
                shutil.copytree(entry, root / entry.name, ignore=shutil.ignore_patterns("__pycache__"))
            elif not entry.name.startswith(".") or entry.name == ".venv":
                (root / entry.name).symlink_to(entry)
        self._environment = {**os.environ, "PYTHONPATH": str(root)}
        command = [sys.executable, "-c", "import skill_stack; print(skill_stack.__file__)"]
        found = subprocess.run(command, cwd=root, env=self._environment, capture_output=True, text=True).stdout.strip()
        if Path(found) != root / "skill_stack" / "__init__.py":
            raise Unusable(f"the copy in {root} is not what its tests import, but {found or 'nothing'}")

    @contextmanager
    def fault(self, mutant: Mutant) -> Iterator[None]:
        """Has the fault in the code for a while; raises Unusable."""
        path = self.root / mutant.file
        if not path.is_file():
            raise Unusable(f"there is no {mutant.file}")
        code, times = path.read_text(encoding="utf-8"), path.stat()
        path.write_text(mutant.applied(code), encoding="utf-8")
        # What is compiled of it is not kept: a later fault of the same size could be taken for this one.
        self._environment["PYTHONDONTWRITEBYTECODE"] = "1"
        try:
            yield
        finally:
            del self._environment["PYTHONDONTWRITEBYTECODE"]
            path.write_text(code, encoding="utf-8")
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))  # so that what was compiled of it is valid again

    def run(self, tests: Sequence[str], marks: str) -> tuple[int | None, str]:
        """Runs tests until the first that fails.

        Returns:
            Exit code of pytest, None where they took too long; and the test that failed, or else what was said last.
        """
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-m", marks, *tests]
        with subprocess.Popen(
            command, cwd=self.root, env=self._environment, text=True, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        ) as process:  # fmt: skip
            try:
                said, _ = process.communicate(timeout=LONGEST)
            except subprocess.TimeoutExpired:
                return None, f"more than {LONGEST:g} s"
            finally:
                _end(process)
        return process.returncode, _culprit(said)


def _end(process: subprocess.Popen[str]) -> None:
    """Ends tests that still run, and what they have started."""
    if process.poll() is not None:
        return
    for number in (signal.SIGINT, signal.SIGKILL):
        os.killpg(process.pid, number)
        try:
            process.wait(GRACE)
            return
        except subprocess.TimeoutExpired:
            continue


def _culprit(said: str) -> str:
    """The test that failed, by pytest's output; or the last line of it."""
    lines = [line for line in said.splitlines() if line.strip()]
    failed = [line.split(" - ")[0].partition(" ")[2] for line in lines if line.startswith(("FAILED ", "ERROR "))]
    return (failed or lines[-1:] or ["nothing was said"])[0]


def check_unmutated(copy: Copy, chosen: Sequence[Mutant]) -> None:
    """Runs every set of tests on the code as it is; raises Unusable where one fails."""
    sets = list(dict.fromkeys((mutant.tests, mutant.marks) for mutant in chosen))
    for number, (tests, marks) in enumerate(sets, 1):
        begin = time.monotonic()
        code, said = copy.run(tests, marks)
        if code != PASSED:
            raise Unusable(f"without any fault, {' '.join(tests)} already fails (exit code {code}): {said}")
        print(f"unchanged {number}/{len(sets)}  {time.monotonic() - begin:5.1f} s  {' '.join(tests)}", flush=True)


def judge(copy: Copy, mutant: Mutant) -> tuple[str, str]:
    """What becomes of one fault, and by which test or why."""
    try:
        with copy.fault(mutant):
            code, said = copy.run(mutant.tests, mutant.marks)
    except Unusable as error:
        return STALE, str(error)
    if code == PASSED:
        return SURVIVED, f"a test is missing: {mutant.why}"
    return (KILLED if code in (FAILED, None) else UNJUDGED), said


def check(chosen: Sequence[Mutant], most: int) -> bool:
    """Judges faults one after the other, with a line for each.

    Args:
        chosen: The faults.
        most: How many may survive.
    """
    begin, verdicts = time.monotonic(), Counter[str]()
    with tempfile.TemporaryDirectory(prefix="skill-stack-mutants-") as folder:
        copy = Copy(Path(folder).resolve())
        check_unmutated(copy, chosen)
        for number, mutant in enumerate(chosen, 1):
            start = time.monotonic()
            verdict, detail = judge(copy, mutant)
            verdicts[verdict] += 1
            seconds = time.monotonic() - start
            head = f"{number:2}/{len(chosen)}  {verdict:10}  {seconds:5.1f} s  {mutant.area}: {mutant.name}"
            print(f"{head}\n{'':25}{detail}", flush=True)
    spoilt = ", ".join(f"{verdicts[what]} {what.lower()}" for what in (STALE, UNJUDGED) if verdicts[what])
    told = f"{verdicts[KILLED]} of {len(chosen)} killed" + (f", {spoilt}" if spoilt else "")
    print(f"mutants: {told}, in {time.monotonic() - begin:.0f} s")
    return not spoilt and verdicts[SURVIVED] <= most


def choose(every: Sequence[Mutant], wanted: Sequence[str]) -> list[Mutant]:
    """The faults of these names, all of them where none is named; raises Unusable."""
    known: Mapping[str, Mutant] = {mutant.name: mutant for mutant in every}
    if strange := [name for name in wanted if name not in known]:
        raise Unusable(f"there is no fault named {', '.join(map(repr, strange))}; --list names them")
    return [known[name] for name in wanted] if wanted else list(every)


def main(argv: Sequence[str] | None = None) -> int:
    """Returns 0 when enough faults were noticed, 1 when too few or some could not be judged, 130 after Ctrl-C."""
    parser = argparse.ArgumentParser(
        prog="mutants.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="this fault alone; may be repeated")
    parser.add_argument("--list", action="store_true", help="name all faults, and end")
    arguments = parser.parse_args(argv)
    try:
        chosen = choose(read_mutants(), arguments.only)
        if arguments.list:
            print("\n".join(f"{one.area:14}{one.name}\n{'':14}{one.file}: {one.why}" for one in chosen))
            return 0
        return 0 if check(chosen, 0 if arguments.only else MOST_SURVIVORS) else 1
    except Unusable as error:
        print(f"mutants: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("mutants: ended before all faults were judged", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
