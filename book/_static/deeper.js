// Open a closed section for a link to it or into it, for a word that was searched for, and for print.
(() => {
  const open = (element) => {
    for (let at = element; at; at = at.parentElement) {
      if (at.tagName === "DETAILS") at.open = true;
    }
  };

  const openTarget = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    open(target);
    const inside = target.querySelector(":scope > details.deeper");
    if (inside) inside.open = true;
    if (target.closest("details.deeper")) target.scrollIntoView();
  };

  // Sphinx marks what was searched for a hundredth of a second after the page has loaded
  const openMarked = () => document.querySelectorAll("details.deeper .highlighted").forEach(open);

  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details.deeper:not([open])")];
    for (const section of opened) section.open = true;
  });
  addEventListener("afterprint", () => {
    for (const section of opened) section.open = false;
  });

  addEventListener("hashchange", openTarget);
  addEventListener("load", () => {
    openTarget();
    setTimeout(openMarked, 100);
  });
  // a link to the place where the reader is already changes no hash
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("a[href*='#']")) setTimeout(openTarget);
  });
})();
