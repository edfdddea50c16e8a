"""The training loop, what it records, and the accuracy, for one network or for many at once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from helpers.errors import CourseError, DataError, ShapeError
from helpers.given import check_integer
from helpers.network import Network, backward, check_inputs, forward
from helpers.progress import track
from helpers.settings import Rngs, given_rng
from helpers.training.losses import Loss, check_classes, softmax_cross_entropy
from helpers.training.optimisers import Optimiser

EXAMPLES_AT_ONCE = 1000  # when only predicting; keeps 20 runs of a wide network in memory


@dataclass
class History:
    """What happened during training, at the points where it was recorded.

    Attributes
    ----------
    steps
        (points,): how many steps had been made.
    loss
        (points,) or (points, runs): mean loss of the batches since the point before. NaN from
        where a run diverged.
    validation_accuracy
        Shaped like `loss`; None without validation data.
    diverged_at
        An integer, or (runs,): the step at which the loss was no longer finite, or -1.
    """

    steps: np.ndarray
    loss: np.ndarray
    validation_accuracy: np.ndarray | None
    diverged_at: np.ndarray

    @property
    def final_accuracy(self) -> float | np.ndarray:
        """The last validation accuracy: a number, or (runs,).

        Raises
        ------
        CourseError
            If none was recorded.
        """
        if self.validation_accuracy is None:
            raise CourseError(
                "No accuracy was recorded. Give train some data to measure it on: "
                "validation=(x, labels)."
            )
        return self.validation_accuracy[-1]

    @property
    def diverged(self) -> bool | np.ndarray:
        """Whether it diverged: a boolean, or (runs,)."""
        return self.diverged_at >= 0


def accuracy(network: Network, x: np.ndarray, labels: np.ndarray) -> float | np.ndarray:
    """Return the share of examples whose largest output is the one of their label.

    Parameters
    ----------
    network
        One network, or many at once.
    x
        Inputs (examples, n_in), or (runs, examples, n_in).
    labels
        Integers (examples,), or (runs, examples).

    Returns
    -------
    share
        From 0 to 1: a number, or (runs,). NaN for a run whose outputs are not finite: a network
        that diverged predicts nothing.

    Raises
    ------
    ShapeError
        If inputs and labels do not go with each other or the network.
    CourseError
        If a label is not one of the classes.
    """
    x, labels = np.asarray(x), np.asarray(labels)
    examples = x.shape[-2:-1]
    if labels.shape not in (examples, (network.runs, *examples)) or not labels.size:
        raise ShapeError(
            f"The labels are {labels.shape}, but the inputs are {x.shape}. Give one or more "
            "examples, and one integer label for each."
        )
    check_classes(labels, network.sizes[-1])
    right, finite = 0, True
    with np.errstate(over="ignore", invalid="ignore"):  # outputs that are not finite count as NaN
        for start in range(0, labels.shape[-1], EXAMPLES_AT_ONCE):
            rows = slice(start, start + EXAMPLES_AT_ONCE)
            outputs = network(x[..., rows, :])
            right = right + (outputs.argmax(axis=-1) == labels[..., rows]).sum(axis=-1)
            finite = finite & np.isfinite(outputs).all(axis=(-2, -1))
    share = np.where(finite, right / labels.shape[-1], np.nan)
    return share if network.runs is not None else float(share)


def train(
    network: Network,
    x: np.ndarray,
    y: np.ndarray,
    *,
    optimiser: Optimiser,
    epochs: int,
    loss: Loss = softmax_cross_entropy,
    batch_size: int | None = None,
    rng: Rngs | None = None,
    shuffle: bool = True,
    validation: tuple[np.ndarray, np.ndarray] | None = None,
    record_every: str | int = "epoch",
    callback: Callable[[int, Network], bool | None] | None = None,
    progress: str | None = None,
) -> History:
    """Train a network, in place.

    A run whose loss stops being finite is frozen as it then is, and reported as diverged; the other
    runs go on.

    Parameters
    ----------
    network
        One network, or many at once.
    x, y
        Inputs (examples, n_in) and what `loss` compares the outputs with: labels (examples,) or
        targets (examples, n_out). Both may have an axis `runs` in front.
    optimiser
        A fresh `Sgd`, `Momentum` or `Adam`; or the same one, to go on where it stopped.
    epochs
        How many times to go through all the examples.
    loss
        Function of (outputs, y) that returns the loss and its gradient.
    batch_size
        Examples per step; None for all of them. A smaller rest is the last batch of an epoch.
    rng
        Shuffles the examples at the start of each epoch. One generator: the same order for all
        runs. A list of them: an order for each run. None: the course's own.
    shuffle
        False to keep the order. Without batches the order does not matter, and is kept.
    validation
        Inputs and integer labels on which to measure the accuracy.
    record_every
        "epoch", or a number of steps.
    callback
        Called as ``callback(step, network)`` at each recorded point; it may return True to stop.
    progress
        A text for a progress bar; None for none.

    Returns
    -------
    History
        The loss and the accuracy as they went.

    Raises
    ------
    ShapeError
        If inputs, labels, generators or learning rates do not go with each other or the network.
    DataError
        If an input is not a finite number.
    CourseError
        If a setting has a value that makes no sense.
    """
    if not isinstance(optimiser, Optimiser):
        raise CourseError(
            f"optimiser is {optimiser!r}. Give one that is made: Sgd(0.1), Momentum(0.1) or Adam()."
        )
    if not callable(loss):
        raise CourseError(
            f"loss is {loss!r}. Give a function: softmax_cross_entropy or squared_error."
        )
    if validation is not None and (
        not isinstance(validation, tuple | list) or len(validation) != 2
    ):
        raise CourseError(
            f"validation is of type {type(validation).__name__}. Give a pair: (x, labels)."
        )
    x, y, y_per_run = _checked_data(network, x, y)
    size = x.shape[-2] if batch_size is None else batch_size
    check_integer("batch_size", size)
    check_integer("epochs", epochs)
    epoch_steps = -(-x.shape[-2] // size)  # rounded up
    every = epoch_steps if record_every == "epoch" else record_every
    check_integer("record_every", every)
    rng = given_rng(rng) if shuffle else None
    if not isinstance(rng, np.random.Generator | None) and len(rng) != network.runs:
        raise ShapeError(
            f"There are {len(rng)} generators, but the network has {network.runs or 'no'} runs. "
            "Give one, or one for each run."
        )

    runs = () if network.runs is None else (network.runs,)
    diverged_at = np.full(runs, -1)
    steps, losses, accuracies = [], [], []
    loss_sum, examples = np.zeros(runs), 0
    total = epochs * epoch_steps
    batches = _batches(x, y, y_per_run, epochs, size, rng)
    if progress:
        batches = track(batches, progress, total)
    for step, (x_batch, y_batch) in enumerate(batches, start=1):
        batch_loss = _step(network, x_batch, y_batch, loss, optimiser, diverged_at < 0)
        diverged_at[(diverged_at < 0) & ~np.isfinite(batch_loss)] = step
        active = diverged_at < 0
        loss_sum += batch_loss * x_batch.shape[-2]
        examples += x_batch.shape[-2]
        if step % every == 0 or step == total or not active.any():
            steps.append(step)
            losses.append(np.where(active, loss_sum / examples, np.nan))
            loss_sum, examples = np.zeros(runs), 0
            if validation is not None:
                accuracies.append(accuracy(network, *validation))
            stop = callback is not None and callback(step, network)
            if stop or not active.any():
                break

    # The very last step can still have spoilt the weights, with no loss after it to tell.
    spoilt = [~np.isfinite(p).reshape(*runs, -1).all(axis=-1) for p in network.parameters()]
    diverged_at[(diverged_at < 0) & np.any(spoilt, axis=0)] = steps[-1]
    return History(
        steps=np.array(steps),
        loss=np.array(losses),
        validation_accuracy=np.array(accuracies) if validation is not None else None,
        diverged_at=diverged_at if runs else diverged_at[()],
    )


def _step(
    network: Network,
    x: np.ndarray,
    y: np.ndarray,
    loss: Loss,
    optimiser: Optimiser,
    active: np.ndarray,
) -> np.ndarray:
    """Make one step with the active runs whose loss is finite; return the loss of every run."""
    with np.errstate(over="ignore", invalid="ignore"):  # who diverges is found by the loss
        trace = forward(network, x)
        batch_loss, output_gradient = loss(trace.outputs, y)
        active = active & np.isfinite(batch_loss)
        if active.any():
            gradients = backward(network, trace, output_gradient, input_gradient=False)
            optimiser.step(network, gradients, active=True if active.all() else active)
    return batch_loss


def _checked_data(
    network: Network, x: np.ndarray, y: np.ndarray
) -> tuple[np.ndarray, np.ndarray, bool]:
    """Return `x` and `y` in the network's precision, and whether each run has its own `y`.

    Raises
    ------
    ShapeError
        If they do not go with each other, or not with the network.
    DataError
        If an input is not a finite number.
    """
    x, y = check_inputs(network.layers[0], x), np.asarray(y)
    examples = x.shape[-2]
    y_per_run = x.ndim == 3 or (y.ndim > 1 and len(y) != examples)
    expected = (network.runs, examples) if y_per_run else (examples,)
    if examples == 0 or y.shape[: len(expected)] != expected:
        raise ShapeError(
            f"The inputs are {x.shape} and the labels or targets {y.shape}. Give one or more "
            "inputs, and one label or one row of targets for each."
        )
    # Found here, because from the first loss on it would look as if the training had diverged.
    lost = np.count_nonzero(~np.isfinite(x))
    if lost:
        raise DataError(
            f"{lost:,} of {x.size:,} input values are not finite numbers. Remove those examples, "
            "or mend them."
        )
    return x, y.astype(network.dtype, copy=False) if y.dtype.kind == "f" else y, y_per_run


def _batches(
    x: np.ndarray, y: np.ndarray, y_per_run: bool, epochs: int, size: int, rng: Rngs | None
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the batches of all epochs: in the given order without `rng`, else shuffled anew."""
    examples = x.shape[-2]
    for _ in range(epochs):
        if size >= examples:  # one batch, and its order does not matter
            yield x, y
            continue
        order = _order(examples, rng)
        for start in range(0, examples, size):
            rows = order[..., start : start + size]
            yield _take(x, x.ndim == 3, rows), _take(y, y_per_run, rows)


def _order(examples: int, rng: Rngs | None) -> np.ndarray:
    """Return an order of the examples (examples,); from a list of generators (runs, examples)."""
    if rng is None:
        return np.arange(examples)
    if isinstance(rng, np.random.Generator):
        return rng.permutation(examples)
    return np.stack([each.permutation(examples) for each in rng])


def _take(data: np.ndarray, per_run: bool, rows: np.ndarray) -> np.ndarray:
    """Return some rows of data (examples, ...), or of data (runs, examples, ...) if `per_run`."""
    if not per_run:
        return data[rows]
    if rows.ndim == 1:
        return data[:, rows]
    return data[np.arange(len(data))[:, None], rows]
