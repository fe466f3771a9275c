"""Sounds and pictures that are reported."""

import numpy as np

from parakeet.training.extensions.media import Audio, heat_picture


def test_a_sound_is_clipped_and_what_is_no_number_is_silenced():
    audio = Audio(np.array([[0.5, 2.0, -3.0, np.nan, np.inf, -np.inf]], "f8"), 16000)
    assert audio.wav.tolist() == [0.5, 1.0, -1.0, 0.0, 1.0, -1.0]
    assert audio.wav.dtype == np.float32


def test_time_goes_right_and_frequency_up_and_high_is_light():
    mel = np.zeros((30, 8), "f4")
    mel[29, 7] = 1  # last frame, highest band
    pixels = heat_picture(mel, scale=2).pixels
    assert pixels.shape == (16, 60, 3)
    assert pixels.dtype == np.uint8
    assert pixels[:2, -2:].reshape(-1, 3).tolist() == [[253, 231, 37]] * 4
    assert np.unique(pixels[2:].reshape(-1, 3), axis=0).tolist() == [[68, 1, 84]]


def test_lightness_grows_with_the_value():
    pixels = heat_picture(np.linspace(-11, 2, 200)[:, None], scale=1).pixels[0].astype(float)
    lightness = pixels @ [0.299, 0.587, 0.114]
    assert (np.diff(lightness) >= 0).all()
    assert lightness[-1] - lightness[0] > 150


def test_a_picture_of_what_is_constant_or_no_number_can_be_drawn():
    assert heat_picture(np.full((3, 2), 7.0), scale=1).pixels.reshape(-1, 3).tolist() == [[68, 1, 84]] * 6
    assert heat_picture(np.full((3, 2), np.nan), scale=1).pixels.reshape(-1, 3).tolist() == [[200, 0, 0]] * 6
    mixed = heat_picture(np.array([[0.0], [np.inf], [1.0]]), scale=1).pixels
    assert mixed[0].tolist() == [[68, 1, 84], [200, 0, 0], [253, 231, 37]]
    assert heat_picture(np.zeros((0, 4))).pixels.shape == (8, 0, 3)
