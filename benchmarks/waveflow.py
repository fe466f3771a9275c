"""How fast does WaveFlow make sound, beside its own training direction, and beside making every row from all rows above it anew?

    OMP_NUM_THREADS=1 python benchmarks/waveflow.py [--channels 64] [--frames 16] [--rounds 3]

The paper's model of so many channels, weight normalisation folded. In each round all sides are measured in turn; the fastest round counts,
and the ratio is the median of the rounds'. Seconds are those of the processor. What is made anew for each row is measured in one flow of
the eight. The limit is the model's multiplications alone, as products of matrices of the shapes that the queues leave: whatever else is
done comes on top. It asserts nothing.
"""

import argparse
import time

import numpy as np

from parakeet.cpu import import_paddle

SAMPLE_RATE = 22050


def seconds(function):
    """How much of the processor's time a call takes."""
    start = time.process_time()
    function()
    return time.process_time() - start


class Sides:
    """What is measured, each a function of no arguments that gives seconds a sample.

    Args:
        channels (int): of the model.
        frames (int): of the sound.
    """

    def __init__(self, channels, frames):
        import paddle

        from parakeet.functions.folding import fold
        from parakeet.models.waveflow import WaveFlow
        from parakeet.modules.weight_norm import fold_weight_norm

        paddle.seed(0)
        self.model = fold_weight_norm(WaveFlow(channels=channels))
        self.mel = paddle.randn([1, frames, 80])
        self.samples = frames * self.model.hop_length
        self.noise = paddle.randn([1, self.samples])
        self.rows = fold(self.noise, self.model.height)
        self.condition = fold(self.model.upsample(self.mel), self.model.height).detach()

    def learn(self):
        """One step of training without the optimizer's."""
        from parakeet.models.waveflow import waveflow_loss

        took = seconds(lambda: waveflow_loss(*self.model(self.noise, self.mel)).backward())
        self.model.clear_gradients()
        return took / self.samples

    def forward(self):
        """Sound to noise: all rows of a flow at once."""
        import paddle

        with paddle.no_grad():
            return seconds(lambda: self.model(self.noise, self.mel)) / self.samples

    def inverse(self):
        """Noise to sound: one row after another, what rows add to those below them waits in queues."""
        return seconds(lambda: self.model.inverse(self.noise, self.mel)) / self.samples

    def anew(self):
        """Noise to sound without queues: for each row, the network over all rows."""
        import paddle

        flow = self.model.flows[0]
        with paddle.no_grad():
            took = seconds(lambda: [flow(self.rows, self.condition) for _ in range(self.model.height)])
        return len(self.model.flows) * took / self.samples

    def conditions(self):
        """What the condition adds in all blocks of all flows."""
        blocks = self.model.flows[0].blocks
        return self._products([(sum(block.condition.weight.shape[0] for block in blocks), 80)])

    def limit(self):
        """All of its multiplications, as products of matrices."""
        flow = self.model.flows[0]
        shapes = [(sum(block.condition.weight.shape[0] for block in flow.blocks), 80)]
        for block in flow.blocks:
            wider, channels, taps, columns = block.conv.weight.shape
            shapes += [(taps * wider, columns * channels), tuple(block.output.weight.shape[:2])]
        return self._products(shapes)

    def _products(self, shapes):
        import paddle

        columns = self.samples // self.model.height
        pairs = [(paddle.randn(shape), paddle.randn([shape[1], columns])) for shape in shapes]
        steps = self.model.height * len(self.model.flows)
        paddle.matmul(*pairs[0]).numpy()
        return seconds(lambda: [paddle.matmul(*pair) for _ in range(steps) for pair in pairs]) / self.samples

    @property
    def multiplications(self):
        """int: multiplications and additions a sample: each weight of a flow is used once for each."""
        return sum(p.size for name, p in self.model.flows.named_parameters() if name.endswith("weight"))


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--channels", type=int, default=64)
    parser.add_argument("--frames", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    import_paddle("This benchmark")
    sides = Sides(options.channels, options.frames)
    rows = {
        "noise to sound, every row anew": sides.anew,
        "noise to sound, with queues (`infer`)": sides.inverse,
        "sound to noise (training direction)": sides.forward,
        "sound to noise and gradients": sides.learn,
        "of `infer`: what conditions add": sides.conditions,
        "limit: its products of matrices alone": sides.limit,
    }
    found = {name: [] for name in rows}
    for _ in range(options.rounds + 1):  # the first one warms up
        for name, measure in rows.items():
            found[name].append(measure())
    anew = np.array(found[next(iter(rows))][1:])
    print(f"{options.channels} channels, {sides.multiplications / 1e6:.2f} million multiplications a sample\n")
    print(f"| side | us a sample | seconds for one of sound at {SAMPLE_RATE} Hz | times every row anew |")
    print("| --- | ---: | ---: | ---: |")
    for name, times in found.items():
        times = np.array(times[1:])
        least, ratio = times.min(), np.median(anew / times)
        print(f"| {name} | {least * 1e6:,.1f} | {least * SAMPLE_RATE:,.2f} | {ratio:,.1f} |")
    least = min(found[list(rows)[-1]][1:])
    print(f"\nAt the limit {sides.multiplications / least / 1e9:.1f} thousand million multiplications and additions a second.")


if __name__ == "__main__":
    main()
