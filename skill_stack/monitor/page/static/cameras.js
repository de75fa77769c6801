// What the cameras see, with a box and a name around everything that was recognised.

import { $, keyed, make, mark, tell } from "./dom.js";
import { address, state, watch } from "./page.js";
import { seen, shown } from "./tabs.js";
import { percent, plain, t } from "./words.js";

function createCamera(camera) {
  const picture = make("img", { decoding: "async" });
  picture.addEventListener("load", () => ready(picture));
  picture.addEventListener("error", () => ready(picture));
  const boxes = make("ul", { class: "boxes" });
  return make("li", {}, make("figure", {}, make("div", { class: "frame" }, picture, boxes),
    make("figcaption", { told: plain(camera.name) })));
}

/** A slow browser gets the next picture after the one before, and leaves out those between. */
function ready(picture) {
  if (picture.naturalHeight)
    picture.parentElement.style.setProperty("--ratio", picture.naturalWidth / picture.naturalHeight);
  picture.dataset.loading = "";
  if (picture.dataset.wanted) load(picture, picture.dataset.wanted);
}

function load(picture, url) {
  if (picture.src === url) return;
  if (picture.dataset.loading) {
    picture.dataset.wanted = url;
    return;
  }
  picture.dataset.wanted = "";
  picture.dataset.loading = "yes";
  picture.src = url;
}

function updateCamera(item, camera) {
  const [picture, boxes] = item.querySelector(".frame").children;
  picture.alt = t("camera.alt", { camera: plain(camera.name) });
  load(picture, address(`camera/${encodeURIComponent(camera.name)}.jpg?v=${camera.v}`));
  keyed(boxes, camera.boxes ?? [], (one, index) => index, () => make("li", {}, make("span")), (row, one) => {
    const [x0, y0, x1, y1] = one.box;
    Object.assign(row.style, {
      left: `${100 * x0}%`, top: `${100 * y0}%`, width: `${100 * (x1 - x0)}%`, height: `${100 * (y1 - y0)}%`,
    });
    mark(row, "data-low", y0 < 0.08);
    tell(row.firstChild, `${plain(one.name)} ${percent(one.confidence)}`);
  });
}

function show() {
  const cameras = state.cameras ?? [];
  $("cameras-empty").hidden = cameras.length > 0;
  if (seen("panel-cameras")) keyed($("camera-list"), cameras, (one) => one.name, createCamera, updateCamera);
}

export function start() {
  watch(["cameras", "me"], show);
  shown.addEventListener("panel", show);
  document.addEventListener("visibilitychange", show);
}
