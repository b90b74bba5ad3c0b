/** Footage is large: shows how much of it has arrived. Without this the form works all the same. */

function prepare() {
  const form = document.getElementById("upload");
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form);
  });
}

function send(form) {
  const bar = form.querySelector("progress");
  const state = form.querySelector("[data-upload-state]");
  const button = form.querySelector("button.primary");
  const request = new XMLHttpRequest();
  request.open("POST", location.href);
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    bar.value = (100 * loaded) / total;
    state.textContent = loaded < total ? `${form.dataset.sending} ${Math.round(bar.value)} %` : form.dataset.checking;
  });
  request.addEventListener("load", () => showAnswer(request.responseText));
  request.addEventListener("error", () => {
    button.disabled = false;
    state.textContent = document.getElementById("notices").dataset.failed;
  });
  button.disabled = true;
  bar.hidden = state.hidden = false;
  request.send(new FormData(form));
}

/** The answer is the page itself, with its errors or its good news. */
function showAnswer(html) {
  const answer = new DOMParser().parseFromString(html, "text/html");
  for (const id of ["main", "notices"]) {
    const part = answer.getElementById(id);
    if (part) document.getElementById(id).replaceWith(part);
  }
  prepare();
}

prepare();
