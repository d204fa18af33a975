/* The fields of a form put in order: dragged by their handles, with mouse or finger, or moved by the buttons "up"
   and "down". Each move is sent at once, the whole order with it. Without script the buttons send the page. */
import { fresh, post, refusal } from "./dom.js";

const EDGE = 60;
const STEP = 12;

export function startFormOrder(root) {
  for (const form of fresh(root, "[data-order]", "order")) start(form);
}

/* "+ Add another option" without a way to the server. */
export function startOptions(root) {
  for (const area of fresh(root, "[data-options]", "options")) {
    area.querySelector('[name="add_option"]').addEventListener("click", (event) => {
      event.preventDefault();
      const boxes = area.querySelectorAll('input[name="options"]');
      const box = boxes[boxes.length - 1].cloneNode();
      box.value = "";
      box.setAttribute("aria-label", `Option ${boxes.length + 1}`);
      boxes[boxes.length - 1].after(box);
      box.focus();
    });
  }
}

function start(form) {
  const list = form.querySelector("[data-order-list]");
  const status = form.querySelector("[data-order-status]");
  const fault = form.querySelector("[data-order-fault]");
  let dragged = null;
  let before = null; // what the dragged one stood before
  let sent = Promise.resolve();

  const fields = () => [...list.children];
  const order = () => fields().map((field) => field.id).join();

  function send(field) {
    const body = new FormData(form);
    const place = `${field.dataset.orderName}: number ${fields().indexOf(field) + 1} of ${fields().length}.`;
    sent = sent.then(() => deliver(body, place));
  }

  async function deliver(body, place) {
    let response = null;
    let answer = null;
    try {
      response = await post(form.action, body);
      answer = await response.json();
    } catch {
      // Told below: no connection, or no answer of ours.
    }
    const isKept = Boolean(response?.ok && answer);
    fault.hidden = isKept;
    fault.textContent = isKept ? "" : `The order is not kept. ${refusal(response?.status ?? 0, answer)}`;
    status.textContent = isKept ? place : "";
    if (!isKept) return;
    document.getElementById("seen").value = answer.seen;
    for (const id of ["not-yet", "drop"]) document.getElementById(id).hidden = !answer.changed;
  }

  list.addEventListener("click", (event) => {
    const button = event.target.closest('button[name="up"], button[name="down"]');
    if (!button) return;
    event.preventDefault();
    const field = button.closest("li");
    const other = button.name === "up" ? field.previousElementSibling : field.nextElementSibling;
    if (!other || "orderFixed" in other.dataset) {
      status.textContent = `${field.dataset.orderName} is at the ${button.name === "up" ? "top" : "foot"} already.`;
      return;
    }
    if (button.name === "up") other.before(field);
    else other.after(field);
    button.focus();
    send(field);
  });

  list.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest("[data-order-handle]");
    if (!handle || event.button !== 0) return;
    event.preventDefault();
    dragged = handle.closest("li");
    before = { order: order(), next: dragged.nextElementSibling };
    dragged.classList.add("dragged");
    // Of the list, not the handle: what is moved about in the document loses its pointer.
    list.setPointerCapture(event.pointerId);
  });

  list.addEventListener("pointermove", (event) => {
    if (!dragged) return;
    if (event.clientY < EDGE) window.scrollBy(0, -STEP);
    if (event.clientY > window.innerHeight - EDGE) window.scrollBy(0, STEP);
    const under = fields().find((field) => {
      const box = field.getBoundingClientRect();
      return field !== dragged && event.clientY >= box.top && event.clientY < box.bottom;
    });
    if (!under) return;
    const box = under.getBoundingClientRect();
    const isUpper = event.clientY < box.top + box.height / 2;
    if (isUpper && "orderFixed" in under.dataset) return;
    if (isUpper && under.previousElementSibling !== dragged) under.before(dragged);
    if (!isUpper && under.nextElementSibling !== dragged) under.after(dragged);
  });

  function drop(isKept) {
    if (!dragged) return;
    const field = dragged;
    dragged = null;
    field.classList.remove("dragged");
    if (!isKept) list.insertBefore(field, before.next);
    else if (order() !== before.order) send(field);
  }

  list.addEventListener("pointerup", () => drop(true));
  list.addEventListener("pointercancel", () => drop(false));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") drop(false);
  });
}
