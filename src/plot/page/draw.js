// Paints the points: with WebGL, or where a browser has none, on a plain canvas. Both take the same: colors (4 bytes a row, alpha 0 is not
// shown) and marked (1 a row that stands out: larger, and over the others).
const kVertex = `#version 300 es
in vec2 place; in vec4 color; in float marked;
uniform vec2 extent, centre, zoom; uniform float size, plain;
out vec4 tint; out float side;
void main() {
  gl_Position = vec4((place * extent - centre) * zoom, 0.0, 1.0);
  if (color.a == 0.0) gl_Position = vec4(2.0, 2.0, 0.0, 1.0);
  side = size * (marked > 0.5 ? 1.7 : 1.0) + 1.0;
  gl_PointSize = side;
  float alpha = marked > 0.5 ? 1.0 : plain * color.a;
  tint = vec4(color.rgb * alpha, alpha);
}`;
const kFragment = `#version 300 es
precision mediump float;
in vec4 tint; in float side; out vec4 pixel;
void main() {
  float edge = (0.5 - length(gl_PointCoord - 0.5)) * side;
  pixel = tint * clamp(edge, 0.0, 1.0);
}`;

function programOf(gl) {
  const program = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, kVertex], [gl.FRAGMENT_SHADER, kFragment]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  return gl.getProgramParameter(program, gl.LINK_STATUS) ? program : null;
}

/** Rows in a mixed order that is always the same, so that no group lies over all others; those that stand out last. */
function orderOf(n, marked) {
  const order = new Uint32Array(n);
  const step = [7919, 104729, 1299709].find((prime) => n % prime !== 0) ?? 1;
  let end = 0;
  for (const last of [0, 1]) for (let i = 0, row = 0; i < n; ++i, row = (row + step) % n) if (marked[row] === last) order[end++] = row;
  return order;
}

class GlPainter {
  static make(canvas, data) {
    const gl = canvas.getContext("webgl2", { antialias: false, alpha: true, premultipliedAlpha: true });
    const program = gl && programOf(gl);
    return program ? new GlPainter(gl, program, data) : null;
  }
  constructor(gl, program, data) {
    Object.assign(this, { gl, program, data, kind: "webgl" });
    const places = new Uint16Array(2 * data.n);
    for (let row = 0; row < data.n; ++row) places.set([data.x[row], data.y[row]], 2 * row);
    this.buffers = { place: gl.createBuffer(), color: gl.createBuffer(), marked: gl.createBuffer(), order: gl.createBuffer() };
    gl.useProgram(program);
    this.fill("place", places, 2, gl.UNSIGNED_SHORT, true);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }
  fill(name, values, count, type, normalized) {
    const { gl } = this;
    const at = gl.getAttribLocation(this.program, name);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[name]);
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW);
    gl.enableVertexAttribArray(at);
    gl.vertexAttribPointer(at, count, type, normalized, 0, 0);
  }
  set(colors, marked) {
    const { gl } = this;
    this.fill("color", colors, 4, gl.UNSIGNED_BYTE, true);
    this.fill("marked", marked, 1, gl.UNSIGNED_BYTE, false);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.buffers.order);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, orderOf(this.data.n, marked), gl.STATIC_DRAW);
  }
  paint(view, ratio, opacity) {
    const { gl } = this;
    const uniform = (name) => gl.getUniformLocation(this.program, name);
    gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.uniform2f(uniform("extent"), this.data.width, this.data.height);
    gl.uniform2f(uniform("centre"), ...view.centre);
    gl.uniform2f(uniform("zoom"), (2 * view.scale) / view.size[0], (2 * view.scale) / view.size[1]);
    gl.uniform1f(uniform("size"), 2 * view.radius() * ratio);
    gl.uniform1f(uniform("plain"), opacity);
    gl.drawElements(gl.POINTS, this.data.n, gl.UNSIGNED_INT, 0);
  }
}

class PlainPainter {
  constructor(canvas, data) {
    Object.assign(this, { context: canvas.getContext("2d"), canvas, data, kind: "canvas" });
  }
  set(colors, marked) {
    Object.assign(this, { colors, marked, order: orderOf(this.data.n, marked) });
  }
  paint(view, ratio, opacity) {
    const { context, colors } = this;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, ...view.size);
    for (const row of this.order) {
      const alpha = colors[4 * row + 3] / 255;
      const [x, y] = view.toScreen(view.place(row));
      if (alpha === 0 || x < -9 || y < -9 || x > view.size[0] + 9 || y > view.size[1] + 9) continue;
      const radius = view.radius() * (this.marked[row] ? 1.7 : 1);
      context.fillStyle = `rgb(${colors[4 * row]} ${colors[4 * row + 1]} ${colors[4 * row + 2]} / ${this.marked[row] ? 1 : alpha * opacity})`;
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.fill();
    }
  }
}

/** A canvas that was asked for WebGL once can be asked for nothing else: the plain one takes its place. */
function painterOf(canvas, data) {
  const probe = document.createElement("canvas");
  const has = probe.getContext("webgl2");
  return (has && GlPainter.make(canvas, data)) || new PlainPainter(canvas, data);
}
