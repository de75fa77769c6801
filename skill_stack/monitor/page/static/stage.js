// The 3-D view in its frame. It is loaded once it is seen: a slow phone does not pay for what it does not show.

import { $ } from "./dom.js";
import { address, linked, watch } from "./page.js";
import { listen } from "./stops.js";
import { seen, shown } from "./tabs.js";
import { t } from "./words.js";

function load() {
  const frame = $("view");
  if (!linked() || !seen("panel-view")) return;
  const url = address(document.documentElement.dataset.theme === "dark" ? "view/?darkMode" : "view/");
  if (frame.src !== url) frame.src = url;
}

export function start() {
  const frame = $("view");
  frame.addEventListener("load", () => frame.src && listen(frame.contentWindow)); // keys in it stop the robot, too
  shown.addEventListener("panel", load);
  document.addEventListener("visibilitychange", load);
  addEventListener("theme", load);
  watch(["link", "me"], () => {
    frame.title = t("view.title");
    load();
  });
}
