// How large a gradient is in each layer of a random network, and how that depends on three knobs.
//
// A network of equally wide layers is built in the browser: 16 random examples go up, a random
// gradient of size 1 comes down from above, and the sizes (root mean squares) of the activations,
// of the pre-activation gradients and of the weight gradients are drawn by layer, on a logarithmic
// axis. Dashed: what the theory of wide networks says of the pre-activation gradients.
//
// The model may hold: activation ("sigmoid", "tanh", "relu" or "linear"), layers, gain (the
// standard deviation of the weights times the square root of the width), units, seed.

const HIGH = 350; // of the picture, in pixels; it is as wide as its place, from 320 to 620
const EDGE = { left: 58, right: 14, top: 32, bottom: 48, tick: 20 };
const [NARROWEST, WIDEST] = [320, 620];
const EXAMPLES = 16;
const MOST_LAYERS = 40;
const GAINS = { min: -1.5, max: 1.5, step: 0.025 }; // powers of ten

const STYLE = `
.depth-picture { max-width: 40rem; }
.course-figure .depth-picture text { font-size: 15px; }
.depth-picture .depth-name { fill: var(--course-muted); }
.depth-line { fill: none; stroke-width: 3; stroke-linejoin: round; }
.depth-h { stroke: var(--course-class-1); }
.depth-delta { stroke: var(--course-ink); }
.depth-weights { stroke: var(--course-class-0); stroke-width: 5; stroke-opacity: 0.75; }
.depth-theory { stroke: var(--course-bad); stroke-width: 2; stroke-dasharray: 3 6; stroke-linecap: round; }
.depth-key { display: flex; flex-wrap: wrap; gap: 0.1rem 1.2rem; margin: 0.4rem 0; padding: 0;
  list-style: none; }
.depth-key li { display: flex; align-items: center; gap: 0.4rem; margin: 0; }
.depth-key svg { flex: none; width: 34px; height: 12px; }
.depth-said { max-width: 40rem; min-height: 4.2em; margin: 0.3rem 0; }
.depth-knobs { display: grid; gap: 0.3rem; max-width: 40rem; --name: 6.2em; --value: 3.6em; }
.depth-knobs select { grid-column: 2 / -1; min-width: 0; font-weight: 600; }
`;

// ------------------------------------------------------------------------------ the mathematics

const sigmoid = (z) => (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z)));
const sigmoidSlope = (z) => sigmoid(z) * sigmoid(-z);
const ACTIVATIONS = {
  sigmoid: { label: "Sigmoid", value: sigmoid, slope: sigmoidSlope },
  tanh: { label: "Tanh", value: Math.tanh, slope: (z) => 4 * sigmoidSlope(2 * z) },
  relu: { label: "ReLU", value: (z) => Math.max(0, z), slope: (z) => (z > 0 ? 1 : 0) },
  linear: { label: "Linear (none)", value: (z) => z, slope: () => 1 },
};

// Random numbers that can be repeated: mulberry32, and from two of them a normal one (Box, Muller).
function normalNumbers(seed, count) {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const made = new Float64Array(count);
  for (let i = 0; i < count; i += 1) {
    made[i] = Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  }
  return made;
}

// Sums can overflow when squared, so the largest number is taken out first.
function size(values) {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  if (largest === 0) return 0;
  let sum = 0;
  for (const value of values) sum += (value / largest) ** 2;
  return largest * Math.sqrt(sum / values.length);
}

// The sizes in each layer: {h, delta, weights}, each an array with one number for each layer.
function measure({ value, slope }, layers, gain, units, draws) {
  const scale = gain / Math.sqrt(units);
  const square = units * units;
  const inputs = draws.inputs;
  const [hs, zs] = [[inputs], []];
  for (let l = 0; l < layers; l += 1) {
    const [z, h] = [new Float64Array(EXAMPLES * units), new Float64Array(EXAMPLES * units)];
    for (let e = 0; e < EXAMPLES; e += 1) {
      for (let i = 0; i < units; i += 1) {
        const up = hs[l][e * units + i] * scale;
        if (up === 0) continue;
        const row = l * square + i * units;
        for (let j = 0; j < units; j += 1) z[e * units + j] += up * draws.weights[row + j];
      }
    }
    for (let k = 0; k < z.length; k += 1) h[k] = value(z[k]);
    zs.push(z);
    hs.push(h);
  }
  const found = { h: hs.slice(1).map(size), delta: [], weights: [] };
  let arriving = draws.gradient;
  for (let l = layers - 1; l >= 0; l -= 1) {
    const delta = zs[l].map((z, k) => arriving[k] * slope(z));
    found.delta.unshift(size(delta));
    const gradient = new Float64Array(square);
    const below = new Float64Array(EXAMPLES * units);
    for (let e = 0; e < EXAMPLES; e += 1) {
      for (let i = 0; i < units; i += 1) {
        const row = l * square + i * units;
        const h = hs[l][e * units + i];
        let sum = 0;
        for (let j = 0; j < units; j += 1) {
          const d = delta[e * units + j];
          sum += d * draws.weights[row + j];
          gradient[i * units + j] += h * d;
        }
        below[e * units + i] = sum * scale;
      }
    }
    found.weights.unshift(size(gradient));
    arriving = below;
  }
  return found;
}

// The theory's factor of each layer, from the mean square q of its pre-activations.
function factors({ value, slope }, layers, gain) {
  const [found, points] = [[], 2000];
  let q = gain * gain;
  for (let l = 0; l < layers; l += 1) {
    let [slopes, values, total] = [0, 0, 0];
    for (let k = 0; k < points; k += 1) {
      const normal = -8 + (16 * (k + 0.5)) / points;
      const share = Math.exp((-normal * normal) / 2);
      const z = Math.sqrt(q) * normal;
      slopes += share * slope(z) ** 2;
      values += share * value(z) ** 2;
      total += share;
    }
    found.push(gain * Math.sqrt(slopes / total));
    q = (gain * gain * values) / total;
  }
  return found;
}

// ------------------------------------------------------------------------------ words

function writtenRatio(number) {
  if (number === 0) return "0";
  const power = Math.floor(Math.log10(number));
  if (power >= -2 && power < 3) return number.toPrecision(2);
  return `${(number / 10 ** power).toFixed(1)} · 10${superscript(power)}`;
}

// ------------------------------------------------------------------------------ the figure

function render({ model, el }) {
  const units = model.get("units") || 64;
  const state = {
    activation: model.get("activation") || "relu",
    layers: model.get("layers") || 20,
    gain: model.get("gain") || 1,
    seed: model.get("seed") || 1,
  };
  let draws;

  function drawWeights() {
    const count = MOST_LAYERS * units * units;
    const numbers = normalNumbers(state.seed, count + 2 * EXAMPLES * units);
    draws = {
      weights: numbers.subarray(0, count),
      inputs: numbers.subarray(count, count + EXAMPLES * units),
      gradient: numbers.subarray(count + EXAMPLES * units),
    };
  }

  let picture = shape("svg", {});
  const said = element("p", { class: "depth-said", role: "status" });
  const key = element("ul", { class: "depth-key" });
  for (const [kind, words] of [
    ["h", "activations h"],
    ["delta", "pre-activation gradients δ"],
    ["weights", "weight gradients"],
    ["theory", "δ by the theorem"],
  ]) {
    const sample = shape("line", { class: `depth-line depth-${kind}`, x1: 2, x2: 32, y1: 6, y2: 6 });
    key.append(element("li", {}, shape("svg", { "aria-hidden": "true" }, sample), words));
  }

  const chooser = newChoice(
    Object.entries(ACTIVATIONS).map(([name, { label }]) => [name, label]),
    (activation) => change({ activation }),
  );
  const depth = newSlider("Layers", { min: 2, max: MOST_LAYERS, step: 1 }, (layers) =>
    change({ layers }),
  );
  const gain = newSlider("Gain", GAINS, (power) => change({ gain: 10 ** power }));
  const rules = [
    ["Xavier", 1],
    ["He", Math.SQRT2],
    ["N(0, 1)", Math.sqrt(units)],
    ["N(0, 0.01²)", 0.01 * Math.sqrt(units)],
  ];
  const buttons = rules.map(([words, value]) => newButton(words, () => change({ gain: value })));
  const again = newButton("New weights", () => {
    state.seed += 1;
    drawWeights();
    change({});
  });

  openFigure(
    el,
    STYLE,
    picture,
    key,
    said,
    element(
      "div",
      { class: "depth-knobs" },
      newRow(element("span", { class: "course-label" }, "Activation"), chooser),
      depth.row(),
      gain.row(),
    ),
    element("div", { class: "course-controls" }, ...buttons, again),
  );

  function change(what) {
    Object.assign(state, what);
    chooser.value = state.activation;
    depth.set(state.layers, String(state.layers));
    gain.set(Math.log10(state.gain), state.gain.toPrecision(2));
    draw();
  }

  function draw() {
    const { layers } = state;
    const activation = ACTIVATIONS[state.activation];
    const found = measure(activation, layers, state.gain, units, draws);
    const each = factors(activation, layers, state.gain);
    const theory = new Array(layers).fill(found.delta[layers - 1]);
    for (let l = layers - 2; l >= 0; l -= 1) theory[l] = theory[l + 1] * each[l];

    // the axis: whole steps of powers of ten around everything that is drawn
    const logs = Object.values(found)
      .flat()
      .filter((value) => value > 0)
      .map(Math.log10);
    let [low, high] = [Math.min(-2, ...logs), Math.max(2, ...logs)];
    const step = [1, 2, 5, 10, 20, 50].find((size) => (high - low) / size <= 7) || 100;
    [low, high] = [Math.floor(low / step) * step, Math.ceil(high / step) * step];
    const wide = Math.min(WIDEST, Math.max(NARROWEST, el.clientWidth || WIDEST));
    const every = [1, 2, 5, 10].find((size) => layers / size <= 5) || 10;
    const isTick = (l) => l === 1 || l === layers || (l % every === 0 && layers - l >= every / 2);
    const plot = newPlot({
      size: [wide, HIGH],
      edge: EDGE,
      xs: [1 - 0.02 * (layers - 1), layers + 0.02 * (layers - 1)],
      ys: [low, high],
      xTicks: found.h.map((_, l) => l + 1).filter(isTick),
      yTicks: Array.from({ length: (high - low) / step + 1 }, (_, i) => low + i * step),
      yText: (power) => `10${superscript(power)}`,
    });
    const name = { class: "depth-name" };
    plot.svg.append(
      shape("text", { ...name, x: 8, y: 19 }, "size"),
      shape("text", { ...name, x: wide - EDGE.right, y: HIGH - 8, "text-anchor": "end" },
        "hidden layer"),
    );
    for (const [kind, values] of [...Object.entries(found), ["theory", theory]]) {
      const points = values.map((value, l) => {
        const up = plot.y(Math.max(low, Math.log10(value || 1e-300)));
        return `${plot.x(l + 1).toFixed(1)},${up.toFixed(1)}`;
      });
      const line = { class: `depth-line depth-${kind}`, points: points.join(" ") };
      plot.svg.append(shape("polyline", line));
    }

    const left = found.delta[0] / found.delta[layers - 1];
    const factor = left ** (1 / (layers - 1));
    const expected = (theory[0] / theory[layers - 1]) ** (1 / (layers - 1));
    const fate = left > 30 ? "It explodes." : left < 1 / 30 ? "It vanishes." : "It arrives.";
    const words =
      `${activation.label}, ${layers} layers, gain ${state.gain.toPrecision(2)}: ` +
      `the first layer gets ${writtenRatio(left)} of the last layer's δ, a factor of ` +
      `${writtenRatio(factor)} for each layer (theorem: ${writtenRatio(expected)}). ${fate} ` +
      `The weight gradients of the first layer are ` +
      `${writtenRatio(found.weights[0] / found.weights[layers - 1])} times the last layer's.`;
    said.textContent = words;
    const label = `Sizes by layer, logarithmic. ${words}`;
    place(plot.svg, { class: "course-plot depth-picture", role: "img", "aria-label": label });
    place(plot.svg, { "aria-hidden": null });
    picture.replaceWith(plot.svg);
    picture = plot.svg;
    el.dataset.left = left;
    el.dataset.weights = found.weights[0] / found.weights[layers - 1];
  }

  drawWeights();
  change({});
  return onNewWidth(el, draw);
}

export default { render };
