"""The small convolutional acoustic model."""

import numpy as np
import paddle
import pytest

from parakeet.functions.alignment import contour_by_symbols
from parakeet.models.speedyspeech import SpeedySpeech, speedyspeech_losses


def make_model(**changes):
    paddle.seed(1)
    options = {"channels": 16, "encoder_dilations": (1, 2), "decoder_dilations": (1, 3), "predictor_channels": 8, **changes}
    model = SpeedySpeech(20, n_mels=10, kernel_size=3, mel_mean=np.full(10, -4.0), mel_std=np.full(10, 2.0), **options)
    model.eval()
    return model


@pytest.fixture
def model():
    return make_model()


def make_batch(lengths, seed=0):
    rng = np.random.default_rng(seed)
    s = max(lengths)
    batch = {
        "text": np.zeros((len(lengths), s), "int64"),
        "durations": np.zeros((len(lengths), s), "int64"),
        "pitch": np.zeros((len(lengths), s), "float32"),
        "energy": np.zeros((len(lengths), s), "float32"),
    }
    for b, n in enumerate(lengths):
        batch["text"][b, :n] = rng.integers(1, 20, n)
        batch["durations"][b, :n] = rng.integers(0, 6, n)
        batch["pitch"][b, :n] = rng.standard_normal(n)
        batch["energy"][b, :n] = rng.standard_normal(n)
    batch["text_lengths"] = np.array(lengths)
    batch["mel_lengths"] = batch["durations"].sum(axis=1)
    batch["mel"] = rng.standard_normal((len(lengths), batch["mel_lengths"].max(), 10)).astype("float32")
    return {key: paddle.to_tensor(value) for key, value in batch.items()}


def run(model, batch, rows=slice(None), symbols=None, n_frames=None, **options):
    inputs = (batch["text"][rows, :symbols], batch["text_lengths"][rows])
    return model(*inputs, *(batch[key][rows, :symbols] for key in ("durations", "pitch", "energy")), n_frames, **options)


def test_shapes_are_as_promised_and_padding_is_zero(model):
    batch = make_batch([5, 9, 3])
    out = run(model, batch)
    frames = batch["mel_lengths"].numpy()
    assert out["mel"].shape == [3, frames.max(), 10]
    assert out["log_durations"].shape == out["pitch"].shape == out["energy"].shape == [3, 9]
    for b in range(3):
        assert not out["mel"].numpy()[b, frames[b] :].any()
        assert not out["log_durations"].numpy()[b, int(batch["text_lengths"][b]) :].any()


def test_padding_never_changes_a_result(model):
    batch = make_batch([5, 9, 3])
    together = run(model, batch)
    for b, n in enumerate([5, 9, 3]):
        alone = run(model, batch, rows=slice(b, b + 1), symbols=n)
        for key in together:
            short = alone[key].numpy()[0]
            np.testing.assert_allclose(together[key].numpy()[b, : len(short)], short, atol=1e-5)


def test_what_stands_on_padding_never_changes_a_result(model):
    batch = make_batch([5, 9, 3])
    clean = run(model, batch)
    padding = np.arange(9) >= np.array([[5], [9], [3]])
    batch["text"] = paddle.to_tensor(np.where(padding, 7, batch["text"].numpy()))
    for key in ("pitch", "energy"):
        batch[key] = paddle.to_tensor(np.where(padding, np.float32(9), batch[key].numpy()))
    for key, value in run(model, batch).items():
        np.testing.assert_array_equal(value.numpy(), clean[key].numpy())


def test_in_double_precision_padding_makes_no_difference_to_fourteen_digits(model):
    model.to(dtype="float64")
    batch = make_batch([5, 9])
    batch["pitch"], batch["energy"] = batch["pitch"].astype("float64"), batch["energy"].astype("float64")
    together, alone = run(model, batch)["mel"], run(model, batch, rows=slice(0, 1), symbols=5)["mel"]
    assert together.dtype == paddle.float64
    np.testing.assert_allclose(together.numpy()[0, : alone.shape[1]], alone.numpy()[0], atol=1e-13)


def test_the_exported_model_speaks_as_the_model_does_for_every_length(model, tmp_path):
    class Inference(paddle.nn.Layer):
        def __init__(self, model):
            super().__init__()
            self.model = model

        def forward(self, text, text_lengths):
            return self.model.infer(text, text_lengths)["mel"]

    specs = [paddle.static.InputSpec([None, None], "int64"), paddle.static.InputSpec([None], "int64")]
    static = paddle.jit.to_static(Inference(model), input_spec=specs, full_graph=True)
    paddle.jit.save(static, str(tmp_path / "model"))
    exported = paddle.jit.load(str(tmp_path / "model"))
    for lengths in ([1], [4, 9], [20, 3, 7]):
        batch = make_batch(lengths)
        spoken = exported(batch["text"], batch["text_lengths"]).numpy()
        np.testing.assert_allclose(
            spoken, model.infer(batch["text"], batch["text_lengths"])["mel"].numpy(), atol=1e-5
        )


def test_more_frames_than_needed_change_nothing(model):
    batch = make_batch([5, 9])
    frames = int(batch["mel_lengths"].max())
    longer = run(model, batch, n_frames=frames + 7)["mel"].numpy()
    np.testing.assert_allclose(longer[:, :frames], run(model, batch)["mel"].numpy(), atol=1e-6)
    assert not longer[:, frames:].any()


def test_inference_does_not_depend_on_the_batch_and_its_lengths_fit(model):
    batch = make_batch([5, 9, 3])
    together = model.infer(batch["text"], batch["text_lengths"])
    assert together["durations"].sum(axis=1).numpy().tolist() == together["mel_lengths"].numpy().tolist()
    for b, n in enumerate([5, 9, 3]):
        alone = model.infer(batch["text"][b : b + 1, :n], batch["text_lengths"][b : b + 1])
        frames = int(alone["mel_lengths"][0])
        assert together["durations"].numpy()[b, :n].tolist() == alone["durations"].numpy()[0].tolist()
        np.testing.assert_allclose(together["mel"].numpy()[b, :frames], alone["mel"].numpy()[0], atol=1e-5)


def test_rate_pitch_and_energy_steer_whole_utterances_and_single_symbols(model):
    model.duration_predictor.output.bias.set_value(paddle.to_tensor([1.6]))  # some four frames each
    batch = make_batch([9])
    inputs = batch["text"], batch["text_lengths"]
    plain = model.infer(*inputs)
    slow = model.infer(*inputs, rate=0.5)
    assert 1.7 < slow["durations"].sum().item() / plain["durations"].sum().item() < 2.3
    rates = paddle.ones([1, 9])
    rates[0, 4] = 0.25
    one = model.infer(*inputs, rate=rates)["durations"].numpy()[0]
    assert np.flatnonzero(one != plain["durations"].numpy()[0]).tolist() == [4]
    for shift in ("pitch_shift", "energy_shift"):
        for amount in (1.0, paddle.ones([1, 9])):
            assert np.abs(model.infer(*inputs, **{shift: amount})["mel"].numpy() - plain["mel"].numpy()).max() > 1e-3
        np.testing.assert_array_equal(model.infer(*inputs, **{shift: paddle.zeros([1, 9])})["mel"].numpy(), plain["mel"].numpy())


def test_the_statistics_travel_with_the_weights(model):
    state = model.state_dict()
    np.testing.assert_array_equal(state["mel_mean"].numpy().ravel(), np.full(10, -4.0))
    np.testing.assert_array_equal(state["mel_std"].numpy().ravel(), np.full(10, 2.0))


@pytest.mark.parametrize("frames_per_step", [1, 2, 3])
def test_however_many_frames_are_made_at_a_time_padding_changes_nothing(frames_per_step):
    model = make_model(frames_per_step=frames_per_step)
    batch = make_batch([5, 9, 3, 4, 6], seed=2)
    together = run(model, batch)["mel"].numpy()
    lengths = batch["mel_lengths"].numpy()
    assert len({n % frames_per_step for n in lengths}) == frames_per_step  # every remainder occurs
    assert together.shape[1] == lengths.max()
    for b, n in enumerate([5, 9, 3, 4, 6]):
        alone = run(model, batch, rows=slice(b, b + 1), symbols=n)["mel"].numpy()[0]
        np.testing.assert_allclose(together[b, : lengths[b]], alone, atol=1e-5)
        assert not together[b, lengths[b] :].any()


def test_prosody_and_spectra_are_learnt_apart(model):
    batch = make_batch([5])
    out = run(model, batch)
    (out["log_durations"].sum() + out["pitch"].sum() + out["energy"].sum()).backward()
    assert model.encoder.embedding.weight.grad is None
    assert model.prosody.embedding.weight.grad is not None
    model.clear_gradients()
    run(model, batch)["mel"].sum().backward()
    assert not np.abs(model.prosody.embedding.weight.grad.numpy()).any()


def test_a_frame_depends_on_the_frames_of_its_receptive_field_and_on_no_other(model):
    durations = np.full((1, 40), 3)
    batch = {"text": np.arange(40)[None] % 19 + 1, "text_lengths": np.array([40]), "durations": durations}
    batch |= {key: np.zeros((1, 40), "float32") for key in ("pitch", "energy")}
    batch = {key: paddle.to_tensor(value) for key, value in batch.items()}
    before = run(model, batch)["mel"].numpy()[0]
    batch["pitch"][0, 20] = 3.0
    changed = np.flatnonzero(np.abs(run(model, batch)["mel"].numpy()[0] - before).max(axis=1) > 0)
    # Between the middles of its neighbours, 58 and 64, lie frames 59 to 63, steps 29 to 31; the decoder reaches 1 + 3 steps further.
    assert (changed.min(), changed.max()) == (2 * (29 - 4), 2 * (31 + 4) + 1)


def test_a_recorded_contour_takes_the_place_of_the_lines_between_the_symbols(model):
    batch = make_batch([5, 9])
    frames = int(batch["mel_lengths"].max())
    lines = contour_by_symbols(batch["pitch"], batch["durations"], batch["text_lengths"])
    np.testing.assert_allclose(run(model, batch, contour=lines)["mel"].numpy(), run(model, batch)["mel"].numpy(), atol=1e-6)
    other = run(model, batch, contour=lines + 1)["mel"].numpy()
    assert other.shape[1] == frames
    assert np.abs(other - run(model, batch)["mel"].numpy()).max() > 1e-3


def test_a_text_without_any_frame_gives_an_empty_spectrum(model):
    output = model.duration_predictor.output
    output.weight.set_value(paddle.zeros_like(output.weight))
    output.bias.set_value(paddle.zeros_like(output.bias))
    batch = make_batch([5, 3])
    found = model.infer(batch["text"], batch["text_lengths"])
    assert found["mel"].shape == [2, 0, 10]
    assert found["mel_lengths"].tolist() == [0, 0]


def test_every_parameter_is_learnt(model):
    model.train()
    batch = make_batch([5, 9, 3])
    speedyspeech_losses(run(model, batch), batch, model.mel_std)["loss"].backward()
    assert [name for name, p in model.named_parameters() if p.grad is None or not np.abs(p.grad.numpy()).any()] == []


def test_a_loss_is_a_mean_over_what_is_not_padding(model):
    batch = make_batch([5, 9, 3])
    together = {key: float(value) for key, value in speedyspeech_losses(run(model, batch), batch, model.mel_std).items()}
    error, frames = 0.0, batch["mel_lengths"].numpy()
    mel = run(model, batch)["mel"].numpy()
    for b in range(3):
        error += np.abs(mel[b, : frames[b]] - batch["mel"].numpy()[b, : frames[b]]).sum() / 2.0
    assert together["mel_loss"] == pytest.approx(error / frames.sum() / 10, rel=1e-5)
    assert together.pop("loss") == pytest.approx(sum(together.values()), rel=1e-5)


def test_a_perfect_answer_costs_nothing(model):
    batch = make_batch([5, 9])
    perfect = {
        "mel": batch["mel"],
        "log_durations": paddle.log1p(batch["durations"].astype("float32")),
        "pitch": batch["pitch"],
        "energy": batch["energy"],
    }
    assert float(speedyspeech_losses(perfect, batch, model.mel_std)["loss"]) == 0


def test_it_learns_one_utterance_by_heart(model):
    model.train()
    batch = make_batch([9])
    optimizer = paddle.optimizer.Adam(1e-2, parameters=model.parameters())
    losses = []
    for _ in range(150):
        loss = speedyspeech_losses(run(model, batch), batch, model.mel_std)["loss"]
        loss.backward()
        optimizer.step()
        optimizer.clear_grad()
        losses.append(float(loss))
    assert losses[-1] < 0.15 * losses[0]


def test_the_count_of_parameters_is_the_sum_of_its_parts():
    channels, k, mels, vocab, hidden, together = 224, 5, 80, 75, 128, 2

    def stack(width, kernel, blocks):
        return blocks * (width * width * kernel + width + 2 * width) + 2 * width

    expected = 75 * channels + 3 * channels + stack(channels, k, 2)  # encoder
    expected += vocab * hidden + 3 * hidden + stack(hidden, k, 4) + 3 * (hidden + 1)  # prosody
    expected += (3 * channels + channels) + (2 * channels + channels) + (11 * channels + channels)
    expected += (together * channels * channels + channels) + stack(channels, k, 4)
    expected += channels * mels * together + mels * together
    assert sum(int(np.prod(p.shape)) for p in SpeedySpeech(vocab).parameters()) == expected
    assert expected < 2_200_000
