// What every figure's module may use: this file stands before each of them, in JupyterLab as in the
// book, so that a module needs no import.

// Set attributes; null, undefined and false take one away.
function place(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) node.removeAttribute(name);
    else node.setAttribute(name, value);
  }
}

// A new element of HTML.
function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  place(made, attributes);
  made.append(...children);
  return made;
}

// A new element of SVG.
function shape(tag, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  place(made, attributes);
  made.append(...children);
  return made;
}

function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}

// A number for the eye, with a real minus sign; "-0.00" would puzzle a reader.
function written(value, digits = 2) {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

// The same inside a formula: brackets around a negative factor, a sign before every summand.
function bracketed(value) {
  return written(value).startsWith("−") ? `(${written(value)})` : written(value);
}
function signed(value) {
  const text = written(value);
  return text.startsWith("−") ? `− ${text.slice(1)}` : `+ ${text}`;
}

// A power of ten as in print.
function superscript(power) {
  return String(power).replace(/./g, (sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]);
}

// An id that no other figure of the page has.
function uniqueId(word) {
  return `course-${word}-${Math.random().toString(36).slice(2)}`;
}
