/* U2F keys: registering one in the pop-up, and giving one at login, to elevate and to confirm. */
import { fresh, post, refusal } from "./dom.js";

const REFUSED = "Unable to verify your U2F key";
const TAKEN = "This key is registered already, here or for somebody else. It must be removed there first.";

function toBytes(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function toText(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function described(list) {
  return (list ?? []).map((entry) => ({ ...entry, id: toBytes(entry.id) }));
}

/* Browsers that know keys but not yet their JSON. */
function creationOptions(question) {
  if (PublicKeyCredential.parseCreationOptionsFromJSON) return PublicKeyCredential.parseCreationOptionsFromJSON(question);
  return {
    ...question,
    challenge: toBytes(question.challenge),
    user: { ...question.user, id: toBytes(question.user.id) },
    excludeCredentials: described(question.excludeCredentials),
  };
}

function requestOptions(question) {
  if (PublicKeyCredential.parseRequestOptionsFromJSON) return PublicKeyCredential.parseRequestOptionsFromJSON(question);
  return { ...question, challenge: toBytes(question.challenge), allowCredentials: described(question.allowCredentials) };
}

function written(credential) {
  const { response } = credential;
  const answer = { clientDataJSON: toText(response.clientDataJSON) };
  if (response.attestationObject) answer.attestationObject = toText(response.attestationObject);
  if (response.authenticatorData) answer.authenticatorData = toText(response.authenticatorData);
  if (response.signature) answer.signature = toText(response.signature);
  return JSON.stringify({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    response: answer,
    clientExtensionResults: {},
  });
}

async function asked(url, body) {
  let response;
  try {
    response = await post(url, body);
  } catch {
    throw new Error(refusal(0));
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new Error(refusal(response.status, answer));
  return answer;
}

function show(root, name, isShown) {
  for (const part of root.querySelectorAll(`[data-u2f-${name}]`)) part.hidden = !isShown;
}

function startCheck(section) {
  const form = document.getElementById(section.dataset.form);
  const button = section.querySelector("[data-u2f-start]");
  let isBusy = false;

  async function check() {
    const password = form.elements.password;
    if (password && !password.value) {
      password.focus();
      return;
    }
    if (isBusy) return;
    isBusy = true;
    show(section, "failed", false);
    show(section, "waiting", true);
    try {
      const question = await asked(section.dataset.question);
      if (!question.allowCredentials?.length) throw new Error(REFUSED);
      const credential = await navigator.credentials.get({ publicKey: requestOptions(question) });
      form.elements.answer.value = written(credential);
      form.submit();
    } catch {
      show(section, "failed", true);
      show(section, "help", true);
    } finally {
      show(section, "waiting", false);
      isBusy = false;
    }
  }

  button.addEventListener("click", check);
  if ("auto" in section.dataset) check();
}

function startRegistration(form) {
  const dialog = form.closest("dialog");
  const name = form.elements.name;

  function refuse(words) {
    form.querySelector("[data-u2f-words]").textContent = words;
    show(form, "failed", true);
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.dataset.busy) return;
    show(form, "failed", false);
    if (!name.value.trim()) {
      refuse("Give the key a name.");
      name.focus();
      return;
    }
    form.dataset.busy = "true";
    show(form, "waiting", true);
    try {
      const question = await asked(form.dataset.question);
      const credential = await navigator.credentials.create({ publicKey: creationOptions(question) });
      const body = new FormData();
      body.set("name", name.value);
      body.set("answer", written(credential));
      const { codes } = await asked(form.dataset.register, body);
      finish(codes);
    } catch (error) {
      if (error instanceof DOMException) refuse(error.name === "InvalidStateError" ? TAKEN : REFUSED);
      else refuse(error.message || REFUSED);
    } finally {
      show(form, "waiting", false);
      delete form.dataset.busy;
    }
  });

  function finish(codes) {
    const list = dialog.querySelector("[data-u2f-codes] ul");
    for (const code of codes) {
      const item = document.createElement("li");
      item.append(Object.assign(document.createElement("code"), { textContent: code }));
      list.append(item);
    }
    show(dialog, "codes", codes.length > 0);
    form.hidden = true;
    show(dialog, "done", true);
    dialog.querySelector("[data-u2f-done-words]").focus();
    dialog.addEventListener("close", () => window.location.assign(form.dataset.after));
  }
}

export function startSecurityKeys(root) {
  const isSupported = window.isSecureContext && "PublicKeyCredential" in window;
  for (const notice of root.querySelectorAll("[data-u2f-unsupported]")) notice.hidden = isSupported;
  if (!isSupported) return;
  for (const section of fresh(root, "[data-u2f-check]", "u2f")) startCheck(section);
  for (const form of fresh(root, "[data-u2f-register]", "u2f")) startRegistration(form);
}
