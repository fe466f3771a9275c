"""Transforms, mel spectra and Griffin-Lim."""

import numpy as np
import pytest

from parakeet.audio.griffin_lim import griffin_lim, mel_to_magnitude, sound_of_magnitude
from parakeet.audio.mel import MelConfig, apply_filters, hz_to_mel, log_mel, mel_filters, mel_to_hz, spread_filters
from parakeet.audio.stft import frame_energy, hann, istft, magnitudes, overlap_add, stft
from parakeet.errors import AudioError


def noise(n, dtype=np.float64, seed=0):
    return np.random.default_rng(seed).standard_normal(n).astype(dtype) * 0.1


def decibels(signal, other):
    return 10 * np.log10((signal.astype(np.float64) ** 2).sum() / ((signal.astype(np.float64) - other) ** 2).sum())


def voice_like(seconds=1.0, sample_rate=16000):
    t = np.arange(int(seconds * sample_rate)) / sample_rate
    phase = np.cumsum(150 + 30 * np.sin(2 * np.pi * 2 * t)) / sample_rate
    harmonics = sum(np.sin(2 * np.pi * k * phase) / k for k in range(1, 30))
    return (0.1 * harmonics * (0.6 + 0.4 * np.sin(2 * np.pi * 3 * t))).astype(np.float32)


def test_the_hann_window_has_its_textbook_sums():
    window = hann(1024, 1024)
    assert window.sum() == pytest.approx(512, abs=1e-9)
    assert (window**2).sum() == pytest.approx(384, abs=1e-9)
    assert hann(400, 512).sum() == pytest.approx(200, abs=1e-9)


@pytest.mark.parametrize(("power", "constant"), [(1, 2.0), (2, 1.5)])
def test_windows_a_quarter_apart_overlap_to_a_constant(power, constant):
    total = overlap_add(np.tile(hann(1024, 1024) ** power, (20, 1)), 256)
    np.testing.assert_allclose(total[1024:-1024], constant, atol=1e-12)


@pytest.mark.parametrize("length", [513, 1000, 1024, 4095, 16000, 16001])
@pytest.mark.parametrize(("dtype", "least"), [(np.float64, 250), (np.float32, 100)])
def test_the_inverse_transform_gives_the_signal_back(length, dtype, least):
    wav = noise(length, dtype)
    back = istft(stft(wav, 1024, 256, 1024), 256, 1024, length)
    assert back.dtype == dtype
    assert len(back) == length
    # Behind the last frame's centre the window runs out; with a whole number of hops nothing does.
    reach = (length // 256) * 256
    assert decibels(wav[:reach], back[:reach]) > least


@pytest.mark.parametrize(("hop", "frames"), [(256, 63), (200, 81)])
def test_centred_frames_are_one_more_than_the_hops(hop, frames):
    assert stft(noise(16000), 1024, hop, 800).shape == (frames, 513)
    assert MelConfig(hop_length=hop).frames(16000) == frames


def test_a_frame_is_centred_where_its_index_says():
    wav = np.zeros(8192)
    wav[10 * 256] = 1
    magnitude = np.abs(stft(wav, 1024, 256, 1024)).sum(axis=1)
    assert magnitude.argmax() == 10
    assert magnitude[9] == pytest.approx(magnitude[11])


def test_the_transform_keeps_the_energy():
    frame = noise(1024)
    spectrum = np.fft.rfft(frame)
    weights = np.r_[1, np.full(511, 2), 1]
    assert (weights * np.abs(spectrum) ** 2).sum() / 1024 == pytest.approx((frame**2).sum())


def test_integer_samples_are_refused_instead_of_being_lost_in_an_integer_window():
    with pytest.raises(AudioError, match="needs floats in .*received int16.*32768"):
        log_mel(np.full(2000, 1000, np.int16), MelConfig())


def test_a_signal_too_short_to_reflect_is_refused():
    with pytest.raises(AudioError, match="more than n_fft / 2 = 512 samples, received shape"):
        stft(noise(512), 1024, 256, 1024)


def test_slaneys_scale_has_its_known_points():
    assert hz_to_mel(1000) == pytest.approx(15)
    assert hz_to_mel(6400) == pytest.approx(42)
    np.testing.assert_allclose(mel_to_hz(hz_to_mel([0, 440, 999, 1001, 8000])), [0, 440, 999, 1001, 8000], rtol=1e-12)


def test_wide_filters_have_unit_area():
    config = MelConfig(sample_rate=16000, n_fft=4096, win_length=4096, hop_length=256)
    area = mel_filters(config).sum(axis=1) * config.sample_rate / config.n_fft
    np.testing.assert_allclose(area[20:], 1, atol=0.01)


def test_filters_equal_a_reference_worked_by_hand():
    # Three filters over nine bins of a 16 kHz signal: edges by Slaney's formula, triangles drawn point by point.
    config = MelConfig(n_fft=16, win_length=16, hop_length=4, n_mels=3)
    top = float(hz_to_mel(8000.0))
    edges = [float(mel_to_hz(top * i / 4)) for i in range(5)]
    expected = np.zeros((3, 9))
    for band in range(3):
        low, centre, high = edges[band : band + 3]
        for b in range(9):
            hz = b * 1000.0
            if low < hz < high:
                slope = (hz - low) / (centre - low) if hz <= centre else (high - hz) / (high - centre)
                expected[band, b] = slope * 2 / (high - low)
    np.testing.assert_allclose(mel_filters(config), expected, atol=1e-7)


@pytest.mark.parametrize("config", [MelConfig(), MelConfig(n_mels=40, fmin=300.0, fmax=3000.0)])
def test_summing_into_bands_equals_the_product_with_the_matrix_even_where_bins_are_in_no_band(config):
    magnitude = np.abs(noise(20 * (1 + config.n_fft // 2)).reshape(20, -1))
    mel = magnitude @ mel_filters(config).T
    np.testing.assert_allclose(apply_filters(magnitude, config), mel, rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(spread_filters(mel, config), mel @ mel_filters(config), rtol=1e-6, atol=1e-12)


def test_mel_of_silence_is_the_floor_and_all_is_finite():
    mel = log_mel(np.zeros(4000, np.float32), MelConfig())
    assert mel.dtype == np.float32
    np.testing.assert_allclose(mel, np.log(1e-5), rtol=1e-6)


def test_twice_the_amplitude_adds_ln_2():
    wav = voice_like()
    louder, softer = log_mel(wav, MelConfig()), log_mel(wav / 2, MelConfig())
    loud = softer > -8
    np.testing.assert_allclose((louder - softer)[loud], np.log(2), atol=1e-4)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"win_length": 2048}, "win_length: expected at most n_fft = 1024, received 2048"),
        ({"hop_length": 0}, "hop_length: expected a positive number, received 0"),
        ({"hop_length": 700}, "hop_length: expected at most half of win_length = 1024, received 700"),
        ({"n_mels": 600}, "of 600 bands hold no bin of the spectrum, the first is band "),
        ({"fmax": 9000.0}, r"expected 0 <= fmin < fmax <= sample_rate / 2 = 8000, received 0 and 9000"),
    ],
)
def test_contradicting_values_are_named(values, message):
    with pytest.raises(ValueError, match=message):
        MelConfig(**values)


def test_two_descriptions_are_compared_key_by_key():
    assert MelConfig().differences(MelConfig()) == []
    assert MelConfig().differences(MelConfig(hop_length=200)) == ["hop_length: 256 != 200"]


def test_the_magnitude_found_has_the_mel_it_was_asked_for():
    config = MelConfig()
    mel = log_mel(voice_like(), config)
    found = np.log(np.maximum(mel_to_magnitude(mel, config) @ mel_filters(config).T, 1e-5))
    assert np.abs(found - mel).mean() < 0.1


def test_griffin_lim_comes_nearer_with_every_round_and_repeats_itself():
    config = MelConfig()
    mel = log_mel(voice_like(), config)

    def distance(iterations):
        wav = griffin_lim(mel, config, iterations, length=16000)
        return np.abs(log_mel(wav, config) - mel).mean()

    far, near, nearer = distance(0), distance(5), distance(60)
    assert nearer < near < far
    assert nearer < 0.2
    np.testing.assert_array_equal(griffin_lim(mel, config, 5, seed=3), griffin_lim(mel, config, 5, seed=3))


@pytest.mark.parametrize("frames", [1, 2, 3, 40])
def test_griffin_lim_gives_the_length_asked_for(frames):
    mel = np.full((frames, 80), -3, np.float32)
    assert len(griffin_lim(mel, MelConfig(), 2, length=frames * 256)) == frames * 256
    assert len(griffin_lim(mel, MelConfig(), 2)) == (frames - 1) * 256


def test_the_energy_of_a_frame_is_the_norm_of_its_magnitudes_and_lies_on_the_frames_of_the_mel():
    wav = noise(5000, np.float32)
    config = MelConfig()
    magnitude = magnitudes(wav, config.n_fft, config.hop_length, config.win_length)
    energy = frame_energy(magnitude)
    assert energy.dtype == np.float32
    assert len(energy) == config.frames(len(wav)) == len(log_mel(wav, config))
    np.testing.assert_allclose(energy, np.linalg.norm(magnitude.astype(np.float64), axis=1), rtol=1e-6)


def test_the_energy_follows_the_amplitude_of_the_windowed_sound():
    # By Parseval's theorem, of white noise with variance v: n_fft / 2 bins of v times the window's sum of squares.
    energy = frame_energy(magnitudes(noise(160000), 1024, 256, 1024))
    assert np.sqrt((energy[4:-4] ** 2).mean()) == pytest.approx(np.sqrt(512 * 384) * 0.1, rel=0.02)


def test_a_linear_spectrum_needs_no_mel_spectrum_to_become_sound():
    config, wav = MelConfig(), np.sin(np.arange(16000) * 0.3).astype(np.float32) * 0.5
    magnitude = magnitudes(wav, config.n_fft, config.hop_length, config.win_length)
    rebuilt = sound_of_magnitude(magnitude, config, 30, length=16000)
    error = magnitudes(rebuilt, config.n_fft, config.hop_length, config.win_length) - magnitude
    assert (error**2).sum() < 0.05 * (magnitude**2).sum()
    mel = log_mel(wav, config)
    np.testing.assert_array_equal(sound_of_magnitude(mel_to_magnitude(mel, config), config, 3), griffin_lim(mel, config, 3))
