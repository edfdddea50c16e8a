"""What the TensorFlow chapters share. The only module that imports TensorFlow, and only when used.

TensorFlow takes seconds to import and talks a lot while it does. `import_tensorflow` is the one
place where it is imported, and told to be quiet.
"""

import importlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from helpers.errors import CourseError, ShapeError, UnknownNameError
from helpers.given import check_integer
from helpers.network import Network

# 3: of the messages of its C++ part only fatal ones. 0: without oneDNN, whose sums are ordered
# differently on each kind of processor.
SWITCHES = {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0"}

# The activations that have the same name and the same formula here and in Keras. Leaky ReLU is not
# among them, because the default slopes differ.
SHARED_ACTIVATIONS = (
    "linear",
    "sigmoid",
    "tanh",
    "softplus",
    "relu",
    "elu",
    "selu",
    "gelu",
    "silu",
)


def import_tensorflow() -> ModuleType:
    """Import TensorFlow, quietly, and return it: ``tf = import_tensorflow()``.

    Raises
    ------
    CourseError
        If it is not installed, or cannot be loaded on this machine.
    """
    for variable, value in SWITCHES.items():
        os.environ.setdefault(variable, value)
    try:
        tensorflow = importlib.import_module("tensorflow")
    except ImportError as error:
        raise CourseError(
            f"TensorFlow cannot be imported ({error}). Install it into the environment of this "
            "notebook: pip install tensorflow-cpu (on a Mac: pip install tensorflow). `make lab` "
            "does that for you."
        ) from error
    # We show old programs on purpose, so advice on how to replace them would be noise.
    tensorflow.get_logger().setLevel("ERROR")
    return tensorflow


def set_seeds(seed: int) -> None:
    """Seed everything that TensorFlow and Keras draw from here on.

    The old global generators of Python and of numpy are seeded as well; the course does not use
    them.

    Raises
    ------
    CourseError
        If `seed` is not an integer from 0 to 2**32 - 1.
    """
    check_integer("seed", seed, 0, 2**32 - 1)
    import_tensorflow().keras.utils.set_random_seed(int(seed))


@contextmanager
def graph_session(graph: Any) -> Iterator[Any]:
    """Open a TensorFlow 1 session in which the variables of a graph have their first values.

    Parameters
    ----------
    graph
        A `tf.Graph` with the model in it.

    Yields
    ------
    session
        A `tf.compat.v1.Session`, which closes itself:
        ``session.run(what, feed_dict={placeholder: values})``.

    Raises
    ------
    CourseError
        If the graph is empty.
    """
    if not graph.get_operations():
        raise CourseError(
            "The graph is empty. Build the model in it first, under `with graph.as_default():`."
        )
    v1 = import_tensorflow().compat.v1
    with graph.as_default():
        draw_first_values = v1.global_variables_initializer()
    with v1.Session(graph=graph) as session:
        session.run(draw_first_values)
        yield session


def to_keras(network: Network) -> Any:
    """Return a Keras model that computes the same as a network.

    Parameters
    ----------
    network
        A single network; it is left as it is.

    Returns
    -------
    model
        A `keras.Sequential` of `Dense` layers in the network's precision, with copies of its
        weights, built but not compiled.

    Raises
    ------
    ShapeError
        If the network has runs.
    UnknownNameError
        If Keras has no activation of that name and formula.
    """
    if network.runs is not None:
        raise ShapeError(
            f"The network has {network.runs} runs, a Keras model has one. Take one of them: "
            "to_keras(network[0])."
        )
    keras = import_tensorflow().keras
    dtype = str(network.dtype)
    model = keras.Sequential([keras.Input((network.sizes[0],), dtype=dtype)])
    for layer in network.layers:
        name = _shared(layer.activation.name)
        model.add(keras.layers.Dense(layer.biases.size, activation=name, dtype=dtype))
    model.set_weights(network.parameters())
    return model


def _shared(name: str) -> str:
    """Return the name of an activation if it means the same here and in Keras."""
    if name not in SHARED_ACTIVATIONS:
        raise UnknownNameError.among("activation shared with Keras", name, SHARED_ACTIVATIONS)
    return name
