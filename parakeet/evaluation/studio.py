"""Where sentences are made audible: by a voice, and by copies of its recordings."""

import os
import time

import numpy as np

from parakeet.audio.griffin_lim import griffin_lim
from parakeet.audio.mel import log_mel
from parakeet.errors import DataError, TextError
from parakeet.evaluation.conditions import COPY, GRIFFIN_LIM, GRIFFIN_LIM_ITERATIONS, RECORDING, VOICE
from parakeet.evaluation.intelligibility import derangement
from parakeet.evaluation.listening import Sound, Task
from parakeet.evaluation.sentences import recording_of

TIMED = 20
"""Sentences on which the speed is measured: evenly spread, while nothing else of ours runs."""


class Studio:
    """Makes sentences audible, the same way each time it is asked.

    Args:
        voice (Voice): speaks.
        sentences (Sentences): to be spoken.
        seed (int): of the choice of wrong texts.

    Attributes:
        wrong (list[int]): for each sentence the number of another one.

    Raises:
        DataError: if the voice can't read a sentence; it is named.
    """

    def __init__(self, voice, sentences, seed=0):
        self.voice = voice
        self.sentences = sentences.chosen
        self.mel = voice.description.mel
        self.wrong = derangement([sentence.text for sentence in self.sentences], seed)
        for number, sentence in enumerate(self.sentences, start=1):
            try:
                voice.phones(sentence.text)
            except TextError as error:
                name = f"utterance '{sentence.takes[0].utt_id}'" if sentence.takes else f"sentence {number}"
                raise DataError(f"{name}: {error}") from error

    @property
    def has_vocoder(self):
        """bool: whether the voice has a vocoder of its own; without one, copy synthesis is a Griffin-Lim copy."""
        return self.voice.description.has_vocoder

    def task(self, number):
        """Task: sentence ``number`` in every way, with a recording of another one."""
        sentence, other = self.sentences[number], self.sentences[self.wrong[number]]
        return Task(number, self.mel.sample_rate, self.sounds(number), self._recording(other.takes[0]) if sentence.takes else None)

    def sounds(self, number):
        """dict[str, list[Sound]]: sentence ``number`` under each condition, a sound for each take; of the voice one."""
        sentence = self.sentences[number]
        made = {VOICE: [self.speak(sentence.text)]}
        if sentence.takes:
            recordings = [self._recording(take) for take in sentence.takes]
            made[RECORDING] = recordings
            if self.has_vocoder:
                made[COPY] = [Sound(self.copy(recording.wav)) for recording in recordings]
            made[GRIFFIN_LIM] = [Sound(self.griffin_lim_copy(recording.wav)) for recording in recordings]
        return made

    def speak(self, text):
        """Sound: the voice's."""
        speech = self.voice.speak(text)
        return Sound(speech.wav, list(speech.phones), np.asarray(speech.durations) * self.mel.hop_length / self.mel.sample_rate)

    def copy(self, wav):
        """ndarray: a recording through the voice's own vocoder and back."""
        return self.voice.engine.vocode(log_mel(wav, self.mel))[: len(wav)]

    def griffin_lim_copy(self, wav):
        """ndarray: a recording through Griffin-Lim and back."""
        return np.clip(griffin_lim(log_mel(wav, self.mel), self.mel, GRIFFIN_LIM_ITERATIONS, length=len(wav)), -1, 1)

    def _recording(self, take):
        return Sound(recording_of(take, self.mel.sample_rate), take.phones, take.seconds)

    def measure_speed(self, progress=None):
        """Time the voice and the copies (mel spectrum and back), one after the other, each warmed up by its first sound.

        Args:
            progress (Callable, optional): called with (what, done, total).

        Returns:
            tuple[dict, dict]: for each sentence timed and each condition (seconds of work, seconds of sound); and the circumstances:
            ``threads`` (int), ``load_average`` (float: how busy the machine was with other things), ``first_sentence_seconds`` (float).
        """
        count = len(self.sentences)
        timed = np.unique(np.linspace(0, count - 1, min(TIMED, count)).round().astype(int)).tolist()
        load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
        _, first = self._timed(lambda: self.speak(self.sentences[timed[0]].text).wav)
        conditions = {"threads": int(os.environ.get("OMP_NUM_THREADS", "1")), "load_average": load, "first_sentence_seconds": first}
        found = {}
        for done, number in enumerate(timed, start=1):
            sentence = self.sentences[number]
            ways = {VOICE: lambda text=sentence.text: self.speak(text).wav}
            if sentence.takes:
                wav = self._recording(sentence.takes[0]).wav
                if self.has_vocoder:
                    ways[COPY] = lambda wav=wav: self.copy(wav)
                ways[GRIFFIN_LIM] = lambda wav=wav: self.griffin_lim_copy(wav)
            if done == 1:
                for way in ways.values():
                    way()
            found[number] = {}
            for condition, way in ways.items():
                wav, seconds = self._timed(way)
                if len(wav):
                    found[number][condition] = seconds, len(wav) / self.mel.sample_rate
            if progress is not None:
                progress("timing", done, len(timed))
        return found, conditions

    @staticmethod
    def _timed(work):
        start = time.perf_counter()
        result = work()
        return result, time.perf_counter() - start
