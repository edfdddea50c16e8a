r"""Losses, optimisers and the training loop, for one network or for many at once.

Everything works on the last axes (batch, units); with an axis `runs` before them, each run has its
own loss, its own gradient and, if wished, its own learning rate and its own order of the examples.
"""

from helpers.training.loop import History, accuracy, train
from helpers.training.losses import Loss, softmax, softmax_cross_entropy, squared_error
from helpers.training.optimisers import Adam, Momentum, Optimiser, Sgd

__all__ = [
    "Adam",
    "History",
    "Loss",
    "Momentum",
    "Optimiser",
    "Sgd",
    "accuracy",
    "softmax",
    "softmax_cross_entropy",
    "squared_error",
    "train",
]
