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

  const picture = element("img", {
    class: "course-picture",
    width: model.get("width"),
    height: model.get("height"),
  });
  function show(index) {
    player.slider.set(index, texts[index]);
    picture.src = pictures[index];
    picture.alt = alts[index];
  }
  const describe = (index) => alts[index];
  const player = newPlayer(model.get("label"), texts.length, PLAY_MILLISECONDS, { show, describe });
  const controls = element(
    "div",
    { class: "course-controls" },
    ...player.slider.parts,
    player.button,
  );
  el.classList.add("course-figure");
  el.append(picture, controls, player.told);
  show(model.get("start"));

  return player.end;
}

export default { render };
