// The decision guide: questions one after the other, and what to take at the end.
//
// All questions of the way stay in sight, so that an earlier answer can be changed. A button shows
// the whole guide as a list, and so does print.
//
// The model holds: guide, a question {ask, answers}, where each answer has `answer` and either a
// question of its own or the advice {take, start, loss, why, chapter}; chapters {slug: title}.

const STYLE = `
.guide-ways { max-width: 46rem; }
.guide-step { margin: 0 0 0.9rem; padding: 0; border: 0; min-width: 0; }
.guide-step legend { float: none; width: auto; margin: 0 0 0.35rem; padding: 0; font-size: 1rem;
  font-weight: 600; }
.guide-answers { display: flex; flex-wrap: wrap; gap: 0.4rem; }
.course-figure .guide-answers button { min-height: 2.4rem; text-align: left; }
.course-figure .guide-answers button[aria-pressed="true"] { background: var(--course-accent);
  border-color: var(--course-accent); color: var(--course-paper); font-weight: 600; }
.guide-advice { min-height: 8.5rem; padding: 0.6rem 0.9rem; border: 1px solid var(--course-edge);
  border-left: 0.35rem solid var(--course-accent); border-radius: 0.4rem;
  background: var(--course-surface); }
.course-figure .guide-advice p { margin: 0 0 0.35rem; }
.course-figure .guide-advice .guide-take { font-size: 1.25rem; font-weight: 700; line-height: 1.3; }
.guide-advice dl { display: grid; grid-template-columns: auto 1fr; gap: 0.1rem 0.8rem;
  margin: 0 0 0.35rem; }
.course-figure .guide-advice :is(dt, dd) { margin: 0; }
.guide-advice dt { font-weight: 600; }
.course-figure .guide-ways .course-controls { margin-inline: 0; }
.guide-whole { max-width: 46rem; margin-top: 0.8rem; }
.course-figure .guide-whole ul { margin: 0.2rem 0 0.8rem; padding-left: 1.2rem; }
.course-figure .guide-whole li { margin: 0.3rem 0; }
.course-figure .guide-whole p { margin: 0.5rem 0 0; font-weight: 600; }
@media print {
  .guide-ways { display: none; }
  .course-figure .guide-whole[hidden] { display: block !important; }
}
`;

// The address of a chapter seen from here: a page of the book, or a notebook in JupyterLab; nothing
// where neither can be told.
function chapterAddress(slug) {
  const ending = /\.(html|ipynb)$/.exec(window.location.pathname);
  return ending ? `${slug}${ending[0]}` : null;
}

function render({ model, el }) {
  const guide = model.get("guide");
  const chapters = model.get("chapters") || {};
  let way = []; // the answers so far

  function chapterLink(slug) {
    const words = `chapter ${slug.slice(0, 2)}, ${chapters[slug] || slug}`;
    const href = chapterAddress(slug);
    const target = href && href.endsWith(".ipynb") ? "_blank" : null;
    return href ? element("a", { href, target }, words) : element("span", {}, words);
  }

  // The details of advice as [[name, words]].
  function details({ start, loss }) {
    return [["Start", start], ["Loss", loss]].filter(([, words]) => words);
  }

  const steps = element("div", {});
  const shown = element("div", { class: "guide-advice", role: "status" });
  const whole = element("div", { class: "guide-whole", hidden: true });
  const again = newButton("Start again", () => {
    way = [];
    update();
    steps.querySelector("button").focus();
  });
  const toggle = newButton("Show the whole guide", () => {
    whole.hidden = !whole.hidden;
    toggle.textContent = whole.hidden ? "Show the whole guide" : "Hide the whole guide";
    toggle.setAttribute("aria-expanded", String(!whole.hidden));
  });
  toggle.setAttribute("aria-expanded", "false");
  const ways = element("div", { class: "guide-ways" }, steps, shown,
    element("div", { class: "course-controls" }, again, toggle));
  openFigure(el, STYLE, ways, whole);

  function choose(level, which) {
    way = [...way.slice(0, level), which];
    update();
    // the chosen button stays where the keyboard is, although it was made anew
    steps.querySelectorAll("fieldset")[level].querySelectorAll("button")[which].focus();
  }

  function stepOf(question, level) {
    const buttons = question.answers.map(({ answer }, which) => {
      const button = newButton(answer, () => choose(level, which));
      button.setAttribute("aria-pressed", String(way[level] === which));
      return button;
    });
    return element("fieldset", { class: "guide-step" }, element("legend", {}, question.ask),
      element("div", { class: "guide-answers" }, ...buttons));
  }

  function adviceOf(place) {
    const list = element("dl", {});
    for (const [name, words] of details(place)) {
      list.append(element("dt", {}, name), element("dd", {}, words));
    }
    return [
      element("p", { class: "guide-take" }, place.take),
      ...(list.children.length ? [list] : []),
      element("p", {}, place.why),
      element("p", {}, "Shown in ", chapterLink(place.chapter), "."),
    ];
  }

  function update() {
    let place = guide;
    const made = [];
    for (let level = 0; place.answers; level += 1) {
      made.push(stepOf(place, level));
      if (way[level] === undefined) break;
      place = place.answers[way[level]];
    }
    steps.replaceChildren(...made);
    shown.replaceChildren(
      ...(place.answers
        ? [element("p", {}, `${place.ask} Choose an answer, and the advice stands here.`)]
        : adviceOf(place)),
    );
    again.disabled = way.length === 0;
    el.dataset.take = place.take || "";
  }

  // The whole guide as a list, for those who like to see it all, and for print.
  function listOf(question) {
    const items = question.answers.map((place) => {
      if (place.answers) return element("li", {}, `${place.answer}. ${place.ask}`, listOf(place));
      const extras = details(place).map(([name, words]) => `; ${name.toLowerCase()}: ${words}`);
      return element("li", {}, `${place.answer}: `, element("strong", {}, place.take),
        `${extras.join("")}. ${place.why} (`, chapterLink(place.chapter), ")");
    });
    return element("ul", {}, ...items);
  }
  whole.append(element("p", {}, guide.ask), listOf(guide));
  update();
}

export default { render };
