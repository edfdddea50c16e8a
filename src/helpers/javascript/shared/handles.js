// What a figure needs whose parts the reader drags: handles for mouse, finger and keyboard, and a
// movement that shows the way to a solution.

// Call follow(event) where the pointer goes down, and wherever it moves while it is held.
function followPointer(node, follow) {
  node.addEventListener("pointerdown", (event) => {
    node.setPointerCapture(event.pointerId);
    follow(event);
  });
  node.addEventListener("pointermove", (event) => {
    if (node.hasPointerCapture(event.pointerId)) follow(event);
  });
}

// Attributes of a grip that stands on one of its corners.
function squareGrip(half) {
  return { x: -half, y: -half, width: 2 * half, height: 2 * half, transform: "rotate(45)" };
}

// A handle: a small grip to be seen, in a circle large enough for a finger.
function newHandle(label, tag, grip, least, most) {
  const attributes = {
    class: "course-handle",
    role: "slider",
    tabindex: 0,
    "aria-label": label,
    "aria-valuemin": least,
    "aria-valuemax": most,
  };
  const target = shape("circle", { class: "course-target", r: 26 });
  return shape("g", attributes, target, shape(tag, { class: "course-grip", ...grip }));
}

// Let a handle be dragged, onDrag(x, y), and moved by the arrow keys, onKey(across, up): one step,
// or five with the shift key. The answer's `held` says whether it is being dragged.
function listenTo(handle, placeOf, onDrag, onKey, onDrop = () => {}) {
  const state = { held: false };
  handle.addEventListener("pointerdown", (event) => {
    state.held = true;
    handle.setPointerCapture(event.pointerId);
    handle.focus({ preventScroll: true });
    event.preventDefault();
  });
  handle.addEventListener("pointermove", (event) => {
    if (state.held) onDrag(...placeOf(event));
  });
  for (const end of ["pointerup", "pointercancel"]) {
    handle.addEventListener(end, () => {
      state.held = false;
      onDrop();
    });
  }
  handle.addEventListener("keydown", (event) => {
    const steps = {
      ArrowRight: [1, 0],
      ArrowLeft: [-1, 0],
      ArrowUp: [0, 1],
      ArrowDown: [0, -1],
    }[event.key];
    if (!steps) return;
    event.preventDefault();
    onKey(...steps.map((step) => step * (event.shiftKey ? 5 : 1)));
  });
  return state;
}

// Movements of 0.9 seconds, one at a time: start(show) calls show(part) with parts from 0 to 1, and
// show(1) at once for a reader who asks for less motion.
function newGlide() {
  let frame = 0;
  const stop = () => cancelAnimationFrame(frame);
  function start(show) {
    stop();
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const begun = performance.now();
    const step = (now) => {
      const part = calm ? 1 : clamp((now - begun) / 900, 0, 1);
      show(part * part * (3 - 2 * part));
      if (part < 1) frame = requestAnimationFrame(step);
    };
    frame = requestAnimationFrame(step);
  }
  return { start, stop };
}

// From one number to another; exactly the other at the end.
function between(from, to, part) {
  return part === 1 ? to : from + (to - from) * part;
}
