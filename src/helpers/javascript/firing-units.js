// Which units of a small ReLU network fire? The reader drags the input over a plane and watches.
//
// Each unit is a button that shows its activation; a unit that is silent is empty. Choosing a unit
// paints the part of the plane in which it fires; with none chosen the plane shows how many fire.
//
// The model may hold: networks [{name, weights [[[...]]], biases [[...]]}, ...] (all layers, the
// output layer last), points [[x1, x2], ...], labels [0 or 1, ...], limits [low, high], start
// [x1, x2].

const GRID = 90; // the plane is painted in this many squares each way
const SCHEMES = {
  light: { paper: [255, 255, 255], fires: [150, 50, 110] },
  dark: { paper: [24, 28, 34], fires: [204, 121, 167] },
};

const STYLE = `
.firing-parts { display: flex; flex-wrap: wrap; gap: 0.8rem 1.4rem; align-items: flex-start;
  max-width: 46rem; }
.firing-plane { position: relative; flex: 1 1 16rem; min-width: 0; max-width: 24rem;
  aspect-ratio: 1; overflow: hidden; border: 1px solid var(--course-edge); border-radius: 0.3rem;
  background: var(--course-paper); cursor: crosshair; touch-action: none; }
.firing-plane canvas, .firing-plane svg { position: absolute; inset: 0; width: 100%; height: 100%; }
.firing-plane svg { pointer-events: none; }
.firing-point-0 { fill: var(--course-class-0); stroke: var(--course-paper); stroke-width: 0.6; }
.firing-point-1 { fill: var(--course-class-1); stroke: var(--course-paper); stroke-width: 0.6; }
.firing-here { fill: none; stroke: var(--course-ink); stroke-width: 1.6; }
.firing-here.firing-halo { stroke: var(--course-paper); stroke-width: 3.4; }
.firing-words { flex: 1 1 15rem; min-width: 0; max-width: 25rem; }
.firing-words p { margin: 0.35rem 0; }
.firing-words label { display: block; font-weight: 600; }
.firing-words select { font: inherit; width: 100%; min-height: 2.2rem; padding: 0.2rem 0.4rem;
  color: var(--course-ink); background: var(--course-paper);
  border: 1px solid var(--course-muted); border-radius: 0.4rem; }
.firing-words select:focus-visible { outline: 3px solid var(--course-accent);
  outline-offset: 2px; }
.firing-words label.firing-number { display: grid;
  grid-template-columns: 4.6em minmax(0, 1fr) 3.4em; gap: 0.5em; align-items: center; }
.course-figure .firing-number input[type="range"] { min-width: 0; width: 100%; }
.firing-number output { text-align: right; font-variant-numeric: tabular-nums; }
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

  const across = (x) => ((x - low) / (high - low)) * 100;
  const up = (y) => 100 - across(y);
  const back = (share) => low + share * (high - low);

  el.classList.add("course-figure");
  el.dataset.lmSuppressShortcuts = "true"; // in JupyterLab, arrow keys are the figure's

  // the plane
  const canvas = element("canvas", { width: GRID, height: GRID, "aria-hidden": "true" });
  const marks = shape("svg", { viewBox: "0 0 100 100", "aria-hidden": "true" });
  points.forEach(([x, y], index) => {
    const place = `translate(${across(x).toFixed(2)} ${up(y).toFixed(2)})`;
    marks.append(
      labels[index]
        ? shape("path", { class: "firing-point-1", d: "M0,-2 L1.8,1.3 L-1.8,1.3 Z", transform: place })
        : shape("circle", { class: "firing-point-0", r: 1.5, transform: place }),
    );
  });
  const here = [
    shape("path", { class: "firing-here firing-halo", d: "M-6,0 H6 M0,-6 V6" }),
    shape("path", { class: "firing-here", d: "M-6,0 H6 M0,-6 V6" }),
  ];
  marks.append(...here);
  const plane = element(
    "div",
    { class: "firing-plane", role: "img", "aria-label": "The plane of the two inputs" },
    canvas,
    marks,
  );

  // words and controls
  const select = element("select", {});
  networks.forEach(({ name }, index) => select.append(element("option", { value: index }, name)));
  const sliders = ["x₁", "x₂"].map((name, axis) => {
    const input = element("input", { type: "range", min: low, max: high, step: (high - low) / 200 });
    const output = element("output", { "aria-hidden": "true" });
    input.addEventListener("input", () => {
      state.at[axis] = Number(input.value);
      update();
    });
    const label = element("label", { class: "firing-number" }, `input ${name}`, input, output);
    return { input, output, label };
  });
  const status = element("p", { class: "firing-status", role: "status" });
  const layers = element("div", {});
  const all = element("button", { type: "button" }, "Show all units");
  const words = element(
    "div",
    { class: "firing-words" },
    element("label", {}, "Network", select),
    ...sliders.map((slider) => slider.label),
    layers,
    element("div", { class: "course-controls" }, all),
    status,
  );
  el.append(element("style", {}, STYLE), element("div", { class: "firing-parts" }, plane, words));

  let buttons = [];

  function build() {
    state.chosen = null;
    layers.replaceChildren();
    buttons = networks[state.network].biases.slice(0, -1).map((biases, layer) => {
      const row = biases.map((_, unit) => {
        const button = element("button", { type: "button", "aria-pressed": "false" });
        button.addEventListener("click", () => {
          const same = state.chosen && state.chosen[0] === layer && state.chosen[1] === unit;
          state.chosen = same ? null : [layer, unit];
          paint();
          update();
        });
        return button;
      });
      const count = element("span", { class: "firing-count" });
      layers.append(
        element("div", { class: "firing-layer" }, `Hidden layer ${layer + 1}: `, count,
          element("div", { class: "firing-units" }, ...row)),
      );
      return { row, count };
    });
    paint();
    update();
  }

  // Shade each square of the plane by the share of units that fire there.
  function paint() {
    const dark = document.documentElement.dataset.theme === "dark"
      || document.body.dataset.jpThemeLight === "false";
    const { paper, fires } = SCHEMES[dark ? "dark" : "light"];
    const context = canvas.getContext("2d");
    const image = context.createImageData(GRID, GRID);
    for (let row = 0; row < GRID; row += 1) {
      for (let column = 0; column < GRID; column += 1) {
        const input = [back((column + 0.5) / GRID), back(1 - (row + 0.5) / GRID)];
        const hidden = hiddenActivations(networks[state.network], input);
        let share;
        if (state.chosen) {
          share = hidden[state.chosen[0]][state.chosen[1]] > 0 ? 0.6 : 0;
        } else {
          const units = hidden.reduce((sum, layer) => sum + layer.length, 0);
          share = hidden.reduce((sum, layer) => sum + firing(layer), 0) / units;
        }
        const offset = 4 * (row * GRID + column);
        for (let band = 0; band < 3; band += 1) {
          image.data[offset + band] = paper[band] + share * (fires[band] - paper[band]);
        }
        image.data[offset + 3] = 255;
      }
    }
    context.putImageData(image, 0, 0);
  }

  function update() {
    const hidden = hiddenActivations(networks[state.network], state.at);
    const place = `translate(${across(state.at[0])} ${up(state.at[1])})`;
    here.forEach((mark) => mark.setAttribute("transform", place));
    sliders.forEach(({ input, output }, axis) => {
      input.value = state.at[axis];
      input.setAttribute("aria-valuetext", written(state.at[axis]));
      output.textContent = written(state.at[axis]);
    });
    hidden.forEach((layer, index) => {
      const { row, count } = buttons[index];
      const largest = Math.max(...layer, 1e-9);
      count.textContent = `${firing(layer)} of ${layer.length} fire`;
      row.forEach((button, unit) => {
        const value = layer[unit];
        const height = value > 0 ? 15 + (85 * value) / largest : 0;
        const chosen = state.chosen && state.chosen[0] === index && state.chosen[1] === unit;
        button.style.setProperty("--firing-height", `${height.toFixed(0)}%`);
        button.setAttribute("aria-pressed", chosen ? "true" : "false");
        button.setAttribute(
          "aria-label",
          `Layer ${index + 1}, unit ${unit + 1}: ${value > 0 ? `fires, ${written(value)}` : "silent"}`,
        );
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

  function follow(event) {
    const box = plane.getBoundingClientRect();
    state.at = [
      clamp(back((event.clientX - box.left) / box.width), low, high),
      clamp(back(1 - (event.clientY - box.top) / box.height), low, high),
    ];
    update();
  }
  followPointer(plane, follow);
  select.addEventListener("change", () => {
    state.network = Number(select.value);
    build();
  });
  all.addEventListener("click", () => {
    state.chosen = null;
    paint();
    update();
  });
  const watcher = new MutationObserver(paint);
  watcher.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });

  build();
  return () => watcher.disconnect();
}

export default { render };
