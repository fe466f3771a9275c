import json

import numpy as np
import pytest

from parakeet.audio.io import write_wav
from parakeet.datasets import SpeechCorpus
from parakeet.datasets.corpus import text_key
from parakeet.errors import DataError

INFO = {
    "name": "small", "language": "en-US", "sample_rate": 16000, "licence": "CC0-1.0", "attribution": "nobody",
    "source": "this test", "frontend": "english",
}  # fmt: skip
LINES = [
    {"utt_id": "a", "wav": "wavs/a.wav", "text": "One.", "speaker": "s", "split": "train"},
    {"utt_id": "b", "wav": "wavs/b.wav", "text": "Two.", "speaker": "s", "split": "valid"},
    {"utt_id": "c", "wav": "wavs/c.wav", "text": "Ü three.", "speaker": "s", "split": "train"}
    | {"phones": ["TH", "."], "phone_samples": [60, 40]},
]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "wavs").mkdir()
    for name in "abc":
        write_wav(tmp_path / "wavs" / f"{name}.wav", np.zeros(100), 16000)
    write(tmp_path, LINES)
    (tmp_path / "corpus.json").write_text(json.dumps(INFO))
    return tmp_path


def write(folder, lines):
    (folder / "utterances.jsonl").write_text("\n".join(json.dumps(line) for line in lines) + "\n", encoding="utf-8")


def fault(folder):
    with pytest.raises(DataError) as caught:
        SpeechCorpus(folder)
    return str(caught.value)


def test_examples_say_what_is_spoken_where_and_by_whom(folder):
    corpus = SpeechCorpus(folder)
    assert len(corpus) == 3
    assert corpus[0] == {"utt_id": "a", "wav_path": folder / "wavs" / "a.wav", "text": "One.", "speaker": "s", "split": "train"}
    assert corpus[-1]["phones"] == ["TH", "."]
    assert corpus[2]["phone_samples"] == [60, 40]
    assert corpus.describe(1) == "b"
    assert corpus.info.licence == "CC0-1.0"


def test_an_example_may_be_changed_without_changing_the_corpus(folder):
    corpus = SpeechCorpus(folder)
    corpus[2]["phones"].append("X")
    corpus[2]["text"] = "other"
    assert corpus[2]["phones"] == ["TH", "."]
    assert corpus[2]["text"] == "Ü three."


def test_utterances_are_found_by_name_and_by_split(folder):
    corpus = SpeechCorpus(folder)
    assert corpus.index("c") == 2
    assert corpus.indices("train") == [0, 2]
    assert corpus.indices("test") == []
    with pytest.raises(DataError, match="no utterance 'd' among 3"):
        corpus.index("d")
    with pytest.raises(DataError, match="unknown split 'trian', expected one of train, valid, test. Did you mean 'train'"):
        corpus.indices("trian")


def test_what_was_left_out_is_listed(folder):
    assert SpeechCorpus(folder).rejected == []
    (folder / "rejected.jsonl").write_text('{"utt_id": "z", "reason": "too long"}\n')
    assert SpeechCorpus(folder).rejected == [{"utt_id": "z", "reason": "too long"}]


def test_a_folder_without_corpus_json_is_no_corpus(folder):
    (folder / "corpus.json").unlink()
    assert fault(folder) == (
        f"{folder}/corpus.json: not found, so {folder} isn't a corpus. Build one with `parakeet corpus NAME DIR`, "
        "or give the folder that holds corpus.json."
    )


def test_a_folder_that_does_not_exist_is_named(tmp_path):
    assert "isn't a corpus" in fault(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "corpus.json: isn't json"),
        ("[1]", "corpus.json: expected a json object, received list"),
        (json.dumps(INFO | {"licens": "x"}), "unknown key 'licens', expected name, language, sample_rate, licence"),
        (json.dumps({k: v for k, v in INFO.items() if k != "licence"}), "corpus.json: key 'licence' is missing"),
        (json.dumps(INFO | {"sample_rate": "16000"}), "'sample_rate' should be a whole number above 0, received '16000'"),
        (json.dumps(INFO | {"sample_rate": 0}), "'sample_rate' should be"),
        (json.dumps(INFO | {"sample_rate": -1}), "'sample_rate' should be a whole number above 0, received -1"),
        (json.dumps(INFO | {"build": []}), "'build' should be a json object, received []"),
        (json.dumps(INFO | {"name": ""}), "'name' should be a text that isn't empty, received ''"),
    ],
)
def test_a_malformed_corpus_json_is_refused(folder, content, said):
    (folder / "corpus.json").write_text(content)
    assert said in fault(folder)


def test_a_missing_list_of_utterances_is_refused(folder):
    (folder / "utterances.jsonl").unlink()
    assert "utterances.jsonl: not found. A corpus lists its utterances there" in fault(folder)


def test_an_empty_list_of_utterances_is_refused(folder):
    (folder / "utterances.jsonl").write_text("\n\n")
    assert fault(folder) == f"{folder}/utterances.jsonl: holds no utterance."


def test_blank_lines_count_as_lines_only(folder):
    lines = (folder / "utterances.jsonl").read_text().splitlines()
    (folder / "utterances.jsonl").write_text(lines[0] + "\n\n" + lines[1] + "\n{\n")
    assert "utterances.jsonl, line 4: isn't json" in fault(folder)


def test_bytes_that_are_no_utf8_are_refused_with_their_line(folder):
    line = (folder / "utterances.jsonl").read_bytes().splitlines()[0]
    (folder / "utterances.jsonl").write_bytes(line + b"\n" + line.replace(b"One", b"\xff\xfe\xff"))
    assert "utterances.jsonl, line 2: isn't json" in fault(folder)


def test_a_line_that_is_no_object_is_refused(folder):
    (folder / "utterances.jsonl").write_text('"hello"\n')
    assert "line 1: expected a json object, received str" in fault(folder)


def test_a_repeated_name_names_both_lines(folder):
    write(folder, [LINES[0], LINES[1], LINES[0]])
    assert fault(folder) == (
        f"{folder}/utterances.jsonl, line 3, utterance 'a': its name was on line 1 already. Give each utterance a name of its own."
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"text": "  "}, "line 2, utterance 'b': its text is empty. Write what is spoken, or leave the utterance out."),
        ({"text": None}, "line 2: 'text' should be a string, received None. Expected keys: utt_id, wav, text, speaker, split."),
        ({"utt_id": 7}, "line 2: 'utt_id' should be a string, received 7."),
        ({"utt_id": ""}, "line 2, utterance '': its utt_id is empty."),
        ({"split": "dev"}, "line 2, utterance 'b': unknown split 'dev', expected one of train, valid, test."),
        ({"split": "Valid"}, "Did you mean 'valid'?"),
        ({"wav": "/etc/passwd"}, "utterance 'b': its wav '/etc/passwd' should be a path inside"),
        ({"wav": "../b.wav"}, "utterance 'b': its wav '../b.wav' should be a path inside"),
        ({"phones": "AH"}, "utterance 'b': 'phones' should be a list of names, received 'AH'."),
        ({"phones": []}, "'phones' should be a list of names, received []."),
        ({"phones": ["AH", ""]}, "'phones' should be a list of names"),
        ({"phone_samples": [1]}, "'phones' should be a list of names, received None"),
        ({"phones": ["AH"], "phone_samples": [1.5]}, "'phone_samples' should be a list of whole numbers, received [1.5]."),
        ({"phones": ["AH"], "phone_samples": [-1]}, "'phone_samples' should be a list of whole numbers"),
        ({"phones": ["AH"], "phone_samples": [1, 2]}, "1 phones but 2 phone_samples; expected one for each."),
    ],
)
def test_a_faulty_utterance_is_named_with_its_line(folder, change, said):
    write(folder, [LINES[0], LINES[1] | change])
    assert said in fault(folder)


def test_a_missing_recording_is_named(folder):
    (folder / "wavs" / "b.wav").unlink()
    assert fault(folder) == (
        f"{folder}/utterances.jsonl, line 2, utterance 'b': its wav {folder}/wavs/b.wav is missing. Restore it, or remove the line."
    )


def test_keys_of_a_users_own_are_passed_over(folder):
    write(folder, [LINES[0] | {"loudness": -23}])
    assert "loudness" not in SpeechCorpus(folder)[0]


def test_texts_that_differ_in_case_and_punctuation_are_the_same():
    assert text_key("Hold, please!") == text_key("hold -- PLEASE") == "hold please"
    assert text_key("you're") != text_key("your")
    assert text_key("'Tis so") == text_key("tis so")
    assert text_key("...") == ""
