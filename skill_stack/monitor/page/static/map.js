// The map from above: what is occupied, where the robot is, goes and looked, and what it knows of.

import { $, colour, keyed, make, put, sheet, tell } from "./dom.js";
import { address, state, watch } from "./page.js";
import { seen, shown } from "./tabs.js";
import { number, plain, t } from "./words.js";

const MARGIN = 28; // px around what is shown
const LEAST = 4; // m that are shown at least
const LOOKS = 40; // newest looks that are drawn

let grid = null; // picture of the occupancy
let version = null;
let waiting = false;
let zoom = 1;

const nameOf = (object) => object.label || plain(object.name);

/** Corners of everything that is known, m. */
function bounds() {
  const { objects = [], walls = [], path = [] } = state.scene ?? {};
  const xs = [], ys = [];
  const add = (x, y) => Number.isFinite(x) && Number.isFinite(y) && (xs.push(x), ys.push(y));
  objects.forEach((one) => add(one.x, one.y));
  walls.forEach(([x0, y0, x1, y1]) => (add(x0, y0), add(x1, y1)));
  path.forEach(([x, y]) => add(x, y));
  if (state.robot?.place) add(...state.robot.place);
  const map = state.map;
  if (map && grid && !walls.length) {
    add(...map.origin);
    add(map.origin[0] + map.width * map.resolution, map.origin[1] + map.height * map.resolution);
  }
  if (!xs.length) return { x: 0, y: 0, wide: LEAST, high: LEAST };
  const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  return {
    x: (left + right) / 2, y: (low + high) / 2, wide: Math.max(LEAST, right - left), high: Math.max(LEAST, high - low),
  };
}

/** Turns places of the map, m, into those of the canvas, px. */
function projection({ width, height }) {
  const whole = bounds();
  const scale = zoom * Math.min((width - 2 * MARGIN) / whole.wide, (height - 2 * MARGIN) / whole.high);
  const middle = zoom > 1 && state.robot?.place ? state.robot.place : [whole.x, whole.y];
  const at = (x, y) => [width / 2 + (x - middle[0]) * scale, height / 2 - (y - middle[1]) * scale];
  return { at, scale };
}

function drawGrid(pen, { at, scale }) {
  const map = state.map;
  if (!map || !grid) return;
  const [x, y] = at(map.origin[0], map.origin[1] + map.height * map.resolution);
  pen.imageSmoothingEnabled = false;
  pen.globalAlpha = 0.55;
  pen.drawImage(grid, x, y, map.width * map.resolution * scale, map.height * map.resolution * scale);
  pen.globalAlpha = 1;
}

function drawLooks(pen, { at, scale }) {
  pen.fillStyle = colour("look");
  for (const [x, y, yaw, range] of (state.scene?.looked ?? []).slice(-LOOKS)) {
    const [u, v] = at(x, y);
    pen.beginPath();
    pen.moveTo(u, v);
    pen.arc(u, v, range * scale, -yaw - 0.5, -yaw + 0.5);
    pen.fill();
  }
}

function drawLine(pen, { at }, points, width, name) {
  if (points.length < 2) return;
  pen.strokeStyle = colour(name);
  pen.lineWidth = width;
  pen.lineJoin = pen.lineCap = "round";
  pen.beginPath();
  points.forEach(([x, y], index) => (index ? pen.lineTo(...at(x, y)) : pen.moveTo(...at(x, y))));
  pen.stroke();
}

function drawObjects(pen, { at }) {
  pen.font = "600 12px system-ui, sans-serif";
  pen.textAlign = "center";
  for (const one of state.scene?.objects ?? []) {
    const [u, v] = at(one.x, one.y);
    pen.fillStyle = colour("soft");
    pen.beginPath();
    pen.arc(u, v, 5, 0, 2 * Math.PI);
    pen.fill();
    pen.lineWidth = 3;
    pen.strokeStyle = colour("card");
    pen.strokeText(nameOf(one), u, v - 9);
    pen.fillStyle = colour("ink");
    pen.fillText(nameOf(one), u, v - 9);
  }
}

function drawRobot(pen, { at }) {
  const place = state.robot?.place;
  if (!place) return;
  const [u, v] = at(place[0], place[1]);
  pen.save();
  pen.translate(u, v);
  pen.rotate(-place[2]);
  pen.fillStyle = colour("accent");
  pen.strokeStyle = colour("card");
  pen.lineWidth = 2;
  pen.beginPath();
  pen.moveTo(13, 0);
  pen.lineTo(-9, 9);
  pen.lineTo(-5, 0);
  pen.lineTo(-9, -9);
  pen.closePath();
  pen.fill();
  pen.stroke();
  pen.restore();
}

function draw() {
  waiting = false;
  const paper = seen("panel-map") && sheet($("map"));
  if (!paper) return;
  const { pen } = paper;
  const view = projection(paper);
  drawGrid(pen, view);
  drawLooks(pen, view);
  for (const [x0, y0, x1, y1] of state.scene?.walls ?? []) drawLine(pen, view, [[x0, y0], [x1, y1]], 3, "wall");
  drawLine(pen, view, state.scene?.path ?? [], 4, "accent");
  drawObjects(pen, view);
  drawRobot(pen, view);
  drawRule(paper, view);
}

/** One metre, so that distances can be judged. */
function drawRule({ pen, height }, { scale }) {
  const length = scale < 20 ? 5 : 1;
  pen.strokeStyle = pen.fillStyle = colour("soft");
  pen.lineWidth = 2;
  pen.beginPath();
  pen.moveTo(12, height - 12);
  pen.lineTo(12 + length * scale, height - 12);
  pen.stroke();
  pen.font = "12px system-ui, sans-serif";
  pen.textAlign = "left";
  pen.fillText(`${length} m`, 12, height - 18);
}

function later() {
  if (!waiting) requestAnimationFrame(draw);
  waiting = true;
}

function fetchGrid() {
  const map = state.map;
  if (!map) grid = null;
  if (!map || map.v === version || !seen("panel-map")) return later();
  version = map.v;
  const picture = new Image();
  picture.addEventListener("load", () => {
    grid = picture;
    later();
  });
  picture.src = address(`map.png?v=${map.v}`);
}

/** The same as a list, for those who do not see the drawing. */
function showList() {
  const place = state.robot?.place;
  const objects = (state.scene?.objects ?? []).map((one) => ({
    ...one, away: place ? Math.hypot(one.x - place[0], one.y - place[1]) : null,
  })).sort((a, b) => (a.away ?? 0) - (b.away ?? 0));
  $("map-empty").hidden = objects.length > 0 || Boolean(state.map) || Boolean(state.scene?.walls?.length);
  put($("map-count"), t("map.objects", { count: objects.length }));
  keyed($("map-list"), objects, (one) => one.name, () => make("li", {}, make("span"), make("small")), (row, one) => {
    tell(row.firstChild, nameOf(one));
    put(row.lastChild, one.away === null ? "" : `${number(one.away, 1)} m`);
  });
}

export function start() {
  watch(["map", "link"], fetchGrid);
  watch(["scene", "robot"], later);
  watch(["scene", "me"], showList);
  shown.addEventListener("panel", () => (fetchGrid(), later()));
  addEventListener("theme", later);
  new ResizeObserver(later).observe($("map"));
  $("zoom-in").addEventListener("click", () => ((zoom = Math.min(8, zoom * 1.5)), later()));
  $("zoom-out").addEventListener("click", () => ((zoom = Math.max(1, zoom / 1.5)), later()));
}
