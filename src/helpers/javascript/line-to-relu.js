// A straight line that folds: one trained network for each slope of the activation, from the identity
// (slope 1 on both sides) to ReLU (slope 0 on the left). The reader moves the slope; the border
// between the classes and the share of points that are right follow. It plays once by itself.
//
// The model holds: slopes [...], networks [{weights [[[...]]], biases [[...]]}, ...] (one for each
// slope; all layers, the last with one output: class 1 where it is above zero), points
// [[x, y], ...], labels [0 or 1, ...], limit (the plane reaches from -limit to limit).

const GRID = 120; // the plane is looked at in this many squares each way
const SIDE = 400; // of the plane, in SVG units
const WAIT_MILLISECONDS = 900; // before it plays
const PLAY_MILLISECONDS = 110; // each picture

const STYLE = `
.fold-plane { flex: 1 1 16rem; min-width: 0; max-width: 25rem; }
.fold-side { flex: 1 1 13rem; min-width: 0; max-width: 22rem; }
.fold-state { display: flex; align-items: center; gap: 1rem; --size: 6rem; }
.fold-state p { margin: 0; }
.fold-state .course-count { display: block; font-size: 2rem; line-height: 1.2;
  white-space: nowrap; }
.fold-side .fold-words { margin: 0.8rem 0; min-height: 4.2em; }
.fold-side .course-label { flex: 1 0 100%; }
.fold-border { fill: none; stroke: var(--course-ink); stroke-width: 5; stroke-linecap: round; }
.fold-point { stroke: var(--course-paper); stroke-width: 1.8; }
@media (max-width: 30rem) {
  .fold-state { --size: 4rem; }
  .fold-side .fold-words { margin: 0.4rem 0; min-height: 2.8em; }
}
`;

// ------------------------------------------------------------------------------ the network

// The score of a point: positive for class 1.
function scorer({ weights, biases }, slope) {
  const last = weights.length - 1;
  return (x, y) => {
    let h = [x, y];
    weights.forEach((matrix, layer) => {
      h = biases[layer].map((bias, unit) => {
        let z = bias;
        for (let i = 0; i < h.length; i += 1) z += h[i] * matrix[i][unit];
        return layer === last || z > 0 ? z : slope * z;
      });
    });
    return h[0];
  };
}

// The scores at the corners of the grid's squares, row by row from the top.
function scoresOf(score, limit) {
  const step = (2 * limit) / GRID;
  const scores = [];
  for (let row = 0; row <= GRID; row += 1) {
    for (let column = 0; column <= GRID; column += 1) {
      scores.push(score(column * step - limit, limit - row * step));
    }
  }
  return scores;
}

// Where the scores change their sign: a short line through each square with corners of both signs.
function borderOf(scores) {
  const size = SIDE / GRID;
  let path = "";
  for (let row = 0; row < GRID; row += 1) {
    for (let column = 0; column < GRID; column += 1) {
      const corners = [[0, 0], [1, 0], [1, 1], [0, 1]].map(([right, down]) => ({
        x: column + right,
        y: row + down,
        score: scores[(row + down) * (GRID + 1) + column + right],
      }));
      const ends = corners.flatMap((from, i) => {
        const to = corners[(i + 1) % 4];
        if (from.score > 0 === to.score > 0) return [];
        const part = from.score / (from.score - to.score);
        const at = (axis) => (size * between(from[axis], to[axis], part)).toFixed(1);
        return [`${at("x")} ${at("y")}`];
      });
      for (let i = 0; i < ends.length; i += 2) path += `M${ends[i]}L${ends[i + 1]}`;
    }
  }
  return path;
}

// ------------------------------------------------------------------------------ the figure

function render({ model, el }) {
  const slopes = model.get("slopes");
  const networks = model.get("networks");
  const points = model.get("points");
  const labels = model.get("labels");
  const limit = model.get("limit");
  const hidden = networks[0].weights.length - 1;

  const canvas = element("canvas", { "aria-hidden": "true" });
  const border = shape("path", { class: "fold-border" });
  const marks = shape("svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, "aria-hidden": "true" }, border);
  const toPlane = placeOn(-limit, limit, SIDE);
  points.forEach(([x, y], i) => {
    const mark = newMark("fold-point", labels[i], 6.5, [4 / 3, 1.2, 2.6 / 3]);
    place(mark, { transform: `translate(${toPlane(x, y).map((at) => at.toFixed(1)).join(" ")})` });
    marks.append(mark);
  });
  const plane = element("div", { class: "course-plane fold-plane", role: "img" }, canvas, marks);

  const bend = newBend();
  const count = element("span", { class: "course-count" });
  const words = element("p", { class: "fold-words" });
  const player = newPlayer("Slope of the negative side", slopes.length, PLAY_MILLISECONDS, {
    show,
    describe,
  });
  const side = element(
    "div",
    { class: "fold-side" },
    element("div", { class: "fold-state" }, bend.node, element("p", {}, count, "points right")),
    words,
    element("div", { class: "course-controls" }, ...player.slider.parts, player.button),
  );
  openFigure(el, STYLE, element("div", { class: "course-parts" }, plane, side), player.told);

  let scores = [];
  let colours = [[0, 0, 0], [0, 0, 0]]; // until the theme says which

  function right(index) {
    const score = scorer(networks[index], slopes[index]);
    return points.filter(([x, y], i) => score(x, y) > 0 === (labels[i] === 1)).length;
  }

  function reason(index) {
    const slope = slopes[index];
    if (slope === 1) {
      return `No bend: the network has ${hidden} hidden layers, and still it is one straight line.`;
    }
    if (slope === 0) return "ReLU: nothing negative gets through, and the line folds.";
    return right(index) === points.length
      ? "A bend is enough for all of them. It need not be ReLU."
      : "The activation bends, and the line folds.";
  }

  function describe(index) {
    const all = `${right(index)} of ${points.length} points right`;
    return `Slope ${written(slopes[index])}: ${all}. ${reason(index)}`;
  }

  function show(index) {
    const slope = slopes[index];
    scores = scoresOf(scorer(networks[index], slope), limit);
    place(border, { d: borderOf(scores) });
    paint();
    bend.set(slope);
    count.textContent = `${right(index)} of ${points.length}`;
    words.textContent = reason(index);
    player.slider.set(index, { 0: "0 (ReLU)", 1: "1 (a line)" }[slope] || written(slope));
    place(plane, { "aria-label": describe(index) });
    el.dataset.right = right(index);
  }

  function paint() {
    paintPlane(canvas, GRID, [-limit, limit], (x, y, row, column) => [
      colours[scores[row * (GRID + 1) + column] > 0 ? 1 : 0],
      0.35,
    ]);
  }

  show(0);
  const forget = withThemeColours(el, ["--course-class-0", "--course-class-1"], (found) => {
    colours = found;
    paint();
  });
  const waiting = setTimeout(player.play, WAIT_MILLISECONDS);
  // who is quicker than the figure is not interrupted
  el.addEventListener("input", () => clearTimeout(waiting));
  el.addEventListener("click", () => clearTimeout(waiting));

  return () => {
    clearTimeout(waiting);
    forget();
    player.end();
  };
}

export default { render };
