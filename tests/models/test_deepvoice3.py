"""Deep Voice 3."""

import runpy
from pathlib import Path

import numpy as np
import paddle
import pytest

from parakeet.models.deepvoice3 import SIZES, DeepVoice3, deepvoice3_losses
from parakeet.modules.weight_norm import count_parameters, fold_weight_norm

GOLDEN = Path(__file__).parent.parent.parent / "scripts" / "golden" / "deepvoice3.py"
OPTIONS = {
    "n_mels": 5,
    "embedding_channels": 12,
    "encoder_channels": 8,
    "encoder_blocks": 2,
    "decoder_widths": (10, 12),
    "decoder_layers": 2,
    "attention_channels": 8,
    "converter_channels": 8,
    "converter_blocks": 2,
    "frames_per_step": 3,
}
TEXT_LENGTHS, MEL_LENGTHS = [5, 9, 3], [20, 31, 12]


def build(**options):
    """A small model in float64, evaluating."""
    paddle.seed(1)
    model = DeepVoice3(20, **{**OPTIONS, "mel_mean": np.full(5, -4.0), "mel_std": np.full(5, 2.0), **options})
    model.to(dtype="float64")
    model.eval()
    return model


@pytest.fixture(params=[1, 3], ids=["one speaker", "several speakers"])
def model(request):
    return build(n_speakers=request.param, speaker_channels=4)


@pytest.fixture
def batch():
    rng = np.random.default_rng(0)
    text = rng.integers(1, 20, [3, 9]) * (np.arange(9) < np.array(TEXT_LENGTHS)[:, None])
    arrays = {
        "text": text,
        "text_lengths": np.array(TEXT_LENGTHS),
        "mel": rng.standard_normal([3, 31, 5]) * 2 - 4,
        "mel_lengths": np.array(MEL_LENGTHS),
        "speaker": np.array([2, 0, 1]),
    }
    return {key: paddle.to_tensor(value) for key, value in arrays.items()}


def arguments(model, batch, names, rows=slice(None), symbols=None, frames=None):
    """What a model takes of some utterances, without the padding they need not have."""
    ends = {"text": symbols, "mel": frames}
    names = [*names, "speaker"] if model.n_speakers > 1 else names
    return {name: batch[name][rows, : ends[name]] if name in ends else batch[name][rows] for name in names}


def run(model, batch, **cut):
    return model(**arguments(model, batch, model.inputs, **cut))


def speak(model, batch, cut=None, **options):
    return model.infer(**arguments(model, batch, ["text", "text_lengths"], **(cut or {})), **options)


@pytest.mark.parametrize("size", ["single", "vctk"])
def test_the_paper_s_sizes_have_the_parameters_counted_by_hand(size):
    count = runpy.run_path(GOLDEN)["count"]
    assert count_parameters(DeepVoice3(40, **SIZES[size])) == count(size, 40)


def test_a_linear_spectrum_costs_the_parameters_counted_by_hand():
    count = runpy.run_path(GOLDEN)["count"]
    assert count_parameters(DeepVoice3(40, **SIZES["single"], linear_bins=2049)) == count("single", 40, bands=2049)


def test_attention_begins_as_a_diagonal_whose_slope_is_the_ratio_of_the_rates():
    paddle.seed(0)
    model = DeepVoice3(20, **{**SIZES["single"], "encoder_blocks": 1, "decoder_layers": 2, "converter_blocks": 1})
    model.eval()
    text, mel = paddle.randint(1, 20, [1, 40]), paddle.zeros([1, 240, 80])
    looked = model(text, paddle.to_tensor([40]), mel, paddle.to_tensor([240]))["attention"].argmax(-1).numpy()[0]
    np.testing.assert_array_less(np.abs(looked - np.arange(0, 240, 4) / 6.3), 2)


def test_padding_never_changes_a_result(model, batch):
    together = run(model, batch)
    for b, (symbols, frames) in enumerate(zip(TEXT_LENGTHS, MEL_LENGTHS, strict=True)):
        alone = run(model, batch, rows=slice(b, b + 1), symbols=symbols, frames=frames)
        for key in ("mel", "mel_before"):
            np.testing.assert_allclose(together[key].numpy()[b, :frames], alone[key].numpy()[0], atol=1e-10)
            assert not together[key].numpy()[b, frames:].any()
        steps = -(-frames // 3)
        np.testing.assert_allclose(together["stop"].numpy()[b, :steps], alone["stop"].numpy()[0], atol=1e-10)
        weights = together["attention"].numpy()[b, :, :steps]
        np.testing.assert_allclose(weights[:, :, :symbols], alone["attention"].numpy()[0], atol=1e-10)
        np.testing.assert_allclose(weights.sum(axis=-1), 1, atol=1e-12)
        assert not weights[:, :, symbols:].any()


def test_a_step_knows_the_frames_before_it_alone(model, batch):
    plain = run(model, batch)
    batch["mel"][1, 13] += 1  # of the steps 0, 1 ..., number 4 makes it, number 5 is the first that is told
    poked = run(model, batch)
    for key, first in (("mel_before", 15), ("stop", 5)):
        differs = np.abs(poked[key].numpy()[1] - plain[key].numpy()[1]).reshape([len(plain[key][1]), -1]).max(axis=1)
        assert np.flatnonzero(differs)[0] == first
    np.testing.assert_array_equal(poked["attention"].numpy()[1, :, :5], plain["attention"].numpy()[1, :, :5])


@pytest.mark.parametrize("window", [None, 2])
def test_step_by_step_is_what_all_at_once_is_of_the_same_frames(model, batch, window):
    spoken = speak(model, batch, max_frames=30, window=window)
    last = spoken["mel_lengths"]
    told = run(model, {**batch, "mel": spoken["mel_before"], "mel_lengths": last})
    same = np.allclose(told["mel"].numpy(), spoken["mel"].numpy(), atol=1e-9)
    assert same == (window is None)
    if window is None:
        np.testing.assert_allclose(told["attention"].numpy(), spoken["attention"].numpy(), atol=1e-9)


def never_done(model):
    model.decoder.stop.bias.set_value(paddle.full([1], -50.0, "float64"))
    return model


def test_a_window_goes_forward_over_the_symbols_and_nothing_outside_it_is_looked_at(model, batch):
    weights = speak(never_done(model), batch, max_frames=90, window=3)["attention"].numpy()
    first = np.zeros(weights.shape[:2], int)
    for step in range(weights.shape[2]):
        places = np.arange(weights.shape[3])
        outside = (places < first[:, :, None]) | (places >= first[:, :, None] + 3)
        assert not weights[:, :, step][outside].any()
        now = weights[:, :, step].argmax(-1)
        assert (now >= first).all()
        first = now
    assert first.max() > 0


def test_only_the_layers_that_are_named_have_a_window(model, batch):
    weights = speak(never_done(model), batch, max_frames=30, window=1, monotonic_layers=[1])["attention"].numpy()
    np.testing.assert_array_equal(weights[:, 1, :, 0], 1)
    assert (weights[:, 0, :, 0] < 1).all()


def test_an_utterance_is_spoken_alike_alone_and_among_others(model, batch):
    model.decoder.stop.bias.set_value(paddle.full([1], -0.5, "float64"))
    together = speak(model, batch, max_frames=60)
    assert together["durations"].sum(axis=1).tolist() == together["mel_lengths"].tolist()
    for b, symbols in enumerate(TEXT_LENGTHS):
        alone = speak(model, batch, {"rows": slice(b, b + 1), "symbols": symbols}, max_frames=60)
        frames = alone["mel"].shape[1]
        assert [alone["mel_lengths"].item(), together["mel_lengths"][b].item()] == [frames, frames]
        np.testing.assert_allclose(together["mel"].numpy()[b, :frames], alone["mel"].numpy()[0], atol=1e-9)
        assert not together["mel"].numpy()[b, frames:].any()


def test_guided_attention_is_what_looks_off_the_diagonal_and_counts_as_much_as_it_is_asked_to(model, batch):
    outputs = run(model, batch)
    plain, guided = (deepvoice3_losses(outputs, batch, model.mel_std, 3, attention_weight=weight) for weight in (0.0, 2.0))
    looks = outputs["attention"].numpy()
    expected = []
    for b, (symbols, frames) in enumerate(zip(TEXT_LENGTHS, MEL_LENGTHS, strict=True)):
        steps = -(-frames // 3)
        off = np.arange(steps)[:, None] / steps - np.arange(symbols) / symbols
        expected += [(looks[b, :, :steps, :symbols] * (1 - np.exp(-(off**2) / 0.08))).sum(axis=-1).ravel()]
    np.testing.assert_allclose(guided["attention_loss"].item(), np.concatenate(expected).mean(), rtol=1e-5)
    np.testing.assert_allclose(guided["loss"].item() - plain["loss"].item(), 2 * guided["attention_loss"].item(), rtol=1e-6)


def test_what_never_ends_is_cut_off_at_three_times_what_its_rates_let_one_expect():
    spoken = never_done(build(key_rate=5.0)).infer(paddle.to_tensor([[1] * 21]), paddle.to_tensor([21]))
    assert spoken["mel_lengths"].item() == 402  # 100 + 3 * 5 * 20, in threes


def test_what_never_ends_is_cut_off_where_it_would_be_alone(model, batch):
    never_done(model)
    together = speak(model, batch, window=None)["mel_lengths"].tolist()
    assert len(set(together)) == 3
    for b, symbols in enumerate(TEXT_LENGTHS):
        assert speak(model, batch, {"rows": slice(b, b + 1), "symbols": symbols}, window=None)["mel_lengths"].item() == together[b]


def test_no_frame_at_all_is_refused(batch):
    with pytest.raises(ValueError, match="DeepVoice3: max_frames is at least 1; it is 0."):
        speak(build(), batch, max_frames=0)


def test_what_does_not_end_is_cut_off_and_told():
    model, text = never_done(build()), paddle.to_tensor([[1, 2, 3]])
    spoken = model.infer(text, paddle.to_tensor([3]), max_frames=7)
    assert [spoken["finished"].item(), spoken["mel_lengths"].item()] == [False, 9]
    model.decoder.stop.bias.set_value(paddle.full([1], 50.0, "float64"))
    spoken = model.infer(text, paddle.to_tensor([3]), max_frames=7)
    assert [spoken["finished"].item(), spoken["mel_lengths"].item()] == [True, 3]


def test_a_rate_moves_the_positions_of_symbols_together(batch):
    paddle.seed(0)
    model = DeepVoice3(20, **{**SIZES["single"], "encoder_blocks": 1, "decoder_layers": 1, "converter_blocks": 1})
    model.eval()
    model.decoder.stop.bias.set_value(paddle.to_tensor([-50.0]))
    text, lengths = paddle.randint(1, 20, [1, 40]), paddle.to_tensor([40])
    rates = paddle.ones([1, 40])
    rates[:, 10:] = 2.0

    def looked(rate):
        return model.infer(text, lengths, rate=rate, max_frames=120, window=None)["attention"].argmax(-1).numpy()[0, 0]

    frames = np.arange(0, 120, 4)
    np.testing.assert_array_less(np.abs(looked(2.0) - frames / 3.15), 2.5)
    faster_later = np.where(frames < 63, frames / 6.3, 10 + (frames - 63) / 3.15)
    np.testing.assert_array_less(np.abs(looked(rates) - faster_later), 2.5)


def test_queries_and_keys_begin_alike_and_learn_apart():
    attention = build().decoder.attentions[0]
    for name, value in attention.queries.state_dict().items():
        np.testing.assert_array_equal(attention.keys.state_dict()[name].numpy(), value.numpy())
    assert not np.array_equal(attention.values.weight_v.numpy(), attention.queries.weight_v.numpy())
    attention.queries.weight_g.set_value(attention.queries.weight_g * 2)
    assert not np.array_equal(attention.keys.weight_g.numpy(), attention.queries.weight_g.numpy())


def test_speakers_differ_in_sound_and_in_the_rates_of_their_positions(batch):
    model = build(n_speakers=3, speaker_channels=4)
    one = run(model, {**batch, "speaker": paddle.to_tensor([0, 0, 0])})
    other = run(model, {**batch, "speaker": paddle.to_tensor([1, 1, 1])})
    assert np.abs(one["mel"].numpy() - other["mel"].numpy()).max() > 1e-3
    assert np.abs(one["attention"].numpy() - other["attention"].numpy()).max() > 1e-3
    model.speakers.weight.set_value(paddle.zeros_like(model.speakers.weight))
    _, source = model._read(batch["text"], batch["text_lengths"], batch["speaker"])
    np.testing.assert_allclose(source.rate.numpy(), 1)
    np.testing.assert_allclose(source.positions.numpy()[1], 6.3 * np.arange(9))


def test_several_speakers_must_be_told_apart(batch):
    model = build(n_speakers=3, speaker_channels=4)
    with pytest.raises(ValueError, match=r"there are 3 speakers, and none was named; expected speaker, \(B,\)"):
        model(*(batch[name] for name in model.inputs))
    with pytest.raises(ValueError, match="there are 1 speakers, and one was named"):
        build()(*(batch[name] for name in model.inputs), batch["speaker"])


def test_a_converter_may_make_a_linear_spectrum_for_griffin_lim(batch):
    model = build(linear_bins=7, linear_mean=np.full(7, -6.0), linear_std=np.full(7, 3.0))
    outputs, spoken = run(model, batch), speak(model, batch, max_frames=9)
    assert [list(outputs[name].shape) for name in ("mel", "linear")] == [[3, 31, 5], [3, 31, 7]]
    assert list(spoken["linear"].shape) == [3, spoken["mel"].shape[1], 7]
    assert "mel_before" not in outputs
    assert -9 < outputs["linear"].numpy()[1].mean() < -3
    batch["linear"] = outputs["linear"] + 6.0
    losses = deepvoice3_losses({**outputs, "mel": batch["mel"]}, batch, model.mel_std, 3, linear_std=model.linear_std)
    assert losses["mel_loss"].item() == pytest.approx(2.0)


def test_parts_that_cannot_meet_are_refused():
    with pytest.raises(ValueError, match="queries have 10 channels, keys 12; they must have as many"):
        build(decoder_widths=(10,))
    with pytest.raises(ValueError, match="5 frames a step do not share 12 channels"):
        build(frames_per_step=5)


def test_every_parameter_is_learnt(model, batch):
    model.train()
    outputs = run(model, batch)
    deepvoice3_losses(outputs, batch, model.mel_std, 3)["loss"].backward()
    without = [name for name, parameter in model.named_parameters() if parameter.grad is None or not np.abs(parameter.grad.numpy()).any()]
    # A constant added to all keys changes no attention.
    assert [name for name in without if not name.endswith("keys.bias")] == []


def test_every_filter_and_every_matrix_is_normalised_and_folding_changes_nothing(model, batch):
    plain = {name for name, _ in model.named_parameters() if name.endswith(".weight")}
    assert plain == {"encoder.embedding.weight", *(["speakers.weight"] if model.n_speakers > 1 else [])}
    before = run(model, batch)["mel"].numpy()
    np.testing.assert_allclose(run(fold_weight_norm(model), batch)["mel"].numpy(), before, atol=1e-10)


def test_losses_count_both_spectra_and_the_last_step_and_never_look_at_padding(batch):
    steps = np.arange(11) == np.array([[6], [10], [3]])
    outputs = {
        "mel": batch["mel"] + 1,
        "mel_before": batch["mel"] - 2,
        "stop": paddle.to_tensor(np.where(steps, 100.0, -100.0)),
        "attention": paddle.zeros([3, 1, 11, 9], "float64"),
    }
    losses = deepvoice3_losses(outputs, batch, paddle.full([1, 1, 5], 2.0, "float64"), 3)
    assert {name: round(loss.item(), 9) for name, loss in losses.items()} == {
        "loss": 1.5,
        "mel_loss": 1.5,
        "stop_loss": 0.0,
        "attention_loss": 0.0,
    }
    for b, (frames, last) in enumerate(zip(MEL_LENGTHS, [6, 10, 3], strict=True)):
        outputs["mel"][b, frames:] = 1e6
        outputs["stop"][b, last + 1 :] = 1e6
    again = deepvoice3_losses(outputs, batch, paddle.full([1, 1, 5], 2.0, "float64"), 3)
    assert again["loss"].item() == losses["loss"].item()
    outputs["stop"][1, 10] = -100.0
    for weight in (1.0, 5.0):
        missed = deepvoice3_losses(outputs, batch, paddle.full([1, 1, 5], 2.0, "float64"), 3, weight)["stop_loss"]
        assert missed.item() == pytest.approx(weight * 100 / 22)
