"""Recordings: what is read, what is refused and in which words."""

import io
import os
import threading

import numpy as np
import pytest
import soundfile

from parakeet.audio.io import WavWriter, read_wav, refuse_silence, resample, write_wav
from parakeet.errors import AudioError


def tone(seconds=0.5, sample_rate=16000, hz=440):
    return (0.5 * np.sin(2 * np.pi * hz * np.arange(int(seconds * sample_rate)) / sample_rate)).astype(np.float32)


def test_a_written_wav_reads_back_within_one_step_of_16_bit(tmp_path):
    wav = np.random.default_rng(0).uniform(-1, 1, 5000).astype(np.float32)
    write_wav(tmp_path / "a.wav", wav, 16000)
    back, rate = read_wav(tmp_path / "a.wav")
    assert rate == 16000
    assert np.abs(back - wav).max() <= 1 / 32768


def test_what_is_written_is_16_bit_pcm_of_one_channel_for_any_reader(tmp_path):
    write_wav(tmp_path / "a.wav", tone(), 16000)
    info = soundfile.info(tmp_path / "a.wav")
    assert (info.subtype, info.channels, info.samplerate, info.frames) == ("PCM_16", 1, 16000, 8000)


def test_an_open_file_that_can_not_seek_gets_the_same_bytes(tmp_path):
    class Pipe(io.BytesIO):
        def seek(self, *_):
            raise OSError("a pipe")

    pipe = Pipe()
    write_wav(pipe, tone(), 16000)
    write_wav(tmp_path / "a.wav", tone(), 16000)
    assert pipe.getvalue() == (tmp_path / "a.wav").read_bytes()


def test_louder_than_full_scale_is_clipped_not_wrapped(tmp_path):
    write_wav(tmp_path / "a.wav", np.array([2.0, -2.0, 0.0], np.float32), 16000)
    np.testing.assert_allclose(read_wav(tmp_path / "a.wav")[0], [1, -1, 0], atol=1e-4)


@pytest.mark.parametrize("wav", [np.zeros((2, 5)), np.array([0.0, np.nan])])
def test_what_is_no_sound_is_not_written(tmp_path, wav):
    with pytest.raises(AudioError, match="expected one channel of finite samples"):
        write_wav(tmp_path / "a.wav", wav, 16000)
    assert not list(tmp_path.iterdir())


def test_writing_into_a_missing_folder_says_so(tmp_path):
    with pytest.raises(AudioError, match="No such file or directory. Check that the folder exists"):
        write_wav(tmp_path / "nowhere" / "a.wav", tone(), 16000)


def test_a_missing_recording_is_named(tmp_path):
    with pytest.raises(AudioError, match=r"gone\.wav: no such recording"):
        read_wav(tmp_path / "gone.wav")


@pytest.mark.parametrize("keep", [20, 44, 3000])
def test_a_truncated_wav_is_refused_although_libsndfile_would_read_it(tmp_path, keep):
    write_wav(tmp_path / "a.wav", tone(), 16000)
    (tmp_path / "a.wav").write_bytes((tmp_path / "a.wav").read_bytes()[:keep])
    with pytest.raises(AudioError, match="truncated"):
        read_wav(tmp_path / "a.wav")


def test_what_is_no_audio_is_refused(tmp_path):
    (tmp_path / "a.wav").write_text("hello")
    with pytest.raises(AudioError, match=r"can't be read as audio .* Expected wav, flac or ogg"):
        read_wav(tmp_path / "a.wav")


def test_a_file_of_no_bytes_and_one_that_may_not_be_read_are_told_apart(tmp_path, monkeypatch):
    (tmp_path / "a.wav").touch()
    with pytest.raises(AudioError, match=r"a\.wav: is empty \(0 bytes\)"):
        read_wav(tmp_path / "a.wav")
    write_wav(tmp_path / "b.wav", tone(), 16000)

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(tmp_path), "open", refuse)
    with pytest.raises(AudioError, match=r"b\.wav: can't be read \(Permission denied\)\. Check its rights"):
        read_wav(tmp_path / "b.wav")


def test_an_empty_recording_is_refused(tmp_path):
    write_wav(tmp_path / "a.wav", np.zeros(0, np.float32), 16000)
    with pytest.raises(AudioError, match="holds no samples"):
        read_wav(tmp_path / "a.wav")


def test_stereo_is_refused_unless_mixing_is_asked_for(tmp_path):
    left, right = tone(hz=300), tone(hz=500)
    soundfile.write(tmp_path / "a.wav", np.stack([left, right], 1), 16000, subtype="FLOAT")
    with pytest.raises(AudioError, match=r"has 2 channels, expected 1.*mix_channels: true"):
        read_wav(tmp_path / "a.wav")
    np.testing.assert_allclose(read_wav(tmp_path / "a.wav", mix=True)[0], (left + right) / 2, atol=1e-6)


def test_a_wav_of_nans_is_refused_with_the_place(tmp_path):
    wav = tone()
    wav[4000:] = np.nan
    soundfile.write(tmp_path / "a.wav", wav, 16000, subtype="FLOAT")
    with pytest.raises(AudioError, match=r"4000 of 8000 samples are NaN or infinite, the first at 0.250 s"):
        read_wav(tmp_path / "a.wav")


def test_a_higher_sample_rate_is_brought_down(tmp_path):
    write_wav(tmp_path / "a.wav", tone(sample_rate=48000), 48000)
    wav, rate = read_wav(tmp_path / "a.wav", sample_rate=16000)
    assert (rate, len(wav)) == (16000, 8000)
    np.testing.assert_allclose(wav[200:-200], tone()[200:-200], atol=2e-3)


def test_a_lower_sample_rate_is_refused(tmp_path):
    write_wav(tmp_path / "a.wav", tone(sample_rate=8000), 8000)
    with pytest.raises(
        AudioError, match=r"recorded at 8000 Hz, but 16000 Hz is wanted.*Set mel.sample_rate to 8000 or less"
    ):
        read_wav(tmp_path / "a.wav", sample_rate=16000)


def test_silence_is_refused_with_its_level():
    with pytest.raises(AudioError, match="x: silent: its peak is digital zero"):
        refuse_silence(np.zeros(100, np.float32), "x")
    with pytest.raises(AudioError, match="its peak is -80 dB"):
        refuse_silence(np.full(100, 1e-4, np.float32), "x")
    refuse_silence(tone(), "x")


def test_flac_is_read_too(tmp_path):
    soundfile.write(tmp_path / "a.flac", tone(), 16000)
    np.testing.assert_allclose(read_wav(tmp_path / "a.flac")[0], tone(), atol=1 / 32768)


def test_resampling_to_the_same_rate_changes_nothing():
    np.testing.assert_array_equal(resample(tone(), 16000, 16000), tone())


@pytest.mark.parametrize("name", ["", ".", "/"])
def test_a_wav_file_without_a_name_is_refused(name):
    with pytest.raises(AudioError, match="expected the name of a wav file, received that of a folder"):
        write_wav(name, np.zeros(10, np.float32), 16000)


def test_a_device_or_a_pipe_is_written_into_and_a_link_stays_one(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    received = []
    reader = threading.Thread(target=lambda: received.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    write_wav(tmp_path / "pipe", np.zeros(100, np.float32), 16000)
    reader.join(10)
    assert (tmp_path / "pipe").is_fifo()
    assert len(received[0]) == 244
    (tmp_path / "link").symlink_to(tmp_path / "there.wav")
    write_wav(tmp_path / "link", np.zeros(100, np.float32), 16000)
    assert (tmp_path / "link").is_symlink()
    assert len(read_wav(tmp_path / "there.wav")[0]) == 100


class Pipe(io.BytesIO):
    def seekable(self):
        return False


@pytest.mark.parametrize("kind", [io.BytesIO, Pipe])
def test_a_file_that_grows_can_be_read_at_any_time_and_knows_its_length_in_the_end(tmp_path, kind):
    wav, file = np.sin(np.arange(3000) / 9).astype(np.float32), kind()
    writer = WavWriter(file, 16000)
    for part in (wav[:1000], wav[1000:1000], wav[1000:]):
        writer.write(part)
        (tmp_path / "a.wav").write_bytes(file.getvalue())
        np.testing.assert_allclose(read_wav(tmp_path / "a.wav")[0], wav[: writer.n_samples], atol=1 / 32768)
    writer.close()
    whole = io.BytesIO()
    write_wav(whole, wav, 16000)
    same = slice(None) if kind is io.BytesIO else slice(44, None)
    assert file.getvalue()[same] == whole.getvalue()[same]
    assert writer.n_samples == 3000


def test_a_disk_that_is_full_is_told():
    class Full(io.BytesIO):
        def write(self, content):
            raise OSError(28, "No space left on device")

    with pytest.raises(AudioError, match="can't write the sound: No space left on device. Check that there is room"):
        WavWriter(Full(), 16000)
    with pytest.raises(AudioError, match="No space left"):
        write_wav(Full(), np.zeros(9, np.float32), 16000)
