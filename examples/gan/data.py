"""Made-up sounds: the plucks of an instrument with two strings, each a little out of tune, as short waveforms."""

import numpy as np

from parakeet.data import DataCargo, DatasetMixin

SAMPLE_RATE = 8000
LENGTH = 128  # samples: 16 ms
STRINGS = ((440.0, 0.5), (1100.0, 0.5))  # Hz, how often it is played


class Plucks(DatasetMixin):
    """Plucks of the two strings, all different; example i is always the same.

    A pluck is a sine that dies away, with its first overtone: the frequency varies by 6 % around that of its string, the phase is any,
    the decay takes 2 to 8 ms, and the overtone is quieter by a random amount.

    Args:
        count (int): how many.
        seed (int): another one gives others.
    """

    def __init__(self, count, seed):
        draw = np.random.default_rng(seed)
        frequency, share = np.array(STRINGS).T
        self.strings = draw.choice(len(STRINGS), count, p=share)
        self.frequencies = frequency[self.strings] * np.exp(draw.normal(0, 0.06, count))
        phase = draw.uniform(0, 2 * np.pi, (2, count, 1))
        overtone = draw.uniform(0.1, 0.4, (count, 1))
        decay = draw.uniform(0.002, 0.008, (count, 1))
        time = np.arange(LENGTH) / SAMPLE_RATE
        angle = 2 * np.pi * self.frequencies[:, None] * time
        wav = (np.sin(angle + phase[0]) + overtone * np.sin(2 * angle + phase[1])) * np.exp(-time / decay)
        self._wav = (0.6 * wav).astype(np.float32)

    def __len__(self):
        return len(self._wav)

    def get_example(self, i):
        return {"utt_id": self.describe(i), "wav": self._wav[i]}

    def describe(self, i):
        return f"pluck-{i:05d}"


def batch_fn(examples):
    """A list of plucks -> a batch: ``wav`` (B, N)."""
    return {
        "utt_id": [example["utt_id"] for example in examples],
        "wav": np.stack([example["wav"] for example in examples]),
    }


def build_cargoes(section, seed):
    """The training data, shuffled, and the validation data in one batch, so that distributions can be compared.

    Args:
        section (DataSection): how many, and how many in a batch.
        seed (int): of the order.

    Returns:
        tuple[DataCargo, DataCargo]: train, valid.
    """
    train, valid = Plucks(section.plucks, seed=1), Plucks(section.valid, seed=2)
    return (
        DataCargo(train, batch_fn, section.batch_size, shuffle=True, drop_last=True, seed=seed),
        DataCargo(valid, batch_fn, section.valid),
    )
