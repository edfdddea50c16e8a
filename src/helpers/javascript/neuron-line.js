// One neuron by hand: two inputs, two weights, a bias, and the line where the weighted sum is zero.
//
// The neuron computes z = w1 x1 + w2 x2 + b and answers 1 where z > 0, else 0. The reader drags the
// line, drags the tip of the arrow (the two weights, drawn from a point on the line, so that it
// always stands at a right angle to it), or sets the three numbers by sliders.
//
// The model may hold: tasks [{name, inputs: [name, name], classes: [name, name], points [[x1, x2],
// ...], labels [0 or 1, ...], best (fewest mistakes of any line), solution [w1, w2, b]}, ...], start
// [w1, w2, b], limits [low, high].

const SIDE = 400; // of the picture, in SVG units
const LARGEST = { w: 3, b: 6 };
const SHORTEST = 0.05; // shorter arrows have no direction worth showing

const STYLE = `
.neuron-plane { flex: 1 1 17rem; min-width: 0; max-width: 27rem; }
.neuron-plane text { pointer-events: none; font-size: 17px; font-weight: 600;
  paint-order: stroke; stroke: var(--course-paper); stroke-width: 5px; }
.neuron-plane text.neuron-tick { font-size: 14px; font-weight: 400; fill: var(--course-muted); }
.neuron-side { opacity: 0.24; }
.neuron-grid { stroke: var(--course-ink); stroke-opacity: 0.1; stroke-width: 1.2; }
.neuron-grid.neuron-zero { stroke-opacity: 0.4; }
.neuron-line { stroke: var(--course-ink); stroke-width: 4; }
.neuron-arrow { stroke: var(--course-ink); stroke-width: 3.5; fill: none; stroke-linejoin: round; }
.neuron-point { stroke: var(--course-paper); stroke-width: 1.5; }
.neuron-mark { cursor: pointer; }
.neuron-ring { fill: none; stroke: var(--course-ink); stroke-width: 2.5; pointer-events: none; }
.neuron-chosen { fill: none; stroke: var(--course-ink); stroke-width: 3; stroke-dasharray: 5 4;
  pointer-events: none; }
.neuron-words { flex: 1 1 15rem; min-width: 0; max-width: 27rem; --name: 5.6em; --value: 3.6em; }
.neuron-words p { margin: 0.4rem 0; }
.neuron-words label { display: block; font-weight: 600; }
.neuron-words select { width: 100%; }
.neuron-formula { font-variant-numeric: tabular-nums; }
.neuron-words .neuron-verdict { min-height: 3.4em; }
.neuron-words .neuron-formula { min-height: 2.9em; }
`;

// ------------------------------------------------------------------------------ the neuron

const weightedSum = ([w1, w2, b], [x1, x2]) => w1 * x1 + w2 * x2 + b;
const answer = (neuron, point) => (weightedSum(neuron, point) > 0 ? 1 : 0);

// The part of a square in which z > 0 (or z < 0): cut the square's edges one after the other.
function halfOf(corners, neuron, sign) {
  const kept = [];
  corners.forEach((from, i) => {
    const to = corners[(i + 1) % corners.length];
    const [here, there] = [sign * weightedSum(neuron, from), sign * weightedSum(neuron, to)];
    if (here >= 0) kept.push(from);
    if (here > 0 !== there > 0 && here !== there) {
      const part = here / (here - there);
      kept.push(from.map((value, axis) => value + part * (to[axis] - value)));
    }
  });
  return kept;
}

// The point of the visible part of the line that is nearest to `wanted`; null if there is none.
function nearestOnLine(neuron, wanted, low, high) {
  const [w1, w2] = neuron;
  const square = w1 * w1 + w2 * w2;
  if (Math.sqrt(square) < SHORTEST) return null;
  const z = weightedSum(neuron, wanted);
  const foot = [wanted[0] - (z * w1) / square, wanted[1] - (z * w2) / square];
  const along = [-w2 / Math.sqrt(square), w1 / Math.sqrt(square)];
  let [least, most] = [-Infinity, Infinity];
  for (const axis of [0, 1]) {
    if (Math.abs(along[axis]) < 1e-9) {
      if (foot[axis] < low || foot[axis] > high) return null;
    } else {
      const ends = [low, high].map((edge) => (edge - foot[axis]) / along[axis]);
      least = Math.max(least, Math.min(...ends));
      most = Math.min(most, Math.max(...ends));
    }
  }
  if (least > most) return null;
  const step = clamp(0, least, most);
  return [foot[0] + step * along[0], foot[1] + step * along[1]];
}

// ------------------------------------------------------------------------------ the figure

function render({ model, el }) {
  const tasks = model.get("tasks");
  const start = model.get("start") || [0.6, 1, -0.4];
  const [low, high] = model.get("limits") || [-3, 3];
  const corners = [[low, low], [high, low], [high, high], [low, high]];
  const state = { task: 0, neuron: [...start], anchor: [0, 0], chosen: -1 };
  const movement = newGlide();

  const toSvg = placeOn(low, high, SIDE);

  // the plane: two tinted halves, a grid, the points, the line with its two handles
  const svg = shape("svg", { viewBox: `0 0 ${SIDE} ${SIDE}` });
  const plane = element(
    "div",
    { class: "course-plane neuron-plane", role: "group", "aria-label": "The plane of the two inputs" },
    svg,
  );
  const sides = [0, 1].map((label) =>
    shape("polygon", { class: "neuron-side", style: `fill: var(--course-class-${label})` }),
  );
  const grid = shape("g", { "aria-hidden": "true" });
  for (let at = Math.ceil(low); at <= high; at += 1) {
    const [across, up] = toSvg(at, at);
    const kind = at === 0 ? "neuron-grid neuron-zero" : "neuron-grid";
    grid.append(
      shape("line", { class: kind, x1: across, x2: across, y1: 0, y2: SIDE }),
      shape("line", { class: kind, y1: up, y2: up, x1: 0, x2: SIDE }),
    );
    if (at === 0 || at === low || at === high) continue;
    const number = written(at, 0);
    grid.append(
      shape("text", { class: "neuron-tick", x: across, y: SIDE - 8, "text-anchor": "middle" }, number),
      shape("text", { class: "neuron-tick", x: 6, y: up + 5 }, number),
    );
  }
  const axisNames = [
    shape("text", { x: SIDE - 8, y: SIDE - 27, "text-anchor": "end" }),
    shape("text", { x: 26, y: 22 }),
  ];
  const marks = shape("g", {});
  const chosenRing = shape("circle", { class: "neuron-chosen", r: 15 });
  const line = shape("line", { class: "neuron-line" });
  const arrow = shape("path", { class: "neuron-arrow" });
  const mover = newHandle("Line: move it", "circle", { r: 12 }, -LARGEST.b, LARGEST.b);
  const turner = newHandle("Arrow of the two weights: turn it", "rect", squareGrip(9), -180, 180);
  svg.append(...sides, grid, marks, chosenRing, line, arrow, ...axisNames, mover, turner);

  // words and controls
  const chooser = newChoice(tasks.map(({ name }, i) => [i, name]), (task) => {
    movement.stop();
    Object.assign(state, { task: Number(task), chosen: -1, anchor: [0, 0], neuron: [...start] });
    layPoints();
    draw();
  });
  const status = newStatus("neuron-verdict");
  const formula = element("p", { class: "neuron-formula" });
  const most = [LARGEST.w, LARGEST.w, LARGEST.b];
  const numbers = ["weight w₁", "weight w₂", "bias b"].map((label, i) =>
    newSlider(label, { min: -most[i], max: most[i], step: 0.05 }, (value) => {
      movement.stop();
      state.neuron[i] = value;
      draw();
    }),
  );
  const next = newButton("Next point", () =>
    choose((state.chosen + 1) % tasks[state.task].points.length),
  );
  const show = newButton("Show me", () => glide(tasks[state.task].solution));
  const again = newButton("Start again", () => {
    Object.assign(state, { chosen: -1, anchor: [0, 0] });
    glide(start);
  });
  openFigure(
    el,
    STYLE,
    element(
      "div",
      { class: "course-parts" },
      plane,
      element(
        "div",
        { class: "neuron-words" },
        element("label", {}, "Points", chooser),
        status.node,
        ...numbers.map((number) => number.row()),
        formula,
        element("div", { class: "course-controls" }, next, show, again),
      ),
    ),
  );

  // ------------------------------------------------------------------------------- drawing

  let rings = [];

  function layPoints() {
    const { points, labels, inputs } = tasks[state.task];
    const size = points.length > 20 ? 6.5 : 12;
    marks.replaceChildren();
    rings = points.map((point, i) => {
      const [left, top] = toSvg(...point);
      const ring = shape("circle", { class: "neuron-ring", r: 1.6 * size });
      const dot = newMark("neuron-point", labels[i], size, [1.25, 1.1, 0.8]);
      const mark = shape(
        "g",
        { class: "neuron-mark", transform: `translate(${left} ${top})` },
        shape("circle", { r: 1.8 * size, fill: "transparent" }),
        ring,
        dot,
      );
      mark.addEventListener("click", () => choose(i));
      marks.append(mark);
      return ring;
    });
    axisNames[0].textContent = `x₁: ${inputs[0]}`;
    axisNames[1].textContent = `x₂: ${inputs[1]}`;
  }

  function choose(i) {
    state.chosen = i;
    draw();
  }

  function draw() {
    const { points, labels } = tasks[state.task];
    const { neuron } = state;
    const [w1, w2, b] = neuron;
    const there = nearestOnLine(neuron, state.anchor, low, high);
    if (there) state.anchor = there;
    const flat = Math.hypot(w1, w2) < SHORTEST;

    [-1, 1].forEach((sign, label) => {
      const half = flat ? (Math.sign(b || -1) === sign ? corners : []) : halfOf(corners, neuron, sign);
      const outline = half.map((corner) => toSvg(...corner).map((value) => value.toFixed(1)).join(","));
      place(sides[label], { points: outline.join(" ") });
    });
    for (const node of [line, arrow, mover, turner]) node.style.display = there ? "" : "none";
    if (there) drawLine();

    const wrong = points.map((point, i) => answer(neuron, point) !== labels[i]);
    rings.forEach((ring, i) => (ring.style.display = wrong[i] ? "" : "none"));
    const chosen = points[state.chosen];
    chosenRing.style.display = chosen ? "" : "none";
    if (chosen) {
      const [cx, cy] = toSvg(...chosen);
      place(chosenRing, { cx, cy });
    }
    drawWords(wrong.filter(Boolean).length, Boolean(there), chosen);
  }

  function drawLine() {
    const [w1, w2, b] = state.neuron;
    const length = Math.hypot(w1, w2);
    const [ax, ay] = state.anchor;
    const far = 3 * (high - low);
    const [x1, y1] = toSvg(ax - (far * w2) / length, ay + (far * w1) / length);
    const [x2, y2] = toSvg(ax + (far * w2) / length, ay - (far * w1) / length);
    place(line, { x1, y1, x2, y2 });
    const [px, py] = toSvg(ax, ay);
    const tip = tipOf();
    const [tx, ty] = toSvg(...tip);
    place(arrow, { d: `M${px} ${py} L${tx} ${ty}` });
    place(mover, {
      transform: `translate(${px} ${py})`,
      "aria-valuenow": b.toFixed(2),
      "aria-valuetext": `bias ${written(b)}`,
    });
    const degrees = Math.round((Math.atan2(w2, w1) * 180) / Math.PI);
    place(turner, {
      transform: `translate(${tx} ${ty})`,
      "aria-valuenow": degrees,
      "aria-valuetext": `weights ${written(w1)} and ${written(w2)}, towards ${degrees} degrees`,
    });
  }

  // The arrow is drawn shorter than it is, and never too short to be gripped.
  const SCALE = 0.45;
  const GRIP = 0.62;
  function tipOf() {
    const [w1, w2] = state.neuron;
    const length = Math.hypot(w1, w2);
    const shown = GRIP + SCALE * length;
    return state.anchor.map((value, axis) => value + (shown * [w1, w2][axis]) / length);
  }

  function drawWords(mistakes, visible, chosen) {
    const { points, best, classes, labels } = tasks[state.task];
    const { neuron } = state;
    const [w1, w2, b] = neuron;
    let reason = `The best line has ${best}.`;
    if (mistakes === best) {
      reason = best === 0 ? "The line separates the two classes." : "No line does better.";
    } else if (!visible) {
      reason =
        Math.hypot(w1, w2) < SHORTEST
          ? "With both weights at zero there is no line: every point gets the same answer."
          : "The line lies outside the picture: every point gets the same answer.";
    } else if (mistakes > points.length / 2) {
      reason = "More than half: turn the arrow round.";
    }
    status.say(`${mistakes} of ${points.length} wrong.`, reason, mistakes === best);
    numbers.forEach((number, i) => number.set(neuron[i]));
    if (chosen) {
      const z = weightedSum(neuron, chosen);
      const said = answer(neuron, chosen);
      const right = said === labels[state.chosen] ? "right" : "wrong";
      formula.textContent =
        `z = ${written(w1)} × ${bracketed(chosen[0])} + ${bracketed(w2)} × ${bracketed(chosen[1])} ` +
        `${signed(b)} = ${written(z)}, so it answers ${said}, “${classes[said]}”: ${right}.`;
    } else {
      formula.textContent = `z = ${written(w1)} x₁ ${signed(w2)} x₂ ${signed(b)}`;
    }
    el.dataset.wrong = mistakes;
    el.dataset.task = state.task;
  }

  // -------------------------------------------------------------------------------- moving

  function setNeuron(w1, w2, b) {
    movement.stop();
    state.neuron = [w1, w2, b].map((value, i) => clamp(value, -most[i], most[i]));
    draw();
  }

  // Parallel to itself, until it goes through a point: only the bias changes.
  function moveTo(x, y) {
    const [w1, w2] = state.neuron;
    const edge = 0.12;
    const there = [x, y].map((value) => clamp(value, low + edge, high - edge));
    state.anchor = there;
    setNeuron(w1, w2, -w1 * there[0] - w2 * there[1]);
  }

  // Around the point on the line: the weights change, and the bias so that the point stays on it.
  function turnTo(angle, length) {
    const size = clamp(length, 0.15, 2.8);
    const [w1, w2] = [size * Math.cos(angle), size * Math.sin(angle)];
    setNeuron(w1, w2, -w1 * state.anchor[0] - w2 * state.anchor[1]);
  }

  const placeOf = placeIn(svg, low, high);
  listenTo(mover, placeOf, moveTo, (across, up) => {
    const [x, y] = state.anchor;
    // Along the line nothing would change, so every key moves the line across itself.
    const [w1, w2] = state.neuron;
    const length = Math.hypot(w1, w2);
    const step = across * Math.sign(w1 || 1) + up * Math.sign(w2 || 1);
    moveTo(x + (0.05 * step * w1) / length, y + (0.05 * step * w2) / length);
  });
  listenTo(
    turner,
    placeOf,
    (x, y) => {
      const [ax, ay] = state.anchor;
      turnTo(Math.atan2(y - ay, x - ax), (Math.hypot(x - ax, y - ay) - GRIP) / SCALE);
    },
    (across, up) => {
      const [w1, w2] = state.neuron;
      // left and right turn, up and down make the arrow longer and shorter
      turnTo(Math.atan2(w2, w1) - (across * Math.PI) / 60, Math.hypot(w1, w2) + 0.1 * up);
    },
  );

  function glide(target) {
    const from = [...state.neuron];
    movement.start((part) => {
      state.neuron = target.map((value, i) => between(from[i], value, part));
      draw();
    });
  }
  layPoints();
  draw();

  return movement.stop;
}

export default { render };
