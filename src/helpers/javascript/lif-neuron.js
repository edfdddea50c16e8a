// A leaky integrate-and-fire neuron: its voltage over time, and its firing rate over the current.
//
// Four sliders set the input current, the resistance, the threshold and the refractory time. The
// left picture shows the voltage, with a spike wherever it reaches the threshold. The right one
// shows the rate for every current (the f-I curve), with a dot at the chosen current; the dot can
// be dragged. Everything is computed from the closed solution of tau dV/dt = -(V - rest) + R I.
//
// The model may hold: neuron {resistance (MOhm), time_constant (ms), rest, threshold, reset (mV),
// refractory (ms)}, current (nA), duration (ms), line (whether the straight line is shown at first).

const WIDTH = 400;
const HEIGHT = 270;
const EDGE = { left: 60, right: 18, top: 16, bottom: 46 };
const PEAK = 20; // mV, how high a spike is drawn; the model itself says nothing about its shape
const VOLTS = [-80, 30];
const LARGEST_RATE = 200; // Hz, at the top of the right picture

const SLIDERS = {
  current: { label: "Input current", unit: "nA", low: -1, high: 5, step: 0.05, digits: 2 },
  resistance: { label: "Resistance", unit: "MΩ", low: 4, high: 20, step: 0.5, digits: 1 },
  threshold: { label: "Threshold", unit: "mV", low: -64, high: -40, step: 0.5, digits: 1 },
  refractory: { label: "Refractory time", unit: "ms", low: 0, high: 20, step: 0.5, digits: 1 },
};

const STYLE = `
.lif-parts { display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; max-width: 46rem; }
.lif-panel { flex: 1 1 18rem; min-width: 0; max-width: 30rem; margin: 0; }
.lif-panel figcaption { font-weight: 600; margin: 0 0 0.2rem; }
.lif-panel svg { display: block; width: 100%; height: auto; user-select: none;
  -webkit-user-select: none; background: var(--course-paper);
  border: 1px solid var(--course-edge); border-radius: 0.3rem; }
.lif-panel text { font: 14.5px system-ui, sans-serif; fill: var(--course-ink);
  paint-order: stroke; stroke: var(--course-paper); stroke-width: 4px; }
.lif-panel text.lif-tick { fill: var(--course-muted); }
.lif-panel text.lif-name-curve { fill: var(--course-bad); font-weight: 600; }
.lif-grid { stroke: var(--course-ink); stroke-opacity: 0.12; stroke-width: 1; }
.lif-voltage { fill: none; stroke: var(--course-accent); stroke-width: 2.4; stroke-linejoin: round; }
.lif-threshold { stroke: var(--course-bad); stroke-width: 1.8; stroke-dasharray: 7 5; }
.lif-curve { fill: none; stroke: var(--course-bad); stroke-width: 3.2; stroke-linejoin: round; }
.lif-straight { fill: none; stroke: var(--course-ink); stroke-width: 2; stroke-dasharray: 3 5; }
.lif-drop { stroke: var(--course-accent); stroke-width: 1.6; stroke-dasharray: 4 4; }
.lif-dot { fill: var(--course-accent); stroke: var(--course-paper); stroke-width: 2.5; }
.lif-drag { cursor: ew-resize; touch-action: pan-y; }
.lif-words { min-height: 4.3em; margin: 0.5rem 0; max-width: 46rem; }
.lif-rate { font-size: 1.25rem; font-weight: 700; font-variant-numeric: tabular-nums; }
.lif-sliders { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr));
  gap: 0.1rem 1.4rem; max-width: 46rem; }
.lif-sliders label { display: grid; grid-template-columns: 6.8em minmax(0, 1fr) 5.8em; gap: 0.5em;
  align-items: center; font-weight: 600; }
.course-figure .lif-sliders input[type="range"] { min-width: 0; width: 100%; }
.lif-sliders output { text-align: right; font-variant-numeric: tabular-nums; font-weight: 400; }
.lif-choice { display: inline-flex; gap: 0.5em; align-items: center; min-height: 2.2rem; }
.lif-choice input { width: 1.2rem; height: 1.2rem; margin: 0; accent-color: var(--course-accent); }
`;

// ------------------------------------------------------------------------------ the neuron

// The level that the voltage would settle at.
const goalOf = (neuron, current) => neuron.rest + neuron.resistance * current;

// How long (ms) the voltage climbs from the reset to the threshold; Infinity if it never arrives.
function climbOf(neuron, current) {
  const excess = goalOf(neuron, current) - neuron.threshold;
  if (excess <= 0) return Infinity;
  return neuron.time_constant * Math.log1p((neuron.threshold - neuron.reset) / excess);
}

function rateOf(neuron, current) {
  const climb = climbOf(neuron, current);
  return climb === Infinity ? 0 : 1000 / (neuron.refractory + climb);
}

// The straight line that the curve without refractory time comes close to, cut off at zero.
function straightOf(neuron, current) {
  const distance = neuron.threshold - neuron.reset;
  const middle = (neuron.threshold + neuron.reset) / 2;
  const slope = 1000 / (neuron.time_constant * distance);
  return Math.max(0, slope * (goalOf(neuron, current) - middle));
}

// The voltage as a list of [time, voltage], with a drawn spike at each firing.
function traceOf(neuron, current, duration) {
  const goal = goalOf(neuron, current);
  const climb = climbOf(neuron, current);
  const points = [];
  for (let begin = 0; begin < duration; begin += climb + neuron.refractory) {
    const end = Math.min(begin + climb, duration);
    const pieces = Math.max(6, Math.ceil((end - begin) / 1.5));
    for (let i = 0; i <= pieces; i += 1) {
      const time = begin + ((end - begin) * i) / pieces;
      const gone = Math.exp(-(time - begin) / neuron.time_constant);
      points.push([time, goal + (neuron.reset - goal) * gone]);
    }
    if (begin + climb > duration) break;
    const after = Math.min(end + neuron.refractory, duration);
    points.push([end, PEAK], [end, neuron.reset], [after, neuron.reset]);
  }
  return points;
}

// ------------------------------------------------------------------------------ the pictures

// A picture with axes; `x` and `y` turn data into places.
function panel(title, xs, ys, xName, yName, xTicks, yTicks) {
  const x = (value) =>
    EDGE.left + ((value - xs[0]) / (xs[1] - xs[0])) * (WIDTH - EDGE.left - EDGE.right);
  const y = (value) =>
    HEIGHT - EDGE.bottom - ((value - ys[0]) / (ys[1] - ys[0])) * (HEIGHT - EDGE.top - EDGE.bottom);
  const svg = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" });
  const [left, right, bottom, top] = [x(xs[0]), x(xs[1]), y(ys[0]), y(ys[1])];
  const text = (words, attributes) => {
    const made = shape("text", attributes);
    made.textContent = words;
    svg.append(made);
    return made;
  };
  for (const tick of xTicks) {
    svg.append(shape("line", { class: "lif-grid", x1: x(tick), x2: x(tick), y1: top, y2: bottom }));
    text(written(tick, 0), { class: "lif-tick", x: x(tick), y: bottom + 18, "text-anchor": "middle" });
  }
  for (const tick of yTicks) {
    svg.append(shape("line", { class: "lif-grid", x1: left, x2: right, y1: y(tick), y2: y(tick) }));
    text(written(tick, 0), { class: "lif-tick", x: left - 6, y: y(tick) + 5, "text-anchor": "end" });
  }
  text(xName, { x: (left + right) / 2, y: HEIGHT - 9, "text-anchor": "middle" });
  const place = `translate(14 ${(top + bottom) / 2}) rotate(-90)`;
  text(yName, { transform: place, "text-anchor": "middle" });
  const node = element("figure", { class: "lif-panel" }, element("figcaption", {}, title), svg);
  return { node, svg, x, y, text };
}

function path(panelOf, points) {
  const place = ([a, b]) => `${panelOf.x(a).toFixed(1)} ${panelOf.y(b).toFixed(1)}`;
  return points.length ? `M${points.map(place).join("L")}` : "";
}

// ------------------------------------------------------------------------------ the figure

function render({ model, el }) {
  const given = model.get("neuron");
  const duration = model.get("duration") || 200;
  const start = { ...given, current: model.get("current") ?? 2 };
  const state = { ...start };
  const currents = [SLIDERS.current.low, SLIDERS.current.high];

  el.classList.add("course-figure");
  el.dataset.lmSuppressShortcuts = "true"; // in JupyterLab, arrow keys are the figure's

  const time = panel(
    "One current: the voltage over time",
    [0, duration], VOLTS, "time (ms)", "voltage (mV)",
    [0, 50, 100, 150, 200].filter((tick) => tick <= duration), [-80, -60, -40, -20, 0, 20],
  );
  const curve = panel(
    "All currents: the firing rate",
    currents, [0, LARGEST_RATE], "input current (nA)", "firing rate (Hz)",
    [-1, 0, 1, 2, 3, 4, 5], [0, 50, 100, 150, 200],
  );
  const threshold = shape("line", { class: "lif-threshold", x1: time.x(0), x2: time.x(duration) });
  const voltage = shape("path", { class: "lif-voltage" });
  const thresholdName = shape("text", { "text-anchor": "end", x: time.x(duration) - 4 });
  thresholdName.textContent = "threshold";
  time.svg.append(threshold, voltage, thresholdName);
  // what lies above the top of the picture is cut off
  const clipName = `lif-clip-${Math.random().toString(36).slice(2)}`;
  const clip = shape("clipPath", { id: clipName });
  clip.append(
    shape("rect", {
      x: curve.x(currents[0]), y: curve.y(LARGEST_RATE),
      width: curve.x(currents[1]) - curve.x(currents[0]),
      height: curve.y(0) - curve.y(LARGEST_RATE) + 2,
    }),
  );
  const inside = { "clip-path": `url(#${clipName})` };
  const straight = shape("path", { class: "lif-straight", ...inside });
  const rates = shape("path", { class: "lif-curve", ...inside });
  const drop = shape("line", { class: "lif-drop", y1: curve.y(0) });
  const dot = shape("circle", { class: "lif-dot", r: 8 });
  curve.svg.append(shape("defs", {}, clip), straight, rates, drop, dot);
  curve.svg.classList.add("lif-drag");

  const rate = element("span", { class: "lif-rate" });
  const reason = element("span", {});
  const words = element("p", { class: "lif-words", role: "status" }, rate, " ", reason);

  const sliders = Object.entries(SLIDERS).map(([name, { label, low, high, step }]) => {
    const input = element("input", { type: "range", min: low, max: high, step });
    const shown = element("output", { "aria-hidden": "true" });
    const row = element("label", {}, element("span", {}, label), input, shown);
    input.addEventListener("input", () => {
      state[name] = Number(input.value);
      draw();
    });
    return { name, input, shown, row };
  });
  const wantsLine = element("input", { type: "checkbox" });
  wantsLine.checked = Boolean(model.get("line"));
  wantsLine.addEventListener("change", draw);
  const again = element("button", { type: "button" }, "Start again");
  again.addEventListener("click", () => {
    Object.assign(state, start);
    draw();
  });
  el.append(
    element("style", {}, STYLE),
    element("div", { class: "lif-parts" }, time.node, curve.node),
    words,
    element("div", { class: "lif-sliders" }, ...sliders.map(({ row }) => row)),
    element(
      "div",
      { class: "course-controls" },
      element("label", { class: "lif-choice" }, wantsLine, "show a rectified line"),
      again,
    ),
  );

  function draw() {
    const points = traceOf(state, state.current, duration);
    voltage.setAttribute("d", path(time, points.map(([t, v]) => [t, clamp(v, ...VOLTS)])));
    const level = time.y(state.threshold);
    threshold.setAttribute("y1", level);
    threshold.setAttribute("y2", level);
    thresholdName.setAttribute("y", level - 6);

    const grid = [];
    for (let i = 0; i <= 600; i += 1) {
      grid.push(currents[0] + ((currents[1] - currents[0]) * i) / 600);
    }
    const up = (f) => path(curve, grid.map((i) => [i, Math.min(f(state, i), 3 * LARGEST_RATE)]));
    rates.setAttribute("d", up(rateOf));
    straight.setAttribute("d", up(straightOf));
    straight.style.display = wantsLine.checked ? "" : "none";

    const now = rateOf(state, state.current);
    const [cx, cy] = [curve.x(state.current), curve.y(Math.min(now, LARGEST_RATE))];
    dot.setAttribute("cx", cx);
    dot.setAttribute("cy", cy);
    for (const name of ["x1", "x2"]) drop.setAttribute(name, cx);
    drop.setAttribute("y2", cy);
    drawWords(now);
    for (const { name, input, shown } of sliders) {
      const { unit, digits } = SLIDERS[name];
      input.value = state[name];
      shown.textContent = `${written(state[name], digits)} ${unit}`;
      input.setAttribute("aria-valuetext", shown.textContent);
    }
    el.dataset.rate = now.toFixed(3);
    el.dataset.spikes = points.filter(([, v]) => v === PEAK).length;
  }

  function drawWords(now) {
    const least = (state.threshold - state.rest) / state.resistance;
    const goal = goalOf(state, state.current);
    if (now === 0) {
      rate.textContent = "Silent.";
      reason.textContent =
        `The voltage settles at ${written(goal, 1)} mV and does not get beyond the threshold. ` +
        `This neuron needs more than ${written(least, 2)} nA.`;
      return;
    }
    rate.textContent = `${written(now, 0)} spikes a second.`;
    const most = state.refractory > 0 ? `, and never more than ${written(1000 / state.refractory, 0)} Hz` : "";
    reason.textContent =
      `One every ${written(1000 / now, 1)} ms: ${written(climbOf(state, state.current), 1)} ms of climbing ` +
      `and ${written(state.refractory, 1)} ms of rest. It fires above ${written(least, 2)} nA${most}.`;
  }

  // the dot follows the pointer; the slider does the same for the keyboard
  followPointer(curve.svg, (event) => {
    const box = curve.svg.getBoundingClientRect();
    const place = ((event.clientX - box.left) / box.width) * WIDTH;
    const part = (place - EDGE.left) / (WIDTH - EDGE.left - EDGE.right);
    const { low, high, step } = SLIDERS.current;
    const wanted = low + Math.round((part * (high - low)) / step) * step;
    state.current = clamp(wanted, low, high);
    draw();
  });

  draw();
}

export default { render };
