// What a figure has to follow while it is shown: frames, its width, the page's theme. Each function
// here that starts something gives what ends it.

// Asks for draw() in the next frame, once, however often it is called before.
function onceAFrame(draw) {
  let frame = 0;
  const ask = () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(draw);
  };
  ask.stop = () => cancelAnimationFrame(frame);
  return ask;
}

function onNewWidth(node, act) {
  let width = node.clientWidth;
  const watch = new ResizeObserver(() => {
    if (node.clientWidth === width) return;
    width = node.clientWidth;
    act();
  });
  watch.observe(node);
  return () => watch.disconnect();
}

function readColour(el, name) {
  const probe = element("span", { style: `color: var(${name})`, hidden: "" });
  el.append(probe);
  const parts = getComputedStyle(probe).color.match(/[\d.]+/g).map(Number);
  probe.remove();
  return parts.slice(0, 3);
}

// Call use([[red, green, blue], ...]) with these colours of the style sheet, now and whenever a theme
// brings others: the book's, JupyterLab's, VS Code's or the system's. What is drawn in SVG and HTML
// follows a theme by itself; what is painted on a canvas needs this. A figure that is not in the page
// yet, as JupyterLab may make it, has no colours: it is looked at again in the next frame.
function withThemeColours(el, names, use) {
  let last = "";
  let frame = 0;
  const look = () => {
    cancelAnimationFrame(frame);
    if (!el.isConnected) {
      frame = requestAnimationFrame(look);
      return;
    }
    const colours = names.map((name) => readColour(el, name));
    if (String(colours) === last) return;
    last = String(colours);
    use(colours);
  };
  const watch = new MutationObserver(look);
  const attributeFilter = ["class", "data-theme", "data-jp-theme-light", "data-jp-theme-name"];
  for (const node of [document.documentElement, document.body]) {
    watch.observe(node, { attributeFilter });
  }
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", look);
  look();
  return () => {
    cancelAnimationFrame(frame);
    watch.disconnect();
    system.removeEventListener("change", look);
  };
}
