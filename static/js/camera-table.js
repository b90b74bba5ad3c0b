/** Ticks of the table of cameras: all of a page at once, and how many there are. */

const all = document.getElementById("choose-all");
const count = document.getElementById("chosen-count");
const ticks = [...document.querySelectorAll("#cameras tbody input[type=checkbox]")];

function told() {
  const chosen = ticks.filter((tick) => tick.checked).length;
  count.textContent = chosen || "";
  all.checked = chosen > 0 && chosen === ticks.length;
  all.indeterminate = chosen > 0 && chosen < ticks.length;
}

if (all) {
  all.addEventListener("change", () => {
    for (const tick of ticks) tick.checked = all.checked;
    told();
  });
  for (const tick of ticks) tick.addEventListener("change", told);
  told();
}
for (const form of document.querySelectorAll("#narrow")) {
  form.addEventListener("formdata", ({ formData }) => {
    for (const [name, value] of [...formData]) if (!value) formData.delete(name); // an address says only what is asked
  });
}
