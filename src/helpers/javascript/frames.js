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
  // Screen readers hear the value while the slider moves, and what the picture shows afterwards.
  const slider = newSlider(model.get("label"), { min: 0, max: last, step: 1 }, (index) => {
    stop();
    show(index);
    clearTimeout(telling);
    telling = setTimeout(() => (told.textContent = picture.alt), 800);
  });
  const play = newButton("Play", () => {
    if (playing) {
      stop();
      return;
    }
    if (index() === last) show(0);
    playing = setInterval(next, PLAY_MILLISECONDS);
    play.textContent = "Pause";
  });
  play.classList.add("course-play");
  const told = element("span", { class: "course-told", role: "status" });
  el.classList.add("course-figure");
  el.append(picture, element("div", { class: "course-controls" }, ...slider.parts, play), told);

  let telling = 0;
  function show(index) {
    slider.set(index, texts[index]);
    picture.src = pictures[index];
    picture.alt = alts[index];
  }
  const index = () => Number(slider.input.value);

  let playing = 0;
  function stop() {
    clearInterval(playing);
    playing = 0;
    play.textContent = "Play";
  }
  function next() {
    if (index() < last) show(index() + 1);
    if (index() === last) stop();
  }
  // Who asks for less motion moves the slider instead.
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  function settle() {
    stop();
    play.hidden = calm.matches || last < 2;
  }
  calm.addEventListener("change", settle);
  settle();
  show(model.get("start"));

  return () => {
    stop();
    clearTimeout(telling);
    calm.removeEventListener("change", settle);
  };
}

export default { render };
