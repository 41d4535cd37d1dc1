// The names of groups over the places where they are densest, and the line of the lasso: drawn over the points.
const kLabelCells = 48;

/** For each value of a field of groups: its densest place on the map. */
function centresOf(view, field) {
  const { data } = view;
  const sums = field.values.map(() => new Map());
  const cell = (value, most) => Math.min(kLabelCells - 1, Math.floor((value / most) * kLabelCells));
  for (let row = 0; row < data.n; ++row) {
    if (field.codes[row] === kNone) continue;
    const [x, y] = view.place(row);
    const key = cell(y, data.height || 1) * kLabelCells + cell(x, data.width || 1);
    const sum = sums[field.codes[row]];
    const [n, sx, sy] = sum.get(key) ?? [0, 0, 0];
    sum.set(key, [n + 1, sx + x, sy + y]);
  }
  return sums.map((sum) => {
    // Of a cell and those around it, so that a cloud cut by the grid counts as one.
    const around = (key) => [-1, 0, 1].flatMap((r) => [-1, 0, 1].map((c) => sum.get(key + r * kLabelCells + c) ?? [0, 0, 0]));
    let best = [0, 0, 0];
    for (const key of sum.keys()) {
      const total = around(key).reduce((a, b) => [a[0] + b[0], a[1] + b[1], a[2] + b[2]]);
      if (total[0] > best[0]) best = total;
    }
    return [best[1] / (best[0] || 1), best[2] / (best[0] || 1)];
  });
}

class Labels {
  constructor(canvas, view) {
    Object.assign(this, { context: canvas.getContext("2d"), view, centres: new Map(), shown: [] });
  }
  /** Largest groups first; a name that finds no free place waits until the map is larger. */
  draw(ratio, field, isShown, style) {
    const { context, view } = this;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, ...view.size);
    this.shown = [];
    if (!field || field.kind !== "groups" || field.values.length < 2) return;
    if (!this.centres.has(field)) this.centres.set(field, centresOf(view, field));
    Object.assign(context, { font: style.font, textAlign: "center", textBaseline: "middle", lineJoin: "round", lineWidth: 4 });
    const order = field.values.map((_, code) => code).sort((a, b) => field.counts[b] - field.counts[a] || a - b);
    for (const code of order) {
      if (!isShown(code)) continue;
      const [x, y] = view.toScreen(this.centres.get(field)[code]);
      const name = field.values[code].length > 28 ? field.values[code].slice(0, 27) + "…" : field.values[code];
      const half = context.measureText(name).width / 2 + 3;
      const place = this.placeFor([x, y], half);
      if (!place) continue;
      this.shown.push({ name, x: place[0], y: place[1], half });
      context.strokeStyle = style.ground;
      context.strokeText(name, ...place);
      context.fillStyle = style.ink;
      context.fillText(name, ...place);
    }
  }
  /** At its centre, else a line above or below it: inside the stage and over no other name; or null. */
  placeFor([x, y], half) {
    const [wide, high] = this.view.size;
    for (const lines of [0, -1, 1, -2, 2]) {
      const [px, py] = [x, y + 18 * lines];
      const isFree = this.shown.every((other) => Math.abs(other.x - px) >= other.half + half || Math.abs(other.y - py) >= 18);
      if (isFree && px >= half && px <= wide - half && py >= 10 && py <= high - 10) return [px, py];
    }
    return null;
  }
  drawLasso(line, color) {
    const { context } = this;
    if (line.length < 2) return;
    context.beginPath();
    for (const point of line) context.lineTo(...this.view.toScreen(point));
    context.closePath();
    context.fillStyle = color + "22";
    context.fill();
    context.strokeStyle = color;
    context.lineWidth = 1.5;
    context.setLineDash([5, 4]);
    context.stroke();
    context.setLineDash([]);
  }
}
