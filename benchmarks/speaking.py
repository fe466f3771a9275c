"""How fast a voice speaks: text to wav, the first sound when streaming, a cold start, memory.

    python benchmarks/speaking.py [--voice DIR [--alone]] [--engines dynamic ...] [--rounds 5] [--requests 500]

One acoustic model with five vocoders: Vocos, with and without a source, HiFi-GAN V1 and V3, Griffin-Lim; or, with --voice, a voice with
its own vocoder beside the others. Weights are fresh where there is no voice, for they change nothing in the time; each symbol
lasts as long as makes the sentence last 10 s. All take turns, so that a load that comes and goes meets all of them; a figure is the
fastest of its rounds. Beside the time by the clock stands that of the processor (of all threads), which neighbours disturb less. The
limit is what the multiplications alone would take of the processor at the rate of a product of two large matrices, measured in the same
run. It asserts nothing; it prints tables.
"""

import argparse
import dataclasses
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that it runs from a source folder without an installation

from parakeet.cpu import import_paddle

SENTENCE = (
    "The birch canoe slid on the smooth planks, glued to the sheet of dark blue background, and it is easy to tell the depth of a well "
    "with the juice of lemons."
)
SECONDS = 10.0
PATIENCE = 30.0
"""Seconds after which a slow vocoder is not measured again."""

SHORT = "It is easy to tell the depth of a well."


def descriptions():
    """A voice of 22.05 kHz for each vocoder.

    Returns:
        dict[str, VoiceDescription]
    """
    from parakeet.audio.mel import MelConfig
    from parakeet.frontend import load_frontend
    from parakeet.models.hifigan import SIZES
    from parakeet.voice import GRIFFIN_LIM, ModelDescription, VoiceDescription

    mel = MelConfig(sample_rate=22050, fmax=11025.0)
    small = {"channels": 256, "intermediate_channels": 768, "n_blocks": 8, "n_fft": mel.n_fft, "hop_length": mel.hop_length}
    vocoders = {
        "Vocos with a source": ModelDescription("harmonic_vocos", {**small, "sample_rate": mel.sample_rate, "feedback": 0.5}),
        "Vocos, 256 channels": ModelDescription("vocos", small),
        "HiFi-GAN V1": ModelDescription("hifigan", SIZES["v1"]),
        "HiFi-GAN V3": ModelDescription("hifigan", SIZES["v3"]),
        "Griffin-Lim": GRIFFIN_LIM,
    }
    symbols = ["sil", *load_frontend("english").symbols]
    acoustic = ModelDescription("speedyspeech")
    return {name: VoiceDescription(acoustic, symbols, "english", mel, vocoder) for name, vocoder in vocoders.items()}


def speaking_model(description):
    """The acoustic model of a description with fresh weights that makes the sentence last some 10 s."""
    import numpy as np
    import paddle

    from parakeet.frontend import load_frontend

    paddle.seed(0)
    model = description.build_acoustic()
    frames = SECONDS * description.mel.sample_rate / description.mel.hop_length / (1 + len(load_frontend("english").phones(SENTENCE)))
    output = model.duration_predictor.output
    output.weight.set_value(paddle.zeros_like(output.weight))
    output.bias.set_value(paddle.full_like(output.bias, np.log1p(round(frames))))
    return model


def products_per_second(voice):
    """Multiplications with additions (MAC) that a second of speech takes, by the shapes of the layers; transforms are not counted.

    Args:
        voice (Voice): of the dynamic graph; others don't tell.

    Returns:
        float
    """
    from paddle import nn

    total = 0.0

    def count(layer, inputs, output):
        nonlocal total
        times = (inputs[0].shape if isinstance(layer, nn.Conv1DTranspose) else output.shape)[-1]
        if isinstance(layer, nn.Linear):
            times = output.size // output.shape[-1]
        total += float(layer.weight.size) * times

    kinds, hooks = (nn.Conv1D, nn.Conv1DTranspose, nn.Linear), []
    for part in (voice.engine._acoustic, getattr(voice.engine._vocoder, "run", None)):  # what runs, and the model in it
        layers = part.model.sublayers() if hasattr(part, "model") else []
        hooks += [layer.register_forward_post_hook(count) for layer in layers if isinstance(layer, kinds)]
    seconds = voice.speak(SHORT).seconds
    for hook in hooks:
        hook.remove()
    return total / seconds


class Times:
    """How long something takes, by the clock and of the processor: the least of several times, in seconds."""

    def __init__(self):
        self.wall, self.processor, self.spent = float("inf"), float("inf"), 0.0

    def measure(self, call):
        """Call once; give back what the call gives."""
        wall, processor = time.perf_counter(), time.process_time()
        result = call()
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        self.wall, self.processor, self.spent = min(self.wall, wall), min(self.processor, processor), self.spent + wall
        return result


def multiply(times):
    """Measure a product of two matrices of 2048 x 2048."""
    import paddle

    a, b = paddle.rand([2048, 2048]), paddle.rand([2048, 2048])
    for _ in range(5):
        times.measure(lambda: paddle.matmul(a, b).numpy())


def cold_start(folder, engine):
    """The seconds from the start of a process to the first sample it writes, and what all of it takes of the processor."""
    command = [sys.executable, "-m", "parakeet", "speak", SHORT, "--voice", str(folder), "--stream", "--output", "-", "--engine", engine]
    start, before = time.perf_counter(), os.times()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=Path(__file__).parents[1])
    with process.stdout:
        if len(process.stdout.read(46)) < 46:  # the header and a sample
            sys.exit(f"'{' '.join(command)}' failed")
        seconds = time.perf_counter() - start
        process.stdout.read()
    process.wait()
    after = os.times()
    return seconds, after.children_user + after.children_system - before.children_user - before.children_system


def resident():
    """Bytes of memory of this process (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def voices(arguments):
    """The voices to compare: name -> Voice, the first is the one that matters."""
    from parakeet.voice import Voice
    from parakeet.voice.engines.dynamic import dynamic_engine

    found = {}
    for engine in arguments.engines if arguments.voice else ():
        found[f"{arguments.voice.name}, {engine}"] = Voice.load(arguments.voice, engine=engine)
    model = None
    for name, description in ({} if found and arguments.alone else descriptions()).items():
        if arguments.voice and description.vocoder.model == next(iter(found.values())).description.vocoder.model:
            continue
        model = speaking_model(description) if model is None else model
        found[name] = Voice(description, dynamic_engine(description, model, description.build_vocoder()))
    return found


def packed(folder, description):
    """A packed voice of fresh weights, for the cold start."""
    from parakeet.checkpoint import SnapshotStore
    from parakeet.voice import VocoderDescription, pack_voice

    run, vocoder = folder / "run", folder / "vocoder"
    for path in (run, vocoder):
        path.mkdir()
    dataclasses.replace(description, vocoder=descriptions()["Griffin-Lim"].vocoder).save(run)
    described = VocoderDescription(description.vocoder, description.mel)
    described.save(vocoder)
    SnapshotStore(run / "snapshots").save(1, {"models": {"main": speaking_model(description).state_dict()}})
    SnapshotStore(vocoder / "snapshots").save(1, {"models": {"generator": described.build().state_dict()}})
    return pack_voice(run, folder / "voice", vocoder)


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--voice", type=Path, help="a packed voice or a run, instead of fresh weights")
    parser.add_argument("--engines", nargs="+", default=["auto"], help="that the voice is run by")
    parser.add_argument("--alone", action="store_true", help="no other vocoders beside the voice")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=500, help="for the memory; 0 for none")
    arguments = parser.parse_args()
    import_paddle("Speaking")
    threads, product, compared = os.environ.get("OMP_NUM_THREADS", "1"), Times(), voices(arguments)
    products = {name: products_per_second(voice) / 1e9 for name, voice in compared.items()}  # warms them up, too
    lengths, spoken, first = {}, {name: Times() for name in compared}, {name: Times() for name in compared}
    for _ in range(arguments.rounds):
        for name, voice in compared.items():
            if spoken[name].spent < PATIENCE:
                lengths[name] = spoken[name].measure(lambda voice=voice: voice.speak(SENTENCE)).seconds
                first[name].measure(lambda voice=voice: next(voice.stream(SENTENCE)))
        multiply(product)

    rate = 2048**3 / 1e9 / product.processor
    print(
        f"{threads} threads; a product of matrices: {2048**3 / 1e9 / product.wall:.0f} GMAC a second, {rate:.0f} a second of the "
        f"processor. One sentence, least of {arguments.rounds}.\n"
    )
    print("| vocoder | length, s | real-time factor | of the processor | limit | GMAC a second | first sound, ms | of the processor |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name, seconds in lengths.items():
        known = (f"{products[name] / rate:.4f}", f"{products[name]:.2f}") if products[name] else ("", "")
        factors = f"{spoken[name].wall / seconds:.4f}", f"{spoken[name].processor / seconds:.4f}"
        sounds = f"{1e3 * first[name].wall:.0f}", f"{1e3 * first[name].processor:.0f}"
        print(f"| {' | '.join((name, f'{seconds:.1f}', *factors, *known, *sounds))} |", flush=True)

    print()
    with tempfile.TemporaryDirectory() as folder:  # fresh weights are packed for it
        voice = arguments.voice.absolute() if arguments.voice else packed(Path(folder), next(iter(compared.values())).description)
        for engine in arguments.engines:
            seconds = [cold_start(voice, engine) for _ in range(1 + arguments.rounds)][1:]
            wall, processor = (min(column) for column in zip(*seconds, strict=True))
            print(f"Cold start, {engine}: {wall:.2f} s to the first sample; {processor:.2f} s of the processor in all", flush=True)
    if arguments.requests:
        voice, sizes = next(iter(compared.values())), []
        for number in range(arguments.requests):
            voice.speak(f"{SHORT} Request {number}.")
            if number in (arguments.requests // 10, arguments.requests - 1):
                sizes.append(resident() / 1e6)
        print(f"Memory: {sizes[0]:.0f} MB after {arguments.requests // 10} requests, {sizes[1]:.0f} MB after {arguments.requests}")


if __name__ == "__main__":
    main()
