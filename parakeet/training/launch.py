"""One command that trains in several processes: Paddle's launcher starts them, this watches over them.

``paddle.distributed.launch`` writes the whole environment into its folder of logs, shows the output of one process only, and restarts
nothing. So it gets a private folder that does not outlive the job, its logs are followed and shown with the rank before each line, and
a job that died is started again from its newest snapshot, as often as was asked for.
"""

import contextlib
import dataclasses
import functools
import inspect
import json
import multiprocessing.connection
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import click

from parakeet.errors import RunError
from parakeet.training.signals import SIGNALS, Interrupted, handled

JOB, SOCKET, LAUNCHER = "job.json", "socket", "launcher.txt"

_GLANCE = 0.05
# Seconds that the other processes have to end by themselves when one has died, then the launcher to end them, before they are killed.
_PATIENCE = 8.0
_FAREWELL = 6.0

# It starts in each process. Run as a file, so its folder comes first on the path: that is the private one.
_STUB = """import json, sys
from pathlib import Path
folder = Path(__file__).parent
sys.path[:] = json.loads((folder / {job!r}).read_text())["path"]
if __name__ == "__main__":  # not in the processes that make batches, which read this file, too
    from parakeet.training.rank import main
    main(folder)
"""


class JobFailed(Exception):
    """A process of the job has died; the message names it and shows its error."""


@dataclasses.dataclass(frozen=True)
class Processes:
    """How many processes train, and where.

    Attributes:
        nproc (int): processes on this machine.
        nnodes (int): machines; the command is given on each of them.
        node_rank (int or None): which of them this is, from 0.
        master (str or None): ``address:port`` of machine 0, any free port of it; the same on all.
        host (str or None): this machine's address, where the others can't find it out.
        max_restarts (int): how often a job that died is started again.
    """

    nproc: int = 1
    nnodes: int = 1
    node_rank: int | None = None
    master: str | None = None
    host: str | None = None
    max_restarts: int = 0

    def __post_init__(self):
        if self.nnodes > 1 and (self.node_rank is None or self.master is None):
            raise RunError(
                f"--nnodes {self.nnodes}: say on each machine which one it is and where the first one is reached, as in --node-rank 0 "
                "--master 10.0.0.1:6170"
            )
        if self.node_rank is not None and not 0 <= self.node_rank < self.nnodes:
            raise RunError(f"--node-rank {self.node_rank}: of {self.nnodes} machines the ranks are 0 to {self.nnodes - 1}")

    @property
    def alone(self):
        """bool: whether this process can do it all by itself."""
        return self.nproc == 1 and self.nnodes == 1 and self.max_restarts == 0

    @property
    def ranks(self):
        """range: of the processes on this machine."""
        first = self.nproc * (self.node_rank or 0)
        return range(first, first + self.nproc)

    def arguments(self):
        """list[str]: what to tell ``paddle.distributed.launch``."""
        words = ["--nproc_per_node", self.nproc, "--nnodes", self.nnodes]
        for option, value in (("--rank", self.node_rank), ("--master", self.master), ("--host", self.host)):
            words += [] if value is None else [option, value]
        return [str(word) for word in words]

    def options(self):
        """str: the options that say the same, for a command to be typed."""
        told = [(field.name, getattr(self, field.name), field.default) for field in dataclasses.fields(self)]
        return "".join(f" --{name.replace('_', '-')} {value}" for name, value, default in told if value != default)


def process_options(function):
    """Decorate a click command with what says how many processes train; they arrive as one argument, ``processes``."""

    @functools.wraps(function)
    def command(nproc, nnodes, node_rank, master, host, max_restarts, **options):
        return function(processes=(nproc, nnodes, node_rank, master, host, max_restarts), **options)

    for option in reversed(
        (
            click.option("--nproc", type=click.IntRange(1), default=1, show_default=True, help="Processes on this machine."),
            click.option("--nnodes", type=click.IntRange(1), default=1, show_default=True, help="Machines; type it on each."),
            click.option("--node-rank", type=int, help="Which of the machines this is, from 0."),
            click.option("--master", metavar="ADDRESS:PORT", help="Machine 0, and any free port of it."),
            click.option("--host", metavar="ADDRESS", help="This machine, where the others can't find it out."),
            click.option("--max-restarts", type=click.IntRange(0), default=0, show_default=True, help="Restarts of a job that died."),
        )
    ):
        command = option(command)
    return command


def name_of(experiment):
    """Say which experiment, in words that another process understands.

    Args:
        experiment (type or str or None): a class; ``path/to/train.py:Class``; None where the run folder says it.

    Returns:
        str or None: as `parakeet.training.run_folder.load_experiment` takes it.

    Raises:
        RunError: if the class is in no file.
    """
    if not inspect.isclass(experiment):
        return experiment
    try:
        return f"{Path(inspect.getfile(experiment)).resolve()}:{experiment.__qualname__}"
    except (OSError, TypeError):
        raise RunError(
            f"{experiment.__qualname__} stands in no file, so other processes can't find it: write it into a script"
        ) from None


def launch(command, experiment, processes, options):
    """Train in several processes, to the end.

    Args:
        command (str): ``"train"`` or ``"resume"``.
        experiment (type or str or None): see `name_of`.
        processes (Processes): how many, and where.
        options (dict): the arguments of `parakeet.training.cli.begin` or ``resume``.

    Raises:
        RunError: if the processes say that something is wrong that a person can mend.
        Interrupted: if the job was asked to stop; its state is saved.
        JobFailed: if a process died, and was not to be started again.
    """
    folder = Path(options["output" if command == "train" else "folder"])
    job = {"command": command, "experiment": name_of(experiment), "options": _as_json(options), "path": sys.path}
    again = {**job, "command": "resume", "options": job["options"]}
    if command == "train":
        again["options"] = {"folder": str(folder), "data": None, "device": None, "overrides": [], "accept": []}
    restarts = 0
    while True:
        try:
            return _Job(job, processes).run()
        except Interrupted as error:
            if not (folder / "run.json").exists():
                raise RunError(f"stopped: {error}. {folder} holds no run: begin again") from None
            raise
        except JobFailed as error:
            if restarts == processes.max_restarts:
                raise
            restarts += 1
            click.echo(f"{error}\nStarting again ({restarts} of {processes.max_restarts}).", err=True)
            if (folder / "run.json").exists():
                job = again


class _Job:
    """One start of all processes of this machine."""

    def __init__(self, job, processes):
        self._job = job
        self._processes = processes
        self._pids = {}  # of the ranks that are at work
        self._running = set()  # ranks that can be asked to stop
        self._ended = {}  # rank -> what it said at its end; None if it said nothing
        self._received = None  # the signal that asked to stop
        self._signalled = 0
        self._logs = {}

    def run(self):
        self._folder = Path(tempfile.mkdtemp(prefix="parakeet-"))  # nobody else may look into it
        try:
            (self._folder / JOB).write_text(json.dumps(self._job))
            (self._folder / "process.py").write_text(_STUB.format(job=JOB))
            listener = multiprocessing.connection.Listener(str(self._folder / SOCKET), "AF_UNIX", backlog=64)
            with listener, self._signals(), self._launcher() as launcher:
                self._watch(listener, launcher)
            self._judge()
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    @contextlib.contextmanager
    def _launcher(self):
        log = self._folder / "log"
        words = [sys.executable, "-m", "paddle.distributed.launch", "--log_dir", str(log), *self._processes.arguments()]
        # Without the greetings of each process's network code; warnings and errors stay.
        environment = {"GLOG_minloglevel": "1", **os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        with open(self._folder / LAUNCHER, "w") as output:
            # In a session of its own: Ctrl-C in a terminal is for us, who hand it on to the processes that can act on it.
            launcher = subprocess.Popen(
                [*words, str(self._folder / "process.py")],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,
            )
        try:
            yield launcher
        finally:
            self._end(launcher)

    def _end(self, launcher):
        with contextlib.suppress(ProcessLookupError):
            if launcher.poll() is None:
                launcher.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                launcher.wait(_FAREWELL)
            os.killpg(launcher.pid, signal.SIGKILL)  # whatever is left of its session
        launcher.wait()

    @contextlib.contextmanager
    def _signals(self):
        def handle(number, _frame):
            self._received = signal.Signals(number).name
            self._signalled += 1
            if len(self._running) < self._processes.nproc:
                raise Interrupted(f"{self._received}, before the training began")
            if self._signalled > 2:  # the first asks them, the second does not wait for the end of the step
                raise Interrupted(f"{self._received}, without waiting for the processes")
            for pid in self._pids.values():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)

        if threading.current_thread() is not threading.main_thread():
            yield
            return
        with handled([getattr(signal, name) for name in SIGNALS], handle):
            yield

    def _watch(self, listener, launcher):
        """Follow the processes until all have ended, or the first that fails has had its time to take the others with it."""
        accepted = []
        threading.Thread(target=_accept, args=(listener, accepted), daemon=True).start()
        ranks, connections, deadline = {}, [], None
        while True:
            connections += [accepted.pop() for _ in range(len(accepted))]
            for connection in multiprocessing.connection.wait(connections, _GLANCE) if connections else [time.sleep(_GLANCE)]:
                if connection is not None and not self._hear(connection, ranks):
                    connections.remove(connection)
            self._show()
            self._forget_environment()
            failed = any(end is None or end["kind"] not in ("done", "interrupted") for end in self._ended.values())
            if failed and deadline is None:
                deadline = time.monotonic() + _PATIENCE
            # One that ended without a word: the launcher is about to say by which signal.
            all_told = len(self._ended) == self._processes.nproc and None not in self._ended.values()
            if launcher.poll() is not None or all_told:
                break
            if deadline is not None and time.monotonic() > deadline:
                break
        self._drain(connections, ranks)
        self._show(last=True)

    def _drain(self, connections, ranks):
        for connection in connections:
            while connection.poll(0.2) and self._hear(connection, ranks):
                pass

    def _hear(self, connection, ranks):
        """Take one message of a process; False if there will be no more."""
        try:
            message = json.loads(connection.recv_bytes())
        except (EOFError, OSError):
            if connection in ranks:
                self._pids.pop(ranks[connection], None)
                self._ended.setdefault(ranks[connection], None)
            return False
        rank = ranks.setdefault(connection, message["rank"])
        if message["kind"] == "hello":
            self._pids[rank] = message["pid"]
        elif message["kind"] == "running":
            self._running.add(rank)
        else:
            self._ended[rank] = message
        return True

    def _show(self, last=False):
        for local, rank in enumerate(self._processes.ranks):
            log = self._folder / "log" / f"workerlog.{local}"
            if rank not in self._logs and log.exists():
                self._logs[rank] = open(log, "rb"), b""  # noqa: SIM115 -- closed below
            if rank in self._logs:
                file, rest = self._logs[rank]
                *lines, rest = (rest + file.read()).split(b"\n")
                lines += [rest] if last and rest else []
                self._logs[rank] = file, rest
                for line in lines:
                    click.echo(f"rank {rank}: {line.decode(errors='replace')}")
                if last:
                    file.close()

    def _forget_environment(self):
        """Remove what the launcher has noted of the environment, with all the secrets that may be in it."""
        for path in self._folder.glob("log/*"):
            if not path.name.startswith("workerlog."):
                path.unlink(missing_ok=True)

    def _judge(self):
        """Say how the job ended."""
        ends = self._ended
        # One that was killed says nothing; one that lost another is not the cause.
        cause = next((rank for rank, end in ends.items() if end is None), None)
        if cause is not None:
            raise JobFailed(f"process {cause} (rank {cause}) has died{self._exit_code(cause)}; the job has ended")
        mistakes = {rank: end["text"] for rank, end in ends.items() if end["kind"] == "mistake"}
        if mistakes:
            first = next(iter(mistakes))
            alike = sorted(rank for rank, text in mistakes.items() if text == mistakes[first])
            raise RunError(mistakes[first] if len(alike) == self._processes.nproc else f"rank {first}: {mistakes[first]}")
        errors = [rank for rank, end in ends.items() if end["kind"] == "error"]
        if errors:
            raise JobFailed(f"process {errors[0]} (rank {errors[0]}) has failed; the job has ended. Its error:\n{ends[errors[0]]['text']}")
        lost = next((end["text"] for end in ends.values() if end["kind"] == "lost"), None)
        if lost is not None:
            raise JobFailed(f"{lost}; the job has ended. What it died of is told on its own machine.")
        if self._received is not None and len(ends) < self._processes.nproc:
            raise Interrupted(self._received)
        if len(ends) < self._processes.nproc:
            told = (self._folder / LAUNCHER).read_text(errors="replace").strip().splitlines()[-20:]
            raise JobFailed("the processes could not be started; paddle.distributed.launch says:\n" + "\n".join(told))
        interrupted = next((end["text"] for end in ends.values() if end["kind"] == "interrupted"), None)
        if interrupted is not None:
            raise Interrupted(interrupted)

    def _exit_code(self, rank):
        local = rank - self._processes.ranks.start
        text = (self._folder / LAUNCHER).read_text(errors="replace")
        match = re.search(rf"Container rank {local} status failed .* code (-?\d+) log", text)
        if match is None or int(match.group(1)) >= 0:
            return "" if match is None else f" with exit code {match.group(1)}"
        with contextlib.suppress(ValueError):
            return f" of {signal.Signals(-int(match.group(1))).name}"
        return f" of signal {-int(match.group(1))}"


def _accept(listener, accepted):
    with contextlib.suppress(OSError):  # the listener was closed
        while True:
            accepted.append(listener.accept())


def _as_json(options):
    return {name: _plain(value) for name, value in options.items()}


def _plain(value):
    if isinstance(value, Path):
        return str(value)
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value


EXIT = {"done": 0, "interrupted": 0, "lost": 0, "mistake": 2, "error": 1}
"""The exit code of a process by how it ended: what is none of its own failures is 0, or the launcher would end the others, or blame it."""
