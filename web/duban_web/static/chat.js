// The local chat: one event stream in, small POSTs out. Messages come as Telegram's HTML subset, made by our templates.
"use strict";

const chat = document.querySelector(".chat");
const base = `/chat/${chat.dataset.user}`;
const list = document.getElementById("messages");
const line = document.getElementById("line");
const fault = document.getElementById("fault");
const office = document.title;
const text = document.getElementById("text");
const clock = new Intl.DateTimeFormat("zh-CN", {
  timeZone: chat.dataset.zone, month: "long", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
});

const ALLOWED = new Set(["B", "STRONG", "I", "EM", "U", "S", "CODE", "PRE", "A", "BLOCKQUOTE"]);

function safe(html) {
  const source = new DOMParser().parseFromString(html, "text/html").body;
  const copy = (from, into) => {
    for (const node of from.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) into.append(node.textContent);
      else if (node.nodeType === Node.ELEMENT_NODE) {
        const known = ALLOWED.has(node.tagName) ? document.createElement(node.tagName) : into;
        if (node.tagName === "A" && /^https?:\/\//.test(node.getAttribute("href") || "")) {
          known.href = node.getAttribute("href");
          known.target = "_blank";
          known.rel = "noopener noreferrer";
        }
        copy(node, known);
        if (known !== into) into.append(known);
      }
    }
  };
  const out = document.createDocumentFragment();
  copy(source, out);
  return out;
}

async function post(path, fields) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  try {
    const answer = await fetch(base + path, { method: "POST", body });
    fault.hidden = answer.ok;
    fault.textContent = answer.status === 413 ? fault.dataset.large : fault.dataset.text;
    return answer.ok;
  } catch {
    fault.textContent = fault.dataset.text;
    fault.hidden = false;
    return false;
  }
}

function show(message) {
  const old = document.getElementById(`m${message.id}`);
  const item = document.createElement("li");
  item.id = `m${message.id}`;
  item.className = message.side;
  const bubble = document.createElement("div");
  bubble.className = "bubble";
  if (message.file) {
    const link = document.createElement("a");
    link.href = `${base}/file/${message.id}`;
    link.textContent = message.file;
    bubble.append(link);
    if (message.side === "bot") bubble.append("\n", safe(message.html));
  } else bubble.append(safe(message.html));
  item.append(bubble);
  if (message.buttons.length) {
    const rows = document.createElement("div");
    rows.className = "buttons";
    for (const row of message.buttons) {
      const div = document.createElement("div");
      for (const { label, data } of row) {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = label;
        button.dataset.data = data;
        button.addEventListener("click", async () => {
          button.disabled = true;
          await post("/press", { message: message.id, data });
          button.disabled = false;
        });
        div.append(button);
      }
      rows.append(div);
    }
    item.append(rows);
  }
  const time = document.createElement("time");
  time.dateTime = message.at;
  time.textContent = clock.format(new Date(message.at));
  item.append(time);
  if (old) old.replaceWith(item);
  else list.append(item);
  if (!old) item.scrollIntoView({ block: item.offsetHeight > list.clientHeight ? "start" : "end" }); // a long one from its first line
}

const events = new EventSource(`${base}/events`);
events.addEventListener("history", (event) => {
  list.replaceChildren();
  JSON.parse(event.data).forEach(show);
});
events.addEventListener("message", (event) => show(JSON.parse(event.data)));
events.addEventListener("name", (event) => {
  const name = JSON.parse(event.data);
  document.getElementById("name").textContent = name;
  document.title = `${name} · ${office}`;
});
events.onopen = () => { line.textContent = line.dataset.on; };
events.onerror = () => { line.textContent = line.dataset.off; };

document.getElementById("say").addEventListener("submit", async (event) => {
  event.preventDefault();
  const words = text.value.trim();
  if (!words) return;
  text.value = "";
  if (!(await post("/say", { text: words }))) text.value = words;
  text.focus();
});
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    document.getElementById("say").requestSubmit();
  }
});
document.getElementById("file").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (file) await post("/upload", { file });
  event.target.value = "";
});
