"""Tacotron 2."""

import numpy as np
import paddle
import pytest

from parakeet.models.tacotron2 import SIZES, Tacotron2, tacotron2_losses
from parakeet.verification.proofs import distance, made_batch, padding_difference, reach, stirred, stored_parameters

LENGTHS = [5, 9, 3]
SMALL = {
    "channels": 8, "encoder_blocks": 2, "kernel_size": 3, "prenet_channels": 8, "decoder_channels": 12, "attention_channels": 6,
    "location_filters": 3, "location_kernel_size": 5, "postnet_channels": 8, "postnet_blocks": 3,
}  # fmt: skip


def made(never_ends=False, **options):
    paddle.seed(1)
    options = {**SMALL, "mel_mean": np.full(8, -4.0), "mel_std": np.full(8, 2.0), **options}
    model = stirred(Tacotron2(20, n_mels=8, **options))
    if never_ends:
        model.decoder.stop.bias.set_value(paddle.full_like(model.decoder.stop.bias, -100.0))
    return model


def taught(model, batch, **more):
    return model(**{key: batch[key] for key in model.inputs}, **more)


def test_the_common_configuration_has_its_number_of_parameters():
    assert stored_parameters(Tacotron2(148, **SIZES["paper"])) == 28_193_153


def test_the_configuration_of_the_paper_is_the_default():
    assert stored_parameters(Tacotron2(30)) == 28_193_153 - 118 * 512


@pytest.mark.parametrize("frames_per_step", [1, 3])
def test_company_changes_neither_training_nor_synthesis(frames_per_step):
    model, batch = made(frames_per_step=frames_per_step), made_batch(LENGTHS)
    inputs = {key: batch[key] for key in model.inputs}
    cuts = {"text": "text_lengths", "mel": "mel_lengths"}
    assert padding_difference(lambda part: taught(model, part), inputs, cuts) < 1e-12
    model = made(never_ends=True, frames_per_step=frames_per_step)

    def spoken(part):
        found = model.infer(part["text"], part["text_lengths"], max_frames=10)
        return {key: value for key, value in found.items() if key != "stopped"}

    assert padding_difference(spoken, {key: batch[key] for key in ("text", "text_lengths")}, {"text": "text_lengths"}) < 1e-12


@pytest.mark.parametrize("frames_per_step", [1, 3])
def test_a_frame_knows_only_the_last_frames_of_steps_before_it(frames_per_step):
    model, batch = made(frames_per_step=frames_per_step), made_batch([4])
    n_frames, at = batch["mel"].shape[1], 2 * frames_per_step - 1  # what the third step is told

    def before(mel):
        return model(batch["text"], batch["text_lengths"], mel, batch["mel_lengths"])["mel_before"]

    assert n_frames > 3 * frames_per_step
    assert reach(before, batch["mel"], at) == (at + 1, n_frames - 1)


@pytest.mark.parametrize("frames_per_step", [1, 2])
def test_synthesis_is_training_that_is_told_its_own_frames(frames_per_step):
    model, batch = made(never_ends=True, frames_per_step=frames_per_step), made_batch(LENGTHS)
    said = model.infer(batch["text"], batch["text_lengths"], max_frames=11)
    again = model(batch["text"], batch["text_lengths"], said["mel_before"], said["mel_lengths"])
    for key in ("mel", "mel_before", "attention"):
        assert distance(said[key], again[key]) < 1e-12


def test_attention_sums_to_one_and_is_exactly_nothing_on_padding():
    batch = made_batch(LENGTHS)
    attention = taught(made(frames_per_step=2), batch)["attention"].numpy()
    for b, (n_symbols, n_frames) in enumerate(zip(LENGTHS, batch["mel_lengths"].tolist(), strict=True)):
        n_steps = -(-n_frames // 2)
        np.testing.assert_allclose(attention[b, :n_steps].sum(axis=1), 1, atol=1e-12)
        assert (attention[b, :, n_symbols:] == 0).all()
        assert (attention[b, n_steps:] == 0).all()


def test_it_ends_with_the_first_frame_that_is_likely_the_last():
    model, batch = made(frames_per_step=3), made_batch(LENGTHS)
    never = made(never_ends=True, frames_per_step=3).infer(batch["text"], batch["text_lengths"], max_frames=12)
    logits = model(batch["text"], batch["text_lengths"], never["mel_before"], never["mel_lengths"])["stop"]
    model.decoder.stop.bias.set_value(model.decoder.stop.bias - float(logits[:, 4].min()) + 1e-6)  # some frame will do
    logits = model(batch["text"], batch["text_lengths"], never["mel_before"], never["mel_lengths"])["stop"].numpy()
    said = model.infer(batch["text"], batch["text_lengths"], max_frames=12)
    for b, likely in enumerate(logits > 0):
        expected = int(likely.argmax()) + 1 if likely.any() else 12
        assert int(said["mel_lengths"][b]) == expected
        assert bool(said["stopped"][b]) is bool(likely.any())


def test_what_does_not_end_is_cut_off_after_frames_for_each_symbol():
    model, batch = made(never_ends=True, frames_per_step=4), made_batch([2, 1])
    said = model.infer(batch["text"], batch["text_lengths"])
    assert said["mel_lengths"].tolist() == [60, 30]
    assert said["stopped"].tolist() == [False, False]
    assert bool((said["mel"][1, 30:] == 0).all())


def test_no_frames_at_all_can_not_be_asked_for():
    batch = made_batch([2])
    with pytest.raises(ValueError, match="max_frames is at least 1; it is 0"):
        made().infer(batch["text"], batch["text_lengths"], max_frames=0)


def test_durations_sum_to_the_frames_and_follow_the_attention():
    model, batch = made(never_ends=True, frames_per_step=3), made_batch(LENGTHS)
    said = model.infer(batch["text"], batch["text_lengths"], max_frames=10)
    assert said["durations"].sum(axis=1).tolist() == said["mel_lengths"].tolist()
    looked = np.repeat(said["attention"].numpy().argmax(axis=-1), 3, axis=1)[:, :10]
    for b in range(3):
        assert said["durations"][b].tolist() == np.bincount(looked[b], minlength=9).tolist()


def test_a_seed_says_the_same_again_and_another_speaks_differently():
    model, batch = made(never_ends=True), made_batch([4])
    first, again, other = (
        model.infer(batch["text"], batch["text_lengths"], max_frames=8, seed=seed)["mel"].numpy() for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1e-6


def test_speakers_are_heard_and_have_to_be_named():
    model, batch = made(n_speakers=2, speaker_channels=4), made_batch([4])
    one, two = (taught(model, batch, speaker=paddle.to_tensor([speaker]))["mel"].numpy() for speaker in (0, 1))
    assert np.abs(one - two).max() > 1e-6
    with pytest.raises(ValueError, match="it knows 2 speakers, and none was named; pass `speaker` exactly where there are several"):
        taught(model, batch)
    with pytest.raises(ValueError, match="it knows one speaker alone, and one was named"):
        taught(made(), batch, speaker=paddle.to_tensor([0]))


def test_every_parameter_learns():
    model, batch = made(frames_per_step=2), made_batch(LENGTHS)
    model.train()
    tacotron2_losses(taught(model, batch), batch, model.mel_std, attention_weight=1.0)["loss"].backward()
    silent = [name for name, parameter in model.named_parameters() if parameter.grad is None or not bool(parameter.grad.any())]
    # What is added to a convolution before it is normalised by its batch is taken away again.
    assert {name for name in silent if not (name.endswith(".bias") and ".convs." in name)} == set()


def outputs_of(batch, mel, stop):
    attention = paddle.ones([3, batch["mel"].shape[1], 9], "float64") / 9
    return {"mel": mel, "mel_before": mel, "stop": stop, "attention": attention, "step_lengths": batch["mel_lengths"]}


def test_the_losses_are_those_of_the_paper():
    batch = made_batch(LENGTHS)
    off = paddle.full_like(batch["mel"], 3.0)
    stop = paddle.zeros(batch["mel"].shape[:2], "float64")
    found = tacotron2_losses(outputs_of(batch, batch["mel"] + off, stop), batch, paddle.full([1, 1, 8], 2.0, "float64"), stop_weight=1.0)
    assert float(found["mel_loss"]) == pytest.approx(2 * (3.0 / 2.0) ** 2)  # both spectra, in standard deviations
    assert float(found["stop_loss"]) == pytest.approx(np.log(2))
    assert float(found["loss"]) == pytest.approx(float(found["mel_loss"]) + np.log(2))  # attention goes its own way


def test_what_lies_on_padding_costs_nothing():
    batch = made_batch(LENGTHS)
    noise = paddle.randn(batch["mel"].shape, "float64")
    mask = (paddle.arange(noise.shape[1]).unsqueeze(0) < batch["mel_lengths"].unsqueeze(1)).astype("float64")
    clean, noisy = (
        tacotron2_losses(
            outputs_of(batch, batch["mel"] + more.unsqueeze(-1) * noise, more * noise[..., 0]), batch, paddle.ones([1, 1, 8], "float64")
        )
        for more in (paddle.zeros_like(mask), 1 - mask)
    )
    for name, value in clean.items():
        assert float(value) == pytest.approx(float(noisy[name]), abs=1e-12)


def test_ending_late_or_early_costs_more_than_ending_in_time():
    batch = made_batch([4])
    last = paddle.nn.functional.one_hot(batch["mel_lengths"] - 1, batch["mel"].shape[1]).astype("float64")
    sure = 20 * last - 10
    costs = []
    for shift in (0, -1):
        outputs = outputs_of(batch, batch["mel"], paddle.roll(sure, shift, axis=1))
        outputs["attention"] = outputs["attention"][:1]
        costs.append(float(tacotron2_losses(outputs, batch, paddle.ones([1, 1, 8], "float64"))["stop_loss"]))
    assert costs[0] < 1e-3 < 1 < costs[1]
