/* Two lists to move people between. The ticks of the plain list are the form's state; the lists only draw them, so
   what is posted is the same with and without script. Each list is one stop for Tab: arrow keys walk, Space chooses,
   Enter moves, letters find. */
import { fresh } from "./dom.js";

const LETTERS_MS = 700; // typed within this time, letters are one word

export function startDualLists(root) {
  for (const field of fresh(root, "[data-dual-list]", "dual-list")) start(field);
}

function folded(words) {
  return words.normalize("NFD").replace(/\p{Mn}/gu, "").toLowerCase();
}

function start(field) {
  const plain = field.querySelector("[data-dual-plain]");
  const boxes = [...plain.querySelectorAll("input[type=checkbox]")];
  const filter = field.querySelector("[data-dual-filter]");
  const status = field.querySelector("[data-dual-status]");
  const lists = {};
  for (const list of field.querySelectorAll("[data-dual-side]")) lists[list.dataset.dualSide] = list;
  const people = boxes.map((box, index) => person(box, `${lists.left.id}-${index}`));
  const byOption = new Map(people.map((one) => [one.option, one]));

  function draw() {
    const wanted = folded(filter.value.trim()).split(/\s+/).filter(Boolean);
    const onRight = people.filter((one) => one.box.checked);
    const free = people.filter((one) => !one.box.checked);
    const listed = free.filter((one) => wanted.every((word) => one.words.includes(word)));
    for (const one of free) if (!listed.includes(one)) choose(one, false);
    show("left", listed, free.length ? "nothing" : "none");
    show("right", onRight, "none");
  }

  function show(side, those, why) {
    const list = lists[side];
    list.replaceChildren(...those.map((one) => one.option));
    field.querySelector(`[data-dual-count="${side}"]`).textContent = those.length;
    const empty = field.querySelector(`[data-dual-empty="${side}"]`);
    empty.hidden = those.length > 0;
    empty.textContent = list.dataset[why === "none" ? "dualNone" : "dualNothing"];
    if (!those.some((one) => one.option.id === list.getAttribute("aria-activedescendant"))) makeActive(list, null);
  }

  function move(side, those) {
    if (boxes.some((box) => box.disabled)) return;
    for (const one of those) {
      one.box.checked = side === "right";
      choose(one, false);
    }
    draw();
    const label = document.getElementById(lists[side].getAttribute("aria-labelledby")).textContent;
    const who = those.length === 1 ? those[0].box.dataset.name : `${those.length} people`;
    status.textContent = those.length
      ? `${who} moved to “${label}”. ${lists[side].childElementCount} listed there.`
      : "Nobody is chosen. Choose people in the list first.";
    if (those.length) plain.dispatchEvent(new Event("change", { bubbles: true }));
  }

  const shown = (list) => [...list.children].map((option) => byOption.get(option));
  const chosen = (list) => shown(list).filter((one) => one.option.getAttribute("aria-selected") === "true");

  for (const button of field.querySelectorAll("[data-dual-move]")) {
    const [side, which] = button.dataset.dualMove.split(" ");
    const from = lists[side === "right" ? "left" : "right"];
    button.addEventListener("click", () => move(side, which === "all" ? shown(from) : chosen(from)));
  }

  for (const [side, list] of Object.entries(lists)) {
    const other = side === "left" ? "right" : "left";
    list.addEventListener("click", (event) => {
      const one = byOption.get(event.target.closest("[role=option]"));
      if (!one) return;
      choose(one, one.option.getAttribute("aria-selected") !== "true");
      makeActive(list, one.option);
    });
    list.addEventListener("dblclick", (event) => {
      const one = byOption.get(event.target.closest("[role=option]"));
      if (one) move(other, [one]);
    });
    list.addEventListener("focus", () => {
      if (!list.getAttribute("aria-activedescendant")) makeActive(list, list.firstElementChild);
    });
    list.addEventListener("keydown", keys(list, {
      byOption,
      send: () => {
        const at = [...list.children].findIndex((option) => option.id === list.getAttribute("aria-activedescendant"));
        const those = chosen(list);
        const active = byOption.get(list.children[at]);
        move(other, those.length || !active ? those : [active]);
        makeActive(list, list.children[Math.min(Math.max(at, 0), list.childElementCount - 1)] ?? null);
      },
    }));
  }

  filter.addEventListener("input", (event) => {
    event.stopPropagation(); // a search, not a change to the form
    draw();
    status.textContent = `${lists.left.childElementCount} listed.`;
  });
  filter.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  field.closest("form")?.addEventListener("reset", () => setTimeout(draw));
  // Going back in the browser restores the ticks after this module has run.
  window.addEventListener("pageshow", draw);

  plain.hidden = true;
  field.querySelector("[data-dual]").hidden = false;
  draw();
}

/* What stands in a list for one tick: the name, and beneath it what tells namesakes apart. */
function person(box, id) {
  const { name, note, group } = box.dataset;
  const option = document.createElement("li");
  option.id = id;
  option.setAttribute("role", "option");
  option.setAttribute("aria-selected", "false");
  option.append(line("strong", name));
  const beneath = [note, group].filter(Boolean).join(" · ");
  if (beneath) option.append(line("muted sm", beneath));
  return { box, option, words: folded(`${name} ${note} ${group}`), start: folded(name) };
}

function line(classes, words) {
  const span = document.createElement("span");
  span.className = classes;
  span.textContent = words;
  return span;
}

function choose(one, isChosen) {
  one.option.setAttribute("aria-selected", String(isChosen));
}

function makeActive(list, option) {
  list.querySelector("[data-active]")?.removeAttribute("data-active");
  if (!option) {
    list.removeAttribute("aria-activedescendant");
    return;
  }
  option.setAttribute("data-active", "");
  list.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function keys(list, { byOption, send }) {
  let typed = "";
  let lately = 0;

  return (event) => {
    const options = [...list.children];
    const at = options.findIndex((option) => option.id === list.getAttribute("aria-activedescendant"));
    const go = (index) => {
      const option = options[Math.min(Math.max(index, 0), options.length - 1)];
      if (!option) return;
      makeActive(list, option);
      if (event.shiftKey) choose(byOption.get(option), true);
    };
    const steps = {
      ArrowDown: () => go(at + 1),
      ArrowUp: () => go(at - 1),
      Home: () => go(0),
      End: () => go(options.length - 1),
      PageDown: () => go(at + 8),
      PageUp: () => go(at - 8),
      Enter: send,
      " ": () => {
        const one = byOption.get(options[at]);
        if (one) choose(one, one.option.getAttribute("aria-selected") !== "true");
      },
    };
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a") {
      event.preventDefault();
      const all = options.every((option) => option.getAttribute("aria-selected") === "true");
      for (const option of options) choose(byOption.get(option), !all);
    } else if (event.ctrlKey || event.metaKey || event.altKey) {
      // The browser's own.
    } else if (steps[event.key]) {
      event.preventDefault();
      steps[event.key]();
    } else if (event.key.length === 1) {
      event.preventDefault();
      typed = event.timeStamp - lately < LETTERS_MS ? typed + event.key : event.key;
      lately = event.timeStamp;
      const from = typed.length === 1 ? at + 1 : Math.max(at, 0);
      const turned = [...options.slice(from), ...options.slice(0, from)];
      const found = turned.find((option) => byOption.get(option).start.startsWith(folded(typed)));
      if (found) go(options.indexOf(found));
    }
  };
}
