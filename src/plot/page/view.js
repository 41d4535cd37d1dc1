// Which part of the map is on the screen, and what is where. Places on the map go from 0 to data.width and data.height, upwards; places on
// the screen are CSS pixels from the upper left corner.
class View {
  constructor(data) {
    this.data = data;
    this.size = [1, 1];
    this.fit();
    this.makeCells();
  }
  /** All of the map, with a margin. */
  fit() {
    const { width, height } = this.data;
    this.centre = [width / 2, height / 2];
    this.scale = this.fitted = Math.max(10, Math.min((this.size[0] - 48) / width, (this.size[1] - 48) / height));
  }
  resize(size) {
    const zoom = this.zoom();
    this.size = size;
    const centre = this.centre;
    this.fit();
    this.centre = centre;
    this.scale = this.fitted * zoom;
  }
  zoom() {
    return this.scale / this.fitted;
  }
  place(row) {
    return [(this.data.x[row] / 65535) * this.data.width, (this.data.y[row] / 65535) * this.data.height];
  }
  toScreen([x, y]) {
    return [(x - this.centre[0]) * this.scale + this.size[0] / 2, (this.centre[1] - y) * this.scale + this.size[1] / 2];
  }
  toMap([x, y]) {
    return [(x - this.size[0] / 2) / this.scale + this.centre[0], this.centre[1] - (y - this.size[1] / 2) / this.scale];
  }
  move(dx, dy) {
    const clamp = (value, most) => Math.min(Math.max(value, 0), most);
    this.centre = [
      clamp(this.centre[0] - dx / this.scale, this.data.width),
      clamp(this.centre[1] + dy / this.scale, this.data.height),
    ];
  }
  /** Places are known to 1/65535 of the map: 64 times as large, a step is still less than a pixel. */
  zoomAt(factor, screen) {
    const before = this.toMap(screen);
    this.scale = Math.min(Math.max(this.scale * factor, this.fitted * 0.5), this.fitted * 64);
    const after = this.toMap(screen);
    this.centre = [this.centre[0] + before[0] - after[0], this.centre[1] + before[1] - after[1]];
  }
  /** The radius of a mark: as in the pictures, growing slowly with the zoom. */
  radius() {
    const area = this.data.width * this.data.height * this.fitted * this.fitted;
    const base = Math.min(Math.max(0.23 * Math.sqrt(area / Math.max(this.data.n, 1)), 1), 4);
    return Math.min(base * Math.max(this.zoom(), 1) ** 0.4, 9);
  }

  // Rows by cells of a grid, so that what is under the pointer is found among a few.
  makeCells() {
    const { n, x, y } = this.data;
    const side = (this.side = Math.max(1, Math.min(512, Math.ceil(Math.sqrt(n / 3)))));
    const cell = (row) => Math.min(side - 1, Math.floor((y[row] / 65536) * side)) * side + Math.min(side - 1, Math.floor((x[row] / 65536) * side));
    this.starts = new Uint32Array(side * side + 1);
    for (let row = 0; row < n; ++row) ++this.starts[cell(row) + 1];
    for (let i = 0; i < side * side; ++i) this.starts[i + 1] += this.starts[i];
    const next = this.starts.slice();
    this.rows = new Uint32Array(n);
    for (let row = 0; row < n; ++row) this.rows[next[cell(row)]++] = row;
  }
  /** The row nearest to a place on the screen within `reach` pixels for which wanted(row); -1 if there is none. */
  nearest(screen, reach, wanted) {
    const [left, top] = this.toMap([screen[0] - reach, screen[1] - reach]);
    const [right, bottom] = this.toMap([screen[0] + reach, screen[1] + reach]);
    const at = (value, most) => Math.min(this.side - 1, Math.max(0, Math.floor((value / most) * this.side)));
    let best = -1;
    let least = reach * reach;
    for (let r = at(bottom, this.data.height); r <= at(top, this.data.height); ++r) {
      for (let c = at(left, this.data.width); c <= at(right, this.data.width); ++c) {
        for (let i = this.starts[r * this.side + c]; i < this.starts[r * this.side + c + 1]; ++i) {
          const [x, y] = this.toScreen(this.place(this.rows[i]));
          const away = (x - screen[0]) ** 2 + (y - screen[1]) ** 2;
          if (away <= least && wanted(this.rows[i])) [best, least] = [this.rows[i], away];
        }
      }
    }
    return best;
  }
  /** The rows inside a closed line on the map for which wanted(row). */
  inside(line, wanted) {
    const [xs, ys] = [line.map((p) => p[0]), line.map((p) => p[1])];
    const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const found = [];
    for (let row = 0; row < this.data.n; ++row) {
      const [x, y] = this.place(row);
      if (x < left || x > right || y < low || y > high) continue;
      let odd = false;
      for (let i = 0, j = line.length - 1; i < line.length; j = i++) {
        if (ys[i] > y !== ys[j] > y && x < ((xs[j] - xs[i]) * (y - ys[i])) / (ys[j] - ys[i]) + xs[i]) odd = !odd;
      }
      if (odd && wanted(row)) found.push(row);
    }
    return found;
  }
}
