"""Installation of parakeet; every dependency is chosen on purpose, with the reason beside it."""

import re
import shutil
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).parent
VERSION = re.search(r'__version__ = "([^"]+)"', (HERE / "parakeet" / "__init__.py").read_text()).group(1)

REQUIRED = [
    "numpy>=1.26",  # arrays; 2.x is what is tested
    "scipy>=1.11",  # polyphase resampling
    "soundfile>=0.12",  # wav, flac and ogg through libsndfile, which its wheel brings along
    "pyyaml>=6.0",  # configurations
    "pydantic>=2.6",  # typed configurations with errors that name the key
    "click>=8.1",  # the command line
    "visualdl>=2.5.3",  # the dashboard
]

EXTRAS = {
    "cpu": ["paddlepaddle>=3.0,<4"],  # Paddle for processors
    # Paddle for NVIDIA GPUs; Paddle's own page names the index that holds its newest wheels
    "gpu": ["paddlepaddle-gpu>=3.0,<4"],
    "align": ["pocketsphinx>=5.0"],  # forced alignment: when each phone is spoken (BSD; brings its acoustic model)
    "eval": ["pocketsphinx>=5.0"],  # word error rates by an offline recogniser
    # an open vocabulary (MIT; the last wheel that holds its model) and DNSMOS (MIT; speechmos names none of what it imports)
    "listen": ["moonshine-voice>=0.0.73,<0.1", "speechmos>=0.0.1.1", "onnxruntime>=1.17", "librosa>=0.10"],
    "pesq": ["pesq>=0.0.4"],  # copies compared with their originals (MIT; compiled where it is installed)
    "corpora": ["G722>=1.2"],  # decodes the recordings of the demo corpus 'allison' (public domain)
    "zh": ["pypinyin>=0.50", "jieba>=0.42"],  # Mandarin: pronunciations and word borders
    "espeak": ["espeakng-loader>=0.2.4"],  # espeak-ng as a wheel (GPL-3, so never required)
    "dask": ["distributed>=2024.8"],  # preparation on a cluster (brings dask; BSD)
    "onnx": ["onnxruntime>=1.20"],  # runs exported voices three times as fast as Paddle on a processor, and starts without it (MIT)
    # turns Paddle's graphs into ONNX (Apache-2.0; brings onnx); there is none for Python 3.13 yet: export with 3.12, speak with any
    "export": ["paddle2onnx>=2.1; python_version < '3.13'", "onnxruntime>=1.20"],
    "docs": ["playwright>=1.40"],  # pictures of the dashboard, taken in a real browser
    # tests and style; oracles: inflect of the numbers in words, safetensors of the snapshots, pyloudnorm of the loudness; distributed
    # runs the cluster of a test; Paddle imports setuptools
    "dev": [
        "pytest>=8",
        "hypothesis>=6.100",
        "inflect>=7.0",
        "pyloudnorm>=0.1.1",
        "distributed>=2024.8",
        "onnxruntime>=1.20",
        "paddle2onnx>=2.1; python_version < '3.13'",
        "ruff>=0.6",
        "safetensors>=0.4.3",
        "setuptools>=68",
    ],
}
EXTRAS["demo"] = EXTRAS["align"] + EXTRAS["eval"] + EXTRAS["corpora"]  # what `make demo` needs beside Paddle



class BuildWithExamples(build_py):
    """The examples go into the package as files to be copied (`parakeet example`); none of them is imported from there."""

    def run(self):
        super().run()
        if not self.editable_mode:
            target = Path(self.build_lib) / "parakeet" / "examples"
            shutil.copytree(HERE / "examples", target, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)


setup(
    name="parakeet-tts",
    version=VERSION,
    description="A text-to-speech toolkit on PaddlePaddle: from recordings to a voice, on a CPU too.",
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    python_requires=">=3.10",
    packages=find_packages(include=["parakeet", "parakeet.*"]),
    cmdclass={"build_py": BuildWithExamples},
    package_data={"parakeet": ["**/resources/*", "voice/resources/**/*", "models/README.md"]},
    install_requires=REQUIRED,
    extras_require=EXTRAS,
    entry_points={"console_scripts": ["parakeet = parakeet.cli:main"]},
    classifiers=[
        "License :: OSI Approved :: Apache Software License",
        "Programming Language :: Python :: 3 :: Only",
        "Programming Language :: Python :: 3.10",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Topic :: Multimedia :: Sound/Audio :: Speech",
    ],
)
