/* Sub-categories open beneath once their parent is ticked. Without script all of them stand open. */
import { fresh } from "./dom.js";

export function startCategories(root) {
  for (const box of fresh(root, "[data-categories]", "categories")) start(box);
}

function start(box) {
  const subsOf = (id) => box.querySelector(`[data-sub-of="${CSS.escape(id)}"]`);

  for (const parent of box.querySelectorAll("[data-category]")) {
    const subs = subsOf(parent.dataset.category);
    if (!subs) continue;
    // A sub-category stands for its parent too, so a ticked one keeps it open.
    if (subs.querySelector("input:checked")) parent.checked = true;
    subs.hidden = !parent.checked;
    parent.setAttribute("aria-expanded", String(parent.checked));
  }

  box.addEventListener("change", (event) => {
    const subs = event.target.dataset.category && subsOf(event.target.dataset.category);
    if (!subs) return;
    subs.hidden = !event.target.checked;
    event.target.setAttribute("aria-expanded", String(event.target.checked));
    if (!event.target.checked) {
      for (const input of subs.querySelectorAll("input:checked")) input.checked = false;
    }
  });
}
