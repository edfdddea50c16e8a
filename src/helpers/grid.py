"""Settings times seeds: every setting is tried with the same seeds, all in one batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.errors import CourseError, ShapeError
from helpers.settings import rngs

FEWEST_WITH_AN_INSIDE = 3  # of two settings, each lies on the edge


@dataclass(frozen=True)
class Grid:
    """A grid of settings, such as learning rates, and seeds.

    A network with ``grid.runs`` runs holds the first setting with each seed, then the second
    setting with the same seeds, and so on.

    Attributes
    ----------
    settings
        What is compared, in order: numbers, or names.
    seeds
        How many seeds each setting is tried with.

    Examples
    --------
    Three learning rates, each with 20 seeds, train as one network of 60 runs:

    >>> from helpers.data import xor
    >>> from helpers.network import build_network
    >>> from helpers.training import Sgd, accuracy, train
    >>> grid = Grid([0.01, 0.1, 1.0], seeds=20)
    >>> networks = build_network([2, 4, 2], rng=grid.rngs())
    >>> history = train(networks, *xor(), optimiser=Sgd(grid.values()), epochs=50)
    >>> grid.table(accuracy(networks, *xor())).shape
    (3, 20)
    """

    settings: Sequence[Any] | np.ndarray
    seeds: int

    @property
    def runs(self) -> int:
        """The number of all runs."""
        return len(self.settings) * self.seeds

    def rngs(self) -> list[np.random.Generator]:
        """Return a generator for each run; the same seeds for every setting."""
        return [generator for _ in self.settings for generator in rngs(self.seeds)]

    def values(self, settings: Sequence[Any] | np.ndarray | None = None) -> np.ndarray:
        """Return the setting of each run, (runs,); or other values, given one for each setting.

        Raises
        ------
        ShapeError
            If there is not one value for each setting.
        """
        settings = self.settings if settings is None else settings
        if len(settings) != len(self.settings):
            raise ShapeError(
                f"There are {len(settings)} values for {len(self.settings)} settings. Give one for "
                "each."
            )
        return np.repeat(settings, self.seeds)

    def table(self, values: np.ndarray) -> np.ndarray:
        """Return values (..., runs) as (..., settings, seeds).

        Raises
        ------
        ShapeError
            If the last axis does not hold all runs.
        """
        values = np.asarray(values)
        if values.shape[-1:] != (self.runs,):
            raise ShapeError(
                f"The values are {values.shape}; their last axis must hold the {self.runs} runs."
            )
        return values.reshape(*values.shape[:-1], len(self.settings), self.seeds)

    def best(self, scores: np.ndarray, lowest: bool = False, unlearned: float | None = None) -> int:
        """Return the index of the setting with the highest mean over the seeds.

        In a grid of numbers it must not lie on the edge: settings beyond could be better still.
        Scores should come from validation data, never from the test set.

        Parameters
        ----------
        scores
            A table (settings, seeds). A setting with a score that is NaN, which a run that diverged
            leaves behind, is never the best.
        lowest
            Whether low scores are good, as with a loss.
        unlearned
            A mean that no learning explains, such as that of guessing. If even the best is no
            better, one setting is as good as another, and it may lie on the edge.

        Raises
        ------
        CourseError
            If no setting has finite scores only, or if the best lies on the edge.
        """
        means = np.asarray(scores).mean(axis=-1)
        if np.isnan(means).all():
            raise CourseError("Every setting has a score that is NaN. Try other settings.")
        best = int(np.nanargmin(means) if lowest else np.nanargmax(means))
        ordered = np.issubdtype(np.asarray(self.settings).dtype, np.number)
        inside = len(self.settings) < FEWEST_WITH_AN_INSIDE or 0 < best < len(self.settings) - 1
        learned = unlearned is None or (
            means[best] < unlearned if lowest else means[best] > unlearned
        )
        if ordered and learned and not inside:
            raise CourseError(
                f"The best setting, {self.settings[best]} (mean score {means[best]:.3g}), lies on "
                f"the edge of the grid {self.settings[0]} to {self.settings[-1]}. Add settings "
                "beyond it; or, if such a score means that nothing learns, say so with unlearned=."
            )
        return best
