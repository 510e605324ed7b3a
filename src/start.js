// Starts the browser part of a page: runs in every page, before anything else.
const root = document.documentElement;
const { js, wasm } = document.getElementById("start").dataset;

// Where the browser part cannot take over, because an extension has changed the page before it or it has failed, the
// page goes on as plain HTML: nothing of what is left of it may come between its links and forms.
const goOnPlain = () => {
  root.dataset.scripts = "failed";
  for (const type of ["change", "click", "input", "keydown", "paste", "popstate", "submit"]) {
    addEventListener(type, (event) => event.stopImmediatePropagation(), true);
  }
};
addEventListener("plain", goOnPlain, { once: true });

// An answer of another version of the program: the reader is told, and reloads when it suits.
const { fetch } = window;
window.fetch = async (...call) => {
  const answer = await fetch(...call);
  const bundle = answer.headers.get("x-bundle");
  if (bundle && bundle !== root.dataset.bundle) root.dataset.outdated = "true";
  return answer;
};

// Reloads with what was entered into the question, and not sent yet.
let touched = false;
addEventListener("input", (event) => { touched ||= event.target.form?.id === "query-form"; }, true);
addEventListener("click", (event) => {
  const form = document.getElementById("query-form");
  touched ||= form?.contains(event.target) ?? false;
  if (event.target.id !== "reload" || !form || !touched) return;
  event.preventDefault();
  location.assign(`${location.pathname}?${new URLSearchParams(new FormData(form))}`);
}, true);

import(js)
  .then((bundle) => bundle.default({ module_or_path: wasm }).then(() => bundle.hydrate()))
  .catch((error) => {
    console.error(error);
    goOnPlain();
  });
