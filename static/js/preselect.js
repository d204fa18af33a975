/* The default alert group is ticked when a category that asks for it is chosen; taken off by hand, it stays off. */
export function startPreselect(root = document) {
  for (const box of root.querySelectorAll("[data-preselects]")) {
    const group = box.querySelector("[data-preselected]");
    const form = box.closest("form");
    if (!group || !form) continue;
    const asking = new Set(box.dataset.preselects.split(" ").filter(Boolean));
    let wasTouched = group.checked;
    group.addEventListener("change", () => { wasTouched = true; });
    const follow = () => {
      if (wasTouched) return;
      const asks = [...form.querySelectorAll('input[name="categories"]:checked')].some((category) => asking.has(category.value));
      group.checked = asks;
    };
    form.addEventListener("change", (event) => { if (event.target.name === "categories") follow(); });
    follow();
  }
}
