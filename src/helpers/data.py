"""The course's data sets: XOR, spirals, iris and MNIST.

Nothing is downloaded, unless you ask for the full MNIST (``COURSE_DATA=full``).
"""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from helpers.errors import CourseError, DataError, ShapeError, UnknownNameError
from helpers.given import check_integer, check_numbers, is_integer
from helpers.settings import course_data, given_rng

MNIST_FILE = Path(__file__).parent / "assets" / "mnist_10k.npz"
MNIST_SHA256 = "c03d6af810269a0b25ef8e8971f521767d52b05849e4fd977d6ca9528003c0b3"
MNIST_SCALES = ("unit", "raw", "standard")
RESTORE_FILE = "Restore it with: git checkout -- src/helpers/assets (or reinstall the package)."


@dataclass(frozen=True)
class Mnist:
    """Handwritten digits, cut into training and test examples.

    Attributes
    ----------
    x_train, x_test
        Pixels, float32: (examples, 784).
    y_train, y_test
        Digits 0-9, int64: (examples,).
    source
        Which digits these are, in words.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    source: str


@dataclass(frozen=True)
class Iris:
    """Fisher's iris flowers.

    Attributes
    ----------
    x
        Four lengths in centimetres, float64: (150, 4).
    y
        Species 0-2, int64: (150,).
    feature_names, class_names
        What the columns of `x` and the numbers in `y` mean.
    """

    x: np.ndarray
    y: np.ndarray
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...]


def xor() -> tuple[np.ndarray, np.ndarray]:
    """Return the four points of "either, but not both".

    Returns
    -------
    x, y
        Points (4, 2), float64, and labels 0 or 1 (4,), int64.
    """
    x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    return x, np.array([0, 1, 1, 0])


def spirals(
    count_per_arm: int = 100,
    arms: int = 2,
    turns: float = 1.0,
    noise: float = 0.0,
    rng: np.random.Generator | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Return points on spirals that wind around each other.

    Parameters
    ----------
    count_per_arm
        Points on each arm.
    arms
        Number of arms: 2 or more.
    turns
        How often each arm goes around.
    noise
        Standard deviation of what is added to each coordinate; the spirals have radius 1.
    rng
        For the noise; None: the course's own.

    Returns
    -------
    x, y
        Points (arms * count_per_arm, 2), float64, and the number of their arm, int64.

    Raises
    ------
    CourseError
        If a number is too small or is none, or `rng` is no generator.
    """
    check_integer("count_per_arm", count_per_arm)
    check_integer("arms", arms, least=2)
    check_numbers("noise", noise, least=0)
    rng = given_rng(rng)
    y = np.repeat(np.arange(arms), count_per_arm)
    radius = np.tile(np.linspace(0.1, 1.0, count_per_arm), arms)
    angle = 2 * np.pi * (turns * radius + y / arms)
    x = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    return x + rng.normal(0.0, noise, x.shape), y


def load_iris() -> Iris:
    """Return the iris flowers, from the file that scikit-learn brings along."""
    from sklearn import datasets  # takes a second to import, so only where it is needed

    bunch = datasets.load_iris()
    return Iris(
        bunch.data,
        bunch.target.astype(np.int64),
        tuple(bunch.feature_names),
        tuple(str(name) for name in bunch.target_names),
    )


def load_mnist(scale: str = "unit", verbose: bool = True) -> Mnist:
    """Return handwritten digits, and say which.

    By default these are the 10,000 that come with the course, 8,000 to train and 2,000 to test. The
    environment variable ``COURSE_DATA=full`` gives all 60,000 and 10,000, which Keras downloads
    once and then keeps.

    Parameters
    ----------
    scale
        "unit": 0 to 1. "raw": 0 to 255, as stored. "standard": mean 0 and standard deviation 1
        over all the training pixels.
    verbose
        Whether to print which digits these are.

    Raises
    ------
    DataError
        If the file is missing or damaged, or the full data cannot be had.
    UnknownNameError
        If there is no such scale.
    """
    if scale not in MNIST_SCALES:
        raise UnknownNameError.among("scale", scale, MNIST_SCALES)
    if course_data() == "full":
        x_train, y_train, x_test, y_test = _full_mnist()
        name = "all of MNIST"
    else:
        x_train, y_train, x_test, y_test = _embedded_mnist(MNIST_FILE, MNIST_SHA256)
        name = "the course's 10,000 MNIST digits"
    source = f"{name}: {len(y_train):,} to train, {len(y_test):,} to test"
    if verbose:
        print(f"Data: {source}.")
    x_train, x_test = (x.astype(np.float32) for x in (x_train, x_test))
    if scale == "unit":
        x_train, x_test = x_train / 255, x_test / 255
    elif scale == "standard":
        mean, std = x_train.mean(dtype=np.float64), x_train.std(dtype=np.float64)
        x_train, x_test = (((x - mean) / std).astype(np.float32) for x in (x_train, x_test))
    x_train, x_test = x_train.reshape(-1, 784), x_test.reshape(-1, 784)
    return Mnist(x_train, y_train.astype(np.int64), x_test, y_test.astype(np.int64), source)


def average_blocks(pictures: np.ndarray, block: int) -> np.ndarray:
    """Make digits coarser: average blocks of block x block pixels.

    Parameters
    ----------
    pictures
        Digits (examples, 784) or (examples, 28, 28).
    block
        A divisor of 28, such as 2 or 4.

    Returns
    -------
    pixels
        Rows of (28 / block)² numbers: (examples, 196) or (examples, 49).

    Raises
    ------
    CourseError
        If 28 pixels cannot be cut into such blocks.
    ShapeError
        If `pictures` has another shape.
    """
    _check_picture_shape(pictures)
    if not is_integer(block) or 28 % block:
        raise CourseError(
            f"block is {block!r}. It must divide the 28 pixels: 1, 2, 4, 7, 14 or 28."
        )
    side = 28 // block
    blocks = pictures.reshape(-1, side, block, side, block)
    return blocks.mean(axis=(2, 4)).reshape(-1, side**2)


def check_pixels(x: np.ndarray, largest: float = 1.0) -> np.ndarray:
    """Return digits' pixels as they are, if they can be.

    Parameters
    ----------
    x
        Pictures (..., 28, 28), or rows of pixels (..., 784).
    largest
        The value of a white pixel: 1 for ``scale="unit"``, 255 for ``scale="raw"``.

    Raises
    ------
    ShapeError
        If `x` has another shape.
    DataError
        If a pixel is not a number, or lies outside 0 to `largest`.
    """
    x = np.asarray(x)
    _check_picture_shape(x)
    if not np.isfinite(x).all():
        bad = np.argwhere(~np.isfinite(x))
        raise DataError(
            f"{len(bad):,} pixels are not finite numbers (the first is {x[tuple(bad[0])]}, at "
            f"{tuple(bad[0].tolist())}). Remove those pictures, or mend them."
        )
    if x.size and (x.min() < 0 or x.max() > largest):
        fix = " Divide raw pixels by 255." if largest == 1 and 1 < x.max() <= 255 else ""
        raise DataError(
            f"The pixels go from {x.min():g} to {x.max():g}; they must lie between 0 and "
            f"{largest:g}.{fix}"
        )
    return x


def _check_picture_shape(x: np.ndarray) -> None:
    """Raise if an array does not hold pictures, or rows of pixels."""
    shape = np.shape(x)
    if shape[-1:] != (784,) and shape[-2:] != (28, 28):
        raise ShapeError(f"The pixels are {shape}. They must be (..., 784) or (..., 28, 28).")


def _embedded_mnist(path: Path, sha256: str) -> tuple[np.ndarray, ...]:
    """Return training and test digits from the course's own file, once its checksum is right."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(
            f"The data file {path} cannot be read ({error.strerror}). {RESTORE_FILE}"
        ) from error
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise DataError(
            f"The data file {path} is damaged: {len(content):,} bytes with SHA-256 {found}, but "
            f"{sha256} was expected. {RESTORE_FILE}"
        )
    with np.load(io.BytesIO(content)) as arrays:
        x, y = arrays["x"], arrays["y"]
    # Every fifth example of each digit is for testing; so both parts have the digits in the same
    # proportions, and everybody has the same split.
    by_digit = np.argsort(y, kind="stable")
    is_test = np.zeros(len(y), dtype=bool)
    is_test[by_digit[4::5]] = True
    return x[~is_test], y[~is_test], x[is_test], y[is_test]


def _full_mnist() -> tuple[np.ndarray, ...]:
    """Return all of MNIST by way of Keras, which downloads it once."""
    from helpers.keras_tools import import_tensorflow  # only here does this module need it

    try:
        train, test = import_tensorflow().keras.datasets.mnist.load_data()
    except Exception as error:  # Keras raises bare exceptions when a download fails
        raise DataError(
            f"The full MNIST cannot be loaded ({error}). Connect to the internet once, so that "
            "Keras can download it; or use the course's own digits: COURSE_DATA=embedded."
        ) from error
    return *train, *test
