// The page of a leaderboard, after common.js.

const FIRST = 200; // lines shown before "show all": a browser lays out thousands slowly

const details = JSON.parse(document.getElementById("details").textContent);

function drawn(name, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// The matrix: a group of settings is sorted by itself, and all parts of a table have their rows in one order.
function boards() {
  for (const section of document.querySelectorAll("section")) {
    const parts = [...section.querySelectorAll("table.board")].map((table) => {
      const groups = [[]];
      for (const row of table.tBodies[0].rows) {
        if (row.classList.contains("group")) groups.push([row]);
        else groups[groups.length - 1].push(row);
      }
      return { table, groups: groups.map((rows) => rows.map((row, place) => ({ row, place, cells: [...row.cells] }))) };
    });
    for (const { table, groups } of parts) {
      sortable(table, (_, compare) => {
        groups.forEach((items, number) => {
          const title = items.filter(({ row }) => row.classList.contains("group"));
          const order = items.slice(title.length).sort(compare).map(({ place }) => place);
          for (const part of parts) {
            const found = [...title, ...order.map((place) => ({ place }))].map(({ place }) => part.groups[number].find((item) => item.place === place));
            part.table.tBodies[0].append(...found.map(({ row }) => row));
          }
        });
        for (const part of parts.filter((other) => other.table !== table)) {
          for (const heading of part.table.tHead.rows[0].cells) heading.setAttribute("aria-sort", "none");
        }
      });
    }
  }
}

// `feature-matching`, `feature_matching` and `feature matching` mean the same.
const plain = (text) => text.toLowerCase().replace(/[-_]/g, " ");

// The long table: sorted by a heading, filtered by the form; both stand in the address, so that a link shows the same.
function list() {
  const table = document.getElementById("list"), body = table.tBodies[0], form = document.getElementById("filters");
  const headings = [...table.tHead.rows[0].cells], more = document.getElementById("more");
  const rows = [...body.rows].map((row, place) => ({
    row, place, cells: [...row.cells], only: row.classList.contains("published"), text: plain(row.textContent),
  }));
  const column = (key) => headings.findIndex((heading) => heading.dataset.key === key);
  const places = Object.fromEntries(["track", "pair", "method", "plugin"].map((key) => [key, column(key)]));
  let order = rows, all = false, sorted = "";

  function show() {
    const wanted = Object.fromEntries(new FormData(form));
    const search = plain(wanted.search || "").trim();
    let found = 0, shown = 0;
    for (const { row, cells, only, text } of order) {
      const fits = (!only || "published" in wanted) && text.includes(search) &&
        Object.entries(places).every(([key, place]) => !wanted[key] || cells[place].textContent === wanted[key]);
      found += fits;
      row.hidden = !fits || (!all && found > FIRST);
      shown += !row.hidden;
    }
    document.getElementById("count").textContent =
      `${found} of ${rows.length} cells` + (shown < found ? `, the first ${shown} shown` : "");
    more.hidden = shown === found;
    more.textContent = `show all ${found}`;
    remember(wanted);
  }

  function remember(wanted) {
    const kept = new URLSearchParams(Object.entries({ ...wanted, sort: sorted }).filter(([, value]) => value));
    const query = String(kept) ? `?${kept}` : "";
    if (query !== location.search) history.replaceState(null, "", location.pathname + query + location.hash);
  }

  function recall() {
    for (const [name, value] of new URLSearchParams(location.search)) {
      const field = Object.hasOwn(places, name) || ["search", "published"].includes(name) ? form.elements[name] : null;
      if (!field) continue;
      if (field.type === "checkbox") field.checked = true;
      else if (!field.options || [...field.options].some((option) => option.value === value)) field.value = value;
    }
    const key = new URLSearchParams(location.search).get("sort") || "";
    const place = column(key.replace(/^-/, ""));
    if (place >= 0) turn(place, !key.startsWith("-")); else show();
  }

  const turn = sortable(table, (place, compare, up) => {
    sorted = (up ? "" : "-") + headings[place].dataset.key;
    order = [...rows].sort(compare);
    body.append(...order.map(({ row }) => row));
    show();
  });
  form.hidden = false;
  form.addEventListener("input", () => { all = false; show(); });
  form.addEventListener("reset", () => setTimeout(() => { all = false; show(); }));
  form.addEventListener("submit", (event) => event.preventDefault());
  more.addEventListener("click", () => { all = true; show(); });
  recall();
}

function grid(caption, titles, rows) {
  const head = element("thead", {}, element("tr", {}, ...titles.map((title) => element("th", { scope: "col" }, title))));
  const body = element("tbody", {}, ...rows.map((row) => element("tr", {}, ...row.map((value, place) =>
    element(place ? "td" : "th", place ? {} : { scope: "row" }, value)))));
  const table = element("table", {}, element("caption", {}, caption), head, body);
  return element("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": `${caption}, scrolls sideways` }, table);
}

// A line per seed; dashes tell them apart where colours do not.
const DASHES = ["none", "6 3", "2 3", "9 3 2 3", "1 4"];
const look = (place) => ({ class: "line", stroke: `var(--series-${place % 5})`,
  "stroke-dasharray": DASHES[(place + Math.floor(place / 5)) % 5] });

function legend(series) {
  return element("ul", { id: "legend" }, ...series.map(({ seed }, place) => element("li", {},
    drawn("svg", { width: 36, height: 12, "aria-hidden": "true" }, drawn("polyline", { points: "0,6 36,6", ...look(place) })),
    `seed ${seed}`)));
}

function chart({ title, series }) {
  const width = 420, height = 210, left = 52, bottom = 24, top = 10, right = 12;
  const values = series.flatMap((line) => line.values.filter((value) => value !== null));
  const steps = series.flatMap((line) => line.steps);
  const figure = element("figure", {}, element("figcaption", {}, title));
  if (!values.length) { figure.append("no finite value"); return figure; }
  let low = Math.min(...values), high = Math.max(...values);
  if (high - low < 1e-9) { low -= 0.5; high += 0.5; }
  const first = Math.min(...steps), last = Math.max(...steps);
  const x = (step) => left + (step - first) / (last - first || 1) * (width - left - right);
  const y = (value) => top + (high - value) / (high - low) * (height - top - bottom);
  const number = (value) => String(Number(value.toPrecision(3)));
  const words = series.map(({ seed, values: own }) => {
    const there = own.filter((value) => value !== null);
    return there.length ? `seed ${seed} from ${number(there[0])} to ${number(there[there.length - 1])}` : `seed ${seed} never`;
  });
  const svg = drawn("svg", { viewBox: `0 0 ${width} ${height}`, role: "img",
    "aria-label": `${title} over steps ${first} to ${last}: ${words.join("; ")}` });
  for (const value of [low, (low + high) / 2, high]) {
    svg.append(drawn("line", { class: "grid", x1: left, x2: width - right, y1: y(value), y2: y(value) }));
    svg.append(drawn("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end" }, number(value)));
  }
  for (const [step, anchor] of [[first, "start"], [last, "end"]]) {
    svg.append(drawn("text", { x: x(step), y: height - 6, "text-anchor": anchor }, `step ${step}`));
  }
  series.forEach(({ seed, steps: at, values: own }, place) => {
    let run = [];
    const draw = () => {
      if (run.length) svg.append(drawn("polyline", { points: run.join(" "), ...look(place) }, drawn("title", {}, `seed ${seed}`)));
      run = [];
    };
    own.forEach((value, index) => { if (value === null) draw(); else run.push(`${x(at[index])},${y(value)}`); });
    draw();
  });
  figure.append(svg);
  return figure;
}

function show(id) {
  const section = document.getElementById("cell");
  const found = Object.hasOwn(details, id) ? details[id] : null;
  section.replaceChildren();
  section.hidden = id === null;
  if (id === null) return;
  const title = element("h2", { id: "cell-title", tabindex: "-1" }, found ? found.title : "There is no such cell here");
  section.append(title);
  if (found) fill(section, found);
  section.append(element("p", {}, element("a", { href: "#cells" }, "back to all cells")));
  title.focus();
  title.scrollIntoView();
}

function fill(section, found) {
  section.append(element("p", { class: "dim" }, found.about.join(" · ")));
  section.append(element("dl", {}, ...found.facts.flatMap(([name, value]) =>
    [element("dt", {}, name), element("dd", {}, value)])));
  section.append(element("h3", {}, "To make it again"), element("pre", { tabindex: "0" }, element("code", {}, found.command)));
  section.append(element("h3", {}, "Seeds"),
    grid("Accuracy on target test by seed", ["seed", "status", "selected", "last", "oracle", "train s", "error"], found.seeds));
  if (found.curves.length) {
    section.append(element("h3", {}, "Over training"), element("p", { class: "dim" },
      "A line for each seed. No selector but the oracle sees the accuracy on target test."),
      legend(found.curves[0].series), element("div", { class: "charts" }, ...found.curves.map(chart)));
  }
  if (found.picks.rows.length) {
    section.append(element("h3", {}, "What selectors picked"), grid("Accuracy and step by seed",
      ["selector", ...found.picks.seeds.map((seed) => `seed ${seed}`)], found.picks.rows));
  }
  for (const [name, source] of found.pictures) {
    section.append(element("figure", {}, element("figcaption", {}, name), element("img", { src: source, alt: name })));
  }
  if (found.settings.length) section.append(element("h3", {}, "Settings"), grid("Resolved settings", ["setting", "value"], found.settings));
  section.append(element("h3", {}, "Versions"), grid("What it was made with", ["what", "value"], found.versions));
  if (!found.recorded) {
    section.append(element("p", { class: "dim" }, "These are published rows only: settings, curves and selectors' picks " +
      "are in the records of the machine that made them."));
  }
}

function route() {
  const match = /^#cell=(.*)$/.exec(location.hash);
  if (match) {
    let id = match[1];
    try { id = decodeURIComponent(id); } catch { /* not one of our links: there is no such cell */ }
    show(id);
  } else {
    show(null);
  }
}

themes();
boards();
list();
addEventListener("hashchange", route);
route();
