"""A few utterances learnt by heart."""

import copy
import re

import numpy as np
import pytest
from making import make_corpus
from toy_experiment import ToyExperiment

from parakeet.audio.io import read_wav
from parakeet.audio.mel import log_mel
from parakeet.config import Config
from parakeet.errors import DataError, RunError
from parakeet.experiments.acoustic import AcousticConfig, AcousticExperiment, PreparedSection
from parakeet.experiments.overfit import COPIED, LEARNT, UNTRAINED, FewUtterances, keep_sounds, measure, overfit
from parakeet.models.fastspeech2 import fastspeech2_losses
from parakeet.preparation.prepare import prepare
from parakeet.preparation.store import PreparedData
from parakeet.training import TrainingConfig


class Section(Config):
    channels: int = 16
    encoder_blocks: int = 1
    decoder_blocks: int = 1
    intermediate_channels: int = 32
    pitch_blocks: int = 1
    postnet_blocks: int = 0
    dropout: float = 0.0


class SmallConfig(AcousticConfig):
    model: Section = Section()


class SmallExperiment(AcousticExperiment):
    config_class = SmallConfig
    model_name = "fastspeech2"

    def losses(self, outputs, batch):
        return fastspeech2_losses(outputs, batch, self.model.mel_std)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("overfit")
    make_corpus(folder / "corpus", ("train",) * 6 + ("valid",) * 2 + ("test",) * 2)
    prepare(folder / "corpus", folder / "prepared", workers=1)
    return folder / "prepared"


@pytest.fixture(scope="module")
def found(prepared, tmp_path_factory):
    training = TrainingConfig(learning_rate=1e-2, decay="constant")
    experiment = SmallExperiment(SmallConfig(data=PreparedSection(path=str(prepared)), training=training), tmp_path_factory.mktemp("run"))
    return overfit(experiment, 60, count=3, seconds=0.8)


def test_training_brings_the_sound_nearer_to_the_recordings_and_copies_are_nearest(found):
    untrained, learnt, copied = (found.distances[what] for what in (UNTRAINED, LEARNT, COPIED))
    assert learnt.mel < 0.7 * untrained.mel
    assert learnt.mcd < 0.7 * untrained.mcd
    assert copied.mel < learnt.mel
    assert found.iterations == 60
    assert found.train_seconds > 0


def test_the_table_has_a_row_for_each_kind_of_sound(found):
    assert re.search(rf"\| {COPIED} \| {found.distances[COPIED].mel:.3f} \| {found.distances[COPIED].mcd:.2f} \|", found.table())
    assert len(found.table().splitlines()) == 5


def test_sounds_are_kept_by_name_and_kind(found, prepared, tmp_path):
    keep_sounds(found, PreparedData(prepared).mel_config, tmp_path)
    assert len(list(tmp_path.glob("*-copy-synthesis.wav"))) == 3
    wav, _ = read_wav(tmp_path / f"{found.names[0]}-after-training.wav")
    assert np.abs(wav - found.sounds[LEARNT][0]).max() < 1e-4


def test_the_few_are_those_nearest_in_length_and_stand_in_for_every_split(prepared):
    few, whole = FewUtterances(prepared, 3, seconds=0.8), PreparedData(prepared)
    train = whole.indices("train")
    distance = dict(zip(train, np.abs(whole.lengths(train) - 0.8 * 16000 / 256), strict=True))
    assert few.indices("train") == few.indices("valid") == few.indices("test") == sorted(sorted(train, key=distance.get)[:3])
    again = copy.copy(few)  # as it goes to a worker process
    assert again.indices("valid") == few.indices("valid")


def test_more_utterances_than_there_are_is_an_error(prepared):
    with pytest.raises(DataError, match="7 utterances were asked for, its split 'train' has 6. Ask for fewer."):
        FewUtterances(prepared, 7)


def test_a_sound_with_the_recorded_spectrum_has_no_distance(prepared):
    data = PreparedData(prepared)
    wav = data.wav(0)
    found = measure([log_mel(wav, data.mel_config)], [wav], data.mel_config)
    assert found.mel == 0
    assert found.mcd == pytest.approx(0, abs=1e-3)
    assert found.seconds == len(wav) / 16000


def test_no_sound_at_all_is_measured_as_silence(prepared):
    data = PreparedData(prepared)
    assert measure([data[0]["mel"]], [np.zeros(0, np.float32)], data.mel_config).mel > 1


def test_an_experiment_that_makes_no_sound_is_refused(tmp_path):
    experiment = ToyExperiment(ToyExperiment.config_class(), tmp_path)
    with pytest.raises(RunError, match=r"ToyExperiment can't be measured on a few utterances: it has no `prepared`"):
        overfit(experiment, 1)
