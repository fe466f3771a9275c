"""Rebuild the data of the English frontend from a copy of the CMU Pronouncing Dictionary.

The copy has to be one with stress marks under CMU's own licence: the file ``cmudict.dict`` of the cmudict project, with its
``LICENSE`` beside it. (Packages that wrap the file may have another licence; only the data is used.)

    python scripts/build_english_resources.py path/to/cmudict.dict              # writes parakeet/frontend/resources (about 2 min)
    python scripts/build_english_resources.py path/to/cmudict.dict --evaluate   # holds 5 % of the words out and measures, writes nothing
"""

import argparse
import gzip
import io
import re
import time
import zipfile
from pathlib import Path

import numpy as np
from letter_to_sound_training import train

from parakeet.frontend.arpabet import PHONES, without_stress
from parakeet.frontend.dictionary import Dictionary
from parakeet.frontend.letter_to_sound import LetterToSound
from parakeet.frontend.morphology import derive

RESOURCES = Path(__file__).resolve().parent.parent / "parakeet" / "frontend" / "resources"


def read_source(path):
    """Return the lines of a cmudict file without comments; stop at a line that isn't a word and its phones."""
    lines = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        fields = line.partition(" #")[0].split()
        if not fields or line.startswith((";;;", "#")):
            continue
        unknown = [phone for phone in fields[1:] if phone not in PHONES]
        if unknown or len(fields) < 2:
            raise SystemExit(
                f"{path}, line {number}: expected a word and phones with stress, as in 'hello HH AH0 L OW1'; "
                f"received {line!r}."
            )
        lines.append(" ".join([fields[0].lower(), *fields[1:]]))
    return lines


def training_pairs(dictionary, words):
    return [(word, list(phones)) for word in words for phones in dictionary.variants(word)]


def plain_words(dictionary):
    return [word for word in dictionary if re.fullmatch("[a-z]{2,}", word)]


def write_model(path, model):
    """Write an npz whose bytes depend on the arrays only."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in sorted(model.items()):
            data = io.BytesIO()
            np.lib.format.write_array(data, array, allow_pickle=False)
            archive.writestr(
                zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), data.getvalue(), zipfile.ZIP_DEFLATED, 9
            )


def build(source, lines, dictionary):
    licence = (source.parent / "LICENSE").read_text(encoding="utf-8")
    if "Carnegie Mellon University" not in licence:
        raise SystemExit(
            f"{source.parent / 'LICENSE'} has to be the licence of the CMU data; it doesn't name Carnegie Mellon University."
        )
    RESOURCES.mkdir(parents=True, exist_ok=True)
    (RESOURCES / "cmudict-LICENSE.txt").write_text(licence, encoding="utf-8")
    (RESOURCES / "cmudict.txt.gz").write_bytes(gzip.compress("\n".join(lines).encode("utf-8"), 9, mtime=0))
    write_model(RESOURCES / "english_letter_to_sound.npz", train(training_pairs(dictionary, plain_words(dictionary))))
    for path in sorted(RESOURCES.iterdir()):
        print(f"{path.stat().st_size:9d} {path.name}")


def evaluate(lines, dictionary):
    words = plain_words(dictionary)
    np.random.default_rng(0).shuffle(words)
    held_out, known = words[: len(words) // 20], words[len(words) // 20 :]
    model = LetterToSound(train(training_pairs(dictionary, known)))
    hidden = set(held_out)
    visible = Dictionary(line for line in lines if re.sub(r"\(\d+\)$", "", line.split()[0]) not in hidden)
    begin = time.perf_counter()
    guesses = {word: tuple(model.pronounce(word)) for word in held_out}
    speed = len(held_out) / (time.perf_counter() - begin)
    print(f"letter-to-sound alone, {len(held_out)} words: {_errors(guesses, dictionary)}; {speed:.0f} words/s")
    derived = {word: derivation for word in held_out if (derivation := derive(word, visible.find))}
    rules = sorted({derivation.rule for derivation in derived.values()})
    for rule in rules:
        chosen = [word for word, derivation in derived.items() if derivation.rule == rule]
        print(
            f"  rule {rule:12s} {len(chosen):5d} words: {_errors({word: derived[word].phones for word in chosen}, dictionary)}; "
            f"letter-to-sound on the same: {_errors({word: guesses[word] for word in chosen}, dictionary)}"
        )
    both = guesses | {word: derivation.phones for word, derivation in derived.items()}
    print(f"morphology first, then letter-to-sound: {_errors(both, dictionary)}")


def _errors(guesses, dictionary):
    wrong = sum(phones not in dictionary.variants(word) for word, phones in guesses.items())
    wrong_bare = sum(
        without_stress(phones) not in map(without_stress, dictionary.variants(word)) for word, phones in guesses.items()
    )
    return f"word error rate {100 * wrong / len(guesses):.1f} % with stress, {100 * wrong_bare / len(guesses):.1f} % without"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cmudict", type=Path)
    parser.add_argument("--evaluate", action="store_true", help="hold out 5 %% of the words and measure")
    arguments = parser.parse_args()
    source_lines = read_source(arguments.cmudict)
    if arguments.evaluate:
        evaluate(source_lines, Dictionary(source_lines))
    else:
        build(arguments.cmudict, source_lines, Dictionary(source_lines))
