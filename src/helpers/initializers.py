r"""Initialisers: how the weights of one layer are drawn, and how large they come out.

With ``n_in`` inputs and ``n_out`` units, each initialiser states the mean square of a weight,
:math:`E[w^2]`. All the random ones here have mean 0, so for them that is the variance.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from helpers.given import check_numbers, floating
from helpers.named import make_named


@dataclass(frozen=True)
class Initializer:
    """One way to draw the weights of a layer.

    Attributes
    ----------
    name, label
        The name in code, and the one in figures.
    variance
        Function of ``(n_in, n_out)``: the mean square of a weight.
    draw
        Function of ``(n_in, n_out, rng)``: a float64 matrix (n_in, n_out).
    """

    name: str
    label: str
    variance: Callable[[int, int], float] = field(compare=False, repr=False)
    draw: Callable[[int, int, np.random.Generator], np.ndarray] = field(compare=False, repr=False)

    def __call__(
        self,
        n_in: int,
        n_out: int,
        rng: np.random.Generator,
        dtype: np.typing.DTypeLike = np.float64,
    ) -> np.ndarray:
        """Draw a weight matrix (n_in, n_out).

        It is drawn in float64 and then converted, so that one seed gives the same weights in both
        precisions, up to rounding.

        Raises
        ------
        CourseError
            If `dtype` is no floating type.
        """
        return self.draw(n_in, n_out, rng).astype(floating(dtype), copy=False)


def get_initializer(name: str | Initializer, **parameters: float) -> Initializer:
    """Return an initialiser by name; one that is already made is returned as it is.

    Parameters
    ----------
    name
        ``"he"``, ``"xavier"``, ``"lecun"``, ``"normal"`` and so on, or an `Initializer`.
    **parameters
        ``std`` of ``"normal"``, ``gain`` of ``"orthogonal"``.

    Raises
    ------
    UnknownNameError
        If there is no such initialiser, or it has no such parameter.
    CourseError
        If a parameter is not a finite number (for `std` of 0 or more), or parameters come with an
        initialiser that is already made.
    """
    return make_named(Initializer, name, _MAKERS, parameters)


def _xavier_variance(n_in: int, n_out: int) -> float:
    return 2 / (n_in + n_out)


def _make_normal(name: str, label: str, variance: Callable[[int, int], float]):
    """Return an initialiser that draws from a normal distribution with that variance."""

    def draw(n_in, n_out, rng):
        return rng.normal(0.0, np.sqrt(variance(n_in, n_out)), (n_in, n_out))

    return Initializer(name, label, variance, draw)


def _make_same(std: float = 1.0) -> Initializer:
    """Return one standard deviation for all layers, whatever their size."""
    check_numbers("std", std, least=0)
    return _make_normal("normal", f"Normal, sd {std:g}", lambda n_in, n_out: std**2)


def _draw_xavier(n_in, n_out, rng):
    limit = np.sqrt(3 * _xavier_variance(n_in, n_out))  # U(-a, a) has variance a^2 / 3
    return rng.uniform(-limit, limit, (n_in, n_out))


def _make_orthogonal(gain: float = 1.0) -> Initializer:
    """Return a random rotation, times `gain` (Saxe et al. 2014, arXiv:1312.6120)."""

    def draw(n_in, n_out, rng):
        long, short = max(n_in, n_out), min(n_in, n_out)
        q, r = np.linalg.qr(rng.standard_normal((long, short)))
        # QR leaves the signs of the columns to chance of the algorithm; this makes q uniform.
        q = gain * q * np.sign(np.diagonal(r))
        return q if n_in >= n_out else q.T

    return Initializer(
        "orthogonal",
        "Orthogonal",
        lambda n_in, n_out: gain**2 / max(n_in, n_out),
        draw,
    )


_MAKERS: dict[str, Callable[..., Initializer]] = {
    "zeros": lambda: Initializer(
        "zeros",
        "Zeros",
        lambda n_in, n_out: 0.0,
        lambda n_in, n_out, rng: np.zeros((n_in, n_out)),
    ),
    "normal": _make_same,
    # LeCun et al. 1998, section 4.6: keeps the variance of a linear layer.
    "lecun": lambda: _make_normal("lecun", "LeCun", lambda n_in, n_out: 1 / n_in),
    # Glorot & Bengio 2010: the uniform draw of their equation 16, and the variance of equation 12.
    "xavier": lambda: Initializer("xavier", "Xavier", _xavier_variance, _draw_xavier),
    "xavier_normal": lambda: _make_normal("xavier_normal", "Xavier (normal)", _xavier_variance),
    # He et al. 2015 (arXiv:1502.01852), equation 10.
    "he": lambda: _make_normal("he", "He", lambda n_in, n_out: 2 / n_in),
    # Ones on the diagonal, zeros elsewhere; not random.
    "identity": lambda: Initializer(
        "identity",
        "Identity",
        lambda n_in, n_out: 1 / max(n_in, n_out),
        lambda n_in, n_out, rng: np.eye(n_in, n_out),
    ),
    "orthogonal": _make_orthogonal,
}
