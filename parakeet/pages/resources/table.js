"use strict";
{
const byId = (name) => document.getElementById(name);
// The table: rows are made as they are needed, a hundred at a time.
const { columns, rows } = JSON.parse(byId("rows").textContent);
const head = byId("head"), body = byId("body"), STEP = 100;
let sorted = rows, column = -1, rising = true, limit = STEP;
function showRows() {
  const text = byId("row-search").value.toLowerCase(), only = byId("row-flagged")?.checked;
  const found = sorted.filter((row) => (!only || row[1]) && (!text || row.some((cell) => String(cell ?? "").toLowerCase().includes(text))));
  body.replaceChildren(...found.slice(0, limit).map((row) => {
    const line = document.createElement("tr");
    row.forEach((cell, i) => {
      const place = line.insertCell();
      place.textContent = cell === null ? "–" : typeof cell === "number" ? cell.toFixed(columns[i].digits) : cell;
      if (!i) { place.className = "name"; place.title = cell; }
    });
    return line;
  }));
  byId("row-count").textContent = `${found.length} of ${rows.length}`;
  byId("row-more").hidden = found.length <= limit;
}
columns.forEach((one, i) => {
  const cell = document.createElement("th"), button = document.createElement("button");
  button.textContent = one.title;
  button.addEventListener("click", () => {
    rising = column === i ? !rising : true;
    column = i;
    const sign = rising ? 1 : -1;
    sorted = [...rows].sort((a, b) => (a[i] === null) - (b[i] === null) || sign * (typeof a[i] === "number" ? a[i] - b[i] : String(a[i]).localeCompare(String(b[i]))));
    for (const other of head.children) other.removeAttribute("aria-sort");
    cell.setAttribute("aria-sort", rising ? "ascending" : "descending");
    limit = STEP;
    showRows();
  });
  cell.append(button);
  head.append(cell);
});
byId("row-search").addEventListener("input", () => { limit = STEP; showRows(); });
byId("row-flagged")?.addEventListener("change", () => { limit = STEP; showRows(); });
byId("row-more").addEventListener("click", () => { limit += STEP; showRows(); });
showRows();
}
