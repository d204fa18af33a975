/* Files go to the draft one request each, with progress; the form then carries only their ids. */
import { copyOf, csrfToken, fill, fresh, heed, post, refusal } from "./dom.js";

const parsed = (text) => { try { return JSON.parse(text); } catch { return null; } };

export function startUploads(root) {
  for (const area of fresh(root, "[data-upload]", "upload")) start(area);
}

function start(area) {
  const box = area.querySelector("[data-upload-box]");
  const input = box.querySelector('input[type="file"]');
  const list = area.querySelector("[data-upload-list]");
  const status = area.querySelector("[data-upload-status]");
  const template = area.querySelector("[data-upload-template]");
  const form = area.closest("form");
  const waiting = [];
  let running = null;

  const changed = () => area.dispatchEvent(new Event("change", { bubbles: true }));

  function fail(item, sentence) {
    item.querySelector("progress")?.remove();
    item.querySelector(".error")?.remove();
    const line = document.createElement("p");
    line.className = "error";
    line.textContent = sentence;
    item.append(line);
    fill(item, { state: "" });
    status.textContent = `${item.querySelector(".file-name").textContent}: ${sentence}`;
  }

  function done(item, answer) {
    item.querySelector("progress")?.remove();
    fill(item, { name: answer.name, state: "uploaded" });
    if (answer.remove_url) item.dataset.removeUrl = answer.remove_url;
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = area.dataset.uploadName;
    field.value = answer.id;
    item.append(field);
    status.textContent = `${answer.name} uploaded.`;
    changed();
  }

  function next() {
    if (running || waiting.length === 0) return;
    const { file, item } = waiting.shift();
    if (!item.isConnected) return next();
    const request = new XMLHttpRequest();
    running = { item, request };
    const bar = item.querySelector("progress");
    bar.setAttribute("aria-label", `Upload of ${file.name}`);
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      bar.value = Math.round((event.loaded / event.total) * 100);
      fill(item, { state: bar.value < 100 ? `${bar.value}%` : "checking" });
    });
    request.addEventListener("loadend", () => {
      running = null;
      heed(request.status);
      if (item.isConnected) {
        const answer = parsed(request.responseText);
        if (request.status >= 200 && request.status < 300 && answer?.id) done(item, answer);
        else fail(item, refusal(request.status, answer));
      }
      next();
    });
    request.open("POST", area.dataset.uploadUrl);
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.setRequestHeader("Accept", "application/json");
    const body = new FormData();
    body.append("file", file);
    request.send(body);
  }

  function add(files) {
    for (const file of files) {
      const item = copyOf(template);
      fill(item, { name: file.name, state: "waiting" });
      list.append(item);
      waiting.push({ file, item });
    }
    next();
  }

  input.addEventListener("change", (event) => {
    event.stopPropagation();
    add([...input.files]);
    input.value = ""; // The files travel by themselves; the form must not send them again.
  });

  let depth = 0;
  box.addEventListener("dragenter", (event) => { event.preventDefault(); depth += 1; box.classList.add("over"); });
  box.addEventListener("dragover", (event) => event.preventDefault());
  box.addEventListener("dragleave", () => { depth -= 1; if (depth <= 0) box.classList.remove("over"); });
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    depth = 0;
    box.classList.remove("over");
    add([...event.dataTransfer.files]);
  });
  // A file dropped beside the box would otherwise replace the page, and the half-filled form with it.
  for (const type of ["dragover", "drop"]) {
    window.addEventListener(type, (event) => { if (event.dataTransfer?.types.includes("Files")) event.preventDefault(); });
  }

  list.addEventListener("click", async (event) => {
    const item = event.target.closest("[data-upload-remove]")?.closest("[data-upload-item]");
    if (!item) return;
    if (running?.item === item) running.request.abort();
    if (item.dataset.removeUrl) {
      try {
        const response = await post(item.dataset.removeUrl, new URLSearchParams());
        if (!response.ok) throw new Error(refusal(response.status, parsed(await response.text())));
      } catch (error) {
        fail(item, error instanceof TypeError ? refusal(0) : error.message);
        return;
      }
    }
    const name = item.querySelector(".file-name").textContent;
    item.remove();
    status.textContent = `${name} removed.`;
    input.focus();
    changed();
  });

  form?.addEventListener("submit", (event) => {
    if (!running && waiting.length === 0) return;
    event.preventDefault();
    status.classList.remove("vh");
    status.textContent = "Files are still on their way. Try again once they are uploaded, or remove them.";
    area.scrollIntoView({ block: "center" });
  }, { capture: true });
}
