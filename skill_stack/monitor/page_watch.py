"""A watch-dog script in the browser that reports an unconfirmed press."""

from __future__ import annotations

CONFIRMED = "ss-confirmed"
"""Id of the element whose attributes ``data-estop``, ``data-stop`` and ``data-reset`` count confirmations."""
WARNING = "ss-unconfirmed"
"""Id of the bar for an unconfirmed press."""
WATCHING = "ss-watching"
"""Id of the line that marks the page as view-only."""
LIMIT = 0.3
"""Time within which a press must be confirmed, s."""
KINDS = {"E-STOP": "estop", "Stop": "stop", "Reset": "reset"}
"""Label of each button, and its request."""

SCRIPT = """<script>
(() => {
const KINDS = {"E-STOP": "estop", "Stop": "stop", "Reset": "reset"}, LIMIT = LIMIT_MS;
const count = kind => Number(document.getElementById("CONFIRMED_ID")?.dataset[kind] ?? -1);
const bar = (id, style) => {
  let found = document.getElementById(id);
  if (!found) {
    found = document.createElement("div");
    found.id = id;
    found.setAttribute("role", "alert");
    found.style = "position:fixed;z-index:99999;pointer-events:none;left:0;color:#fff;font-family:sans-serif;" + style;
    document.body.append(found);
  }
  return found;
};
const unconfirmed = new Set();
let fading = 0;
const say = (text, colour) => {
  clearTimeout(fading);
  const found = bar("WARNING_ID", "top:0;right:370px;padding:14px;font-size:20px;font-weight:700;text-align:center");
  found.style.background = colour;
  found.textContent = text;
  return found;
};
const warn = () => say([...unconfirmed].map(label =>
  `${label} WAS NOT CONFIRMED. Use the remote, the power switch or: skill-stack ${KINDS[label]}`).join(" "), "#c01818");
const confirm = (label, seconds) => {
  if (!unconfirmed.delete(label)) return;
  if (unconfirmed.size) return void warn();
  const found = say(`${label} was confirmed after ${seconds.toFixed(1)} s`, "#1a7f37");
  fading = setTimeout(() => found.remove(), 5000);
};
document.addEventListener("click", event => {
  const button = event.target instanceof Element && event.target.closest("button");
  const label = button && button.textContent.trim(), kind = label && KINDS[label];
  if (!kind) return;
  const before = count(kind), began = performance.now();
  let late = false;
  const look = () => {
    const passed = performance.now() - began;
    if (before >= 0 && count(kind) > before) return confirm(label, passed / 1000);
    if (passed > LIMIT && !late) {
      late = true;
      unconfirmed.add(label);
      warn();
    }
    setTimeout(look, 50);
  };
  setTimeout(look, 50);
}, true);
addEventListener("DOMContentLoaded", () => {
  if (location.pathname === "/" || location.pathname === "/index.html")
    bar("WATCHING_ID", "bottom:0;padding:6px 12px;font-size:13px;background:#374151").textContent =
      "Watching. On the robot's machine Stop and E-STOP work; for all else open the address that the stack printed.";
});
})();
</script>"""
"""Script in the head of the page. It shares only the texts of buttons and one element written by the server with the
page's library, so it also works when the library hangs or has lost its connection.
"""


for _name, _value in {
    "LIMIT_MS": f"{1000 * LIMIT:.0f}", "CONFIRMED_ID": CONFIRMED, "WARNING_ID": WARNING, "WATCHING_ID": WATCHING,
}.items():  # fmt: skip
    SCRIPT = SCRIPT.replace(_name, _value)


def confirmed(counts: dict[str, int]) -> str:
    """The element that reports to browsers what was confirmed so far.

    Args:
        counts: How often each of ``estop``, ``stop`` and ``reset`` was brought to the robot.
    """
    data = " ".join(f'data-{kind}="{counts.get(kind, 0)}"' for kind in KINDS.values())
    return f'<span id="{CONFIRMED}" hidden {data}></span>'
