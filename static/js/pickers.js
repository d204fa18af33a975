/* People are chosen by typing part of a name. The server draws the suggestions; what is chosen stands as removable
   chips over hidden inputs, so that the form is an ordinary form. */
import { copyOf, fill, fresh } from "./dom.js";

export function startPickers(root) {
  for (const picker of fresh(root, "[data-picker]", "picker")) start(picker);
}

function start(picker) {
  const tokens = picker.querySelector("[data-picker-tokens]");
  const suggest = picker.querySelector("auto-complete");
  const input = suggest.querySelector("input");
  const options = suggest.querySelector("ul");
  const template = picker.querySelector("[data-picker-template]");
  const several = "pickerMultiple" in picker.dataset;

  const chosen = () => [...tokens.querySelectorAll('input[type="hidden"]')].map((field) => field.value);
  const update = () => {
    picker.classList.toggle("chosen", !several && chosen().length > 0);
    picker.dispatchEvent(new Event("change", { bubbles: true }));
  };

  suggest.addEventListener("combobox-commit", (event) => {
    const option = event.target.closest('[role="option"]');
    if (!option) return;
    // The element has just put the option's key into the text; nobody should see a key.
    input.value = "";
    suggest.removeAttribute("value");
    options.replaceChildren();
    const value = option.dataset.autocompleteValue;
    if (chosen().includes(value)) return;
    const token = copyOf(template);
    fill(token, { label: option.dataset.label, note: option.dataset.note ?? "", initials: option.dataset.initials ?? "" });
    token.querySelector('input[type="hidden"]').value = value;
    if (!several) tokens.replaceChildren();
    tokens.append(token);
    update();
    if (!several) token.querySelector("[data-picker-remove]").focus();
  });

  tokens.addEventListener("click", (event) => {
    const token = event.target.closest("[data-picker-remove]")?.closest("[data-picker-token]");
    if (!token) return;
    token.remove();
    update();
    input.focus();
  });

  // Typing here is a search, not a value: it neither submits the form nor counts as a change to the draft.
  input.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  for (const type of ["input", "change"]) suggest.addEventListener(type, (event) => event.stopPropagation());

  // The element stays open when the focus leaves it by Tab; a press on an option must not take the focus away first.
  options.addEventListener("mousedown", (event) => event.preventDefault());
  suggest.addEventListener("focusout", (event) => {
    if (!suggest.contains(event.relatedTarget)) suggest.open = false;
  });
  suggest.addEventListener("error", () => {
    const line = document.createElement("li");
    line.className = "none";
    line.textContent = "No suggestions at the moment. Check your connection and type again.";
    options.replaceChildren(line);
    suggest.open = true;
  });
}
