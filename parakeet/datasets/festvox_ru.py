"""festvox-ru: 100 minutes of recorded Russian, one speaker, 16 kHz, each phone labelled, from a Debian package (BSD-like licence).

The recordings and labels of the voice "nsh" of the speech synthesizer Festival. The labels hold phones of their own;
``phone_map.txt`` says which of eSpeak NG's Russian phones they are nearest to.
"""

import io
import re
from importlib import resources

from parakeet.datasets.corpus import CorpusInfo
from parakeet.datasets.deb import packages
from parakeet.datasets.layouts.reading import hold_out
from parakeet.datasets.writer import Utterance, existing_corpus, write_corpus
from parakeet.errors import DataError

SAMPLE_RATE = 16000
PACKAGE = "festvox-ru"

# Raised whenever the treatment of texts or recordings changes what is built.
REVISION = 1

_VOICE = "usr/share/festival/voices/russian/msu_ru_nsh_clunits/"
_TEXTS = f"{_VOICE}etc/txt.done.data"
_COPYRIGHT = f"usr/share/doc/{PACKAGE}/copyright"
_LINE = re.compile(r'\(\s*(?P<name>\S+)\s+"(?P<text>.*)"\s*\)')
_VOWELS = "аеёиоуыэюяАЕЁИОУЫЭЮЯ"
_ACUTE = "\u0301"

# Shares of the texts: with 620 of them, 31 each.
_VALID, _TEST = 0.05, 0.05

_ATTRIBUTION = """\
Russian voice "nsh" for Festival, copyright 2005 Nickolay V. Shmyrev <nshmyrev@yandex.ru>.
Source: the Debian package {source}; upstream http://sourceforge.net/projects/festlang.berlios
Licence: BSD-like, see LICENSE.txt.

The original work has been modified: in the texts a stressed vowel is written with an acute accent in place of a plus sign before it. The
recordings and the labels are as they were.
"""


def build_festvox_ru(directory, debs=None, progress=None):
    """Build the corpus festvox-ru; a complete one is recognised and left as it is.

    Beside the recordings lie ``labels/NAME.lab``, the phones of each, and ``phone_map.txt``, for ``parakeet prepare DIR PREPARED
    alignments=DIR/labels phone_map=DIR/phone_map.txt``.

    Args:
        directory (str | Path): a folder that doesn't exist, is empty, or holds this corpus.
        debs (str | Path | Sequence, optional): the .deb file or the folder that holds it; fetched by ``apt-get download`` when None.
        progress (Callable, optional): called with (what: str, done: int, total: int).

    Returns:
        SpeechCorpus

    Raises:
        DataError: if the folder holds something else, or the package can't be fetched, read or understood.
        MissingDependencyError: if apt-get is missing.
    """
    build = {"builder": "festvox-ru", "revision": REVISION}
    existing = existing_corpus(directory, "festvox-ru", build)
    if existing is not None:
        return existing
    with packages([PACKAGE], debs, progress) as found:
        package = found[PACKAGE]
        files = dict(package.files(_VOICE))
        licence = dict(package.files(_COPYRIGHT)).get(_COPYRIGHT, b"").decode("utf-8", "replace")
    if _TEXTS not in files or not licence:
        missing = _COPYRIGHT if _TEXTS in files else _TEXTS
        raise DataError(f"{package.path}: holds no {missing}; this version of {PACKAGE} is laid out differently.")
    source = f"{package.name} {package.version}"
    info = CorpusInfo(
        name="festvox-ru",
        language="ru",
        sample_rate=SAMPLE_RATE,
        licence="BSD-like (Shmyrev 2005)",
        attribution="Nickolay V. Shmyrev (Festival's Russian voice nsh)",
        source=f"Debian package {source}",
        frontend="espeak",
        frontend_options={"language": "ru"},
        build=build,
    )
    rejected = []
    return write_corpus(
        directory,
        info,
        _utterances(_texts(files[_TEXTS], package.path), files, rejected, progress),
        licence=licence,
        attribution=_ATTRIBUTION.format(source=source),
        rejected=rejected,
        files={"phone_map.txt": resources.files("parakeet.datasets").joinpath("resources", "festvox_ru_phones.txt").read_text("utf-8")},
    )


def _texts(content, path):
    """Read lines ``( name "text" )``: {name: text}."""
    texts = {}
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
        match = _LINE.fullmatch(line.strip())
        if match is None and line.strip():
            raise DataError(f"{path}, {_TEXTS}, line {number}: expected '( name \"text\" )', received {line[:60]!r}.")
        if match is not None:
            texts[match["name"]] = spoken_text(match["text"])
    return texts


def spoken_text(written):
    """Write a stressed vowel the way books do: "з+амок" becomes "за́мок"; any other plus sign goes.

    Args:
        written (str): a text of the package.

    Returns:
        str
    """
    accented = re.sub(rf"\+([{_VOWELS}])", rf"\1{_ACUTE}", written)
    return " ".join(accented.replace("+", "").split())


def _utterances(texts, files, rejected, progress):
    """Yield every usable utterance; what isn't goes to `rejected` with its reason."""
    recorded = {name.removeprefix(f"{_VOICE}wav/").removesuffix(".wav") for name in files if name.startswith(f"{_VOICE}wav/")}
    rejected += [{"utt_id": name, "reason": "it has no text"} for name in sorted(recorded - set(texts))]
    for done, (name, text) in enumerate(texts.items()):
        if progress is not None:
            progress("reading the recordings", done, len(texts))
        wav, reason = _recording(files.get(f"{_VOICE}wav/{name}.wav"))
        label = files.get(f"{_VOICE}lab/{name}.lab")
        if reason is not None:
            rejected.append({"utt_id": name, "reason": reason})
            continue
        split = hold_out(text, _VALID, _TEST)
        labels = None if label is None else label.decode("utf-8", "replace")
        yield Utterance(name, text, "nsh", split, wav, labels=labels)
    if progress is not None:
        progress("reading the recordings", len(texts), len(texts))


def _recording(content):
    """The samples of a wav file in memory, and None; or None and the reason why it can't be used."""
    if content is None:
        return None, "it has no recording"
    import soundfile

    try:
        wav, rate = soundfile.read(io.BytesIO(content), dtype="float32")
    except (soundfile.LibsndfileError, RuntimeError) as error:
        return None, f"its recording can't be read ({error})"
    if rate != SAMPLE_RATE or wav.ndim != 1:
        return None, f"its recording has {rate} Hz and {wav.ndim} channels, expected {SAMPLE_RATE} Hz and one"
    return wav, None
