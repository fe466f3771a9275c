"""The proof that runs resume: train once in one go, train again killed over and over, compare what both leave behind."""

import collections
import contextlib
import hashlib
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from parakeet.checkpoint import SnapshotStore
from parakeet.errors import RunError
from parakeet.training.extensions.log_report import read_log
from parakeet.training.kill_points import INSTANTS
from parakeet.training.run_folder import SNAPSHOTS

KILLS_A_RUN = 5
"""How often a run is killed before it may go on to its end and is compared."""

ANYWHERE = "anywhere"
"""The instant that only the clock decides: this process kills the other one after a random time."""

_MISSES = 3  # of an instant, one after the other, before it counts as one that does not occur
_CLOCK = re.compile("time|second")  # columns of the log that depend on the clock
_STARTING = 300.0  # seconds a process has to begin with training, or to end when it should have been done


@dataclass
class Verdict:
    """What came of the kills with one number of workers.

    Attributes:
        workers (int): processes that make batches.
        runs (int): runs that were compared with the uninterrupted one.
        kills (Counter): instant -> how many processes were killed there.
        absent (list[str]): instants that do not occur in this experiment.
        digests (dict): what is compared -> its sha256 in the uninterrupted run.
        different (dict): what is compared -> in how many runs it differs.
        faults (list[str]): the run folders that differ, what differs in them, and where they were killed.
    """

    workers: int
    runs: int = 0
    kills: collections.Counter = field(default_factory=collections.Counter)
    absent: list = field(default_factory=list)
    digests: dict = field(default_factory=dict)
    different: collections.Counter = field(default_factory=collections.Counter)
    faults: list = field(default_factory=list)


def verify_resume(
    experiment,
    folder,
    config=None,
    data=None,
    device="cpu",
    overrides=(),
    iterations=None,
    kills=10,
    workers=0,
    seed=0,
    say=print,
):
    """Train in one go, and again with SIGKILL at random instants, and compare.

    The instants of `INSTANTS` and `ANYWHERE` take turns in random order. A run is killed up to `KILLS_A_RUN` times, each time resumed
    from its folder alone, then trained to its end and compared.

    Args:
        experiment (str): as for ``parakeet train``: a script, or package.module:Class.
        folder (Path): where the run folders are made.
        config, data, device, overrides: as for ``parakeet train``.
        iterations (int, optional): the length of the runs; that of the configuration when None.
        kills (int): how many processes are killed.
        workers (int): processes that make batches.
        seed (int): of the instants.
        say (callable): takes a line about each kill.

    Returns:
        Verdict: what was found.

    Raises:
        RunError: if a process ends with an error of its own; the message ends with its last words.
    """
    overrides = [*overrides, f"training.workers={workers}"]
    if iterations is not None:
        overrides.append(f"training.stop=[{iterations}, iteration]")
    order = {"experiment": str(experiment), "config": config, "data": data, "device": device, "overrides": overrides}
    order = {key: str(value) if isinstance(value, Path) else value for key, value in order.items()}
    verdict = Verdict(workers)
    whole = _Run(folder / f"whole-{workers}-workers", order)
    began = whole.go()
    say(f"{workers} workers: trained {whole.reached} iterations in one go")
    verdict.digests = digests(whole.folder)
    plan = _Plan(random.Random(seed), whole.reached, whole.passed, began)
    while verdict.kills.total() < kills:
        run = _Run(folder / f"killed-{workers}-workers-{verdict.runs:02d}", order)
        while not run.ended:
            wanted, saved = None, run.saved()
            if len(run.killed) < KILLS_A_RUN and verdict.kills.total() < kills and saved < 0.8 * whole.reached:
                wanted = plan.draw(saved)
            before = len(run.killed)
            run.go(**({} if wanted is None else wanted))
            if len(run.killed) > before:
                verdict.kills[wanted["instant"]] += 1
                say(f"kill {verdict.kills.total()} of {kills}: run {verdict.runs}, {run.killed[-1]}")
            if wanted is not None:
                plan.learn(wanted["instant"], len(run.killed) > before)
        _compare(verdict, run)
        say(f"run {verdict.runs - 1}: {verdict.faults[-1] if verdict.faults else 'identical'}")
    verdict.absent = plan.absent
    return verdict


def _compare(verdict, run):
    found = digests(run.folder)
    wrong = [name for name, digest in verdict.digests.items() if found[name] != digest]
    verdict.different.update(wrong)
    verdict.runs += 1
    if wrong and run.killed:
        verdict.faults.append(f"{run.folder}: {', '.join(wrong)} differ; killed {'; '.join(run.killed)}")
    elif wrong:
        verdict.faults.append(f"{run.folder}: {', '.join(wrong)} differ without a kill: the training is not repeatable")


class _Plan:
    """Draws where to kill next."""

    def __init__(self, draw, iterations, passed, seconds):
        self._draw, self._iterations, self._passed, self._seconds = draw, iterations, passed, seconds
        self._misses = collections.Counter()
        self._turn = []
        self.absent = [instant for instant in INSTANTS if not passed.get(instant)]

    def draw(self, saved):
        """dict: an instant after the newest snapshot, at ``saved``."""
        if not self._turn:
            self._turn = [instant for instant in (*INSTANTS, ANYWHERE) if instant not in self.absent]
            self._draw.shuffle(self._turn)
        instant = self._turn.pop()
        if instant == ANYWHERE:
            return {"instant": instant, "after": self._draw.uniform(0, self._seconds * 0.6)}
        at = min(saved + self._draw.randrange(max(1, self._iterations // 4)), self._iterations - 1)
        if instant in ("loader's start", "resume"):
            at = 0  # they occur where a process begins
        # Anywhere among its next passings; few of a kind that is rare.
        skip = self._draw.randrange(max(1, self._passed[instant] // 8)) if instant != "resume" else 0
        return {"instant": instant, "at": at, "skip": skip}

    def learn(self, instant, killed):
        """Take notice of whether a process was killed where it should have been."""
        self._misses[instant] = 0 if killed else self._misses[instant] + 1
        if self._misses[instant] >= _MISSES and instant != ANYWHERE:
            self.absent.append(instant)


class _Run:
    """A run folder, and the processes that train in it one after the other."""

    def __init__(self, folder, order):
        self.folder, self.order = folder, order
        self.notes = folder.with_suffix(".notes")
        self.words = folder.with_suffix(".stderr")
        self.killed = []
        self.ended = False
        self.reached, self.passed = 0, {}

    def saved(self):
        """int: the iteration of the newest snapshot."""
        return max((snapshot.step for snapshot in SnapshotStore(self.folder / SNAPSHOTS).snapshots()), default=0)

    def go(self, instant=None, at=0, skip=0, after=None):
        """Train, or go on with it, until the end or the kill.

        Returns:
            float: seconds from the first iteration to the end.
        """
        seen = len(self._read())
        kill = {} if instant is None or after is not None else {"instant": instant, "at": at, "skip": skip}
        # A run that was killed before its folder was written has nothing to resume: it begins as it did.
        mode = "resume" if (self.folder / "run.json").exists() else "train"
        order = {**self.order, "mode": mode, "output": str(self.folder), "notes": str(self.notes), "kill": kill}
        with open(self.words, "wb") as words:
            process = subprocess.Popen(
                [sys.executable, "-m", "parakeet.training.kill_points", json.dumps(order)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=words,
            )
        try:
            began = self._wait_for_beginning(process, seen)
            if after is not None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(after)
                process.kill()
            code = process.wait()
        finally:
            process.kill()
            process.wait()
        seconds = time.monotonic() - began
        self._conclude(code, seen, after)
        return seconds

    def _read(self):
        if not self.notes.exists():
            return []
        lines = self.notes.read_text(encoding="utf-8").splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith("}\n")]  # the clock may kill in the middle of one

    def _wait_for_beginning(self, process, seen):
        deadline = time.monotonic() + _STARTING
        while process.poll() is None and not any("begins" in note for note in self._read()[seen:]):
            if time.monotonic() > deadline:
                raise RunError(f"{self.folder}: no iteration was begun in {_STARTING:.0f} s")
            time.sleep(0.01)
        return time.monotonic()

    def _conclude(self, code, seen, after):
        notes = self._read()[seen:]
        for note in notes:
            if "killed" in note:
                self.killed.append(f"at iteration {note['iteration']}: {INSTANTS[note['killed']]}")
            if "ends" in note:
                self.ended, self.reached, self.passed = True, note["ends"], note["passed"]
        if after is not None and code < 0 and not self.ended:
            self.killed.append(f"{after:.2f} s after it had begun")
        elif code != 0 and not any("killed" in note for note in notes) and not self.ended:
            last = self.words.read_text(encoding="utf-8", errors="replace").strip()[-2000:]
            raise RunError(f"{self.folder}: training ended with exit code {code} and these words:\n{last}")


def digests(folder):
    """Take the checksums of what a run has left behind.

    Args:
        folder (Path): the run folder.

    Returns:
        dict[str, str]: ``parameters`` (buffers too), ``optimizers``, ``random state``, ``position``, ``log`` -> sha256. Times and rates
        in the log don't count.
    """
    snapshot = SnapshotStore(folder / SNAPSHOTS).newest()
    if snapshot is None:
        raise RunError(f"{folder}: the run has left no snapshot to compare")
    state = snapshot.load()
    rows = [{k: v for k, v in row.items() if not _CLOCK.search(k)} for row in read_log(folder / "log.jsonl")]
    parts = {
        "parameters": state["models"],
        "optimizers": state["optimizers"],
        "random state": state["random"],
        "position": state["updater"],
        "log": rows,
    }
    return {name: digest(part) for name, part in parts.items()}


def digest(value):
    """str: the sha256 of nested dicts and lists of json values and arrays; the order of the keys does not count."""
    total = hashlib.sha256()
    _feed(total, value)
    return total.hexdigest()


def _feed(total, value):
    if isinstance(value, dict):
        total.update(b"{%d" % len(value))
        for key in sorted(value):
            total.update(json.dumps(key).encode())
            _feed(total, value[key])
    elif isinstance(value, (list, tuple)):
        total.update(b"[%d" % len(value))
        for item in value:
            _feed(total, item)
    elif hasattr(value, "tobytes"):
        total.update(f"{value.dtype}{list(value.shape)}".encode())
        total.update(value.tobytes())
    else:
        total.update(json.dumps(value).encode() + b",")


def table(verdicts):
    """Show verdicts as a table in Markdown.

    Args:
        verdicts (list[Verdict]): in the order of the rows.

    Returns:
        str: lines; what is compared is "equal" and the first digits of its sha256, or in how many runs it differs.
    """
    parts = list(verdicts[0].digests)
    lines = [f"| workers | kills | runs | {' | '.join(parts)} |", f"| ---: | ---: | ---: |{' --- |' * len(parts)}"]
    for verdict in verdicts:
        cells = [
            f"differs in {verdict.different[part]}" if verdict.different[part] else f"equal `{verdict.digests[part][:8]}`"
            for part in parts
        ]
        lines.append(f"| {verdict.workers} | {verdict.kills.total()} | {verdict.runs} | {' | '.join(cells)} |")
    lines += ["", "| killed | with " + " workers | with ".join(str(v.workers) for v in verdicts) + " workers |"]
    lines.append("| --- |" + " ---: |" * len(verdicts))
    for instant, words in {**INSTANTS, ANYWHERE: "at any time, by the clock"}.items():
        counts = ["never occurs" if instant in v.absent and not v.kills[instant] else v.kills[instant] for v in verdicts]
        lines.append(f"| {words} | {' | '.join(map(str, counts))} |")
    return "\n".join(lines)


@contextlib.contextmanager
def work_folder(folder):
    """Give a folder to work in: the one that is wanted, or a temporary one, which stays where an error leaves the block."""
    if folder is not None:
        Path(folder).mkdir(parents=True, exist_ok=True)
        yield Path(folder)
        return
    made = Path(tempfile.mkdtemp(prefix="parakeet-verify-"))
    yield made
    shutil.rmtree(made, ignore_errors=True)
