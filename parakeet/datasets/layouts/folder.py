"""A folder of recordings of one's own: a text file beside each, or one table of all."""

import csv
from pathlib import PurePath

from parakeet.datasets.layouts.reading import AUDIO_SUFFIXES, Collector, lines_of
from parakeet.errors import DataError
from parakeet.files import read_json_lines

TABLES = ("metadata", "transcripts", "utterances", "texts")
NAME_COLUMNS = ("utt_id", "id", "file", "filename", "file_name", "path", "audio", "wav", "name")
TEXT_COLUMNS = ("text", "sentence", "transcript", "transcription", "normalized_text")
SPEAKER_COLUMNS = ("speaker", "speaker_id", "client_id")
SPLIT_COLUMNS = ("split", "subset")
_SPLITS = {"train": "train", "training": "train", "valid": "valid", "validation": "valid", "dev": "valid", "test": "test"}

_HOW = (
    "Put a text file beside each recording (hello.wav, hello.txt), or one table metadata.csv, .tsv or .jsonl with the columns file and "
    "text (and speaker and split, if there are such)."
)


def read(directory, language=None, valid=None, test=None):
    """Read a folder of recordings in wav, flac, ogg, opus or mp3, in folders of any depth.

    Texts stand in ``NAME.txt`` beside ``NAME.wav``, or in one table: ``metadata``, ``transcripts``, ``utterances`` or ``texts`` with the
    ending csv, tsv, txt or jsonl. A csv or txt without a line of headings is ``file,text`` or ``file|text``. Where recordings lie in
    folders and no column says otherwise, the folder is the speaker.

    Args:
        directory (Path): the folder.
        language (str, optional): "en" when None.
        valid, test (float, optional): shares of the texts that are held out, where the table has no column split.

    Returns:
        Corpus: recordings without a text, and texts without a recording, are in ``rejected``.

    Raises:
        DataError: if there is no recording, no text, or the table has no columns for them.
    """
    recordings = sorted(p for p in directory.rglob("*") if p.suffix.lower() in AUDIO_SUFFIXES and p.is_file())
    if not recordings:
        raise DataError(f"{directory}: holds no recording ({', '.join(s[1:] for s in AUDIO_SUFFIXES)}). {_HOW}")
    collector = Collector(directory, valid, test)
    table = next((p for name in TABLES for end in ("csv", "tsv", "jsonl", "txt") if (p := directory / f"{name}.{end}").is_file()), None)
    if table is not None:
        _from_table(directory, table, recordings, collector)
    else:
        _from_files(directory, recordings, collector)
    name = directory.resolve().name
    return collector.corpus(name, "en" if language is None else language, "your own: see its recordings' source", name, name)


def _from_files(directory, recordings, collector):
    for path in recordings:
        text = next((p for end in (".txt", ".lab") if (p := path.with_suffix(end)).is_file()), None)
        name = _name(directory, path)
        if text is None:
            collector.reject(name, f"there is no text for it: neither {path.stem}.txt beside it nor a table. {_HOW}")
        else:
            collector.add(name, path, " ".join(line.strip() for _, line in lines_of(text)), _speaker(directory, path))


def _from_table(directory, table, recordings, collector):
    by_name = {}
    for path in recordings:
        relative = path.relative_to(directory)
        for key in {relative.as_posix(), relative.with_suffix("").as_posix(), path.name, path.stem}:
            by_name.setdefault(key, []).append(path)
    seen = set()
    for number, row in _rows(table):
        wanted = row["name"].strip()
        found = by_name.get(PurePath(wanted).as_posix(), [])
        if len(found) > 1:
            collector.reject(wanted, f"{table.name}, line {number}: the name fits {len(found)} recordings; write their paths")
            continue
        path = found[0] if found else None
        seen.add(path)
        split = row.get("split")
        if split is not None and split.lower() not in _SPLITS:
            raise DataError(f"{table}, line {number}: unknown split {split!r}; expected one of {', '.join(_SPLITS)}.")
        speaker = row.get("speaker") or (_speaker(directory, path) if path else directory.resolve().name)
        name = wanted if path is None else _name(directory, path)
        collector.add(name, path, row["text"], speaker, None if split is None else _SPLITS[split.lower()])
    for path in recordings:
        if path not in seen:
            collector.reject(_name(directory, path), f"{table.name} has no line for it")


def _rows(table):
    """Yield (line number, row) with the keys name, text and, where there are such, speaker and split."""
    if table.suffix == ".jsonl":
        lines = read_json_lines(table, "Repair or remove the line.")
    else:
        content = list(lines_of(table))
        delimiter = "\t" if table.suffix == ".tsv" else _delimiter(content[0][1] if content else "")
        cells = [(number, next(csv.reader([line], delimiter=delimiter, quoting=_quoting(delimiter)))) for number, line in content]
        heading = [cell.strip().lower() for cell in cells[0][1]] if cells else []
        if any(cell in NAME_COLUMNS for cell in heading) and any(cell in TEXT_COLUMNS for cell in heading):
            columns, cells = heading, cells[1:]
        else:
            columns = ["file", "text", "speaker", "split"]
        lines = ((number, dict(zip(columns, row, strict=False))) for number, row in cells)
    for number, record in lines:
        row = {
            key: next((str(record[c]) for c in names if record.get(c) not in (None, "")), None)
            for key, names in (("name", NAME_COLUMNS), ("text", TEXT_COLUMNS), ("speaker", SPEAKER_COLUMNS), ("split", SPLIT_COLUMNS))
        }
        if row["name"] is None:
            raise DataError(f"{table}, line {number}: no column names the recording; expected one of {', '.join(NAME_COLUMNS)}. {_HOW}")
        yield number, {**row, "text": row["text"] or ""}


def _delimiter(line):
    """The character between columns: the first of | tab ; that occurs, else a comma."""
    return next((c for c in "|\t;" if c in line), ",")


def _quoting(delimiter):
    return csv.QUOTE_NONE if delimiter == "|" else csv.QUOTE_MINIMAL


def _name(directory, path):
    return "-".join(path.relative_to(directory).with_suffix("").parts)


def _speaker(directory, path):
    """The folder a recording lies in; folders named after the format of what they hold are nobody's name."""
    formats = ("wav", "wavs", "flac", "audio", "clips", "mp3")
    parts = [part for part in path.relative_to(directory).parts[:-1] if part.lower() not in formats]
    return parts[0] if parts else directory.resolve().name
