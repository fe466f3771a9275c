"""A folder of recordings of one's own: a text file beside each, or one table of all."""

import csv
from collections import Counter
from pathlib import PurePath

from parakeet.datasets.layouts.reading import AUDIO_SUFFIXES, Collector, composed, lines_of
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

_HOW = (
    "Put a text file beside each recording (hello.wav, hello.txt), or one table metadata.csv, .tsv or .jsonl with the columns file and "
    "text (and speaker and split, if there are such)."
)


def read(directory, language=None, valid=None, test=None):
    """Read a folder of recordings in wav, flac, ogg, opus or mp3, in folders of any depth.

    Texts stand in ``NAME.txt`` beside ``NAME.wav``, or in one table: ``metadata``, ``transcripts``, ``utterances``, ``texts`` or
    ``validated`` (Common Voice) with the ending csv, tsv, txt or jsonl. A table without a line of headings is ``file,text``, or between
    bars or tabs ``file|text|speaker|split``. Where recordings lie in folders and no column says otherwise, the folder is the speaker.

    Args:
        directory (Path): the folder.
        language (str, optional): what a column ``language`` says when None, or "en". Of a table in several languages, which one.
        valid, test (float, optional): shares of the texts that are held out, where the table has no column split.

    Returns:
        Corpus: recordings without a text, and texts without a recording, are in ``rejected``.

    Raises:
        DataError: if there is no recording, no text, the table has no columns for them, or holds several languages and none is chosen.
    """
    recordings = sorted(p for p in directory.rglob("*") if p.suffix.lower() in AUDIO_SUFFIXES and p.is_file())
    if not recordings:
        raise DataError(f"{directory}: holds no recording ({', '.join(s[1:] for s in AUDIO_SUFFIXES)}). {_HOW}")
    collector = Collector(directory, valid, test)
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
        if text is not None and holds_labels(text):
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
    by_name = {}
    for path in recordings:
        relative = path.relative_to(directory)
        for key in {relative.as_posix(), relative.with_suffix("").as_posix(), path.name, path.stem}:
            by_name.setdefault(composed(key), []).append(path)
    seen, rows = set(), list(_rows(table))
    language = _language(table, rows, language)
    for number, row in rows:
        wanted = composed(row["name"].strip())
        found = by_name.get(PurePath(wanted).as_posix(), [])
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
        speaker = row.get("speaker") or (_speaker(directory, path) if path else directory.resolve().name)
        name = wanted if path is None else _name(directory, path)
        collector.add(name, path, row["text"], speaker, None if split is None else _SPLITS[split.lower()])
    for path in recordings:
        if path not in seen:
            collector.reject(_name(directory, path), f"{table.name} has no line for it")
    return language


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
    form = {"delimiter": delimiter, "quoting": _quoting(delimiter)}
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
    heading = [cell.strip().lower() for cell in cells[0][1]] if cells else []
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
