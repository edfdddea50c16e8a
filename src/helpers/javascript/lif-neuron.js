// A leaky integrate-and-fire neuron: its voltage over time, and its firing rate over the current.
//
// Four sliders set the input current, the resistance, the threshold and the refractory time. The
// left picture shows the voltage, with a spike wherever it reaches the threshold. The right one
// shows the rate for every current (the f-I curve), with a dot at the chosen current; the dot can
// be dragged. Everything is computed from the closed solution of tau dV/dt = -(V - rest) + R I.
//
// The model may hold: neuron {resistance (MOhm), time_constant (ms), rest, threshold, reset (mV),
// refractory (ms)}, current (nA), duration (ms), line (whether the straight line is shown at first).

const SIZE = [400, 270];
const EDGE = { left: 60, right: 18, top: 16, bottom: 46, tick: 18, slack: 2 };
const PEAK = 20; // mV, how high a spike is drawn; the model itself says nothing about its shape
const VOLTS = [-80, 30];
const LARGEST_RATE = 200; // Hz, at the top of the right picture

const SLIDERS = {
  current: { label: "Input current", unit: "nA", min: -1, max: 5, step: 0.05, digits: 2 },
  resistance: { label: "Resistance", unit: "MΩ", min: 4, max: 20, step: 0.5, digits: 1 },
  threshold: { label: "Threshold", unit: "mV", min: -64, max: -40, step: 0.5, digits: 1 },
  refractory: { label: "Refractory time", unit: "ms", min: 0, max: 20, step: 0.5, digits: 1 },
};

const STYLE = `
.lif-parts { --gap: 0.5rem 1rem; }
.lif-panel { flex: 1 1 18rem; min-width: 0; max-width: 30rem; margin: 0; }
.lif-panel figcaption { font-weight: 600; margin: 0 0 0.2rem; }
.lif-panel text { font-size: 14.5px; paint-order: stroke; stroke: var(--course-paper); stroke-width: 4px; }
.lif-voltage { fill: none; stroke: var(--course-accent); stroke-width: 2.4; stroke-linejoin: round; }
.lif-threshold { stroke: var(--course-bad); stroke-width: 1.8; stroke-dasharray: 7 5; }
.lif-curve { fill: none; stroke: var(--course-bad); stroke-width: 3.2; stroke-linejoin: round; }
.lif-straight { fill: none; stroke: var(--course-ink); stroke-width: 2; stroke-dasharray: 3 5; }
.lif-drop { stroke: var(--course-accent); stroke-width: 1.6; stroke-dasharray: 4 4; }
.lif-dot { fill: var(--course-accent); stroke: var(--course-paper); stroke-width: 2.5; }
.lif-drag { cursor: ew-resize; touch-action: pan-y; }
.lif-words { min-height: 4.3em; margin: 0.5rem 0; max-width: 46rem; }
.lif-sliders { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr));
  gap: 0.1rem 1.4rem; max-width: 46rem; --name: 6.8em; --value: 5.8em; }
.lif-choice { display: inline-flex; gap: 0.5em; align-items: center; min-height: 2.2rem; }
.lif-choice input { margin: 0; }
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

// A plot with a title and named axes.
function newPanel(title, xs, ys, xName, yName, xTicks, yTicks) {
  const plot = newPlot({ size: SIZE, edge: EDGE, xs, ys, xTicks, yTicks });
  const [across, up] = [plot.x((xs[0] + xs[1]) / 2), plot.y((ys[0] + ys[1]) / 2)];
  const turned = `translate(14 ${up}) rotate(-90)`;
  plot.svg.append(
    shape("text", { x: across, y: SIZE[1] - 9, "text-anchor": "middle" }, xName),
    shape("text", { transform: turned, "text-anchor": "middle" }, yName),
  );
  const node = element("figure", { class: "lif-panel" }, element("figcaption", {}, title), plot.svg);
  return { ...plot, node };
}

function path({ x, y }, points) {
  return `M${points.map(([a, b]) => `${x(a).toFixed(1)} ${y(b).toFixed(1)}`).join("L")}`;
}

// ------------------------------------------------------------------------------ the figure

function render({ model, el }) {
  const given = model.get("neuron");
  const duration = model.get("duration") || 200;
  const start = { ...given, current: model.get("current") ?? 2 };
  const state = { ...start };
  const currents = [SLIDERS.current.min, SLIDERS.current.max];

  const time = newPanel(
    "One current: the voltage over time",
    [0, duration], VOLTS, "time (ms)", "voltage (mV)",
    [0, 50, 100, 150, 200].filter((tick) => tick <= duration), [-80, -60, -40, -20, 0, 20],
  );
  const curve = newPanel(
    "All currents: the firing rate",
    currents, [0, LARGEST_RATE], "input current (nA)", "firing rate (Hz)",
    [-1, 0, 1, 2, 3, 4, 5], [0, 50, 100, 150, 200],
  );
  const threshold = shape("line", { class: "lif-threshold", x1: time.x(0), x2: time.x(duration) });
  const voltage = shape("path", { class: "lif-voltage" });
  const thresholdName = shape(
    "text",
    { "text-anchor": "end", x: time.x(duration) - 4 },
    "threshold",
  );
  time.svg.append(threshold, voltage, thresholdName);
  const straight = shape("path", { class: "lif-straight" });
  const rates = shape("path", { class: "lif-curve" });
  const drop = shape("line", { class: "lif-drop", y1: curve.y(0) });
  const dot = shape("circle", { class: "lif-dot", r: 8 });
  curve.drawn.append(straight, rates);
  curve.svg.append(drop, dot);
  curve.svg.classList.add("lif-drag");

  const status = newStatus("lif-words");
  const sliders = Object.entries(SLIDERS).map(([name, { label, min, max, step }]) => {
    const set = (value) => {
      state[name] = value;
      draw();
    };
    return [name, newSlider(label, { min, max, step }, set)];
  });
  const wantsLine = element("input", { type: "checkbox" });
  wantsLine.checked = Boolean(model.get("line"));
  wantsLine.addEventListener("change", draw);
  const again = newButton("Start again", () => {
    Object.assign(state, start);
    draw();
  });
  openFigure(
    el,
    STYLE,
    element("div", { class: "course-parts lif-parts" }, time.node, curve.node),
    status.node,
    element("div", { class: "lif-sliders" }, ...sliders.map(([, slider]) => slider.row())),
    element(
      "div",
      { class: "course-controls" },
      element("label", { class: "lif-choice" }, wantsLine, "show a rectified line"),
      again,
    ),
  );

  function draw() {
    const points = traceOf(state, state.current, duration);
    place(voltage, { d: path(time, points.map(([t, v]) => [t, clamp(v, ...VOLTS)])) });
    const level = time.y(state.threshold);
    place(threshold, { y1: level, y2: level });
    place(thresholdName, { y: level - 6 });

    const grid = [];
    for (let i = 0; i <= 600; i += 1) {
      grid.push(currents[0] + ((currents[1] - currents[0]) * i) / 600);
    }
    const up = (f) => path(curve, grid.map((i) => [i, Math.min(f(state, i), 3 * LARGEST_RATE)]));
    place(rates, { d: up(rateOf) });
    place(straight, { d: up(straightOf) });
    straight.style.display = wantsLine.checked ? "" : "none";

    const now = rateOf(state, state.current);
    const [cx, cy] = [curve.x(state.current), curve.y(Math.min(now, LARGEST_RATE))];
    place(dot, { cx, cy });
    place(drop, { x1: cx, x2: cx, y2: cy });
    status.say(...wordsFor(now));
    for (const [name, slider] of sliders) {
      const { unit, digits } = SLIDERS[name];
      slider.set(state[name], `${written(state[name], digits)} ${unit}`);
    }
    el.dataset.rate = now.toFixed(3);
    el.dataset.spikes = points.filter(([, v]) => v === PEAK).length;
  }

  function wordsFor(now) {
    const least = written((state.threshold - state.rest) / state.resistance);
    if (now === 0) {
      const goal = written(goalOf(state, state.current), 1);
      return [
        "Silent.",
        `The voltage settles at ${goal} mV and does not get beyond the threshold. ` +
          `This neuron needs more than ${least} nA.`,
      ];
    }
    const { refractory } = state;
    const most = refractory > 0 ? `, and never more than ${written(1000 / refractory, 0)} Hz` : "";
    return [
      `${written(now, 0)} spikes a second.`,
      `One every ${written(1000 / now, 1)} ms: ` +
        `${written(climbOf(state, state.current), 1)} ms of climbing ` +
        `and ${written(refractory, 1)} ms of rest. It fires above ${least} nA${most}.`,
    ];
  }

  // the dot follows the pointer; the slider does the same for the keyboard
  followPointer(curve.svg, (event) => {
    const { min, max, step } = SLIDERS.current;
    const wanted = min + Math.round((curve.xOf(event) - min) / step) * step;
    state.current = clamp(wanted, min, max);
    draw();
  });

  draw();
}

export default { render };
