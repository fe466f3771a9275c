"""Corpora as they are published, in small true-to-layout copies, and a folder of one's own."""

import importlib.util
import json
import re
import sys
import unicodedata

import numpy as np
import pytest
import soundfile

from parakeet.audio.io import write_wav
from parakeet.datasets.layouts import LAYOUTS, open_corpus, recognise
from parakeet.datasets.layouts.reading import hold_out
from parakeet.errors import DataError, MissingDependencyError, TextError

TONE = (0.3 * np.sin(np.arange(8000) / 5)).astype(np.float32)


def sound(path, rate=22050):
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".wav":
        write_wav(path, TONE, rate)
    else:
        soundfile.write(path, TONE, rate)
    return path


def text(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


def make_ljspeech(folder):
    rows = ("LJ001-0001|In 1455,|in fourteen fifty-five,", "LJ001-0002|being modern.|being modern.", "LJ001-0003|Gone.|Gone.")
    text(folder / "metadata.csv", "\n".join(rows) + "\n")
    for n in (1, 2):
        sound(folder / "wavs" / f"LJ001-000{n}.wav")


def make_vctk(folder):
    for speaker in ("p225", "p226"):
        for n in ("001", "002"):
            text(folder / "txt" / speaker / f"{speaker}_{n}.txt", f"Please call Stella {n}.\n")
            for mic in (1, 2):
                sound(folder / "wav48_silence_trimmed" / speaker / f"{speaker}_{n}_mic{mic}.flac", 48000)
    sound(folder / "wav48_silence_trimmed" / "p315" / "p315_001_mic1.flac", 48000)


def make_libritts(folder):
    for subset in ("train-clean-100", "dev-clean", "test-clean"):
        stem = folder / subset / "103" / "1241" / f"103_1241_{subset}_000"
        sound(stem.with_name(stem.name + ".wav"), 24000)
        text(stem.with_name(stem.name + ".normalized.txt"), f"The {subset} sentence.")
        text(stem.with_name(stem.name + ".original.txt"), "not this one")


def make_aishell3(folder):
    for part in ("train", "test"):
        text(folder / part / "content.txt", f"SSB0005000{1 + (part == 'test')}.wav\t广 guang3 州 zhou1\n")
        sound(folder / part / "wav" / "SSB0005" / f"SSB0005000{1 + (part == 'test')}.wav", 44100)


def make_csmsc(folder):
    lines = "000001\t卡尔普#2陪外孙#1玩滑梯#4。\n\tka2 er2 pu3 pei2 wai4 sun1 wan2 hua2 ti1\n"
    text(folder / "ProsodyLabeling" / "000001-010000.txt", lines)
    sound(folder / "Wave" / "000001.wav", 48000)


MAKERS = {"ljspeech": make_ljspeech, "vctk": make_vctk, "libritts": make_libritts, "aishell3": make_aishell3, "csmsc": make_csmsc}


@pytest.mark.parametrize("name", MAKERS)
def test_a_published_corpus_is_recognised_and_read(name, tmp_path):
    MAKERS[name](tmp_path)
    assert recognise(tmp_path) == name
    corpus = open_corpus(tmp_path)
    assert corpus.info.licence
    assert corpus.info.source.startswith("https://")
    assert all(example["wav_path"].is_file() and example["text"] and example["speaker"] for example in corpus)
    assert soundfile.info(corpus[0]["wav_path"]).samplerate == corpus.info.sample_rate


def test_ljspeech_gives_the_normalised_text_and_lists_what_has_no_recording(tmp_path):
    make_ljspeech(tmp_path)
    corpus = open_corpus(tmp_path)
    assert [example["text"] for example in corpus] == ["in fourteen fifty-five,", "being modern."]
    assert corpus.rejected == [{"utt_id": "LJ001-0003", "reason": "its recording is missing"}]
    assert (corpus.info.name, corpus.info.frontend, corpus.info.licence) == ("LJSpeech", "english", "public domain")


def test_vctk_takes_the_first_microphone_of_every_speaker_with_texts(tmp_path):
    make_vctk(tmp_path)
    corpus = open_corpus(tmp_path)
    assert [example["utt_id"] for example in corpus] == ["p225_001", "p225_002", "p226_001", "p226_002"]
    assert {example["wav_path"].name for example in corpus} == {f"{e['utt_id']}_mic1.flac" for e in corpus}
    assert corpus.rejected == [{"utt_id": "p315", "reason": "the speaker has no texts"}]
    splits = {}
    for example in corpus:
        splits.setdefault(example["text"], set()).add(example["split"])
    assert all(len(found) == 1 for found in splits.values())


def test_libritts_keeps_its_own_splits(tmp_path):
    make_libritts(tmp_path)
    corpus = open_corpus(tmp_path)
    assert {example["text"]: example["split"] for example in corpus} == {
        "The train-clean-100 sentence.": "train",
        "The dev-clean sentence.": "valid",
        "The test-clean sentence.": "test",
    }


def test_aishell3_gives_the_characters_and_keeps_its_test_set(tmp_path):
    make_aishell3(tmp_path)
    corpus = open_corpus(tmp_path, valid=0.0)
    assert [(e["text"], e["speaker"], e["split"]) for e in corpus] == [("广州", "SSB0005", "train"), ("广州", "SSB0005", "test")]
    assert corpus.info.frontend == "mandarin"


def test_csmsc_loses_its_marks_of_prosody(tmp_path):
    make_csmsc(tmp_path)
    assert open_corpus(tmp_path)[0]["text"] == "卡尔普陪外孙玩滑梯。"


@pytest.mark.parametrize(
    ("layout", "missing"),
    [("ljspeech", "metadata.csv"), ("vctk", "txt, wav48_silence_trimmed"), ("aishell3", "train/content.txt"), ("csmsc", "Wave")],
)
def test_what_is_missing_is_named_with_where_to_get_it(layout, missing, tmp_path):
    with pytest.raises(DataError) as caught:
        open_corpus(tmp_path, layout=layout)
    assert missing in str(caught.value)
    assert "missing. Get it from https://" in str(caught.value)


def test_texts_beside_the_recordings_are_enough(tmp_path):
    for name in ("hello", "there"):
        sound(tmp_path / "anna" / f"{name}.wav")
        text(tmp_path / "anna" / f"{name}.txt", f"{name.title()},\n  you.\n")
    sound(tmp_path / "bob" / "x.flac")
    corpus = open_corpus(tmp_path)
    assert [(e["utt_id"], e["text"], e["speaker"]) for e in corpus] == [
        ("anna-hello", "Hello, you.", "anna"),
        ("anna-there", "There, you.", "anna"),
    ]
    assert corpus.rejected[0]["utt_id"] == "bob-x"
    assert "there is no text for it: neither x.txt beside it nor a table" in corpus.rejected[0]["reason"]


def test_labels_beside_a_recording_are_not_taken_for_its_text(tmp_path):
    for name in "abc":
        sound(tmp_path / f"{name}.wav")
    text(tmp_path / "a.lab", "#\n0.1 125 pau\n0.2 125 ay\n0.4 125 pau\n")
    text(tmp_path / "b.txt", "Press 1 2 or 3.")
    text(tmp_path / "c.lab", "Sea.")
    corpus = open_corpus(tmp_path)
    assert [e["text"] for e in corpus] == ["Press 1 2 or 3.", "Sea."]
    assert corpus.rejected == [
        {"utt_id": "a", "reason": "a.lab holds labels, no text: put that into a.txt, the labels elsewhere (alignments=FOLDER)"}
    ]


TABLE_FILES = {
    "metadata.csv": 'file,text,speaker,split\nwavs/a.wav,"Well, a.",anna,train\nb,Bee.,bob,dev\nc.wav,Sea.,bob,test\n',
    "transcripts.tsv": "path\tsentence\tclient_id\tsplit\na.wav\tWell, a.\tanna\ttrain\nb\tBee.\tbob\tdev\nc\tSea.\tbob\ttest\n",
    "texts.txt": "a|Well, a.|anna|train\nb|Bee.|bob|dev\nc|Sea.|bob|test\n",
    "metadata.csv with bars": "file|text|speaker|split\na|Well, a.|anna|train\nb|Bee.|bob|dev\nc|Sea.|bob|test\n",
    "metadata.csv without headings": "a|Well, a.|anna|train\nb|Bee.|bob|dev\nc|Sea.|bob|test\n",
    "utterances.jsonl": "\n".join(
        json.dumps({"id": name, "text": words, "speaker": speaker, "split": split})
        for name, words, speaker, split in (("a", "Well, a.", "anna", "train"), ("b", "Bee.", "bob", "dev"), ("c", "Sea.", "bob", "test"))
    ),
}


@pytest.mark.parametrize("table", TABLE_FILES)
def test_one_table_of_any_usual_form_says_it_all(table, tmp_path):
    for name in "abc":
        sound(tmp_path / "wavs" / f"{name}.wav")
    text(tmp_path / table.split()[0], TABLE_FILES[table])
    corpus = open_corpus(tmp_path)
    assert [(e["text"], e["speaker"], e["split"]) for e in corpus] == [
        ("Well, a.", "anna", "train"),
        ("Bee.", "bob", "valid"),
        ("Sea.", "bob", "test"),
    ]
    assert not corpus.rejected


def test_a_table_and_recordings_that_do_not_match_are_told_apart(tmp_path):
    for path in ("a.wav", "one/b.wav", "two/b.wav", "spare.wav"):
        sound(tmp_path / path)
    text(tmp_path / "metadata.tsv", "file\ttext\na\tAy.\nb\tBee.\ngone\tGone.\none/b\t \n")
    reasons = {record["utt_id"]: record["reason"] for record in open_corpus(tmp_path).rejected}
    assert reasons["b"] == "metadata.tsv, line 3: the name fits 2 recordings; write their paths"
    assert reasons["gone"] == "metadata.tsv, line 4: its recording is missing"
    assert reasons["one-b"] == "its text is empty"
    assert reasons["spare"] == "metadata.tsv has no line for it"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"text": "a"}', "line 1: no column names the recording; expected one of utt_id, id, file"),
        ("[1]", "line 1: expected a json object, received list"),
        ("{", "line 1: isn't json"),
        ('{"id": "a", "text": "a", "split": "tests"}', "line 1: unknown split 'tests'"),
    ],
)
def test_a_table_that_can_not_be_used_names_its_line(content, message, tmp_path):
    sound(tmp_path / "a.wav")
    text(tmp_path / "metadata.jsonl", content)
    with pytest.raises(DataError, match=message):
        open_corpus(tmp_path)


@pytest.mark.parametrize("ending", ["mp3", "ogg", "flac", "WAV"])
def test_recordings_of_every_usual_format_are_read(ending, tmp_path):
    soundfile.write(tmp_path / f"a.{ending}", TONE, 22050, format="OGG" if ending == "ogg" else ending.upper())
    text(tmp_path / "metadata.csv", "a|Ay.\n")
    for layout in ("folder", "ljspeech"):
        corpus = open_corpus(tmp_path, layout=layout)
        assert [(e["utt_id"], e["wav_path"].name) for e in corpus] == [("a", f"a.{ending}")]
        assert corpus.info.sample_rate == 22050


@pytest.mark.parametrize("coding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("name", ["metadata.csv", "metadata.tsv", "metadata.jsonl"])
def test_byte_order_marks_and_line_ends_do_not_matter(name, ends, coding, tmp_path):
    if name.endswith("jsonl") and coding == "utf-16":
        pytest.skip("json is UTF-8")
    sound(tmp_path / "é.wav")
    content = {"csv": 'file,text\né,"Où, là?"\n', "tsv": "file\ttext\né\tOù, là?\n", "jsonl": '{"file": "é", "text": "Où, là?"}\n'}
    (tmp_path / name).write_bytes(content[name.split(".")[1]].replace("\n", ends).encode(coding))
    assert open_corpus(tmp_path)[0]["text"] == "Où, là?"


@pytest.mark.parametrize("layout", ["folder", "ljspeech"])
def test_another_coding_is_named_with_its_line(layout, tmp_path):
    sound(tmp_path / "a.wav")
    (tmp_path / "metadata.csv").write_bytes("a|Ay.\nb|Où?\n".encode("latin-1"))
    with pytest.raises(DataError, match=r"metadata\.csv, line 2: not UTF-8 text \(byte 9\)\. Save it as UTF-8"):
        open_corpus(tmp_path, layout=layout)


def test_one_text_in_another_coding_leaves_out_its_recording_alone(tmp_path):
    for name, content in {"a": b"Ay.", "b": "Où?".encode("latin-1")}.items():
        sound(tmp_path / f"{name}.wav")
        (tmp_path / f"{name}.txt").write_bytes(content)
    corpus = open_corpus(tmp_path)
    assert [example["utt_id"] for example in corpus] == ["a"]
    assert corpus.rejected == [{"utt_id": "b", "reason": "b.txt, line 1: not UTF-8 text (byte 1). Save it as UTF-8."}]


def test_recordings_that_can_not_be_read_are_left_to_those_who_read_them(tmp_path):
    (tmp_path / "a.wav").write_bytes(b"")
    for name in "ab":
        text(tmp_path / f"{name}.txt", "Ay.")
    sound(tmp_path / "b.wav", 24000)
    corpus = open_corpus(tmp_path)
    assert (len(corpus), corpus.info.sample_rate) == (2, 24000)
    (tmp_path / "b.wav").write_bytes(b"noise")
    with pytest.raises(DataError, match=r"not one of 2 recordings can be read as audio, nor the first one, .*a\.wav\. Copy or export"):
        open_corpus(tmp_path)


@pytest.mark.parametrize("below", ["b,Bee.\n", "b,Bee.\n" * 30000, 'b,"Bee."\n'])
def test_a_quote_that_is_not_closed_is_named_instead_of_taking_in_the_lines_below(below, tmp_path):
    for name in "ab":
        sound(tmp_path / f"{name}.wav")
    text(tmp_path / "metadata.csv", f'file,text\na,"Ay.\n{below}')
    with pytest.raises(DataError, match=r"metadata\.csv, from line 2 on: its cells can't be told apart .*quote that is not closed"):
        open_corpus(tmp_path)


@pytest.mark.parametrize("written", ["NFC", "NFD"])
def test_accents_in_names_are_the_same_however_they_are_written(written, tmp_path):
    stored = "NFD" if written == "NFC" else "NFC"
    sound(tmp_path / unicodedata.normalize(stored, "thé.wav"))
    text(tmp_path / "metadata.csv", unicodedata.normalize(written, "thé") + "|Tea.\n")
    for layout in ("folder", "ljspeech"):
        assert [e["text"] for e in open_corpus(tmp_path, layout=layout)] == ["Tea."]
    assert open_corpus(tmp_path, layout="folder")[0]["utt_id"] == unicodedata.normalize("NFC", "thé")


def test_a_text_between_quotes_may_go_over_several_lines(tmp_path):
    for name in "ab":
        sound(tmp_path / f"{name}.wav")
    text(tmp_path / "metadata.csv", 'file,text\na,"Well,\nsaid ""he""."\n\nb,Bee.\n')
    assert [" ".join(e["text"].split()) for e in open_corpus(tmp_path)] == ['Well, said "he".', "Bee."]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a,Well, you.\n", r"line 1: 3 columns, expected 2 \(file, text\)\. Put a text that holds ',' between double quotes, or name"),
        ("file,text\na,Ay.\n\nb,Well, you.\n", r"line 4: 3 columns, expected 2 \(file, text\)"),
        ("a|Ay.|anna|train|x\n", r"line 1: 5 columns, expected 4 \(file, text, speaker, split\)"),
    ],
)
def test_a_text_that_would_be_cut_at_a_comma_is_an_error(content, message, tmp_path):
    sound(tmp_path / "a.wav")
    text(tmp_path / "metadata.csv", content)
    with pytest.raises(DataError, match=message):
        open_corpus(tmp_path, layout="folder")


def test_two_lines_of_one_recording_are_told(tmp_path):
    sound(tmp_path / "a.wav")
    text(tmp_path / "metadata.tsv", "file\ttext\na\tAy.\na.wav\tAgain.\n")
    corpus = open_corpus(tmp_path)
    assert [e["text"] for e in corpus] == ["Ay."]
    assert corpus.rejected == [{"utt_id": "a", "reason": "its name is another utterance's already"}]


def test_of_a_table_in_several_languages_one_is_chosen(tmp_path):
    for name in "abc":
        sound(tmp_path / "clips" / f"{name}.mp3")
    rows = ["client_id\tpath\tsentence\tlocale", "1\ta.mp3\tAy.\ten", "2\tb.mp3\tBe.\tzh", "1\tc.mp3\tSea.\ten"]
    text(tmp_path / "validated.tsv", "\n".join(rows))
    with pytest.raises(DataError, match=r"validated\.tsv: holds 2 languages: en \(2 lines\), zh \(1 lines\)\. A voice speaks one: choose"):
        open_corpus(tmp_path)
    corpus = open_corpus(tmp_path, language="zh")
    assert [(e["text"], e["speaker"]) for e in corpus] == [("Be.", "2")]
    assert corpus.info.language == "zh"
    assert corpus.rejected[0] == {"utt_id": "a.mp3", "reason": "validated.tsv, line 2: its language is en, not zh"}
    text(tmp_path / "validated.tsv", "\n".join(row for row in rows if not row.endswith("en")))
    assert open_corpus(tmp_path).info.language == "zh"


def test_vctk_of_the_first_edition_is_read_too(tmp_path):
    text(tmp_path / "txt" / "p225" / "p225_001.txt", "Please call Stella.\n")
    sound(tmp_path / "wav48" / "p225" / "p225_001.wav", 48000)
    assert recognise(tmp_path) == "vctk"
    assert [e["wav_path"].name for e in open_corpus(tmp_path)] == ["p225_001.wav"]


def test_the_folder_above_a_corpus_says_which_one_to_give(tmp_path):
    make_ljspeech(tmp_path / "LJSpeech-1.1")
    with pytest.raises(DataError, match=r"holds a corpus in a folder of its own \(LJSpeech.*\)\. Give that folder: .*LJSpeech-1\.1"):
        open_corpus(tmp_path)


def test_a_folder_without_a_recording_or_without_a_text_says_what_to_do(tmp_path):
    with pytest.raises(DataError, match="holds no recording .* Put a text file beside each recording"):
        open_corpus(tmp_path)
    sound(tmp_path / "a.wav")
    with pytest.raises(DataError, match="not one utterance can be used. The first: .*there is no text for it"):
        open_corpus(tmp_path)


def test_a_folder_that_is_not_there_and_an_unknown_layout_are_named(tmp_path):
    with pytest.raises(DataError, match="no such folder"):
        open_corpus(tmp_path / "gone")
    with pytest.raises(DataError, match="unknown layout 'ljspeach'.*Did you mean 'ljspeech'"):
        open_corpus(tmp_path, layout="ljspeach")


def test_holding_out_depends_on_the_words_alone_and_keeps_its_shares():
    assert hold_out("Hello, there!") == hold_out("hello there")
    splits = [hold_out(f"sentence number {n}", valid=0.1, test=0.2) for n in range(5000)]
    assert abs(splits.count("test") / 5000 - 0.2) < 0.02
    assert abs(splits.count("valid") / 5000 - 0.1) < 0.02
    assert {hold_out(f"sentence {n}", valid=0.0, test=0.0) for n in range(100)} == {"train"}


def test_takes_of_a_prompt_stay_together_although_the_reader_slipped(tmp_path):
    rows = [f"arctic_a{n:04}_{take}|Sentence {n}, {'as it stands' if take else 'nearly'}." for n in range(200) for take in range(2)]
    (tmp_path / "metadata.csv").write_text("\n".join(rows))
    (tmp_path / "wavs").mkdir()
    for row in rows:
        sound(tmp_path / "wavs" / f"{row.split('|')[0]}.wav")

    def parted(**options):
        splits = {}
        for example in open_corpus(tmp_path, "ljspeech", **options):
            splits.setdefault(example["utt_id"][:12], set()).add(example["split"])
        return sum(len(found) > 1 for found in splits.values())

    assert parted() > 0
    assert parted(prompt="a([0-9]+)_") == parted(prompt="a[0-9]{4}") == 0


def test_a_pattern_of_prompts_that_is_none_or_finds_none_is_refused(tmp_path):
    make_ljspeech(tmp_path)
    with pytest.raises(DataError, match=r"prompt: '\(' is no regular expression: .*For names such as"):
        open_corpus(tmp_path, prompt="(")
    with pytest.raises(DataError, match=r"prompt='_take' matches nothing in the name 'LJ.*Mend the pattern"):
        open_corpus(tmp_path, prompt="_take")


def test_the_language_chooses_the_frontend_and_is_refused_at_once_where_nobody_reads_it(tmp_path, monkeypatch):
    sound(tmp_path / "a.wav")
    text(tmp_path / "a.txt", "Guten Tag.")
    if importlib.util.find_spec("espeakng_loader") is not None:
        info = open_corpus(tmp_path, language="de-AT").info
        assert (info.language, info.frontend, info.frontend_options) == ("de-AT", "espeak", {"language": "de"})
        with pytest.raises(TextError, match="can't speak 'german': .* Did you mean 'de'"):
            open_corpus(tmp_path, language="german")
    monkeypatch.setitem(sys.modules, "espeakng_loader", None)
    with pytest.raises(MissingDependencyError, match=r"Text in the language 'de' needs .*pip install"):
        open_corpus(tmp_path, language="de")


def test_every_layout_has_a_line_of_help():
    assert all(layout.help for layout in LAYOUTS.values())


def test_names_written_on_another_system_are_found(tmp_path):
    for name in ("a.wav", "b.wav", "takes/c.wav", "d.wav"):
        sound(tmp_path / name)
    rows = ["A.WAV,Ay.", r"C:\Users\me\voice\b.wav,Bee.", r"takes\c.wav,Sea.", "/home/me/voice/d.wav,Dee."]
    text(tmp_path / "metadata.csv", "\r\n".join(["File Name,Text", *rows]))
    corpus = open_corpus(tmp_path)
    assert [(e["utt_id"], e["text"]) for e in corpus] == [("a", "Ay."), ("b", "Bee."), ("takes-c", "Sea."), ("d", "Dee.")]
    assert not corpus.rejected


def test_names_that_differ_only_in_capitals_stay_two(tmp_path):
    for name in ("a.wav", "A.wav"):
        sound(tmp_path / name)
    text(tmp_path / "metadata.csv", "file,text\nA.wav,Big.\na.wav,Small.\nA.WAV,Which?\n")
    corpus = open_corpus(tmp_path)
    assert [(e["utt_id"], e["text"]) for e in corpus] == [("A", "Big."), ("a", "Small.")]
    assert corpus.rejected[0]["reason"] == "metadata.csv, line 4: the name fits 2 recordings; write their paths"


def test_quotes_after_a_space_hold_a_text_together(tmp_path):
    sound(tmp_path / "a.wav")
    text(tmp_path / "metadata.csv", 'file, text\n a.wav , "Well, then, go." \n')
    assert open_corpus(tmp_path)[0]["text"] == "Well, then, go."


def test_a_recording_of_another_format_is_told_with_the_way_to_convert_it(tmp_path):
    text(tmp_path / "b.m4a", "not read")
    text(tmp_path / "b.txt", "Bee.")
    convert = "b.m4a is of a format that isn't read: convert it to wav, for example with `ffmpeg -i 'b.m4a' 'b.wav'`"
    with pytest.raises(DataError, match=re.escape(f"{tmp_path}: holds no recording (wav, flac, ogg, opus, mp3). {convert}.")):
        open_corpus(tmp_path)
    sound(tmp_path / "a.wav")
    text(tmp_path / "a.txt", "Ay.")
    assert open_corpus(tmp_path).rejected == [{"utt_id": "b", "reason": convert}]
    text(tmp_path / "metadata.csv", "file,text\na.wav,Ay.\nb.m4a,Bee.\n")
    assert open_corpus(tmp_path).rejected == [{"utt_id": "b", "reason": convert}]
    sound(tmp_path / "b.wav")
    corpus = open_corpus(tmp_path)
    assert [e["utt_id"] for e in corpus] == ["a"]
    assert corpus.rejected[0]["reason"] == "metadata.csv, line 3: its recording is missing; there is b.wav: write that"


def test_a_first_line_that_may_be_headings_says_how_they_are_called(tmp_path):
    sound(tmp_path / "a.wav")
    text(tmp_path / "metadata.csv", "clip,words\na.wav,Ay.\n")
    corpus = open_corpus(tmp_path)
    assert len(corpus) == 1
    why = "its recording is missing; if this line is meant as headings, call the columns file and text"
    assert corpus.rejected == [{"utt_id": "clip", "reason": f"metadata.csv, line 1: {why}"}]
