/** A figure whose clothes are coloured by clicking; the form's own fields hold what counts. */

const box = document.getElementById("dresser");
const form = document.getElementById("case-form");
const parts = [...box.querySelectorAll("[data-part]")];
const radios = [...box.querySelectorAll("input[type=radio]")];
const buttons = [...box.querySelectorAll(".palette button")];
const hex = Object.fromEntries(buttons.map((button) => [button.value, button.querySelector("rect")?.getAttribute("fill") ?? null]));

const field = (name) => form.elements[name];
const chosen = () => radios.find((radio) => radio.checked).value;

/** Draws the figure as the fields say; a second colour without a first shows nothing of its own. */
function draw() {
  for (const part of parts) {
    const colour = hex[field(part.dataset.part).value];
    part.querySelector("path").style.fill = colour ?? "";
    part.classList.toggle("set", Boolean(colour));
    part.classList.toggle("chosen", part.dataset.part === chosen());
  }
  for (const button of buttons) button.setAttribute("aria-pressed", String(button.value === field(chosen()).value));
}

box.addEventListener("click", (event) => {
  const part = event.target.closest("[data-part]");
  if (part) radios.find((radio) => radio.value === part.dataset.part).checked = true;
  const button = event.target.closest(".palette button");
  if (button) {
    field(chosen()).value = button.value;
    field(chosen()).dispatchEvent(new Event("input", { bubbles: true }));
  }
  draw();
});
box.addEventListener("change", draw);
form.addEventListener("input", draw);
form.addEventListener("change", draw);
draw();
