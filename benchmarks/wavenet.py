"""How fast does WaveNet draw samples: remembering what was computed, beside computing the receptive field anew for each?

    OMP_NUM_THREADS=1 python benchmarks/wavenet.py [--samples 512] [--rounds 3]

The published single Gaussian: 30 blocks of 128 channels, a receptive field of 3,070 samples. In each round all sides are measured in turn;
the fastest round counts, and the ratio is the median of the rounds'. Seconds are those of the processor, so that neighbours, who take
turns with a process of one thread, hardly count. The limit is what the processor needs to read the weights once a
sample, as a matrix-vector product of all of them; each of them is used once a sample, so no order of calls can be faster. It asserts
nothing.
"""

import argparse
import time

import numpy as np

from parakeet.cpu import import_paddle

CHANNELS, BLOCKS = 128, 30


def seconds(function):
    """How much of the processor's time a call takes."""
    start = time.process_time()
    function()
    return time.process_time() - start


class Sides:
    """What is measured, each a function of no arguments that gives seconds a sample.

    Args:
        samples (int): drawn in each measurement.
    """

    def __init__(self, samples):
        import paddle

        from parakeet.models.wavenet import WaveNet

        paddle.seed(0)
        self.model, self.samples = WaveNet(), samples
        self.model.eval()
        for parameter in self.model.parameters():
            parameter.stop_gradient = True
        frames = -(-samples // self.model.hop_length)
        self.mel = {batch: paddle.randn([batch, frames, 80]) for batch in (1, 8)}
        self.previous, self.around = paddle.randn([1, self.model.receptive_field]), paddle.randn([1, 12, 80])
        self.steps = self.model.steps()
        self.conditions = self.steps.conditions(self.model.upsample(self.mel[1]).transpose([0, 2, 1]).numpy())
        rng = np.random.default_rng(0)
        taps = [rng.standard_normal((2 * CHANNELS, 2 * CHANNELS)).astype(np.float32) for _ in range(BLOCKS)]
        self.matrices, self.vector = [*taps, *(np.ascontiguousarray(taps[0][:CHANNELS, :CHANNELS]) for _ in range(2))], taps[0][0]

    def naive(self):
        """The whole network over the receptive field, for one sample."""
        return seconds(lambda: self.model(self.previous, self.around).numpy())

    def drawn(self, batch=1):
        """`infer`: everything, for each of so many sequences at once."""
        n = self.mel[batch].shape[1] * self.model.hop_length * batch
        return seconds(lambda: self.model.infer(self.mel[batch])) / n

    def network(self):
        """The steps of the network alone, conditions given."""
        one = np.zeros(1, np.float32)
        return seconds(lambda: [self.steps(one, conditions) for conditions in self.conditions]) / len(self.conditions)

    def projected(self):
        """What the condition adds in each block."""
        condition = np.zeros((1, self.model.hop_length, 80), np.float32)
        return seconds(lambda: self.steps.conditions(condition)) / self.model.hop_length

    def limit(self):
        """The matrix-vector products of one sample, nothing else."""
        pairs = [(matrix, self.vector[: len(matrix)]) for matrix in self.matrices]
        return seconds(lambda: [vector @ matrix for _ in range(100) for matrix, vector in pairs]) / 100


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    import_paddle("This benchmark")
    sides = Sides(options.samples)
    rows = {
        "the whole network for each sample (naive)": sides.naive,
        "`infer`, one at a time": sides.drawn,
        "`infer`, one at a time, 8 sequences at once": lambda: sides.drawn(8),
        "of it: the steps of the network": sides.network,
        "of it: what conditions add": sides.projected,
        "limit: its matrix-vector products alone": sides.limit,
    }
    found = {name: [] for name in rows}
    for _ in range(options.rounds + 1):  # the first one warms up
        for name, measure in rows.items():
            found[name].append(measure())
    naive = np.array(found[next(iter(rows))][1:])
    print("| side | us a sample | samples a second | times the naive |\n| --- | ---: | ---: | ---: |")
    for name, times in found.items():
        times = np.array(times[1:])
        print(f"| {name} | {times.min() * 1e6:,.0f} | {1 / times.min():,.0f} | {np.median(naive / times):,.1f} |")
    weights, limit = sum(matrix.nbytes for matrix in sides.matrices), min(times)
    print(f"\nWeights read for each sample: {weights / 1e6:.1f} MB, at the limit {weights / limit / 1e9:.1f} GB/s.")


if __name__ == "__main__":
    main()
