"""Losses: a number to make small, and its gradient with respect to the network's outputs.

They work on the last axes (batch, units); with an axis `runs` before them, each run has its own
loss.
"""

from collections.abc import Callable

import numpy as np

from helpers.errors import CourseError, ShapeError

Loss = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def softmax(logits: np.ndarray) -> np.ndarray:
    """Turn each row of logits (..., classes) into probabilities that sum to 1."""
    exponentials = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def softmax_cross_entropy(logits: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean cross-entropy of softmax(logits) against the labels, and its gradient.

    Parameters
    ----------
    logits
        Array (batch, classes), or (runs, batch, classes).
    labels
        Integers from 0 to classes - 1: (batch,), or (runs, batch).

    Returns
    -------
    loss
        Mean over the batch, in nats: a number, or (runs,).
    gradient
        Of that mean with respect to the logits, shaped like them: (softmax - one-hot) / batch.

    Raises
    ------
    ShapeError
        If there is not one label for each row of logits.
    CourseError
        If a label is not one of the classes.
    """
    labels = np.asarray(labels)
    batch, classes = logits.shape[-2:]
    if labels.shape not in (logits.shape[-2:-1], logits.shape[:-1]):
        raise ShapeError(
            f"The labels are {labels.shape}, but the logits are {logits.shape}. Give one integer "
            f"label for each row, shape {logits.shape[:-1]}."
        )
    check_classes(labels, classes)
    one_hot = labels[..., None] == np.arange(classes)
    shifted = logits - logits.max(axis=-1, keepdims=True)  # the same softmax, without overflow
    exponentials = np.exp(shifted)
    totals = exponentials.sum(axis=-1, keepdims=True)
    loss = np.log(totals).mean(axis=(-2, -1)) - (shifted * one_hot).sum(axis=(-2, -1)) / batch
    gradient = (exponentials / totals - one_hot) / batch
    return loss, gradient


def squared_error(outputs: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the squared error, summed over the outputs and averaged over the batch; its gradient.

    Parameters
    ----------
    outputs
        Array (batch, n_out), or (runs, batch, n_out).
    targets
        Of the same shape; targets without the axis `runs` are the same for all runs.

    Returns
    -------
    loss
        A number, or (runs,); in squared units of the targets.
    gradient
        With respect to the outputs, shaped like them: 2 (outputs - targets) / batch.

    Raises
    ------
    ShapeError
        If the shapes differ. A narrower target is never stretched to fit.
    """
    targets = np.asarray(targets)
    if targets.shape not in (outputs.shape[-2:], outputs.shape):
        fix = " Write y[:, None] to make a column of it." if targets.ndim == 1 else ""
        raise ShapeError(
            f"The targets are {targets.shape}, but the outputs are {outputs.shape}. "
            f"They must have the same shape.{fix}"
        )
    batch = outputs.shape[-2]
    error = outputs - targets
    return (error**2).sum(axis=(-2, -1)) / batch, 2 * error / batch


def check_classes(labels: np.ndarray, classes: int) -> None:
    """Check that the labels are integers from 0 to classes - 1.

    Raises
    ------
    CourseError
        If one is not.
    """
    if labels.dtype.kind not in "iu":
        raise CourseError(
            f"The labels are of type {labels.dtype}. They must be integers: y.astype(int)."
        )
    if labels.size and not (labels.min() >= 0 and labels.max() < classes):
        wrong = labels[(labels < 0) | (labels >= classes)].flat[0]
        raise CourseError(
            f"A label is {wrong}, but there are {classes} outputs, so labels go from 0 to "
            f"{classes - 1}. Correct the labels, or give the network more outputs."
        )
