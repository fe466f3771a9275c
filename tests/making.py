"""Small corpora for tests: sound whose phones and pitch are known exactly, because it is made from them."""

import json

import numpy as np

from parakeet.audio.io import write_wav

PHONES = ("AA1", "IY1", "UW1", "S", "M", "T")
# Two formants (Hz) for each phone; of None, noise or silence is made.
_FORMANTS = {"AA1": (700, 1100), "IY1": (300, 2300), "UW1": (320, 800), "S": None, "M": (250, 1200), "T": None}


def make_utterance(seed, sample_rate=16000, n_phones=8):
    """Make one utterance.

    Returns:
        tuple: phones (list of str, a full stop last), phone_samples (list of int) and wav (N,), N the sum of phone_samples.
    """
    rng = np.random.default_rng(seed)
    phones = [PHONES[i] for i in rng.integers(0, len(PHONES), n_phones)] + ["."]
    samples = [int(n) for n in rng.integers(sample_rate // 20, sample_rate // 7, n_phones + 1)]
    parts, phase = [], 0.0
    for phone, n in zip(phones, samples, strict=True):
        t = np.arange(n) / sample_rate
        formants = _FORMANTS.get(phone)
        if phone == ".":
            parts.append(np.zeros(n))
        elif formants is None:
            parts.append(rng.standard_normal(n) * 0.05)
        else:
            pitch = 140 + 20 * np.sin(2 * np.pi * t)
            angle = phase + 2 * np.pi * np.cumsum(pitch) / sample_rate
            harmonics = np.arange(1, 25)
            weight = sum(np.exp(-(((harmonics * 140 - f) / 200) ** 2)) for f in formants)
            parts.append((np.sin(np.outer(harmonics, angle)) * weight[:, None]).sum(axis=0) * 0.1)
            phase = angle[-1]
    return phones, samples, np.concatenate(parts).astype(np.float32)


def make_corpus(directory, splits=("train",) * 8 + ("valid",) * 2 + ("test",) * 2, sample_rate=16000):
    """Make a corpus on disk, with phones and their lengths, in the layout `parakeet.datasets.SpeechCorpus` reads.

    Returns:
        Path: its folder.
    """
    (directory / "wavs").mkdir(parents=True)
    info = {
        "name": "made",
        "language": "en",
        "sample_rate": sample_rate,
        "licence": "none needed: made by a test",
        "attribution": "made by a test",
        "source": "tests/making.py",
        "frontend": "english",
    }
    (directory / "corpus.json").write_text(json.dumps(info))
    with (directory / "utterances.jsonl").open("w") as lines:
        for n, split in enumerate(splits):
            phones, samples, wav = make_utterance(n, sample_rate)
            write_wav(directory / "wavs" / f"u{n}.wav", wav, sample_rate)
            line = {"utt_id": f"u{n}", "wav": f"wavs/u{n}.wav", "text": "See me.", "speaker": "maker", "split": split}
            lines.write(json.dumps({**line, "phones": phones, "phone_samples": samples}) + "\n")
    return directory


def change_utterance(directory, utt_id, **changes):
    """Rewrite one line of a made corpus."""
    path = directory / "utterances.jsonl"
    records = [json.loads(line) for line in path.read_text().splitlines()]
    for record in records:
        if record["utt_id"] == utt_id:
            record.update(changes)
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
