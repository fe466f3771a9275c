import json
import logging
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

pytest.importorskip("jieba")
pytest.importorskip("pypinyin")

import contextlib
import itertools

from parakeet.errors import TextError
from parakeet.frontend import load_frontend
from parakeet.frontend.arpabet import PHONES as ENGLISH_PHONES
from parakeet.frontend.mandarin.frontend import MandarinFrontend
from parakeet.frontend.mandarin.phones import PHONES
from parakeet.frontend.pronunciation import PUNCTUATION, WordPronunciation
from parakeet.frontend.vocab import Vocab

CASES = Path(__file__).parents[1] / "mandarin_cases.tsv"
ROOT = Path(__file__).parents[3]


def cases():
    for line in CASES.read_text(encoding="utf-8").splitlines():
        if not line.startswith("# "):
            raw, normalised, *pinyin = line.split("\t")
            yield raw.replace("\\n", "\n"), normalised, pinyin[0] if pinyin else None


@pytest.fixture(scope="module")
def frontend():
    return load_frontend("mandarin")


def test_the_table_of_cases_is_long():
    assert len(list(cases())) >= 350
    assert sum(bool(normalised) for _, normalised, _ in cases()) >= 200
    assert sum(pinyin is not None for _, _, pinyin in cases()) >= 250


@pytest.mark.parametrize(("raw", "normalised", "pinyin"), list(cases()))
def test_cases(frontend, raw, normalised, pinyin):
    if normalised:
        assert frontend.normalize(raw) == normalised
    if pinyin is not None:
        assert " ".join(frontend.pinyin(raw)) == pinyin
    tokens = frontend.phones(raw)
    assert set(tokens) <= set(frontend.symbols)
    assert tokens[-1] in (".", "!", "?")


def test_normalised_text_normalises_to_itself(frontend):
    """But for the English letter A at the start, which is a word there."""
    normal_forms = {normal for raw, _, _ in cases() if not (normal := frontend.normalize(raw)).startswith("A and")}
    changed = {normal: frontend.normalize(normal) for normal in normal_forms if frontend.normalize(normal) != normal}
    assert changed == {}


def test_symbols_are_marks_and_the_phones_of_both_languages(frontend):
    assert frontend.symbols == [*PUNCTUATION, *PHONES, *ENGLISH_PHONES]
    assert len(Vocab(frontend.symbols)) == 1 + 7 + 217 + 69
    assert not set(PHONES) & set(ENGLISH_PHONES)


def test_words_say_where_their_phones_come_from():
    frontend = MandarinFrontend({"重庆": "chong2 qing4"})
    assert frontend.words("重庆的朋友在银行，龘！GPU") == [
        WordPronunciation("重庆", ("ch", "ong2", "q", "ing4"), "user lexicon"),
        WordPronunciation("的", ("d", "e5"), "pypinyin character"),
        WordPronunciation("朋友", ("p", "eng2", "iou5"), "parakeet"),
        WordPronunciation("在", ("z", "ai4"), "pypinyin character"),
        WordPronunciation("银行", ("in2", "h", "ang2"), "pypinyin phrase"),
        WordPronunciation(",", (",",), "punctuation"),
        WordPronunciation("龘", ("d", "a2"), "pypinyin character"),
        WordPronunciation("!", ("!",), "punctuation"),
        WordPronunciation("G", ("JH", "IY2"), "english"),
        WordPronunciation("P", ("P", "IY2"), "english"),
        WordPronunciation("U", ("Y", "UW1"), "english"),
        WordPronunciation(".", (".",), "punctuation"),
    ]


def test_erhua_is_a_phone_of_its_own(frontend):
    assert frontend.phones("花儿") == ["h", "ua1", "rr", "."]
    assert frontend.phones("女儿") == ["n", "v3", "er2", "."]


def test_english_words_have_the_phones_of_the_english_frontend(frontend):
    english = load_frontend("english")
    assert frontend.phones("他说hello world。")[4:-1] == english.phones("hello world")[:-1]


def test_what_cannot_be_spoken_is_left_out_and_told(frontend, caplog):
    with caplog.at_level(logging.WARNING):
        words = frontend.words("你好👍，привет。")
    assert [(word.word, word.source) for word in words if not word.phones] == [("👍", "left out"), ("привет", "left out")]
    assert "Left out of the speech" in caplog.text
    assert "THUMBS UP SIGN" in caplog.text
    assert "Cyrillic" in caplog.text


def test_a_foreign_word_does_not_take_the_chinese_beside_it_along(frontend):
    assert frontend.normalize("他说да然后走了") == "他说然后走了."


def test_a_letter_that_english_leaves_out_is_left_out_here_and_told(frontend, caplog):
    words = frontend.words("他说ǃ然后ƻ走了×")
    assert [word.word for word in words if word.source == "left out"] == ["ǃ", "ƻ"]
    assert frontend.normalize("他说ǃ然后走了") == "他说然后走了."


@pytest.mark.parametrize("text", ["", "   ", "。，！", "👍", "привет", "\x00\x01", "“”"])
def test_a_text_without_anything_to_speak_is_an_error(frontend, text):
    with pytest.raises(TextError, match=r"There is nothing to speak in .*; expected at least one word or number\."):
        frontend.phones(text)


def test_a_text_that_is_no_string_is_an_error(frontend):
    with pytest.raises(TextError, match=r"A text to speak has to be a string; received bytes"):
        frontend.phones(b"abc")


def test_a_long_run_without_an_end_of_sentence_is_left_out(frontend, caplog):
    words = frontend.words("你好。" + "好" * 300_000 + "。再见")
    assert [word.source for word in words].count("left out") == 1
    assert "300,000 characters without a space or the end of a sentence" in caplog.text


@pytest.mark.parametrize("piece", ["好", "1", "1,", "a@", "一个", "😀", "龘", "1-", "http://", "，", "$"])
def test_a_megabyte_without_spaces_takes_no_longer_than_a_second(frontend, piece):
    begin = time.perf_counter()
    with contextlib.suppress(TextError):
        frontend.phones(piece * (1_000_000 // len(piece.encode())))
    # A second on a quiet machine; time in the square of the length would be minutes.
    assert time.perf_counter() - begin < 4


def test_explain_tells_the_piece_of_text_of_each_word(frontend):
    rows = frontend.explain("他花了￥2买「書」！")
    assert [(row["raw"], row["start"], row["end"], row["word"], " ".join(row["pinyin"])) for row in rows] == [
        ("他", 0, 1, "他", "ta1"),
        ("花", 1, 2, "花", "hua1"),
        ("了", 2, 3, "了", "le5"),
        ("￥2", 3, 5, "两元", "liang3 yuan2"),
        ("买", 5, 6, "买", "mai3"),
        ("「", 6, 7, "", ""),
        ("書", 7, 8, "书", "shu1"),
        ("」", 8, 9, "", ""),
        ("!", 9, 10, "!", ""),
    ]


def test_explain_tells_all_that_is_spoken_for_a_piece(frontend):
    rows = frontend.explain("2024-05-01 IBM")
    assert {row["normalised"] for row in rows if row["raw"] == "2024-05-01"} == {"二零二四年五月一日"}
    assert [row["normalised"] for row in rows if row["raw"] == "IBM"] == ["I B M"] * 3


def test_explained_pieces_lie_in_order_in_the_text(frontend):
    for raw, _, _ in cases():
        rows = frontend.explain(raw)
        assert all(first["start"] <= second["start"] for first, second in itertools.pairwise(rows)), raw
        assert all(row["end"] >= row["start"] for row in rows)


def test_sentences_are_pieces_of_the_text(frontend):
    text = "他说:「你好!」然后走了。气温是3.5℃。\n再见?好的"
    assert frontend.sentences(text) == ["他说:「你好!」", "然后走了。", "气温是3.5℃。", "再见?", "好的"]


def test_a_lexicon_wins_over_everything(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_text("# mine\n行长 xing2 chang2\n小爱同学 xiao3 ai4 tong2 xue2\nA股 EY1 gu3\n蹓跶 liu1 da5\n", encoding="utf-8")
    frontend = load_frontend("mandarin", lexicon=path)
    assert " ".join(frontend.pinyin("行长好")) == "xing2 chang2 hao3 ."
    assert frontend.phones("A股")[:-1] == ["EY1", "g", "u3"]
    assert [word.source for word in frontend.words("小爱同学")][:1] == ["user lexicon"]


def test_a_users_tones_stay_as_they_are_written():
    assert MandarinFrontend({"你好": "ni3 hao3"}).pinyin("你好") == ["ni3", "hao3", "."]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("重庆 chon2 qing4", r"line 1: 'chon2' in the pronunciation of '重庆' is no phone\. Did you mean 'ch\w+2'\? Expected pinyin"),
        ("重庆 chong qing4", r"'chong' .* It lacks its tone, a number from 1 to 5 \(neutral\): chong1"),
        ("重庆", r"'重庆' has no phones"),
    ],
)
def test_a_mistake_in_a_lexicon_is_an_error_with_its_line(tmp_path, line, message):
    path = tmp_path / "mine.txt"
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(TextError, match=message):
        load_frontend("mandarin", lexicon=path)


def test_threads_may_share_a_frontend(frontend):
    text = "中国人民银行行长说，重庆的音乐会很重要。我有3个GPU。"
    expected, results = frontend.phones(text), []
    threads = [threading.Thread(target=lambda: results.append([frontend.phones(text) for _ in range(20)])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [[expected] * 20] * 4


def test_nothing_is_loaded_before_the_first_text_and_jieba_neither_talks_nor_reads_or_writes_its_cache(tmp_path):
    """jieba's own way would load, by marshal, whatever lies in the temporary folder under the name of its cache."""
    (tmp_path / "jieba.cache").write_bytes(b"what an attacker put there")
    code = """
import json, sys
opened = []
sys.addaudithook(lambda event, details: opened.append(event + str(details[0])) if event in ("open", "marshal.load") else None)
import parakeet.frontend
frontend = parakeet.frontend.load_frontend("mandarin")
before = sorted({"jieba", "pypinyin", "paddle"} & set(sys.modules))
del opened[:]
phones = frontend.phones("你好")
print(json.dumps([before, phones, [event for event in opened if "jieba.cache" in event or "marshal" in event], "paddle" in sys.modules]))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, cwd=ROOT,
        env={"TMPDIR": str(tmp_path), "PATH": "", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [[], ["n", "i2", "h", "ao3", "."], [], False]
    assert done.stderr == ""
    assert (tmp_path / "jieba.cache").read_bytes() == b"what an attacker put there"
    assert [path.name for path in tmp_path.iterdir()] == ["jieba.cache"]


@pytest.mark.parametrize("missing", ["jieba", "pypinyin"])
def test_a_missing_package_is_an_error_that_says_what_to_install(missing):
    code = f"""
import sys
sys.modules["{missing}"] = None
from parakeet.errors import MissingDependencyError
from parakeet.frontend import load_frontend
try:
    load_frontend("mandarin").phones("你好")
except MissingDependencyError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, cwd=ROOT, check=True)
    assert "Chinese text needs '" + missing in done.stdout
    assert 'pip install "parakeet-tts[zh]"' in done.stdout


def test_the_guide_says_what_is_read(frontend):
    guide = (ROOT / "docs" / "guides" / "frontend.md").read_text(encoding="utf-8")
    table = guide.partition("| written | spoken |")[2].partition("\n\n")[0]
    rows = [line.strip().strip("|").split(" | ") for line in table.splitlines()[2:]]
    assert len(rows) == 6
    for written, spoken in rows:
        assert frontend.normalize(written.strip()) == spoken.strip()
