"""The perceptron, batched against looped; test_tensorflow_reference compares it with another."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.activations import activation_names, get_activation
from helpers.errors import CourseError, ShapeError, UnknownNameError
from helpers.network import Layer, Network, backward, build_network, forward
from helpers.training import softmax_cross_entropy

SIZES = st.lists(st.integers(1, 6), min_size=2, max_size=5)
WIDER_SIZES = st.lists(st.integers(1, 24), min_size=2, max_size=7)
SEEDS = st.integers(0, 10_000)
# The step has no slope to check: its derivative is 0 on both sides of the jump.
TRAINABLE = st.sampled_from([name for name in activation_names() if name != "step"])
RNG = np.random.default_rng


def some_network(sizes: list[int], activation: str, seed: int) -> tuple[Network, np.ndarray]:
    """Return a network with random weights and biases, and a few examples."""
    rng = RNG(seed)
    network = build_network(sizes, activation, rng=rng, bias_initializer="normal")
    return network, rng.standard_normal((int(rng.integers(1, 6)), sizes[0]))


# --------------------------------------------------------------------------------------- forward


@given(sizes=SIZES, activation=TRAINABLE, seed=SEEDS)
def test_a_network_is_its_layers_one_after_the_other(sizes, activation, seed) -> None:
    network, x = some_network(sizes, activation, seed)
    trace = forward(network, x)
    np.testing.assert_array_equal(trace.inputs, x)
    np.testing.assert_array_equal(network(x), trace.outputs)
    below = [x, *trace.activations[:-1]]
    for layer, h, z, out in zip(
        network.layers, below, trace.pre_activations, trace.activations, strict=True
    ):
        np.testing.assert_array_equal(out, layer.activation(z))
        np.testing.assert_array_equal(layer(h), out)


@given(sizes=WIDER_SIZES, runs=st.integers(1, 4), seed=SEEDS)
def test_properties_of_a_network(sizes, runs, seed) -> None:
    single = build_network(sizes, rng=RNG(seed))
    batched = build_network(sizes, rng=[RNG(seed + run) for run in range(runs)])
    count = sum(n_in * n_out + n_out for n_in, n_out in itertools.pairwise(sizes))
    for network in (single, batched):
        assert network.sizes == tuple(sizes)
        assert network.depth == len(sizes) - 1
        assert network.parameter_count == count
        assert network.dtype == np.float64
    assert single.runs is None
    assert batched.runs == runs


def test_the_precision_is_the_asked_one_all_the_way() -> None:
    network = build_network([3, 4, 2], "gelu", rng=RNG(0), dtype=np.float32)
    trace = forward(network, RNG(1).standard_normal((5, 3)))
    _, output_gradient = softmax_cross_entropy(trace.outputs, np.zeros(5, int))
    gradients = backward(network, trace, output_gradient)
    arrays = [*trace.pre_activations, *trace.activations, *gradients.parameters()]
    arrays += [*gradients.pre_activations, gradients.inputs, trace.inputs, *network.parameters()]
    assert {array.dtype for array in arrays} == {np.dtype(np.float32)}


def test_both_precisions_start_with_the_same_weights() -> None:
    one, other = (build_network([3, 4, 2], rng=RNG(0), dtype=d) for d in (np.float32, np.float64))
    for small, large in zip(one.parameters(), other.parameters(), strict=True):
        np.testing.assert_array_equal(small, large.astype(np.float32))


def test_biases_start_as_asked() -> None:
    same = build_network([2, 3, 1], bias=0.1, rng=RNG(0))
    drawn = build_network([2, 300, 1], bias_initializer="normal", rng=RNG(0))
    assert all((layer.biases == 0.1).all() for layer in same.layers)
    assert 0.8 < drawn.layers[0].biases.std() < 1.2


def test_the_last_layer_has_its_own_activation() -> None:
    network = build_network([2, 3, 3, 1], "tanh", output_activation="sigmoid", rng=RNG(0))
    assert [layer.activation.name for layer in network.layers] == ["tanh", "tanh", "sigmoid"]


def test_without_a_generator_the_course_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    first, again = build_network([2, 3, 1]), build_network([2, 3, 1])
    np.testing.assert_array_equal(first.layers[0].weights, again.layers[0].weights)
    monkeypatch.setenv("COURSE_SEED", "1")
    assert (build_network([2, 3, 1]).layers[0].weights != first.layers[0].weights).all()


# -------------------------------------------------------------------------------------- backward


def test_the_input_gradient_can_be_left_out() -> None:
    network, x = some_network([3, 4, 2], "relu", 0)
    trace = forward(network, x)
    output_gradient = np.ones_like(trace.outputs)
    whole = backward(network, trace, output_gradient)
    part = backward(network, trace, output_gradient, input_gradient=False)
    assert part.inputs is None
    assert whole.inputs.shape == x.shape
    for one, other in zip(whole.parameters(), part.parameters(), strict=True):
        np.testing.assert_array_equal(one, other)


# ------------------------------------------------------------------------------------- many runs


@given(sizes=WIDER_SIZES, runs=st.integers(1, 5), seed=SEEDS)
def test_each_run_starts_as_the_single_network_of_its_generator(sizes, runs, seed) -> None:
    options = {"initializer": "normal", "bias_initializer": "normal"}
    batched = build_network(sizes, rng=[RNG(seed + run) for run in range(runs)], **options)
    for run in range(runs):
        single = build_network(sizes, rng=RNG(seed + run), **options)
        for one, other in zip(batched[run].parameters(), single.parameters(), strict=True):
            np.testing.assert_array_equal(one, other)


@given(
    sizes=WIDER_SIZES,
    activation=TRAINABLE,
    runs=st.integers(1, 5),
    batch=st.integers(1, 8),
    shared=st.booleans(),
    seed=SEEDS,
)
def test_batched_runs_equal_looped_ones(sizes, activation, runs, batch, shared, seed) -> None:
    network = build_network(
        sizes, activation, rng=[RNG(seed + run) for run in range(runs)], bias_initializer="normal"
    )
    rng = RNG(seed)
    x = rng.standard_normal((batch, sizes[0]) if shared else (runs, batch, sizes[0]))
    direction = rng.standard_normal((runs, batch, sizes[-1]))
    trace = forward(network, x)
    gradients = backward(network, trace, direction)
    assert trace.outputs.shape == direction.shape
    assert gradients.inputs.shape == (runs, batch, sizes[0])
    for run in range(runs):
        single = network[run]
        one = forward(single, x if shared else x[run])
        own = backward(single, one, direction[run])
        looped = [*one.pre_activations, *one.activations, *own.parameters()]
        looped += [*own.pre_activations, own.inputs]
        batched = [*trace.pre_activations, *trace.activations, *gradients.parameters()]
        batched += [*gradients.pre_activations, gradients.inputs]
        for alone, together in zip(looped, batched, strict=True):
            np.testing.assert_allclose(together[run], alone, rtol=1e-9, atol=1e-9)


@given(sizes=SIZES, runs=st.integers(1, 4), seed=SEEDS)
def test_stacking_undoes_taking_apart(sizes, runs, seed) -> None:
    network = build_network(sizes, rng=[RNG(seed + run) for run in range(runs)])
    again = Network.stack(list(network))
    for one, other in zip(network.parameters(), again.parameters(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_copies_are_independent() -> None:
    network = build_network([2, 3, 1], rng=[RNG(0), RNG(1)])
    original = network.layers[0].weights.copy()
    same = network.astype(np.float64)
    for copy in (network.copy(), same, network[0], network[:1], Network.stack(list(network))):
        copy.layers[0].weights += 1
        copy.layers[0].biases += 1
    np.testing.assert_array_equal(network.layers[0].weights, original)
    np.testing.assert_array_equal(network.layers[0].biases, 0)


# ----------------------------------------------------------------------------------- learned slopes


def prelu_network(sizes: list[int], seed: int, runs: int | None = None) -> Network:
    """Return a network with random weights, biases and slopes."""
    leaky = get_activation("leaky_relu", slope=0.25)
    rng = RNG(seed) if runs is None else [RNG(seed + run) for run in range(runs)]
    options = {"bias_initializer": "normal", "learn_slopes": True}
    network = build_network(sizes, leaky, rng=rng, **options)
    for layer in network.layers[:-1]:
        layer.slopes += RNG(seed).normal(0, 0.5, layer.slopes.shape)
    return network


def test_learned_slopes_start_as_a_leaky_relu() -> None:
    leaky = get_activation("leaky_relu", slope=0.25)
    fixed, learned = (
        build_network([3, 4, 5, 2], leaky, rng=RNG(0), learn_slopes=learn)
        for learn in (False, True)
    )
    x = RNG(1).standard_normal((6, 3))
    np.testing.assert_allclose(learned(x), fixed(x), rtol=1e-14)
    assert [layer.slopes is None for layer in learned.layers] == [False, False, True]
    assert learned.parameter_count == fixed.parameter_count + 4 + 5
    assert [p.shape for p in learned.parameters()][:3] == [(3, 4), (4,), (4,)]
    assert {p.dtype for p in learned.astype(np.float32).parameters()} == {np.dtype(np.float32)}


@given(sizes=SIZES, seed=SEEDS)
def test_gradients_of_learned_slopes_are_differences(sizes, seed) -> None:
    network = prelu_network(sizes, seed)
    x = RNG(seed).standard_normal((3, sizes[0]))
    trace = forward(network, x)
    direction = RNG(seed + 1).standard_normal(trace.outputs.shape)
    gradients = backward(network, trace, direction).parameters()
    assert [g.shape for g in gradients] == [p.shape for p in network.parameters()]
    for layer, slopes in zip(
        network.layers, backward(network, trace, direction).slopes, strict=True
    ):
        if layer.slopes is None:
            assert slopes is None
            continue
        for unit in range(layer.slopes.size):
            sides = []
            for step in (1e-6, -2e-6):
                layer.slopes[unit] += step
                sides.append((network(x) * direction).sum())
            layer.slopes[unit] += 1e-6
            # exact up to rounding, unless a step of 1e-6 carries a unit above over its kink
            assert abs((sides[0] - sides[1]) / 2e-6 - slopes[unit]) < 1e-4 * (1 + abs(slopes[unit]))


@given(sizes=WIDER_SIZES, runs=st.integers(1, 4), seed=SEEDS)
def test_batched_slopes_equal_looped_ones(sizes, runs, seed) -> None:
    network = prelu_network(sizes, seed, runs)
    x = RNG(seed).standard_normal((4, sizes[0]))
    direction = RNG(seed + 1).standard_normal((runs, 4, sizes[-1]))
    gradients = backward(network, forward(network, x), direction).parameters()
    again = Network.stack(list(network))
    for run, single in enumerate(again):
        np.testing.assert_allclose(network(x)[run], single(x), rtol=1e-9, atol=1e-9)
        own = backward(single, forward(single, x), direction[run]).parameters()
        for together, alone in zip(gradients, own, strict=True):
            np.testing.assert_allclose(together[run], alone, rtol=1e-9, atol=1e-9)


def test_slopes_are_copied_with_their_network() -> None:
    network = prelu_network([2, 3, 1], 0, runs=2)
    original = network.layers[0].slopes.copy()
    for copy in (network.copy(), network[0], network[:1], Network.stack(list(network))):
        copy.layers[0].slopes += 1
    np.testing.assert_array_equal(network.layers[0].slopes, original)


@pytest.mark.parametrize("name", ["relu", "elu", "tanh"])
def test_only_a_leaky_relu_has_a_slope_to_learn(name: str) -> None:
    with pytest.raises(CourseError, match=r"no slope that could be learned.*slope=0\.25"):
        build_network([2, 3, 1], name, learn_slopes=True)


def test_slopes_that_do_not_fit_are_refused() -> None:
    leaky = get_activation("leaky_relu")
    with pytest.raises(ShapeError, match=r"Slopes \(2,\) do not go with biases \(3,\)"):
        Layer(np.zeros((2, 3)), np.zeros(3), leaky, np.zeros(2))


def test_fixed_and_learned_slopes_do_not_stack() -> None:
    leaky = get_activation("leaky_relu", slope=0.25)
    one, other = (build_network([2, 3, 1], leaky, learn_slopes=learn) for learn in (False, True))
    with pytest.raises(ShapeError, match=r"Leaky ReLU.*learned"):
        Network.stack([one, other])


# ------------------------------------------------------------------------------------- bad input


def test_unknown_names_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'relu'"):
        build_network([2, 3, 1], "rellu")
    with pytest.raises(UnknownNameError, match="did you mean 'softplus'"):
        build_network([2, 3, 1], output_activation="softpls")
    with pytest.raises(UnknownNameError, match="did you mean 'xavier'"):
        build_network([2, 3, 1], initializer="xaviar")
    with pytest.raises(UnknownNameError, match="did you mean 'normal'"):
        build_network([2, 3, 1], bias_initializer="nomal")


@pytest.mark.parametrize("shape", [(5, 3), (2,), (1, 5, 2), (2, 5, 2), ()])
def test_inputs_of_a_wrong_shape_are_refused(shape: tuple[int, ...]) -> None:
    network = build_network([2, 3, 1], rng=RNG(0))
    for network_or_layer in (network, network.layers[0], lambda x: forward(network, x)):
        with pytest.raises(ShapeError, match=r"must be \(examples, 2\)") as caught:
            network_or_layer(np.zeros(shape))
        assert f"The inputs are {shape}" in str(caught.value)
        assert ("x[None, :]" in str(caught.value)) == (len(shape) == 1)


@pytest.mark.parametrize("shape", [(4, 5, 2), (3, 5, 3), (5, 3)])
def test_inputs_of_a_wrong_shape_are_refused_by_many_runs(shape: tuple[int, ...]) -> None:
    network = build_network([2, 3, 1], rng=[RNG(run) for run in range(3)])
    with pytest.raises(ShapeError, match=r"\(examples, 2\) or \(3, examples, 2\)"):
        forward(network, np.zeros(shape))


@pytest.mark.parametrize("x", [np.array([["1", "2"]]), np.array([[1j, 2]]), np.array([[None, 1]])])
def test_inputs_that_are_no_numbers_are_refused(x: np.ndarray) -> None:
    with pytest.raises(CourseError, match=f"type {x.dtype}; they must be numbers"):
        forward(build_network([2, 3, 1], rng=RNG(0)), x)


def test_a_wrong_output_gradient_is_refused() -> None:
    network, x = some_network([2, 3, 2], "relu", 0)
    trace = forward(network, x)
    with pytest.raises(ShapeError, match=r"output gradient is \(7, 2\), but the outputs are"):
        backward(network, trace, np.zeros((7, 2)))


def test_layers_that_do_not_fit_are_refused() -> None:
    relu = get_activation("relu")
    with pytest.raises(ShapeError, match=r"Weights \(2, 3\) do not go with biases \(2,\)"):
        Layer(np.zeros((2, 3)), np.zeros(2), relu)
    with pytest.raises(ShapeError, match=r"Weights \(4, 2, 3\) do not go with biases \(3,\)"):
        Layer(np.zeros((4, 2, 3)), np.zeros(3), relu)
    first, second = (Layer(np.zeros((2, n)), np.zeros(n), relu) for n in (3, 1))
    with pytest.raises(ShapeError, match=r"layer 1 are \(2, 3\) and those of layer 2 are \(2, 1\)"):
        Network([first, second])
    with pytest.raises(ShapeError, match="at least one layer"):
        Network([])


def test_networks_that_differ_are_not_stacked() -> None:
    narrow, wide = (build_network([2, n, 1], rng=RNG(0)) for n in (3, 4))
    with pytest.raises(ShapeError, match=r"\(2, 3, 1\).*\(2, 4, 1\)"):
        Network.stack([narrow, wide])
    slopes = [get_activation("leaky_relu", slope=slope) for slope in (0.1, 0.2)]
    with pytest.raises(ShapeError, match=r"Leaky ReLU \(0.1\).*Leaky ReLU \(0.2\)"):
        Network.stack([build_network([2, 3, 1], slope, rng=RNG(0)) for slope in slopes])
    with pytest.raises(ShapeError, match="given: none"):
        Network.stack([])
    with pytest.raises(ShapeError, match="Only single networks"):
        Network.stack([build_network([2, 1], rng=[RNG(0)])])


@pytest.mark.parametrize("which", [slice(1, 3), [2, 0], np.array([True, False, False, True])])
def test_some_runs_are_a_network_of_their_own(which) -> None:
    network = build_network([2, 3, 1], rng=[RNG(run) for run in range(4)])
    x = RNG(9).standard_normal((5, 2))
    np.testing.assert_array_equal(network[which](x), network(x)[which])


def test_a_network_can_be_converted() -> None:
    network = build_network([2, 3, 1], rng=[RNG(0), RNG(1)], dtype=np.float32)
    converted = network.astype(np.float64)
    assert (network.dtype, converted.dtype) == (np.float32, np.float64)
    for one, other in zip(network.parameters(), converted.parameters(), strict=True):
        np.testing.assert_array_equal(one, other)
