"""Durations learned from the corpus itself, once every recording is clean; what was learned is kept beside the journal."""

import functools
import json
import signal
import threading

import numpy as np

from parakeet.errors import DataError
from parakeet.files import read_json, write_whole
from parakeet.preparation.inputs import checksum_of
from parakeet.preparation.record import timing
from parakeet.requirements import require


def learn_timing(examples, keys, words, record_of, mel, folder, former, progress):
    """Learn when each symbol of some utterances is spoken.

    Args:
        examples (list[dict]): of the corpus.
        keys (list[str]): of their records.
        words (list[list[WordPronunciation]]): what the frontend makes of their texts.
        record_of (Callable): of a key, its Record.
        mel (MelConfig): of their features.
        folder (Path): for what is learned; an interrupted run goes on there.
        former (Former): where it may be found.
        progress (Callable): called with (what is being done, done, total).

    Returns:
        tuple[str, list[dict | str]]: a checksum of all that it was learned from; and for each utterance its ``phones, durations, score``,
        or why it can't be used.
    """
    learn_segments, task_class, revision = _aligner()
    spoken = [[[word.word, list(word.phones)] for word in sentence] for sentence in words]
    train = [example["split"] == "train" for example in examples]
    names = [example["utt_id"] for example in examples]
    key = checksum_of([revision, list(zip(names, keys, spoken, train, strict=True))])
    found = former.timing(key, names)
    if found is not None:
        return key, found
    path = folder / f"learned-{key[:16]}.json"
    if path.is_file():
        return key, read_json(path, "Remove it; it is made again.")["timing"]
    tasks = [
        task_class(name, sentence, functools.partial(_wav, record_of, record_key), mel.sample_rate, is_train)
        for name, sentence, record_key, is_train in zip(names, words, keys, train, strict=True)
    ]
    place = folder / "learned" / key[:16]
    place.mkdir(parents=True, exist_ok=True)
    found = []
    for record_key, segments in zip(keys, learn_segments(tasks, place, progress=progress), strict=True):
        try:
            found.append(segments if isinstance(segments, str) else timing(segments, record_of(record_key).line["n_frames"], mel))
        except DataError as error:
            found.append(str(error))
    write_whole(path, json.dumps({"timing": found}))
    return key, found


def _aligner():
    require("paddle", "cpu", "Learning durations")
    from parakeet.preparation.learned import REVISION, AlignmentTask, learn_segments

    restore_sigterm()
    return learn_segments, AlignmentTask, REVISION


def restore_sigterm():
    """Put Python's handler of SIGTERM back: Paddle, when it is imported, puts one of its own under it, which aborts."""
    handler = signal.getsignal(signal.SIGTERM)
    if handler is not None and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, handler)


def _wav(record_of, key):
    return record_of(key).arrays["wav"].astype(np.float32) / 32768
