"""The data sets, and what is said of damaged files and impossible digits."""

import hashlib
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import data
from helpers.errors import DataError, ShapeError, UnknownNameError

CONTENT = data.MNIST_FILE.read_bytes()


@pytest.fixture(scope="module")
def digits() -> data.Mnist:
    return data.load_mnist(verbose=False)


# ----------------------------------------------------------------------------------- small ones


def test_xor_is_either_but_not_both() -> None:
    x, y = data.xor()
    assert x.shape == (4, 2)
    assert [int(bool(a) != bool(b)) for a, b in x] == y.tolist()


@given(
    count=st.integers(1, 40),
    arms=st.integers(2, 5),
    turns=st.floats(0.25, 3.0),
)
def test_spirals_wind_around_each_other(count: int, arms: int, turns: float) -> None:
    x, y = data.spirals(count, arms, turns)
    assert x.shape == (arms * count, 2)
    assert np.bincount(y).tolist() == [count] * arms
    assert np.linalg.norm(x, axis=1).max() <= 1 + 1e-12
    # Each arm is the first one, turned.
    first = x[y == 0]
    for arm in range(arms):
        angle = 2 * np.pi * arm / arms
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        np.testing.assert_allclose(x[y == arm], first @ turn, atol=1e-9)


def test_noise_has_the_stated_size() -> None:
    clean, _ = data.spirals(2000)
    noisy, _ = data.spirals(2000, noise=0.1, rng=np.random.default_rng(0))
    assert (noisy - clean).std() == pytest.approx(0.1, rel=0.05)


def test_noise_follows_the_course_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = data.spirals(noise=0.1)
    np.testing.assert_array_equal(data.spirals(noise=0.1)[0], first)
    monkeypatch.setenv("COURSE_SEED", "1")
    assert not np.array_equal(data.spirals(noise=0.1)[0], first)


def test_iris_is_fishers() -> None:
    iris = data.load_iris()
    assert iris.x.shape == (150, 4)
    assert np.bincount(iris.y).tolist() == [50, 50, 50]
    assert iris.class_names == ("setosa", "versicolor", "virginica")
    assert len(iris.feature_names) == 4
    assert iris.y.dtype == np.int64


# ---------------------------------------------------------------------------------------- digits


def test_the_embedded_digits(digits: data.Mnist) -> None:
    assert digits.x_train.shape == (8000, 784)
    assert digits.x_test.shape == (2000, 784)
    assert digits.x_train.dtype == digits.x_test.dtype == np.float32
    assert digits.y_train.dtype == digits.y_test.dtype == np.int64
    assert digits.x_train.min() == 0
    assert digits.x_train.max() == 1
    assert "10,000" in digits.source
    assert "8,000 to train, 2,000 to test" in digits.source


def test_the_split_is_stratified_and_complete(digits: data.Mnist) -> None:
    train, test = (np.bincount(y, minlength=10) for y in (digits.y_train, digits.y_test))
    assert (np.abs(test - (train + test) / 5) < 1).all()
    with np.load(data.MNIST_FILE) as arrays:
        pictures = {x.tobytes() for x in arrays["x"]}
        assert (np.bincount(arrays["y"], minlength=10) == train + test).all()
    parts = [
        {x.tobytes() for x in np.rint(part * 255).astype(np.uint8)}
        for part in (digits.x_train, digits.x_test)
    ]
    assert parts[0] | parts[1] == pictures


def test_the_split_is_the_same_each_time(
    digits: data.Mnist, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_SEED", "5")
    again = data.load_mnist(verbose=False)
    np.testing.assert_array_equal(again.x_test, digits.x_test)
    np.testing.assert_array_equal(again.y_test, digits.y_test)


def test_scales(digits: data.Mnist) -> None:
    raw = data.load_mnist(scale="raw", verbose=False)
    assert raw.x_train.shape == (8000, 784)
    assert raw.x_train.max() == 255
    np.testing.assert_allclose(raw.x_train / 255, digits.x_train)
    standard = data.load_mnist(scale="standard", verbose=False)
    assert standard.x_train.mean(dtype=np.float64) == pytest.approx(0, abs=1e-5)
    assert standard.x_train.std(dtype=np.float64) == pytest.approx(1, abs=1e-5)
    # The test digits are scaled with the training digits' mean and deviation, not their own.
    factor = np.float64(digits.x_train.std(dtype=np.float64))
    expected = (digits.x_test - digits.x_train.mean(dtype=np.float64)) / factor
    np.testing.assert_allclose(standard.x_test, expected, atol=1e-4)
    assert standard.x_train.dtype == np.float32


@pytest.mark.parametrize("block", [2, 4])
def test_blocks_of_pixels_are_averaged(digits: data.Mnist, block: int) -> None:
    pictures = digits.x_test[:5].reshape(-1, 28, 28)
    side = 28 // block
    expected = [
        [
            picture[i : i + block, j : j + block].mean()
            for i in range(0, 28, block)
            for j in range(0, 28, block)
        ]
        for picture in pictures
    ]
    for shaped in (pictures, digits.x_test[:5]):
        coarse = data.average_blocks(shaped, block)
        assert coarse.shape == (5, side**2)
        np.testing.assert_allclose(coarse, expected, rtol=1e-5, atol=1e-7)


def test_it_says_which_digits_it_used(capsys: pytest.CaptureFixture[str]) -> None:
    digits = data.load_mnist()
    assert capsys.readouterr().out == f"Data: {digits.source}.\n"
    data.load_mnist(verbose=False)
    assert capsys.readouterr().out == ""


def test_an_unknown_scale_is_refused() -> None:
    with pytest.raises(UnknownNameError, match=r"scale 'units'.*did you mean 'unit'"):
        data.load_mnist(scale="units")


# ---------------------------------------------------------------------------------- broken files


def refuse(content: bytes | None, folder: Path) -> str:
    """Load digits from a file with that content; return what the error says."""
    path = folder / "mnist_10k.npz"
    if content is None:
        path.unlink(missing_ok=True)
    else:
        path.write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(data, "MNIST_FILE", path)
        with pytest.raises(DataError) as caught:
            data.load_mnist(verbose=False)
    assert str(path) in str(caught.value)
    assert "git checkout" in str(caught.value)
    return str(caught.value)


@settings(max_examples=15)
@given(length=st.integers(0, len(CONTENT) - 1))
def test_a_truncated_file_is_named(tmp_path_factory, length: int) -> None:
    message = refuse(CONTENT[:length], tmp_path_factory.getbasetemp())
    assert f"is damaged: {length:,} bytes" in message
    assert hashlib.sha256(CONTENT[:length]).hexdigest() in message
    assert data.MNIST_SHA256 in message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "cannot be read (No such file or directory)" in refuse(None, tmp_path)


def test_the_provenance_states_the_same_checksum() -> None:
    provenance = (data.MNIST_FILE.parent / "PROVENANCE.md").read_text(encoding="utf-8")
    assert data.MNIST_SHA256 in provenance
    assert f"{len(CONTENT):,} bytes" in provenance


# --------------------------------------------------------------------------------- all of MNIST


def pretend_keras(monkeypatch: pytest.MonkeyPatch, load_data) -> None:
    """Put a stand-in in the place of TensorFlow, which is slow to import."""
    mnist = SimpleNamespace(load_data=load_data)
    keras = SimpleNamespace(datasets=SimpleNamespace(mnist=mnist))
    tools = SimpleNamespace(import_tensorflow=lambda: SimpleNamespace(keras=keras))
    monkeypatch.setitem(sys.modules, "helpers.keras_tools", tools)
    monkeypatch.setenv("COURSE_DATA", "full")


def test_without_a_network_the_full_data_are_refused_with_a_way_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail():
        raise Exception("URL fetch failure: no route to host")

    pretend_keras(monkeypatch, fail)
    with pytest.raises(DataError) as caught:
        data.load_mnist()
    assert "full MNIST cannot be loaded (URL fetch failure: no route to host)" in str(caught.value)
    assert "COURSE_DATA=embedded" in str(caught.value)


def test_the_full_data_are_used_when_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    train = (np.full((6, 28, 28), 255, np.uint8), np.arange(6, dtype=np.uint8))
    test = (np.zeros((2, 28, 28), np.uint8), np.arange(2, dtype=np.uint8))
    pretend_keras(monkeypatch, lambda: (train, test))
    digits = data.load_mnist()
    assert capsys.readouterr().out == "Data: all of MNIST: 6 to train, 2 to test.\n"
    assert digits.x_train.shape == (6, 784)
    assert (digits.x_train == 1).all()
    assert digits.y_train.tolist() == [0, 1, 2, 3, 4, 5]


# -------------------------------------------------------------------------------- checking input


def test_good_pixels_pass(digits: data.Mnist) -> None:
    assert data.check_pixels(digits.x_test) is digits.x_test
    data.check_pixels(digits.x_test.reshape(-1, 28, 28) * 255, largest=255)
    data.check_pixels(np.zeros((28, 28)))
    data.check_pixels(np.zeros((0, 784)))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_pixels_that_are_not_finite_are_refused(value: float) -> None:
    pixels = np.zeros((3, 784))
    pixels[1, 5] = pixels[2, 7] = value
    with pytest.raises(DataError) as caught:
        data.check_pixels(pixels)
    assert f"2 pixels are not finite numbers (the first is {value}, at (1, 5))" in str(caught.value)
    assert "Remove those pictures" in str(caught.value)


@pytest.mark.parametrize(
    ("value", "largest", "fix"),
    [(254, 1, True), (-0.5, 1, False), (1e6, 1, False), (256, 255, False)],
)
def test_pixels_out_of_range_are_refused(value: float, largest: float, fix: bool) -> None:
    pixels = np.zeros((2, 784))
    pixels[0, 0] = value
    with pytest.raises(DataError, match=f"between 0 and {largest}") as caught:
        data.check_pixels(pixels, largest)
    assert f"{value:g}" in str(caught.value)
    assert ("Divide raw pixels by 255" in str(caught.value)) == fix


@pytest.mark.parametrize("shape", [(3, 783), (3, 28, 27), (784, 3), ()])
def test_pixels_of_a_wrong_shape_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(
        ShapeError, match=r"must be \(\.\.\., 784\) or \(\.\.\., 28, 28\)"
    ) as caught:
        data.check_pixels(np.zeros(shape))
    assert f"The pixels are {shape}" in str(caught.value)
