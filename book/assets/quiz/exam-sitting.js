/**
 * coldstart.Sitting: the mock exam that is under way. One question at a time, without a word on whether an answer is right.
 *
 * Where it stands is written after every change and every few seconds of work, so that a reload or a crash loses nothing.
 */
(() => {
  "use strict";

  const { bank, progress, question: draw } = coldstart;
  const { make, button } = draw;
  const KEEP = 5; // seconds of work between two savings
  const TAB = "coldstart-exam-tab"; // which of several tabs the exam goes on in

  /** Places as numbers, "1, 3, 5–9". */
  const list = (places) => {
    const runs = [];
    for (const place of places) {
      if (runs.at(-1)?.end === place - 1) runs.at(-1).end = place;
      else runs.push({ start: place, end: place });
    }
    return runs.map(({ start, end }) => (end - start > 1 ? `${start + 1}–${end + 1}` : end > start ? `${start + 1}, ${end + 1}` : start + 1)).join(", ");
  };

  coldstart.Sitting = class {
    /**
     * @param host The element that shows it.
     * @param ended What to call when it is over, with the finished exam; with null if it goes on in another tab.
     */
    constructor(host, ended) {
      this.ended = ended;
      this.token = String(Math.random());
      this.questions = this.exam.questions.map((id) => bank.byId.get(id)).filter(Boolean);
      this.saved = this.used = this.exam.used;
      this.parts(host);
      this.listening = new AbortController();
      const { signal } = this.listening;
      addEventListener("pagehide", () => { this.clock.look(); this.keepTime(); }, { signal });
      addEventListener("visibilitychange", () => this.clock.look(), { signal });
      addEventListener("storage", (event) => this.elsewhere(event), { signal });
      try { localStorage.setItem(TAB, this.token); } catch { /* then no other tab knows of the exam */ }
      this.clock = coldstart.clock({ used: this.used, minutes: this.exam.minutes, tick: (time) => this.tick(time) });
      this.show();
      this.clock.look();
    }

    /** Where it stands; as last seen if another tab has ended it meanwhile. */
    get exam() {
      this.seen = progress.read().exam ?? this.seen;
      return this.seen;
    }

    get current() {
      return Math.min(this.exam.at, this.questions.length - 1);
    }

    picked({ id, options }) {
      const marked = this.exam.answers[id] ?? [];
      return options.map((option) => option.id).filter((option) => marked.includes(option));
    }

    isOpen(question) {
      return this.picked(question).length !== question.choose;
    }

    isFlagged({ id }) {
      return this.exam.flags.includes(id);
    }

    change(edit) {
      progress.change((state) => {
        if (!state.exam) return;
        edit(state.exam);
        state.exam.used = Math.max(state.exam.used, this.used);
      });
      this.saved = this.used;
    }

    keepTime() {
      if (this.used > this.saved) this.change(() => {});
    }

    // -- The parts of the page -------------------------------------------------------------------------------------------

    parts(host) {
      this.time = make("span", { className: "qx-time", role: "timer" });
      this.hide = button("Hide time", () => this.toggleTime(), { "aria-pressed": "false" });
      this.said = make("p", { className: "qx-said", role: "status" });
      this.stage = make("div", { className: "qx-stage" });
      this.dialog = make("dialog", { className: "qp-dialog", "aria-labelledby": "qx-finish" });
      this.sheet = coldstart.sheet(this.questions, (place) => this.go(place));
      const bar = make("div", { className: "qx-bar" }, this.time, this.hide, button("Finish …", () => this.ask(), { className: "cq-button qx-finish" }));
      host.replaceChildren(bar, this.said, make("div", { className: "qx-desk" }, this.stage, this.sheet.node), this.dialog);
    }

    toggleTime() {
      const hidden = this.hide.getAttribute("aria-pressed") !== "true";
      this.hide.setAttribute("aria-pressed", hidden);
      this.time.classList.toggle("qx-time--hidden", hidden);
      this.clock.look();
    }

    show({ focus = false } = {}) {
      const place = this.current;
      const question = this.questions[place];
      const fields = draw.fields(question, { seed: this.exam.seed, heading: `Question ${place + 1} of ${this.questions.length}`, name: `qx-${question.id}` });
      for (const input of fields.querySelectorAll("input")) input.checked = this.picked(question).includes(input.value);
      const form = make("form", { noValidate: true, autocomplete: "off" }, fields, this.guard = make("p", { className: "cq-status cq-status--guard", role: "status" }), this.actions(place));
      form.addEventListener("change", () => this.mark(question, draw.picked(fields)));
      form.addEventListener("submit", (event) => { event.preventDefault(); this.next(place); });
      this.stage.replaceChildren(make("div", { className: "cq-live" }, form));
      this.sheetState();
      if (focus) {
        fields.querySelector("[tabindex='-1']").focus({ preventScroll: true });
        if (this.stage.getBoundingClientRect().top < 0) this.stage.scrollIntoView({ block: "start" });
      }
    }

    actions(place) {
      const question = this.questions[place];
      const flag = button("Flag", () => { this.flag(question); flag.setAttribute("aria-pressed", this.isFlagged(question)); }, { "aria-pressed": `${this.isFlagged(question)}` });
      flag.classList.add("cq-flag");
      const last = place === this.questions.length - 1;
      return make("div", { className: "cq-actions" },
        button("Previous", () => this.go(place - 1), { disabled: place === 0 }),
        make("button", { className: "cq-button cq-button--primary", type: "submit" }, last ? "Finish …" : "Next"), flag);
    }

    sheetState() {
      this.sheet.update((question, place) => ({ open: this.isOpen(question), begun: this.picked(question).length > 0, flagged: this.isFlagged(question), current: place === this.current }));
    }

    // -- What the candidate does -----------------------------------------------------------------------------------------

    mark(question, picked) {
      this.change((exam) => {
        if (picked.length) exam.answers[question.id] = [...picked].sort();
        else delete exam.answers[question.id];
      });
      this.guard.textContent = picked.length > question.choose ? draw.guard(question, picked.length) : "";
      this.sheetState();
    }

    flag({ id }) {
      this.change((exam) => { exam.flags = exam.flags.includes(id) ? exam.flags.filter((other) => other !== id) : [...exam.flags, id]; });
      this.sheetState();
    }

    go(place) {
      this.change((exam) => { exam.at = place; });
      this.show({ focus: true });
    }

    next(place) {
      if (place < this.questions.length - 1) this.go(place + 1);
      else this.ask();
    }

    /** Ask whether it is really over, and name what is not answered. */
    ask() {
      const places = (test) => [...this.questions.keys()].filter((place) => test(this.questions[place]));
      const open = places((question) => this.isOpen(question));
      const flagged = places((question) => this.isFlagged(question));
      this.dialog.replaceChildren(
        make("p", { id: "qx-finish", className: "qp-dialog__title" }, "Finish the exam?"),
        make("p", {}, open.length ? `Not answered, or not completely: ${list(open)}. They count as wrong.` : "Every question is answered."),
        flagged.length ? make("p", {}, `Flagged: ${list(flagged)}.`) : "",
        make("p", { className: "cq-actions" },
          button("Finish and see the report", () => this.finish(), { primary: true }), button("Go on working", () => this.dialog.close())));
      this.dialog.showModal();
    }

    // -- Time ------------------------------------------------------------------------------------------------------------

    tick({ used, left, warning }) {
      if (!progress.read().exam) return this.leave();
      this.used = used;
      const hidden = this.hide.getAttribute("aria-pressed") === "true";
      this.time.textContent = hidden ? "Time hidden" : `${coldstart.asClock(left)} left`;
      if (warning) this.said.textContent = `${coldstart.count(warning, "minute")} left.`;
      if (warning) this.saidAt = left;
      else if (this.saidAt - left > 60) this.said.textContent = ""; // no longer true
      if (left <= 0) return this.finish({ over: true });
      if (used - this.saved >= KEEP) this.keepTime();
      return null;
    }

    /** End it: the answers enter the log, the exam the history. */
    finish({ over = false } = {}) {
      this.stop();
      try { localStorage.removeItem(TAB); } catch { /* it was not there either */ }
      const finished = new Date().toISOString();
      const given = this.questions.map((question) => ({ question, picked: this.picked(question) })).filter(({ picked }) => picked.length);
      const answers = given.map(({ question, picked }) => ({ question: question.id, at: finished, picked, correct: draw.isRight(question, picked), mode: "exam" }));
      const { at, ...exam } = this.exam;
      const whole = { ...exam, used: Math.round(Math.min(this.used, exam.minutes * 60) * 10) / 10, finished };
      progress.change((state) => {
        state.exam = null;
        state.exams.push(whole);
        progress.enter(state, answers);
      });
      this.ended(whole, { over });
    }

    elsewhere({ key, newValue }) {
      if (key === TAB && newValue !== this.token) this.leave();
    }

    leave() {
      this.keepTime();
      this.stop();
      this.ended(null);
    }

    stop() {
      this.clock?.stop();
      this.listening?.abort();
      this.dialog.close();
    }
  };
})();
