"""TensorFlow is imported late and quietly, and a Keras model computes the same as a network."""

import subprocess
import sys
from types import ModuleType

import numpy as np
import pytest

from helpers import keras_tools
from helpers.errors import CourseError, ShapeError, UnknownNameError
from helpers.folding import relative_error
from helpers.network import Network, build_network

SIZES = (7, 5, 4, 3)


@pytest.fixture(scope="module")
def tf() -> ModuleType:
    return keras_tools.import_tensorflow()


def drawn(activation: str = "relu", dtype: type = np.float32, seed: int = 0) -> Network:
    rng = np.random.default_rng(seed)
    return build_network(SIZES, activation, rng=rng, bias_initializer="normal", dtype=dtype)


def inputs(dtype: type = np.float32) -> np.ndarray:
    return np.random.default_rng(9).normal(size=(20, SIZES[0])).astype(dtype)


def run_python(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=300
    )


# --- the import -----------------------------------------------------------------------------------


def test_tensorflow_says_nothing_while_it_works() -> None:
    done = run_python(
        "import os\n"
        "from helpers.keras_tools import import_tensorflow\n"
        "tf = import_tensorflow()\n"
        "tf.compat.v1.disable_eager_execution()\n"
        "tf.compat.v1.Variable(tf.compat.v1.random_normal([2, 3]))\n"
        "print(os.environ['TF_CPP_MIN_LOG_LEVEL'], os.environ['TF_ENABLE_ONEDNN_OPTS'])"
    )
    assert done.stdout.split() == ["3", "0"]
    assert done.stderr == ""


def test_the_reader_may_choose_other_switches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "1")
    monkeypatch.delenv("TF_ENABLE_ONEDNN_OPTS", raising=False)
    keras_tools.import_tensorflow()
    assert keras_tools.os.environ["TF_CPP_MIN_LOG_LEVEL"] == "1"
    assert keras_tools.os.environ["TF_ENABLE_ONEDNN_OPTS"] == "0"


def test_a_missing_tensorflow_is_named_with_the_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    def not_found(name: str) -> ModuleType:
        raise ModuleNotFoundError(f"No module named {name!r}")

    monkeypatch.setattr(keras_tools.importlib, "import_module", not_found)
    with pytest.raises(CourseError, match=r"No module named 'tensorflow'.*pip install"):
        keras_tools.import_tensorflow()


# --- seeds and sessions ---------------------------------------------------------------------------


def test_a_seed_decides_what_keras_draws(tf: ModuleType) -> None:
    def draw(seed: int) -> np.ndarray:
        keras_tools.set_seeds(seed)
        model = tf.keras.Sequential([tf.keras.Input((4,)), tf.keras.layers.Dense(3)])
        return model.get_weights()[0]

    assert np.array_equal(draw(1), draw(1))
    assert not np.array_equal(draw(1), draw(2))


@pytest.mark.parametrize("seed", [-1, 2**32, 0.5, "1", True, None])
def test_a_bad_seed_is_refused(seed: object) -> None:
    with pytest.raises(CourseError, match=r"seed is .* integer from 0"):
        keras_tools.set_seeds(seed)


def test_a_session_has_initial_values_and_closes_itself(tf: ModuleType) -> None:
    v1 = tf.compat.v1
    graph = tf.Graph()
    with graph.as_default():
        x = v1.placeholder("float", [None, 2])
        doubled = v1.matmul(x, v1.Variable([[2.0], [0.0]]))
    with keras_tools.graph_session(graph) as session:
        assert session.run(doubled, feed_dict={x: [[3.0, 1.0]]}) == [[6.0]]
    with pytest.raises(RuntimeError, match="closed"):
        session.run(doubled, feed_dict={x: [[3.0, 1.0]]})


def test_an_empty_graph_is_refused(tf: ModuleType) -> None:
    message = "graph is empty.*as_default"
    with pytest.raises(CourseError, match=message), keras_tools.graph_session(tf.Graph()):
        pass


# --- weights --------------------------------------------------------------------------------------


@pytest.mark.parametrize("activation", keras_tools.SHARED_ACTIVATIONS)
@pytest.mark.parametrize(("dtype", "limit"), [(np.float32, 1e-5), (np.float64, 1e-7)])
def test_a_network_and_its_keras_model_agree(
    activation: str, dtype: type, limit: float, tf: ModuleType
) -> None:
    # Not 1e-12 in float64: Keras computes a constant of GELU in float32.
    network = drawn(activation, dtype)
    outputs = keras_tools.to_keras(network)(inputs(dtype)).numpy()
    assert outputs.dtype == dtype
    assert relative_error(outputs, network(inputs(dtype))) < limit


def test_runs_are_refused() -> None:
    network = Network.stack([drawn(seed=0), drawn(seed=1)])
    with pytest.raises(ShapeError, match=r"2 runs.*network\[0\]"):
        keras_tools.to_keras(network)


def test_an_activation_that_keras_defines_otherwise_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="leaky_relu"):
        keras_tools.to_keras(drawn("leaky_relu"))
