/* Marks on maps: a click sets one, a click on one selects it, "Remove" beside its words takes it off. Of the combined
   maps of a student, the incident pointed at shows its marks in green. Where a mark is stands in the form itself. */
import { copyOf, fill, fresh } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const RADIUS = 13;
const RED = "#a8201a"; // as in the templates: paper heeds no style sheet in a drawing

export function startMaps(root) {
  for (const area of fresh(root, "[data-maps]", "maps")) start(area);
  for (const area of fresh(root, "[data-combined]", "maps")) light(area);
}

function start(area) {
  const list = area.querySelector("[data-marks]");
  const status = area.querySelector("[data-marks-status]");
  const template = area.querySelector("[data-mark-template]");
  const places = area.querySelector("[data-mark-place]");
  const pictures = [...area.querySelectorAll("[data-map]")];
  const highest = Number(area.dataset.highest);

  const drawn = new Map();
  const rows = () => [...list.querySelectorAll("[data-mark]")];
  const words = (row) => row.querySelector('[name="mark_text"]');
  const changed = () => area.dispatchEvent(new Event("change", { bubbles: true }));

  /* Numbers once stored stay with their marks; the new ones count on, and close up when one goes. */
  function draw() {
    for (const picture of pictures) for (const mark of picture.querySelectorAll(".map-mark")) mark.remove();
    drawn.clear();
    let last = highest;
    for (const row of rows()) {
      const number = Number(row.dataset.kept) || (last += 1);
      fill(row, { number });
      words(row).setAttribute("aria-label", `What mark ${number} on ${row.dataset.title} shows (optional)`);
      const [map, x, y] = row.querySelector('[name="mark"]').value.split(",");
      const picture = pictures.find((one) => one.dataset.map === map);
      if (!picture) continue;
      drawn.set(row, marker(picture, row, number, Number(x), Number(y)));
      picture.append(drawn.get(row));
    }
  }

  function marker(picture, row, number, x, y) {
    const { width, height } = picture.viewBox.baseVal;
    const group = document.createElementNS(SVG, "g");
    const circle = document.createElementNS(SVG, "circle");
    const text = document.createElementNS(SVG, "text");
    set(circle, { cx: x * width, cy: y * height, r: RADIUS, fill: RED, stroke: "#fff", "stroke-width": 1.5 });
    set(text, { x: x * width, y: y * height, dy: 5.3, fill: "#fff" });
    set(text, { "font-size": 15, "font-weight": 700, "text-anchor": "middle" });
    text.textContent = number;
    group.classList.add("map-mark");
    group.classList.toggle("on", row.classList.contains("on"));
    group.addEventListener("click", (event) => { event.stopPropagation(); words(row).focus(); });
    group.append(circle, text);
    return group;
  }

  /* Nothing is drawn anew here: a mark that goes between press and release would lose its click. */
  function select(chosen) {
    for (const [row, mark] of drawn) for (const one of [row, mark]) one.classList.toggle("on", row === chosen);
  }

  function add(value, title, where) {
    const row = copyOf(template);
    row.querySelector('[name="mark"]').value = value;
    row.dataset.title = title;
    fill(row, { where });
    list.append(row);
    draw();
    words(row).focus();
    status.textContent = `Mark ${row.querySelector("[data-fill=number]").textContent} was set: ${where}.`;
    changed();
  }

  for (const picture of pictures) {
    picture.addEventListener("click", (event) => {
      const box = picture.querySelector("image").getBoundingClientRect();
      const [x, y] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
      if (x < 0 || x > 1 || y < 0 || y > 1) return;
      add(`${picture.dataset.map},${x.toFixed(4)},${y.toFixed(4)}`, picture.dataset.title, picture.dataset.title);
    });
  }

  area.querySelector("[data-mark-add]").addEventListener("click", () => {
    const chosen = places.selectedOptions[0];
    if (!chosen?.value) { places.focus(); return; }
    const title = chosen.closest("optgroup").label;
    const value = chosen.value;
    places.value = "";
    add(value, title, `${title}, ${chosen.text}`);
  });

  list.addEventListener("click", (event) => {
    const row = event.target.closest("[data-mark-remove]")?.closest("[data-mark]");
    if (!row) return;
    const number = row.querySelector("[data-fill=number]").textContent;
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    draw();
    status.textContent = `Mark ${number} was removed.`;
    (next ? words(next) : places).focus();
    changed();
  });

  // Enter ends the words of one mark. It must not send a form that is still being written.
  list.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.name !== "mark_text") return;
    event.preventDefault();
    places.focus();
  });

  list.addEventListener("focusin", (event) => select(event.target.closest("[data-mark]")));
  list.addEventListener("focusout", (event) => { if (!list.contains(event.relatedTarget)) select(null); });
  draw();
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}

function light(area) {
  const show = (id) => {
    for (const mark of area.querySelectorAll(".map-mark")) mark.classList.toggle("on", mark.dataset.of === id);
  };
  for (const row of area.querySelectorAll("[data-marks-of]")) {
    for (const type of ["pointerenter", "focusin"]) row.addEventListener(type, () => show(row.dataset.marksOf));
    for (const type of ["pointerleave", "focusout"]) row.addEventListener(type, () => show(null));
  }
}
