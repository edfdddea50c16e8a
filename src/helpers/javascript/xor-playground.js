// XOR by hand: the reader drags the lines of two hidden units, the picture answers at once.
//
// Each hidden unit i looks along its line: z_i = cos(a_i) (x - x_i) + sin(a_i) (y - y_i), and gives
// h_i = z_i where z_i > 0 and slope * z_i elsewhere: slope 1 is the identity, slope 0 is ReLU.
// The output layer is not the reader's business: at every move it is set to the best one there is
// (most points right; among those, the widest margin), so "3 of 4" means that no output layer can
// do better with these two lines.
//
// The model may hold: points [[x, y], ...], labels [0 or 1, ...], start and solution (each
// [[x, y, angle in degrees], [x, y, angle]]), slope (at the start), limits [low, high].

const REACH = 0.5; // from a line's position handle to its angle handle, in data units
const HIDDEN_LIMIT = 2.2; // half the width of the hidden plane that is shown
const TOLERANCE = 1e-9; // a point this near to the boundary is on it, hence not right
const SIDE = 400; // of a panel, in SVG units

const STYLE = `
.xor-panel { position: relative; flex: 1 1 15rem; min-width: 0; max-width: 27rem; }
.xor-panel.xor-hidden { flex: 0.72 1 12.5rem; max-width: 19rem; }
.xor-panel .xor-title { margin: 0 0 0.3rem; font-size: 1rem; font-weight: 600; line-height: 1.3;
  color: var(--course-ink); }
.xor-panel text { font-size: 20px; font-weight: 600;
  paint-order: stroke; stroke: var(--course-paper); stroke-width: 5px; }
.xor-panel.xor-hidden text { font-size: 27px; }
.xor-axis { stroke: var(--course-ink); stroke-opacity: 0.35; stroke-width: 1.5; }
.xor-border { stroke: var(--course-ink); stroke-width: 3; stroke-dasharray: 9 6; }
.xor-line { stroke: var(--course-ink); stroke-width: 4; }
.xor-side { stroke: var(--course-ink); stroke-width: 3; fill: none; }
.xor-point { stroke: var(--course-paper); stroke-width: 2.5; }
.xor-ring { fill: none; stroke: var(--course-ink); stroke-width: 3.5; }
.xor-verdict { margin: 0.6rem 0 0.4rem; max-width: 46rem; min-height: 4.2em; }
`;

const radians = (degrees) => (degrees * Math.PI) / 180;
const copyLines = (lines) => lines.map((line) => [...line]);

// ------------------------------------------------------------------------------ the network

function hiddenUnits(lines, slope) {
  const units = lines.map(([x, y, angle]) => {
    const across = Math.cos(radians(angle));
    const up = Math.sin(radians(angle));
    return { across, up, bias: -across * x - up * y };
  });
  return (x, y) =>
    units.map(({ across, up, bias }) => {
      const z = across * x + up * y + bias;
      return z > 0 ? z : slope * z;
    });
}

// The widest-margin line of a separable set either halves the way between two points of different
// classes, or runs midway between a line through two points and a third. Trying all of them,
// for the whole set, finds the best for every subset of points too.
function bestOutput(hidden, labels) {
  const candidates = [[0, 0, 1]];
  const add = (a, b, first, second) => {
    const length = Math.hypot(a, b);
    if (length < TOLERANCE) return;
    const middle = [(first[0] + second[0]) / 2, (first[1] + second[1]) / 2];
    candidates.push([a / length, b / length, -(a * middle[0] + b * middle[1]) / length]);
  };
  hidden.forEach((p, i) => {
    hidden.slice(i + 1).forEach((q, offset) => {
      const [across, up] = [q[0] - p[0], q[1] - p[1]];
      add(across, up, p, q);
      hidden.forEach((r, k) => {
        if (k !== i && k !== i + 1 + offset) add(-up, across, p, r);
      });
    });
  });
  let best = { right: -1, margin: -1 };
  for (const line of candidates) {
    for (const sign of [1, -1]) {
      const weights = line.map((value) => sign * value);
      const scores = hidden.map(([h1, h2]) => weights[0] * h1 + weights[1] * h2 + weights[2]);
      const correct = scores.map((score, i) => (labels[i] ? score : -score) > TOLERANCE);
      const right = correct.filter(Boolean).length;
      const isLine = Math.hypot(weights[0], weights[1]) > 0;
      const margin = isLine
        ? Math.min(...scores.filter((_, i) => correct[i]).map(Math.abs), Infinity)
        : 0;
      const better = right > best.right || (right === best.right && margin > best.margin + 1e-12);
      if (better) best = { weights, correct, right, margin };
    }
  }
  return best;
}

// ------------------------------------------------------------------------------- the picture

function paint(canvas, score, limits, colours) {
  const ratio = window.devicePixelRatio || 1;
  // Half resolution is plenty for a smooth tint, and four times as fast.
  const size = Math.round(clamp(canvas.clientWidth * ratio * 0.5, 40, 320));
  paintPlane(canvas, size, limits, (x, y) => {
    const value = score(x, y);
    const strength = value === 0 ? 0 : 0.2 + 0.35 * Math.min(1, Math.abs(value) / 0.6);
    return [colours[value > 0 ? 1 : 0], strength];
  });
}

const newPoint = (label, size) => newMark("xor-point", label, size, [1.15, 1, 0.75]);

function newPanel(title, className, description) {
  const canvas = element("canvas", { "aria-hidden": "true" });
  const svg = shape("svg", { viewBox: `0 0 ${SIDE} ${SIDE}` });
  const plane = element("div", { class: "course-plane" }, canvas, svg);
  const panel = element(
    "div",
    { class: `xor-panel ${className}`, role: "group", "aria-label": description },
    element("p", { class: "xor-title", "aria-hidden": "true" }, title),
    plane,
  );
  return { panel, canvas, svg };
}

// ------------------------------------------------------------------------------ the figure

function render({ model, el }) {
  const points = model.get("points") || [[0, 0], [0, 1], [1, 0], [1, 1]];
  const labels = model.get("labels") || [0, 1, 1, 0];
  const start = model.get("start") || [[0.25, 0.75, 0], [0.75, 0.25, 90]];
  const solution = model.get("solution") || [[0.25, 0.25, 45], [0.75, 0.75, 45]];
  const startSlope = model.get("slope") ?? 1;
  const [low, high] = model.get("limits") || [-0.5, 1.5];
  const hiddenLimits = [-HIDDEN_LIMIT, HIDDEN_LIMIT];
  const state = { lines: copyLines(start), slope: startSlope };
  const movement = newGlide();

  const toInput = placeOn(low, high, SIDE);
  const toHidden = placeOn(...hiddenLimits, SIDE);

  const input = newPanel("Input plane: drag the lines", "xor-input", "Input plane");
  const hidden = newPanel("Hidden plane: where the points land", "xor-hidden", "Hidden plane");

  // the input plane: two lines with two handles each, and the points
  const lineShapes = state.lines.map((_, i) => {
    const line = shape("line", { class: "xor-line" });
    const side = shape("path", { class: "xor-side" });
    const name = shape(
      "text",
      { "text-anchor": "middle", "dominant-baseline": "central" },
      `h${"₁₂"[i]}`,
    );
    const position = newHandle(`Line ${i + 1}, position`, "circle", { r: 13 }, low, high);
    const angle = newHandle(`Line ${i + 1}, angle`, "rect", squareGrip(11), -180, 180);
    return { line, side, name, position, angle };
  });

  const inputMarks = points.map(([x, y], i) => {
    const [left, top] = toInput(x, y);
    const ring = shape("circle", { class: "xor-ring", r: 21 });
    const mark = shape("g", { transform: `translate(${left} ${top})` }, ring, newPoint(labels[i], 12));
    return { mark, ring };
  });
  lineShapes.forEach(({ line, side, name }) => input.svg.append(line, side, name));
  inputMarks.forEach(({ mark }) => input.svg.append(mark));
  lineShapes.forEach(({ position, angle }) => input.svg.append(angle, position));

  // the hidden plane: axes, the output layer's line, and the points
  const [centre] = toHidden(0, 0);
  const border = shape("line", { class: "xor-border" });
  hidden.svg.append(
    shape("line", { class: "xor-axis", x1: 0, x2: SIDE, y1: centre, y2: centre }),
    shape("line", { class: "xor-axis", y1: 0, y2: SIDE, x1: centre, x2: centre }),
    border,
    shape("text", { x: SIDE - 10, y: centre - 18, "text-anchor": "end" }, "h₁"),
    shape("text", { x: centre + 12, y: 28 }, "h₂"),
  );
  const hiddenMarks = labels.map((label) => {
    const ring = shape("circle", { class: "xor-ring", r: 27 });
    const mark = shape("g", {}, ring, newPoint(label, 16));
    hidden.svg.append(mark);
    return { mark, ring };
  });

  // words and controls
  const status = newStatus("xor-verdict");
  const slider = newSlider("Slope of the negative side", { min: 0, max: 1, step: 0.05 }, (slope) => {
    movement.stop();
    state.slope = slope;
    redraw();
  });
  const bend = newBend();
  const show = newButton("Show me", () => glide(solution, 0));
  const again = newButton("Start again", () => glide(start, startSlope));
  openFigure(
    el,
    STYLE,
    element("div", { class: "course-parts" }, input.panel, hidden.panel),
    status.node,
    element("div", { class: "course-controls" }, bend.node, ...slider.parts, show, again),
  );

  // A line's angle handle stands on whichever side of the position handle has room for it.
  const handleSide = [1, 1];
  function angleHandle(i) {
    const [x, y, angle] = state.lines[i];
    const along = [-Math.sin(radians(angle)), Math.cos(radians(angle))];
    const room = (sign) =>
      Math.min(
        ...along.flatMap((part, axis) => {
          const there = [x, y][axis] + sign * REACH * part;
          return [there - low, high - there];
        }),
      );
    if (!turned[i]?.held && room(handleSide[i]) < 0.06 && room(-handleSide[i]) > 0.06) {
      handleSide[i] = -handleSide[i];
    }
    return [x + handleSide[i] * REACH * along[0], y + handleSide[i] * REACH * along[1]];
  }

  let colours = [[0, 0, 0], [0, 0, 0]]; // until the theme says which
  const turned = []; // for each line, whether its angle is held

  function draw() {
    const units = hiddenUnits(state.lines, state.slope);
    const landed = points.map(([x, y]) => units(x, y));
    const output = bestOutput(landed, labels);
    const [a, b, c] = output.weights;
    paint(
      input.canvas,
      (x, y) => {
        const [h1, h2] = units(x, y);
        return a * h1 + b * h2 + c;
      },
      [low, high],
      colours,
    );
    paint(hidden.canvas, (h1, h2) => a * h1 + b * h2 + c, hiddenLimits, colours);
    drawLines();
    drawHidden(landed, output);
    inputMarks.forEach(({ ring }, i) => (ring.style.display = output.correct[i] ? "none" : ""));
    drawWords(output);
  }

  function drawLines() {
    lineShapes.forEach(({ line, side, name, position, angle }, i) => {
      const [x, y, degrees] = state.lines[i];
      const [nx, ny] = [Math.cos(radians(degrees)), Math.sin(radians(degrees))];
      const far = 2 * (high - low);
      const [x1, y1] = toInput(x - far * ny, y + far * nx);
      const [x2, y2] = toInput(x + far * ny, y - far * nx);
      place(line, { x1, y1, x2, y2 });
      const [px, py] = toInput(x, y);
      const [ax, ay] = toInput(...angleHandle(i));
      // the arrow points to the side where the unit is active
      const tip = [px + 46 * nx, py - 46 * ny];
      const wing = (turn) => {
        const direction = radians(-degrees) + turn;
        return `${tip[0] - 11 * Math.cos(direction)} ${tip[1] - 11 * Math.sin(direction)}`;
      };
      place(side, {
        d: `M${px} ${py} L${tip[0]} ${tip[1]} M${wing(0.5)} L${tip[0]} ${tip[1]} L${wing(-0.5)}`,
      });
      place(name, { x: px + 66 * nx, y: py - 66 * ny });
      place(position, {
        transform: `translate(${px} ${py})`,
        "aria-valuenow": x.toFixed(2),
        "aria-valuetext": `x ${x.toFixed(2)}, y ${y.toFixed(2)}`,
      });
      const turned = Math.round(((((degrees + 180) % 360) + 360) % 360) - 180);
      place(angle, {
        transform: `translate(${ax} ${ay})`,
        "aria-valuenow": turned,
        "aria-valuetext": `active towards ${turned} degrees`,
      });
    });
  }

  function drawHidden(landed, { weights: [a, b, c], correct }) {
    landed.forEach(([h1, h2], i) => {
      const [left, top] = toHidden(h1, h2);
      place(hiddenMarks[i].mark, { transform: `translate(${left} ${top})` });
      hiddenMarks[i].ring.style.display = correct[i] ? "none" : "";
    });
    const exists = Math.hypot(a, b) > 0;
    border.style.display = exists ? "" : "none";
    if (exists) {
      const far = 4 * HIDDEN_LIMIT;
      const [x1, y1] = toHidden(-a * c + far * b, -b * c - far * a);
      const [x2, y2] = toHidden(-a * c - far * b, -b * c + far * a);
      place(border, { x1, y1, x2, y2 });
    }
  }

  function drawWords({ right, margin }) {
    const all = right === points.length;
    const { slope } = state;
    let reason = "No output layer can do better with these two lines. Move them.";
    if (all) {
      const closely = margin < 0.02 ? ", by a hair." : ".";
      reason = `One straight line separates the classes in the hidden plane${closely}`;
    } else if (slope === 1) {
      reason =
        "Without a bend the hidden plane is only a sheared copy of the input plane: " +
        "no lines and no output layer get all of them right.";
    }
    status.say(`${right} of ${points.length} points right.`, reason, all);
    slider.set(slope, slope === 1 ? "1 (linear)" : slope === 0 ? "0 (ReLU)" : slope.toFixed(2));
    bend.set(slope);
    el.dataset.right = right;
    el.dataset.slope = slope;
  }

  // ------------------------------------------------------------------------------- moving

  const redraw = onceAFrame(draw);

  function move(i, x, y, angle) {
    movement.stop();
    const inside = (value) => clamp(value, low + 0.04, high - 0.04);
    state.lines[i] = [inside(x), inside(y), angle];
    redraw();
  }

  const placeOf = placeIn(input.svg, low, high);
  lineShapes.forEach(({ position, angle }, i) => {
    listenTo(
      position,
      placeOf,
      (x, y) => move(i, x, y, state.lines[i][2]),
      (across, up) => {
        const [x, y, degrees] = state.lines[i];
        move(i, x + 0.02 * across, y + 0.02 * up, degrees);
      },
    );
    turned[i] = listenTo(
      angle,
      placeOf,
      (x, y) => {
        const [px, py] = state.lines[i];
        const towards = (Math.atan2(y - py, x - px) * 180) / Math.PI;
        move(i, px, py, towards - 90 * handleSide[i]);
      },
      (across, up) => {
        const [x, y, degrees] = state.lines[i];
        move(i, x, y, degrees + 3 * (across + up));
      },
      redraw,
    );
  });

  function glide(lines, slope) {
    const from = { lines: copyLines(state.lines), slope: state.slope };
    movement.start((part) => {
      state.lines = lines.map((line, i) => line.map((to, k) => between(from.lines[i][k], to, part)));
      state.slope = between(from.slope, slope, part);
      draw();
    });
  }

  const stops = [
    redraw.stop,
    movement.stop,
    onNewWidth(input.canvas, redraw),
    withThemeColours(el, ["--course-class-0", "--course-class-1"], (found) => {
      colours = found;
      redraw();
    }),
  ];
  draw();

  return () => stops.forEach((stop) => stop());
}

export default { render };
