"""Batching: padded arrays and lengths."""

import functools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parakeet.data.batch import batch_sequences, batch_spec, batch_text_id, batch_wav
from parakeet.errors import DataError


def test_ids_are_padded_at_the_end_and_their_lengths_told():
    batch, lengths = batch_text_id([np.array([5, 6, 7]), [8], np.array([], np.int64)], pad_id=1)
    np.testing.assert_array_equal(batch, [[5, 6, 7], [8, 1, 1], [1, 1, 1]])
    np.testing.assert_array_equal(lengths, [3, 1, 0])
    assert (batch.dtype, lengths.dtype) == (np.int64, np.int64)


def test_recordings_are_mono_or_have_channels():
    batch, lengths = batch_wav([np.ones(3), np.ones(2, np.float32)])
    np.testing.assert_array_equal(batch, [[1, 1, 1], [1, 1, 0]])
    assert (batch.dtype, lengths.tolist()) == (np.float32, [3, 2])
    batch, lengths = batch_wav([np.ones((2, 3)), np.ones((2, 4))], pad_value=-1.0)
    assert (batch.shape, lengths.tolist(), batch[0, :, 3].tolist()) == ((2, 2, 4), [3, 4], [-1, -1])


def test_spectrograms_have_time_first_by_default_and_elsewhere_on_request():
    batch, lengths = batch_spec([np.ones((3, 80)), np.ones((5, 80))], pad_value=-11.5)
    assert (batch.shape, lengths.tolist(), batch.dtype) == ((2, 5, 80), [3, 5], np.float32)
    assert np.all(batch[0, 3:] == np.float32(-11.5))
    assert np.all(batch[0, :3] == 1)
    batch, lengths = batch_spec([np.ones((80, 3)), np.ones((80, 5))], time_axis=-1)
    assert (batch.shape, lengths.tolist()) == ((2, 80, 5), [3, 5])
    batch, lengths = batch_spec([np.ones((2, 3, 80)), np.ones((2, 5, 80))])
    assert (batch.shape, lengths.tolist()) == ((2, 2, 5, 80), [3, 5])
    batch, lengths = functools.partial(batch_spec, time_axis=-1)([np.ones((2, 80, 3)), np.ones((2, 80, 1))])
    assert (batch.shape, lengths.tolist()) == ((2, 2, 80, 3), [3, 1])


def test_the_dtype_of_a_batch_can_be_chosen_and_is_that_of_its_arrays_otherwise():
    assert batch_text_id([np.array([1], np.uint8)], dtype=np.int32)[0].dtype == np.int32
    assert batch_wav([np.zeros(1)], dtype=np.float64)[0].dtype == np.float64
    assert batch_sequences([np.zeros((1, 2), np.float16), np.zeros((3, 2), np.float32)])[0].dtype == np.float32


@pytest.mark.parametrize("batch", [batch_text_id, batch_wav, batch_spec, batch_sequences])
def test_an_empty_list_is_refused(batch):
    with pytest.raises(DataError, match=rf"{batch.__name__}: expected a list of .*; received an empty list"):
        batch([])


def test_another_number_of_axes_is_refused_with_the_place_and_the_shape():
    with pytest.raises(DataError, match=r"batch_text_id: expected ints of shape \(S,\); number 1 has the shape \(1, 2\) and dtype int64"):
        batch_text_id([[1], [[2, 3]]])
    with pytest.raises(DataError, match=r"batch_wav: .*number 0 has the shape \(1, 1, 4\)"):
        batch_wav([np.zeros((1, 1, 4))])
    with pytest.raises(DataError, match=r"batch_spec: .*number 0 has the shape \(4,\)"):
        batch_spec([np.zeros(4)])
    with pytest.raises(DataError, match=r"batch_wav: all arrays must agree .*number 1 has the shape \(2, 3\), number 0 has \(3,\)"):
        batch_wav([np.zeros(3), np.zeros((2, 3))])


def test_ragged_channels_are_refused():
    with pytest.raises(DataError, match=r"every axis but time \(time_axis=-1\); number 1 has the shape \(1, 3\), number 0 has \(2, 3\)"):
        batch_wav([np.zeros((2, 3)), np.zeros((1, 3))])
    with pytest.raises(DataError, match=r"time_axis=-2\); number 2 has the shape \(5, 40\), number 0 has \(4, 80\)"):
        batch_spec([np.zeros((4, 80)), np.zeros((6, 80)), np.zeros((5, 40))])


def test_a_wrong_kind_of_number_is_refused():
    with pytest.raises(DataError, match=r"batch_text_id: expected ints .* dtype float64"):
        batch_text_id([np.array([1.0])])
    with pytest.raises(DataError, match=r"batch_wav: .*dtype int16\. Integer samples become floats by dividing by their full scale, 32768"):
        batch_wav([np.zeros(4, np.int16)])
    with pytest.raises(DataError, match="time_axis=2 does not exist in arrays of shape"):
        batch_spec([np.zeros((4, 80))], time_axis=2)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=6), st.integers(1, 3), st.sampled_from([0, 1, -1, -2]))
def test_what_was_batched_can_be_cut_out_again(lengths, features, time_axis):
    arrays = [np.random.default_rng(k).normal(size=(t, features)).astype(np.float32) for k, t in enumerate(lengths)]
    if time_axis % 2 == 1:
        arrays = [array.T for array in arrays]
    batch, told = batch_spec(arrays, pad_value=7.0, time_axis=time_axis)
    assert told.tolist() == lengths
    for row, array, length in zip(batch, arrays, lengths, strict=True):
        kept, padding = np.split(row, [length], axis=time_axis)
        np.testing.assert_array_equal(kept, array)
        assert np.all(padding == 7.0)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=6), st.none() | st.integers(1, 3))
def test_recordings_that_were_batched_can_be_cut_out_again(lengths, channels):
    shape = () if channels is None else (channels,)
    wavs = [np.random.default_rng(k).uniform(-1, 1, (*shape, n)).astype(np.float32) for k, n in enumerate(lengths)]
    batch, told = batch_wav(wavs, pad_value=2.0)
    assert (batch.shape, told.tolist()) == ((len(wavs), *shape, max(lengths)), lengths)
    for row, wav, length in zip(batch, wavs, lengths, strict=True):
        np.testing.assert_array_equal(row[..., :length], wav)
        assert np.all(row[..., length:] == 2.0)


@given(st.lists(st.lists(st.integers(-5, 99), max_size=9), min_size=1, max_size=6), st.integers(-1, 7))
def test_ids_that_were_batched_can_be_cut_out_again(texts, pad_id):
    batch, told = batch_text_id(texts, pad_id)
    assert batch.shape == (len(texts), max(map(len, texts)))
    assert [row[:n].tolist() for row, n in zip(batch, told, strict=True)] == texts
    assert all(np.all(row[n:] == pad_id) for row, n in zip(batch, told, strict=True))
