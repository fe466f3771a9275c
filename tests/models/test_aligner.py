"""The model that learns which symbol each frame belongs to."""

import numpy as np
import paddle
import pytest

from parakeet.functions.monotonic import beta_binomial_prior, monotonic_alignment_search
from parakeet.models.aligner import Aligner, alignment_loss
from parakeet.models.aligner.learning import rough_durations


@pytest.fixture
def model():
    paddle.seed(1)
    model = Aligner(12, n_mels=10, channels=16, key_channels=8, mel_mean=np.full(10, -4.0), mel_std=np.full(10, 2.0))
    model.eval()
    return model


def make_batch(text_lengths, mel_lengths, seed=0):
    rng = np.random.default_rng(seed)
    s, t = max(text_lengths), max(mel_lengths)
    batch = {"text": np.zeros((len(text_lengths), s), "int64"), "mel": np.zeros((len(text_lengths), t, 10), "float32")}
    for b, (n, frames) in enumerate(zip(text_lengths, mel_lengths, strict=True)):
        batch["text"][b, :n] = rng.integers(1, 12, n)
        batch["mel"][b, :frames] = rng.standard_normal((frames, 10)) - 4
    batch["text_lengths"], batch["mel_lengths"] = np.array(text_lengths), np.array(mel_lengths)
    return batch


def run(model, batch, prior=None):
    arguments = [paddle.to_tensor(batch[key]) for key in ("text", "text_lengths", "mel", "mel_lengths")]
    return model(*arguments, None if prior is None else paddle.to_tensor(prior))


def test_over_the_frames_of_an_utterance_the_scores_of_a_symbol_are_ratios_to_their_mean(model):
    batch = make_batch([5, 9, 1], [20, 31, 4])
    out = run(model, batch)
    assert out.shape == [3, 31, 9]
    for b, (n, t) in enumerate(zip(batch["text_lengths"], batch["mel_lengths"], strict=True)):
        np.testing.assert_allclose(np.exp(out.numpy()[b, :t, :n]).mean(axis=0), 1.0, atol=1e-5)


def test_padding_and_what_stands_on_it_never_change_a_result(model):
    batch = make_batch([5, 9, 1], [20, 31, 4])
    together = run(model, batch).numpy()
    for b, (n, t) in enumerate(zip(batch["text_lengths"], batch["mel_lengths"], strict=True)):
        alone = {key: batch[key][b : b + 1] for key in batch} | {"text": batch["text"][b : b + 1, :n], "mel": batch["mel"][b : b + 1, :t]}
        np.testing.assert_allclose(together[b, :t, :n], run(model, alone).numpy()[0], atol=1e-5)
        batch["text"][b, n:], batch["mel"][b, t:] = 7, 9.0
    dirty = run(model, batch).numpy()
    for b, (n, t) in enumerate(zip(batch["text_lengths"], batch["mel_lengths"], strict=True)):
        np.testing.assert_allclose(dirty[b, :t, :n], together[b, :t, :n], atol=1e-5)


def test_a_prior_is_added(model):
    batch = make_batch([6], [25])
    prior = beta_binomial_prior(6, 25)[None]
    np.testing.assert_allclose(run(model, batch, prior).numpy(), run(model, batch).numpy() + prior, atol=1e-5)


def test_the_distance_is_the_mean_of_squared_differences(model):
    batch = make_batch([4], [6])
    keys = paddle.to_tensor(np.random.default_rng(1).standard_normal((1, 8, 4)).astype("float32"))
    queries = paddle.to_tensor(np.random.default_rng(2).standard_normal((1, 8, 6)).astype("float32"))
    model.text_encoder.forward = lambda x, mask: keys
    model.mel_encoder.forward = lambda x, mask: queries
    distances = ((queries.numpy()[0, :, :, None] - keys.numpy()[0, :, None, :]) ** 2).mean(axis=0)
    expected = -distances * float(np.exp(model.log_temperature.numpy()))
    expected -= np.log(np.exp(expected).mean(axis=0))
    np.testing.assert_allclose(run(model, batch).numpy()[0], expected, atol=1e-5)


def made_language():
    """Texts of six of seven sounds, their frames, and how many belong to each."""
    rng = np.random.default_rng(0)
    sounds = rng.standard_normal((8, 10)) * 2
    texts = [np.append(rng.permutation(np.arange(1, 8))[:5], 1) for _ in range(32)]
    truth = rng.integers(3, 14, size=(32, 6))
    spoken = [np.repeat(text, durations) for text, durations in zip(texts, truth, strict=True)]
    frames = [(sounds[one] + 0.5 * rng.standard_normal((len(one), 10))).astype("float32") for one in spoken]
    return texts, frames, truth


def share_within_a_frame(found, truth):
    return np.mean(np.abs(np.cumsum(found, axis=1) - np.cumsum(truth, axis=1))[:, :-1] <= 1)


def test_it_learns_the_alignment_of_a_made_language():
    texts, frames, truth = made_language()
    mel_lengths = np.array([len(one) for one in frames])
    batch = {"text": np.array(texts), "text_lengths": np.full(32, 6), "mel_lengths": mel_lengths}
    batch["mel"] = np.stack([np.pad(one, ((0, mel_lengths.max() - len(one)), (0, 0))) for one in frames])
    prior = np.zeros((32, mel_lengths.max(), 6), "float32")
    for b, t in enumerate(mel_lengths):
        prior[b, :t] = beta_binomial_prior(6, int(t))
    paddle.seed(0)
    model = Aligner(8, n_mels=10, channels=32, key_channels=16, temperature=10.0)
    optimizer = paddle.optimizer.Adam(3e-3, parameters=model.parameters())
    lengths = paddle.to_tensor(batch["text_lengths"]), paddle.to_tensor(batch["mel_lengths"])
    losses = []
    for _ in range(60):
        loss = alignment_loss(run(model, batch, prior), *lengths)
        loss.backward()
        optimizer.step()
        optimizer.clear_grad()
        losses.append(float(loss))
    found = monotonic_alignment_search(run(model, batch).numpy(), batch["text_lengths"], batch["mel_lengths"])
    assert losses[-1] < -0.4 < losses[0]
    assert share_within_a_frame(found, truth) > 0.95


def test_rough_durations_are_learned_and_the_global_random_state_stays():
    texts, frames, truth = made_language()
    optional = [np.zeros(6, bool) for _ in texts]
    paddle.seed(5)
    expected = paddle.rand([4]).tolist()
    paddle.seed(5)
    seen = []
    found = rough_durations(texts, frames, optional, range(24), epochs=12, progress=lambda *at: seen.append(at))
    assert paddle.rand([4]).tolist() == expected
    assert share_within_a_frame(np.array(found), truth) > 0.9
    assert [one.sum() for one in found] == [len(one) for one in frames]
    assert seen[-1] == (35, 36)


def test_statistics_of_another_number_of_bands_are_refused():
    with pytest.raises(ValueError, match=r"expected 10 values, one a band, received \(9,\)"):
        Aligner(12, n_mels=10, mel_mean=np.zeros(9))
