"use strict";
// What all pages share. Everything shown is set as text: names come from plugins and records.

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// Colours: the system's, until the reader presses the button; remembered where the browser allows it.
function themes() {
  const root = document.documentElement, button = document.getElementById("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const remembered = () => { try { return localStorage.getItem("dabench-theme"); } catch { return null; } };
  const dark = () => (root.dataset.theme || (system.matches ? "dark" : "light")) === "dark";
  const say = () => { button.textContent = dark() ? "light colours" : "dark colours"; };
  if (remembered()) root.dataset.theme = remembered();
  button.hidden = false;
  button.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    try { localStorage.setItem("dabench-theme", root.dataset.theme); } catch { /* a private window */ }
    say();
  });
  system.addEventListener("change", say);
  say();
}

// The headings of a table sort: a press anywhere in one, or on the button in it, which the keyboard reaches.
// `turned` gets the place of the column, a function that compares two cells, and whether it goes upwards.
function sortable(table, turned) {
  const headings = [...table.tHead.rows[0].cells];
  const turn = (place, up) => {
    for (const other of headings) other.setAttribute("aria-sort", "none");
    headings[place].setAttribute("aria-sort", up ? "ascending" : "descending");
    turned(place, comparing(headings[place].dataset.sort, place, up), up);
  };
  headings.forEach((heading, place) => {
    const button = element("button", { type: "button" }, ...heading.childNodes);
    heading.setAttribute("aria-sort", "none");
    heading.append(button);
    heading.addEventListener("click", () => {
      // Numbers begin with the highest, ranks with the first, text with A; another press turns it around.
      const now = heading.getAttribute("aria-sort");
      turn(place, now === "none" ? heading.dataset.sort !== "number" : now === "descending");
    });
  });
  return turn;
}

// Compares rows by a column; what has no number stands last either way, and equal ones stay as they were at first.
function comparing(kind, place, up) {
  const keys = new Map();
  const key = (item) => {
    if (!keys.has(item)) {
      const cell = item.cells[place];
      keys.set(item, kind === "text" ? cell.textContent.trim() : cell.dataset.value === "" ? null : Number(cell.dataset.value));
    }
    return keys.get(item);
  };
  return (a, b) => {
    const [one, other] = [key(a), key(b)];
    if (one === null || other === null) return (one === null) - (other === null) || a.place - b.place;
    const difference = kind === "text" ? one.localeCompare(other, "en", { numeric: true }) : one - other;
    return (up ? difference : -difference) || a.place - b.place;
  };
}
