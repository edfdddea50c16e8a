"""The MNIST tutorial: the program as written against its ports, in time to equal accuracy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from time import perf_counter

import numpy as np
from ratios import Ratio, summary

from helpers.data import load_mnist
from helpers.keras_tools import graph_session, import_tensorflow
from helpers.network import Network, build_network
from helpers.settings import rngs, seeds

SIZES = (784, 500, 500, 500, 10)
BATCH = 100
RATE = 0.001  # of Adam, by default
EPOCHS = 10  # what the tutorial trains for
REPEATS = 5
CHECK_EVERY = 5  # steps; for the repaired port, which is there before its first epoch ends

Batch = tuple[np.ndarray, np.ndarray]


def batches(rng: np.random.Generator, epochs: int, x: np.ndarray, y: np.ndarray) -> Iterator[Batch]:
    """Yield the batches of all epochs, shuffled anew in each."""
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x), BATCH):
            rows = order[start : start + BATCH]
            yield x[rows], y[rows]


def as_written(seed: int, rng: np.random.Generator, train: Batch, test: Batch) -> Batch:
    """Train the TensorFlow 1 program; return its seconds of training and its final accuracy."""
    tf = import_tensorflow()
    v1, one_hot = tf.compat.v1, np.eye(10, dtype=np.float32)
    graph = tf.Graph()
    with graph.as_default():
        v1.set_random_seed(seed)
        x, y = v1.placeholder("float", [None, SIZES[0]]), v1.placeholder("float")
        h = x
        for n_in, n_out in pairwise(SIZES):
            h = v1.nn.relu(h) if h is not x else x
            weights = v1.Variable(v1.random_normal([n_in, n_out]))
            h = v1.add(v1.matmul(h, weights), v1.Variable(v1.random_normal([n_out])))
        losses = v1.nn.softmax_cross_entropy_with_logits_v2(labels=y, logits=h)
        step = v1.train.AdamOptimizer().minimize(v1.reduce_mean(losses))
        answers = v1.argmax(h, 1)
    with graph_session(graph) as session:
        session.run(answers, feed_dict={x: test[0]})  # the first call prepares the session
        start = perf_counter()
        for x_batch, y_batch in batches(rng, EPOCHS, *train):
            session.run(step, feed_dict={x: x_batch, y: one_hot[y_batch]})
        seconds = perf_counter() - start
        return seconds, np.mean(session.run(answers, feed_dict={x: test[0]}) == test[1])


class Port:
    """The same network in a `tf.function` loop; compiled once, and started from any weights."""

    def __init__(self) -> None:
        """Compile the step and the forward pass."""
        self.tf = tf = import_tensorflow()
        blank = build_network(SIZES, initializer="zeros", dtype=np.float32)
        self.parameters = [tf.Variable(each) for each in blank.parameters()]
        self.optimizer = tf.keras.optimizers.Adam()
        self.optimizer.build(self.parameters)
        self.step = tf.function(self._step, jit_compile=True)  # as in the chapter
        self.answers = tf.function(self._answers)

    def _logits(self, x):
        h = x
        for weights, biases in zip(self.parameters[0:-2:2], self.parameters[1:-2:2], strict=True):
            h = self.tf.nn.relu(h @ weights + biases)
        return h @ self.parameters[-2] + self.parameters[-1]

    def _step(self, x, y):
        with self.tf.GradientTape() as tape:
            losses = self.tf.nn.sparse_softmax_cross_entropy_with_logits(y, self._logits(x))
            loss = self.tf.reduce_mean(losses)
        gradients = tape.gradient(loss, self.parameters)
        self.optimizer.apply_gradients(zip(gradients, self.parameters, strict=True))

    def _answers(self, x):
        return self.tf.argmax(self._logits(x), axis=1)

    def _restart(self, network: Network) -> None:
        """Take the network's weights and forget all steps; that saves compiling anew."""
        for variable, value in zip(self.parameters, network.parameters(), strict=True):
            variable.assign(value)
        for memory in self.optimizer.variables:
            memory.assign(np.zeros(memory.shape, memory.dtype))
        self.optimizer.learning_rate = RATE

    def seconds(
        self, network: Network, todo: Iterator[Batch], enough: Callable[[int], bool]
    ) -> float:
        """Train until the batches end or it is enough; return the seconds, without the checks."""
        self._restart(network)
        total = 0.0
        for number, (x, y) in enumerate(todo, start=1):
            start = perf_counter()
            self.step(x, y)
            total += perf_counter() - start
            if enough(number):
                break
        return total


def measure() -> list[Ratio]:
    """Return the ratios; each repeat has its own seed and times the programs in turns."""
    digits = load_mnist(verbose=False)
    train, test = (digits.x_train, digits.y_train), (digits.x_test, digits.y_test)
    port = Port()

    def drawn(rng: np.random.Generator, initializer: str, biases: str) -> Network:
        options = {"initializer": initializer, "bias_initializer": biases, "dtype": np.float32}
        return build_network(SIZES, rng=rng, **options)

    port.seconds(drawn(rngs(1)[0], "he", "zeros"), batches(rngs(1)[0], 1, *train), lambda n: n > 5)
    port.answers(test[0])
    unchanged, repaired = [], []
    for seed, rng in zip(seeds(REPEATS), rngs(REPEATS), strict=True):
        written, goal = as_written(seed, rng, train, test)

        def there(number: int, goal: float = goal) -> bool:
            checked = number % CHECK_EVERY == 0
            return checked and np.mean(port.answers(test[0]).numpy() == test[1]) >= goal

        same = port.seconds(
            drawn(rng, "normal", "normal"), batches(rng, EPOCHS, *train), lambda number: False
        )
        healthy = port.seconds(drawn(rng, "he", "zeros"), batches(rng, EPOCHS, *train), there)
        unchanged.append(written / same)
        repaired.append(written / healthy)
    return [
        summary(
            f"The MNIST tutorial, {EPOCHS} epochs of {len(train[0]):,} digits, weights as written",
            unchanged,
            "TensorFlow 1 / tf.function port",
        ),
        summary(
            "The MNIST tutorial, time to its final accuracy",
            repaired,
            "TensorFlow 1 as written / tf.function port with He weights",
        ),
    ]
