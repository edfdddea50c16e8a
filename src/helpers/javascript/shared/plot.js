// A picture with two axes: `xs` and `ys` are their ends, `edge` is what is left free around them, in
// pixels (also `tick`, from the axis down to its numbers, and `slack`, what may hang over below).
// `x` and `y` turn numbers into places, `xOf` a pointer's event into a number. What is put into
// `drawn` is cut off at the edges. `yText` says how the numbers of the upright axis are written.
const tickText = (value) => written(value, Number.isInteger(value) ? 0 : 1);
function newPlot({ size: [width, height], edge, xs, ys, xTicks, yTicks, yText = tickText }) {
  const [right, bottom] = [width - edge.right, height - edge.bottom];
  const x = (value) => edge.left + ((value - xs[0]) / (xs[1] - xs[0])) * (right - edge.left);
  const y = (value) => bottom - ((value - ys[0]) / (ys[1] - ys[0])) * (bottom - edge.top);
  const clip = uniqueId("clip");
  const inside = shape("rect", {
    x: edge.left,
    y: edge.top,
    width: right - edge.left,
    height: bottom - edge.top + (edge.slack || 0),
  });
  const svg = shape(
    "svg",
    { class: "course-plot", viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" },
    shape("clipPath", { id: clip }, inside),
  );
  const addTick = (value, line, text, words) => {
    const kind = value === 0 ? "course-grid course-zero" : "course-grid";
    svg.append(
      shape("line", { class: kind, ...line }),
      shape("text", { class: "course-tick", ...text }, words),
    );
  };
  for (const tick of xTicks) {
    const at = x(tick);
    const text = { x: at, y: bottom + edge.tick, "text-anchor": "middle" };
    addTick(tick, { x1: at, x2: at, y1: edge.top, y2: bottom }, text, tickText(tick));
  }
  for (const tick of yTicks) {
    const at = y(tick);
    const text = { x: edge.left - 6, y: at + 5, "text-anchor": "end" };
    addTick(tick, { x1: edge.left, x2: right, y1: at, y2: at }, text, yText(tick));
  }
  const drawn = shape("g", { "clip-path": `url(#${clip})` });
  svg.append(drawn);
  const xOf = (event) => {
    const box = svg.getBoundingClientRect();
    const part = (((event.clientX - box.left) / box.width) * width - edge.left) / (right - edge.left);
    return xs[0] + part * (xs[1] - xs[0]);
  };
  return { svg, drawn, x, y, xOf };
}

// A square plane that shows [low, high] both ways: from two numbers to a place in a picture whose
// sides measure `side`, and from a pointer's event back to the numbers.
function placeOn(low, high, side) {
  const share = (value) => ((value - low) / (high - low)) * side;
  return (x, y) => [share(x), side - share(y)];
}
function placeIn(node, low, high) {
  return (event) => {
    const box = node.getBoundingClientRect();
    return [
      low + ((event.clientX - box.left) / box.width) * (high - low),
      high - ((event.clientY - box.top) / box.height) * (high - low),
    ];
  };
}

// Paint a canvas that shows such a plane in size times size squares: colourAt(x, y, row, column)
// gives for the middle of each [[red, green, blue], opacity from 0 to 1].
function paintPlane(canvas, size, [low, high], colourAt) {
  if (canvas.width !== size) canvas.width = canvas.height = size;
  const context = canvas.getContext("2d");
  const image = context.createImageData(size, size);
  const along = (index) => ((index + 0.5) / size) * (high - low);
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      const [tint, opacity] = colourAt(low + along(column), high - along(row), row, column);
      const at = 4 * (row * size + column);
      for (let channel = 0; channel < 3; channel += 1) image.data[at + channel] = tint[channel];
      image.data[at + 3] = 255 * opacity;
    }
  }
  context.putImageData(image, 0, 0);
}

// The mark of a point: class 0 a circle, class 1 a triangle, so that it does not take colours to
// tell them apart. The triangle reaches so far up, sideways and down, in sizes.
function newMark(className, label, size, [up, sideways, down]) {
  const look = { class: className, style: `fill: var(--course-class-${label ? 1 : 0})` };
  if (!label) return shape("circle", { ...look, r: size });
  const corners = [[0, -up], [sideways, down], [-sideways, down]];
  const places = corners.map((corner) => corner.map((value) => value * size).join(","));
  return shape("polygon", { ...look, points: places.join(" ") });
}

// A small picture of an activation that may bend: slope 1 on the right, set(slope) on the left.
function newBend() {
  const line = shape("path", {});
  const node = shape(
    "svg",
    { class: "course-bend", viewBox: "-20 -20 40 40", "aria-hidden": "true" },
    shape("line", { x1: -20, x2: 20, y1: 0, y2: 0 }),
    shape("line", { y1: -20, y2: 20, x1: 0, x2: 0 }),
    line,
  );
  return { node, set: (slope) => place(line, { d: `M-17 ${17 * slope} L0 0 L17 -17` }) };
}
