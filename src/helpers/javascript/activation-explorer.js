// Twelve activations, one point: the reader picks a function and moves z; the figure shows the value
// with its tangent, the derivative, and what the slope does to a gradient that comes back.
//
// No formula is written here. The course's own functions are sent as tables, so that this figure
// and the chapter cannot disagree; at z = 0 the table holds the slope that the course uses there.
//
// The model holds: low and step of the grid of z; functions [{label, range, note, values, slopes}];
// which (index of the function shown first, which can also be drawn faintly behind the others), and
// z (where the point begins).

const WIDTH = 360;
const HEIGHT = 270;
const EDGE = { left: 34, right: 10, top: 10, bottom: 30 };
const JUMP = 0.3; // between neighbours of the table: a jump, not a steep piece

const STYLE = `
.act-panels { display: flex; flex-wrap: wrap; gap: 0.6rem 1.2rem; max-width: 46rem; }
.act-panel { flex: 1 1 17rem; min-width: 0; max-width: 27rem; }
.act-title { margin: 0 0 0.2rem; font-weight: 600; line-height: 1.3; }
.act-plane { display: block; width: 100%; height: auto; border: 1px solid var(--course-edge);
  border-radius: 0.3rem; background: var(--course-paper); touch-action: pan-y; cursor: crosshair;
  user-select: none; -webkit-user-select: none; }
.act-plane text { fill: var(--course-ink); font: 14px system-ui, sans-serif; }
.act-grid { stroke: var(--course-edge); stroke-width: 1; }
.act-axis { stroke: var(--course-muted); stroke-width: 1.3; }
.act-curve { fill: none; stroke: var(--course-accent); stroke-width: 3.2;
  stroke-linejoin: round; stroke-linecap: round; }
.act-other { fill: none; stroke: var(--course-muted); stroke-width: 2; stroke-dasharray: 5 5; }
.act-tangent { stroke: var(--course-class-1); stroke-width: 3; }
.act-drop { stroke: var(--course-muted); stroke-width: 1.2; stroke-dasharray: 3 4; }
.act-point { fill: var(--course-paper); stroke: var(--course-ink); stroke-width: 3; }
.act-words { margin: 0.5rem 0 0.3rem; max-width: 46rem; min-height: 6.2em; }
.act-words strong { font-variant-numeric: tabular-nums; }
.act-figure select { min-height: 2.2rem; padding: 0.2rem 0.5rem; font: inherit;
  border: 1px solid var(--course-muted); border-radius: 0.4rem;
  background: var(--course-surface); color: var(--course-ink); }
.act-figure select:focus-visible { outline: 3px solid var(--course-accent); outline-offset: 2px; }
.act-figure label { font-weight: 600; }
.act-figure label.act-tick { font-weight: 400; display: inline-flex; align-items: center;
  gap: 0.4rem; min-height: 2rem; }
.act-figure input[type="checkbox"] { width: 1.2rem; height: 1.2rem;
  accent-color: var(--course-accent); }
`;

let figures = 0;

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

// One plane with axes; `limits` are those of y.
function newPlane(title, limits, ticks, low, high) {
  const inner = { x: WIDTH - EDGE.left - EDGE.right, y: HEIGHT - EDGE.top - EDGE.bottom };
  const toX = (z) => EDGE.left + ((z - low) / (high - low)) * inner.x;
  const toY = (y) => EDGE.top + ((limits[1] - y) / (limits[1] - limits[0])) * inner.y;
  figures += 1;
  const clip = `act-clip-${figures}-${Math.random().toString(36).slice(2, 8)}`;
  const box = { x: EDGE.left, y: EDGE.top, width: inner.x, height: inner.y };
  const svg = shape(
    "svg",
    { class: "act-plane", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" },
    shape("clipPath", { id: clip }, shape("rect", box)),
  );
  const lines = shape("g", {});
  for (let z = Math.ceil(low); z <= high; z += 1) {
    if (z % 2) continue;
    const kind = z === 0 ? "act-axis" : "act-grid";
    lines.append(shape("line", { class: kind, x1: toX(z), x2: toX(z), y1: box.y, y2: toY(limits[0]) }));
    const text = shape("text", { x: toX(z), y: HEIGHT - 10, "text-anchor": "middle" });
    text.textContent = String(z).replace("-", "−");
    lines.append(text);
  }
  for (const tick of ticks) {
    const kind = tick === 0 ? "act-axis" : "act-grid";
    lines.append(shape("line", { class: kind, x1: box.x, x2: WIDTH - EDGE.right, y1: toY(tick), y2: toY(tick) }));
    const text = shape("text", { x: EDGE.left - 6, y: toY(tick) + 5, "text-anchor": "end" });
    text.textContent = String(tick).replace("-", "−");
    lines.append(text);
  }
  const drawn = shape("g", { "clip-path": `url(#${clip})` });
  svg.append(lines, drawn);
  const panel = element("div", { class: "act-panel" }, element("p", { class: "act-title" }, title), svg);
  return { panel, svg, drawn, toX, toY, low, high };
}

// The curve through a table, interrupted where it jumps.
function pathThrough(table, zs, plane) {
  let path = "";
  table.forEach((value, i) => {
    const jump = i > 0 && Math.abs(value - table[i - 1]) > JUMP;
    path += `${i === 0 || jump ? "M" : "L"}${plane.toX(zs[i]).toFixed(1)} ${plane.toY(value).toFixed(1)}`;
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

  el.classList.add("course-figure", "act-figure");
  el.dataset.lmSuppressShortcuts = "true"; // in JupyterLab, arrow keys are the figure's
  const value = newPlane("Value f(z), with its tangent", [-2.5, 5], [-2, 0, 2, 4], low, high);
  const slope = newPlane("Derivative f′(z)", [-0.4, 1.95], [0, 0.5, 1, 1.5], low, high);

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

  figures += 1;
  const id = `act-${figures}-${Math.random().toString(36).slice(2, 8)}`;
  const choice = element("select", { id: `${id}-choice` });
  functions.forEach(({ label }, i) => choice.append(element("option", { value: i }, label)));
  const slider = element("input", {
    type: "range",
    id: `${id}-z`,
    min: 0,
    max: count - 1,
    step: 1,
  });
  const shown = element("span", { class: "course-value", "aria-hidden": "true" });
  const tick = element("input", { type: "checkbox" });
  const words = element("p", { class: "act-words", role: "status" });
  const controls = [
    element(
      "div",
      { class: "course-controls" },
      element("label", { for: `${id}-choice` }, "Activation"),
      choice,
      element("label", { class: "act-tick" }, tick, `${functions[compare].label} behind it, dashed`),
    ),
    element(
      "div",
      { class: "course-controls" },
      element("label", { for: `${id}-z` }, "Pre-activation z"),
      slider,
      shown,
    ),
  ];
  el.append(
    element("style", {}, STYLE),
    ...controls,
    element("div", { class: "act-panels" }, value.panel, slope.panel),
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
      const [x, y] = [plane.toX(z), plane.toY(tables[k][i])];
      place(drop, { x1: x, x2: x, y1: plane.toY(0), y2: y });
      place(point, { cx: x, cy: y });
    });
    const reach = 1.6 / Math.hypot(1, slopes[i]);
    place(tangent, {
      x1: value.toX(z - reach),
      x2: value.toX(z + reach),
      y1: value.toY(values[i] - reach * slopes[i]),
      y2: value.toY(values[i] + reach * slopes[i]),
    });
    const next = slopes[Math.min(i + 1, count - 1)];
    const corner =
      Math.abs(next - slopes[i]) > JUMP
        ? ` This is a corner: just to the right of it the slope is ${writtenSlope(next)}.`
        : "";
    const at = `z = ${written(z, 2)}`;
    slider.value = i;
    slider.setAttribute("aria-valuetext", at);
    choice.value = state.which;
    shown.textContent = written(z, 2);
    words.replaceChildren(
      element("strong", {}, `${label} at ${at}: value ${written(values[i], 3)}, slope ${writtenSlope(slopes[i])}.`),
      ` ${meaning(slopes[i])}${corner} ${note} Its values: ${range}.`,
    );
    el.dataset.activation = label;
    el.dataset.z = z.toFixed(2);
    el.dataset.value = values[i];
    el.dataset.slope = slopes[i];
  }

  let frame = 0;
  function redraw() {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(draw);
  }
  choice.addEventListener("change", () => {
    state.which = Number(choice.value);
    redraw();
  });
  slider.addEventListener("input", () => {
    state.index = Number(slider.value);
    redraw();
  });
  tick.addEventListener("change", () => {
    state.compared = tick.checked;
    redraw();
  });
  for (const plane of [value, slope]) {
    followPointer(plane.svg, (event) => {
      const box = plane.svg.getBoundingClientRect();
      const x = ((event.clientX - box.left) / box.width) * WIDTH;
      const inside = (x - EDGE.left) / (WIDTH - EDGE.left - EDGE.right);
      state.index = nearest(low + inside * (high - low));
      redraw();
    });
  }
  draw();

  return () => cancelAnimationFrame(frame);
}

export default { render };
