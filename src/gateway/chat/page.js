
"use strict";
(() => {
  // What is kept per tab: the conversation with its token, and messages without an answer.
  const channel = new URLSearchParams(location.search).get("channel");
  const place = "baton:" + (channel || "");
  const el = (id) => document.getElementById(id);
  const log = el("log"), text = el("text"), send = el("send"), human = el("human");
  const MESSAGE_BYTES_MAX = 16 * 1024, WAIT_MIN = 500, WAIT_MAX = 10000, TYPING_EVERY = 3000, IDLE_MS = 4000, EDIT_MS = 15 * 60000;
  const embedded = window.parent !== window;

  const state = {
    conversation: null, token: null, identity: null, unsent: [], stem: "", keys: 0,
    socket: null, open: false, beginning: false, after: 0, newest: 0, attempt: 0, timer: 0, over: false, speaker: null, wish: null, later: false,
    editing: null, ratingKey: null, rated: false, resolved: false, typedAt: 0, idle: 0, day: "",
  };
  const turns = new Map(); // turn -> list item
  const pending = new Map(); // key -> list item

  const store = {
    load() {
      try {
        const kept = JSON.parse(sessionStorage.getItem(place) || "null");
        if (kept) Object.assign(state, {
          conversation: kept.conversation, token: kept.token, unsent: kept.unsent || [], stem: kept.stem, keys: kept.keys || 0, rated: Boolean(kept.rated),
        });
      } catch { /* Nothing kept, or storage is off: the chat lives as long as the page. */ }
      if (!state.stem) {
        state.stem = "w" + Array.from(crypto.getRandomValues(new Uint8Array(8)), (b) => b.toString(16).padStart(2, "0")).join("");
      }
    },
    save() {
      const { conversation, token, unsent, stem, keys, rated } = state;
      try { sessionStorage.setItem(place, JSON.stringify({ conversation, token, unsent, stem, keys, rated })); } catch { /* As above. */ }
    },
    forget() { try { sessionStorage.removeItem(place); } catch { /* As above. */ } },
  };

  // What re-orders a line or hides in it is shown as a dot; the rest of a text is text, never markup.
  const plain = (words) => words.replace(/[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, "·");
  const make = (tag, className, words) => {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (words !== undefined) node.textContent = plain(words);
    return node;
  };
  const show = (id, words) => { const node = el(id); node.textContent = words || ""; node.hidden = !words; };
  const nextKey = () => { state.keys += 1; store.save(); return state.stem + "-" + state.keys; };
  const time = (at) => new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

  // ---- what is shown -------------------------------------------------------------------------

  const atEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  const toEnd = () => { log.scrollTop = log.scrollHeight; el("newer").hidden = true; };

  /** Puts an item where its turn belongs; what has no turn yet stands last. */
  const insert = (item, turn, follow) => {
    const stay = !follow && !atEnd();
    let before = null;
    if (turn !== undefined) {
      turns.set(turn, item);
      item.dataset.turn = turn;
      for (const other of log.children) {
        if (other.dataset.turn === undefined ? other.classList.contains("unsent") : Number(other.dataset.turn) > turn) { before = other; break; }
      }
    }
    log.insertBefore(item, before);
    if (stay) el("newer").hidden = false; else toEnd();
  };

  const dayOf = (at) => {
    const day = new Date(at).toLocaleDateString([], { weekday: "long", day: "numeric", month: "long" });
    if (day === state.day) return;
    state.day = day;
    log.append(make("li", "day", day));
  };

  const capital = (name) => name.charAt(0).toUpperCase() + name.slice(1);
  const nameOf = (speaker) => {
    // The words in brackets are ours: a name cannot claim to be the other.
    if (speaker.kind === "ai") return capital(speaker.name) + " (AI)";
    if (speaker.kind === "human") return capital(speaker.name) + " (person)";
    if (speaker.kind === "you") return "You";
    return speaker.name;
  };

  /** Puts other words in place of an own message's; the edit's number stands for the same item. */
  const replaceWords = (item, turn, words, at) => {
    turns.set(turn, item);
    const bubble = item.querySelector(".bubble");
    if (bubble) bubble.textContent = plain(words);
    mine(item, time(at) + " · edited");
  };

  /** The line below an own message, with the way to change it for as long as it can be. */
  const mine = (item, words) => {
    mark(item, words + " ");
    const left = Number(item.dataset.sent) + EDIT_MS - Date.now();
    // What came without a word has none to change.
    if (left <= 0 || !item.querySelector(".bubble")) return;
    const edit = make("button", "edit", "Edit");
    edit.type = "button";
    edit.addEventListener("click", () => {
      state.editing = Number(item.dataset.turn);
      text.value = item.querySelector(".bubble").textContent;
      el("send").textContent = "Save";
      show("editing", "You are changing a message you sent. Esc leaves it as it is.");
      ready();
      text.focus();
    });
    item.lastElementChild.append(edit);
    setTimeout(() => edit.remove(), left);
  };
  const editingOver = () => { state.editing = null; el("send").textContent = "Send"; show("editing", ""); };

  const addMessage = (message) => {
    const { turn, at, author, sources } = message;
    if (turns.has(turn)) return;
    const before = message.edits !== undefined && turns.get(message.edits);
    if (before) return replaceWords(before, turn, message.text, at);
    dayOf(at);
    const own = author.kind === "you";
    const item = make("li", "message" + (own ? " mine" : "") + (author.kind === "human" ? " person" : ""));
    if (own) item.append(make("span", "hidden", "You: "));
    else item.append(make("p", "meta", nameOf(author)));
    if (message.text || !message.files) item.append(make("p", "bubble", message.text));
    addFiles(item, message.files);
    if (sources && sources.length) item.append(make("p", "sources", "Based on: " + sources.join(", ")));
    item.append(make("p", "meta", time(at) + (message.translated ? " · translated by a machine" : "")));
    item.dataset.sent = at;
    insert(item, turn);
    if (own) mine(item, time(at) + (message.repeats !== undefined ? " · sent twice, answered once" : " · stored"));
  };

  const CHANGES = ["specialist_takes_over", "human_asked", "human_takes_over", "agent_takes_over", "still_waiting", "call_back_arranged"];
  const addNotice = ({ turn, at, sentence, text: words }) => {
    if (turns.has(turn)) return;
    dayOf(at);
    if (sentence !== "greeting") return insert(make("li", "house" + (CHANGES.includes(sentence) ? " change" : ""), words), turn);
    const item = make("li", "message");
    item.append(make("p", "bubble", words));
    insert(item, turn);
  };

  const size = (bytes) => bytes < 1024 ? bytes + " B" : bytes < 1048576 ? Math.ceil(bytes / 1024) + " KB" : (bytes / 1048576).toFixed(1) + " MB";
  /** Files that belong to a message: a line each; a press saves one's own file again. */
  const addFiles = (item, files) => {
    for (const file of files || []) {
      const line = make("p", "sources");
      const save = make("button", "", "▤ " + file.name + " · " + size(file.bytes) + " · " + file.kind);
      save.type = "button";
      save.addEventListener("click", () => download(file));
      line.append(save);
      item.append(line);
    }
  };

  const addPending = (key, words, files) => {
    const item = make("li", "message mine unsent");
    item.append(make("span", "hidden", "You: "));
    if (words) item.append(make("p", "bubble", words));
    addFiles(item, files);
    item.append(make("p", "meta", "sending…"));
    pending.set(key, item);
    insert(item, undefined, true);
  };

  /** Other words for a message that is here already; without it, after a reload, the answer to the key is enough. */
  const addEdit = (key, words, edits) => {
    const item = turns.get(edits);
    if (!item) return;
    item.dataset.edits = edits;
    item.dataset.words = words;
    pending.set(key, item);
    mark(item, "changing…");
  };

  const mark = (item, words) => { item.lastElementChild.textContent = words; };

  const showSpeaker = (speaker) => {
    state.speaker = speaker;
    const badge = el("badge"), kind = speaker.kind;
    badge.className = "badge" + (kind === "human" ? " person" : kind === "waiting" ? " waiting" : "");
    badge.textContent = kind === "human" ? (Array.from(speaker.name)[0] || "P").toUpperCase() : kind === "waiting" ? "…" : "AI";
    const words = kind === "human" ? "You are talking with " + capital(speaker.name) + ", a person"
      : kind === "waiting" ? "Waiting for a person. You can keep writing."
      : kind === "ai" ? "You are talking with our " + speaker.name + ", an AI" : "An AI assistant will answer";
    el("speaker").textContent = plain(words);
    if (kind !== "waiting") state.later = false;
    showHuman();
    if (kind !== "ai" && kind !== "human") hideTyping();
  };

  const showHuman = () => {
    const kind = state.speaker && state.speaker.kind;
    const asked = state.wish && state.wish.type === "human";
    const still = !state.open || state.over || state.wish !== null;
    human.hidden = kind === "human";
    human.disabled = kind === "waiting" || still;
    human.textContent = kind === "waiting" || asked ? "A person has been asked for" : "Talk to a person";
    el("line").hidden = kind !== "waiting" || state.over;
    el("later").hidden = state.later;
    el("later").disabled = el("leave").disabled = still;
  };

  // One wish about a person at a time; it is sent again after a reconnect, and its key makes that safe.
  const wish = (type) => {
    show("error", "");
    state.wish = { type, key: nextKey() };
    transmit(state.wish);
    showHuman();
    text.focus();
  };
  const granted = (key) => {
    if (!key || !state.wish || key !== state.wish.key) return false;
    state.wish = null;
    showHuman();
    return true;
  };

  let typingTimer = 0;
  const hideTyping = () => { clearTimeout(typingTimer); el("typing").hidden = true; };
  const showTyping = ({ speaker, on }) => {
    if (!on || speaker.kind === "you") return hideTyping();
    el("typing-who").textContent = plain(nameOf(speaker)) + " is writing";
    el("typing").hidden = false;
    clearTimeout(typingTimer);
    typingTimer = setTimeout(hideTyping, 30000);
  };

  const showResolved = (resolved) => {
    const stay = !atEnd();
    state.resolved = resolved;
    if (!resolved) state.rated = false;
    el("rating").hidden = !resolved || state.rated;
    el("over").hidden = !(state.over || resolved);
    if (resolved && !state.over) el("over-text").textContent = "This matter is settled. Write again if it is not.";
    if (resolved) hideTyping();
    if (!stay) toEnd();
  };

  const finish = (words) => {
    state.over = true;
    el("over-text").textContent = words;
    el("over").hidden = false;
    el("composer").hidden = true;
    show("connection", "");
    el("speaker").textContent = "This conversation is over";
    hideTyping();
    showHuman();
  };

  // ---- the wire ------------------------------------------------------------------------------

  const transmit = (frame) => { if (state.open) state.socket.send(JSON.stringify(frame)); };

  const receive = {
    welcome(frame) {
      state.attempt = 0;
      state.open = true;
      // Said once: a reconnect proves nothing new.
      state.identity = null;
      state.newest = frame.turn;
      show("connection", "");
      showSpeaker(frame.speaker);
      showResolved(frame.resolved);
      // The keys make this safe: what had arrived is not stored again.
      for (const one of state.unsent) transmit(frameOf(one));
      if (state.wish) transmit(state.wish);
      ready();
    },
    stored({ key, turn }) {
      if (granted(key)) return;
      state.unsent = state.unsent.filter((one) => one.key !== key);
      store.save();
      const item = pending.get(key);
      if (!item) return;
      pending.delete(key);
      const edited = item.dataset.edits !== undefined;
      if (edited) {
        const words = item.dataset.words;
        delete item.dataset.edits;
        if (!turns.has(turn)) replaceWords(item, turn, words, Date.now());
        if (turn === state.after + 1) state.after = turn;
        return;
      }
      item.remove();
      // A resume may have brought the message already.
      if (turns.has(turn)) return;
      item.classList.remove("unsent");
      item.dataset.sent = Date.now();
      insert(item, turn);
      mine(item, time(Date.now()) + " · stored");
      if (turn === state.after + 1) state.after = turn;
    },
    message(frame) { note(frame.turn); if (frame.author.kind !== "you") { hideTyping(); if (frame.turn > state.newest) showResolved(false); } addMessage(frame); },
    notice(frame) {
      note(frame.turn);
      if (frame.sentence === "call_back_arranged") { state.later = true; showHuman(); }
      addNotice(frame);
    },
    typing(frame) { showTyping(frame); },
    handover(frame) { showSpeaker(frame.to); },
    resolved() { showResolved(true); },
    rated() {
      state.rated = true;
      store.save();
      showResolved(state.resolved);
      el("over-text").textContent = "Thank you for your rating.";
    },
    refused({ key, code, message }) {
      if (granted(key)) return show("error", message);
      if (key && key === state.ratingKey) return show("rating-error", message);
      const item = key && pending.get(key);
      const later = code === "too_many" || code === "busy";
      if (key && !later) {
        state.unsent = state.unsent.filter((one) => one.key !== key);
        store.save();
      }
      if (!item) { if (key !== undefined) show("error", message); return; }
      if (later) { mark(item, "not sent yet: " + message); setTimeout(() => again(key), 3000); return; }
      if (item.dataset.edits !== undefined) {
        delete item.dataset.edits;
        pending.delete(key);
        return mark(item, "not changed: " + message);
      }
      mark(item, "not sent: " + message + " ");
      const retry = make("button", "", "Edit");
      retry.type = "button";
      retry.addEventListener("click", () => {
        const bubble = item.querySelector(".bubble");
        text.value = bubble ? bubble.textContent : "";
        pending.delete(key); item.remove(); ready(); text.focus();
      });
      item.lastElementChild.append(retry);
    },
  };

  const frameOf = ({ key, words, edits, files }) => {
    if (edits !== undefined) return { type: "edit", key, turn: edits, text: words };
    return { type: "say", key, text: words, files: files && files.length ? files.map((file) => file.file) : undefined };
  };
  const note = (turn) => { if (turn > state.after) state.after = turn; };
  const again = (key) => {
    const one = state.unsent.find((one) => one.key === key);
    if (one) { mark(pending.get(key), "sending…"); transmit(frameOf(one)); }
  };

  const begin = async () => {
    const response = await fetch("v1/conversations", {
      method: "POST", headers: { "content-type": "application/json" },
      body: JSON.stringify({ channel: channel || undefined, identity: state.identity || undefined }),
    });
    const body = await response.json().catch(() => ({}));
    if (!response.ok) {
      const error = new Error(body.detail || "the server answered " + response.status);
      error.final = response.status >= 400 && response.status < 500 && response.status !== 429;
      throw error;
    }
    state.conversation = body.conversation;
    state.token = body.token;
    state.identity = null;
    store.save();
  };

  const connect = async () => {
    clearTimeout(state.timer);
    if (state.over || state.socket || state.beginning) return;
    state.beginning = true;
    try {
      if (!state.token) await begin();
    } catch (error) {
      if (error.final) return finish("This chat cannot be opened: " + error.message + ".");
      return retry();
    } finally {
      state.beginning = false;
    }
    const url = new URL("v1/conversations/" + encodeURIComponent(state.conversation) + "/ws", location.href);
    url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    if (channel) url.search = "channel=" + encodeURIComponent(channel);
    const socket = new WebSocket(url);
    state.socket = socket;
    socket.addEventListener("open", () => {
      const hello = { type: "hello", protocol: "baton.v1", token: state.token, after: state.after };
      if (state.identity) hello.identity = state.identity;
      socket.send(JSON.stringify(hello));
    });
    socket.addEventListener("message", (event) => {
      const frame = JSON.parse(event.data);
      if (Object.hasOwn(receive, frame.type)) receive[frame.type](frame);
    });
    socket.addEventListener("close", ({ code, reason }) => {
      state.socket = null;
      state.open = false;
      hideTyping();
      showHuman();
      ready();
      if (code === 4410) { store.forget(); return finish("This conversation is over."); }
      if (code === 4401) { store.forget(); return finish("This conversation cannot be continued here."); }
      if (code === 4400 || code === 4426 || code === 4413) return finish("This page is out of date. Please reload it. (" + reason + ")");
      retry();
    });
  };

  const retry = () => {
    const span = Math.min(WAIT_MAX, WAIT_MIN * 2 ** state.attempt);
    state.attempt += 1;
    const wait = span * (0.5 + Math.random() / 2);
    const first = log.children.length === 0;
    show("connection", first ? "Connecting…" : "Connection lost. Trying again; nothing you sent is lost.");
    for (const item of pending.values()) mark(item, "waiting for the connection");
    state.timer = setTimeout(connect, wait);
  };

  // ---- files ---------------------------------------------------------------------------------

  // Files that were chosen and not sent yet: { line, sent?, request? }. Their own upload tells whether they are taken.
  const waiting = [];
  const path = (rest) => "v1/conversations/" + encodeURIComponent(state.conversation) + "/files" + rest;

  const clearWaiting = () => { waiting.length = 0; el("files").replaceChildren(); el("files").hidden = true; };
  const drop = (one) => {
    if (one.request) one.request.abort();
    waiting.splice(waiting.indexOf(one), 1);
    one.line.remove();
    el("files").hidden = waiting.length === 0;
    ready();
  };

  /** Uploads a file at once, so that a message with it goes out without waiting. */
  const attach = (file) => {
    if (state.over) return;
    show("error", "");
    const name = file.name || "file";
    const line = make("li", "", name + " · " + size(file.size) + " ");
    const bar = document.createElement("progress");
    bar.max = 1; bar.value = 0;
    bar.setAttribute("aria-label", "Sending " + name);
    const away = make("button", "", "Take away");
    away.type = "button";
    line.append(bar, away);
    const one = { line, sent: null, request: null };
    away.addEventListener("click", () => drop(one));
    waiting.push(one);
    el("files").append(line);
    el("files").hidden = false;
    const refuse = (words) => { bar.remove(); away.before(make("span", "bad", "not taken: " + words)); one.request = null; ready(); };
    if (!state.token) return refuse("there is no connection yet; please try again in a moment");
    const request = new XMLHttpRequest();
    one.request = request;
    request.open("POST", path(""));
    request.setRequestHeader("authorization", "Bearer " + state.token);
    request.setRequestHeader("baton-file-name", encodeURIComponent(name));
    request.setRequestHeader("content-type", "application/octet-stream");
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; });
    request.addEventListener("error", () => refuse("the connection was lost; take it away and add it again"));
    request.addEventListener("load", () => {
      let body = {};
      try { body = JSON.parse(request.responseText); } catch { /* Not ours: the status says enough. */ }
      if (request.status !== 201) return refuse(body.detail || "the server answered " + request.status);
      bar.remove();
      away.before(make("span", "", "ready to send"));
      one.sent = body;
      one.request = null;
      ready();
    });
    request.send(file);
    ready();
  };

  const download = async (file) => {
    const response = await fetch(path("/" + encodeURIComponent(file.file)), { headers: { authorization: "Bearer " + state.token } }).catch(() => null);
    if (!response || !response.ok) return show("error", "This file cannot be fetched right now.");
    const address = URL.createObjectURL(await response.blob());
    const link = document.createElement("a");
    link.href = address;
    link.download = file.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  };

  const chat = el("chat");
  const carries = (event) => event.dataTransfer && Array.from(event.dataTransfer.types).includes("Files");
  el("attach").addEventListener("click", () => el("file").click());
  el("file").addEventListener("change", () => { Array.from(el("file").files).forEach(attach); el("file").value = ""; });
  text.addEventListener("paste", (event) => {
    const files = Array.from(event.clipboardData ? event.clipboardData.files : []);
    if (files.length) { event.preventDefault(); files.forEach(attach); }
  });
  chat.addEventListener("dragover", (event) => { if (carries(event)) { event.preventDefault(); chat.classList.add("dropping"); } });
  chat.addEventListener("dragleave", (event) => { if (!chat.contains(event.relatedTarget)) chat.classList.remove("dropping"); });
  chat.addEventListener("drop", (event) => {
    chat.classList.remove("dropping");
    if (!carries(event)) return;
    event.preventDefault();
    Array.from(event.dataTransfer.files).forEach(attach);
  });

  // ---- what the person does ------------------------------------------------------------------

  const ready = () => {
    const busy = waiting.some((one) => !one.sent), some = waiting.length > 0;
    send.disabled = (text.value.trim() === "" && !some) || busy || state.over;
    el("attach").disabled = state.over;
    text.style.height = "auto";
    text.style.height = Math.min(text.scrollHeight + 2, 144) + "px";
  };

  const typing = (on) => {
    clearTimeout(state.idle);
    if (on) {
      state.idle = setTimeout(() => typing(false), IDLE_MS);
      if (Date.now() - state.typedAt < TYPING_EVERY) return;
      state.typedAt = Date.now();
    } else {
      if (!state.typedAt) return;
      state.typedAt = 0;
    }
    transmit({ type: "typing", on });
  };

  text.addEventListener("input", () => { show("error", ""); ready(); typing(text.value.trim() !== ""); });
  text.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && state.editing !== null) { event.stopPropagation(); editingOver(); text.value = ""; return ready(); }
    // Enter that ends a composition of an input method is not meant for us.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); el("composer").requestSubmit(); }
  });
  el("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    const words = text.value.trim();
    if (waiting.some((one) => !one.sent)) return show("error", "A file is still on its way, or was not taken. Wait for it, or take it away.");
    if ((!words && waiting.length === 0) || state.over) return;
    if (new TextEncoder().encode(words).length > MESSAGE_BYTES_MAX) return show("error", "This message is too long. Please send it in parts.");
    const key = nextKey();
    const edits = state.editing === null ? undefined : state.editing;
    if (edits !== undefined && waiting.length > 0) return show("error", "A file is a message of its own: take it away, or finish the change first.");
    editingOver();
    const files = waiting.map((one) => one.sent);
    clearWaiting();
    state.unsent.push({ key, words, edits, files });
    store.save();
    text.value = "";
    clearTimeout(state.idle);
    state.typedAt = 0;
    if (edits === undefined) addPending(key, words, files);
    else addEdit(key, words, edits);
    transmit(frameOf({ key, words, edits, files }));
    ready();
    text.focus();
  });
  human.addEventListener("click", () => wish("human"));
  el("later").addEventListener("click", () => wish("call_back"));
  el("leave").addEventListener("click", () => wish("leave_line"));
  el("rating").addEventListener("change", () => { el("rating-more").hidden = false; });
  el("rating").addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = document.querySelector("input[name=score]:checked");
    if (!chosen) return show("rating-error", "Please choose one to five stars.");
    if (!state.open) return show("rating-error", "There is no connection right now. Please try again in a moment.");
    show("rating-error", "");
    const comment = el("comment").value.trim();
    state.ratingKey = nextKey();
    transmit({ type: "rate", key: state.ratingKey, score: Number(chosen.value), comment: comment || undefined });
  });
  el("again").addEventListener("click", () => { store.forget(); location.reload(); });
  el("newer").addEventListener("click", () => { toEnd(); text.focus(); });
  log.addEventListener("scroll", () => { if (atEnd()) el("newer").hidden = true; });
  window.addEventListener("online", () => { state.attempt = 0; connect(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden && !state.socket) { state.attempt = 0; connect(); } });

  // ---- start ---------------------------------------------------------------------------------

  store.load();
  for (const { key, words, edits, files } of state.unsent) if (edits === undefined) addPending(key, words, files);
  let started = false;
  const start = () => { if (!started) { started = true; connect(); } };
  if (embedded) {
    // The site around us may say who its customer is; the policy lets listed sites alone frame us.
    window.addEventListener("message", ({ source, data }) => {
      if (source !== window.parent || !data || data.baton !== "hello") return;
      if (typeof data.identity === "string") state.identity = data.identity;
      start();
    });
    window.parent.postMessage({ baton: "ready" }, "*");
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") window.parent.postMessage({ baton: "close" }, "*"); });
    setTimeout(start, 1500);
  } else {
    start();
  }
})();
