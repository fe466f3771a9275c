"""parakeet.checkpoint.state: what goes in comes out, exactly; what can't is refused by its path."""

import json
import math
import struct

import numpy as np
import pytest

from parakeet.checkpoint.state import freeze, freeze_json, parse_safetensors, safetensors_chunks, thaw
from parakeet.errors import SnapshotError


def round_trip(state):
    """Through the bytes of every file."""
    frozen = freeze(state)
    arrays = {part: parse_safetensors(bytearray(b"".join(safetensors_chunks(a)))) for part, a in frozen.arrays.items()}
    tree = json.loads(json.dumps(frozen.tree, allow_nan=False))
    return {name: thaw(value, arrays.get(name, {})) for name, value in tree.items()}


@pytest.mark.parametrize(
    "value",
    [
        None, True, False, 0, -1, 2**53 + 1, 2**128 - 159, -(2**4096), 0.1, -0.0, 5e-324, 1.7976931348623157e308, math.inf, -math.inf,
        "", "é\x00\n\ud83d", [], {}, (), [[]], [{}], ({}, [()]), {"": {"": 1}}, {"a.b": 1, "a/b": 2}, {"$array": "x"}, {"$dict": 1},
        {"$": {}}, {"$array": 1, "b": 2}, [1, [2.5, None], "x"], (3, tuple(range(625)), None),
    ],
)  # fmt: skip
def test_a_json_value_survives_exactly(value):
    back = round_trip({"part": value})["part"]
    assert back == value
    assert repr(back) == repr(value)


def test_a_whole_number_python_would_not_write_in_decimals_survives():
    assert round_trip({"part": [2**19937, -(10**5000)]})["part"] == [2**19937, -(10**5000)]


def test_nan_survives_and_the_file_is_strict_json():
    assert math.isnan(round_trip({"a": [math.nan]})["a"][0])


def test_numpy_scalars_become_plain_numbers():
    back = round_trip({"a": [np.float64(0.1), np.float32(0.1), np.int64(-3), np.bool_(True)]})["a"]
    assert back == [0.1, float(np.float32(0.1)), -3, True]
    assert [type(value) for value in back] == [float, float, int, bool]


@pytest.mark.parametrize("dtype", ["?", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8", "c8", ">f4", ">i8"])
@pytest.mark.parametrize("shape", [(), (1,), (3, 5), (0,), (2, 0, 3)])
def test_an_array_survives_exactly(dtype, shape):
    with np.errstate(over="ignore"):
        array = np.random.default_rng(1).integers(0, 2**63, size=shape, dtype="u8").astype(dtype)
    back = round_trip({"part": {"x": array}})["part"]["x"]
    assert (back.shape, back.dtype) == (array.shape, array.dtype.newbyteorder("="))
    np.testing.assert_array_equal(back, array)
    assert back.flags.writeable


def test_nan_payloads_and_negative_zeros_of_arrays_survive_to_the_bit():
    bits = np.array([0x7FC00001, 0xFFC12345, 0x80000000, 0x00000001], "u4")
    assert round_trip({"p": {"x": bits.view("f4")}})["p"]["x"].tobytes() == bits.tobytes()


def test_arrays_that_are_no_plain_block_of_memory_survive():
    base = np.arange(60, dtype="f4").reshape(3, 4, 5)
    repeated = np.broadcast_to(base[:1], (3, 4, 5))
    state = {"p": {"transposed": base.T, "strided": base[::2, ::-1, 1:4], "fortran": np.asfortranarray(base), "repeated": repeated}}
    for name, array in round_trip(state)["p"].items():
        np.testing.assert_array_equal(array, state["p"][name])


def test_arrays_may_stand_anywhere_and_the_order_of_keys_is_kept():
    alike = {"a/b": np.ones(1), "a": {"b": np.zeros(1)}}
    state = {"z": {"b": [1, {"w": np.ones(2)}], "a": (np.zeros(1, "i4"), "x")}, "a": np.arange(3), "m": alike}
    back = round_trip(state)
    assert [list(back), list(back["z"])] == [["z", "a", "m"], ["b", "a"]]
    assert back["z"]["b"][1]["w"].tolist() == [1, 1]
    assert isinstance(back["z"]["a"], tuple)
    assert back["a"].tolist() == [0, 1, 2]
    assert (back["m"]["a/b"].item(), back["m"]["a"]["b"].item()) == (1, 0)


def test_later_changes_do_not_reach_the_frozen_copy():
    array, numbers = np.zeros(3), [1]
    frozen = freeze({"a": array, "b": numbers})
    array += 1
    numbers.append(2)
    assert frozen.arrays["a"]["a"][1].tolist() == [0, 0, 0]
    assert frozen.tree["b"] == [1]


def test_paddle_tensors_of_every_type_survive_and_are_copied():
    paddle = pytest.importorskip("paddle")
    for dtype in ("float32", "float64", "float16", "int64", "int32", "uint8", "bool", "complex64"):
        tensor = paddle.to_tensor([[0, 1], [1, 0]]).astype(dtype)
        frozen = freeze({"p": {"x": tensor, "zero_d": tensor[0, 1]}})
        expected = tensor.numpy().copy()
        paddle.assign(paddle.to_tensor([[5, 5], [5, 5]]).astype(dtype), tensor)
        assert frozen.arrays["p"]["x"][1].dtype == expected.dtype
        np.testing.assert_array_equal(frozen.arrays["p"]["x"][1], expected)
        assert frozen.arrays["p"]["zero_d"][1].shape == ()


def test_bfloat16_survives_to_the_bit_and_paddle_takes_it_back():
    paddle = pytest.importorskip("paddle")
    tensor = paddle.to_tensor([1.5, -0.0, 3.0e38, float("inf")]).astype("bfloat16")
    back = round_trip({"p": {"x": tensor}})["p"]["x"]
    assert paddle.to_tensor(back).dtype == paddle.bfloat16
    np.testing.assert_array_equal(back, tensor.numpy())


def test_the_safetensors_package_reads_what_is_written():
    safetensors_numpy = pytest.importorskip("safetensors.numpy")
    arrays = {"f": np.ones((2, 3), "f4"), "d": np.arange(3.0), "b": np.array([True]), "é": np.array(7, "i8"), "empty": np.zeros((0, 2))}
    back = safetensors_numpy.load(b"".join(safetensors_chunks(freeze({"p": arrays}).arrays["p"])))
    assert sorted(back) == sorted(arrays)
    for name, array in arrays.items():
        np.testing.assert_array_equal(back[name], array)


def test_what_the_safetensors_package_writes_is_read():
    safetensors_numpy = pytest.importorskip("safetensors.numpy")
    back = parse_safetensors(bytearray(safetensors_numpy.save({"x": np.arange(6, dtype="i2").reshape(2, 3)}, metadata={"a": "b"})))
    assert {name: array.tolist() for name, array in back.items()} == {"x": [[0, 1, 2], [3, 4, 5]]}


@pytest.mark.parametrize("data", [b"", b"\x00" * 7, b"\xff" * 20, struct.pack("<Q", 2) + b"[]", struct.pack("<Q", 10) + b'{"x": 123}'])
def test_what_is_no_safetensors_file_is_a_value_error(data):
    with pytest.raises(ValueError, match="no safetensors file"):
        parse_safetensors(bytearray(data))


class Odd:
    pass


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"a": {"b": [1, {"c": Odd()}]}}, "a.b.1.c: a Odd can't be stored. Expected: None, truth values, numbers, text, lists, tuples, "
                                          "dicts, numpy arrays or Paddle tensors."),
        ({"a": b"x"}, "a: a bytes can't be stored."),
        ({"a": {1, 2}}, "a: a set can't be stored."),
        ({"a": print}, "a: a builtin_function_or_method can't be stored."),
        ({"a": {3: 1}}, "a: the keys of a dict must be text, received 3 (int)."),
        ({"a": {"b": {None: 1}}}, "a.b: the keys of a dict must be text, received None (NoneType)."),
        ({"a": {"x": np.array([Odd()])}}, "a.x: an array of type object can't be stored. Expected one of: bool, uint8,"),
        ({"a": [np.array(["s"])]}, "a.0: an array of type <U1 can't be stored."),
        ({"a": {"__metadata__": np.ones(1)}}, "a.__metadata__: '__metadata__' is no name for an array"),
        ({"../a": 1}, "state: the key '../a' can't be the name of a file."),
        ({"": 1}, "state: the key '' can't be the name of a file."),
        ({3: 1}, "state: the key 3 can't be the name of a file."),
        ([1], "A state must be a dict, received list."),
    ],
)  # fmt: skip
def test_what_can_not_be_stored_is_refused_by_its_path(state, message):
    with pytest.raises(SnapshotError) as error:
        freeze(state)
    assert str(error.value).startswith(message)


def test_a_state_inside_itself_is_refused():
    state = {"a": []}
    state["a"].append(state["a"])
    with pytest.raises(SnapshotError, match=r"^a\.0\.0\.0\.0\.\.\.: nested more than 100 deep, or inside itself\.$"):
        freeze(state)


def test_metadata_holds_no_arrays():
    with pytest.raises(SnapshotError, match=r"^metadata: json values were expected, received an array at 'metadata/a/0'\.$"):
        freeze_json({"a": [np.ones(1)]}, "metadata")
