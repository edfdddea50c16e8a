// Starts the figures of a page of the book. Made by book/_ext/bundle.py from runtime.js and the
// modules of src/helpers/javascript; edit those.
(function () {
  "use strict";

  const renders = {};

  function register(name, render) {
    renders[name] = render;
  }

  function addStyle(text) {
    const style = document.createElement("style");
    style.textContent = text;
    document.head.append(style);
  }

  /* MODULES */

  // What a module sees of a live widget's model, without a kernel behind it.
  function modelOf(parameters) {
    const values = { ...parameters };
    return {
      get: (name) => values[name],
      set: (name, value) => {
        values[name] = value;
      },
      on: () => {},
      off: () => {},
      save_changes: () => {},
    };
  }

  function start(figure) {
    const still = figure.querySelector(".course-still");
    const body = document.createElement("div");
    figure.append(body);
    try {
      const parameters = JSON.parse(figure.querySelector("script").textContent);
      const render = renders[figure.dataset.module];
      if (!render) throw new Error(`there is no module ${figure.dataset.module}`);
      still.hidden = true; // first, so that the module measures its final place
      render({ model: modelOf(parameters), el: body });
      still.remove();
      figure.dataset.running = "yes";
    } catch (error) {
      body.remove();
      still.hidden = false;
      console.error("This figure stays still:", error);
    }
  }

  function startAll() {
    document.querySelectorAll("figure.course-figure[data-module]").forEach(start);
  }

  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", startAll);
  } else {
    startAll();
  }
})();
