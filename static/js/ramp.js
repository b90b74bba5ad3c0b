/** Colours of the index, low to high: the design's ramp, the same in both themes, so that a map means the same. */
export const RAMP = ["#16222e", "#18344a", "#1f4a60", "#2b6670", "#4f8a76", "#9aa25a", "#d7a03f", "#e28a3a", "#e5683a"];

/** @param {number|null} share 0 to 1 @returns {string} */
export function colour(share) {
  if (share === null || Number.isNaN(share)) return "#00000000";
  return RAMP[Math.min(RAMP.length - 1, Math.max(0, Math.floor(share * RAMP.length)))];
}

/** Fills a legend's drawing, 180 units wide. @param {SVGElement} svg */
export function drawRamp(svg) {
  const wide = 180 / RAMP.length;
  svg.replaceChildren(...RAMP.map((fill, number) => {
    const part = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    for (const [name, value] of Object.entries({ x: number * wide, width: wide + 0.5, height: 10, fill })) part.setAttribute(name, value);
    return part;
  }));
}

/** A bar that is so full. @param {number} percent 0 to 100 @param {string} kind class @param {string} label */
export function bar(percent, kind, label) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", `bar ${kind}`);
  svg.setAttribute("viewBox", "0 0 100 4");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  for (const [name, width] of [["track", 100], ["fill", Math.max(0, Math.min(100, percent))]]) {
    const part = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    part.setAttribute("class", name);
    part.setAttribute("width", width);
    part.setAttribute("height", 4);
    svg.append(part);
  }
  return svg;
}
