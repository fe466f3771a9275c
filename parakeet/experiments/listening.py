"""A voice beside the recordings it was not trained on."""

from pathlib import Path

from parakeet.audio.griffin_lim import griffin_lim
from parakeet.audio.io import write_wav
from parakeet.preparation.store import PreparedData
from parakeet.voice import Voice


def speak_test_sentences(run, prepared_directory, folder):
    """Write ``<utt_id>.wav`` (the voice) and ``<utt_id>-copy.wav`` (Griffin-Lim from the recorded mel) for every test utterance.

    Args:
        run (str | Path): a run's folder or a packed voice.
        prepared_directory (str | Path): what ``parakeet prepare`` made.
        folder (str | Path): where they go.
    """
    voice, prepared, folder = Voice.load(run), PreparedData(prepared_directory), Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    config = prepared.mel_config
    for i in prepared.indices("test"):
        example = prepared[i]
        name = example["utt_id"].replace("/", "-")
        speech = voice.speak(example["text"])
        speech.save(folder / f"{name}.wav")
        write_wav(folder / f"{name}-copy.wav", griffin_lim(example["mel"], config), config.sample_rate)
        print(f"{name}: {speech.seconds:.2f} s  {example['text']}")
