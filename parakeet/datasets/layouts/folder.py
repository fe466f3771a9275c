"""A folder of recordings of one's own: a text file beside each, or one table of all."""

import csv
from collections import Counter
from pathlib import PurePosixPath, PureWindowsPath

from parakeet.datasets.layouts.reading import AUDIO_SUFFIXES, FORMATS, Collector, composed, lines_of
from parakeet.errors import DataError
from parakeet.files import read_json_lines
from parakeet.preparation.labels import holds_labels

TABLES = ("metadata", "transcripts", "utterances", "texts", "validated")
NAME_COLUMNS = ("utt_id", "id", "file", "filename", "file_name", "path", "audio", "wav", "name")
TEXT_COLUMNS = ("text", "sentence", "transcript", "transcription", "normalized_text")
SPEAKER_COLUMNS = ("speaker", "speaker_id", "client_id")
SPLIT_COLUMNS = ("split", "subset")
LANGUAGE_COLUMNS = ("language", "lang", "locale")
_COLUMNS = {
    "name": NAME_COLUMNS,
    "text": TEXT_COLUMNS,
    "speaker": SPEAKER_COLUMNS,
    "split": SPLIT_COLUMNS,
    "language": LANGUAGE_COLUMNS,
}
_SPLITS = {"train": "train", "training": "train", "valid": "valid", "validation": "valid", "dev": "valid", "test": "test"}

FOREIGN_SUFFIXES = (".m4a", ".aac", ".mp4", ".webm", ".wma", ".amr", ".3gp", ".aif", ".aiff", ".caf")
"""Recordings as telephones and studios make them, in formats that aren't read."""

_HOW = (
    "Put a text file beside each recording (hello.wav, hello.txt), or one table metadata.csv, .tsv or .jsonl with the columns file and "
    "text (and speaker and split, if there are such)."
)


def read(directory, language=None, valid=None, test=None, prompt=None):
    """Read a folder of recordings in wav, flac, ogg, opus or mp3, in folders of any depth.

    Texts stand in ``NAME.txt`` beside ``NAME.wav``, or in one table: ``metadata``, ``transcripts``, ``utterances``, ``texts`` or
    ``validated`` (Common Voice) with the ending csv, tsv, txt or jsonl. A table without a line of headings is ``file,text``, or between
    bars or tabs ``file|text|speaker|split``. Where recordings lie in folders and no column says otherwise, the folder is the speaker.

    Args:
        directory (Path): the folder.
        language (str, optional): what a column ``language`` says when None, or "en". Of a table in several languages, which one.
        valid, test (float, optional): shares of the texts that are held out, where the table has no column split.
        prompt (str, optional): see :class:`Collector`.

    Returns:
        Corpus: recordings without a text or of a format that isn't read, and a table's lines without a recording, are in ``rejected``.

    Raises:
        DataError: if there is no recording, no text, the table has no columns for them, or holds several languages and none is chosen.
    """
    recordings = sorted(p for p in directory.rglob("*") if p.suffix.lower() in AUDIO_SUFFIXES and p.is_file())
    # A recording that was converted may still lie beside what was made of it.
    stems = {p.stem for p in recordings}
    foreign = sorted(p for p in directory.rglob("*") if p.suffix.lower() in FOREIGN_SUFFIXES and p.stem not in stems and p.is_file())
    if not recordings:
        how = f"{foreign[0].name} {_convert(foreign[0])}." if foreign else _HOW
        raise DataError(f"{directory}: holds no recording ({FORMATS}). {how}")
    recordings = sorted(recordings + foreign)
    collector = Collector(directory, valid, test, prompt)
    table = next((p for name in TABLES for end in ("csv", "tsv", "jsonl", "txt") if (p := directory / f"{name}.{end}").is_file()), None)
    if table is not None:
        language = _from_table(directory, table, recordings, collector, language)
    else:
        _from_files(directory, recordings, collector)
    name = directory.resolve().name
    return collector.corpus(name, "en" if language is None else language, "your own: see its recordings' source", name, name)


def _from_files(directory, recordings, collector):
    for path in recordings:
        text = next((p for end in (".txt", ".lab") if (p := path.with_suffix(end)).is_file()), None)
        name = _name(directory, path)
        if path.suffix.lower() in FOREIGN_SUFFIXES:
            collector.reject(name, f"{path.name} {_convert(path)}")
        elif text is not None and holds_labels(text):
            reason = f"{text.name} holds labels, no text: put that into {path.stem}.txt, the labels elsewhere (alignments=FOLDER)"
            collector.reject(name, reason)
        elif text is None:
            collector.reject(name, f"there is no text for it: neither {path.stem}.txt beside it nor a table. {_HOW}")
        else:
            try:
                content = " ".join(line.strip() for _, line in lines_of(text))
            except DataError as error:
                collector.reject(name, str(error).replace(f"{directory}/", ""))
            else:
                collector.add(name, path, content, _speaker(directory, path))


def _from_table(directory, table, recordings, collector, language):
    """Collect what the table says; return its language."""
    names = _Names(directory, recordings)
    seen, rows = set(), list(_rows(table))
    language = _language(table, rows, language)
    for number, row in rows:
        wanted = composed(row["name"].strip())
        found = names.find(wanted)
        if len(found) > 1:
            collector.reject(wanted, f"{table.name}, line {number}: the name fits {len(found)} recordings; write their paths")
            continue
        path = found[0] if found else None
        seen.add(path)
        if row["language"] not in (None, language):
            collector.reject(wanted, f"{table.name}, line {number}: its language is {row['language']}, not {language}")
            continue
        split = row.get("split")
        if split is not None and split.lower() not in _SPLITS:
            raise DataError(f"{table}, line {number}: unknown split {split!r}; expected one of {', '.join(_SPLITS)}.")
        if path is None:
            collector.reject(wanted, f"{table.name}, line {number}: {names.why_missing(wanted, number)}")
            continue
        if path.suffix.lower() in FOREIGN_SUFFIXES:
            collector.reject(_name(directory, path), f"{path.name} {_convert(path)}")
            continue
        speaker = row.get("speaker") or _speaker(directory, path)
        collector.add(_name(directory, path), path, row["text"], speaker, None if split is None else _SPLITS[split.lower()])
    for path in recordings:
        if path not in seen:
            collector.reject(_name(directory, path), f"{table.name} has no line for it")
    return language


class _Names:
    """What a table may call the recordings of a folder: their paths in it or their names, with or without the ending, as written on any
    system: with backslashes, in other capitals, or with the whole path that they had elsewhere."""

    def __init__(self, directory, recordings):
        self._exact, self._folded = {}, {}
        for path in recordings:
            relative = path.relative_to(directory)
            for key in {relative.as_posix(), relative.with_suffix("").as_posix(), path.name, path.stem}:
                self._exact.setdefault(composed(key), []).append(path)
                self._folded.setdefault(composed(key).casefold(), []).append(path)

    def find(self, name):
        """The recordings that a name fits: none, one, or several."""
        posix = PurePosixPath(name).as_posix()
        return self._exact.get(posix) or self._folded.get(_spelled(name).casefold(), [])

    def why_missing(self, name, line):
        """The reason for a line whose recording isn't there, and what would help."""
        spelled = PurePosixPath(_spelled(name))
        other = self._folded.get(spelled.with_suffix("").as_posix().casefold(), []) if spelled.suffix else []
        if other:
            return f"its recording is missing; there is {other[0].name}: write that"
        if line == 1 and not spelled.suffix:
            return "its recording is missing; if this line is meant as headings, call the columns file and text"
        return "its recording is missing"


def _spelled(name):
    """A path as this system writes it; of a whole path, which was true on the computer it comes from, the name."""
    path = PureWindowsPath(name)
    return path.name if path.is_absolute() or PurePosixPath(name).is_absolute() else path.as_posix()


def _convert(path):
    return f"is of a format that isn't read: convert it to wav, for example with `ffmpeg -i '{path.name}' '{path.stem}.wav'`"


def _language(table, rows, language):
    """The language of a table: what was asked for, or the only one it holds."""
    counts = Counter(row["language"] for _, row in rows if row["language"] is not None)
    if language is None and len(counts) > 1:
        held = ", ".join(f"{name} ({count} lines)" for name, count in counts.most_common())
        raise DataError(f"{table}: holds {len(counts)} languages: {held}. A voice speaks one: choose it, as in language={min(counts)}.")
    return next(iter(counts), None) if language is None else language


def _rows(table):
    """Yield (line number, row) with the keys name, text and, where there are such, speaker and split."""
    if table.suffix == ".jsonl":
        lines = read_json_lines(table, "Repair or remove the line.")
    else:
        lines = _records(table)
    for number, record in lines:
        row = {
            key: next((str(record[c]) for c in names if record.get(c) not in (None, "")), None)
            for key, names in _COLUMNS.items()
        }
        if row["name"] is None:
            raise DataError(f"{table}, line {number}: no column names the recording; expected one of {', '.join(NAME_COLUMNS)}. {_HOW}")
        yield number, {**row, "text": row["text"] or ""}


def _records(table):
    """Yield (line number, {column: cell}) of a table; its first line may be headings."""
    content = list(lines_of(table))
    delimiter = "\t" if table.suffix == ".tsv" else _delimiter(content[0][1] if content else "")
    # A text between quotes may go over several lines.
    form = {"delimiter": delimiter, "quoting": _quoting(delimiter), "skipinitialspace": True}
    reader = csv.reader((line + "\n" for _, line in content), **form)
    cells, before = [], 0
    try:
        for row in reader:
            number, lines = content[before][0], [line + "\n" for _, line in content[before : reader.line_num]]
            if len(lines) > 1:  # a quote that is never closed takes in the lines below; the strict reader minds
                row = next(csv.reader(lines, strict=True, **form))
            cells.append((number, [cell.strip("\n") for cell in row]))
            before = reader.line_num
    except csv.Error as error:
        raise DataError(
            f"{table}, from line {content[before][0]} on: its cells can't be told apart ({error}). Look for a double quote that is not "
            'closed: a cell that begins with one ends with one, and inside it each is doubled, as in "He said ""yes""."'
        ) from error
    heading = [cell.strip().lower().replace(" ", "_") for cell in cells[0][1]] if cells else []
    if any(cell in NAME_COLUMNS for cell in heading) and any(cell in TEXT_COLUMNS for cell in heading):
        columns, cells = heading, cells[1:]
    else:
        columns = ["file", "text"] if delimiter == "," else ["file", "text", "speaker", "split"]
    for number, row in cells:
        if len(row) > len(columns):
            raise DataError(
                f"{table}, line {number}: {len(row)} columns, expected {len(columns)} ({', '.join(columns)}). Put a text that holds "
                f"{delimiter!r} between double quotes, or name the columns in the first line."
            )
        yield number, dict(zip(columns, row, strict=False))


def _delimiter(line):
    """The character between columns: the first of | tab ; that occurs, else a comma."""
    return next((c for c in "|\t;" if c in line), ",")


def _quoting(delimiter):
    return csv.QUOTE_NONE if delimiter == "|" else csv.QUOTE_MINIMAL


def _name(directory, path):
    return composed("-".join(path.relative_to(directory).with_suffix("").parts))


def _speaker(directory, path):
    """The folder a recording lies in; folders named after the format of what they hold are nobody's name."""
    formats = ("wav", "wavs", "flac", "audio", "clips", "mp3")
    parts = [part for part in path.relative_to(directory).parts[:-1] if part.lower() not in formats]
    return parts[0] if parts else directory.resolve().name
