// What the page shows, out of the JSON inside it: points as 16-bit numbers, fields as codes of their values. No input of a reader comes here.
const kNone = 65535; // the code of a row that has no value of a field

const bytesOf = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer;

/** Field f of the page as {name, kind: "groups" | "numbers" | "texts", text(row)} and what its kind needs. */
function readField(raw) {
  if (raw.kind === "groups") {
    const codes = new Uint16Array(bytesOf(raw.codes));
    const counts = new Array(raw.values.length).fill(0);
    let rest = 0;
    for (const code of codes) code === kNone ? ++rest : ++counts[code];
    return { ...raw, codes, counts, rest, text: (row) => (codes[row] === kNone ? "" : raw.values[codes[row]]) };
  }
  if (raw.kind === "numbers") {
    const values = new Float32Array(bytesOf(raw.values));
    const sorted = values.filter((v) => !Number.isNaN(v)).sort();
    const at = (part) => sorted[Math.round(part * (sorted.length - 1))];
    // The ends of the colours: one row in a hundred is beyond each, so that a stray number does not make all others alike.
    const text = (row) => (Number.isNaN(values[row]) ? "" : String(Number(values[row].toPrecision(7))));
    return { ...raw, values, low: at(0.01), high: at(0.99), least: at(0), most: at(1), text };
  }
  return { ...raw, text: (row) => raw.values[row] };
}

/** {title, about, theme, n, x, y (0 … 65535), width, height (the longer 1), names, texts, pictures, fields, color, palette}. */
function readData() {
  const raw = JSON.parse(document.getElementById("map-data").textContent);
  const [wide, high] = [raw.x_range[1] - raw.x_range[0], raw.y_range[1] - raw.y_range[0]];
  const longer = Math.max(wide, high);
  return {
    ...raw,
    x: new Uint16Array(bytesOf(raw.x)),
    y: new Uint16Array(bytesOf(raw.y)),
    width: wide / longer,
    height: high / longer,
    fields: raw.fields.map(readField),
  };
}

/** Where a point stands in the numbers that the page was made of, to 1/65535 of the map. */
const placeIn = (data, row) => [
  data.x_range[0] + (data.x[row] / 65535) * (data.x_range[1] - data.x_range[0]),
  data.y_range[0] + (data.y[row] / 65535) * (data.y_range[1] - data.y_range[0]),
];

/** A record for each row, for the files of chosen rows. */
function recordOf(data, row) {
  const [x, y] = placeIn(data, row);
  const record = { row, name: data.names[row], x: Number(x.toPrecision(6)), y: Number(y.toPrecision(6)) };
  if (data.texts.length > 0) record.text = data.texts[row];
  const taken = new Set(Object.keys(record));
  for (const field of data.fields) record[taken.has(field.name) ? `field ${field.name}` : field.name] = field.text(row);
  return record;
}

/** RFC 4180. */
function csvOf(records) {
  const cell = (value) => (/[",\r\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value));
  const names = Object.keys(records[0] ?? {});
  return [names, ...records.map((record) => names.map((name) => record[name]))].map((row) => row.map(cell).join(",") + "\r\n").join("");
}
