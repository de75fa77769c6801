// Language, light or dark, and what is done with the run as a whole.

import { $, make, mark } from "./dom.js";
import { administers, address, ask, note, onLink, operates, refresh, watch } from "./page.js";
import { LANGUAGES, asked, load, spoken, t, use } from "./words.js";

/** Shows the whole page with other texts: what was built with those before is built again. */
export function respeak(texts, language = spoken()) {
  use(texts, language);
  for (const list of document.querySelectorAll("[data-keyed]")) list.replaceChildren();
  refresh();
}

function showTheme() {
  const kept = localStorage.getItem("theme") ?? "auto";
  for (const button of $("theme").children) mark(button, "aria-pressed", button.value === kept ? "true" : "false");
}

function chooseTheme(value) {
  localStorage.setItem("theme", value);
  dispatchEvent(new Event("theme-asked"));
  showTheme();
}

async function keep() {
  const { ok } = await ask("keep");
  if (ok) note(t("keep.done"), "good");
}

/** The page of the recordings has a port of its own; its address comes once it is there. */
function showRecordings(url) {
  if (!/^https?:/.test(url)) return;
  $("recordings-link").href = url;
  $("recordings-link").hidden = false;
  $("settings").open = true;
  $("recordings-link").focus();
}

/** A menu closes when the focus or the pointer goes elsewhere. */
function closeMenus(event) {
  for (const menu of document.querySelectorAll("details.menu[open]"))
    if (!menu.contains(event.target) || event.key === "Escape") menu.open = false;
}

export async function start() {
  const choice = $("language");
  for (const [name, label] of Object.entries(LANGUAGES)) choice.append(make("option", { value: name, text: label, lang: name }));
  use(await load(asked()), asked());
  choice.value = spoken();
  choice.addEventListener("change", async () => {
    localStorage.setItem("language", choice.value);
    respeak(await load(choice.value), choice.value);
  });
  for (const button of $("theme").children) button.addEventListener("click", () => chooseTheme(button.value));
  showTheme();
  $("keep").addEventListener("click", keep);
  $("recordings").addEventListener("click", () => ask("recordings"));
  onLink(({ what, url }) => what === "recordings" && showRecordings(url));
  $("report").href = address("report.zip");
  for (const event of ["pointerdown", "focusin", "keydown"]) addEventListener(event, closeMenus);
  watch(["me", "link"], () => {
    $("keep").hidden = !operates();
    $("recordings").hidden = $("report").hidden = !administers();
    $("watching").hidden = operates();
  });
}
