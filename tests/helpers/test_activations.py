"""The activations against differences, quadrature and their own statements."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import integrate

from helpers.activations import Activation, activation_names, get_activation
from helpers.errors import CourseError, UnknownNameError

NAMES = activation_names()
KINKED = ("step", "relu", "leaky_relu", "elu", "selu")
PRE_ACTIVATIONS = hnp.arrays(
    np.float64, hnp.array_shapes(min_dims=1, max_dims=3, max_side=6), elements=st.floats(-8, 8)
)

each_activation = pytest.mark.parametrize("activation", [get_activation(name) for name in NAMES])


@each_activation
@given(z=PRE_ACTIVATIONS)
def test_derivatives_are_slopes(activation: Activation, z: np.ndarray) -> None:
    step = 1e-5
    if activation.name in KINKED:
        z = np.where(np.abs(z) > 1e-3, z, 1.0)
    slope = (activation(z + step) - activation(z - step)) / (2 * step)
    derivative = activation.derivative(z)
    # Where the slope is nearly flat, rounding alone spoils the difference.
    allowed = 1e-6 * np.maximum(np.abs(derivative), 1e-3)
    assert (np.abs(derivative - slope) <= allowed).all()


@each_activation
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@given(shape=hnp.array_shapes(min_dims=0, max_dims=4, max_side=4))
def test_shape_and_type_are_kept(activation: Activation, dtype: type, shape: tuple) -> None:
    z = np.linspace(-3, 3, int(np.prod(shape)), dtype=dtype).reshape(shape)
    for result in (activation(z), activation.derivative(z)):
        assert np.shape(result) == shape
        assert result.dtype == dtype


@each_activation
def test_integers_give_the_same_as_floats(activation: Activation) -> None:
    z = np.arange(-3, 4)
    np.testing.assert_allclose(activation(z), activation(z.astype(float)))
    np.testing.assert_allclose(activation.derivative(z), activation.derivative(z.astype(float)))


@each_activation
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_values_stay_in_the_stated_range(activation: Activation, dtype: type) -> None:
    z = np.append(np.linspace(-12, 12, 4001), [-1e4, -200, 200, 1e4]).astype(dtype)
    values = activation(z)
    low, high = activation.output_range
    slack = 4 * np.finfo(dtype).eps
    assert np.isfinite(values).all()
    assert np.isfinite(activation.derivative(z)).all()
    assert values.min() >= low - slack
    assert values.max() <= high + slack
    # The range is not only wide enough, it is also not too wide.
    assert low == -np.inf or values.min() <= low + 1e-4
    assert high == np.inf or values.max() >= high - 1e-4
    assert low != -np.inf or values.min() < -90
    assert high != np.inf or values.max() == pytest.approx(1e4, rel=0.06)


@each_activation
def test_the_value_at_nan_is_nan(activation: Activation) -> None:
    assert np.isnan(activation(np.array([np.nan, 1.0]))).tolist() == [True, False]


@pytest.mark.parametrize("name", [n for n in NAMES if n not in ("step", "linear")])
def test_the_derivative_at_nan_is_nan(name: str) -> None:
    derivative = get_activation(name).derivative(np.array([np.nan, 1.0]))
    assert np.isnan(derivative).tolist() == [True, False]


@each_activation
def test_at_a_kink_the_derivative_is_the_one_from_the_left(activation: Activation) -> None:
    at_kink = activation.derivative(np.array([0.0]))
    np.testing.assert_allclose(at_kink, activation.derivative(np.array([-1e-12])), atol=1e-11)


@given(z=PRE_ACTIVATIONS)
def test_activations_are_related_as_the_course_says(z: np.ndarray) -> None:
    sigmoid, tanh = get_activation("sigmoid"), get_activation("tanh")
    relu, softplus = get_activation("relu"), get_activation("softplus")
    close = {"rtol": 1e-12, "atol": 1e-14}
    np.testing.assert_allclose(tanh(z), 2 * sigmoid(2 * z) - 1, **close)
    np.testing.assert_allclose(softplus.derivative(z), sigmoid(z), **close)
    np.testing.assert_allclose(softplus(z) - softplus(-z), z, **close)
    np.testing.assert_array_equal(get_activation("leaky_relu", slope=0.0)(z), relu(z))
    np.testing.assert_array_equal(get_activation("leaky_relu", slope=1.0)(z), z)
    np.testing.assert_allclose(get_activation("silu")(z), z * sigmoid(z), **close)
    np.testing.assert_array_equal(relu(z) - relu(-z), z)


@given(z=PRE_ACTIVATIONS, slope=st.floats(0.0, 1.0))
def test_leaky_relu_keeps_half_of_the_squares_and_its_slope_squared_of_the_rest(z, slope) -> None:
    """Of numbers symmetric about zero; so He's variance for it is 2 / (1 + slope²) / n."""
    both = np.concatenate([z, -z])
    kept = np.sum(get_activation("leaky_relu", slope=slope)(both) ** 2)
    np.testing.assert_allclose(kept, (1 + slope**2) / 2 * np.sum(both**2), rtol=1e-12)


def test_small_derivatives_keep_their_digits() -> None:
    z = np.array([40.0])
    np.testing.assert_allclose(get_activation("sigmoid").derivative(z), np.exp(-z), rtol=1e-12)
    np.testing.assert_allclose(get_activation("tanh").derivative(z), 4 * np.exp(-2 * z), rtol=1e-12)
    np.testing.assert_allclose(get_activation("softplus")(-z), np.exp(-z), rtol=1e-12)


def test_selu_keeps_mean_and_variance() -> None:
    selu = get_activation("selu")

    def moment(power: int) -> float:
        def integrand(z: float) -> float:
            return float(selu(np.array(z))) ** power * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)

        return integrate.quad(integrand, -30, 30, points=[0.0], limit=200)[0]

    assert moment(1) == pytest.approx(0.0, abs=1e-9)
    assert moment(2) == pytest.approx(1.0, abs=1e-9)


def test_parameters_can_be_chosen() -> None:
    z = np.array([-2.0, 3.0])
    np.testing.assert_allclose(get_activation("leaky_relu", slope=0.2)(z), [-0.4, 3.0])
    np.testing.assert_allclose(get_activation("elu", alpha=2.0)(z), [2 * np.expm1(-2), 3.0])


def test_equal_means_same_name_and_parameters() -> None:
    assert get_activation("relu") == get_activation("relu")
    assert get_activation("relu") != get_activation("linear")
    assert get_activation("leaky_relu", slope=0.1) != get_activation("leaky_relu", slope=0.2)
    assert len({get_activation("tanh"), get_activation("tanh")}) == 1


@each_activation
def test_each_record_is_complete(activation: Activation) -> None:
    assert get_activation(activation) is activation
    assert activation.label
    assert activation.note.endswith(".")


def test_names_and_labels_are_unique() -> None:
    labels = {get_activation(name).label for name in NAMES}
    assert len(NAMES) == len(set(NAMES)) == len(labels)


@pytest.mark.parametrize(
    ("name", "near"),
    [("rleu", "relu"), ("ReLU", "relu"), ("sigmod", "sigmoid"), ("leakyrelu", "leaky_relu")],
)
def test_an_unknown_name_gets_the_near_match(name: str, near: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        get_activation(name)
    assert f"Unknown activation {name!r} (did you mean {near!r}?)" in str(caught.value)
    assert all(known in str(caught.value) for known in NAMES)


def test_a_name_like_no_other_gets_the_list() -> None:
    with pytest.raises(UnknownNameError) as caught:
        get_activation("quadratic-ish")
    assert "did you mean" not in str(caught.value)
    assert "Known: step, linear" in str(caught.value)


def test_an_unknown_parameter_is_refused() -> None:
    with pytest.raises(UnknownNameError, match=r"parameter of leaky_relu 'slop'.*'slope'"):
        get_activation("leaky_relu", slop=0.1)
    with pytest.raises(UnknownNameError, match=r"parameter of relu 'slope'.*Known: none"):
        get_activation("relu", slope=0.1)


def test_parameters_for_a_finished_activation_are_refused() -> None:
    with pytest.raises(CourseError, match=r"already made, so slope cannot.*'leaky_relu'"):
        get_activation(get_activation("leaky_relu"), slope=0.1)
