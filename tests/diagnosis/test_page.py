"""The page holds all it shows; terminal and json say the same."""

import base64
import html.parser
import io
import json
import re

import pytest
import soundfile
from click.testing import CliRunner
from making import make_corpus

from parakeet.cli import cli
from parakeet.diagnosis import terminal
from parakeet.diagnosis.charts import histogram
from parakeet.diagnosis.diagnose import diagnose
from parakeet.diagnosis.page import make_page
from parakeet.preparation.prepare import prepare
from parakeet.training.extensions.media import heat_picture


@pytest.fixture(scope="module")
def folder(clean_folder, tmp_path_factory):
    """A few recordings with a hostile text, a copy and a broken file."""
    folder = tmp_path_factory.mktemp("page") / "voice"
    folder.mkdir()
    rows = [json.loads(line) for line in (clean_folder / "metadata.jsonl").read_text().splitlines()][:12]
    for row in rows:
        (folder / f"{row['file']}.wav").write_bytes((clean_folder / f"{row['file']}.wav").read_bytes())
    rows[1]["text"] = "</script><script>alert(1)</script> & 'quoted' \"text\"."
    wav, rate = soundfile.read(folder / "u002.wav")
    soundfile.write(folder / "copy.wav", wav * 0.5, rate)
    rows.append({**rows[2], "file": "copy"})
    (folder / "u003.wav").write_bytes((folder / "u003.wav").read_bytes()[:2000])
    (folder / "metadata.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


@pytest.fixture(scope="module")
def diagnosis(folder):
    return diagnose(folder, quick=True, workers=1)


@pytest.fixture(scope="module")
def page(diagnosis):
    return make_page(diagnosis)


class Tags(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.addresses = [], []

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "input", "img", "hr", "br", "link"):
            self.open.append(tag)
        self.addresses += [
            value for name, value in attrs if name in ("src", "href", "action", "data", "poster", "srcset")
        ]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_every_tag_is_closed_and_nothing_is_loaded_from_anywhere(page):
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    assert tags.addresses
    assert all(
        address.startswith(("data:audio/flac;base64,", "data:image/png;base64,", "#")) for address in tags.addresses
    )
    assert not re.search(r"@import|url\(|fetch\(|XMLHttpRequest|https?://", page)


def test_texts_can_not_break_out_of_the_page(page):
    assert "<script>alert" not in page
    assert page.count("</script>") == 2


def test_clips_are_sounds_that_can_be_played_and_pictures(page):
    sounds = re.findall(r'src="data:audio/flac;base64,([^"]+)"', page)
    pictures = re.findall(r'src="data:image/png;base64,([^"]+)"', page)
    assert len(sounds) == len(pictures) >= 3
    wav, rate = soundfile.read(io.BytesIO(base64.b64decode(sounds[0])))
    assert rate == 16000
    assert 0.2 < len(wav) / rate <= 8
    assert base64.b64decode(pictures[0])[:8] == b"\x89PNG\r\n\x1a\n"


def test_the_table_names_every_recording_with_what_was_found(page, diagnosis):
    data = json.loads(re.search(r"<script type='application/json' id='rows'>(.*?)</script>", page, re.DOTALL)[1])
    rows = {row[0]: row for row in data["rows"]}
    assert set(rows) == {u.utt_id for u in diagnosis.survey.utterances}
    assert "Same sound twice" in rows["copy"][1]
    assert rows["u003"][1] == "Can't be read"
    assert rows["u003"][2] is None
    assert all(len(row) == len(data["columns"]) for row in data["rows"])


def test_the_terminal_names_verdict_findings_examples_and_what_to_do(diagnosis):
    text = terminal.render(diagnosis)
    assert diagnosis.verdict.headline in text
    assert "Same sound twice: 1 recording" in text
    assert "copy: the same sound as u002, and the same text" in text
    assert "-> Keep one of each pair" in text
    assert max(map(len, text.splitlines())) <= terminal.WIDTH


def test_json_holds_all_cases_and_measures(diagnosis):
    content = json.loads(json.dumps(terminal.as_json(diagnosis)))
    assert content["exit_code"] == 1
    cases = {f["check"]: [case["utt_id"] for case in f["cases"]] for f in content["findings"]}
    assert cases["duplicate"] == ["copy"]
    assert cases["unreadable"] == ["u003"]
    assert len(content["recordings"]) == 13
    assert content["recordings"][0]["seconds"] > 0.5


def test_a_chart_keeps_outliers_in_its_last_bar():
    chart = histogram("Pace", [10, 10.5, 11, 11.5, 12, 12.5, 13, 300], "sounds/s")
    assert "≥ " in chart
    assert histogram("Pace", [], "sounds/s") == ""
    assert "<rect" in histogram("kHz", [8.0, 8.0], "kHz")


def test_pictures_have_the_same_colours_everywhere():
    import numpy as np

    from parakeet.pictures import shade

    ends = shade(np.array([0.0, 1.0]))
    assert ends.tolist() == [[68, 1, 84], [253, 231, 37]]
    assert heat_picture(np.array([[0.0, 1.0]]), scale=1).pixels[:, 0].tolist() == ends[::-1].tolist()


def run(*arguments):
    return CliRunner().invoke(cli, ["doctor", *map(str, arguments)])


def test_the_command_writes_the_page_and_says_where(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run(folder, "--quick", "--workers", 1)
    assert result.exit_code == 1, result.output
    assert f"To look and listen: {tmp_path / 'doctor-voice.html'}" in result.output
    assert (tmp_path / "doctor-voice.html").read_text().startswith("<!doctype html>")


def test_the_command_prints_json_and_no_page_unless_asked(clean_folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run(clean_folder, "--quick", "--workers", 1, "--json")
    assert result.exit_code == 0, result.output
    assert (
        json.loads(result.stdout)["verdict"]["state"] == "poor"
    )  # a minute is too little, and no fault of the recordings
    assert list(tmp_path.iterdir()) == []


def test_options_of_the_data_are_refused_without_data():
    result = run("--quick")
    assert result.exit_code == 2
    assert "--quick is for DATA, and none is given" in result.output


def test_a_page_without_a_folder_is_refused_before_any_work(folder, tmp_path):
    result = run(folder, "--output", tmp_path / "nowhere" / "page.html")
    assert "there is no folder" in str(result.exception)


def test_prepared_data_is_examined_with_its_own_scores_and_recordings(tmp_path):
    prepare(make_corpus(tmp_path / "corpus"), tmp_path / "prepared", workers=1)
    diagnosis = diagnose(tmp_path / "prepared", quick=True, workers=1)
    assert diagnosis.survey.prepared
    assert len(diagnosis.survey.heard) == 12
    assert diagnosis.survey.utterances[0].sound.sample_rate == 16000
    assert "prepared data" in make_page(diagnosis)


def test_prepared_data_without_recordings_is_judged_by_its_texts(tmp_path):
    from parakeet.config import load_config
    from parakeet.preparation.prepare import PrepareConfig

    settings = load_config(PrepareConfig, overrides=["keep_wav=false"])
    prepare(make_corpus(tmp_path / "corpus"), tmp_path / "prepared", settings, workers=1)
    diagnosis = diagnose(tmp_path / "prepared", workers=1)
    assert "holds none" in diagnosis.survey.not_judged["recordings"]
    assert diagnosis.coverage.counts["IY"] > 0
    assert not diagnosis.verdict.blocking
    assert "All recordings" in make_page(diagnosis)
