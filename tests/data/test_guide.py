"""docs/guides/data.md: its program runs on a corpus as it stands, and no class is without an entry, a law and a refusal."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from making import make_corpus

import parakeet.data

HOUSE = Path(__file__).parents[2]
GUIDE = (HOUSE / "docs" / "guides" / "data.md").read_text(encoding="utf-8")
TESTS = "".join(path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("test_*.py")) if path != Path(__file__))

# name: (a test of its laws, a test of what it refuses)
TESTED = {
    "DatasetMixin": (
        "test_an_index_is_an_int_a_slice_a_list_or_an_array_of_ints_or_bools",
        "test_an_index_out_of_range_is_an_index_error",
    ),
    "ListDataset": ("test_a_list_is_a_dataset_and_knows_the_names_of_its_dicts", "test_what_is_no_dataset_is_refused"),
    "TransformDataset": (
        "test_a_transform_is_applied_when_an_example_is_asked_for_and_not_before",
        "test_a_function_that_can_not_be_called_is_refused_at_once",
    ),
    "CacheDataset": ("test_a_cache_asks_for_each_example_once", "test_what_is_no_dataset_is_refused"),
    "SubsetDataset": ("test_a_subset_is_in_the_order_of_the_choice", "test_a_subset_of_what_is_not_there_is_refused_at_once"),
    "SliceDataset": ("test_a_slice_counts_in_the_order_it_is_given", "test_a_slice_lies_within_its_dataset"),
    "FilterDataset": (
        "test_a_filter_reads_every_example_once_and_keeps_the_approved",
        "test_an_example_that_can_not_be_judged_is_named",
    ),
    "ChainDataset": ("test_a_chain_is_one_after_another", "test_a_combination_of_nothing_is_refused"),
    "TupleDataset": (
        "test_tuple_and_dict_datasets_put_examples_side_by_side",
        "test_datasets_side_by_side_must_be_equally_long",
    ),
    "DictDataset": ("test_tuple_and_dict_datasets_put_examples_side_by_side", "test_datasets_side_by_side_must_be_equally_long"),
    "Sampler": (
        "test_a_sampler_that_is_not_finished_says_what_to_write",
        "test_a_sampler_that_is_not_finished_says_what_to_write",
    ),
    "SequentialSampler": (
        "test_a_sequential_sampler_gives_each_in_turn_in_every_epoch",
        "test_a_size_is_an_int_from_0_on_or_a_dataset",
    ),
    "RandomSampler": ("test_a_random_order_is_a_permutation", "test_drawing_more_than_there_is_is_refused"),
    "SubsetRandomSampler": (
        "test_the_order_of_a_choice_is_the_choice_in_another_order",
        "test_a_choice_of_what_is_no_index_is_refused",
    ),
    "WeightedRandomSampler": ("test_weights_need_not_sum_to_1", "test_weights_that_can_not_be_drawn_by_are_refused"),
    "SimilarLengthSampler": (
        "test_similar_length_order_takes_each_once_however_few_there_are",
        "test_lengths_that_are_none_are_refused",
    ),
    "DistributedSampler": (
        "test_shares_cover_everything_as_often_as_their_padding_says",
        "test_a_rank_or_a_padding_that_is_not_there_is_refused",
    ),
    "BatchSampler": ("test_a_batch_sampler_cuts_an_order_into_batches", "test_a_batch_sampler_needs_a_sampler_and_a_size"),
    "FixedBatchSampler": (
        "test_fixed_batches_are_the_same_in_every_epoch",
        "test_a_fixed_batch_without_an_index_or_of_what_is_none_is_refused",
    ),
    "SimilarLengthBatchSampler": (
        "test_frame_batches_keep_the_budget_and_take_each_once",
        "test_an_utterance_longer_than_the_budget_is_named_at_construction",
    ),
    "batch_text_id": ("test_ids_that_were_batched_can_be_cut_out_again", "test_a_wrong_kind_of_number_is_refused"),
    "batch_wav": ("test_recordings_that_were_batched_can_be_cut_out_again", "test_a_wrong_kind_of_number_is_refused"),
    "batch_spec": ("test_what_was_batched_can_be_cut_out_again", "test_ragged_channels_are_refused"),
    "batch_sequences": (
        "test_the_dtype_of_a_batch_can_be_chosen_and_is_that_of_its_arrays_otherwise",
        "test_an_empty_list_is_refused",
    ),
    "Crops": (
        "test_frames_and_samples_of_a_crop_begin_at_the_same_place_and_every_place_is_met",
        "test_a_recording_and_a_spectrum_that_do_not_belong_together_are_refused",
    ),
    "DataCargo": ("test_an_epoch_takes_every_sample_once_whatever_the_batch_size", "test_contradicting_arguments_are_refused"),
    "DataIterator": (
        "test_a_pass_goes_on_where_another_one_was_and_reads_nothing_before",
        "test_a_position_inside_a_batch_is_refused_and_explained",
    ),
    "DataLoader": (
        "test_batches_their_order_and_what_chance_draws_are_the_same_for_any_number_of_workers",
        "test_arguments_out_of_range_are_refused",
    ),
}


def test_the_program_of_the_guide_runs_on_a_corpus(tmp_path):
    script = tmp_path / "guide.py"
    script.write_text("\n".join(re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)), encoding="utf-8")
    corpus = make_corpus(tmp_path / "corpus")
    environment = {**os.environ, "PYTHONPATH": str(HOUSE)}
    command = [sys.executable, str(script), str(corpus)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r".*\[\d+, \d+, 80\]\)? \['u\d'.*\] \d+", done.stdout.strip())


def test_the_guide_has_an_entry_for_everything():
    entries = re.findall(r"^\| `(\w+)(?:\([^|]*\))?` \| [^|]+ \| [^|]+ \|$", GUIDE, re.MULTILINE)
    assert sorted(entries) == sorted(parakeet.data.__all__)


@pytest.mark.parametrize("name", parakeet.data.__all__)
def test_everything_has_a_test_of_its_laws_and_one_of_what_it_refuses(name):
    for test in TESTED[name]:
        assert f"def {test}(" in TESTS, test
