// The texts of the page: one file per language, chosen by the browser or by the person.

/** Languages that have a file in `text/`, and what each calls itself. */
export const LANGUAGES = { en: "English", de: "Deutsch" };

let texts = {};
let language = "en";

/** The present language. */
export const spoken = () => language;

/** The language that is asked for: by the switch, else the first of the browser's that is here, else English. */
export function asked() {
  const kept = localStorage.getItem("language");
  if (kept in LANGUAGES) return kept;
  return navigator.languages.map((one) => one.slice(0, 2)).find((one) => one in LANGUAGES) ?? "en";
}

/** Reads the texts of a language. */
export async function load(name) {
  return (await fetch(`/static/text/${name}.json`)).json();
}

/** Uses texts by key, and puts them into all elements that name one. */
export function use(given, name) {
  texts = given;
  language = name;
  document.documentElement.lang = name;
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = t(element.dataset.text);
  for (const element of document.querySelectorAll("[data-label]"))
    element.setAttribute("aria-label", t(element.dataset.label));
  for (const element of document.querySelectorAll("[data-placeholder]"))
    element.placeholder = t(element.dataset.placeholder);
  for (const element of document.querySelectorAll("[data-hint]")) element.title = t(element.dataset.hint);
}

/** Whether there is a text. */
export const has = (key) => key in texts;

/** A text with its placeholders filled in. With a `count`, `KEY.one` is taken where the language says so. */
export function t(key, values = {}) {
  const one = "count" in values && new Intl.PluralRules(language).select(values.count) === "one";
  const text = (one && texts[`${key}.one`]) || texts[key] || key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** A number with so many digits after the point. */
export const number = (value, digits = 0) =>
  new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);

/** A share of 0 to 1 in percent. */
export const percent = (value) =>
  new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 }).format(value);

/** A time of the day, from seconds since 1970. */
export const clock = (at) =>
  new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).format(1000 * at);

/** A name of the robot's world as words. */
export const plain = (name) => String(name ?? "").replaceAll("_", " ");
