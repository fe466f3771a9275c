"use strict";
const byId = (name) => document.getElementById(name);

// Clips: a search, one kind of finding, an order. What is shown is in the page; the script only hides and moves.
const clips = [...document.querySelectorAll(".clip")];
let wanted = "";
function showClips() {
  const text = byId("clip-search").value.toLowerCase();
  let shown = 0;
  for (const clip of clips) {
    const fits = (!wanted || clip.dataset.checks.split(" ").includes(wanted)) && clip.dataset.text.includes(text);
    clip.hidden = !fits;
    shown += fits;
  }
  byId("no-clip").hidden = shown > 0;
}
function want(check) {
  wanted = check;
  for (const chip of document.querySelectorAll(".chips button")) chip.setAttribute("aria-pressed", String(chip.dataset.check === check));
  showClips();
}
if (clips.length) {
  byId("clip-search").addEventListener("input", showClips);
  byId("clip-order").addEventListener("change", (event) => {
    const key = event.target.value;
    const number = (clip) => Number(clip.dataset[key]);
    const order = key === "name" ? (a, b) => a.dataset.name.localeCompare(b.dataset.name) : (a, b) => number(a) - number(b);
    byId("clips").append(...clips.sort(order));
  });
  for (const chip of document.querySelectorAll(".chips button")) chip.addEventListener("click", () => want(chip.dataset.check));
  for (const link of document.querySelectorAll("[data-listen]")) link.addEventListener("click", () => want(link.dataset.listen));
}
