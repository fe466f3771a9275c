"""Crops: a list of recordings and their mel spectra -> a batch of equally long pieces of both."""

import numpy as np

from parakeet.errors import DataError

SILENCE = float(np.log(1e-5))
"""What a log-mel spectrum says of digital silence."""


class Crops:
    """The batch function that vocoders learn from: a crop of each recording, cut at the borders of its frames.

    Examples are dicts of ``utt_id``, ``mel`` (T, n_mels) and ``wav`` (N,) with T = 1 + N // hop_length, and, where a vocoder shall learn
    from what an acoustic model makes, ``predicted`` (T, n_mels). A batch is a dict of ``utt_id`` (list), ``mel`` (B, n_frames, n_mels) and
    ``wav`` (B, n_frames * hop_length): frame t of a crop is centred at its sample ``t * hop_length``, as in the recording. Each of the
    ``tracks`` is (T,) in an example and (B, n_frames) in a batch.

    Args:
        n_frames (int): of a crop; shorter recordings are continued by silence.
        hop_length (int): samples from frame to frame.
        gains (tuple[float, float], optional): decibels; every crop is made louder or quieter by as many, drawn evenly between the two, so
            that the vocoder serves other levels than the corpus'. None takes the middle of each recording as it is: for validation.
        predicted_share (float): of the crops, so many take ``predicted`` for their mel spectrum where there is one, drawn for each.
        tracks (Sequence[str]): names of what else an example has one number of in each frame; shorter ones are continued by their last.

    Raises:
        DataError: if a size or a share is out of range; when called, if a recording and its spectrum do not belong together.
    """

    def __init__(self, n_frames, hop_length, gains=None, predicted_share=1.0, tracks=()):
        if n_frames < 1 or hop_length < 1:
            raise DataError(f"Crops: expected n_frames and hop_length of 1 at least, received {n_frames} and {hop_length}.")
        if not 0 <= predicted_share <= 1:
            raise DataError(f"Crops: expected a predicted_share from 0 to 1, received {predicted_share}.")
        if gains is not None and not gains[0] <= gains[1]:
            raise DataError(f"Crops: expected the lowest of the gains and the highest, received {gains}.")
        self.n_frames, self.hop_length = n_frames, hop_length
        self.gains, self.predicted_share, self.tracks = gains, predicted_share, tuple(tracks)

    def __call__(self, examples, rng):
        crops = [self._crop(example, rng) for example in examples]
        stacked = {name: np.stack([crop[name] for crop in crops]) for name in ("mel", "wav", *self.tracks)}
        return {"utt_id": [example["utt_id"] for example in examples], **stacked}

    def _crop(self, example, rng):
        mel, wav = self._mel(example, rng), example["wav"]
        spare = max(len(mel) - self.n_frames, 0)
        first = spare // 2 if self.gains is None else int(rng.integers(spare + 1))
        mel = mel[first : first + self.n_frames]
        wav = wav[first * self.hop_length : (first + self.n_frames) * self.hop_length]
        mel = np.pad(mel, ((0, self.n_frames - len(mel)), (0, 0)), constant_values=SILENCE)
        wav = np.pad(wav, (0, self.n_frames * self.hop_length - len(wav)))
        tracks = {name: self._track(example[name], first) for name in self.tracks}
        if self.gains is None:
            return {"mel": mel, "wav": wav, **tracks}
        gain = rng.uniform(*self.gains) * np.log(10) / 20
        return {"mel": np.maximum(mel + np.float32(gain), np.float32(SILENCE)), "wav": wav * np.float32(np.exp(gain)), **tracks}

    def _track(self, values, first):
        values = values[first : first + self.n_frames]
        return np.pad(values, (0, self.n_frames - len(values)), mode="edge")

    def _mel(self, example, rng):
        mel, frames = example["mel"], 1 + len(example["wav"]) // self.hop_length
        if "predicted" in example and rng.random() < self.predicted_share:
            mel = example["predicted"]
        if len(mel) != frames:
            raise DataError(
                f"Crops: expected {frames} frames for the {len(example['wav'])} samples of '{example['utt_id']}', one every "
                f"{self.hop_length}; its spectrum has {len(mel)}."
            )
        return mel
