"""A run becomes a folder that can be copied anywhere, whole or not at all, and that tells of every byte that changed."""

import json
import shutil

import numpy as np
import paddle
import pytest
from making_voices import ACOUSTIC, HIFIGAN, describe, make_run, make_vocoder_run

from parakeet.audio.mel import MelConfig
from parakeet.checkpoint import SnapshotStore
from parakeet.errors import DataError, SnapshotError
from parakeet.voice import ModelDescription, Voice, pack_voice
from parakeet.voice.folder import bundled_voice, read_weights, write_manifest

TEXT = "One. Two three?"


def test_a_packed_voice_says_what_its_run_says_wherever_it_is_moved_to(run, tmp_path):
    (run / "lexicon.txt").write_text("one  T UW1\n")
    describe(has_lexicon=True).save(run)
    pack_voice(run, tmp_path / "packed")
    expected = Voice.load(run).speak(TEXT)
    shutil.rmtree(run)
    shutil.move(tmp_path / "packed", tmp_path / "elsewhere")
    speech = Voice.load(tmp_path / "elsewhere").speak(TEXT)
    np.testing.assert_array_equal(speech.wav, expected.wav)
    assert speech.phones[1:3] == ["T", "UW1"]


def test_a_packed_voice_speaks_with_its_vocoder(packed):
    voice = Voice.load(packed)
    assert voice.description.vocoder.model == "vocos"
    speech = voice.speak(TEXT)
    assert len(speech.wav) == len(speech.mel) * 256
    assert np.abs(speech.wav).max() > 0.001


def test_the_folder_holds_weights_description_licence_card_and_a_manifest(packed):
    names = {path.name for path in packed.iterdir()}
    assert names == {"voice.json", "acoustic.safetensors", "vocoder.safetensors", "LICENSE.txt", "MODEL_CARD.md", "manifest.json"}
    assert "made: CC0-1.0\n  made by a test" in (packed / "LICENSE.txt").read_text()
    card = (packed / "MODEL_CARD.md").read_text()
    assert "speedyspeech, iteration 1, " in card
    assert "vocos, iteration 7, " in card
    assert set(json.loads((packed / "manifest.json").read_text())["files"]) == names - {"manifest.json"}


def test_weight_normalisation_is_folded(run, tmp_path):
    vocoder = make_vocoder_run(tmp_path / "vocoder", "hifigan", HIFIGAN)
    trained = SnapshotStore(vocoder / "snapshots").newest().load_part("models")["generator"]
    pack_voice(run, tmp_path / "packed", vocoder)
    folded = read_weights(tmp_path / "packed" / "vocoder.safetensors")
    assert "first.weight_g" in trained
    assert not [name for name in folded if name.endswith(("weight_g", "weight_v"))]
    direction, length = trained["first.weight_v"], trained["first.weight_g"]
    expected = direction / np.sqrt((direction**2).sum((1, 2), keepdims=True)) * length.reshape(-1, 1, 1)
    np.testing.assert_allclose(folded["first.weight"], expected, rtol=1e-5)
    assert len(Voice.load(tmp_path / "packed").speak("One.").wav)


def test_the_moving_average_is_taken_where_there_is_one(tmp_path):
    average = {"energy_embedding.bias": np.full(ACOUSTIC["channels"], 0.25, np.float32)}
    run = make_run(tmp_path / "run", {"EMA": {"updates": 1, "average": {"main": average}}})
    pack_voice(run, tmp_path / "packed")
    weights = read_weights(tmp_path / "packed" / "acoustic.safetensors")
    np.testing.assert_array_equal(weights["energy_embedding.bias"], average["energy_embedding.bias"])
    np.testing.assert_array_equal(Voice.load(run).speak(TEXT).wav, Voice.load(tmp_path / "packed").speak(TEXT).wav)


def test_halves_take_half_the_room_and_speak_nearly_the_same(run, vocoder_run, tmp_path):
    whole = pack_voice(run, tmp_path / "whole", vocoder_run)
    half = pack_voice(run, tmp_path / "half", vocoder_run, half=True)
    for part in ("acoustic", "vocoder"):
        full, small = (folder.joinpath(f"{part}.safetensors").stat().st_size for folder in (whole, half))
        assert small < 0.7 * full
        for name, array in read_weights(whole / f"{part}.safetensors").items():
            np.testing.assert_allclose(read_weights(half / f"{part}.safetensors")[name], array, rtol=5e-4, atol=1e-7, err_msg=name)
    ids = np.arange(1, 20)
    mels = [Voice.load(folder).engine.acoustic(ids)[0] for folder in (whole, half)]
    np.testing.assert_allclose(*mels, atol=0.01)


def test_texts_of_ones_own_go_in_as_they_are(run, tmp_path):
    (tmp_path / "mine.txt").write_text("Mine alone.\n")
    pack_voice(run, tmp_path / "packed", licence=tmp_path / "mine.txt", card=tmp_path / "mine.txt")
    assert {(tmp_path / "packed" / name).read_text() for name in ("LICENSE.txt", "MODEL_CARD.md")} == {"Mine alone.\n"}


def copy(packed, folder):
    return shutil.copytree(packed, folder)


@pytest.mark.parametrize("name", ["voice.json", "acoustic.safetensors", "vocoder.safetensors", "LICENSE.txt", "MODEL_CARD.md"])
def test_a_file_that_is_missing_cut_or_changed_is_named(packed, tmp_path, name):
    for number, (spoil, message) in enumerate(
        [
            (lambda file: file.unlink(), "not found|can't be read: No such file"),
            (lambda file: file.write_bytes(file.read_bytes()[:-9]), r"is not as it was packed \(\d+ bytes instead of \d+\)"),
            (lambda file: file.write_bytes(file.read_bytes()[:-9] + b" " * 9), "its checksum differs"),
        ]
    ):
        folder = copy(packed, tmp_path / str(number))
        spoil(folder / name)
        with pytest.raises(DataError, match=f"{name}: .*({message})|not a description of a voice|isn't json"):
            Voice.load(folder)


def test_a_packed_voice_without_its_manifest_is_refused(packed, tmp_path):
    folder = copy(packed, tmp_path / "voice")
    (folder / "manifest.json").unlink()
    with pytest.raises(DataError, match=r"manifest\.json: can't be read: No such file.*Copy or pack the voice again"):
        Voice.load(folder)
    (folder / "manifest.json").write_text('{"files": {"voice.json": 3}}')
    with pytest.raises(DataError, match=r"manifest\.json: isn't the manifest of a voice"):
        Voice.load(folder)


def test_a_truncated_file_of_weights_that_the_manifest_vouches_for_is_named(packed, tmp_path):
    folder = copy(packed, tmp_path / "voice")
    file = folder / "acoustic.safetensors"
    file.write_bytes(file.read_bytes()[:5000])
    write_manifest(folder)
    with pytest.raises(DataError, match=r"acoustic\.safetensors: no safetensors file"):
        Voice.load(folder)


def test_weights_that_are_no_numbers_are_refused_and_nothing_is_left(tmp_path):
    run = make_run(tmp_path / "run")
    model = describe().build_acoustic()
    model.output.bias.set_value(paddle.full_like(model.output.bias, float("nan")))
    SnapshotStore(run / "snapshots").save(2, {"models": {"main": model.state_dict()}})
    with pytest.raises(DataError, match=r"step-00000002: (\d+) of \1 values of 'output.bias' are no numbers. Remove this snapshot"):
        pack_voice(run, tmp_path / "packed")
    with pytest.raises(DataError, match="no numbers"):
        Voice.load(run)
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_vocoder_of_other_spectra_is_refused(run, tmp_path):
    vocoder = make_vocoder_run(tmp_path / "vocoder", mel=MelConfig(fmax=7000.0))
    with pytest.raises(DataError, match=r"was trained on other spectra than .*run: fmax: 8000.0 != 7000.0. Train both"):
        pack_voice(run, tmp_path / "packed", vocoder)


def test_what_is_no_run_of_its_kind_is_refused(run, vocoder_run, packed, tmp_path):
    with pytest.raises(DataError, match="voice: is packed already. Give the run that it was made of"):
        pack_voice(packed, tmp_path / "packed")
    with pytest.raises(DataError, match=r"voice\.json: not found"):
        pack_voice(vocoder_run, tmp_path / "packed")
    with pytest.raises(DataError, match=r"vocoder\.json: not found, so .* is no vocoder"):
        pack_voice(run, tmp_path / "packed", run)
    shutil.rmtree(vocoder_run / "snapshots")
    with pytest.raises(SnapshotError, match="no valid snapshot yet"):
        pack_voice(run, tmp_path / "packed", vocoder_run)
    shutil.rmtree(run / "snapshots")
    SnapshotStore(run / "snapshots").save(1, {"models": {"generator": {"a": np.zeros(2, np.float32)}}})
    with pytest.raises(DataError, match="has no model 'main', but generator"):
        pack_voice(run, tmp_path / "packed")


def test_a_folder_that_is_there_is_left_alone(run, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for name in ("full", "file"):
        with pytest.raises(DataError, match=f"{name}: is there already"):
            pack_voice(run, tmp_path / name)
    (tmp_path / "empty").mkdir()
    assert pack_voice(run, tmp_path / "empty").is_dir()
    with pytest.raises(DataError, match="below: can't be written: File exists"):
        pack_voice(run, tmp_path / "file" / "below")


def test_a_lexicon_that_is_missing_leaves_nothing_half_written(run, tmp_path):
    describe(has_lexicon=True).save(run)
    with pytest.raises(DataError, match=r"lexicon\.txt: is missing"):
        pack_voice(run, tmp_path / "packed")
    with pytest.raises(DataError, match="can't be read as a text"):
        pack_voice(run, tmp_path / "packed", card=tmp_path / "none.md")
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_the_weights_of_another_configuration_are_refused(run, tmp_path):
    describe(acoustic=ModelDescription("speedyspeech", {**ACOUSTIC, "channels": 8})).save(run)
    with pytest.raises(DataError, match=r"its weights do not fit the model: .*has shape .* expected"):
        pack_voice(run, tmp_path / "packed")


def test_the_voice_that_comes_along_is_found_and_where_there_is_none_it_is_said(packed, tmp_path, monkeypatch):
    monkeypatch.setattr("parakeet.voice.folder.RESOURCES", tmp_path)
    with pytest.raises(DataError, match="This parakeet brings no voice of its own. Give one"):
        Voice.load()
    copy(packed, tmp_path / "kathleen")
    assert bundled_voice() == tmp_path / "kathleen"
    assert Voice.load().speak("One.").seconds > 0


@pytest.mark.parametrize("engine", ["dynamic", "onnx"])
def test_the_voice_that_comes_along_speaks_any_sentence_and_streams_it_to_the_bit(engine):
    if engine == "onnx":
        pytest.importorskip("onnxruntime")
    voice = Voice.load(engine=engine)
    text = "A voice of its own! It says what nobody ever said: seven purple bicycles, for example."
    speech = voice.speak(text)
    assert 4 < speech.seconds < 10
    assert 0.05 < np.sqrt((speech.wav**2).mean()) / np.abs(speech.wav).max() < 0.5
    np.testing.assert_array_equal(np.concatenate(list(voice.stream(text))), speech.wav)


def test_the_voice_that_comes_along_is_small_and_says_what_it_is():
    folder = bundled_voice()
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) <= 12e6
    assert "CC0" in (folder / "LICENSE.txt").read_text()
    assert "parakeet train" in (folder / "MODEL_CARD.md").read_text()
