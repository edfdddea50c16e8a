// What the reader sets a figure with, and the line that says what it shows.

// Make an element a figure. Its keys are its own: JupyterLab would take arrow keys for its cells.
function openFigure(el, style, ...parts) {
  el.classList.add("course-figure");
  el.dataset.lmSuppressShortcuts = "true";
  el.append(element("style", {}, style), ...parts);
}

function newButton(words, onClick) {
  const button = element("button", { type: "button" }, words);
  button.addEventListener("click", onClick);
  return button;
}

// A choice among [[value, words], ...].
function newChoice(options, onChange) {
  const choice = element(
    "select",
    {},
    ...options.map(([value, words]) => element("option", { value }, words)),
  );
  choice.addEventListener("change", () => onChange(choice.value));
  return choice;
}

// A row of a grid: a name, what is set, and perhaps its value.
function newRow(...parts) {
  return element("label", { class: "course-row" }, ...parts);
}

// A slider with its name before and its value behind: `parts` for a row of controls, `row` for a
// grid. set(value, text, said) moves it, shows its value, and has it read out.
function newSlider(label, range, onInput) {
  const input = element("input", { type: "range", "aria-label": label, ...range });
  const shown = element("output", { class: "course-value", "aria-hidden": "true" });
  const name = element("span", { class: "course-label", "aria-hidden": "true" }, label);
  input.addEventListener("input", () => onInput(Number(input.value)));
  const parts = [name, input, shown];
  return {
    input,
    parts,
    row: () => newRow(...parts),
    set(value, text = written(value), said = text) {
      input.value = value;
      shown.textContent = text;
      input.setAttribute("aria-valuetext", said);
    },
  };
}

// A paragraph that is read out when it changes: a short count in large letters, and a reason. The
// count can be good or bad.
function newStatus(className) {
  const count = element("span", { class: "course-count" });
  const reason = element("span", {});
  const node = element("p", { class: className, role: "status" }, count, " ", reason);
  function say(short, why, good) {
    count.textContent = short;
    reason.textContent = why;
    if (good !== undefined) count.dataset.good = good ? "yes" : "no";
  }
  return { node, say };
}
