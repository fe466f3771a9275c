"""Allison: 24 minutes of recorded American English, one speaker, 16 kHz, from two Debian packages (CC-BY-SA-3.0).

The prompts of the Asterisk telephone system, spoken by Allison Smith: ``asterisk-core-sounds-en`` holds the transcripts,
``asterisk-core-sounds-en-g722`` the recordings. Three small tables beside this module mend the transcripts
(``allison_corrections.tsv``), cut long recordings at pauses (``allison_cuts.tsv``) and choose the held-out sentences
(``allison_splits.json``).
"""

import csv
import gzip
import json
import re
import zlib
from importlib import resources

import numpy as np

from parakeet.datasets.corpus import CorpusInfo, text_key
from parakeet.datasets.deb import packages
from parakeet.datasets.writer import Utterance, existing_corpus, write_corpus
from parakeet.errors import DataError
from parakeet.requirements import require

SAMPLE_RATE = 16000
TRANSCRIPTS = "asterisk-core-sounds-en"
RECORDINGS = "asterisk-core-sounds-en-g722"

# Raised whenever the tables or the treatment of the recordings change what is built.
REVISION = 1

_TRANSCRIPT_FILE = "usr/share/doc/asterisk-core-sounds-en/core-sounds-en.txt.gz"
_RECORDING_FOLDER = "usr/share/asterisk/sounds/en_US_f_Allison/"
_LICENCE_URL = "https://creativecommons.org/licenses/by-sa/3.0/"

_LONGEST_SECONDS = 12.0
_EDGE_SECONDS = 0.1
# The codec idles at -80 dB of full scale, speech peaks near -3 dB; the softest onsets (h, f, th) lie above this.
_SPEECH_DB = -58.0
_FRAME = SAMPLE_RATE // 100
# A cut needs this much quiet around it.
_PAUSE_SECONDS = 0.1

_ATTRIBUTION = """\
Voice prompts for Asterisk, spoken by Allison Smith (http://www.theivrvoice.com), copyright 2003-2010 Allison Smith.
Financial contributions by Digium, Inc. (http://www.digium.com), now part of Sangoma Technologies.
Source: the Debian packages {source}; upstream http://downloads.asterisk.org/pub/telephony/asterisk/
Licence: Creative Commons Attribution-ShareAlike 3.0 Unported (CC-BY-SA-3.0), {url}

The original work has been modified: the recordings were decoded from G.722 to 16-bit PCM, their silence at both ends was brought
to {edge:g} s, long ones were cut at pauses, and the transcripts were corrected to what is spoken.
"""

_LICENCE = """\
The recordings and texts of this folder are licensed under the Creative Commons Attribution-ShareAlike 3.0 Unported licence
(CC-BY-SA-3.0): {url} (full text: {url}legalcode).
Whoever passes them on, changed or not, names the author (see ATTRIBUTION.txt) and keeps this licence.

The copyright file of the Debian package {source} follows; it contains the full text of the licence.

{copyright}"""


def build_allison(directory, debs=None, progress=None):
    """Build the Allison corpus; a complete one is recognised and left as it is.

    Args:
        directory (str | Path): a folder that doesn't exist, is empty, or holds this corpus.
        debs (str | Path | Sequence, optional): the two .deb files or the folder that holds them; fetched by ``apt-get download`` when
            None.
        progress (Callable, optional): called with (what: str, done: int, total: int).

    Returns:
        SpeechCorpus

    Raises:
        DataError: if the folder holds something else, or the packages can't be fetched, read or understood.
        MissingDependencyError: if the G.722 decoder or apt-get is missing.
    """
    build = {"builder": "allison", "revision": REVISION}
    existing = existing_corpus(directory, "allison", build)
    if existing is not None:
        return existing
    decode = _decoder()
    with packages([TRANSCRIPTS, RECORDINGS], debs, progress) as found:
        transcripts, copyright_text = _read_transcripts(found[TRANSCRIPTS])
        recordings = {
            name.removeprefix(_RECORDING_FOLDER).removesuffix(".g722"): content
            for name, content in found[RECORDINGS].files(_RECORDING_FOLDER)
            if name.endswith(".g722")
        }
        source = ", ".join(f"{package.name} {package.version}" for package in found.values())
    rejected = []
    info = CorpusInfo(
        name="allison",
        language="en-US",
        sample_rate=SAMPLE_RATE,
        licence="CC-BY-SA-3.0",
        attribution="Allison Smith, Digium (Asterisk voice prompts)",
        source=f"Debian packages {source}",
        frontend="english",
        build=build,
    )
    return write_corpus(
        directory,
        info,
        _utterances(transcripts, recordings, decode, rejected, progress),
        licence=_LICENCE.format(url=_LICENCE_URL, source=TRANSCRIPTS, copyright=copyright_text),
        attribution=_ATTRIBUTION.format(source=source, url=_LICENCE_URL, edge=_EDGE_SECONDS),
        rejected=rejected,
    )


def _decoder():
    codec = require("G722", "corpora", "The corpus 'allison'")

    def decode(content):
        return np.array(codec.G722(SAMPLE_RATE, 64000).decode(content), dtype=np.int16)

    return decode


def _read_transcripts(package):
    """Read `key: text` lines; returns ({key: text}, the package's copyright file)."""
    files = dict(package.files(f"usr/share/doc/{TRANSCRIPTS}/"))
    if _TRANSCRIPT_FILE not in files:
        raise DataError(f"{package.path}: holds no {_TRANSCRIPT_FILE}; this version of {TRANSCRIPTS} is laid out differently.")
    try:
        text = gzip.decompress(files[_TRANSCRIPT_FILE]).decode("utf-8", "replace")
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{package.path}: its {_TRANSCRIPT_FILE} is damaged ({error}). Download the package again.") from error
    lines = (line for line in text.splitlines() if ":" in line and not line.startswith(";"))
    transcripts = {key.strip(): value.strip() for key, value in (line.split(":", 1) for line in lines)}
    if not transcripts:
        raise DataError(f"{package.path}: {_TRANSCRIPT_FILE} holds no transcript, expected lines of `name: text`.")
    return transcripts, files.get(f"usr/share/doc/{TRANSCRIPTS}/copyright", b"").decode("utf-8", "replace")


def _utterances(transcripts, recordings, decode, rejected, progress):
    """Yield every usable utterance; what isn't goes to `rejected` with its reason."""
    texts, cuts = {}, _read_cuts()
    corrections = _read_corrections()
    for key in sorted(set(recordings) - set(transcripts)):
        rejected.append({"utt_id": _name(key), "reason": "it has no transcript"})
    for key, written in transcripts.items():
        try:
            if key not in recordings:
                raise _Unusable("it has no recording")
            texts[key] = spoken_text(key, written, corrections)
        except _Unusable as reason:
            rejected.append({"utt_id": _name(key), "reason": str(reason)})
    split_of = _splits(texts)
    for done, (key, text) in enumerate(texts.items()):
        if progress is not None:
            progress("reading the recordings", done, len(texts))
        try:
            pieces = list(_cut(key, text, decode(recordings[key]), cuts.get(key, ())))
        except _Unusable as reason:
            rejected.append({"utt_id": _name(key), "reason": str(reason)})
            continue
        for utt_id, piece, wav in pieces:
            yield Utterance(utt_id, piece, "allison", split_of.get(text_key(piece), "train"), wav)
    if progress is not None:
        progress("reading the recordings", len(texts), len(texts))


def _splits(texts):
    """Give the split of each held-out text: the table names recordings, their texts decide, so no text is in two splits."""
    by_name = {_name(key): text for key, text in texts.items()}
    table = json.loads(_resource("allison_splits.json"))
    return {text_key(by_name[name]): split for split, names in table.items() for name in names if name in by_name}


class _Unusable(Exception):
    """A recording that isn't taken; the message is the reason."""


def _name(key):
    return key.replace("/", "-")


def spoken_text(key, written, corrections):
    """Turn a transcript into the text that is spoken: glosses removed, the corrections of its key applied, a sentence's form given.

    Args:
        key (str): the recording's name.
        written (str): its transcript.
        corrections (dict): key to a list of (written, spoken) pairs.

    Returns:
        str: begins with a capital and ends with punctuation.
    """
    text = re.sub(r"\s*(\[[^\]]*\]|\([^)]*\)|<[^>]*>)\s*", " ", written)
    if not text.strip(" ."):
        raise _Unusable(f"it is no speech: {written}")
    text = " ".join(text.replace("...", " ").split())
    for before, after in corrections.get(key, ()):
        if before == "*":
            text = after
        elif before in text:
            text = text.replace(before, after)
        else:
            raise _Unusable(f"its transcript is another one than expected: no {before!r} in {text!r}")
    return _as_sentence(text)


def _cut(key, text, samples, cuts):
    """Cut a long recording at known pauses; yields (utt_id, text, wav)."""
    wav, words = samples.astype(np.float32) / 32767, text.split()
    ends = [*cuts, (len(words), len(wav) / SAMPLE_RATE)]
    first_word, start = 0, 0.0
    for number, (last_word, end) in enumerate(ends, 1):
        if end - start > _LONGEST_SECONDS:
            raise _Unusable(f"it lasts {end - start:.1f} s, longer than {_LONGEST_SECONDS:g} s")
        if number < len(ends) and _loudest(wav, end - _PAUSE_SECONDS / 2, end + _PAUSE_SECONDS / 2) > _SPEECH_DB + 10:
            raise _Unusable(f"there is no pause at {end:g} s, where it should be cut: the recording is another one than expected")
        piece = _as_sentence(" ".join(words[first_word:last_word]))
        name = _name(key) if len(ends) == 1 else f"{_name(key)}-{number:02d}"
        yield name, piece, _even_edges(name, wav[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)])
        first_word, start = last_word, end


def _as_sentence(text):
    text = text[0].upper() + text[1:]
    return text if text[-1] in ".,?!" else text.rstrip(":;") + "."


def _levels(wav):
    """The level of each frame of 10 ms, dB of full scale."""
    frames = wav[: len(wav) // _FRAME * _FRAME].reshape(-1, _FRAME)
    return 20 * np.log10(np.sqrt(np.mean(np.square(frames, dtype=np.float64), axis=1)) + 1e-9)


def _loudest(wav, start, end):
    return _levels(wav[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)]).max(initial=-np.inf)


def _even_edges(utt_id, wav):
    """Bring the silence at both ends to the same length: trimmed, or extended by noise as soft as the recording's own."""
    if len(wav) < 2 * _EDGE_SECONDS * SAMPLE_RATE:
        raise _Unusable(f"it lasts {len(wav) / SAMPLE_RATE:.2f} s, too short for a word")
    level = _levels(wav)
    loud = level > _SPEECH_DB
    # A lone soft frame is a click, not speech; a plosive's burst is as short, but louder.
    company = np.convolve(loud, np.ones(9), "same")
    speech = np.flatnonzero(loud & ((level > _SPEECH_DB + 13) | (company >= 4)))
    if not len(speech):
        raise _Unusable("it is silent")
    edge = round(_EDGE_SECONDS * SAMPLE_RATE)
    begin, end = speech[0] * _FRAME - edge, (speech[-1] + 1) * _FRAME + edge
    noise = np.random.default_rng(zlib.crc32(utt_id.encode())).standard_normal(2 * edge) * 10 ** (level.min() / 20)
    before, after = noise[: max(0, -begin)], noise[2 * edge - max(0, end - len(wav)) :]
    return np.concatenate([before, wav[max(0, begin) : end], after]).astype(np.float32)


def _read_corrections():
    corrections = {}
    for key, written, spoken in _rows("allison_corrections.tsv"):
        corrections.setdefault(key, []).append((written, spoken))
    return corrections


def _read_cuts():
    cuts = {}
    for key, word, seconds in _rows("allison_cuts.tsv"):
        cuts.setdefault(key, []).append((int(word), float(seconds)))
    return cuts


def _rows(name):
    lines = (line for line in _resource(name).splitlines() if line.strip() and not line.startswith("#"))
    return list(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def _resource(name):
    return resources.files("parakeet.datasets").joinpath("resources", name).read_text(encoding="utf-8")
