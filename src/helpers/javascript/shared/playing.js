// Pictures that follow each other: a slider over them, a button that plays them to the last, and
// what is read out once they stand still. show(index) draws one and sets the slider; describe(index)
// says what it shows. Who asks for less motion has no button, and moves the slider instead.
function newPlayer(label, count, milliseconds, { show, describe }) {
  const last = count - 1;
  let playing = 0;
  let telling = 0;
  // Screen readers hear the value while the slider moves, and what the picture shows afterwards.
  const told = element("span", { class: "course-told", role: "status" });
  const slider = newSlider(label, { min: 0, max: last, step: 1 }, (index) => {
    stop();
    show(index);
    clearTimeout(telling);
    telling = setTimeout(() => (told.textContent = describe(index)), 800);
  });
  const index = () => Number(slider.input.value);
  const button = newButton("Play", () => {
    if (playing) {
      stop();
      return;
    }
    if (index() === last) show(0);
    play();
  });
  button.classList.add("course-play");

  function play() {
    if (calm.matches) return;
    clearInterval(playing);
    playing = setInterval(next, milliseconds);
    button.textContent = "Pause";
  }
  function stop() {
    clearInterval(playing);
    playing = 0;
    button.textContent = "Play";
  }
  function next() {
    if (index() < last) show(index() + 1);
    if (index() === last) stop();
  }

  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  function settle() {
    stop();
    button.hidden = calm.matches || last < 2;
  }
  calm.addEventListener("change", settle);
  settle();

  function end() {
    stop();
    clearTimeout(telling);
    calm.removeEventListener("change", settle);
  }
  return { slider, button, told, play, end };
}
