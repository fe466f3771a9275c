"""Prepared data that are there already, as a source of records."""

import numpy as np

from parakeet.preparation.record import Record, Rejection

_PLACE = {"utt_id", "speaker", "split", "text", "wav", "key", "shard", "first_frame", "first_sample"}
_TIMING = ("phones", "durations", "score")


class Former:
    """What was prepared before, by the keys of records.

    Args:
        data (PreparedData | None): None where there is nothing.
        readable (bool): whether records may be taken from it at all.
    """

    def __init__(self, data, readable=True):
        self.data = data
        lines = [] if data is None else [data.utterance(i) for i in range(len(data))]
        self._names = {line["utt_id"]: i for i, line in enumerate(lines)}
        self._reasons = {} if data is None else {record["utt_id"]: record["reason"] for record in data.rejected}
        self._places, self._rejections = {}, {}
        if data is not None and readable:
            self._places = {line["key"]: i for i, line in enumerate(lines)}
            self._rejections = {record["key"]: record["reason"] for record in data.rejected if "key" in record}

    def __contains__(self, key):
        return key in self._places or key in self._rejections

    def reason(self, key):
        """str | None: why there is no record for a key that is here; None where there is one."""
        return self._rejections.get(key)

    def get(self, key):
        """Give the record of a key.

        Returns:
            Record | Rejection
        """
        if key in self._rejections:
            return Rejection(self._rejections[key])
        i = self._places[key]
        line = self.data.utterance(i)
        example = self.data[i]
        arrays = {name: example[name] for name in ("mel", "pitch", "energy")}
        if self.data.info["keep_wav"]:
            arrays["wav"] = np.round(self.data.wav(i) * 32768).astype("<i2")
        return Record({name: value for name, value in line.items() if name not in _PLACE}, arrays)

    def timing(self, key, utt_ids):
        """Give what was learned of utterances, if it was learned from the same.

        Args:
            key (str): of what it is learned from.
            utt_ids (Iterable[str]): of which utterances.

        Returns:
            list[dict | str] | None: ``phones, durations, score`` of each, or why it can't be used.
        """
        if self.data is None or self.data.info["durations"].get("key") != key:
            return None
        return [self._timing(name) for name in utt_ids]

    def _timing(self, name):
        if name not in self._names:
            return self._reasons[name]
        line = self.data.utterance(self._names[name])
        return {field: line[field] for field in _TIMING}
