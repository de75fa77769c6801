"""The bring-up with small stand-in processes: readiness, restarts, failures, and an end that leaves nothing."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from skill_stack.core.processes.process_identity import ProcessIdentity
from skill_stack.runtime.bringup.bring_up import BringUp, BringUpFailed, Interrupted
from skill_stack.runtime.bringup.processes import ProcessSpec
from skill_stack.runtime.bringup.run_file import AlreadyRunning, RunFile
from test.eventually import eventually

STAND_INS = {
    "steady": "import time\ndef main():\n    print('steady is ready', flush=True)\n    time.sleep(60)\n",
    "stubborn": (
        "import signal, time\ndef main():\n    signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "    print('stubborn is ready', flush=True)\n    time.sleep(60)\n"
    ),
    "broken": "def main():\n    raise SystemExit('no battery')\n",
    "beating": (
        "import os, time\nfrom pathlib import Path\nfrom skill_stack.core.processes.heartbeat import Heartbeat\n"
        "def main():\n    pulse = Heartbeat.from_environment(os.environ)\n    print('beating is ready', flush=True)\n"
        "    while not Path(__file__).with_name('hang').exists():\n"
        "        pulse.beat(time.monotonic())\n        time.sleep(0.05)\n    time.sleep(60)\n"
    ),
    "dutiful": (
        "import signal, sys, time\ndef main():\n"
        "    signal.signal(signal.SIGTERM, lambda *_: (print('the robot is damped', flush=True), sys.exit()))\n"
        "    print('dutiful is ready', flush=True)\n    time.sleep(60)\n"
    ),
    "silent": "import time\ndef main():\n    time.sleep(60)\n",
}


class Bench:
    """Makes bring-ups of stand-ins in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.deaths: list[tuple[str, str]] = []
        for name, text in STAND_INS.items():
            (folder / f"stand_in_{name}.py").write_text(f"{text}\nif __name__ == '__main__':\n    main()\n")
        self.environment = {**os.environ, "PYTHONPATH": str(folder)}

    def spec(self, kind: str, **changes: object) -> ProcessSpec:
        fields = {"name": kind, "executable": kind, "module": f"stand_in_{kind}", "ros": False}
        return ProcessSpec(**{**fields, "ready": f"{kind} is ready", **changes})

    def up(self, *specs: ProcessSpec, leader: ProcessIdentity | None = None) -> BringUp:
        return BringUp(
            specs,
            self.run_file(),
            self.folder,
            self.environment,
            self.said.append,
            on_fault=lambda name, how: self.deaths.append((name, how)),
            leader=leader,
        )

    def run_file(self) -> RunFile:
        return RunFile(self.folder / "block")

    def until(self, stack: BringUp, done: Callable[[], object], seconds: float = 60.0) -> None:
        eventually(lambda: done() or stack.poll(), seconds, else_=lambda: self.said)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def identities(stack: BringUp) -> list[ProcessIdentity]:
    return [child.identity for child in stack.children if child.identity]


def test_everything_is_up_when_ready_and_gone_afterwards(bench: Bench) -> None:
    with bench.up(bench.spec("steady"), bench.spec("steady", name="other", detached=True)) as stack:
        stack.wait_ready(60)
        running = identities(stack)
        assert len(running) == 2
        assert sorted(line.split("s  ")[1] for line in bench.said) == ["other is ready", "steady is ready"]
    assert not any(process.alive for process in running)
    assert not list(bench.folder.glob("block*"))


def test_what_ignores_the_request_to_end_is_killed(bench: Bench) -> None:
    with bench.up(bench.spec("stubborn")) as stack:
        stack.wait_ready(60)
        running = identities(stack)
    assert not any(process.alive for process in running)


def test_what_dies_is_started_again(bench: Bench) -> None:
    with bench.up(bench.spec("steady")) as stack:
        stack.wait_ready(60)
        first = identities(stack)[0]
        os.kill(first.pid, signal.SIGKILL)
        bench.until(stack, lambda: stack.children[0].restarts == 1 and stack.children[0].ready)
        assert identities(stack)[0] != first
        assert any("was ended by SIGKILL; starting it again" in line for line in bench.said)


def test_what_is_stopped_by_a_signal_is_named_ended_and_started_again(bench: Bench) -> None:
    with bench.up(bench.spec("steady")) as stack:
        stack.wait_ready(60)
        first = identities(stack)[0]
        os.kill(first.pid, signal.SIGSTOP)
        bench.until(stack, lambda: stack.children[0].restarts == 1 and stack.children[0].ready)
        assert not first.alive
        assert any("steady froze (stopped by a signal" in line and "starting it again" in line for line in bench.said)


def test_what_hangs_is_named_ended_and_started_again(bench: Bench) -> None:
    with bench.up(bench.spec("beating", patience=0.8), bench.spec("steady", patience=0.8)) as stack:
        stack.wait_ready(60)
        first, other = identities(stack)
        (bench.folder / "hang").touch()
        bench.until(stack, lambda: stack.children[0].restarts == 1)
        assert not first.alive
        assert other.alive  # it never had a pulse, so nobody can tell that it sleeps
        assert any("beating hangs (no sign of life" in line for line in bench.said)
        assert bench.deaths[0][0] == "beating" and "hangs" in bench.deaths[0][1]


def test_what_cannot_be_started_again_is_waited_for(bench: Bench) -> None:
    with bench.up(bench.spec("steady", name="simulator", restart="never")) as stack:
        stack.wait_ready(60)
        first = identities(stack)[0]
        os.kill(first.pid, signal.SIGSTOP)
        bench.until(stack, lambda: any("simulator froze" in line for line in bench.said))
        os.kill(first.pid, signal.SIGCONT)
        bench.until(stack, lambda: any("simulator goes on" in line for line in bench.said))
        assert first.alive
        assert not stack.children[0].restarts


def test_what_another_process_watches_is_left_to_it(bench: Bench) -> None:
    with bench.up(bench.spec("steady", name="control", patience=0.0), bench.spec("steady")) as stack:
        stack.wait_ready(60)
        for process in identities(stack):
            os.kill(process.pid, signal.SIGSTOP)
        bench.until(stack, lambda: stack.children[1].restarts == 1)
        assert not stack.children[0].restarts
        os.kill(identities(stack)[0].pid, signal.SIGCONT)


def test_a_simulator_that_dies_ends_everything_with_a_clear_message(bench: Bench) -> None:
    with pytest.raises(BringUpFailed, match="simulator was ended by SIGKILL: the simulated robot is gone"):
        with bench.up(bench.spec("steady", name="simulator", restart="never"), bench.spec("steady")) as stack:
            stack.wait_ready(60)
            running = identities(stack)
            os.kill(running[0].pid, signal.SIGKILL)
            bench.until(stack, lambda: False)
    assert not any(process.alive for process in running)


def test_what_never_works_is_reported_with_its_last_lines(bench: Bench) -> None:
    with pytest.raises(BringUpFailed, match=r"broken ended with exit code 1 three times(.|\n)*no battery"):
        with bench.up(bench.spec("broken")) as stack:
            stack.wait_ready(90)


def test_what_is_optional_holds_nothing_up(bench: Bench) -> None:
    with bench.up(bench.spec("broken", optional=True), bench.spec("steady")) as stack:
        stack.wait_ready(60)
        bench.until(stack, lambda: stack.children[0].restarts > 3)


def test_what_is_not_ready_in_time_is_named(bench: Bench) -> None:
    with pytest.raises(BringUpFailed, match="not ready after 1 s: silent"):
        with bench.up(bench.spec("silent"), bench.spec("steady")) as stack:
            stack.wait_ready(1.0)


def test_two_of_the_same_name_are_refused(bench: Bench) -> None:
    with bench.up(bench.spec("steady")), pytest.raises(AlreadyRunning, match="skill-stack down"):
        with bench.up(bench.spec("steady")):
            pass


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_end_everything(bench: Bench, number: int) -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(Interrupted, match=signal.Signals(number).name):
        with bench.up(bench.spec("steady")) as stack:
            running = identities(stack)
            os.kill(os.getpid(), number)
            stack.wait_ready(60)
    assert not any(process.alive for process in running)
    assert signal.getsignal(signal.SIGINT) is before


def test_what_a_killed_bring_up_leaves_is_ended_by_the_next(bench: Bench) -> None:
    """Attached children end with it; detached ones stay, since they keep a robot safe, until somebody cleans up."""
    script = bench.folder / "crash.py"
    script.write_text(
        f"""
import os, time
from pathlib import Path
from skill_stack.runtime.bringup.bring_up import BringUp
from skill_stack.runtime.bringup.processes import ProcessSpec
from skill_stack.runtime.bringup.run_file import RunFile
folder = Path({str(bench.folder)!r})
specs = [
    ProcessSpec(name, "x", "stand_in_steady", ros=False, detached=name == "control", ready="steady is ready")
    for name in ("control", "planner")
]
with BringUp(specs, RunFile(folder / "block"), folder, os.environ, print) as stack:
    stack.wait_ready(60)
    print("up", *[child.identity.pid for child in stack.children], flush=True)
    stack.run()
"""
    )
    crashing = subprocess.Popen([sys.executable, script], env=bench.environment, stdout=subprocess.PIPE, text=True)
    assert crashing.stdout is not None
    line = next(line for line in crashing.stdout if line.startswith("up"))
    control, planner = (ProcessIdentity.from_pid(int(pid)) for pid in line.split()[1:])
    crashing.kill()
    crashing.wait()
    assert control and planner
    eventually(lambda: not planner.alive, what="the end of the planner")
    assert control.alive
    with bench.up(bench.spec("steady")):
        assert not control.alive
        assert "ending 1 process(es) that an earlier bring-up left behind" in bench.said


def test_it_ends_with_the_process_that_leads_it(bench: Bench) -> None:
    leader = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    identity = ProcessIdentity.from_pid(leader.pid)
    with pytest.raises(Interrupted, match=f"process {leader.pid}, which started this, is gone"):
        with bench.up(bench.spec("steady"), leader=identity) as stack:
            stack.wait_ready(60)
            running = identities(stack)
            leader.kill()
            leader.wait()
            bench.until(stack, lambda: False)
    assert not any(process.alive for process in running)


def test_what_its_leader_has_started_is_no_leftover(bench: Bench) -> None:
    """A node may take its part in shared memory before the bring-up beside it has begun."""
    sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
    mine, other = subprocess.Popen(sleeper), None
    try:
        script = f"import subprocess, time; print(subprocess.Popen({sleeper!r}).pid, flush=True); time.sleep(60)"
        other = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
        assert other.stdout is not None
        theirs = ProcessIdentity.from_pid(int(other.stdout.readline()))
        assert theirs is not None
        earlier = bench.run_file()
        earlier.hold()
        started = ProcessIdentity.from_pid(mine.pid)
        assert started is not None
        earlier.write({"controller": started, "planner": theirs}, {})
        os.close(earlier._handle)  # as a crash leaves it
        with bench.up(bench.spec("steady"), leader=ProcessIdentity.own()):
            assert started.alive
            assert not theirs.alive
    finally:
        for process in (mine, other):
            if process is not None:
                process.kill()
                process.wait()


def test_the_last_words_of_every_process_are_reported(bench: Bench) -> None:
    with bench.up(bench.spec("dutiful")) as stack:
        stack._verbose = True
        stack.wait_ready(60)
    assert "[dutiful] the robot is damped" in bench.said
