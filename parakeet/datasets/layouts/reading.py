"""What reading a published corpus has in common: finding recordings, refusing what is incomplete, holding texts out."""

import contextlib
import hashlib
import re
import unicodedata
from pathlib import Path

from parakeet.datasets.corpus import Corpus, CorpusInfo, text_key
from parakeet.errors import DataError
from parakeet.files import read_text
from parakeet.frontend import frontend_for

AUDIO_SUFFIXES = (".wav", ".flac", ".ogg", ".opus", ".mp3")
FORMATS = ", ".join(suffix[1:] for suffix in AUDIO_SUFFIXES)
VALID, TEST = 0.05, 0.1
"""Shares of the texts that are held out where a corpus has no splits of its own."""


def hold_out(text, valid=None, test=None):
    """Say which split a text belongs to: a function of its words alone, so repeated takes stay together and no order matters.

    Args:
        text (str): the transcript.
        valid (float, optional): share for validation; :data:`VALID` when None.
        test (float, optional): share for testing; :data:`TEST` when None.

    Returns:
        str: "train", "valid" or "test".
    """
    valid, test = VALID if valid is None else valid, TEST if test is None else test
    place = int.from_bytes(hashlib.sha256(text_key(text).encode()).digest()[:8], "big") / 2**64
    return "test" if place < test else "valid" if place < test + valid else "train"


def lines_of(path):
    """Read a text file line by line, with any line ending, with or without a byte-order mark.

    Args:
        path (Path): the file.

    Yields:
        tuple[int, str]: line number from 1 and the line; empty lines are passed over.

    Raises:
        DataError: if it is neither UTF-8 nor UTF-16, naming the line.
    """
    text = read_text(path, "Check the file and its rights.")
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield number, line.rstrip("\r")


def require_parts(directory, parts, corpus, source):
    """Make sure that a corpus is all there.

    Args:
        directory (Path): its folder.
        parts (Sequence[str]): files and folders it must hold.
        corpus (str): its name.
        source (str): where to get it.

    Raises:
        DataError: naming what is missing and where to get it.
    """
    missing = [part for part in parts if not (directory / part).exists()]
    if missing:
        raise DataError(f"{directory}: not a complete {corpus}: {', '.join(missing)} missing. Get it from {source} and unpack it there.")


def recording(folder, stem):
    """Find the recording of a name, whatever its format and however the file system writes its letters: the path, or None."""
    forms = dict.fromkeys((stem, composed(stem), unicodedata.normalize("NFD", stem)))
    suffixes = [*AUDIO_SUFFIXES, *map(str.upper, AUDIO_SUFFIXES)]
    return next((path for form in forms for suffix in suffixes if (path := folder / f"{form}{suffix}").is_file()), None)


def composed(name):
    """Write a name with composed letters (NFC): some systems write "é" as "e" and an accent, others as one letter."""
    return unicodedata.normalize("NFC", name)


class Collector:
    """Takes utterances one by one, and makes the corpus; what can't be used is listed with its reason.

    Args:
        directory (Path): of the corpus.
        valid (float, optional): share of the texts held out for validation, where an utterance has no split of its own.
        test (float, optional): the same for testing.
        prompt (str, optional): a pattern; what its group (or all of it, without one) matches in an utterance's name is the prompt that was
            read. Prompts are then held out instead of texts: takes stay together even where the reader slipped.

    Raises:
        DataError: if the pattern is none.
    """

    def __init__(self, directory, valid=None, test=None, prompt=None):
        self._directory = directory
        self._shares = valid, test
        try:
            self._prompt = None if prompt is None else re.compile(prompt)
        except re.error as error:
            like = "For names such as arctic_a0012_2: '_([ab][0-9]+)_'"
            raise DataError(f"prompt: {prompt!r} is no regular expression: {error}. {like}") from None
        self._examples = []
        self._names = set()
        self._rejected = []

    def add(self, utt_id, wav_path, text, speaker, split=None):
        """Take an utterance; without a recording, without a text, or under a name that is taken, it is left out."""
        reason = None
        if wav_path is None:
            reason = "its recording is missing"
        elif not text or not text.strip():
            reason = "its text is empty"
        elif utt_id in self._names:
            reason = "its name is another utterance's already"
        if reason is not None:
            self._rejected.append({"utt_id": utt_id, "reason": reason})
            return
        self._names.add(utt_id)
        split = hold_out(self._read(utt_id, text), *self._shares) if split is None else split
        self._examples.append({"utt_id": utt_id, "wav_path": Path(wav_path), "text": text.strip(), "speaker": speaker, "split": split})

    def _read(self, utt_id, text):
        """What is held out together: a text, or a prompt."""
        if self._prompt is None:
            return text
        found = self._prompt.search(utt_id)
        if found is None:
            raise DataError(
                f"{self._directory}: prompt={self._prompt.pattern!r} matches nothing in the name '{utt_id}'; it has to find the prompt in "
                "every name. Mend the pattern, or leave it out: texts are held out then."
            )
        return found.group(1 if self._prompt.groups else 0)

    def reject(self, utt_id, reason):
        """Leave an utterance out."""
        self._rejected.append({"utt_id": utt_id, "reason": reason})

    def corpus(self, name, language, licence, attribution, source):
        """Make the corpus.

        Args:
            name, language, licence, attribution, source (str): for its CorpusInfo.

        Returns:
            Corpus: in the order in which the utterances came.

        Raises:
            DataError: if there is no utterance; the first reason is told.
        """
        if not self._examples:
            first = self._rejected[0] if self._rejected else None
            why = "no recording with a text was found" if first is None else f"{first['utt_id']}: {first['reason']}".rstrip(".")
            count = f" of {len(self._rejected)}" if len(self._rejected) > 1 else ""
            raise DataError(f"{self._directory}: not one utterance{count} can be used. The first: {why}.")
        frontend, options = frontend_for(language)
        info = CorpusInfo(name, language, self._sample_rate(), licence, attribution, source, frontend, frontend_options=options)
        return Corpus(self._directory, info, self._examples, self._rejected)

    def _sample_rate(self):
        """That of the first recording that can be read: those that can't are told of, one by one, by whoever needs them."""
        import soundfile

        for example in self._examples:
            with contextlib.suppress(soundfile.LibsndfileError, RuntimeError):
                return soundfile.info(example["wav_path"]).samplerate
        raise DataError(
            f"{self._directory}: not one of {len(self._examples)} recordings can be read as audio, nor the first one, "
            f"{self._examples[0]['wav_path']}. Copy or export them again."
        )
