// Which units of a small ReLU network fire? The reader drags the input over a plane and watches.
//
// Each unit is a button that shows its activation; a unit that is silent is empty. Choosing a unit
// paints the part of the plane in which it fires; with none chosen the plane shows how many fire.
//
// The model may hold: networks [{name, weights [[[...]]], biases [[...]]}, ...] (all layers, the
// output layer last), points [[x1, x2], ...], labels [0 or 1, ...], limits [low, high], start
// [x1, x2].

const GRID = 90; // the plane is painted in this many squares each way

const STYLE = `
.firing-plane { flex: 1 1 16rem; min-width: 0; max-width: 24rem; cursor: crosshair;
  touch-action: none; }
.firing-plane svg { pointer-events: none; }
.firing-point { stroke: var(--course-paper); stroke-width: 0.6; }
.firing-here { fill: none; stroke: var(--course-ink); stroke-width: 1.6; }
.firing-here.firing-halo { stroke: var(--course-paper); stroke-width: 3.4; }
.firing-words { flex: 1 1 15rem; min-width: 0; max-width: 25rem; --name: 4.6em; --value: 3.4em; }
.firing-words p { margin: 0.35rem 0; }
.firing-words label { display: block; font-weight: 600; }
.firing-words select { width: 100%; }
.firing-layer { margin-top: 0.5rem; }
.firing-units { display: grid; grid-template-columns: repeat(6, 1fr); gap: 0.3rem;
  margin-top: 0.2rem; }
.course-figure .firing-units button { position: relative; min-width: 0; min-height: 2.1rem;
  padding: 0; overflow: hidden; border-radius: 0.25rem; border: 1px solid var(--course-muted);
  background: var(--course-paper); }
.course-figure .firing-units button[aria-pressed="true"] { outline: 3px solid var(--course-accent);
  outline-offset: 1px; }
.firing-units button::after { content: ""; position: absolute; inset: auto 0 0 0;
  height: var(--firing-height, 0%); background: #96326e; pointer-events: none; }
.firing-count { font-variant-numeric: tabular-nums; }
.firing-words .firing-status { min-height: 4.3em; }
`;

// ------------------------------------------------------------------------------ the network

// The activations of all hidden layers for one input; nothing below zero gets through.
function hiddenActivations({ weights, biases }, input) {
  let h = input;
  return weights.slice(0, -1).map((matrix, index) => {
    h = biases[index].map((bias, unit) =>
      Math.max(0, h.reduce((sum, value, i) => sum + value * matrix[i][unit], bias)),
    );
    return h;
  });
}

const firing = (layer) => layer.filter((value) => value > 0).length;

// ------------------------------------------------------------------------------ the figure

function render({ model, el }) {
  const networks = model.get("networks");
  const points = model.get("points") || [];
  const labels = model.get("labels") || [];
  const [low, high] = model.get("limits") || [-1, 1];
  const start = model.get("start") || [0, 0];
  const state = { network: 0, at: [...start], chosen: null };

  const toSvg = placeOn(low, high, 100);

  // the plane
  const canvas = element("canvas", { "aria-hidden": "true" });
  const marks = shape("svg", { viewBox: "0 0 100 100", "aria-hidden": "true" });
  const translate = (x, y) => `translate(${toSvg(x, y).map((at) => at.toFixed(2)).join(" ")})`;
  points.forEach(([x, y], i) => {
    const mark = newMark("firing-point", labels[i], 1.5, [4 / 3, 1.2, 2.6 / 3]);
    place(mark, { transform: translate(x, y) });
    marks.append(mark);
  });
  const here = ["firing-here firing-halo", "firing-here"].map((kind) =>
    shape("path", { class: kind, d: "M-6,0 H6 M0,-6 V6" }),
  );
  marks.append(...here);
  const plane = element(
    "div",
    { class: "course-plane firing-plane", role: "img", "aria-label": "The plane of the two inputs" },
    canvas,
    marks,
  );

  // words and controls
  const select = newChoice(networks.map(({ name }, i) => [i, name]), (which) => {
    state.network = Number(which);
    build();
  });
  const range = { min: low, max: high, step: (high - low) / 200 };
  const sliders = ["x₁", "x₂"].map((name, axis) =>
    newSlider(`input ${name}`, range, (value) => {
      state.at[axis] = value;
      update();
    }),
  );
  const status = element("p", { class: "firing-status", role: "status" });
  const layers = element("div", {});
  const all = newButton("Show all units", () => choose(null));
  const words = element(
    "div",
    { class: "firing-words" },
    element("label", {}, "Network", select),
    ...sliders.map((slider) => slider.row()),
    layers,
    element("div", { class: "course-controls" }, all),
    status,
  );
  openFigure(el, STYLE, element("div", { class: "course-parts" }, plane, words));

  let buttons = [];
  let colour = [0, 0, 0]; // until the theme says which
  const isChosen = (layer, unit) => state.chosen?.[0] === layer && state.chosen[1] === unit;

  function choose(unit) {
    state.chosen = unit;
    paint();
    update();
  }

  function build() {
    layers.replaceChildren();
    buttons = networks[state.network].biases.slice(0, -1).map((biases, layer) => {
      const row = biases.map((_, unit) =>
        newButton("", () => choose(isChosen(layer, unit) ? null : [layer, unit])),
      );
      const count = element("span", { class: "firing-count" });
      layers.append(
        element("div", { class: "firing-layer" }, `Hidden layer ${layer + 1}: `, count,
          element("div", { class: "firing-units" }, ...row)),
      );
      return { row, count };
    });
    choose(null);
  }

  // Shade each square of the plane by the share of units that fire there.
  function paint() {
    paintPlane(canvas, GRID, [low, high], (x, y) => {
      const hidden = hiddenActivations(networks[state.network], [x, y]);
      if (state.chosen) return [colour, hidden[state.chosen[0]][state.chosen[1]] > 0 ? 0.6 : 0];
      const units = hidden.flat();
      return [colour, firing(units) / units.length];
    });
  }

  function update() {
    const hidden = hiddenActivations(networks[state.network], state.at);
    for (const mark of here) place(mark, { transform: translate(...state.at) });
    sliders.forEach((slider, axis) => slider.set(state.at[axis]));
    hidden.forEach((layer, index) => {
      const { row, count } = buttons[index];
      const largest = Math.max(...layer, 1e-9);
      count.textContent = `${firing(layer)} of ${layer.length} fire`;
      row.forEach((button, unit) => {
        const value = layer[unit];
        const height = value > 0 ? 15 + (85 * value) / largest : 0;
        button.style.setProperty("--firing-height", `${height.toFixed(0)}%`);
        const does = value > 0 ? `fires, ${written(value)}` : "silent";
        place(button, {
          "aria-pressed": String(isChosen(index, unit)),
          "aria-label": `Layer ${index + 1}, unit ${unit + 1}: ${does}`,
        });
      });
    });
    const units = hidden.reduce((sum, layer) => sum + layer.length, 0);
    const paths = hidden.reduce((product, layer) => product * layer.length, 1);
    const active = hidden.reduce((sum, layer) => sum + firing(layer), 0);
    const open = hidden.reduce((product, layer) => product * firing(layer), 1);
    const percent = (part, whole) => `${Math.round((100 * part) / whole)} %`;
    status.textContent =
      `${active} of ${units} units fire (${percent(active, units)}), and ` +
      `${open} of ${paths} paths through both layers are active (${percent(open, paths)}). ` +
      (state.chosen
        ? `Painted: where unit ${state.chosen[1] + 1} of layer ${state.chosen[0] + 1} fires.`
        : "Painted: the more units fire, the darker.");
    el.dataset.active = active;
    el.dataset.paths = open;
  }

  const placeOf = placeIn(plane, low, high);
  followPointer(plane, (event) => {
    state.at = placeOf(event).map((value) => clamp(value, low, high));
    update();
  });

  const stop = withThemeColours(el, ["--course-fires"], ([fires]) => {
    colour = fires;
    paint();
  });
  build();
  return stop;
}

export default { render };
