// <script src="https://chat.example.com/chat/embed.js" data-channel="web" data-identity="v1.…" async></script>
// data-channel, data-identity, data-label and data-side ("left" or "right") are optional.
"use strict";
(() => {
  const script = document.currentScript;
  if (!script || document.getElementById("baton-chat")) return;
  const page = new URL("../chat", script.src);
  const { channel, identity, label = "Chat with us", side = "right" } = script.dataset;
  if (channel) page.search = "channel=" + encodeURIComponent(channel);

  const host = document.createElement("div");
  host.id = "baton-chat";
  const root = host.attachShadow({ mode: "closed" });
  const set = (node, styles) => { for (const [name, value] of Object.entries(styles)) node.style.setProperty(name, value); };
  const edge = side === "left" ? "left" : "right";

  const button = document.createElement("button");
  button.type = "button";
  button.textContent = label;
  button.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-haspopup", "dialog");
  set(button, {
    "position": "fixed", "bottom": "1rem", [edge]: "1rem", "z-index": "2147483000", "min-height": "3rem",
    "padding": "0 1.25rem", "border": "0", "border-radius": "1.5rem", "background": "#1d4f91", "color": "#fff",
    "font": "600 16px system-ui, sans-serif", "cursor": "pointer", "box-shadow": "0 3px 12px rgb(0 0 0 / .3)",
  });

  let frame = null;
  const open = () => {
    if (!frame) {
      frame = document.createElement("iframe");
      frame.title = label;
      frame.src = page.href;
      frame.setAttribute("role", "dialog");
      set(frame, {
        "position": "fixed", "bottom": "5rem", [edge]: "1rem", "z-index": "2147483000",
        "width": "min(26rem, calc(100vw - 2rem))", "height": "min(40rem, calc(100vh - 7rem))",
        "border": "1px solid #8a94a0", "border-radius": "14px", "background": "Canvas", "box-shadow": "0 6px 30px rgb(0 0 0 / .3)",
      });
      root.append(frame);
    }
    frame.hidden = false;
    frame.style.removeProperty("display");
    button.setAttribute("aria-expanded", "true");
    frame.focus();
  };
  const close = () => {
    frame.style.setProperty("display", "none");
    button.setAttribute("aria-expanded", "false");
    button.focus();
  };
  button.addEventListener("click", () => (button.getAttribute("aria-expanded") === "true" ? close() : open()));
  window.addEventListener("message", ({ source, origin, data }) => {
    if (!frame || source !== frame.contentWindow || origin !== page.origin || !data) return;
    // Who the customer is goes to the chat's own origin alone, and never into an address.
    if (data.baton === "ready") source.postMessage({ baton: "hello", identity }, page.origin);
    if (data.baton === "close") close();
  });
  root.append(button);
  document.body.append(host);
})();
