"""How quickly text becomes phones.

    python benchmarks/frontend.py [--text FILE] [--runs 5]

Processor time of one core: loading (once, at the first text), sentences of ordinary English, sentences full of numbers and signs, words
that no dictionary holds, a long text beside a short one (time per character shall not grow), and a megabyte without a space. Without
--text the sentences are those of the golden tables, which are harder than ordinary ones. It asserts nothing; it prints a table.
"""

import argparse
import contextlib
import itertools
import logging
import random
import time
from pathlib import Path

from parakeet.errors import TextError
from parakeet.frontend import load_frontend

TABLES = Path(__file__).parents[1] / "tests" / "frontend" / "english"
CONSONANTS, VOWELS = "bcdfghjklmnprstvwz", "aeiou"


def table_texts():
    """Give the raw texts of the golden tables.

    Returns:
        list[str]: about two thousand, mostly short and full of numbers and signs.
    """
    paths = (path for path in sorted(TABLES.glob("*.tsv")) if path.stem != "homographs")
    lines = itertools.chain.from_iterable(path.read_text(encoding="utf-8").splitlines() for path in paths)
    raws = (line.split("\t")[0] for line in lines if not line.startswith("# "))
    return [raw.encode("latin-1", "backslashreplace").decode("unicode_escape") for raw in raws]


def invented_words(count):
    """Make up words, none twice.

    Args:
        count (int): how many.

    Returns:
        list[str]: of six to ten letters.
    """
    chosen = random.Random(0)
    syllable = lambda: chosen.choice(CONSONANTS) + chosen.choice(VOWELS)  # noqa: E731
    words = {"".join(syllable() for _ in range(chosen.randint(3, 5))) for _ in range(2 * count)}
    return sorted(words)[:count]


def cpu_seconds(frontend, texts):
    """Turn texts into phones.

    Args:
        frontend (EnglishFrontend): from ``load_frontend``.
        texts (Sequence[str]): one after another; one with nothing to speak is fine.

    Returns:
        float: processor time, seconds.
    """
    begin = time.process_time()
    for text in texts:
        with contextlib.suppress(TextError):
            frontend.phones(text)
    return time.process_time() - begin


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--text", type=Path, help="a file with a sentence on each line")
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    logging.disable(logging.WARNING)
    frontend = load_frontend("english")

    def best(texts):
        return min(cpu_seconds(frontend, texts) for _ in range(arguments.runs))

    print(f"loading, at the first text         {cpu_seconds(frontend, ['zorbify it']):8.2f} s")
    tables = table_texts()
    texts = arguments.text.read_text(encoding="utf-8").splitlines() if arguments.text else tables
    texts = [text for text in texts if any(map(str.isalpha, text))]
    frontend.phones(" ".join(texts))  # words are guessed once, then remembered
    characters, seconds = sum(map(len, texts)), best(texts)
    print(f"sentences ({characters / len(texts):.0f} characters)          {len(texts) / seconds:8.0f} a second")
    print(f"characters                         {characters / seconds:8.0f} a second")
    print(f"texts of the golden tables         {len(tables) / best(tables):8.0f} a second")
    words = invented_words(2000)
    print(f"words that no dictionary holds     {len(words) / cpu_seconds(frontend, [' '.join(words)]):8.0f} a second")
    for repeats in (1, 10):
        text = " ".join(texts[:500] * repeats)
        print(f"one text of {len(text):9,} characters   {1e6 * best([text]) / len(text):8.2f} us a character")
    for name, character in (("letters", "a"), ("digits", "7"), ("brackets", "("), ("Chinese", "我"), ("NUL", "\0")):
        print(f"a megabyte of {name:9}            {1000 * cpu_seconds(frontend, [character * 1_000_000]):8.0f} ms")


if __name__ == "__main__":
    main()
