/** The button on the case sheet. */
document.getElementById("print").addEventListener("click", () => print());
