// Names and roles that the theme leaves out or gets wrong, for readers who hear the page.
(function () {
  "use strict";

  // A visible text wins over a label that says something else ("label in name", WCAG 2.5.3).
  function dropLabel(selector) {
    document.querySelectorAll(selector).forEach((node) => node.removeAttribute("aria-label"));
  }

  function hideFromReaders(selector) {
    document.querySelectorAll(selector).forEach((node) => node.setAttribute("aria-hidden", "true"));
  }

  function setRole(selector, role, label) {
    document.querySelectorAll(selector).forEach((node) => {
      node.setAttribute("role", role);
      if (label) node.setAttribute("aria-label", label);
    });
  }

  function mend() {
    dropLabel(".search-button-field"); // it reads "Search"
    hideFromReaders(".search-button-field .search-button__kbd-shortcut");
    dropLabel("details.hide > summary"); // it reads "Show code cell source"
    setRole(".sidebar-primary-item:has(.navbar-brand)", "navigation", "Home");
    setRole(".citation-list > .citation", "listitem");
    // A column of row names needs no heading; an empty heading says nothing.
    document.querySelectorAll("thead th").forEach((heading) => {
      if (!heading.textContent.trim()) {
        const cell = document.createElement("td");
        heading.replaceWith(cell);
      }
    });
    // Whatever scrolls must be reachable without a mouse; the theme sees to code and tables.
    document.querySelectorAll("div.math, table.indextable, .output.text_html").forEach((box) => {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    });
  }

  // Not every reader takes a formula for the name of an answer.
  function nameAnswers() {
    document.querySelectorAll(".course-quiz label:has(mjx-container)").forEach((label) => {
      const words = label.cloneNode(true);
      words.querySelectorAll("mjx-math").forEach((drawing) => drawing.remove());
      document.getElementById(label.htmlFor).setAttribute("aria-label", words.textContent.trim());
    });
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", mend);
  else mend();
  window.addEventListener("load", () => {
    // formulas and figures have their sizes now, or soon
    const formulas = window.MathJax?.startup?.promise ?? Promise.resolve();
    formulas.then(() => {
      mend();
      nameAnswers();
    });
  });
  window.addEventListener("resize", mend);
})();
