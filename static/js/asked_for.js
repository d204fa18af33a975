/* A field limited to categories stands on the form once one of them is chosen. What is sent is decided by the server. */
export function startAskedFor(root = document) {
  for (const box of root.querySelectorAll("[data-asked-for]")) {
    const form = box.closest("form");
    if (!form) continue;
    const bringing = new Set(box.dataset.askedFor.split(" ").filter(Boolean));
    // Ticks are taken from sub-categories by script, with one event for the parent alone.
    const follow = () => {
      const chosen = [...form.querySelectorAll('input[name="categories"]:checked')];
      box.classList.toggle("unasked", !chosen.some((category) => bringing.has(category.value)));
    };
    form.addEventListener("change", (event) => { if (event.target.name === "categories") follow(); });
    follow();
  }
}
