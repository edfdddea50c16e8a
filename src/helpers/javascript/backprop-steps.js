// Backpropagation by hand: two inputs, two hidden ReLU units, one output, one example at a time.
//
// The reader goes forward and back through the network step by step. Each step says in words and
// numbers what it computes, and the numbers appear where they belong: values z and h going
// forward, gradients coming back. The last step moves all nine numbers a little downhill.
//
// The model may hold: hidden [[w11, w12], [w21, w22]] (row = input, column = unit), biases [b1, b2],
// output [v1, v2], bias c, points [[x1, x2], ...], targets [...], order [example, ...] and rate.

const NODES = { x: [[42, 104], [42, 266]], h: [[204, 104], [204, 266]], y: [[354, 185]] };
const RADIUS = { x: 25, h: 40, y: 40 };
const ROUNDS = 10; // rounds of all examples that one press of the button makes

const STYLE = `
.backprop-parts { --gap: 0.6rem 1.4rem; }
.backprop-picture { flex: 1 1 19rem; min-width: 0; max-width: 29rem; }
.backprop-picture svg { display: block; width: 100%; height: auto; overflow: visible; }
.backprop-picture text { fill: var(--course-ink); font: 600 15.5px system-ui, sans-serif;
  text-anchor: middle; dominant-baseline: central; font-variant-numeric: tabular-nums; }
.backprop-picture .backprop-outside { paint-order: stroke; stroke: var(--course-paper);
  stroke-width: 5px; stroke-linejoin: round; }
.backprop-picture .backprop-name { font-weight: 400; fill: var(--course-muted); }
.backprop-picture .backprop-back { fill: var(--course-bad); }
.backprop-node { fill: var(--course-paper); stroke: var(--course-muted); stroke-width: 2; }
.backprop-node[data-off] { fill: var(--course-surface); stroke-dasharray: 5 4; }
.backprop-node[data-now="forward"] { stroke: var(--course-accent); stroke-width: 4.5; }
.backprop-node[data-now="back"] { stroke: var(--course-bad); stroke-width: 4.5; }
.backprop-edge { stroke: var(--course-muted); stroke-opacity: 0.55; stroke-width: 1.6; fill: none; }
.backprop-edge[data-now] { stroke-opacity: 1; stroke-width: 3.5; }
.backprop-edge[data-now="forward"] { stroke: var(--course-accent); }
.backprop-edge[data-now="back"] { stroke: var(--course-bad); }
.backprop-words { flex: 1 1 14rem; min-width: 0; max-width: 27rem; }
.backprop-words p { margin: 0.2rem 0 0.5rem; overflow-wrap: anywhere; }
.backprop-words .backprop-told { min-height: 9.5em; }
.backprop-title { display: block; font-size: 1.1rem; font-weight: 700; }
.backprop-title[data-now="forward"] { color: var(--course-accent); }
.backprop-title[data-now="back"] { color: var(--course-bad); }
.backprop-formula { display: block; font-variant-numeric: tabular-nums; margin-top: 0.25rem; }
.backprop-words label { font-weight: 600; }
.backprop-words table { border-collapse: collapse; margin: 0.4rem 0;
  font-variant-numeric: tabular-nums; }
.backprop-words caption { text-align: left; caption-side: top; color: var(--course-muted);
  padding: 0 0 0.2rem; white-space: nowrap; }
.backprop-words th, .backprop-words td { padding: 0.1rem 0.7rem 0.1rem 0; text-align: right;
  border: 0; background: none; color: var(--course-ink); }
.backprop-words tr[data-now] > * { font-weight: 700; text-decoration: underline;
  text-underline-offset: 0.2em; }
.course-figure .backprop-words button[disabled] { opacity: 0.5; cursor: default; }
`;

const below = (i) => "₁₂"[i];

// ------------------------------------------------------------------------------ the network

function forward({ hidden, biases, output, bias }, x) {
  const z = [0, 1].map((j) => x[0] * hidden[0][j] + x[1] * hidden[1][j] + biases[j]);
  const h = z.map((value) => Math.max(0, value));
  return { z, h, y: h[0] * output[0] + h[1] * output[1] + bias };
}

function backward({ output }, x, target, { z, h, y }) {
  const deltaY = 2 * (y - target);
  const carried = output.map((weight) => deltaY * weight);
  const delta = carried.map((value, j) => (z[j] > 0 ? value : 0));
  return {
    deltaY,
    output: h.map((value) => value * deltaY),
    carried,
    delta,
    hidden: x.map((value) => delta.map((each) => value * each)),
  };
}

function stepped(network, gradients, rate) {
  const down = (value, gradient) => value - rate * gradient;
  return {
    hidden: network.hidden.map((row, i) => row.map((w, j) => down(w, gradients.hidden[i][j]))),
    biases: network.biases.map((b, j) => down(b, gradients.delta[j])),
    output: network.output.map((v, j) => down(v, gradients.output[j])),
    bias: down(network.bias, gradients.deltaY),
  };
}

// ------------------------------------------------------------------------------ the steps

// What is shown from which step on, which way the numbers flow, and what happens, in words.
const STEPS = [
  {
    title: "An example goes in",
    say: ({ x, target }) =>
      `The inputs are ${x[0]} and ${x[1]}. The answer should be ${target}. ` +
      "Each arrow carries a weight; b₁, b₂ and c are the biases.",
  },
  {
    way: "forward",
    nodes: ["h0", "h1"],
    edges: ["x0h0", "x1h0", "x0h1", "x1h1"],
    title: "Weighted sums",
    say: ({ x, net, values }) =>
      [0, 1]
        .map(
          (j) =>
            `z${below(j)} = ${x[0]} × ${bracketed(net.hidden[0][j])} + ${x[1]} × ` +
            `${bracketed(net.hidden[1][j])} ${signed(net.biases[j])} = ${written(values.z[j])}`,
        )
        .join(";  "),
  },
  {
    way: "forward",
    nodes: ["h0", "h1"],
    edges: [],
    title: "ReLU",
    say: ({ values: { z, h } }) =>
      [0, 1]
        .map((j) =>
          z[j] > 0
            ? `z${below(j)} is positive and passes: h${below(j)} = ${written(h[j])}`
            : `z${below(j)} is not positive: h${below(j)} = 0, the unit is off`,
        )
        .join("; ") + ".",
  },
  {
    way: "forward",
    nodes: ["y0"],
    edges: ["h0y0", "h1y0"],
    title: "The answer",
    say: ({ net, values: { h, y } }) =>
      `y = ${written(h[0])} × ${bracketed(net.output[0])} + ${written(h[1])} × ` +
      `${bracketed(net.output[1])} ${signed(net.bias)} = ${written(y)}`,
  },
  {
    way: "forward",
    nodes: ["y0"],
    edges: [],
    title: "The loss",
    say: ({ target, values: { y }, loss }) =>
      `(y − target)² = (${written(y)} − ${target})² = ${written(loss)}. From here on we go back.`,
  },
  {
    way: "back",
    nodes: ["y0"],
    edges: [],
    title: "How the loss changes with the answer",
    say: ({ target, values: { y }, gradients: { deltaY } }) =>
      `δ = 2 × (y − target) = 2 × (${written(y)} − ${target}) = ${written(deltaY)}. ` +
      "The output has no ReLU, so nothing stands in the way.",
  },
  {
    way: "back",
    nodes: [],
    edges: ["h0y0", "h1y0"],
    title: "Gradients of the last layer",
    say: ({ values: { h }, gradients: { deltaY, output } }) =>
      `What came in times δ: ∂v₁ = ${written(h[0])} × ${bracketed(deltaY)} = ${written(output[0])}; ` +
      `∂v₂ = ${written(h[1])} × ${bracketed(deltaY)} = ${written(output[1])}; ` +
      `for the bias, whose input is 1: ∂c = ${written(deltaY)}`,
  },
  {
    way: "back",
    nodes: ["h0", "h1"],
    edges: ["h0y0", "h1y0"],
    title: "Back along the same weights",
    say: ({ net, gradients: { deltaY, carried } }) =>
      [0, 1]
        .map(
          (j) =>
            `∂h${below(j)} = δ × v${below(j)} = ${written(deltaY)} × ` +
            `${bracketed(net.output[j])} = ${written(carried[j])}`,
        )
        .join(";  "),
  },
  {
    way: "back",
    nodes: ["h0", "h1"],
    edges: [],
    title: "Back through ReLU",
    say: ({ values: { z }, gradients: { carried, delta } }) =>
      [0, 1]
        .map(
          (j) =>
            `unit ${j + 1} is ${z[j] > 0 ? "on, slope 1" : "off, slope 0"}: δ${below(j)} = ` +
            `${written(carried[j])} × ${z[j] > 0 ? 1 : 0} = ${written(delta[j])}`,
        )
        .join("; "),
  },
  {
    way: "back",
    nodes: [],
    edges: ["x0h0", "x1h0", "x0h1", "x1h1"],
    title: "Gradients of the first layer",
    say: ({ x, gradients: { delta } }) =>
      "Again what came in times δ: each weight gets its input " +
      `(${x[0]} or ${x[1]}) times δ₁ = ${written(delta[0])} or δ₂ = ${written(delta[1])}; ` +
      "each bias gets δ itself.",
  },
  {
    way: "forward",
    nodes: ["y0"],
    edges: ["x0h0", "x1h0", "x0h1", "x1h1", "h0y0", "h1y0"],
    title: "One step downhill",
    say: ({ rate, old, values: { y }, loss }) =>
      `Every number moved by −${rate} times its gradient. For the same example the answer is now ` +
      `${written(y)} (before: ${written(old.values.y)}), the loss ${written(loss)} ` +
      `(before: ${written(old.loss)}).`,
  },
];
const LAST = STEPS.length - 1;

// ------------------------------------------------------------------------------ the figure

function render({ model, el }) {
  const points = model.get("points") || [[0, 0], [0, 1], [1, 0], [1, 1]];
  const targets = model.get("targets") || [0, 1, 1, 0];
  const order = model.get("order") || points.map((_, i) => i);
  const rate = model.get("rate") ?? 0.1;
  const begin = {
    hidden: model.get("hidden") || [[2, -1], [-1.5, 1]],
    biases: model.get("biases") || [0.5, -0.5],
    output: model.get("output") || [1, 1],
    bias: model.get("bias") ?? 0,
  };
  const state = { net: begin, before: null, example: order[0], phase: 0, updates: 0 };

  // the picture
  const tips = {};
  const own = uniqueId("backprop");
  const defs = shape("defs", {});
  for (const way of ["forward", "back"]) {
    tips[way] = `${own}-${way}`;
    const colour = way === "forward" ? "var(--course-accent)" : "var(--course-bad)";
    defs.append(
      shape(
        "marker",
        { id: tips[way], viewBox: "0 0 10 10", refX: 9, refY: 5, markerWidth: 4.5,
          markerHeight: 4.5, orient: "auto-start-reverse" },
        shape("path", { d: "M0,0 L10,5 L0,10 Z", style: `fill: ${colour}` }),
      ),
    );
  }
  const svg = shape("svg", { viewBox: "0 18 400 336", role: "img" }, defs);
  const edges = {};
  const labels = {};
  const nodes = {};

  function connect(from, i, to, j) {
    const [[x1, y1], [x2, y2]] = [NODES[from][i], NODES[to][j]];
    const length = Math.hypot(x2 - x1, y2 - y1);
    const at = (distance) => [
      x1 + ((x2 - x1) * distance) / length,
      y1 + ((y2 - y1) * distance) / length,
    ];
    const [[ax, ay], [bx, by]] = [at(RADIUS[from] + 3), at(length - RADIUS[to] - 4)];
    const key = `${from}${i}${to}${j}`;
    edges[key] = shape("path", { class: "backprop-edge", d: `M${ax} ${ay} L${bx} ${by}` });
    svg.append(edges[key]);
    // where weights cross, their labels stand near the inputs, away from the crossing
    const part = from === "h" ? 0.47 : i === j ? 0.47 : 0.33;
    const [middle, height] = [x1 + (x2 - x1) * part, y1 + (y2 - y1) * part];
    const lift = from === "h" ? (i === 0 ? -19 : 19) : i === j ? (i === 0 ? -19 : 19) : 0;
    labels[key] = twoLines(middle, height + lift);
  }

  function twoLines(x, y) {
    const value = shape("text", { class: "backprop-outside", x, y: y - 8.5 });
    const gradient = shape("text", { class: "backprop-outside backprop-back", x, y: y + 8.5 });
    return { value, gradient, x, y };
  }

  for (const i of [0, 1]) for (const j of [0, 1]) connect("x", i, "h", j);
  for (const j of [0, 1]) connect("h", j, "y", 0);
  labels.b0 = twoLines(204, 39);
  labels.b1 = twoLines(204, 333);
  labels.c = twoLines(350, 256);
  labels.loss = twoLines(346, 112);
  for (const kind of ["x", "h", "y"]) {
    NODES[kind].forEach(([x, y], i) => {
      const circle = shape("circle", { class: "backprop-node", cx: x, cy: y, r: RADIUS[kind] });
      const lines = (kind === "x" ? [-9, 9, 17] : [-17, 0, 17]).map((offset) => shape("text", { x, y: y + offset }));
      lines[2].classList.add("backprop-back");
      nodes[`${kind}${i}`] = { circle, lines };
      svg.append(circle, ...lines);
    });
  }
  for (const { value, gradient } of Object.values(labels)) svg.append(value, gradient);

  // words and controls
  const title = element("span", { class: "backprop-title" });
  const formula = element("span", { class: "backprop-formula" });
  const told = element("p", { class: "backprop-told", role: "status" }, title, formula);
  const back = newButton("Back", () => go(-1));
  const next = newButton("Next", () => go(1));
  const fast = newButton(`${ROUNDS} rounds`, manyRounds);
  fast.title = `Take a step for each example, ${ROUNDS} times round`;
  const again = newButton("Start again", () => {
    Object.assign(state, { net: begin, before: null, example: order[0], phase: 0, updates: 0 });
    draw();
  });
  const examples = points.map(([a, b], i) => [i, `inputs ${a} and ${b}, target ${targets[i]}`]);
  const choice = newChoice(examples, (example) => {
    Object.assign(state, { example: Number(example), phase: 0, before: null });
    draw();
  });
  choice.id = `${own}-example`;
  const rows = points.map(([a, b], i) => {
    const answer = element("td", {});
    const row = element(
      "tr",
      {},
      element("th", { scope: "row" }, `${a}, ${b}`),
      element("td", {}, String(targets[i])),
      answer,
    );
    return { row, answer };
  });
  const caption = element("caption", {});
  const table = element(
    "table",
    {},
    caption,
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        ...["inputs", "target", "answer"].map((text) => element("th", { scope: "col" }, text)),
      ),
    ),
    element("tbody", {}, ...rows.map(({ row }) => row)),
  );
  const words = element(
    "div",
    { class: "backprop-words" },
    told,
    element("div", { class: "course-controls" }, back, next, fast, again),
    element("p", {}, element("label", { for: choice.id }, "Example: "), choice),
    table,
  );
  const picture = element("div", { class: "backprop-picture" }, svg);
  openFigure(el, STYLE, element("div", { class: "course-parts backprop-parts" }, picture, words));

  // ------------------------------------------------------------------------------- moving

  const nextExample = () => order[(order.indexOf(state.example) + 1) % order.length];

  function update(example) {
    const values = forward(state.net, points[example]);
    const gradients = backward(state.net, points[example], targets[example], values);
    state.net = stepped(state.net, gradients, rate);
    state.updates += 1;
  }

  function go(direction) {
    if (direction > 0 && state.phase === LAST) {
      Object.assign(state, { phase: 0, before: null, example: nextExample() });
    } else if (direction > 0) {
      state.phase += 1;
      if (state.phase === LAST) {
        state.before = state.net;
        update(state.example);
      }
    } else if (state.phase > 0) {
      if (state.phase === LAST) {
        Object.assign(state, { net: state.before, before: null, updates: state.updates - 1 });
      }
      state.phase -= 1;
    }
    draw();
  }

  function manyRounds() {
    Object.assign(state, { phase: 0, before: null, example: order[0] });
    for (let round = 0; round < ROUNDS; round += 1) order.forEach(update);
    draw();
  }

  // ------------------------------------------------------------------------------- drawing

  function facts(net) {
    const [x, target] = [points[state.example], targets[state.example]];
    const values = forward(net, x);
    return {
      x,
      target,
      net,
      values,
      loss: (values.y - target) ** 2,
      gradients: backward(net, x, target, values),
    };
  }

  function draw() {
    const { phase, net } = state;
    const step = STEPS[phase];
    const now = facts(net);
    const old = state.before ? facts(state.before) : null;
    const { x, values } = now;
    // in the last step the numbers are the new ones, and the gradients those that led to them
    const { gradients } = old || now;

    title.textContent = `${phase + 1} of ${LAST + 1}: ${step.title}`;
    place(title, { "data-now": step.way });
    formula.textContent = step.say({ ...now, gradients, old, rate });

    label("x0h0", "", net.hidden[0][0], phase > 8 && gradients.hidden[0][0]);
    label("x0h1", "", net.hidden[0][1], phase > 8 && gradients.hidden[0][1]);
    label("x1h0", "", net.hidden[1][0], phase > 8 && gradients.hidden[1][0]);
    label("x1h1", "", net.hidden[1][1], phase > 8 && gradients.hidden[1][1]);
    label("b0", "b₁ ", net.biases[0], phase > 8 && gradients.delta[0]);
    label("b1", "b₂ ", net.biases[1], phase > 8 && gradients.delta[1]);
    label("h0y0", "v₁ ", net.output[0], phase > 5 && gradients.output[0]);
    label("h1y0", "v₂ ", net.output[1], phase > 5 && gradients.output[1]);
    label("c", "c ", net.bias, phase > 5 && gradients.deltaY);
    labels.loss.value.textContent = phase > 3 ? `loss ${written(now.loss)}` : "";

    x.forEach((value, i) => node(`x${i}`, [`x${below(i)}`, String(value), ""], [true]));
    [0, 1].forEach((j) => {
      const backwards = phase === 7 ? `∂h ${written(gradients.carried[j])}` :
        phase > 7 ? `δ ${written(gradients.delta[j])}` : "";
      const shown = [
        phase > 0 ? `z ${written(values.z[j])}` : "",
        phase > 1 ? `h ${written(values.h[j])}` : phase === 0 ? `unit ${j + 1}` : "",
        backwards,
      ];
      node(`h${j}`, shown, [false, phase === 0], phase > 1 && values.z[j] <= 0);
    });
    node("y0", [
      phase === 0 ? "" : `goal ${now.target}`,
      phase > 2 ? `y ${written(values.y)}` : phase === 0 ? "answer" : "",
      phase > 4 ? `δ ${written(gradients.deltaY)}` : "",
    ], [true, phase === 0]);

    for (const [key, edge] of Object.entries(edges)) {
      const way = step.edges?.includes(key) ? step.way : null;
      place(edge, {
        "data-now": way,
        "marker-end": way === "forward" ? `url(#${tips.forward})` : null,
        "marker-start": way === "back" ? `url(#${tips.back})` : null,
      });
    }
    for (const [key, { circle }] of Object.entries(nodes)) {
      place(circle, { "data-now": step.nodes?.includes(key) ? step.way : null });
    }

    back.disabled = phase === 0;
    next.textContent = phase === LAST ? "Next example" : "Next";
    choice.value = String(state.example);
    const answers = points.map((point) => forward(net, point).y);
    rows.forEach(({ row, answer }, i) => {
      answer.textContent = written(answers[i]);
      place(row, { "data-now": i === state.example ? "yes" : null });
    });
    const steps = state.updates === 1 ? "1 step" : `${state.updates} steps`;
    caption.textContent = `All four answers after ${steps}`;
    svg.setAttribute(
      "aria-label",
      `Network with two inputs, two hidden units and one output. ${title.textContent}. ` +
        formula.textContent,
    );
    el.dataset.phase = phase;
    el.dataset.updates = state.updates;
    el.dataset.answers = JSON.stringify(answers);
    el.dataset.loss = now.loss;
  }

  function label(key, name, value, gradient) {
    const { value: top, gradient: bottom, y } = labels[key];
    const both = gradient !== false;
    top.textContent = `${name}${written(value)}`;
    bottom.textContent = both ? `∂ ${written(gradient)}` : "";
    place(top, { y: both ? y - 8.5 : y });
  }

  function node(key, texts, muted, off = false) {
    const { circle, lines } = nodes[key];
    texts.forEach((text, i) => {
      lines[i].textContent = text;
      lines[i].classList.toggle("backprop-name", Boolean(muted[i]) && text !== "");
    });
    place(circle, { "data-off": off ? "yes" : null });
  }

  draw();
}

export default { render };
