"""How long `parakeet --help` takes above Python's own start.

    python benchmarks/help_time.py [--runs 21]

Three commands run in turn, so that a change of the machine's load meets all of them: Python that does nothing, Python that imports
click (what any click program costs at least), and `python -m parakeet --help`. It asserts nothing; it prints a table.
"""

import argparse
import statistics
import subprocess
import sys
import time

COMMANDS = {
    "python": ["-c", "pass"],
    "python, import click": ["-c", "import click"],
    "python -m parakeet --help": ["-m", "parakeet", "--help"],
}


def wall_seconds(arguments):
    """Run Python with arguments and give the seconds it took.

    Args:
        arguments (list[str]): as on a command line.

    Returns:
        float: wall time.

    Raises:
        SystemExit: if the command fails, with what it said.
    """
    start = time.perf_counter()
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True)
    seconds = time.perf_counter() - start
    if done.returncode != 0:
        sys.exit(f"'python {' '.join(arguments)}' failed: {done.stderr.strip() or done.returncode}")
    return seconds


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=21, help="how often each command runs")
    runs = max(1, parser.parse_args().runs)
    for arguments in COMMANDS.values():  # compiles what isn't compiled yet, fills the file cache
        wall_seconds(arguments)
    seconds = {name: [] for name in COMMANDS}
    for _ in range(runs):
        for name, arguments in COMMANDS.items():
            seconds[name].append(wall_seconds(arguments))

    # The difference is taken within each round: both halves of a pair met the same load.
    print(f"{runs} runs of each, in turn; milliseconds\n")
    print("| command | median | fastest | above python (median) |")
    print("| --- | ---: | ---: | ---: |")
    for name, values in seconds.items():
        above = statistics.median(mine - own for mine, own in zip(values, seconds["python"], strict=True))
        print(f"| `{name}` | {1e3 * statistics.median(values):.0f} | {1e3 * min(values):.0f} | {1e3 * above:.0f} |")


if __name__ == "__main__":
    main()
