/* A table of boxes: one button ticks or clears a column, one a row. Without script each box is ticked by itself. */
import { fresh } from "./dom.js";

export function startMatrices(root) {
  for (const matrix of fresh(root, "[data-matrix]", "matrix")) start(matrix);
}

function start(matrix) {
  const status = matrix.querySelector("[data-matrix-status]");

  function toggle(boxes, what) {
    const ticks = !boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = ticks;
    boxes[0]?.dispatchEvent(new Event("change", { bubbles: true }));
    status.textContent = `${what}: ${boxes.length} ${ticks ? "ticked" : "cleared"}.`;
  }

  matrix.addEventListener("click", (event) => {
    const column = event.target.closest("[data-matrix-column]");
    if (column) {
      const boxes = [...matrix.querySelectorAll(`input[name="${CSS.escape(column.dataset.matrixColumn)}"]`)];
      toggle(boxes, column.closest("th").firstChild.textContent.trim());
    }
    const row = event.target.closest("[data-matrix-all]")?.closest("[data-matrix-row]");
    if (row) toggle([...row.querySelectorAll("input[type=checkbox]")], row.querySelector(".category").textContent.trim());
  });
}
