"""A clean corpus of made speech, in folder layout, and the planting of the benchmark."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from making import make_utterance

WORDS = "cat dog sun big ten fish rock moon wet hill song lake bird shop name rope"  # three sounds each
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def benchmark():
    spec = importlib.util.spec_from_file_location("benchmark_of_the_diagnosis", ROOT / "benchmarks" / "diagnosis.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def make_folder(folder, n, rate=16000):
    """n utterances of made speech in a quiet room, each with a text of as many sounds as it has, and a table that splits them."""
    folder.mkdir(parents=True)
    rng, lines = np.random.default_rng(0), []
    for i in range(n):
        words = 5 + i % 4
        _, _, wav = make_utterance(i, rate, n_phones=3 * words)
        quiet = np.zeros(rate // 10)
        wav = np.concatenate([quiet, wav, quiet]) * 0.5
        wav += rng.standard_normal(len(wav)) * 2e-4
        soundfile.write(folder / f"u{i:03d}.wav", wav, rate, subtype="PCM_16")
        text = " ".join(rng.choice(WORDS.split(), words)).capitalize() + "."
        lines.append(
            {
                "file": f"u{i:03d}",
                "text": text,
                "speaker": "maker",
                "split": ("train", "train", "train", "valid")[i % 4],
            }
        )
    (folder / "metadata.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


@pytest.fixture(scope="session")
def clean_folder(tmp_path_factory):
    return make_folder(tmp_path_factory.mktemp("diagnosis") / "clean", 60)


@pytest.fixture
def folder_maker():
    return make_folder
