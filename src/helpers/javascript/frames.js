// A figure with one slider: pictures drawn beforehand, shown one at a time. No kernel, no network.
//
// The model holds: label, texts (one per picture), alts, start, width, height, and either
// `pictures` (addresses of pictures) or `pieces` with `runs`: SVG pictures cut into pieces, each
// piece stored once; a picture is a list of runs [first piece, how many, first, how many, ...].

const PLAY_MILLISECONDS = 700;

function assemble(pieces, runs) {
  let svg = "";
  for (let i = 0; i < runs.length; i += 2) {
    for (let k = 0; k < runs[i + 1]; k += 1) svg += pieces[runs[i] + k] + "\n";
  }
  return "data:image/svg+xml;charset=utf-8," + encodeURIComponent(svg);
}

function render({ model, el }) {
  const texts = model.get("texts");
  const alts = model.get("alts");
  const pieces = model.get("pieces");
  const runs = model.get("runs");
  const pictures = model.get("pictures") || runs.map((run) => assemble(pieces, run));
  const last = texts.length - 1;

  const picture = element("img", {
    class: "course-picture",
    width: model.get("width"),
    height: model.get("height"),
  });
  const slider = element("input", {
    type: "range",
    min: 0,
    max: last,
    step: 1,
    value: model.get("start"),
    "aria-label": model.get("label"),
  });
  const shown = element("span", { class: "course-value", "aria-hidden": "true" });
  const play = element("button", { type: "button", class: "course-play" }, "Play");
  // Screen readers hear the value while the slider moves, and what the picture shows afterwards.
  const told = element("span", { class: "course-told", role: "status" });
  const name = element("span", { class: "course-label", "aria-hidden": "true" }, model.get("label"));
  el.classList.add("course-figure");
  el.append(picture, element("div", { class: "course-controls" }, name, slider, shown, play), told);

  let telling = 0;
  function show(index) {
    slider.value = index;
    slider.setAttribute("aria-valuetext", texts[index]);
    shown.textContent = texts[index];
    picture.src = pictures[index];
    picture.alt = alts[index];
  }
  function moved() {
    show(Number(slider.value));
    clearTimeout(telling);
    telling = setTimeout(() => (told.textContent = picture.alt), 800);
  }

  let playing = 0;
  function stop() {
    clearInterval(playing);
    playing = 0;
    play.textContent = "Play";
  }
  function next() {
    const index = Number(slider.value) + 1;
    if (index <= last) show(index);
    if (index >= last) stop();
  }
  slider.addEventListener("input", () => {
    stop();
    moved();
  });
  play.addEventListener("click", () => {
    if (playing) {
      stop();
      return;
    }
    if (Number(slider.value) === last) show(0);
    playing = setInterval(next, PLAY_MILLISECONDS);
    play.textContent = "Pause";
  });
  // Who asks for less motion moves the slider instead.
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  function settle() {
    stop();
    play.hidden = calm.matches || last < 2;
  }
  calm.addEventListener("change", settle);
  settle();
  show(Number(slider.value));

  return () => {
    stop();
    clearTimeout(telling);
    calm.removeEventListener("change", settle);
  };
}

export default { render };
