"""Recordings from disk and back: float32 in [-1, 1], one channel."""

import contextlib
import struct
from pathlib import Path

import numpy as np

from parakeet.errors import AudioError, what_is
from parakeet.requirements import require

# Below this peak (-60 dB of full scale) a recording holds nothing that could be speech.
SILENCE_PEAK = 1e-3


def read_wav(path, sample_rate=None, mix=False):
    """Read a recording (wav, flac, ogg ...) as one channel.

    Args:
        path (str | Path): the file.
        sample_rate (int, optional): the rate wanted, Hz. A higher recorded rate is brought down to it; a lower one is refused,
            because what was never recorded cannot be brought back. None keeps the file's own.
        mix (bool): average several channels instead of refusing them.

    Returns:
        tuple[numpy.ndarray, int]: wav (N,) float32 in [-1, 1], and its sample rate in Hz.

    Raises:
        AudioError: if the file is missing, truncated, not audio, empty, has several channels (without ``mix``), holds NaN or
            infinity, or was recorded at a lower rate than wanted.
    """
    path = Path(path)
    if not path.is_file():
        raise AudioError(f"{path}: no such recording. Check the path, or remove its line from the corpus.")
    try:
        if path.stat().st_size == 0:
            raise AudioError(f"{path}: is empty (0 bytes). Copy or export the recording again.")
        _refuse_truncated(path)
    except OSError as error:
        raise AudioError(f"{path}: can't be read ({error.strerror}). Check its rights, and the disk it is on.") from error
    soundfile = require("soundfile", None, "Reading recordings")  # libsndfile is loaded only by those who read a file

    try:
        wav, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, RuntimeError) as error:
        raise AudioError(
            f"{path}: can't be read as audio ({error}). Expected wav, flac or ogg; record or convert it again.{what_is(path)}"
        ) from error
    if len(wav) == 0:
        raise AudioError(f"{path}: holds no samples. Record or export it again.")
    wav = _one_channel(path, wav, mix)
    bad = np.flatnonzero(~np.isfinite(wav))
    if len(bad):
        raise AudioError(
            f"{path}: {len(bad)} of {len(wav)} samples are NaN or infinite, the first at {bad[0] / rate:.3f} s. Export the recording again."
        )
    if sample_rate is None or rate == sample_rate:
        return wav, rate
    if rate < sample_rate:
        raise AudioError(
            f"{path}: recorded at {rate} Hz, but {sample_rate} Hz is wanted; what lies above {rate // 2} Hz was never recorded. "
            f"Set mel.sample_rate to {rate} or less, or leave the recording out."
        )
    return resample(wav, rate, sample_rate), sample_rate


def _one_channel(path, wav, mix):
    if wav.shape[1] == 1:
        return wav[:, 0]
    if not mix:
        raise AudioError(
            f"{path}: has {wav.shape[1]} channels, expected 1. Convert it to mono, "
            "or ask for its channels to be averaged (mix_channels: true)."
        )
    return wav.mean(axis=1, dtype=np.float32)


def _refuse_truncated(path):
    """Compare what a RIFF header promises with what the file holds (libsndfile reads such a file as if it were whole)."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
            return
        while len(chunk := file.read(8)) == 8:
            name, length = chunk[:4], struct.unpack("<I", chunk[4:])[0]
            # 0xFFFFFFFF and 0 are what streaming writers leave when they can't seek back: no promise is made.
            if name == b"data":
                if length not in (0, 0xFFFFFFFF) and file.tell() + length > size:
                    raise AudioError(
                        f"{path}: truncated: its header promises {length} bytes of sound, the file holds {size - file.tell()}. "
                        "Copy or export the recording again."
                    )
                return
            file.seek(length + length % 2, 1)
    raise AudioError(f"{path}: truncated: its header ends before any sound. Copy or export the recording again.")


def refuse_silence(wav, name):
    """Make sure that a recording holds something to hear.

    Args:
        wav (numpy.ndarray): (N,) float32 in [-1, 1].
        name (str): what to call it in the message.

    Raises:
        AudioError: if its peak is under -60 dB of full scale.
    """
    peak = float(np.abs(wav).max(initial=0.0))
    if peak < SILENCE_PEAK:
        level = f"{20 * np.log10(peak):.0f} dB" if peak > 0 else "digital zero"
        raise AudioError(
            f"{name}: silent: its peak is {level}, expected at least -60 dB of full scale. Record it again or leave it out."
        )


def write_wav(file, wav, sample_rate):
    """Write a wav file of 16-bit samples; a file on disk appears whole or not at all.

    Args:
        file (str | Path | BinaryIO): a path, or an open binary file.
        wav (numpy.ndarray): (N,) in [-1, 1]; louder samples are clipped.
        sample_rate (int): Hz.

    Raises:
        AudioError: if wav isn't one channel of finite numbers, or can't be written there.
    """
    pcm = _pcm(wav, file)
    content = _riff(len(pcm), int(sample_rate)) + pcm
    if hasattr(file, "write"):
        _put(file, content)
        return
    path = Path(file)
    if not path.name:
        raise AudioError(f"can't write '{file}': expected the name of a wav file, received that of a folder.")
    try:
        # What is no file, such as a device or a pipe, is written into: replaced, it would be gone. A link stays one.
        if path.exists() and not (path.is_file() or path.is_dir()):
            path.write_bytes(content)
        else:
            _replace(path.resolve(), content)
    except OSError as error:
        raise AudioError(
            f"can't write {path}: {error.strerror}. Check that the folder exists, is writable and has room."
        ) from error


def _replace(path, content):
    beside = path.with_name(f".{path.name}.partial")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise


def _put(file, content):
    """Write into an open file, and hand it on at once."""
    rest = memoryview(content)
    try:
        while rest:  # a file without a buffer may take a part
            rest = rest[file.write(rest) :]
        file.flush()
    except BrokenPipeError:
        raise  # whoever listened has gone, which is no mistake
    except OSError as error:
        raise AudioError(f"can't write {getattr(file, 'name', 'the sound')}: {error.strerror}. Check that there is room.") from error


class WavWriter:
    """A wav file of 16-bit samples that grows while its sound is made; it can be listened to from the first write on.

    Until it is closed, and where there is no way back to its beginning (a pipe), its header promises no length.

    Args:
        file (BinaryIO): open for writing, best without a buffer (``buffering=0``); it is not closed with this.
        sample_rate (int): Hz.
    """

    def __init__(self, file, sample_rate):
        self.sample_rate = int(sample_rate)
        self.n_samples = 0
        self._file, self._begin = file, file.tell() if file.seekable() else None
        _put(file, _riff(None, self.sample_rate))

    def write(self, wav):
        """Add samples, (n,) in [-1, 1], and hand them on at once.

        Raises:
            AudioError: as :func:`write_wav`.
        """
        _put(self._file, _pcm(wav, "the sound"))
        self.n_samples += len(wav)

    def close(self):
        """Put the length into the header, where it can be reached; of what is there, even if a write broke off in the middle."""
        if self._begin is not None:
            end = self._file.tell()
            self._file.seek(self._begin)
            _put(self._file, _riff((end - self._begin - HEADER_BYTES) // 2 * 2, self.sample_rate))
            self._file.seek(end)


def _pcm(wav, file):
    wav = np.asarray(wav)
    if wav.ndim != 1 or not np.all(np.isfinite(wav)):
        raise AudioError(f"can't write {file}: expected one channel of finite samples, received shape {wav.shape}.")
    # Readers divide by 32768, so that is the scale; +1 itself is one step beyond the largest sample.
    return np.clip(np.round(wav.astype(np.float64) * 32768), -32768, 32767).astype("<i2").tobytes()


HEADER_BYTES = 44


def _riff(n_bytes, sample_rate):
    """A canonical header: 16-bit PCM, one channel; None bytes are as many as there will be."""
    fmt = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, sample_rate, sample_rate * 2, 2, 16)
    whole, data = (0xFFFFFFFF, 0xFFFFFFFF) if n_bytes is None else (4 + len(fmt) + 8 + n_bytes, n_bytes)
    # A header has room for 4 GB, which is 27 hours at 22 kHz; a longer sound promises no length.
    whole, data = (min(size, 0xFFFFFFFF) for size in (whole, data))
    return struct.pack("<4sI4s", b"RIFF", whole, b"WAVE") + fmt + struct.pack("<4sI", b"data", data)


def resample(wav, source_rate, target_rate):
    """Bring a signal from one sample rate to another by a polyphase anti-aliasing filter.

    Args:
        wav (numpy.ndarray): (N,).
        source_rate (int): Hz.
        target_rate (int): Hz.

    Returns:
        numpy.ndarray: (ceil(N * target / source),) float32.
    """
    if source_rate == target_rate:
        return np.asarray(wav, np.float32)
    from scipy.signal import resample_poly

    divisor = int(np.gcd(source_rate, target_rate))
    return resample_poly(wav, target_rate // divisor, source_rate // divisor).astype(np.float32)
