"""Speak the test sentences of a run beside their recordings: ``python examples/speedyspeech/synthesis.py RUN PREPARED FOLDER``.

For one text of your own, ``parakeet speak "..." --voice RUN`` is the command.
"""

import sys
from pathlib import Path

from parakeet.audio.griffin_lim import griffin_lim
from parakeet.audio.io import write_wav
from parakeet.cpu import import_paddle
from parakeet.training.cli import told_plainly


@told_plainly
def main(run, prepared_directory, folder):
    """Write ``<utt_id>.wav`` (the voice) and ``<utt_id>-copy.wav`` (Griffin-Lim from the recorded mel) for every test utterance."""
    from parakeet.preparation.store import PreparedData
    from parakeet.voice import Voice

    voice, prepared, folder = Voice.load(run), PreparedData(prepared_directory), Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for i in prepared.indices("test"):
        example = prepared[i]
        name = example["utt_id"].replace("/", "-")
        speech = voice.speak(example["text"])
        speech.save(folder / f"{name}.wav")
        write_wav(
            folder / f"{name}-copy.wav",
            griffin_lim(example["mel"], prepared.mel_config),
            prepared.mel_config.sample_rate,
        )
        print(f"{name}: {speech.seconds:.2f} s  {example['text']}")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    import_paddle("Synthesis")
    main(*sys.argv[1:])
