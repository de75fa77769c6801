// The least that a page needs; the real front end replaces it.
const at = id => document.getElementById(id);
const address = new URL("ws", location.href);
address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
let socket, number = 0;
const send = message => socket.readyState === 1 && socket.send(JSON.stringify({...message, n: ++number}));
const show = section => {
  if (section.robot) at("banner").textContent = [section.robot.connected ? section.robot.mode.toUpperCase() : "CONNECTION LOST", section.robot.skill, section.robot.reason].filter(Boolean).join(" · ");
  if (section.events) at("events").replaceChildren(...section.events.slice(-8).reverse().map(event => Object.assign(document.createElement("li"), {textContent: event.text})));
};
const open = () => {
  socket = new WebSocket(address);
  socket.onmessage = ({data}) => {
    const message = JSON.parse(data);
    if (message.t === "state") show(message.s);
    if (message.t === "ack") at("why").textContent = message.ok ? "" : message.why;
  };
  socket.onclose = () => { at("banner").textContent = "CONNECTION LOST"; setTimeout(open, 500); };
};
for (const kind of ["stop", "estop", "reset"]) at(kind).onclick = () => send({t: kind});
at("say").onsubmit = event => { event.preventDefault(); send({t: "say", words: at("words").value}); at("words").value = ""; };
open();
