// Twelve activations, one point: the reader picks a function and moves z; the figure shows the value
// with its tangent, the derivative, and what the slope does to a gradient that comes back.
//
// No formula is written here. The course's own functions are sent as tables, so that this figure
// and the chapter cannot disagree; at z = 0 the table holds the slope that the course uses there.
//
// The model holds: low and step of the grid of z; functions [{label, range, note, values, slopes}];
// which (index of the function shown first, which can also be drawn faintly behind the others), and
// z (where the point begins).

const SIZE = [360, 270];
const EDGE = { left: 34, right: 10, top: 10, bottom: 30, tick: 20 };
const JUMP = 0.3; // between neighbours of the table: a jump, not a steep piece

const STYLE = `
.act-controls { --name-flex: none; }
.act-panels { --gap: 0.6rem 1.2rem; }
.act-panel { flex: 1 1 17rem; min-width: 0; max-width: 27rem; }
.act-title { margin: 0 0 0.2rem; font-weight: 600; line-height: 1.3; }
.act-panel .course-plot { touch-action: pan-y; cursor: crosshair; }
.act-panel .course-zero { stroke-opacity: 0.5; }
.act-curve { fill: none; stroke: var(--course-accent); stroke-width: 3.2;
  stroke-linejoin: round; stroke-linecap: round; }
.act-other { fill: none; stroke: var(--course-muted); stroke-width: 2; stroke-dasharray: 5 5; }
.act-tangent { stroke: var(--course-class-1); stroke-width: 3; }
.act-drop { stroke: var(--course-muted); stroke-width: 1.2; stroke-dasharray: 3 4; }
.act-point { fill: var(--course-paper); stroke: var(--course-ink); stroke-width: 3; }
.act-words { margin: 0.5rem 0 0.3rem; max-width: 46rem; min-height: 6.2em; }
.act-words strong { font-variant-numeric: tabular-nums; }
.course-figure .act-choice { padding: 0.2rem 0.5rem; background: var(--course-surface); }
.act-tick { display: inline-flex; align-items: center; gap: 0.4rem; min-height: 2rem; }
`;

function writtenSlope(slope) {
  const size = Math.abs(slope);
  if (slope === 0 || size >= 0.0095) return written(slope, size < 0.1 && slope !== 0 ? 3 : 2);
  const power = Math.floor(Math.log10(size));
  return `${written(slope / 10 ** power, 1)} × 10${superscript(power)}`;
}

function meaning(slope) {
  if (slope === 0) return "No gradient gets through here.";
  if (slope < 0) return "The function falls here, so a gradient comes back with its sign turned round.";
  if (slope < 0.01) return "Less than one per cent of a gradient gets through: the unit is saturated.";
  if (slope < 0.995) return `Of a gradient, ${(100 * slope).toFixed(0)} % gets through.`;
  if (slope < 1.005) return "A gradient gets through unchanged.";
  return `A gradient comes back ${slope.toFixed(2)} times as large.`;
}

function newPanel(title, ys, yTicks, xs) {
  const xTicks = [];
  for (let z = Math.ceil(xs[0]); z <= xs[1]; z += 1) if (z % 2 === 0) xTicks.push(z);
  const plot = newPlot({ size: SIZE, edge: EDGE, xs, ys, xTicks, yTicks });
  const name = element("p", { class: "act-title" }, title);
  return { ...plot, panel: element("div", { class: "act-panel" }, name, plot.svg) };
}

// The curve through a table, interrupted where it jumps.
function pathThrough(table, zs, { x, y }) {
  let path = "";
  table.forEach((value, i) => {
    const jump = i > 0 && Math.abs(value - table[i - 1]) > JUMP;
    path += `${i === 0 || jump ? "M" : "L"}${x(zs[i]).toFixed(1)} ${y(value).toFixed(1)}`;
  });
  return path;
}

function render({ model, el }) {
  const functions = model.get("functions");
  const low = model.get("low");
  const step = model.get("step");
  const count = functions[0].values.length;
  const zs = functions[0].values.map((_, i) => low + i * step);
  const high = zs[count - 1];
  const compare = model.get("which");
  const nearest = (z) => clamp(Math.round((z - low) / step), 0, count - 1);
  const state = { which: model.get("which"), index: nearest(model.get("z")), compared: false };

  const value = newPanel("Value f(z), with its tangent", [-2.5, 5], [-2, 0, 2, 4], [low, high]);
  const slope = newPanel("Derivative f′(z)", [-0.4, 1.95], [0, 0.5, 1, 1.5], [low, high]);

  const parts = [value, slope].map((plane) => {
    const other = shape("path", { class: "act-other" });
    const curve = shape("path", { class: "act-curve" });
    const drop = shape("line", { class: "act-drop" });
    const point = shape("circle", { class: "act-point", r: 6.5 });
    plane.drawn.append(drop, other, curve);
    plane.svg.append(point);
    return { other, curve, drop, point };
  });
  const tangent = shape("line", { class: "act-tangent" });
  value.drawn.append(tangent);

  const choice = newChoice(
    functions.map(({ label }, i) => [i, label]),
    (which) => change({ which: Number(which) }),
  );
  place(choice, { class: "act-choice", id: uniqueId("choice") });
  const slider = newSlider("Pre-activation z", { min: 0, max: count - 1, step: 1 }, (index) =>
    change({ index }),
  );
  const tick = element("input", { type: "checkbox" });
  tick.addEventListener("change", () => change({ compared: tick.checked }));
  const words = element("p", { class: "act-words", role: "status" });
  openFigure(
    el,
    STYLE,
    element(
      "div",
      { class: "course-controls act-controls" },
      element("label", { class: "course-label", for: choice.id }, "Activation"),
      choice,
      element("label", { class: "act-tick" }, tick, `${functions[compare].label} behind it, dashed`),
    ),
    element("label", { class: "course-controls act-controls" }, ...slider.parts),
    element("div", { class: "course-parts act-panels" }, value.panel, slope.panel),
    words,
  );

  function draw() {
    const { values, slopes, label, range, note } = functions[state.which];
    const tables = [values, slopes];
    const i = state.index;
    const z = zs[i];
    [value, slope].forEach((plane, k) => {
      const { other, curve, drop, point } = parts[k];
      const behind = functions[compare];
      other.style.display = state.compared && state.which !== compare ? "" : "none";
      place(other, { d: pathThrough([behind.values, behind.slopes][k], zs, plane) });
      place(curve, { d: pathThrough(tables[k], zs, plane) });
      const [x, y] = [plane.x(z), plane.y(tables[k][i])];
      place(drop, { x1: x, x2: x, y1: plane.y(0), y2: y });
      place(point, { cx: x, cy: y });
    });
    const reach = 1.6 / Math.hypot(1, slopes[i]);
    place(tangent, {
      x1: value.x(z - reach),
      x2: value.x(z + reach),
      y1: value.y(values[i] - reach * slopes[i]),
      y2: value.y(values[i] + reach * slopes[i]),
    });
    const next = slopes[Math.min(i + 1, count - 1)];
    const corner =
      Math.abs(next - slopes[i]) > JUMP
        ? ` This is a corner: just to the right of it the slope is ${writtenSlope(next)}.`
        : "";
    const at = `z = ${written(z)}`;
    slider.set(i, written(z), at);
    choice.value = state.which;
    words.replaceChildren(
      element("strong", {}, `${label} at ${at}: value ${written(values[i], 3)}, slope ${writtenSlope(slopes[i])}.`),
      ` ${meaning(slopes[i])}${corner} ${note} Its values: ${range}.`,
    );
    el.dataset.activation = label;
    el.dataset.z = z.toFixed(2);
    el.dataset.value = values[i];
    el.dataset.slope = slopes[i];
  }

  const redraw = onceAFrame(draw);
  function change(what) {
    Object.assign(state, what);
    redraw();
  }
  for (const plane of [value, slope]) {
    followPointer(plane.svg, (event) => change({ index: nearest(plane.xOf(event)) }));
  }
  draw();

  return redraw.stop;
}

export default { render };
