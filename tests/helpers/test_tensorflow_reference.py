"""TensorFlow, written by others, as an independent reference for what we compute ourselves."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import data
from helpers.activations import activation_names, get_activation
from helpers.keras_tools import import_tensorflow
from helpers.network import Gradients, Network, backward, build_network, forward
from helpers.training import Adam, Momentum, Sgd, softmax_cross_entropy, squared_error, train

tf = import_tensorflow()

RNG = np.random.default_rng
SEEDS = st.integers(0, 10_000)
SIZES = st.lists(st.integers(1, 7), min_size=2, max_size=5)
CLOSE = {"rtol": 1e-9, "atol": 1e-11}

# For each of our names, what TensorFlow calls it. The step has no counterpart there.
THEIRS = {
    "linear": tf.identity,
    "sigmoid": tf.sigmoid,
    "tanh": tf.tanh,
    "softplus": tf.nn.softplus,
    "relu": tf.nn.relu,
    "leaky_relu": lambda z: tf.nn.leaky_relu(z, alpha=0.25),
    "elu": tf.nn.elu,
    "selu": tf.nn.selu,
    # tf.nn.gelu takes a rounded square root of 2, too rough for float64; see the test of its own.
    "gelu": lambda z: z * tf.math.erfc(-z / np.sqrt(2)) / 2,
    "silu": tf.nn.silu,
}
# TensorFlow keeps the slope in float32, so it has to be a number that float32 can hold exactly.
OURS = {
    **{name: get_activation(name) for name in THEIRS},
    "leaky_relu": get_activation("leaky_relu", slope=0.25),
}
OPTIMISERS = {
    "sgd": (lambda: Sgd(0.05), lambda: tf.keras.optimizers.SGD(0.05)),
    "momentum": (
        lambda: Momentum(0.05, decay=0.8),
        lambda: tf.keras.optimizers.SGD(0.05, momentum=0.8),
    ),
    "adam": (
        lambda: Adam(0.02, epsilon=1e-7),
        lambda: tf.keras.optimizers.Adam(0.02, epsilon=1e-7),
    ),
    "adam, other settings": (
        lambda: Adam(0.1, beta_1=0.7, beta_2=0.9, epsilon=1e-3),
        lambda: tf.keras.optimizers.Adam(0.1, beta_1=0.7, beta_2=0.9, epsilon=1e-3),
    ),
}


def test_every_activation_is_compared() -> None:
    assert set(THEIRS) == set(activation_names()) - {"step"}


@pytest.mark.parametrize("name", THEIRS)
@pytest.mark.parametrize(("dtype", "rtol"), [(np.float64, 1e-10), (np.float32, 2e-5)])
def test_activations_and_their_gradients(name: str, dtype: type, rtol: float) -> None:
    ours = OURS[name]
    z = np.concatenate([np.linspace(-20, 20, 801), 1e-3 * np.arange(-5, 6)]).astype(dtype)
    variable = tf.constant(z)
    with tf.GradientTape() as tape:
        tape.watch(variable)
        value = THEIRS[name](variable)
    derivative = tape.gradient(value, variable).numpy()
    at_kink = (z == 0) & (name in ("elu", "selu"))  # there they take the slope from the right
    np.testing.assert_allclose(ours(z), value.numpy(), rtol=rtol, atol=10 * np.finfo(dtype).eps)
    np.testing.assert_allclose(
        ours.derivative(z)[~at_kink],
        derivative[~at_kink],
        rtol=rtol,
        atol=30 * np.finfo(dtype).eps,
    )


def test_gelu_as_the_libraries_have_it() -> None:
    z = np.linspace(-5, 5, 201, dtype=np.float32)
    theirs = tf.nn.gelu(z, approximate=False).numpy()
    np.testing.assert_allclose(get_activation("gelu")(z), theirs, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(tf.keras.activations.gelu(z), theirs)


@given(batch=st.integers(1, 6), classes=st.integers(1, 6), seed=SEEDS)
@settings(max_examples=40)
def test_softmax_cross_entropy(batch: int, classes: int, seed: int) -> None:
    rng = RNG(seed)
    logits, labels = 5 * rng.standard_normal((batch, classes)), rng.integers(0, classes, batch)
    variable = tf.constant(logits)
    with tf.GradientTape() as tape:
        tape.watch(variable)
        theirs = tf.reduce_mean(
            tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=variable)
        )
    loss, gradient = softmax_cross_entropy(logits, labels)
    np.testing.assert_allclose(loss, theirs.numpy(), **CLOSE)
    np.testing.assert_allclose(gradient, tape.gradient(theirs, variable).numpy(), **CLOSE)


@given(batch=st.integers(1, 6), units=st.integers(1, 6), seed=SEEDS)
@settings(max_examples=40)
def test_squared_error(batch: int, units: int, seed: int) -> None:
    outputs, targets = RNG(seed).standard_normal((2, batch, units))
    variable = tf.constant(outputs)
    with tf.GradientTape() as tape:
        tape.watch(variable)
        # Keras averages over the outputs, too; we sum over them.
        theirs = units * tf.keras.losses.MeanSquaredError(dtype="float64")(targets, variable)
    loss, gradient = squared_error(outputs, targets)
    np.testing.assert_allclose(loss, theirs.numpy(), **CLOSE)
    np.testing.assert_allclose(gradient, tape.gradient(theirs, variable).numpy(), **CLOSE)


def their_forward(network: Network, variables: list[tf.Variable], x) -> list[tf.Tensor]:
    """Compute the pre-activations of all layers, and the outputs, with TensorFlow."""
    h, results = x, []
    for layer, W, b in zip(network.layers, variables[::2], variables[1::2], strict=True):
        z = tf.matmul(h, W) + b
        h = THEIRS[layer.activation.name](z)
        results.append(z)
    return [*results, h]


@settings(max_examples=60)
@given(sizes=SIZES, name=st.sampled_from(sorted(THEIRS)), squared=st.booleans(), seed=SEEDS)
def test_forward_and_backward_of_the_whole_network(sizes, name, squared, seed) -> None:
    rng = RNG(seed)
    network = build_network(sizes, OURS[name], rng=rng, bias_initializer="normal")
    x = rng.standard_normal((5, sizes[0]))
    trace = forward(network, x)
    variables = [tf.Variable(parameter) for parameter in network.parameters()]
    inputs = tf.constant(x)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(inputs)
        *z, outputs = their_forward(network, variables, inputs)
        if squared:
            y = rng.standard_normal((5, sizes[-1]))
            loss = tf.reduce_mean(tf.reduce_sum((outputs - y) ** 2, axis=1))
        else:
            y = rng.integers(0, sizes[-1], 5)
            loss = tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=outputs)
            )
    value, output_gradient = (squared_error if squared else softmax_cross_entropy)(trace.outputs, y)
    ours = backward(network, trace, output_gradient)
    np.testing.assert_allclose(trace.outputs, outputs.numpy(), **CLOSE)
    np.testing.assert_allclose(value, loss.numpy(), **CLOSE)
    np.testing.assert_allclose(ours.inputs, tape.gradient(loss, inputs).numpy(), **CLOSE)
    for one, other in zip(ours.parameters(), tape.gradient(loss, variables), strict=True):
        np.testing.assert_allclose(one, other.numpy(), **CLOSE)
    for one, other in zip(ours.pre_activations, tape.gradient(loss, z), strict=True):
        np.testing.assert_allclose(one, other.numpy(), **CLOSE)


@pytest.mark.parametrize("name", OPTIMISERS)
@settings(max_examples=15)
@given(seed=SEEDS)
def test_optimisers_take_the_same_steps(name: str, seed: int) -> None:
    ours, theirs = (make() for make in OPTIMISERS[name])
    rng = RNG(seed)
    network = build_network([3, 4, 2], rng=rng)
    variables = [tf.Variable(parameter) for parameter in network.parameters()]
    for _ in range(6):
        gradients = [rng.standard_normal(p.shape) for p in network.parameters()]
        ours.step(network, Gradients(weights=gradients[::2], biases=gradients[1::2]))
        theirs.apply_gradients(
            zip([tf.constant(gradient) for gradient in gradients], variables, strict=True)
        )
    for one, other in zip(network.parameters(), variables, strict=True):
        # Keras keeps its settings, and the powers of the betas, in float32.
        np.testing.assert_allclose(one, other.numpy(), rtol=2e-5, atol=2e-6)


def test_training_goes_the_same_way_as_in_keras() -> None:
    digits = data.load_mnist(verbose=False)
    x, y = digits.x_train[:600], digits.y_train[:600]
    network = build_network([784, 30, 20, 10], rng=RNG(0), dtype=np.float32)
    layers = [
        tf.keras.layers.Dense(30, activation="relu"),
        tf.keras.layers.Dense(20, activation="relu"),
        tf.keras.layers.Dense(10),
    ]
    model = tf.keras.Sequential([tf.keras.Input((784,)), *layers])
    for layer, own in zip(layers, network.layers, strict=True):
        layer.set_weights([own.weights, own.biases])
    model.compile(
        optimizer=tf.keras.optimizers.Adam(1e-3),
        loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    theirs = model.fit(x, y, batch_size=50, epochs=3, shuffle=False, verbose=0)
    ours = train(
        network, x, y, optimiser=Adam(epsilon=1e-7), epochs=3, batch_size=50, shuffle=False
    )
    np.testing.assert_allclose(ours.loss, theirs.history["loss"], rtol=1e-3)
    outputs = model.predict(x, verbose=0)
    np.testing.assert_allclose(forward(network, x).outputs, outputs, atol=0.02)
