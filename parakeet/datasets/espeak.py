"""English by eSpeak NG, with the exact duration of every phone: about an hour of speech from the project's own sentences.

No aligner stands between text and sound here, so what a model makes of it shows the model, not the labels.
"""

import hashlib
import zlib
from importlib import metadata

import numpy as np

from parakeet.datasets.corpus import CorpusInfo, text_key
from parakeet.datasets.sentences import english_sentences
from parakeet.datasets.writer import Utterance, existing_corpus, write_corpus
from parakeet.errors import TextError
from parakeet.frontend.espeak import EspeakFrontend

# Raised whenever the treatment of the sentences changes what is built.
REVISION = 1

# The frontend's own default: what is prepared and synthesized later has the same phones.
_LANGUAGE = "en-us"
# Silence added after the last phone, to whose mark of punctuation it belongs: eSpeak NG stops within 8 ms.
_END_SECONDS = 0.1
# One sentence in twenty each for validation and test; with these two remainders every phone they hold is trained on, too.
_SPLIT_OF = {0: "test", 2: "valid"}
_SPLIT_PARTS = 20

_OWN_LICENCE = """\
The sentences were written for the parakeet project and are licensed under the Apache License, Version 2.0
(https://www.apache.org/licenses/LICENSE-2.0).
"""

_LICENCE = """\
{sentences}
The recordings are output of the program eSpeak NG, which is licensed under the GNU General Public License, version 3 or later
(https://www.gnu.org/licenses/gpl-3.0.html). That licence covers the program; no part of the program is in this folder.
"""

_ATTRIBUTION = """\
Spoken by {source} (https://github.com/espeak-ng/espeak-ng), voice {voice}, {rate} words a minute.
Durations of phones are those the synthesizer reports; {edge:g} s of silence were added at the end of each recording.
"""


def build_espeak(directory, sentences=None, variant=None, rate=160, progress=None):
    """Build the eSpeak NG corpus; a complete one is recognised and left as it is. The same request gives the same bytes.

    Args:
        directory (str | Path): a folder that doesn't exist, is empty, or holds this corpus.
        sentences (Sequence[str], optional): what to speak, English; the project's own sentences when None.
        variant (str, optional): of the voice, "f3" or "m7" for example; other speakers with the same phones.
        rate (int): words a minute.
        progress (Callable, optional): called with (what: str, done: int, total: int).

    Returns:
        SpeechCorpus: examples hold ``phones`` and ``phone_samples``, which sum to the length of the wav.

    Raises:
        DataError: if the folder holds something else.
        TextError: if there is no such variant, or the rate is out of range.
        MissingDependencyError: if the extra ``espeak`` isn't installed.
    """
    own = sentences is None
    sentences = english_sentences() if own else list(sentences)
    digest = hashlib.sha256("\n".join(sentences).encode()).hexdigest()[:16]
    build = {"builder": "espeak", "revision": REVISION, "variant": variant, "rate": rate, "sentences": digest}
    existing = existing_corpus(directory, "espeak", build)
    if existing is not None:
        return existing
    voice = _LANGUAGE if variant is None else f"{_LANGUAGE}+{variant}"
    frontend = EspeakFrontend(voice, rate)
    source = f"eSpeak NG (espeakng-loader {metadata.version('espeakng-loader')})"
    info = CorpusInfo(
        name="espeak",
        language="en-US",
        sample_rate=frontend.sample_rate,
        licence="Apache-2.0" if own else "that of the sentences",
        attribution=f"parakeet's sentences, spoken by {source}" if own else f"spoken by {source}",
        source=f"{source}, voice {voice}, {rate} words a minute",
        frontend="espeak",
        build=build,
    )
    rejected = []
    return write_corpus(
        directory,
        info,
        _utterances(frontend, sentences, rejected, progress),
        licence=_LICENCE.format(sentences=_OWN_LICENCE if own else "The sentences are the user's own.\n"),
        attribution=_ATTRIBUTION.format(source=source, voice=voice, rate=rate, edge=_END_SECONDS),
        rejected=rejected,
    )


def split_of(text):
    """Give the split of a sentence: a function of its text alone, so adding sentences moves none.

    Args:
        text (str): the sentence; case and punctuation don't count.

    Returns:
        str: "train", "valid" or "test".
    """
    return _SPLIT_OF.get(zlib.crc32(text_key(text).encode()) % _SPLIT_PARTS, "train")


def _utterances(frontend, sentences, rejected, progress):
    silence = np.zeros(round(_END_SECONDS * frontend.sample_rate), np.float32)
    speaker = f"espeak-{frontend.language}"
    for number, text in enumerate(sentences, 1):
        if progress is not None:
            progress("speaking the sentences", number - 1, len(sentences))
        utt_id = f"espeak-{number:04d}"
        try:
            wav, _, timed = frontend.synthesize(text)
        except TextError as error:
            rejected.append({"utt_id": utt_id, "reason": str(error)})
            continue
        phones, samples = map(list, zip(*timed, strict=True))
        samples[-1] += len(silence)
        yield Utterance(utt_id, text, speaker, split_of(text), np.concatenate([wav, silence]), phones, samples)
    if progress is not None:
        progress("speaking the sentences", len(sentences), len(sentences))
