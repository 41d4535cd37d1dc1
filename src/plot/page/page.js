// The page: what the controls do. Texts of rows are put into it as text, never as markup.

const kListed = 200; // rows of the list of what is chosen
const kLongestTip = 500;
const element = (id) => document.getElementById(id);

function make(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

class Page {
  constructor(data) {
    this.data = data;
    this.view = new View(data);
    this.painter = painterOf(element("points"), data);
    this.labels = new Labels(element("over"), this.view);
    this.field = data.fields.find((field) => field.name === data.color) ?? null;
    this.off = new Set(); // codes of the field's groups that are not shown
    this.chosen = null; // rows, or null
    this.lasso = []; // places on the map
    this.hovered = -1;
    this.dirty = false;
    this.pointers = new Map();
    element("title").textContent = document.title = data.title;
    element("about").textContent = data.about;
    this.listen();
    this.fillColors();
    this.useTheme(data.theme === "auto" ? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light") : data.theme);
    this.resize();
  }

  // --- what is drawn ---

  useTheme(theme) {
    this.theme = document.documentElement.dataset.theme = theme;
    element("theme").textContent = theme === "dark" ? "Light" : "Dark";
    this.recolor();
  }
  colorOfCode(code) {
    const colors = this.data.palette[this.theme];
    return code === kNone ? this.data.palette.none[this.theme] : colors[code % colors.length];
  }
  colorOfNumber(value) {
    const { low, high } = this.field;
    const scale = this.data.palette.scale;
    const part = high > low ? Math.min(1, Math.max(0, (value - low) / (high - low))) : 0.5;
    return Number.isNaN(value) ? this.data.palette.none[this.theme] : scale[Math.round(part * (scale.length - 1))];
  }
  isShown(row) {
    return this.field?.kind !== "groups" || !this.off.has(this.field.codes[row]);
  }
  /** New colours for all rows: after a change of field, theme, legend or of what is chosen. */
  recolor() {
    const { n } = this.data;
    const bytes = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
    const cache = new Map();
    const rgb = (hex) => cache.get(hex) ?? cache.set(hex, bytes(hex)).get(hex);
    const colors = new Uint8Array(4 * n);
    const marked = new Uint8Array(n);
    for (const row of this.chosen ?? []) marked[row] = 1;
    for (let row = 0; row < n; ++row) {
      const { field } = this;
      const hex = !field ? this.colorOfCode(0) : field.kind === "groups" ? this.colorOfCode(field.codes[row]) : this.colorOfNumber(field.values[row]);
      const dim = this.chosen && !marked[row];
      const shown = this.isShown(row);
      if (!shown) marked[row] = 0;
      colors.set(dim ? rgb(this.data.palette.none[this.theme]) : rgb(hex), 4 * row);
      colors[4 * row + 3] = shown ? (dim ? 120 : 255) : 0;
    }
    this.painter.set(colors, marked);
    this.fillLegend();
    this.draw();
  }
  resize() {
    const { clientWidth, clientHeight } = element("stage");
    this.ratio = window.devicePixelRatio || 1;
    for (const id of ["points", "over"]) {
      element(id).width = Math.max(1, Math.round(clientWidth * this.ratio));
      element(id).height = Math.max(1, Math.round(clientHeight * this.ratio));
    }
    this.view.resize([Math.max(1, clientWidth), Math.max(1, clientHeight)]);
    this.draw();
  }
  draw() {
    if (this.dirty) return;
    this.dirty = true;
    requestAnimationFrame(() => {
      this.dirty = false;
      const style = getComputedStyle(document.documentElement);
      const opacity = Math.min(0.9, Math.max(0.5, 1.3 - 0.16 * Math.log10(Math.max(1, this.data.n))) + 0.08 * Math.log2(Math.max(1, this.view.zoom())));
      this.painter.paint(this.view, this.ratio, opacity);
      const names = { font: `600 13px system-ui, "Segoe UI", Helvetica, Arial, sans-serif`, ground: style.getPropertyValue("--ground"), ink: style.getPropertyValue("--ink") };
      this.labels.draw(this.ratio, this.field, (code) => !this.off.has(code), names);
      this.labels.drawLasso(this.lasso, style.getPropertyValue("--accent"));
    });
  }

  // --- legend ---

  fillColors() {
    const choices = this.data.fields.filter((field) => field.kind !== "texts");
    const select = element("color");
    select.append(...choices.map((field) => make("option", { value: field.name, textContent: field.name })), make("option", { value: "", textContent: "none" }));
    select.value = this.field?.name ?? "";
    select.onchange = () => {
      this.field = choices.find((field) => field.name === select.value) ?? null;
      this.off.clear();
      this.recolor();
    };
  }
  fillLegend() {
    const legend = element("legend");
    const { field } = this;
    legend.hidden = !field;
    if (!field) return;
    const key = `${field.name} ${this.theme} ${[...this.off].join()}`;
    if (legend.dataset.key === key) return;
    const focused = legend.contains(document.activeElement) ? document.activeElement.dataset.code : null;
    const scrolled = legend.scrollTop;
    legend.dataset.key = key;
    legend.replaceChildren(make("h2", { textContent: field.name }), field.kind === "groups" ? this.groupsLegend(field) : this.numbersLegend(field));
    legend.scrollTop = scrolled;
    if (focused !== null) legend.querySelector(`[data-code="${focused}"]`)?.focus();
  }
  groupsLegend(field) {
    const items = field.values.map((name, code) => [name, code, field.counts[code]]);
    if (field.rest > 0) items.push(["no value", kNone, field.rest]);
    const list = make("ul");
    for (const [name, code, count] of items) {
      const dot = make("span", { className: "dot" });
      dot.style.background = this.colorOfCode(code);
      const button = make("button", { type: "button", title: `${name}: click to hide or show, double-click for this alone` }, dot,
        make("span", { className: "label", textContent: name }), make("span", { className: "count", textContent: count.toLocaleString("en") }));
      button.dataset.code = code;
      button.setAttribute("aria-pressed", String(!this.off.has(code)));
      button.onclick = () => this.toggle([code], !this.off.has(code));
      button.ondblclick = () => {
        this.off = new Set(items.map((item) => item[1]).filter((other) => other !== code));
        this.recolor();
      };
      list.append(make("li", {}, button));
    }
    const all = (textContent, hide) => make("button", { type: "button", textContent, onclick: () => this.toggle(items.map((item) => item[1]), hide) });
    return make("div", {}, ...(items.length > 2 ? [make("div", { className: "row" }, all("All", false), all("None", true))] : []), list);
  }
  toggle(codes, hide) {
    for (const code of codes) hide ? this.off.add(code) : this.off.delete(code);
    this.recolor();
  }
  numbersLegend(field) {
    const scale = this.data.palette.scale;
    const bar = make("canvas", { width: scale.length, height: 1 });
    const context = bar.getContext("2d");
    scale.forEach((color, i) => {
      context.fillStyle = color;
      context.fillRect(i, 0, 1, 1);
    });
    const short = (value) => String(Number(value.toPrecision(4)));
    const ends = [(field.least < field.low ? "≤ " : "") + short(field.low), (field.most > field.high ? "≥ " : "") + short(field.high)];
    return make("div", {}, bar, make("div", { className: "ends" }, ...ends.map((textContent) => make("span", { textContent }))));
  }

  // --- search, lasso, what is chosen ---

  shownText(row) {
    return this.data.texts[row] || this.data.names[row];
  }
  search(words) {
    const wanted = words.toLocaleLowerCase().split(/\s+/).filter((word) => word !== "");
    if (wanted.length === 0) return this.choose(null, "");
    this.lines ??= Array.from({ length: this.data.n }, (_, row) =>
      [this.data.texts[row] ?? "", this.data.names[row], ...this.data.fields.map((field) => field.text(row))].join("\n").toLocaleLowerCase());
    const rows = [];
    this.lines.forEach((line, row) => wanted.every((word) => line.includes(word)) && rows.push(row));
    this.choose(rows, `with “${words.trim()}”`);
  }
  choose(rows, how) {
    this.chosen = rows;
    element("tip").hidden = true;
    element("chosen").hidden = !rows;
    if (rows) {
      element("found").textContent = `${rows.length.toLocaleString("en")} ${rows.length === 1 ? "row" : "rows"} ${how}`;
      for (const id of ["csv", "json"]) element(id).disabled = rows.length === 0;
      const item = (row) => make("li", {}, make("button", { type: "button", textContent: this.shownText(row), title: this.shownText(row), onclick: () => this.show(row, true) }));
      const left = rows.length - kListed;
      element("list").replaceChildren(...rows.slice(0, kListed).map(item),
        ...(left > 0 ? [make("li", { className: "more", textContent: `and ${left.toLocaleString("en")} more` })] : []));
    }
    this.recolor();
  }
  clear() {
    element("search").value = "";
    this.lasso = [];
    element("detail").hidden = true;
    this.choose(null, "");
  }
  save(kind) {
    const records = this.chosen.map((row) => recordOf(this.data, row));
    const text = kind === "csv" ? csvOf(records) : JSON.stringify(records, null, 1);
    const link = make("a", { href: URL.createObjectURL(new Blob([text], { type: kind === "csv" ? "text/csv" : "application/json" })), download: `chosen.${kind}` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }
  useLasso(on) {
    this.choosing = on;
    element("lasso").setAttribute("aria-pressed", String(on));
    element("stage").classList.toggle("choosing", on);
  }
  finishLasso() {
    const among = element("search").value.trim() !== "" && this.chosen ? new Set(this.chosen) : null;
    if (this.lasso.length > 2) this.choose(this.view.inside(this.lasso, (row) => this.isShown(row) && (!among || among.has(row))), "inside the lasso");
    this.useLasso(false);
  }

  // --- one row ---

  describe(row, all) {
    const { data } = this;
    const parts = [];
    if (data.pictures.length > 0) parts.push(make("img", { src: encodeURI(data.pictures[row]).replaceAll("#", "%23").replaceAll("?", "%3F"), alt: "" }));
    const text = data.texts[row] ?? "";
    if (text) parts.push(make("div", { className: "text", textContent: all || text.length <= kLongestTip ? text : text.slice(0, kLongestTip) + "…" }));
    parts.push(make("div", { className: "name", textContent: data.names[row] }));
    const told = data.fields.map((field) => [field.name, field.text(row)]).filter(([, value]) => value !== "").slice(0, all ? 100 : 8);
    if (told.length > 0) parts.push(make("dl", {}, ...told.flatMap(([name, value]) => [make("dt", { textContent: name }), make("dd", { textContent: all ? value : value.slice(0, 120) })])));
    return parts;
  }
  hover(screen) {
    const row = this.view.nearest(screen, Math.max(8, this.view.radius() + 4), (r) => this.isShown(r));
    const tip = element("tip");
    element("stage").classList.toggle("over", row >= 0 && !this.choosing);
    tip.hidden = row < 0;
    if (row < 0) {
      this.hovered = -1;
      return;
    }
    if (row !== this.hovered) tip.replaceChildren(...this.describe(row, false));
    this.hovered = row;
    const [x, y] = this.view.toScreen(this.view.place(row));
    const [width, height] = [tip.offsetWidth, tip.offsetHeight];
    const left = x + 14 + width < this.view.size[0] ? x + 14 : Math.max(4, x - 14 - width);
    const top = Math.max(4, Math.min(y + 10, this.view.size[1] - height - 6));
    tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }
  /** A row at length beside the map; `go` brings it to the middle. */
  show(row, go) {
    element("detail").replaceChildren(...this.describe(row, true));
    element("detail").hidden = false;
    if (!go) return;
    this.view.centre = this.view.place(row);
    if (this.view.zoom() < 4) this.view.zoomAt(4 / this.view.zoom(), this.view.size.map((side) => side / 2));
    this.draw();
    this.hover(this.view.toScreen(this.view.place(row)));
  }

  // --- hands ---

  listen() {
    const stage = element("stage");
    new ResizeObserver(() => this.resize()).observe(stage);
    stage.addEventListener("wheel", (event) => {
      event.preventDefault();
      const lines = event.deltaMode === 1 ? 16 : 1;
      this.view.zoomAt(Math.exp(-Math.max(-120, Math.min(120, event.deltaY * lines)) * 0.002), this.at(event));
      this.moved();
    }, { passive: false });
    stage.addEventListener("pointerdown", (event) => this.press(event));
    stage.addEventListener("pointermove", (event) => this.pull(event));
    for (const kind of ["pointerup", "pointercancel"]) stage.addEventListener(kind, (event) => this.release(event));
    stage.addEventListener("pointerleave", () => (element("tip").hidden = true));
    stage.addEventListener("dblclick", (event) => this.moved(this.view.zoomAt(2, this.at(event))));
    document.addEventListener("keydown", (event) => this.key(event));
    let waiting = 0;
    element("search").addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => ((this.lasso = []), this.search(element("search").value)), 120);
    });
    element("lasso").onclick = () => this.useLasso(!this.choosing);
    element("fit").onclick = () => this.moved(this.view.fit());
    element("closer").onclick = () => this.zoomMiddle(1.5);
    element("farther").onclick = () => this.zoomMiddle(1 / 1.5);
    element("theme").onclick = () => this.useTheme(this.theme === "dark" ? "light" : "dark");
    element("csv").onclick = () => this.save("csv");
    element("json").onclick = () => this.save("json");
    element("clear").onclick = () => this.clear();
  }
  at(event) {
    const box = element("stage").getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }
  moved() {
    element("tip").hidden = true;
    this.hovered = -1;
    this.draw();
  }
  zoomMiddle(factor) {
    this.moved(this.view.zoomAt(factor, this.view.size.map((side) => side / 2)));
  }
  press(event) {
    element("stage").setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, this.at(event));
    this.pressed = this.at(event);
    if (this.pointers.size === 1 && (this.choosing || event.shiftKey)) {
      this.useLasso(true);
      this.lasso = [this.view.toMap(this.at(event))];
    }
  }
  pull(event) {
    const now = this.at(event);
    const before = this.pointers.get(event.pointerId);
    if (!before) return this.hover(now);
    if (this.choosing) {
      this.lasso.push(this.view.toMap(now));
      return this.draw();
    }
    element("stage").classList.add("moving");
    const others = [...this.pointers].filter(([id]) => id !== event.pointerId).map(([, place]) => place);
    if (others.length > 0) {
      const away = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);
      const middle = [(now[0] + others[0][0]) / 2, (now[1] + others[0][1]) / 2];
      this.view.zoomAt(away(now, others[0]) / Math.max(1, away(before, others[0])), middle);
    }
    this.view.move((now[0] - before[0]) / this.pointers.size, (now[1] - before[1]) / this.pointers.size);
    this.pointers.set(event.pointerId, now);
    this.moved();
  }
  release(event) {
    if (!this.pointers.delete(event.pointerId)) return;
    element("stage").classList.remove("moving");
    if (this.choosing) return this.finishLasso();
    const now = this.at(event);
    if (Math.hypot(now[0] - this.pressed[0], now[1] - this.pressed[1]) > 4) return;
    this.hover(now);
    if (this.hovered >= 0) this.show(this.hovered, false);
  }
  key(event) {
    if (event.key === "Escape") {
      this.useLasso(false);
      return this.clear();
    }
    if (event.target.matches("input, select") || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = 60;
    const moves = { ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
    const keys = {
      "/": () => element("search").focus(),
      l: () => this.useLasso(!this.choosing),
      "+": () => this.zoomMiddle(1.5),
      "=": () => this.zoomMiddle(1.5),
      "-": () => this.zoomMiddle(1 / 1.5),
      0: () => this.moved(this.view.fit()),
    };
    const move = moves[event.key];
    if (move && !element("stage").contains(event.target) && event.target !== document.body) return;
    const act = move ? () => this.moved(this.view.move(...move)) : keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }
}

const page = new Page(readData());
/** For those who script the page: where a row is on the stage, in pixels; which rows are chosen; which names are shown where;
    how the points are painted. */
window.akinMap = {
  placeOf: (row) => page.view.toScreen(page.view.place(row)),
  chosen: () => page.chosen,
  names: () => page.labels.shown,
  painter: page.painter.kind,
};
