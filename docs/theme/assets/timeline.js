// Plays recorded timelines: a clip uncovers the drawing up to the playhead; steps can be walked by hand.
// Where the reader asked for less motion, "play" and the buttons jump from step to step.
(() => {
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const clock = (ms) => `${Math.floor(ms / 60000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, "0")}`;
  const signs = {
    play: '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M4 2v12l9-6z"/></svg>',
    pause: '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M3 2h4v12H3zM9 2h4v12H9z"/></svg>',
  };

  class Player {
    constructor(figure) {
      this.figure = figure;
      this.length = Number(figure.dataset.length);
      this.words = JSON.parse(figure.dataset.words);
      this.steps = [...figure.querySelectorAll(".timeline__steps > li")];
      this.told = JSON.parse(figure.querySelector(".timeline__events").textContent);
      this.reels = [...figure.querySelectorAll(".reel")].map((reel) => ({
        clip: reel.querySelector(".reel__clip"),
        head: reel.querySelector(".reel__head"),
        marks: [...reel.querySelectorAll(".reel__mark")],
        from: Number(reel.dataset.from),
        to: Number(reel.dataset.to),
      }));
      this.button = figure.querySelector('[data-do="play"]');
      // A whole run takes about twelve seconds, with a rest at each step that is long enough to read it.
      this.pace = this.length / Math.max(9000, this.steps.length * 1800);
      this.frame = null;
      figure.classList.add("is-live");
      figure.querySelector(".timeline__controls").hidden = false;
      figure.addEventListener("click", (event) => {
        const button = event.target.closest("[data-do]");
        const step = event.target.closest(".timeline__steps > li, .reel__mark");
        if (button) this[button.dataset.do]();
        else if (step && !event.target.closest("a")) {
          this.stop();
          this.glide(this.moment(step.dataset.step ? Number(step.dataset.step) - 1 : this.steps.indexOf(step)));
        }
      });
      this.show(this.length);
    }

    moment(index) { return Number(this.steps[index].dataset.at); }

    current() {
      let at = -1;
      this.steps.forEach((_, index) => { if (this.moment(index) <= this.at + 1) at = index; });
      return at;
    }

    show(at) {
      this.at = Math.max(0, Math.min(this.length, at));
      for (const { clip, head, from, to } of this.reels) {
        const x = from + (to - from) * (this.at / this.length);
        clip.setAttribute("width", x);
        head.setAttribute("transform", `translate(${x} 0)`);
      }
      const done = this.at >= this.length;
      const now = done && !this.frame && !this.touched ? -1 : this.current();
      if (now !== this.shown || done !== this.done) {
        this.shown = now;
        this.done = done;
        this.steps.forEach((step, index) => step.classList.toggle("is-now", index === now));
        for (const { marks } of this.reels) {
          marks.forEach((mark, index) => mark.classList.toggle("is-now", index === now));
        }
        const words = now < 0 ? "" : this.words.step.replace("{n}", now + 1).replace("{all}", this.steps.length);
        const where = this.figure.querySelector(".timeline__at");
        // While it plays, screen readers would be flooded: they get the steps that are walked to by hand.
        where.setAttribute("aria-live", this.frame ? "off" : "polite");
        where.textContent = words;
      }
      this.figure.querySelector(".timeline__clock").textContent = clock(this.at);
      this.figure.classList.toggle("is-told", Boolean(this.touched));
      this.tell(".timeline__event", this.told.events);
      this.tell(".timeline__why", this.told.decisions);
    }

    tell(line, said) {
      let text = "";
      if (this.touched) for (const [when, what] of said) if (when <= this.at) text = `${clock(when)}  ${what}`;
      const element = this.figure.querySelector(line);
      if (element.textContent !== text) element.textContent = text;
    }

    play() {
      this.touched = true;
      if (this.frame || this.rest) { this.stop(); return; }
      if (still.matches) { this.on(); return; }
      if (this.at >= this.length) this.show(0);
      this.label("pause");
      let before = null;
      let next = this.current() + 1;
      const tick = (now) => {
        const to = this.at + (before === null ? 0 : now - before) * this.pace;
        before = now;
        if (next < this.steps.length && to >= this.moment(next)) {
          const words = this.steps[next].textContent.length;
          this.show(this.moment(next));
          next += 1;
          this.rest = setTimeout(() => {
            this.rest = null;
            before = null;
            this.frame = requestAnimationFrame(tick);
          }, Math.max(1100, Math.min(3600, words * (document.documentElement.lang === "ja" ? 55 : 22))));
          return;
        }
        this.show(to);
        if (this.at >= this.length) this.stop();
        else this.frame = requestAnimationFrame(tick);
      };
      this.frame = requestAnimationFrame(tick);
    }

    stop() {
      cancelAnimationFrame(this.frame);
      clearTimeout(this.rest);
      this.frame = this.rest = null;
      this.label(this.at >= this.length ? "replay" : "play");
    }

    label(key) {
      this.button.innerHTML = key === "pause" ? signs.pause : signs.play;
      this.button.setAttribute("aria-label", this.words[key]);
      this.button.title = this.words[key];
    }

    glide(to) {
      this.touched = true;
      cancelAnimationFrame(this.frame);
      const from = this.at;
      if (still.matches) { this.frame = null; this.show(to); return; }
      let start = null;
      const tick = (now) => {
        start ??= now;
        const share = Math.min(1, (now - start) / 450);
        const eased = 1 - (1 - share) ** 3;
        this.frame = share < 1 ? requestAnimationFrame(tick) : null;
        this.show(share < 1 ? from + (to - from) * eased : to);
      };
      this.frame = requestAnimationFrame(tick);
    }

    on() {
      this.touched = true;
      this.stop();
      if (this.at >= this.length) this.show(0);
      const next = this.steps.findIndex((_, index) => this.moment(index) > this.at + 1);
      this.glide(next < 0 ? this.length : this.moment(next));
    }

    back() {
      this.touched = true;
      this.stop();
      const before = this.steps.filter((_, index) => this.moment(index) < this.at - 1);
      this.glide(before.length ? Number(before.at(-1).dataset.at) : 0);
    }
  }

  const players = [...document.querySelectorAll("figure.timeline")].map((figure) => new Player(figure));
  addEventListener("beforeprint", () => players.forEach((player) => { player.stop(); player.show(player.length); }));
  const eager = players.filter((player) => "autoplay" in player.figure.dataset && !still.matches);
  if (eager.length) {
    const seen = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        seen.unobserve(target);
        const player = players.find((each) => each.figure === target);
        player.show(0);
        player.play();
      }
    }, { threshold: 0.4 });
    eager.forEach((player) => seen.observe(player.figure));
  }
})();
