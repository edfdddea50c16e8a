"""What each figure starts from in its tests: small numbers that can be reckoned by hand."""

from __future__ import annotations

import numpy as np

from helpers.activations import get_activation
from helpers.network import Network, build_network

ACTIVATIONS = [get_activation(name) for name in ("relu", "gelu", "sigmoid")]
GRID = np.round(np.arange(-5, 5.01, 0.05), 2)


def small_network(seed: int) -> Network:
    """Return a random network, as the figure of the firing units shows two of them."""
    return build_network([2, 6, 5, 2], rng=np.random.default_rng(seed), bias_initializer="normal")


FIRING = {"first": small_network(1), "second": small_network(2)}
# The same network at every slope, so that nothing but the slope changes.
ONE_OUTPUT = build_network([2, 4, 3, 1], rng=np.random.default_rng(3), bias_initializer="normal")
SLOPES = np.round(np.linspace(1, 0, 21), 2).tolist()
BAR = """<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60">
<rect width="{}0" height="60"/></svg>"""

SAMPLES: dict[str, dict[str, object]] = {
    "activation-explorer": {
        "functions": [
            {
                "label": activation.label,
                "note": activation.note,
                "range": "somewhere",
                "values": activation(GRID).tolist(),
                "slopes": activation.derivative(GRID).tolist(),
            }
            for activation in ACTIVATIONS
        ],
        "low": -5,
        "step": 0.05,
        "which": 0,
        "z": 1.5,
    },
    "backprop-steps": {
        "hidden": [[2, -1], [-1.5, 1]],
        "biases": [0.5, -0.5],
        "output": [1, 1],
        "bias": 0,
        "order": [3, 0, 1, 2],
        "rate": 0.1,
    },
    "decision-guide": {
        "guide": {
            "ask": "Which layer?",
            "answers": [
                {
                    "answer": "hidden",
                    "ask": "Which network?",
                    "answers": [
                        {
                            "answer": "shallow",
                            "take": "ReLU",
                            "start": "He",
                            "why": "It is plain.",
                            "chapter": "10-beyond-relu",
                        },
                        {
                            "answer": "recurrent, with a name that is as long as names can be",
                            "take": "tanh",
                            "why": "It is bounded.",
                            "chapter": "15-cnn-and-rnn",
                        },
                    ],
                },
                {
                    "answer": "last",
                    "take": "softmax",
                    "loss": "cross-entropy",
                    "why": "Its numbers add up to one.",
                    "chapter": "13-keras",
                },
            ],
        },
        "chapters": {"10-beyond-relu": "Beyond ReLU", "13-keras": "Keras"},
    },
    "firing-units": {
        "networks": [
            {
                "name": name,
                "weights": [layer.weights.tolist() for layer in network.layers],
                "biases": [layer.biases.tolist() for layer in network.layers],
            }
            for name, network in FIRING.items()
        ],
        "points": [[-0.5, 0.5], [0.5, -0.5]],
        "labels": [0, 1],
    },
    "frames": {
        "label": "width",
        "texts": ["1 cm", "4 cm", "9 cm"],
        "alts": ["narrow", "wider", "wide"],
        "pieces": [BAR.format(width) for width in (1, 4, 9)],
        "runs": [[0, 1], [1, 1], [2, 1]],
        "start": 0,
        "width": 90,
        "height": 60,
    },
    "gradient-depth": {"activation": "relu", "layers": 20, "gain": 1.0, "units": 64},
    "lif-neuron": {
        "neuron": {
            "resistance": 10,
            "time_constant": 20,
            "rest": -70,
            "threshold": -55,
            "reset": -70,
            "refractory": 0,
        },
        "current": 2,
        "duration": 200,
    },
    "line-to-relu": {
        "slopes": SLOPES,
        "networks": [
            {
                "weights": [layer.weights.tolist() for layer in ONE_OUTPUT.layers],
                "biases": [layer.biases.tolist() for layer in ONE_OUTPUT.layers],
            }
        ]
        * len(SLOPES),
        "points": np.random.default_rng(4).uniform(-1, 1, (40, 2)).tolist(),
        "labels": [0, 1] * 20,
        "limit": 1.2,
    },
    "neuron-line": {
        "tasks": [
            {
                "name": "Apart",
                "inputs": ["width", "height"],
                "classes": ["low", "high"],
                "points": [[-1, -1], [-1, 0], [1, 0], [1, 1]],
                "labels": [0, 0, 1, 1],
                "best": 0,
                "solution": [1, 0, 0],
            },
            {
                "name": "Either",
                "inputs": ["first", "second"],
                "classes": ["no", "yes"],
                "points": [[-1, -1], [-1, 1], [1, -1], [1, 1]],
                "labels": [0, 1, 1, 0],
                "best": 1,
                "solution": [0.7, 0.7, 0.7],
            },
        ],
        "start": [0.5, 0, -2],
        "limits": [-3, 3],
    },
    "xor-playground": {},
}
