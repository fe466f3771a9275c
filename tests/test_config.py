"""parakeet.config: what a person reads when a configuration is wrong, and what they get when it is right."""

import dataclasses
import math
from pathlib import Path
from typing import Annotated, Literal

import pydantic
import pytest

from parakeet.config import Config, dump_config, load_config
from parakeet.errors import ConfigError, ParakeetError


@dataclasses.dataclass(frozen=True)
class Mel:
    sample_rate: int = 16000
    n_mels: int = 80
    fmax: float = 8000.0

    def __post_init__(self):
        if self.fmax > self.sample_rate / 2:
            raise ValueError(f"fmax must not exceed half the sample rate, {self.sample_rate / 2}")


class Adam(Config):
    kind: Literal["adam"] = "adam"
    learning_rate: float = 1e-3
    betas: tuple[float, float] = (0.9, 0.999)


class Sgd(Config):
    kind: Literal["sgd"] = "sgd"
    learning_rate: float = 0.1


class Sample(Config):
    text: str
    speaker: int = 0


class Train(Config):
    steps: int = 1000
    amp: bool = False
    clip: float | None = None
    save_at: int | Literal["end"] = "end"
    share: Annotated[float, pydantic.Field(gt=0, le=1)] = 1.0
    optimizer: Annotated[Adam | Sgd, pydantic.Field(discriminator="kind")] = Adam()

    @pydantic.field_validator("steps")
    @classmethod
    def _positive(cls, value):
        if value < 1:
            raise ValueError("must be at least 1")
        return value


class Experiment(Config):
    root: Path
    language: str = "en"
    mel: Mel = Mel(sample_rate=22050, n_mels=100)
    train: Train = Train(steps=500)
    samples: list[Sample] = []
    symbols: dict[str, int] = {}
    speaker_names: dict[int, str] = {}
    backup: Train | None = None


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "my.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def problems(path, overrides=(), config_class=Experiment):
    """The lines of the error, the file's name shortened."""
    with pytest.raises(ConfigError) as error:
        load_config(config_class, path, overrides)
    return str(error.value).replace(f"{path}:", "my.yaml:").split("\n")


# what one gets --------------------------------------------------------------------------------------------------------------------


def test_an_override_wins_over_the_file_and_the_file_over_the_default(write):
    path = write("root: data\ntrain: {steps: 7, amp: true}\n")
    config = load_config(Experiment, path, ["train.steps=9", "train.steps=10", "root=other"])
    assert (config.train.steps, config.train.amp, config.train.clip, config.root) == (10, True, None, Path("other"))


def test_no_file_gives_the_defaults():
    assert load_config(Train) == Train()


def test_an_empty_file_gives_the_defaults(write):
    assert load_config(Train, write("# nothing yet\n")) == Train()


def test_a_section_given_in_part_keeps_the_rest_of_its_parents_default(write):
    config = load_config(Experiment, write("root: x\nmel: {fmax: 7000}\ntrain: {amp: true}\n"))
    assert config.mel == Mel(sample_rate=22050, n_mels=100, fmax=7000.0)
    assert config.train == Train(steps=500, amp=True)


def test_a_chosen_member_of_a_union_does_not_inherit_another_members_default(write):
    config = load_config(Train, write("optimizer: {kind: sgd}\n"))
    assert config.optimizer == Sgd()


def test_one_over_a_thousand_is_a_number_however_it_is_written(write):
    for text in ("1e-3", "1E-3", "1.0e-3", "0.001", "+1e-3"):
        config = load_config(Train, write(f"optimizer: {{kind: adam, learning_rate: {text}}}\n"), [f"clip={text}"])
        assert config.optimizer.learning_rate == config.clip == 1e-3


def test_a_whole_number_serves_where_a_number_is_expected():
    clip = load_config(Train, None, ["clip=3"]).clip
    assert clip == 3.0
    assert type(clip) is float


def test_an_override_creates_sections_and_reaches_into_lists(write):
    path = write("root: x\nsamples: [{text: one}, {text: two}]\n")
    overrides = ["samples.1.text=three", "backup.steps=5", "symbols={a: 1}", "speaker_names.7=Ann", "mel.n_mels=40"]
    config = load_config(Experiment, path, overrides)
    assert [sample.text for sample in config.samples] == ["one", "three"]
    assert config.backup == Train(steps=5)
    assert (config.symbols, config.speaker_names) == ({"a": 1}, {7: "Ann"})
    assert config.mel == Mel(22050, 40)


def test_an_override_may_hold_an_equals_sign_and_nothing():
    config = load_config(Experiment, None, ["root=a=b", "backup="])
    assert config.root == Path("a=b")
    assert config.backup is None


def test_an_override_of_one_use_of_a_yaml_anchor_leaves_the_other_alone(write):
    config = load_config(Experiment, write("root: x\ntrain: &t {steps: 3}\nbackup: *t\n"), ["train.steps=4"])
    assert (config.train.steps, config.backup.steps) == (4, 3)


def test_a_configuration_can_not_be_changed():
    config = load_config(Train)
    with pytest.raises(pydantic.ValidationError, match="frozen"):
        config.steps = 3


def test_what_is_dumped_is_read_back_as_an_equal_object(write):
    config = Experiment(
        root="où/いぬ",
        language="no",
        mel=Mel(fmax=1e-7),
        samples=[Sample(text="1e-3"), Sample(text="a: b\nc"), Sample(text="null")],
        train=Train(clip=math.inf, optimizer=Adam(learning_rate=1e-30, betas=(1 / 3, 1e22))),
        symbols={"on": 1, "1": 2},
        speaker_names={3: "x"},
    )
    text = dump_config(config)
    assert load_config(Experiment, write(text)) == config
    assert dump_config(load_config(Experiment, write(text))) == text
    assert "root: où/いぬ" in text


# what one reads -------------------------------------------------------------------------------------------------------------------


def test_a_missing_file_is_named(tmp_path):
    assert problems(tmp_path / "no.yaml") == ["my.yaml: no such file. A yaml file with the configuration was expected."]


def test_a_folder_is_not_a_file(tmp_path):
    assert problems(tmp_path) == ["my.yaml: can't be read: Is a directory."]


def test_what_is_not_yaml_is_named_with_its_line(write):
    assert problems(write("root: x\ntrain: {steps: 3\nlanguage: en\n"))[0].startswith("my.yaml: not valid yaml (line 3, column 9): ")
    assert problems(write("root: [\x00]\n"))[0].startswith("my.yaml: not valid yaml: ")
    assert problems(write(b"root: \xff\n")) == ["my.yaml: not UTF-8 text (byte 6). A yaml file was expected."]


@pytest.mark.parametrize("text", ["a: &x [*x]\n", "a: " + "[" * 5000, "a: !!binary aGk=\n", "a: !!python/object/apply:os.system [ls]\n"])
def test_yaml_that_is_no_plain_tree_is_refused(write, text):
    assert problems(write(text))[0].startswith("my.yaml: not valid yaml")


@pytest.mark.parametrize(("text", "received"), [("- a\n", '["a"] (a list)'), ("word\n", '"word" (text)'), ("3\n", "3 (a whole number)")])
def test_a_file_that_is_no_mapping_says_what_it_is(write, text, received):
    assert problems(write(text)) == [f"my.yaml: a mapping was expected (lines of 'key: value'), received {received}."]


def test_an_unknown_key_gives_the_nearest_and_the_list(write):
    path = write("root: x\ntrian: {}\ntrain: {stpes: 3}\nmel: {n_mel: 3}\nsamples: [{text: a, speker: 1}]\n")
    assert problems(path) == [
        "my.yaml: mel.n_mel: unknown key. Did you mean 'n_mels'? Keys of 'mel': sample_rate, n_mels, fmax.",
        "my.yaml: train.stpes: unknown key. Did you mean 'steps'? Keys of 'train': steps, amp, clip, save_at, share, optimizer.",
        "my.yaml: samples[0].speker: unknown key. Did you mean 'speaker'? Keys of 'samples[0]': text, speaker.",
        "my.yaml: trian: unknown key. Did you mean 'train'? "
        "Keys: root, language, mel, train, samples, symbols, speaker_names, backup.",
    ]


def test_an_unknown_key_of_an_optional_section_or_of_one_member_of_a_union_is_found(write):
    path = write("root: x\nbackup: {step: 1}\ntrain: {optimizer: {kind: sgd, betas: [1, 2]}}\n")
    assert problems(path) == [
        "my.yaml: train.optimizer.betas: unknown key. Keys of 'train.optimizer': kind, learning_rate.",
        "my.yaml: backup.step: unknown key. Did you mean 'steps'? Keys of 'backup': steps, amp, clip, save_at, share, optimizer.",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("train: {steps: many}", 'train.steps: expected a whole number, received "many" (text).'),
        ("train: {steps: '3'}", 'train.steps: expected a whole number, received "3" (text). Remove the quotes.'),
        ("train: {steps: 3.5}", "train.steps: expected a whole number, received 3.5 (a number)."),
        ("train: {steps: true}", "train.steps: expected a whole number, received true (a truth value)."),
        ("train: {steps: }", "train.steps: expected a whole number, received nothing."),
        ("train: {steps: 0}", "train.steps: must be at least 1. Received: 0 (a whole number)."),
        ("train: {amp: 1}", "train.amp: expected true or false, received 1 (a whole number)."),
        ("train: {amp: 3}", "train.amp: expected true or false, received 3 (a whole number)."),
        ("train: {clip: x}", 'train.clip: expected a number, received "x" (text).'),
        ("train: {save_at: ende}", 'train.save_at: expected a whole number or \'end\', received "ende" (text). Did you mean \'end\'?'),
        ("train: {share: 2}", "train.share: expected a number less than or equal to 1, received 2 (a whole number)."),
        ("train: [1, 2]", "train: expected a section (lines of 'key: value'), received [1, 2] (a list)."),
        ("train:", "train: expected a section (lines of 'key: value'), received nothing."),
        ("mel: 3", "mel: expected a section (lines of 'key: value'), received 3 (a whole number)."),
        ("mel: {n_mels: x}", 'mel.n_mels: expected a whole number, received "x" (text).'),
        ("mel: {fmax: 12000}", "mel: fmax must not exceed half the sample rate, 11025.0. Received: "
                               '{"sample_rate": 22050, "n_mels": 100, "fmax": 12000} (a mapping).'),
        ("samples: {text: a}", 'samples: expected a list, received {"text": "a"} (a mapping).'),
        ("samples: [3]", "samples[0]: expected a section (lines of 'key: value'), received 3 (a whole number)."),
        ("samples: [{speaker: 1}]", "samples[0].text: missing, and it has no default."),
        ("symbols: {a: b}", 'symbols.a: expected a whole number, received "b" (text).'),
        ("symbols: [a]", "symbols: expected a mapping (lines of 'key: value'), received [\"a\"] (a list)."),
        ("language: no", "language: expected text, received false (a truth value). "
                         "yaml reads yes, no, on and off as truth values: put text in quotes."),
    ],
)
def test_a_wrong_value_says_what_was_expected_and_received(write, text, problem):
    assert problems(write(f"root: x\n{text}\n")) == [f"my.yaml: {problem}"]


def test_a_missing_key_is_named(write):
    assert problems(write("language: en\n")) == ["my.yaml: root: missing, and it has no default."]
    assert problems(None) == ["configuration: root: missing, and it has no default."]


def test_a_key_given_twice_is_named_with_both_lines(write):
    path = write("root: x\ntrain:\n  steps: 3\n  steps: 4\nroot: y\n")
    assert problems(path) == [
        "my.yaml: root: given twice, in line 1 and in line 5; remove one.",
        "my.yaml: train.steps: given twice, in line 3 and in line 4; remove one.",
    ]


def test_all_problems_come_at_once_with_their_source(write):
    path = write("language: 3\ntrain: {steps: a, steps: b, amp: 2}\n")
    assert problems(path, ["train.amp=maybe", "mel.hop=3"]) == [
        "my.yaml: train.steps: given twice, in line 2 and in line 2; remove one.",
        "my.yaml: root: missing, and it has no default.",
        "my.yaml: language: expected text, received 3 (a whole number).",
        "override 'mel.hop=3': mel.hop: unknown key. Keys of 'mel': sample_rate, n_mels, fmax.",
        'my.yaml: train.steps: expected a whole number, received "b" (text).',
        "override 'train.amp=maybe': train.amp: expected true or false, received \"maybe\" (text).",
    ]


@pytest.mark.parametrize(
    ("override", "problem"),
    [
        ("train.steps", "'section.key=value' was expected, received no '='."),
        ("=3", "'section.key=value' was expected, received no key before '='."),
        ("train.stpes=3", "train.stpes: unknown key. Did you mean 'steps'? Keys of 'train': steps, amp, clip, save_at, share, optimizer."),
        ("trian.steps=3", "trian: unknown key. Did you mean 'train'? Keys: root, language, mel, train, samples, "
                          "symbols, speaker_names, backup."),
        ("root.x=3", "root: is not a section but \"data\" (text); it has no key 'x'."),
        ("samples.2.text=a", "samples: is a list of 1; a position from 0 to 0 was expected, received '2'."),
        ("train.steps=abc", 'train.steps: expected a whole number, received "abc" (text).'),
        ("symbols={a: 1, a: 2}", "symbols.a: given twice."),
    ],
)
def test_a_wrong_override_is_named(write, override, problem):
    assert problems(write("root: data\nsamples: [{text: a}]\n"), [override]) == [f"override '{override}': {problem}"]


def test_an_override_that_is_not_yaml_says_so(write):
    (line,) = problems(None, ["root=[1"])
    assert line.startswith("override 'root=[1': the value is not valid yaml (line 1, column 3): ")
    assert line.endswith("Put text with special characters in quotes.")


def test_a_sections_own_parakeet_error_keeps_its_words(write):
    class Strict(Config):
        n: int = 0

        @pydantic.model_validator(mode="after")
        def _check(self):
            if self.n:
                raise ParakeetError("n: there is no room for any")
            return self

    assert problems(write("n: 3\n"), config_class=Strict) == ["my.yaml: n: there is no room for any"]
    assert problems(None, ["n=3"], Strict) == ["configuration with overrides: n: there is no room for any"]


def test_a_plain_dataclass_given_in_code_is_taken_as_it_is():
    assert Experiment(root="x", mel=Mel(n_mels=3)).mel == Mel(n_mels=3)
