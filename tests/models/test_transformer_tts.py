"""Transformer TTS."""

import numpy as np
import paddle
import pytest

from parakeet.models.transformer_tts import SIZES, TransformerTTS, transformer_tts_losses

LENGTHS = [5, 9, 3]
OPTIONS = {
    "embedding_channels": 16,
    "channels": 16,
    "encoder_blocks": 2,
    "decoder_blocks": 2,
    "heads": 2,
    "intermediate_channels": 32,
    "prenet_channels": 12,
    "postnet_channels": 16,
    "postnet_blocks": 2,
}


def make_model(dtype="float64", **options):
    """A small model that never says where it ends."""
    paddle.seed(1)
    model = TransformerTTS(20, n_mels=10, **{**OPTIONS, **options}, mel_mean=np.full(10, -4.0), mel_std=np.full(10, 2.0))
    model.to(dtype=dtype)
    model.decoder.stop.bias.set_value(paddle.full([1], -50.0, dtype))
    model.eval()
    return model


@pytest.fixture(params=[1, 3], ids=["a frame a step", "three frames a step"])
def model(request):
    return make_model(frames_per_step=request.param)


def make_batch(dtype="float64"):
    rng = np.random.default_rng(0)
    mask, frames = np.arange(max(LENGTHS)) < np.array(LENGTHS)[:, None], np.array([14, 22, 9])
    inside = (np.arange(22) < frames[:, None])[:, :, None]
    batch = {
        "text": rng.integers(1, 20, mask.shape) * mask,
        "text_lengths": np.array(LENGTHS),
        "mel": ((rng.standard_normal((3, 22, 10)) * 2 - 4) * inside).astype(dtype),
        "mel_lengths": frames,
    }
    return {key: paddle.to_tensor(value) for key, value in batch.items()}


def run(model, batch):
    return model(*(batch[name] for name in model.inputs))


def alone(batch, b):
    sizes = {"text": "text_lengths", "mel": "mel_lengths"}
    return {key: value[b : b + 1, : int(batch[sizes[key]][b])] if key in sizes else value[b : b + 1] for key, value in batch.items()}



def test_the_count_of_parameters_is_the_sum_of_its_parts():
    options, symbols, mels, post = SIZES["base"], 75, 80, 512
    wide, c, inner = (options[name] for name in ("embedding_channels", "channels", "intermediate_channels"))
    count = symbols * wide + 3 * (5 * wide * wide + wide + 2 * wide) + wide * c + c  # the encoder's pre-net
    wide_layers = c * inner + inner + inner * c + c
    count += 1 + options["encoder_blocks"] * (4 * (c * c + c) + wide_layers + 2 * 2 * c) + 2 * c  # encoder
    count += mels * 256 + 256 * 256 + 256 * c + c  # the decoder's pre-net
    count += 1 + options["decoder_blocks"] * (8 * (c * c + c) + wide_layers + 3 * 2 * c) + 2 * c  # decoder
    count += c * mels + mels + c + 1  # spectrum and stop
    count += 5 * (2 * mels * post + 3 * post * post) + 2 * (4 * post + mels)  # post-net
    assert sum(parameter.size for parameter in TransformerTTS(symbols, **options).parameters()) == count == 14_155_763


def test_padding_never_changes_a_result(model):
    batch = make_batch()
    together = run(model, batch)
    for b in range(3):
        for key, value in run(model, alone(batch, b)).items():
            own = value.numpy()[0]
            if key == "step_lengths":
                assert together[key][b] == own
                continue
            shared = together[key].numpy()[b]
            inside = tuple(slice(0, n) for n in own.shape)
            np.testing.assert_allclose(shared[inside], own, atol=1e-12)
            rest = shared.copy()
            rest[inside] = 0.0
            assert not rest.any()


def test_company_does_not_change_what_is_spoken(model):
    batch = make_batch()
    together = model.infer(batch["text"], batch["text_lengths"], max_frames=20)
    for b, n in enumerate(LENGTHS):
        own = model.infer(batch["text"][b : b + 1, :n], batch["text_lengths"][b : b + 1], max_frames=20)
        for key in ("mel", "mel_before", "durations"):
            np.testing.assert_allclose(together[key].numpy()[b, : own[key].shape[1]], own[key].numpy()[0], atol=1e-12)
        assert together["mel_lengths"][b] == own["mel_lengths"][0]


def test_step_by_step_it_says_what_it_says_at_once_when_fed_its_own_words(model):
    batch = make_batch()
    spoken = model.infer(batch["text"], batch["text_lengths"], max_frames=25)
    taught = model(batch["text"], batch["text_lengths"], spoken["mel_before"], spoken["mel_lengths"])
    for key in ("mel", "mel_before", "attention"):
        np.testing.assert_allclose(spoken[key].numpy(), taught[key].numpy(), atol=1e-12)


def test_no_frame_knows_what_comes_after(model):
    batch = alone(make_batch(), 1)
    poked = {**batch, "mel": batch["mel"].clone()}
    poked["mel"][:, 10] += 1.0
    before, after = (run(model, each)["mel_before"].numpy()[0] for each in (batch, poked))
    differs = np.flatnonzero((before != after).any(axis=1))
    first = 11 if model.frames_per_step == 1 else 12  # frame 10 is in the step of 9 to 11
    assert differs.tolist() == list(range(first, 22))


def test_attention_sums_to_one_on_symbols_and_is_zero_on_padding(model):
    batch = make_batch()
    weights = run(model, batch)["attention"].numpy()
    n_steps = -(-batch["mel_lengths"].numpy() // model.frames_per_step)
    for b, n in enumerate(LENGTHS):
        np.testing.assert_allclose(weights[b, :, :, : n_steps[b], :n].sum(axis=-1), 1.0, atol=1e-12)
        assert not weights[b, :, :, :, n:].any()
        assert not weights[b, :, :, n_steps[b] :].any()


def test_what_is_spoken_ends_where_the_stop_is_likelier_than_not():
    model, batch = make_model(frames_per_step=2), make_batch()
    for bias, frames, stopped in ((50.0, 2, True), (-50.0, 7, False)):
        model.decoder.stop.bias.set_value(paddle.to_tensor([bias], "float64"))
        found = model.infer(batch["text"], batch["text_lengths"], max_frames=7)
        assert found["mel_lengths"].tolist() == [frames] * 3
        assert found["mel"].shape == [3, frames, 10]
        assert found["stopped"].tolist() == [stopped] * 3
        assert found["durations"].sum(axis=1).tolist() == [frames] * 3


def test_without_a_limit_it_ends_after_thirty_frames_a_symbol():
    model = make_model()
    assert model.infer(paddle.to_tensor([[3, 4]]), paddle.to_tensor([2]))["mel_lengths"].tolist() == [60]


def test_without_a_limit_what_never_ends_is_cut_off_where_it_would_be_alone(monkeypatch, model):
    monkeypatch.setattr("parakeet.models.transformer_tts.transformer_tts.FRAMES_PER_SYMBOL", 4)
    batch = make_batch()
    found = model.infer(batch["text"], batch["text_lengths"])
    assert found["mel_lengths"].tolist() == [4 * n for n in LENGTHS] == found["durations"].sum(axis=1).tolist()
    assert found["stopped"].tolist() == [False] * 3
    for b, n in enumerate(LENGTHS):
        own = model.infer(batch["text"][b : b + 1, :n], batch["text_lengths"][b : b + 1])["mel"].numpy()[0]
        np.testing.assert_allclose(found["mel"].numpy()[b, : 4 * n], own, atol=1e-12)


def test_no_frame_at_all_is_refused():
    batch = make_batch()
    with pytest.raises(ValueError, match="TransformerTTS: max_frames is at least 1; it is 0."):
        make_model().infer(batch["text"], batch["text_lengths"], max_frames=0)


def test_losses_are_zero_for_the_truth_and_never_look_at_padding(model):
    batch = make_batch("float32")
    n_steps = -(-batch["mel_lengths"].numpy() // model.frames_per_step)
    stop = np.full((3, n_steps.max()), -100.0, "float32")
    stop[np.arange(3), n_steps - 1] = 100.0
    stop[2, n_steps[2] :] = 77.0  # behind the end nothing is asked
    noisy = batch["mel"].numpy().copy()
    noisy[2, 9:] = 99.0
    truth = {"mel": batch["mel"], "mel_before": paddle.to_tensor(noisy), "stop": paddle.to_tensor(stop)}
    truth["step_lengths"] = paddle.to_tensor(n_steps)
    losses = transformer_tts_losses(truth, batch, model.mel_std.astype("float32"))
    assert {name: loss.item() for name, loss in losses.items()} == {"loss": 0.0, "mel_loss": 0.0, "stop_loss": 0.0}


def test_the_last_step_counts_five_times():
    batch = make_batch("float32")
    silent = {"mel": batch["mel"], "mel_before": batch["mel"], "stop": paddle.zeros([3, 22]), "step_lengths": batch["mel_lengths"]}
    stop_loss = transformer_tts_losses(silent, batch, paddle.ones([1, 1, 10]))["stop_loss"].item()
    assert stop_loss == pytest.approx(np.log(2) * (45 - 3 + 5 * 3) / 45, rel=1e-6)


def test_guided_attention_holds_half_the_heads_of_each_block_and_is_part_of_the_sum(model):
    batch = make_batch("float32")
    outputs = {key: value.astype("float32") if value.dtype == paddle.float64 else value for key, value in run(model, make_batch()).items()}
    plain = transformer_tts_losses(outputs, batch, paddle.ones([1, 1, 10]))
    guided = transformer_tts_losses(outputs, batch, paddle.ones([1, 1, 10]), attention_weight=2.0)
    assert guided["loss"].item() == pytest.approx(plain["loss"].item() + 2 * guided["attention_loss"].item(), rel=1e-6)
    assert "attention_loss" not in plain
    outputs["attention"][:, :, 1] = 0.0  # the other of two heads
    free = transformer_tts_losses(outputs, batch, paddle.ones([1, 1, 10]), attention_weight=2.0)
    assert free["attention_loss"].item() == guided["attention_loss"].item()


def test_every_parameter_is_learnt():
    model, batch = make_model("float32", frames_per_step=2), make_batch("float32")
    model.decoder.stop.bias.set_value(paddle.zeros([1]))
    model.train()
    transformer_tts_losses(run(model, batch), batch, model.mel_std)["loss"].backward()
    without = [name for name, p in model.named_parameters() if p.grad is None or not np.abs(p.grad.numpy()).any()]
    # A constant added to all keys changes no attention.
    assert [name for name in without if not name.endswith("attention.keys.bias")] == []
