"""What each engine of a voice is worth: sentences of ever new lengths, the first sound, the start, memory.

    python benchmarks/engines.py VOICE [--sentences 12] [--requests 500]

VOICE is a packed voice that `parakeet export` gave its engines. Sentences are random symbols, 10 to 130 of them, no two of one length:
what a runtime prepares for a length it has met helps it little in real texts. The engines take turns with each sentence in one process,
so that a load that comes and goes meets all of them; processor time is given beside the clock's, because a busy machine spoils only the
latter. Start and memory are measured in a process for each engine. It asserts nothing; it prints tables.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that it runs from a source folder without an installation

CHUNK = 16
"""Frames of the first chunk of a stream."""


def load(voice, name):
    """An engine of a voice, and how many symbols the voice knows."""
    from parakeet.voice import VoiceDescription
    from parakeet.voice.engines import load_engine
    from parakeet.voice.folder import weights_of

    description = VoiceDescription.load(voice)
    return load_engine(name, voice, description, weights_of(voice)), description


def lengths(count, seed=0):
    """Numbers of symbols, no two alike where that is possible."""
    import numpy as np

    rng = np.random.default_rng(seed)
    return np.concatenate([rng.permutation(np.arange(10, 130)) for _ in range(-(-count // 120))])[:count].tolist()


def spent(call):
    """Seconds by the clock and of the processor, and what the call gave."""
    before = time.perf_counter(), time.process_time()
    given = call()
    return time.perf_counter() - before[0], time.process_time() - before[1], given


def compare(voice, names, count):
    """Print the speed of engines that take turns."""
    import numpy as np

    engines = {name: load(voice, name) for name in names}
    description = engines[names[0]][1]
    rng, seconds_a_frame = np.random.default_rng(1), description.mel.hop_length / description.mel.sample_rate
    times = {name: [] for name in names}
    for number, symbols in enumerate(lengths(count + 2)):
        ids = rng.integers(1, len(description.symbols) + 1, symbols)
        for name, (engine, _) in engines.items():
            *acoustic, (mel, _) = spent(lambda engine=engine, ids=ids: engine.acoustic(ids))
            vocoder = spent(lambda engine=engine, mel=mel: engine.vocode(mel))
            first = spent(lambda engine=engine, mel=mel: next(engine.vocode_in_chunks(mel, lambda: CHUNK)))
            if number > 1:  # the first two warm up
                times[name].append((*acoustic, *vocoder[:2], *first[:2], len(mel) * seconds_a_frame))
    print("| engine | acoustic, ms a second of speech | vocoder | real-time factor | processor | first sound of 10 s, ms | processor |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name, rows in times.items():
        rows = np.array(rows)
        rates = np.median(rows[:, :4] / rows[:, 6:], axis=0)  # acoustic, its processor time, vocoder, its processor time
        first = 10 * rates[:2] + np.median(rows[:, 4:6], axis=0)
        row = [f"{1e3 * rates[0]:.1f}", f"{1e3 * rates[2]:.1f}", f"{rates[0] + rates[2]:.4f}", f"{rates[1] + rates[3]:.4f}"]
        print(f"| {name} | {' | '.join([*row, *(f'{1e3 * seconds:.0f}' for seconds in first)])} |", flush=True)


def start(voice, name):
    """In a process of its own: processor and clock seconds of loading and of the first sentence."""
    from parakeet.cpu import tune_cpu

    tune_cpu()
    wall, processor, (engine, description) = spent(lambda: load(voice, name))
    ids = [1 + n % len(description.symbols) for n in range(60)]
    first_wall, first_processor, _ = spent(lambda: engine.vocode(engine.acoustic(ids)[0]))
    return {"load": (wall, processor), "first": (first_wall, first_processor), "paddle": "paddle" in sys.modules}


def memory(voice, name, requests):
    """In a process of its own: resident megabytes after a tenth of the requests and after all, each of another length."""
    import numpy as np

    engine, description = load(voice, name)
    rng, sizes = np.random.default_rng(2), []
    for number, symbols in enumerate(lengths(requests, seed=3), 1):
        mel, _ = engine.acoustic(rng.integers(1, len(description.symbols) + 1, symbols))
        engine.vocode(mel)
        if number in (max(1, requests // 10), requests):
            sizes.append(int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6)
    return sizes


def elsewhere(what, *arguments):
    """What a function of this script gives in a process of its own."""
    command = [sys.executable, __file__, "--only", what, *map(str, arguments)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1])


def main():
    """Measure and print."""
    if sys.argv[1:2] == ["--only"]:
        what, voice, name, *rest = sys.argv[2:]
        print(json.dumps({"start": start, "memory": memory}[what](Path(voice), name, *map(int, rest))))
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("voice", type=Path)
    parser.add_argument("--sentences", type=int, default=12)
    parser.add_argument("--requests", type=int, default=500, help="for the memory; 0 for none")
    arguments = parser.parse_args()
    from parakeet.cpu import import_paddle, usable_threads
    from parakeet.voice.engines.engine import available_engines

    import_paddle("The comparison")
    names = available_engines(arguments.voice)
    print(f"{usable_threads()} threads; {arguments.sentences} sentences, medians\n")
    compare(arguments.voice, names, arguments.sentences)
    print("\n| engine | load, s | processor | first sentence | processor | imports Paddle |\n| --- | ---: | ---: | ---: | ---: | --- |")
    for name in names:
        seen = [elsewhere("start", arguments.voice, name) for _ in range(3)]
        best = [min(each[what][clock] for each in seen) for what in ("load", "first") for clock in (0, 1)]
        print(f"| {name} | {' | '.join(f'{value:.2f}' for value in best)} | {'yes' if seen[0]['paddle'] else 'no'} |", flush=True)
    if arguments.requests:
        print(f"\n| engine | MB after {arguments.requests // 10} requests | after {arguments.requests} | more |")
        print("| --- | ---: | ---: | ---: |")
        for name in names:
            early, late = elsewhere("memory", arguments.voice, name, arguments.requests)
            print(f"| {name} | {early:.0f} | {late:.0f} | {100 * (late / early - 1):+.1f} % |", flush=True)


if __name__ == "__main__":
    main()
