// Japanese has no spaces. Every kana and kanji is indexed as a token; here a query asks for all of a word's tokens,
// and of what the index finds only places that hold the word itself are kept.
(() => {
  const QUERY = 2;
  const RESULT = 3;
  const JAPANESE = /[\u3041-\u30ff\u3400-\u9fff]/;
  const plain = (html) => (html || "").replace(/<[^>]*>/g, "").toLowerCase();
  let words = [];

  const asked = (text) => text.trim().split(/[\s\u3000]+/).filter(Boolean);
  const required = (word) => word.replace(/[\u3041-\u30ff\u3400-\u9fff]+/g, (run) => ` ${[...run].map((c) => `+${c}`).join(" ")} `);

  const post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function postMessage(message, ...rest) {
    if (message && message.type === QUERY && typeof message.data === "string") {
      words = asked(message.data).filter((word) => JAPANESE.test(word)).map((word) => word.toLowerCase());
      const data = asked(message.data).map((word) => JAPANESE.test(word) ? required(word) : word).join(" ").trim();
      return post.call(this, { ...message, data }, ...rest);
    }
    return post.call(this, message, ...rest);
  };

  // The theme's worker is a plain Worker whose answers arrive as "message" events: they are narrowed on the way.
  const listen = Worker.prototype.addEventListener;
  Worker.prototype.addEventListener = function addEventListener(type, listener, ...rest) {
    if (type !== "message" || typeof listener !== "function") return listen.call(this, type, listener, ...rest);
    return listen.call(this, type, (event) => listener(narrowed(event)), ...rest);
  };

  const holds = (item) => {
    const text = `${plain(item.title)}\n${plain(item.text)}`;
    return words.every((word) => text.includes(word));
  };
  const narrowed = (event) => {
    const message = event.data;
    if (!words.length || !message || message.type !== RESULT || !message.data.items) return event;
    const items = message.data.items
      .map((group) => group.some(holds) ? group.filter((item) => holds(item) || item.score === 0 || !item.parent) : [])
      .filter((group) => group.length);
    return new MessageEvent("message", { data: { ...message, data: { ...message.data, items } } });
  };
})();
