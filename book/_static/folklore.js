/* The search of the page "All verdicts". Without this script the table stands there whole. */
(function () {
  "use strict";

  /* Small and capital letters, accents and full-width signs do not matter. */
  function plain(text) {
    return text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  }

  function start(box) {
    const form = box.querySelector(".folklore-form");
    const words = form.querySelector("#folklore-text");
    const verdict = form.querySelector("#folklore-verdict");
    const chapter = form.querySelector("#folklore-chapter");
    const measured = form.querySelector("#folklore-measured");
    const status = form.querySelector("#folklore-status");
    const nothing = box.querySelector(".folklore-nothing");
    const rows = Array.from(box.querySelectorAll("tbody tr"), function (row) {
      return { row: row, text: plain(row.textContent) };
    });

    function matches(entry) {
      const about = entry.row.dataset;
      const wanted = plain(words.value).split(/\s+/);
      return (
        (!verdict.value || about.verdict === verdict.value) &&
        (!chapter.value || about.chapter === chapter.value) &&
        (!measured.checked || "measured" in about) &&
        wanted.every((word) => entry.text.includes(word))
      );
    }

    function show() {
      let shown = 0;
      for (const entry of rows) {
        entry.row.hidden = !matches(entry);
        shown += !entry.row.hidden;
      }
      nothing.hidden = shown > 0;
      status.textContent = `${shown} of ${rows.length} shown`;
    }

    /* Who follows a link to a row must see it, whatever was searched before. */
    function goToRow() {
      const row = document.getElementById(location.hash.slice(1));
      if (row && row.hidden) {
        form.reset();
        show();
        row.scrollIntoView();
      }
    }

    /* A link may ask for one verdict: ?verdict=false. */
    const asked = new URLSearchParams(location.search).get("verdict");
    if (Array.from(verdict.options).some((option) => option.value === asked)) verdict.value = asked;

    form.hidden = false;
    form.addEventListener("input", show);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(show));
    window.addEventListener("hashchange", goToRow);
    /* The browser may bring back what was typed before a reload, a little late. */
    window.addEventListener("pageshow", show);
    show();
  }

  document.querySelectorAll(".folklore").forEach(start);
})();
