// Elements of the page, made without markup: whatever comes from a robot, a model or a person goes in as text.

/** The element of an id. */
export const $ = (id) => document.getElementById(id);

/**
 * Makes an element.
 * @param {string} tag Its kind.
 * @param {object} set `text`: a text of the page; `told`: a text of the robot, which is English; `onEVENT`: a listener;
 *   anything else is an attribute, left out when it is false, null or undefined.
 * @param {...(Node|null)} children What is in it.
 */
export function make(tag, set = {}, ...children) {
  const out = document.createElement(tag);
  for (const [name, value] of Object.entries(set)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "text") out.textContent = value;
    else if (name === "told") tell(out, value);
    else if (name.startsWith("on")) out.addEventListener(name.slice(2), value);
    else out.setAttribute(name, value === true ? "" : value);
  }
  out.append(...children.filter(Boolean));
  return out;
}

/** Sets a text of the page, if it differs: what did not change is not read aloud again. */
export function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Sets a text of the robot; it is English in every language of the page. */
export function tell(element, text) {
  element.lang = "en";
  put(element, String(text ?? ""));
}

/** Sets or removes an attribute. */
export function mark(element, name, value) {
  if (value === null || value === undefined || value === false) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value === true ? "" : value);
}

/**
 * Shows one child per item. Children of items that stay are kept, with their focus and their inputs.
 * @param {Element} parent Where.
 * @param {Array} items What.
 * @param {(item, index) => string|number} key Name of an item.
 * @param {(item) => Element} create Makes the child of a new item.
 * @param {(child, item) => void} update Brings a child up to date.
 */
export function keyed(parent, items, key, create, update = () => {}) {
  parent.dataset.keyed = "";
  const names = items.map((item, index) => String(key(item, index)));
  const staying = new Set(names);
  const there = new Map();
  for (const child of [...parent.children])
    if (staying.has(child.dataset.key)) there.set(child.dataset.key, child);
    else child.remove();
  items.forEach((item, index) => {
    const child = there.get(names[index]) ?? create(item);
    child.dataset.key = names[index];
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
    update(child, item);
  });
}

/** A colour of the present theme, by the name of its variable. */
export const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** Prepares a canvas for sharp drawing in CSS pixels; null while it is not shown. */
export function sheet(canvas) {
  const { width, height } = canvas.getBoundingClientRect();
  if (!width || !height) return null;
  const scale = devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
  }
  const pen = canvas.getContext("2d");
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height);
  return { pen, width, height };
}
